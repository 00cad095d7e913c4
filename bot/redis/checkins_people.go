package redis

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/checkin"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// checkInListed is the list by which a member takes part, in ms, with - before it
// once they are in the crowd no longer. checkInWord is what they know and said of it.
func checkInListed(id string) string { return "checkinlisted:" + id }
func checkInWord(id string) string   { return "checkinword:" + id }

// The words: that somebody was told why they are asked, and that they have left.
const (
	wordTold = "told"
	wordLeft = "left"
)

// enrolledAtOnce is how many members one script takes in, or lets go.
const enrolledAtOnce = 200

// Join implements checkin.Store.
func (s CheckIns) Join(ctx context.Context, c bot.CommunityID, id string, p checkin.Participant, e outbox.Effects) error {
	body, err := json.Marshal(p)
	if err != nil {
		return err
	}
	m := string(p.Member)
	_, err = s.advance(ctx, change{community: c, Effects: e, writes: []write{
		{"HSETNX", checkInPeople(id), []string{m, string(body)}},
		{"ZADD", checkInOrder(id), []string{"0", m}},
		{"SADD", joinedBy(p.Member), []string{id}},
		{"HDEL", checkInListed(id), []string{m}},
		{"HDEL", checkInWord(id), []string{m}},
	}})
	return err
}

// Leave implements checkin.Store.
func (s CheckIns) Leave(ctx context.Context, c bot.CommunityID, id string, m bot.MemberID) error {
	_, err := s.advance(ctx, change{community: c, writes: []write{
		{"HDEL", checkInPeople(id), []string{string(m)}},
		{"ZREM", checkInOrder(id), []string{string(m)}},
		{"SREM", joinedBy(m), []string{id}},
		{"HDEL", checkInListed(id), []string{string(m)}},
		{"HSET", checkInWord(id), []string{string(m), wordLeft}},
	}})
	return err
}

// Enrol implements checkin.Store.
func (s CheckIns) Enrol(ctx context.Context, c bot.CommunityID, id string, list time.Time, found []checkin.Participant, e outbox.Effects) error {
	pairs := make([][2]string, len(found))
	for i, p := range found {
		body, err := json.Marshal(p)
		if err != nil {
			return err
		}
		pairs[i] = [2]string{string(p.Member), string(body)}
	}
	return s.enrol(ctx, c, id, list, pairs, e)
}

// Prune implements checkin.Store.
func (s CheckIns) Prune(ctx context.Context, c bot.CommunityID, id string, list time.Time, e outbox.Effects) error {
	var pairs [][2]string
	err := s.scan(ctx, key(c, checkInListed(id)), func(m, last string) {
		if last != millis(list) && !strings.HasPrefix(last, "-") {
			pairs = append(pairs, [2]string{m, ""})
		}
	})
	if err != nil {
		return err
	}
	return s.enrol(ctx, c, id, list, pairs, e)
}

// enrol changes who takes part, the effects with the last of them.
func (s CheckIns) enrol(ctx context.Context, c bot.CommunityID, id string, list time.Time, pairs [][2]string, e outbox.Effects) error {
	parts := slices.Collect(slices.Chunk(pairs, enrolledAtOnce))
	if len(parts) == 0 {
		parts = append(parts, nil)
	}
	for i, part := range parts {
		var now outbox.Effects
		if i == len(parts)-1 {
			now = e
		}
		effects, due, err := encodeEffects(now)
		if err != nil {
			return err
		}
		keys := append(jobKeys(string(c)), key(c, checkInPeople(id)), key(c, checkInOrder(id)), key(c, checkInListed(id)), key(c, checkInWord(id)))
		args := []any{s.now(), id, millis(list), effects}
		for _, p := range part {
			keys = append(keys, key(c, joinedBy(bot.MemberID(p[0]))))
			args = append(args, p[0], p[1])
		}
		_, err = s.hinted(ctx, string(c), due, func() ([]string, error) { return s.strings(ctx, checkInEnrolScript, keys, args...) })
		if err != nil {
			return err
		}
	}
	return nil
}

func checkInRevision(id string, m bot.MemberID) string {
	return "checkinrevision:" + id + ":" + string(m)
}

// KeepRevision implements checkin.Store.
func (s CheckIns) KeepRevision(ctx context.Context, c bot.CommunityID, id string, m bot.MemberID, d checkin.Revision) error {
	body, err := json.Marshal(d)
	if err != nil {
		return err
	}
	return failed(s.client.Set(ctx, key(c, checkInRevision(id, m)), body, checkin.RevisionFor).Err())
}

// Revision implements checkin.Store.
func (s CheckIns) Revision(ctx context.Context, c bot.CommunityID, id string, m bot.MemberID) (d checkin.Revision, err error) {
	body, err := s.client.Get(ctx, key(c, checkInRevision(id, m))).Bytes()
	if errors.Is(err, redis.Nil) {
		return d, &bot.Error{Code: bot.NotFound}
	}
	if err != nil {
		return d, failed(err)
	}
	if err := json.Unmarshal(body, &d); err != nil {
		return d, fmt.Errorf("revision: %w", err)
	}
	return d, nil
}
