package redis

import (
	"context"
	"encoding/json"
	"strconv"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/library"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// AdvanceAll implements library.Store.
func (s Library) AdvanceAll(ctx context.Context, rs []*library.Resource, jobs ...scheduler.Job) (conflicts []string, err error) {
	if len(rs) == 0 {
		return nil, nil
	}
	c := rs[0].Community
	encoded, due, err := encodeEffects(outbox.Effects{Jobs: jobs})
	if err != nil {
		return nil, err
	}
	var effects struct {
		Jobs json.RawMessage `json:"jobs"`
	}
	if err := json.Unmarshal(encoded, &effects); err != nil {
		return nil, err
	}
	keys := append(jobKeys(string(c)), key(c, resources), key(c, resources+":v"), key(c, resourceOrder),
		key(c, libraryDue), key(c, libraryMoved), key(c, libraryLog), key(c, "numbers"), key(c, leftSpaces))
	args := []any{logLength, string(effects.Jobs)}
	for _, r := range rs {
		body, err := json.Marshal(r)
		if err != nil {
			return nil, err
		}
		next := ""
		if !r.Health.Next.IsZero() && r.Hidden == (library.Hidden{}) {
			next = millis(r.Health.Next)
		}
		args = append(args, r.ID, strconv.FormatInt(r.Version, 10), next, r.Space.String(), body)
	}
	out, err := s.hinted(ctx, string(c), due, func() ([]string, error) { return s.strings(ctx, libraryPutScript, keys, args...) })
	if err != nil {
		return nil, err
	}
	for i, r := range rs {
		if out[i] == "" {
			conflicts = append(conflicts, r.ID)
		} else if r.Version, err = strconv.ParseInt(out[i], 10, 64); err != nil {
			return nil, &bot.Error{Code: bot.Internal, Err: err}
		}
	}
	return conflicts, nil
}
