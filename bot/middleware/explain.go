package middleware

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// Explain turns an error into a reply that tells the member, in their language,
// what to do next. It stands outermost and returns no error. A *bot.Error with a
// Message is explained by that, another by its code. An unexpected error is
// logged under a short code that the member sees too, so that the two can be
// brought together.
//
// Where trying again is the advice, the reply gives back what was typed: a form
// that was sent has closed on some platforms. It does so on private routes only.
func Explain(words bot.Words, log *slog.Logger) bot.Middleware {
	return func(next bot.Handler) bot.Handler {
		return func(ctx context.Context, req *bot.Request) (bot.Reply, error) {
			reply, err := next(ctx, req)
			if err == nil {
				return reply, nil
			}
			e := explainer{words: words, language: language(req)}
			var text bot.Text
			if code := bot.CodeOf(err); code == bot.Internal {
				reference := newReference()
				log.ErrorContext(ctx, "request failed", "reference", reference, "route", req.Route.Path,
					"connection", req.Account.Space.Connection, "error", err)
				text = e.say("core.error.internal", bot.Str("code", reference))
			} else {
				text = e.expected(err)
			}
			if worthRepeating(bot.CodeOf(err)) && req.Route.Private {
				text = bot.Join("\n", text, e.typed(req))
			}
			return bot.Say(text), nil
		}
	}
}

// language is the reader's, as far as it is known.
func language(req *bot.Request) string {
	if req.Member.Language != "" {
		return req.Member.Language
	}
	return req.Language
}

// newReference is short enough to be read out: 25 bits in five letters and
// digits without 0 and 1. It need only be rare among the errors of some days.
func newReference() string { return strings.ToLower(rand.Text()[:5]) }

// worthRepeating reports whether the member is advised to try the same again.
func worthRepeating(code bot.Code) bool {
	switch code {
	case bot.Internal, bot.Unavailable, bot.RateLimited, bot.Conflict, bot.UnknownOutcome:
		return true
	default:
		return false
	}
}

type explainer struct {
	words    bot.Words
	language string
}

func (e explainer) say(key bot.Key, args ...bot.Arg) bot.Text {
	return e.words.Text(e.language, key, args...)
}

func (e explainer) expected(err error) bot.Text {
	var known *bot.Error
	errors.As(err, &known)
	if !known.Message.Empty() {
		return known.Message
	}
	switch known.Code {
	case bot.Invalid:
		return e.say("core.error.invalid")
	case bot.NotFound:
		return e.say("core.error.not_found")
	case bot.Forbidden:
		return e.say("core.error.forbidden")
	case bot.Conflict:
		return e.say("core.error.conflict")
	case bot.RateLimited:
		return e.wait(known.After)
	case bot.Permanent:
		return e.say("core.error.permanent")
	case bot.UnknownOutcome:
		return e.say("core.error.unknown_outcome")
	default:
		return e.say("core.error.unavailable")
	}
}

// wait says after how long to try again, rounded up.
func (e explainer) wait(d time.Duration) bot.Text {
	seconds := max(1, int((d+time.Second-1)/time.Second))
	if seconds < 120 {
		return e.say("core.error.rate_limited.seconds", bot.Count("n", seconds))
	}
	return e.say("core.error.rate_limited.minutes", bot.Count("n", (seconds+59)/60))
}

// typed gives back what the member typed, or nothing if they typed nothing.
func (e explainer) typed(req *bot.Request) bot.Text {
	var values []string
	for _, name := range slices.Sorted(maps.Keys(req.Values)) {
		if v := req.Values[name]; strings.TrimSpace(v) != "" {
			values = append(values, v)
		}
	}
	if len(values) == 0 {
		return nil
	}
	return e.say("core.error.typed", bot.Str("typed", strings.Join(values, "\n")))
}
