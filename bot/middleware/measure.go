package middleware

import (
	"context"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// Meter takes measurements of requests.
type Meter interface {
	// Observe notes a request: its route's pattern, the code it failed with
	// (empty if it did not) and how long it took.
	Observe(route string, code bot.Code, took time.Duration)
}

// Measure tells the meter of each request. Without a meter it does nothing.
func Measure(meter Meter, now func() time.Time) bot.Middleware {
	return func(next bot.Handler) bot.Handler {
		if meter == nil {
			return next
		}
		return func(ctx context.Context, req *bot.Request) (bot.Reply, error) {
			began := now()
			reply, err := next(ctx, req)
			meter.Observe(req.Route.Path, bot.CodeOf(err), now().Sub(began))
			return reply, err
		}
	}
}
