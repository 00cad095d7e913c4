package redis

import (
	"context"
	"errors"
	"hash/fnv"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/staffroom-bot/staffroom/bot"
)

// dueShards is how many parts the due index has, so that a Cluster can spread
// it. Every worker looks at all of them in one pipeline.
const dueShards = 4

// hiddenMark is the fraction of a hint that hides a group while somebody looks
// into it. That takes less than lookAgain, unless they die.
const (
	hiddenMark = 0.01
	lookAgain  = 20 * time.Millisecond
)

const groupsKey = "sr:{groups}"

func dueKey(shard int) string { return "sr:{due:" + strconv.Itoa(shard) + "}" }

func shardOf(group string) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(group))
	return int(h.Sum32() % dueShards)
}

func dueKeyOf(group string) string { return dueKey(shardOf(group)) }

// shardHead is the earliest hint of one part of the due index.
type shardHead struct {
	shard  int
	due    time.Time
	hidden bool // until then: somebody looks into the group
}

func readHead(shard int, hint float64) shardHead {
	whole := math.Ceil(hint)
	// Fractions only mark something: no job is due within a millisecond.
	return shardHead{shard, time.UnixMilli(int64(whole)).UTC(), math.Abs(hint-math.Floor(hint)-hiddenMark) < 0.005}
}

// heads gives the parts of the due index that are not empty, the earliest first,
// by what the pipeline holds and one command for each part.
func (s *Store) heads(ctx context.Context, pipe redis.Pipeliner) ([]shardHead, error) {
	var firsts [dueShards]*redis.ZSliceCmd
	for i := range firsts {
		firsts[i] = pipe.ZRangeWithScores(ctx, dueKey(i), 0, 0)
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, failed(err)
	}
	var heads []shardHead
	for i, first := range firsts {
		for _, z := range first.Val() {
			heads = append(heads, readHead(i, z.Score))
		}
	}
	slices.SortFunc(heads, func(a, b shardHead) int { return a.due.Compare(b.due) })
	return heads, nil
}

// time asks for the store's time in a pipeline. What it gives reads the answer.
func (s *Store) time(ctx context.Context, pipe redis.Pipeliner) func() time.Time {
	if s.clock != nil {
		return s.clock.Now
	}
	now := pipe.Time(ctx)
	return func() time.Time { return now.Val().UTC() }
}

// NextDue implements scheduler.Store.
func (s *Store) NextDue(ctx context.Context) (time.Time, bool, error) {
	heads, err := s.heads(ctx, s.client.Pipeline())
	if err != nil || len(heads) == 0 {
		return time.Time{}, false, err
	}
	next := heads[0].due
	// By a manual clock nobody else is looking: whoever was is dead.
	if s.clock == nil && slices.ContainsFunc(heads, func(h shardHead) bool { return h.hidden }) {
		now, err := s.Now(ctx)
		if err != nil {
			return time.Time{}, false, err
		}
		if soon := now.Add(lookAgain); soon.Before(next) {
			next = soon
		}
	}
	return next, true, nil
}

// looked is what was found in a group.
type looked struct {
	group string
	hint  string // its hint as known before
	next  string // when its next job is due; "" for none
}

// settleHints corrects hints, in one call for each part of the index.
func (s *Store) settleHints(ctx context.Context, found []looked) error {
	var parts [dueShards][]any
	for _, l := range found {
		shard := shardOf(l.group)
		parts[shard] = append(parts[shard], l.group, l.hint, l.next)
	}
	var errs []error
	for shard, args := range parts {
		if len(args) > 0 {
			errs = append(errs, failed(dueSettleScript.Run(ctx, s.client, []string{dueKey(shard)}, args...).Err()))
		}
	}
	return errors.Join(errs...)
}

// hinter tells one part of the due index together what becomes due.
type hinter = bundler[int, hinting, struct{}]

type hinting struct {
	group string
	due   string // in ms
}

func (s *Store) hintAll(ctx context.Context, shard int, hints []hinting) ([]struct{}, error) {
	args := make([]any, 0, 2*len(hints))
	for _, h := range hints {
		args = append(args, h.group, h.due)
	}
	return make([]struct{}, len(hints)), dueHintScript.Run(ctx, s.client, []string{dueKey(shard)}, args...).Err()
}

// hint says that the group has something due at the given time.
func (s *Store) hint(ctx context.Context, group, due string) error {
	_, err := s.hinter.ask(ctx, shardOf(group), hinting{group, due})
	return failed(err)
}

// Sweep implements scheduler.Store: it compares each community's earliest job
// with its hint.
func (s *Store) Sweep(ctx context.Context, cursor string, limit int) (string, error) {
	from, _ := strconv.ParseUint(cursor, 10, 64)
	groups, next, err := s.client.SScan(ctx, groupsKey, from, "", int64(limit)).Result()
	if err != nil {
		return "", failed(err)
	}
	pipe := s.client.Pipeline()
	firsts, hints := make([]*redis.ZSliceCmd, len(groups)), make([]*redis.FloatCmd, len(groups))
	for i, group := range groups {
		firsts[i] = pipe.ZRangeWithScores(ctx, key(bot.CommunityID(group), "due"), 0, 0)
		hints[i] = pipe.ZScore(ctx, dueKeyOf(group), group)
	}
	if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) {
		return "", failed(err)
	}
	for i, group := range groups {
		hinted, err := hints[i].Result()
		if err != nil && !errors.Is(err, redis.Nil) {
			return "", failed(err)
		}
		first, firstErr := firsts[i].Result()
		if firstErr != nil {
			return "", failed(firstErr)
		}
		if len(first) == 0 || err == nil && hinted <= first[0].Score {
			continue
		}
		if err := s.hint(ctx, group, strconv.FormatInt(int64(first[0].Score), 10)); err != nil {
			return "", err
		}
		s.wake()
	}
	if next == 0 {
		return "", nil
	}
	return strconv.FormatUint(next, 10), nil
}

// Now implements scheduler.Store.
func (s *Store) Now(ctx context.Context) (time.Time, error) {
	if s.clock != nil {
		return s.clock.Now(), nil
	}
	now, err := s.client.Time(ctx).Result()
	return now.UTC(), failed(err)
}

// Woken implements scheduler.Store.
func (s *Store) Woken() <-chan struct{} { return s.woken }

func (s *Store) wake() {
	select {
	case s.woken <- struct{}{}:
	default:
	}
}
