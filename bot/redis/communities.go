package redis

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/redis/go-redis/v9"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/community"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// Communities implements community.Store on a Store.
type Communities struct{ *Store }

var _ community.Store = Communities{}

// Community implements community.Store. The community is written before the
// space points to it, so a space never points to nothing; who loses a race
// leaves a community without a space, which nobody sees.
//
// It asks for the pointer and, in the same round trip, for what is in the community
// where this process saw the space last: that is nearly always right.
func (s Communities) Community(ctx context.Context, space bot.SpaceID, fresh community.Community) (community.Community, error) {
	guess, _ := s.seen.Load(space)
	guessed, _ := guess.(bot.CommunityID)
	at, about, place, err := s.askFor(ctx, space, guessed)
	if errors.Is(err, redis.Nil) {
		guessed = fresh.ID
		if err = s.found(ctx, space, fresh); err == nil {
			at, about, place, err = s.askFor(ctx, space, guessed)
		}
	}
	if err == nil && at.Community != guessed {
		at, about, place, err = s.askFor(ctx, space, at.Community)
	}
	s.seen.Store(space, at.Community)
	if err != nil {
		return community.Community{}, failed(err)
	}
	body, err := about.Bytes()
	if err != nil {
		return community.Community{}, failed(err)
	}
	c := community.Community{}
	if err := json.Unmarshal(body, &c); err != nil {
		return c, fmt.Errorf("community %s: %w", at.Community, err)
	}
	c.ID, c.Moves = at.Community, at.Moves
	if place.Err() == nil {
		p, err := decodePlace(place.Val(), "")
		if err != nil {
			return c, err
		}
		c.Language, c.Zone = cmp.Or(p.Set.Language, c.Language), cmp.Or(p.Set.Zone, c.Zone)
	}
	return c, nil
}

// askFor asks where a space points to, and for what there is in a community.
func (s Communities) askFor(ctx context.Context, space bot.SpaceID, c bot.CommunityID) (at community.Whereabouts, about, place *redis.StringCmd, err error) {
	pipe := s.client.Pipeline()
	pointer := pipe.Get(ctx, spaceKey(space))
	about = pipe.Get(ctx, key(c, "about"))
	place = pipe.HGet(ctx, key(c, placeRecords), space.String())
	_, _ = pipe.Exec(ctx) // each command has its own error
	if err = pointer.Err(); err == nil && place.Err() != nil && !errors.Is(place.Err(), redis.Nil) {
		err = place.Err()
	}
	return readPointer(pointer.Val()), about, place, err
}

func (s Communities) found(ctx context.Context, space bot.SpaceID, fresh community.Community) error {
	if err := s.lay(ctx, fresh, space); err != nil {
		return err
	}
	return s.client.SetNX(ctx, spaceKey(space), string(fresh.ID), 0).Err()
}

// lay writes a community with one place, to which the place does not point yet.
func (s Communities) lay(ctx context.Context, fresh community.Community, space bot.SpaceID) error {
	body, err := json.Marshal(fresh)
	if err != nil {
		return err
	}
	place, err := json.Marshal(community.Place{Space: space})
	if err != nil {
		return err
	}
	pipe := s.client.TxPipeline()
	pipe.Set(ctx, key(fresh.ID, "about"), body, 0)
	pipe.HSetNX(ctx, key(fresh.ID, placeRecords), space.String(), place)
	_, err = pipe.Exec(ctx)
	return failed(err)
}

// Member implements community.Store.
func (s Communities) Member(ctx context.Context, c bot.CommunityID, a bot.Account, fresh bot.Member) (community.Record, error) {
	body, err := json.Marshal(fresh)
	if err != nil {
		return community.Record{}, err
	}
	keys := []string{key(c, "accounts"), key(c, "members"), key(c, "membernumbers"), key(c, "numbers"), key(c, memberVersions), key(c, leftSpaces)}
	out, err := s.strings(ctx, memberScript, keys, a.String(), string(fresh.ID), body, a.Space.String())
	if err != nil {
		return community.Record{}, err
	}
	if out[0] == "left" {
		return community.Record{}, &bot.Error{Code: bot.Conflict, Err: errLeft}
	}
	r := community.Record{}
	if r.Member, err = decodeMember(c, out[1], out[2]); err != nil {
		return r, err
	}
	r.Version, err = strconv.ParseInt(out[3], 10, 64)
	return r, err
}

// memberVersions holds the versions of members that were changed.
const memberVersions = "members:v"

func decodeMember(c bot.CommunityID, body, number string) (bot.Member, error) {
	m := bot.Member{}
	if err := json.Unmarshal([]byte(body), &m); err != nil {
		return m, fmt.Errorf("member: %w", err)
	}
	m.Community = c
	var err error
	m.Number, err = strconv.Atoi(number)
	return m, err
}

// SaveMember implements community.Store.
func (s Communities) SaveMember(ctx context.Context, r community.Record, jobs ...scheduler.Job) error {
	body, err := json.Marshal(r.Member)
	if err != nil {
		return err
	}
	effects, due, err := encodeEffects(outbox.Effects{Jobs: jobs})
	if err != nil {
		return err
	}
	keys := append(jobKeys(string(r.Community)), key(r.Community, "members"), key(r.Community, memberVersions))
	saved, err := s.hinted(ctx, string(r.Community), due, func() ([]string, error) {
		return s.strings(ctx, memberSaveScript, keys, string(r.ID), body, r.Version, effects)
	})
	switch {
	case err != nil:
		return err
	case saved[0] == "gone":
		return &bot.Error{Code: bot.NotFound}
	case saved[0] == "conflict":
		return &bot.Error{Code: bot.Conflict}
	default:
		return nil
	}
}

// Known gives the member with an account, "" if there is none.
func (s Communities) Known(ctx context.Context, c bot.CommunityID, a bot.Account) (bot.MemberID, error) {
	id, err := s.client.HGet(ctx, key(c, "accounts"), a.String()).Result()
	if errors.Is(err, redis.Nil) {
		return "", nil
	}
	return bot.MemberID(id), failed(err)
}

// Members implements community.Store.
func (s Communities) Members(ctx context.Context, c bot.CommunityID, ids []bot.MemberID) ([]bot.Member, error) {
	var out []bot.Member
	for len(ids) > 0 {
		n := min(len(ids), entriesAtOnce)
		fields := make([]string, n)
		for i, id := range ids[:n] {
			fields[i] = string(id)
		}
		pipe := s.client.Pipeline()
		bodies := pipe.HMGet(ctx, key(c, "members"), fields...)
		numbers := pipe.HMGet(ctx, key(c, "membernumbers"), fields...)
		if _, err := pipe.Exec(ctx); err != nil {
			return nil, failed(err)
		}
		for i, body := range bodies.Val() {
			text, ok := body.(string)
			if !ok {
				continue
			}
			number, _ := numbers.Val()[i].(string)
			m, err := decodeMember(c, text, number)
			if err != nil {
				return nil, err
			}
			out = append(out, m)
		}
		ids = ids[n:]
	}
	return out, nil
}
