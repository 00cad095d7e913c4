package discord

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// Codes of Discord's errors that mean something to us.
// https://discord.com/developers/docs/topics/opcodes-and-status-codes#json
const (
	unknownChannel      = 10003
	unknownGuild        = 10004
	unknownMember       = 10007
	unknownMessage      = 10008
	unknownUser         = 10013
	unknownWebhook      = 10015 // of an interaction: its token has expired
	unknownInteraction  = 10062
	alreadyAcknowledged = 40060
	missingAccess       = 50001
	noDirectMessages    = 50007
	missingPermissions  = 50013
	invalidWebhookToken = 50027
	unknownEvent        = 10070 // in a server's list of events
	threadStands        = 160004
	threadLocked        = 160005
)

// apiError is an answer of Discord that is not a success. Its text has no
// address and none of what was sent.
type apiError struct {
	status int
	code   int // 0 if Discord gave none
	text   string
}

func (e *apiError) Error() string {
	return fmt.Sprintf("Discord answered %d (code %d) %s", e.status, e.code, e.text)
}

// codeOf is the code of Discord's error in err, or 0.
func codeOf(err error) int {
	if api, ok := errors.AsType[*apiError](err); ok {
		return api.code
	}
	return 0
}

// refused turns an answer that is not a success into an error.
func refused(status int, header http.Header, answer []byte) error {
	var said struct {
		Code       int     `json:"code"`
		Message    string  `json:"message"`
		RetryAfter float64 `json:"retry_after"` // seconds
		Global     bool    `json:"global"`      // every request has to wait
	}
	// What is not JSON comes from something in between, and is judged by its status.
	_ = json.Unmarshal(answer, &said)
	err := &bot.Error{Err: &apiError{status: status, code: said.Code, text: said.Message}}
	switch {
	case status == http.StatusTooManyRequests:
		err.Code, err.After = bot.RateLimited, waitFor(said.RetryAfter, header)
		err.Overall = said.Global || header.Get("X-RateLimit-Scope") == "global"
	case status >= 500, status == http.StatusRequestTimeout:
		err.Code = bot.UnknownOutcome
	default:
		err.Code, err.Reason = bot.Permanent, reasonFor(status, said.Code)
	}
	return err
}

func reasonFor(status, code int) bot.Reason {
	switch code {
	case unknownChannel, unknownGuild, unknownMember, unknownMessage, unknownUser, unknownWebhook, unknownInteraction, invalidWebhookToken, unknownEvent:
		return bot.Gone
	case missingAccess, noDirectMessages, missingPermissions, threadLocked:
		return bot.NotAllowed
	}
	switch status {
	case http.StatusUnauthorized:
		return bot.Disconnected
	case http.StatusForbidden:
		return bot.NotAllowed
	case http.StatusNotFound:
		return bot.Gone
	}
	return bot.BadPost
}

// waitFor is how long a rate limit asks to wait, by the answer or its headers.
// https://discord.com/developers/docs/topics/rate-limits#exceeding-a-rate-limit
func waitFor(seconds float64, header http.Header) time.Duration {
	for _, h := range []string{"X-RateLimit-Reset-After", "Retry-After"} {
		if seconds > 0 {
			break
		}
		seconds, _ = strconv.ParseFloat(header.Get(h), 64)
	}
	const least, most = time.Second, time.Hour
	if !(seconds > 0) {
		return least
	}
	return min(time.Duration(seconds*float64(time.Second)), most)
}

// withoutAddress leaves an address out of an error: that of an interaction holds its
// token.
func withoutAddress(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}

// unanswered turns a failure without an answer into an error: nothing has
// happened unless the request was on its way.
func unanswered(err error, sent bool) error {
	err = withoutAddress(err)
	code := bot.Unavailable
	if sent {
		code = bot.UnknownOutcome
	}
	return &bot.Error{Code: code, Err: fmt.Errorf("no answer from Discord: %w", err)}
}
