package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/bwmarrin/discordgo"
	"github.com/gorilla/websocket"

	"github.com/staffroom-bot/staffroom/bot"
)

// intents are the events that Staffroom asks for. That of message content is
// privileged: it must be switched on for the application.
// https://discord.com/developers/docs/events/gateway#gateway-intents
func intents(content bool) discordgo.Intent {
	wanted := discordgo.IntentGuilds | discordgo.IntentGuildMessages | discordgo.IntentDirectMessages
	if content {
		wanted |= discordgo.IntentMessageContent
	}
	return wanted
}

// Close codes of the gateway.
// https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes
const (
	closeNotAuthenticated = 4003
	closeBadToken         = 4004
	closeBadSequence      = 4007
	closeTimedOut         = 4009
	closeBadShard         = 4010
	closeNeedsShards      = 4011
	closeBadVersion       = 4012
	closeBadIntents       = 4013
	closeRefusedIntents   = 4014
)

// mend says what to do about the close codes after which trying again is
// pointless.
func mend(code int) (string, bool) {
	switch code {
	case closeBadToken:
		return "Discord does not know the bot's token: make a new one (Bot, Reset Token) and put it into the configuration; see docs/discord.md, step 3", true
	case closeRefusedIntents:
		return "Discord does not let the bot read messages: switch on the Message Content Intent (Bot, Privileged Gateway Intents), or set message_content: false; see docs/discord.md, step 2", true
	case closeBadIntents:
		return "Discord does not know the events that this version of Staffroom asks for: update Staffroom; see docs/discord.md", true
	case closeBadVersion:
		return "Discord no longer speaks the protocol of this version of Staffroom: update Staffroom; see docs/discord.md", true
	case closeBadShard, closeNeedsShards:
		return "the bot is in too many servers for one connection: remove it from some, or use a second bot; see docs/discord.md", true
	}
	return "", false
}

// maxResumes is how often resuming a session may fail before it is given up.
const maxResumes = 3

// gateway keeps a session with Discord's gateway open: discordgo's, over a relay
// that breaks the connection where discordgo would hang or give up too much. It
// owns reconnecting, which discordgo by itself does for ever whatever Discord
// says.
type gateway struct {
	token   string
	intents discordgo.Intent
	rest    *rest
	log     *slog.Logger
	timing  timing
	wait    func(failures int) time.Duration // before connecting again
	onto    func(kind string, data json.RawMessage)
}

// timing is how long the gateway may take.
type timing struct {
	dial  time.Duration // until the WebSocket is open
	hello time.Duration // from there until HELLO
	ready time.Duration // from HELLO until the first event
	write time.Duration
	leave time.Duration // for Discord to close too, when the bot leaves
}

// backoff is 1 s after the first failure, doubled with each to at most a
// minute, and up to a quarter less so that many bots do not come at once.
func backoff(failures int) time.Duration {
	d := min(time.Second<<min(failures-1, 6), time.Minute)
	return d - rand.N(d/4)
}

// run keeps connected until ctx ends, or until Discord says that it is
// pointless.
func (g *gateway) run(ctx context.Context) error {
	var l *link
	failures, resumes := 0, 0
	for {
		if l == nil {
			l = g.newLink(ctx)
		}
		came, err := l.connect()
		if ctx.Err() != nil {
			return nil
		}
		code := closeCode(err)
		if what, fatal := mend(code); fatal {
			return fmt.Errorf("%s (close code %d)", what, code)
		}
		failures++
		wait := g.wait(failures)
		switch came {
		case accepted:
			failures, resumes, wait = 0, 0, g.wait(1)/4
		case notResumed:
			resumes++
		}
		if lost(err, code) || resumes >= maxResumes {
			l, resumes = nil, 0
		}
		if e, ok := errors.AsType[*bot.Error](err); ok {
			wait = max(wait, e.After)
		}
		g.log.Warn("disconnected from Discord", "code", code, "err", err, "again_in", wait.Round(time.Millisecond))
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return nil
		}
	}
}

// closeCode is the code with which Discord closed the connection, or 0. A token
// that the HTTP API refuses counts as closed for it.
func closeCode(err error) int {
	if e, ok := errors.AsType[*websocket.CloseError](err); ok {
		return e.Code
	}
	if e, ok := errors.AsType[*apiError](err); ok && e.status == http.StatusUnauthorized {
		return closeBadToken
	}
	return 0
}

// lost reports whether a session cannot be resumed after its connection ended
// with err.
func lost(err error, code int) bool {
	switch code {
	case closeNotAuthenticated, closeBadSequence, closeTimedOut:
		return true
	}
	return errors.Is(err, errSessionOver)
}

// address asks where the gateway is, and whether one more session may begin:
// Discord resets the token of a bot that begins too many.
// https://discord.com/developers/docs/events/gateway#get-gateway-bot
func (g *gateway) address(ctx context.Context, begins bool) (string, error) {
	var at struct {
		URL   string `json:"url"`
		Limit *struct {
			Remaining  int   `json:"remaining"`
			ResetAfter int64 `json:"reset_after"` // milliseconds
		} `json:"session_start_limit"`
	}
	if err := g.rest.do(ctx, call{method: http.MethodGet, path: "/gateway/bot", into: &at}); err != nil {
		return "", err
	}
	if l := at.Limit; begins && l != nil && l.Remaining <= 0 {
		return "", &bot.Error{
			Code: bot.RateLimited, After: time.Duration(l.ResetAfter) * time.Millisecond,
			Err: errors.New("the bot has begun as many sessions as Discord allows in a day"),
		}
	}
	return at.URL, nil
}
