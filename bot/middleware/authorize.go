package middleware

import (
	"context"

	"github.com/staffroom-bot/staffroom/bot"
)

// Members knows who is behind an account.
type Members interface {
	// Member gives the member with this account, who becomes one if need be.
	// name is their display name. Its errors have the code unavailable.
	Member(ctx context.Context, a bot.Account, name string) (bot.Member, error)
	// Acts hears in which role a member acts: organizers are noted, so that they
	// can be reached.
	Acts(ctx context.Context, a bot.Account, m bot.Member)
}

// Authorize fills in who is asking, and refuses those who may not use the route,
// saying who may. Whoever runs the space on the platform counts as an organizer:
// so there is one from the first moment.
func Authorize(members Members, words bot.Words) bot.Middleware {
	return func(next bot.Handler) bot.Handler {
		return func(ctx context.Context, req *bot.Request) (bot.Reply, error) {
			m, err := members.Member(ctx, req.Account, req.Name)
			if err != nil {
				return bot.Reply{}, err
			}
			if req.Manages {
				m.Role = bot.RoleOrganizer
			}
			req.Member = m
			members.Acts(ctx, req.Account, m)
			if !req.Route.Access.Allows(m.Role) {
				return bot.Reply{}, refusal(req.Route.Access, words, m.Language)
			}
			return next(ctx, req)
		}
	}
}

func refusal(access bot.Access, words bot.Words, language string) error {
	if access == bot.HostsOnly {
		return bot.Fail(bot.Forbidden, words.Text(language, "core.access.host"))
	}
	return bot.Fail(bot.Forbidden, words.Text(language, "core.access.organizer"))
}
