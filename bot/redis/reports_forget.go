package redis

import (
	"context"
	"slices"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/bot/report"
)

// reportsOf is where it is kept in which cases somebody stands: a member who has
// reported something, or an account that was told.
func reportsOf(who string) string { return "reportsof:" + who }

// inCase gives who stands in a case.
func inCase(cs *report.Case) []string {
	var all []string
	for _, said := range cs.Said {
		if said.By != "" {
			all = append(all, string(said.By))
		}
	}
	for _, told := range cs.Told {
		if told.Post.Direct != nil {
			all = append(all, told.Post.Direct.String())
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Of implements report.Store.
func (s Reports) Of(ctx context.Context, c bot.CommunityID, who string) ([]report.Case, error) {
	ids, err := s.client.SMembers(ctx, key(c, reportsOf(who))).Result()
	if err != nil {
		return nil, failed(err)
	}
	slices.Sort(ids)
	var all []report.Case
	for _, id := range ids {
		cs, err := s.Case(ctx, c, id)
		if bot.CodeOf(err) == bot.NotFound {
			continue // its time is over
		}
		if err != nil {
			return nil, err
		}
		all = append(all, cs)
	}
	return all, nil
}

// Amend implements report.Store.
func (s Reports) Amend(ctx context.Context, cs *report.Case) error {
	return s.keepCase(ctx, cs, nil, outbox.Effects{})
}

// Forget implements report.Store.
func (s Reports) Forget(ctx context.Context, c bot.CommunityID, who string) error {
	return failed(s.client.Del(ctx, key(c, reportsOf(who)), key(c, reportTries(bot.MemberID(who)))).Err())
}
