package house

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/library"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/bot/redis"
	"github.com/staffroom-bot/staffroom/bot/schedule"
)

// digestKind lets the schedule know of the digests of libraries.
func digestKind(s *library.Service) schedule.Kind {
	return schedule.Kind{
		Name: library.DigestKind,
		Remember: func(ctx context.Context, o schedule.Occurrence) (outbox.Effects, json.RawMessage, error) {
			d, err := digestOf(&o.Series)
			if err != nil {
				return outbox.Effects{}, nil, err
			}
			e, told, said, err := s.Digested(ctx, d, o.Key, o.Now)
			if err == nil && !said {
				err = &schedule.Skip{Reason: schedule.Nothing}
			}
			if err != nil {
				return outbox.Effects{}, nil, err
			}
			d.Told = told
			payload, err := json.Marshal(d.DigestState)
			return e, payload, err
		},
		Show: func(r schedule.Series, reader bot.Member) bot.Text {
			d, err := digestOf(&r)
			if err != nil {
				return nil
			}
			return s.DigestLine(&d, reader)
		},
		Back: s.Back,
	}
}

func digestOf(r *schedule.Series) (library.Digest, error) {
	d := library.Digest{
		ID: r.ID, Community: r.Community, Space: r.Space, Title: r.Title, Rule: r.Rule, Zone: r.Zone, By: r.By, Paused: r.Paused, Next: r.Next(),
	}
	return d, json.Unmarshal(r.Payload, &d.DigestState)
}

// digests is the schedule as libraries see it.
type digests struct {
	*schedule.Service
	store redis.Schedules
}

// Digest implements library.Digests.
func (t digests) Digest(ctx context.Context, c bot.CommunityID, space bot.SpaceID) (library.Digest, error) {
	all, err := t.store.List(ctx, c, 0, mostSeries)
	if err != nil {
		return library.Digest{}, err
	}
	for i := range all {
		if all[i].Kind == library.DigestKind && all[i].Space == space {
			return digestOf(&all[i])
		}
	}
	return library.Digest{}, &bot.Error{Code: bot.NotFound, Err: errors.New("the place has no digest")}
}

// AddDigest implements library.Digests.
func (t digests) AddDigest(ctx context.Context, d *library.Digest, in bot.InputID) error {
	payload, err := json.Marshal(d.DigestState)
	if err != nil {
		return err
	}
	r := schedule.Series{
		Community: d.Community, Kind: library.DigestKind, Title: d.Title, Space: d.Space, Rule: d.Rule, Zone: d.Zone,
		Grace: library.DigestGrace, By: d.By, Payload: payload,
	}
	if err := t.Add(ctx, &r, in); err != nil {
		return err
	}
	*d, err = digestOf(&r)
	return err
}

// MoveDigest implements library.Digests: with what it has told by then.
func (t digests) MoveDigest(ctx context.Context, d library.Digest, to bot.Channel, in bot.InputID) error {
	const tries = 4
	var last error
	for range tries {
		r, _, err := t.store.Load(ctx, d.Community, d.ID)
		if err != nil {
			return err
		}
		fresh, err := digestOf(&r)
		if err != nil {
			return err
		}
		fresh.Channel = to
		if r.Payload, err = json.Marshal(fresh.DigestState); err != nil {
			return err
		}
		if last = t.store.Advance(ctx, &r, nil, outbox.Effects{Input: in}); bot.CodeOf(last) != bot.Conflict {
			return last
		}
	}
	return last
}

// DigestControls implements library.Digests.
func (t digests) DigestControls(ctx context.Context, req *bot.Request, d library.Digest) ([]bot.Control, error) {
	r, _, err := t.store.Load(ctx, d.Community, d.ID)
	if err != nil {
		return nil, err
	}
	return t.Controls(req, &r), nil
}
