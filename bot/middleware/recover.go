package middleware

import (
	"context"
	"fmt"
	"runtime/debug"

	"github.com/staffroom-bot/staffroom/bot"
)

// Recover turns a panic into an internal error that carries the stack, so that
// one request's fault stays its own.
func Recover() bot.Middleware {
	return func(next bot.Handler) bot.Handler {
		return func(ctx context.Context, req *bot.Request) (reply bot.Reply, err error) {
			defer func() {
				if p := recover(); p != nil {
					reply, err = bot.Reply{}, fmt.Errorf("panic: %v\n%s", p, debug.Stack())
				}
			}()
			return next(ctx, req)
		}
	}
}
