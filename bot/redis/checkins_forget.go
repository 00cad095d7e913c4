package redis

import (
	"context"
	"errors"
	"slices"

	"github.com/redis/go-redis/v9"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/checkin"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// writesAtOnce is how many writes to different keys one script makes.
const writesAtOnce = 500

// everything gives all check-ins of a community of which anything is kept, and all
// their occurrences: some hundreds in a school year.
func (s CheckIns) everything(ctx context.Context, c bot.CommunityID) (ids, occurrences []string, err error) {
	if ids, err = s.client.HKeys(ctx, key(c, checkIns)).Result(); err != nil {
		return nil, nil, failed(err)
	}
	slices.Sort(ids)
	pipe := s.client.Pipeline()
	past := make([]*redis.StringSliceCmd, len(ids))
	for i, id := range ids {
		past[i] = pipe.ZRange(ctx, key(c, checkInPast(id)), 0, -1)
	}
	if _, err = pipe.Exec(ctx); err != nil {
		return nil, nil, failed(err)
	}
	for _, p := range past {
		occurrences = append(occurrences, p.Val()...)
	}
	return ids, occurrences, nil
}

// TurnsOf implements checkin.Store.
func (s CheckIns) TurnsOf(ctx context.Context, c bot.CommunityID, m bot.MemberID) (map[string]checkin.Turn, error) {
	_, occurrences, err := s.everything(ctx, c)
	if err != nil {
		return nil, err
	}
	out := map[string]checkin.Turn{}
	for some := range slices.Chunk(occurrences, entriesAtOnce) {
		pipe := s.client.Pipeline()
		turns := make([]*redis.StringCmd, len(some))
		for i, o := range some {
			turns[i] = pipe.HGet(ctx, key(c, checkInTurns(o)), string(m))
		}
		if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) {
			return nil, failed(err)
		}
		for i, o := range some {
			if turns[i].Err() != nil {
				continue
			}
			if out[o], err = decodeTurn(turns[i].Val()); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// Forget implements checkin.Store. What leads to the rest goes last.
func (s CheckIns) Forget(ctx context.Context, c bot.CommunityID, m bot.MemberID, e outbox.Effects) error {
	ids, occurrences, err := s.everything(ctx, c)
	if err != nil {
		return err
	}
	joined, err := s.Joined(ctx, c, m)
	if err != nil {
		return err
	}
	fields, err := s.client.SMembers(ctx, key(c, goalsOf(m))).Result()
	if err != nil {
		return failed(err)
	}
	var writes []write
	for _, o := range occurrences {
		for _, name := range []string{checkInTurns(o), checkInSaid(o)} {
			writes = append(writes, write{"HDEL", name, []string{string(m)}})
		}
	}
	for _, id := range slices.Compact(slices.Sorted(slices.Values(append(ids, joined...)))) {
		for _, name := range []string{checkInWalls(id), checkInPeople(id), checkInListed(id), checkInWord(id)} {
			writes = append(writes, write{"HDEL", name, []string{string(m)}})
		}
		writes = append(writes, write{"ZREM", checkInOrder(id), []string{string(m)}}, write{"DEL", checkInRevision(id, m), []string{}})
	}
	for some := range slices.Chunk(writes, writesAtOnce) {
		if _, err := s.advance(ctx, change{community: c, writes: some}); err != nil {
			return err
		}
	}
	jobs := make([]string, len(fields))
	for i, field := range fields {
		jobs[i] = "goal/" + field
	}
	e.Cancel = append(e.Cancel, jobs...)
	last := slices.Concat(inParts("HDEL", goals, fields, 1), inParts("HDEL", goals+":v", fields, 1), inParts("HDEL", "aside", jobs, 1),
		removed([]string{goalsOf(m), joinedBy(m), journalOf(m), checkInTalk(m), checkInFollowed(m)}))
	_, err = s.advance(ctx, change{community: c, writes: last, Effects: e})
	return err
}
