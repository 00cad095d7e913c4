package slack

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/slack-go/slack"

	"github.com/staffroom-bot/staffroom/bot"
)

// fallbackRetryAfter is how long to wait when Slack says that a limit is reached
// but not for how long: the limits are per minute.
// https://docs.slack.dev/apis/web-api/rate-limits
const fallbackRetryAfter = time.Minute

// verdict is what one of Slack's error codes means.
type verdict struct {
	code   bot.Code
	reason bot.Reason
}

// verdictOf tells what a Web API error means. Codes that are not listed say that
// Slack understood the request and will not do it: trying again cannot help.
// https://docs.slack.dev/reference/methods/chat.postMessage#errors
func verdictOf(code string) verdict {
	switch code {
	case "channel_not_found", "is_archived", "thread_not_found", "message_not_found",
		"user_not_found", "users_not_found", "users_list_not_supplied":
		return verdict{bot.Permanent, bot.Gone}
	case "not_in_channel", "restricted_action", "restricted_action_read_only_channel",
		"restricted_action_thread_only_channel", "restricted_action_non_threadable_channel",
		"restricted_action_thread_locked", "cannot_dm_bot", "user_disabled", "user_not_visible",
		"user_is_bot", "user_is_restricted", "user_not_in_channel", "messages_tab_disabled",
		"cant_update_message", "cant_delete_message", "edit_window_closed",
		"missing_scope", "no_permission", "not_allowed_token_type", "access_denied",
		"ekm_access_denied", "team_access_not_granted", "method_not_supported_for_channel_type",
		"as_user_not_supported", "channel_type_not_supported", "slack_connect_file_upload_sharing_blocked":
		return verdict{bot.Permanent, bot.NotAllowed}
	case "invalid_auth", "account_inactive", "not_authed", "token_revoked", "token_expired":
		return verdict{bot.Permanent, bot.Disconnected}
	case "ratelimited", "rate_limited", "message_limit_exceeded":
		return verdict{code: bot.RateLimited}
	case "service_unavailable", "team_added_to_org", "org_login_required", "request_timeout", "external_channel_migrating":
		return verdict{code: bot.Unavailable}
	case "fatal_error", "internal_error":
		// Slack says of both that part of the operation may have succeeded.
		return verdict{code: bot.UnknownOutcome}
	default:
		return verdict{bot.Permanent, bot.BadPost}
	}
}

// errorCode is Slack's own name for what went wrong, or "".
func errorCode(err error) string {
	var e slack.SlackErrorResponse
	if errors.As(err, &e) {
		return e.Err
	}
	return ""
}

// write runs a call that changes something. Its failure tells whether the change
// may have been made all the same.
func write(ctx context.Context, what string, call func(context.Context) error) error {
	var sent atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		WroteRequest: func(info httptrace.WroteRequestInfo) {
			if info.Err == nil {
				sent.Store(true)
			}
		},
	})
	return classify(what, call(ctx), sent.Load())
}

// read runs a call that changes nothing, so that no failure leaves a doubt.
func read(ctx context.Context, what string, call func(context.Context) error) error {
	return classify(what, call(ctx), false)
}

// classify makes a bot.Error of err. sent says that a request that changes
// something went out whole.
func classify(what string, err error, sent bool) error {
	if err == nil {
		return nil
	}
	var classified *bot.Error
	if errors.As(err, &classified) {
		return err
	}
	out := &bot.Error{Code: bot.Unavailable, Err: fmt.Errorf("%s: %w", what, withoutURL(err))}
	if sent {
		out.Code = bot.UnknownOutcome
	}
	var limited *slack.RateLimitedError
	var status slack.StatusCodeError
	switch code := errorCode(err); {
	case code != "":
		v := verdictOf(code)
		out.Code, out.Reason = v.code, v.reason
		if v.code == bot.RateLimited {
			out.After = fallbackRetryAfter
		}
		if v.code == bot.UnknownOutcome && !sent {
			out.Code = bot.Unavailable
		}
	case errors.As(err, &limited):
		out.Code, out.After = bot.RateLimited, limited.RetryAfter
	case errors.As(err, &status) && status.Code == http.StatusTooManyRequests:
		out.Code, out.After = bot.RateLimited, fallbackRetryAfter
	case errors.As(err, &status) && status.Code < 500:
		// Refused before it was looked at, by Slack or by something in between.
		out.Code, out.Reason = bot.Permanent, bot.BadPost
		if status.Code == http.StatusNotFound {
			out.Reason = bot.Gone
		}
	}
	return out
}

// withoutURL takes the address out of a transport's error: the addresses that
// Slack hands out for uploads and replies are secrets.
func withoutURL(err error) error {
	var e *url.Error
	if errors.As(err, &e) {
		return e.Err
	}
	return err
}

// unusable says what to mend if err means that going on is pointless, and nil
// otherwise. token names the token that was refused: "bot_token" or "app_token".
func unusable(token string, err error) error {
	advice := adviceFor(token, errorCode(err))
	if advice == "" {
		return nil
	}
	return &bot.Error{Code: bot.Permanent, Reason: bot.Disconnected, Err: fmt.Errorf(
		"%s is refused by Slack (%s): %s", token, errorCode(err), advice)}
}

// adviceFor says what to do about a token that Slack refuses for good, and "" if
// the code says something else.
func adviceFor(token, code string) string {
	page := pageOfBotToken
	if token == "app_token" {
		page = pageOfAppToken
	}
	switch code {
	case "invalid_auth", "not_authed":
		return "copy it again, or make a new one, as in " + page
	case "token_revoked", "account_inactive":
		if token == "app_token" {
			return "it was revoked; make a new one as in " + page
		}
		return "the app was removed from the workspace, or the token revoked; install the app again and copy the new token, as in " + page
	case "token_expired":
		return "token rotation is switched on for the app, and cannot be switched off again; make a new app as in " + pageOfManifest
	case "not_allowed_token_type":
		return "it is of the wrong kind: bot_token begins with xoxb-, app_token with xapp-; see " + page
	case "missing_scope":
		if token == "app_token" {
			return "it lacks the scope connections:write; make a new one as in " + page
		}
		return "it lacks a scope; compare the app's scopes with the list in " + pageOfScopes + " and install the app again"
	}
	return ""
}

// Where the documentation says what to do.
const (
	pageOfManifest   = "docs/slack.md#1-print-the-manifest"
	pageOfAppToken   = "docs/slack.md#3-the-app-token"
	pageOfBotToken   = "docs/slack.md#4-the-bot-token"
	pageOfSocketMode = "docs/slack.md#nothing-comes-in"
	pageOfSecret     = "docs/slack.md#the-signing-secret"
	pageOfScopes     = "docs/slack-approval.md#permissions"
	pageOfTrouble    = "docs/slack.md#when-something-does-not-work"
)
