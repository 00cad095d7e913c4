package redis

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/community"
)

var _ community.MoveStore = Communities{}

// Whereabouts implements community.MoveStore.
func (s Communities) Whereabouts(ctx context.Context, space bot.SpaceID) (community.Whereabouts, error) {
	stored, err := s.client.Get(ctx, spaceKey(space)).Result()
	if err != nil {
		return community.Whereabouts{}, failed(err)
	}
	return readPointer(stored), nil
}

// swap changes where a space points to, if it points to where it is expected.
// What was done before is done.
func (s Communities) swap(ctx context.Context, space bot.SpaceID, from, to community.Whereabouts) error {
	out, err := s.strings(ctx, swapScript, []string{spaceKey(space)}, pointerText(from), pointerText(to))
	if err == nil && out[0] != pointerText(to) {
		err = &bot.Error{Code: bot.Conflict}
	}
	return err
}

// Announce implements community.MoveStore.
func (s Communities) Announce(ctx context.Context, space bot.SpaceID, from, to bot.CommunityID) (community.Whereabouts, error) {
	now, err := s.Now(ctx)
	if err != nil {
		return community.Whereabouts{}, err
	}
	w := community.Whereabouts{Community: from, Moves: community.Leaving, Since: now.Truncate(time.Millisecond), To: to}
	return w, s.swap(ctx, space, community.Whereabouts{Community: from}, w)
}

// Found implements community.MoveStore.
func (s Communities) Found(ctx context.Context, c community.Community) error {
	body, err := json.Marshal(c)
	if err != nil {
		return err
	}
	return failed(s.client.SetNX(ctx, key(c.ID, "about"), body, 0).Err())
}

// About implements community.MoveStore.
func (s Communities) About(ctx context.Context, c bot.CommunityID) (community.Community, error) {
	var about community.Community
	body, err := s.client.Get(ctx, key(c, "about")).Bytes()
	if err == nil {
		err = json.Unmarshal(body, &about)
	}
	about.ID = c
	return about, failed(err)
}

// Part implements community.MoveStore. The marks are set before anything is moved,
// and again if this is repeated.
func (s Communities) Part(ctx context.Context, space bot.SpaceID, w community.Whereabouts) (community.Whereabouts, error) {
	moving := w
	moving.Moves = community.Moving
	if err := s.swap(ctx, space, w, moving); err != nil {
		return w, err
	}
	return moving, s.mark(ctx, space, moving)
}

// mark notes in both communities where the space is going.
func (s Communities) mark(ctx context.Context, space bot.SpaceID, w community.Whereabouts) error {
	others, err := s.client.HKeys(ctx, key(w.Community, placeRecords)).Result()
	if err != nil {
		return failed(err)
	}
	left := []string{space.String(), string(w.To)}
	if len(others) == 0 || len(others) == 1 && others[0] == space.String() {
		left = append(left, leftByAll, string(w.To))
	}
	if err := s.client.HSet(ctx, key(w.Community, leftSpaces), left).Err(); err != nil {
		return failed(err)
	}
	return failed(s.client.HDel(ctx, key(w.To, leftSpaces), space.String(), leftByAll).Err())
}

// Stay implements community.MoveStore.
func (s Communities) Stay(ctx context.Context, space bot.SpaceID, w community.Whereabouts) error {
	return s.swap(ctx, space, w, community.Whereabouts{Community: w.Community})
}

// TakeIn implements community.MoveStore: the one is written before the other goes.
func (s Communities) TakeIn(ctx context.Context, w community.Whereabouts, p community.Place) error {
	name := p.Space.String()
	_, err := s.advance(ctx, change{community: w.To, records: placeRecords, id: name, body: p})
	if err != nil && bot.CodeOf(err) != bot.Conflict { // a conflict: it is there
		return err
	}
	_, err = s.advance(ctx, change{community: w.Community, writes: []write{
		{"HDEL", placeRecords, []string{name}}, {"HDEL", placeVersions, []string{name}},
	}})
	return err
}

// Arrive implements community.MoveStore.
func (s Communities) Arrive(ctx context.Context, space bot.SpaceID, w community.Whereabouts) error {
	return s.swap(ctx, space, w, community.Whereabouts{Community: w.To})
}

func codeKey(hash string) string { return "sr:code:" + hash }

// KeepCode implements community.MoveStore.
func (s Communities) KeepCode(ctx context.Context, hash string, o community.Offer) error {
	now, err := s.Now(ctx)
	if err != nil {
		return err
	}
	body, err := json.Marshal(o)
	if err != nil {
		return err
	}
	return failed(s.client.Set(ctx, codeKey(hash), body, max(o.Until.Sub(now), time.Second)).Err())
}

// Code implements community.MoveStore.
func (s Communities) Code(ctx context.Context, hash string) (community.Offer, error) {
	return s.offer(ctx, s.client.Get(ctx, codeKey(hash)))
}

// TakeCode implements community.MoveStore.
func (s Communities) TakeCode(ctx context.Context, hash string) (community.Offer, error) {
	return s.offer(ctx, s.client.GetDel(ctx, codeKey(hash)))
}

// offer reads what a code stands for, if its time is not over: by a manual clock
// the server would keep it longer.
func (s Communities) offer(ctx context.Context, found *redis.StringCmd) (community.Offer, error) {
	var o community.Offer
	body, err := found.Bytes()
	if err != nil {
		return o, failed(err)
	}
	if err := json.Unmarshal(body, &o); err != nil {
		return o, err
	}
	now, err := s.Now(ctx)
	if err == nil && !now.Before(o.Until) {
		err = &bot.Error{Code: bot.NotFound, Err: errOver}
	}
	return o, err
}

var errOver = errors.New("its time is over")

// Try implements community.MoveStore.
func (s Communities) Try(ctx context.Context, c bot.CommunityID, who string, within time.Duration, more int) (int, error) {
	n, err := s.strings(ctx, triesScript, []string{key(c, "codetries:"+who)}, s.now(), within.Milliseconds(), more)
	if err != nil {
		return 0, err
	}
	count, err := strconv.Atoi(n[0])
	return count, err
}
