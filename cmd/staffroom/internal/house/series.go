package house

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/bot/redis"
	"github.com/staffroom-bot/staffroom/bot/schedule"
	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

// series are those of one kind, whose payload a feature defines.
type series struct {
	*schedule.Service
	store redis.Schedules
	kind  string
}

// one gives a series of the kind, or not_found.
func (s series) one(ctx context.Context, c bot.CommunityID, id string) (schedule.Series, error) {
	r, _, err := s.store.Load(ctx, c, id)
	if err == nil && r.Kind != s.kind {
		err = &bot.Error{Code: bot.NotFound, Err: errors.New("this series is of another kind")}
	}
	return r, err
}

// redefine changes the title and payload of a series.
func (s series) redefine(ctx context.Context, c bot.CommunityID, id, title string, payload json.RawMessage, e outbox.Effects) error {
	const tries = 4
	var err error
	for range tries {
		r, _, loadErr := s.store.Load(ctx, c, id)
		if loadErr != nil {
			return loadErr
		}
		r.Title, r.Payload = title, payload
		if err = s.store.Advance(ctx, &r, nil, e); bot.CodeOf(err) != bot.Conflict {
			return err
		}
	}
	return err
}

// Place is where a member lives by rules.
func (s series) Place(ctx context.Context, m bot.Member, calendars []string) (rule.Place, error) {
	return s.Service.Place(ctx, m, calendars...)
}

// Places is where members of a community live by rules.
func (s series) Places(ctx context.Context, c bot.CommunityID, calendars []string) (func(bot.Member) (rule.Place, error), error) {
	return s.Service.Places(ctx, c, calendars...)
}

// mostSeries is how many series of a community are looked at: far more than have
// been seen.
const mostSeries = 200

// listed gives all series of a kind, as their feature sees them.
func listed[T any](ctx context.Context, s series, c bot.CommunityID, seen func(*schedule.Series) (T, error)) ([]T, error) {
	all, err := s.store.List(ctx, c, 0, mostSeries)
	if err != nil {
		return nil, err
	}
	var out []T
	for i := range all {
		if all[i].Kind != s.kind {
			continue
		}
		one, err := seen(&all[i])
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}
