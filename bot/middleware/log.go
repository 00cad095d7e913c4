package middleware

import (
	"context"
	"log/slog"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// Log writes one line for each request: the route's pattern, the connection, how
// long it took and with what code it ended. A failure that is no doing of the
// member's is a warning with its cause; the cause of an internal one is logged by
// Explain, with the reference that the member sees.
func Log(log *slog.Logger, now func() time.Time) bot.Middleware {
	return func(next bot.Handler) bot.Handler {
		return func(ctx context.Context, req *bot.Request) (bot.Reply, error) {
			began := now()
			reply, err := next(ctx, req)
			line := [5]slog.Attr{
				slog.String("route", req.Route.Path),
				slog.String("connection", req.Account.Space.Connection),
				slog.Duration("took", now().Sub(began)),
			}
			attrs, level := line[:3], slog.LevelInfo
			if err != nil {
				code := bot.CodeOf(err)
				attrs = append(attrs, slog.String("code", string(code)))
				if outside(code) {
					level = slog.LevelWarn
					attrs = append(attrs, slog.String("error", err.Error()))
				}
			}
			log.LogAttrs(ctx, level, "request", attrs...)
			return reply, err
		}
	}
}

// outside reports whether something outside of the program failed.
func outside(code bot.Code) bool {
	switch code {
	case bot.Unavailable, bot.RateLimited, bot.Permanent, bot.UnknownOutcome:
		return true
	default:
		return false
	}
}
