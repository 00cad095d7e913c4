package redis

import (
	"context"
	"encoding/json"
	"errors"
	"hash/fnv"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// dueShards is how many parts the due index has, so that a Cluster can spread
// it. Every worker looks at all of them in one pipeline.
const dueShards = 4

// claimedFor is how long a group is hidden from other workers while one looks
// into it.
const claimedFor = 5 * time.Second

const groupsKey = "sr:{groups}"

type jobBody struct {
	Kind    string          `json:"kind"`
	Payload json.RawMessage `json:"payload,omitempty"`
}

func dueKey(shard int) string { return "sr:{due:" + strconv.Itoa(shard) + "}" }

func dueKeyOf(group string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(group))
	return dueKey(int(h.Sum32() % dueShards))
}

func jobKeys(group string) []string {
	c := bot.CommunityID(group)
	return []string{key(c, "jobs"), key(c, "due"), key(c, "lease"), key(c, "next"), key(c, "tries")}
}

// shardHead is the earliest hint of one part of the due index.
type shardHead struct {
	shard int
	due   time.Time
}

// heads gives the parts of the due index that are not empty, the earliest first.
func (s *Store) heads(ctx context.Context) ([]shardHead, error) {
	pipe := s.client.Pipeline()
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
			// Fractions only mark a change: no job is due within a millisecond.
			heads = append(heads, shardHead{i, time.UnixMilli(int64(math.Ceil(z.Score))).UTC()})
		}
	}
	slices.SortFunc(heads, func(a, b shardHead) int { return a.due.Compare(b.due) })
	return heads, nil
}

// Claim implements scheduler.Store.
func (s *Store) Claim(ctx context.Context, limit int, lease time.Duration) ([]scheduler.Claimed, error) {
	heads, err := s.heads(ctx)
	if err != nil {
		return nil, err
	}
	var jobs []scheduler.Claimed
	for _, head := range heads {
		if len(jobs) >= limit || s.clock != nil && head.due.After(s.clock.Now()) {
			break
		}
		groups, err := s.strings(ctx, duePickScript, []string{dueKey(head.shard)}, s.now(), limit-len(jobs), claimedFor.Milliseconds())
		if err != nil {
			return jobs, err
		}
		for _, group := range groups[1:] {
			claimed, next, err := s.claimGroup(ctx, group, limit-len(jobs), lease)
			jobs = append(jobs, claimed...)
			if err != nil {
				return jobs, err
			}
			if err := s.settleHint(ctx, group, groups[0], next); err != nil {
				return jobs, err
			}
		}
	}
	return jobs, nil
}

func (s *Store) claimGroup(ctx context.Context, group string, limit int, lease time.Duration) ([]scheduler.Claimed, string, error) {
	if limit <= 0 {
		// Picked, but there is no room: let the next look find it.
		return nil, "0", nil
	}
	token := newToken()
	out, err := s.strings(ctx, claimScript, jobKeys(group), s.now(), limit, lease.Milliseconds(), token)
	if err != nil {
		return nil, "", err
	}
	now, next := fromMillis(out[0]), out[1]
	var jobs []scheduler.Claimed
	for rest := out[2:]; len(rest) >= 4; rest = rest[4:] {
		body := decodeJob(rest[2])
		tries, _ := strconv.Atoi(rest[3])
		jobs = append(jobs, scheduler.Claimed{
			Job: scheduler.Job{
				Group: group, ID: rest[0], Kind: body.Kind, Payload: body.Payload,
				Due: fromMillis(rest[1]), Attempts: tries, Started: now,
			},
			Token: token + " " + next,
		})
	}
	return jobs, next, nil
}

// decodeJob reads a stored job. One that cannot be read has no kind, so that it
// is set aside with what it holds.
func decodeJob(stored string) jobBody {
	var body jobBody
	if err := json.Unmarshal([]byte(stored), &body); err != nil {
		quoted, _ := json.Marshal(stored) // a string always can be
		return jobBody{Payload: quoted}
	}
	return body
}

func (s *Store) settleHint(ctx context.Context, group, hidden, next string) error {
	return failed(dueSettleScript.Run(ctx, s.client, []string{dueKeyOf(group)}, group, hidden, next).Err())
}

// hint says that the group has something due at the given time.
func (s *Store) hint(ctx context.Context, group, due string) error {
	return failed(dueHintScript.Run(ctx, s.client, []string{dueKeyOf(group)}, group, due).Err())
}

// NextDue implements scheduler.Store.
func (s *Store) NextDue(ctx context.Context) (time.Time, bool, error) {
	heads, err := s.heads(ctx)
	if err != nil || len(heads) == 0 {
		return time.Time{}, false, err
	}
	return heads[0].due, true, nil
}

// settle ends or moves a held job, whose token is that of the lease and the hint
// that was set with it. It reports whether the job was still held.
func (s *Store) settle(ctx context.Context, c scheduler.Claimed, what string, delay time.Duration, failure bool, aside string) (bool, error) {
	keys := append(jobKeys(c.Group), key(bot.CommunityID(c.Group), "aside"))
	failedFlag := "0"
	if failure {
		failedFlag = "1"
	}
	token, hinted, _ := strings.Cut(c.Token, " ")
	out, err := s.strings(ctx, settleScript, keys, s.now(), c.ID, token, what, delay.Milliseconds(), failedFlag, aside)
	if err != nil || out[0] != "1" || what == "extend" {
		return err == nil && out[0] == "1", err
	}
	// The hint said when this lease would end. If it still does, nothing else
	// has been scheduled, and it can tell the truth again.
	err = s.settleHint(ctx, c.Group, hinted, out[1])
	s.wake()
	return true, err
}

// Extend implements scheduler.Store.
func (s *Store) Extend(ctx context.Context, c scheduler.Claimed, lease time.Duration) (bool, error) {
	return s.settle(ctx, c, "extend", lease, false, "")
}

// Complete implements scheduler.Store.
func (s *Store) Complete(ctx context.Context, c scheduler.Claimed) error {
	_, err := s.settle(ctx, c, "complete", 0, false, "")
	return err
}

// Retry implements scheduler.Store.
func (s *Store) Retry(ctx context.Context, c scheduler.Claimed, delay time.Duration, failure bool, _ string) error {
	_, err := s.settle(ctx, c, "retry", delay, failure, "")
	return err
}

// SetAside implements scheduler.Store.
func (s *Store) SetAside(ctx context.Context, c scheduler.Claimed, cause string) error {
	report, err := json.Marshal(struct {
		Kind    string          `json:"kind"`
		Payload json.RawMessage `json:"payload,omitempty"`
		Due     time.Time       `json:"due"`
		Cause   string          `json:"cause"`
	}{c.Kind, c.Payload, c.Due, cause})
	if err != nil {
		return err
	}
	_, err = s.settle(ctx, c, "aside", 0, false, string(report))
	return err
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
