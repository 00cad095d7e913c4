package redis

import (
	"context"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// afterMove is how long what was moved waits until it goes on: by then its series
// has arrived.
const afterMove = time.Hour

// seriesPart is a part of what a feature keeps of a series: one field of some hashes, other hashes
// and sorted sets whole, and jobs.
type seriesPart struct {
	fieldsOf     []string
	field        string
	hashes, sets []string
	jobs         []string
}

// moveParts moves what is kept of a series. First all of it is copied, a part at a time, and
// then it is removed where it was, so that it can be made again at any point.
func (s *Store) moveParts(ctx context.Context, t bot.Transfer, parts []seriesPart) error {
	var gone []write
	var jobs []string
	for _, p := range parts {
		copies, err := s.copies(ctx, t.From, p.fieldsOf, p.field, p.hashes, p.sets)
		if err != nil {
			return err
		}
		waiting, err := s.waiting(ctx, t, p.jobs, afterMove)
		if err != nil {
			return err
		}
		if _, err := s.advance(ctx, change{community: t.To, writes: copies, Effects: outbox.Effects{Jobs: waiting}}); err != nil {
			return err
		}
		gone = append(append(gone, removed(p.hashes)...), removed(p.sets)...)
		for _, name := range p.fieldsOf {
			gone = append(gone, write{"HDEL", name, []string{p.field}})
		}
		jobs = append(jobs, p.jobs...)
	}
	_, err := s.advance(ctx, change{community: t.From, writes: gone, Effects: outbox.Effects{Cancel: jobs}})
	return err
}

// seriesGoing gives the series of a kind that go along.
func seriesGoing(ctx context.Context, schedules Schedules, t bot.Transfer, kind string) ([]string, error) {
	ids, err := schedules.IDs(ctx, t.From)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, id := range ids {
		r, _, err := schedules.Load(ctx, t.From, id)
		if bot.CodeOf(err) == bot.NotFound || err == nil && (r.Kind != kind || !t.Joins && r.Space != t.Space) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, id)
	}
	return out, nil
}

func removed(names []string) []write {
	out := make([]write, len(names))
	for i, name := range names {
		out[i] = write{"DEL", name, []string{}}
	}
	return out
}

// copies are the writes that copy one field of some hashes, and other hashes and
// sorted sets whole.
func (s *Store) copies(ctx context.Context, c bot.CommunityID, fieldsOf []string, field string, hashes, sets []string) ([]write, error) {
	pipe := s.client.TxPipeline()
	var whole []func() []write
	var single []*redis.StringCmd
	for _, name := range fieldsOf {
		single = append(single, pipe.HGet(ctx, key(c, name), field))
	}
	for _, name := range hashes {
		whole = append(whole, copiedHash(ctx, pipe, c, name))
	}
	for _, name := range sets {
		found := pipe.ZRangeWithScores(ctx, key(c, name), 0, -1)
		whole = append(whole, func() []write {
			var args []string
			for _, z := range found.Val() {
				member, _ := z.Member.(string)
				args = append(args, fromScore(z.Score), member)
			}
			return inParts("ZADD", name, args, 2)
		})
	}
	if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) {
		return nil, failed(err)
	}
	var writes []write
	for i, name := range fieldsOf {
		if single[i].Err() == nil {
			writes = append(writes, write{"HSET", name, []string{field, single[i].Val()}})
		}
	}
	for _, w := range whole {
		writes = append(writes, w()...)
	}
	return writes, nil
}

func fromScore(score float64) string { return millis(time.UnixMilli(int64(score))) }

// waiting gives jobs as they wait in the community that is left, for the other one,
// where they are not due earlier than after a while.
func (s *Store) waiting(ctx context.Context, t bot.Transfer, ids []string, after time.Duration) ([]scheduler.Job, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	now, err := s.Now(ctx)
	if err != nil {
		return nil, err
	}
	pipe := s.client.TxPipeline()
	bodies := pipe.HMGet(ctx, key(t.From, "jobs"), ids...)
	dues := make([]*redis.FloatCmd, len(ids))
	for i, id := range ids {
		dues[i] = pipe.ZScore(ctx, key(t.From, "due"), id)
	}
	if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) {
		return nil, failed(err)
	}
	var out []scheduler.Job
	for i, id := range ids {
		text, ok := bodies.Val()[i].(string)
		if !ok {
			continue
		}
		body := decodeJob(text)
		due := time.UnixMilli(int64(dues[i].Val()))
		if earliest := now.Add(after); due.Before(earliest) {
			due = earliest
		}
		out = append(out, scheduler.Job{Group: string(t.To), ID: id, Kind: body.Kind, Due: due, Payload: body.Payload})
	}
	return out, nil
}
