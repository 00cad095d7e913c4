package redis

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// claimedFor is how long a group is hidden from other workers while one looks
// into it.
const claimedFor = 5 * time.Second

type jobBody struct {
	Kind    string          `json:"kind"`
	Payload json.RawMessage `json:"payload,omitempty"`
}

func jobKeys(group string) []string {
	c := bot.CommunityID(group)
	return []string{key(c, "jobs"), key(c, "due"), key(c, "lease"), key(c, "next"), key(c, "tries")}
}

// Claim implements scheduler.Store.
func (s *Store) Claim(ctx context.Context, limit int, lease time.Duration) ([]scheduler.Claimed, error) {
	pipe := s.client.Pipeline()
	now := s.time(ctx, pipe)
	heads, err := s.heads(ctx, pipe)
	if err != nil {
		return nil, err
	}
	var jobs []scheduler.Claimed
	for _, head := range heads {
		if len(jobs) >= limit || head.due.After(now()) {
			break
		}
		more, err := s.claimShard(ctx, head.shard, limit-len(jobs), lease)
		jobs = append(jobs, more...)
		if err != nil {
			return jobs, err
		}
	}
	return jobs, nil
}

// claimShard claims jobs of the groups that are due first in one part of the
// index: of each an equal share, so that nobody's many jobs hold up the others.
func (s *Store) claimShard(ctx context.Context, shard, limit int, lease time.Duration) ([]scheduler.Claimed, error) {
	picked, err := s.strings(ctx, duePickScript, []string{dueKey(shard)}, s.now(), limit, claimedFor.Milliseconds())
	if err != nil {
		return nil, err
	}
	hidden, groups := picked[0], picked[1:]
	token := newToken()
	calls := make([]call, len(groups))
	for i, group := range groups {
		share := limit / len(groups)
		if i < limit%len(groups) {
			share++
		}
		calls[i] = call{jobKeys(group), []any{s.now(), share, lease.Milliseconds(), token}}
	}
	var jobs []scheduler.Claimed
	var found []looked
	var errs []error
	for i, a := range s.each(ctx, claimScript, calls) {
		if a.err != nil {
			errs = append(errs, a.err)
			continue
		}
		jobs = append(jobs, claimed(groups[i], token, a.out)...)
		found = append(found, looked{groups[i], hidden, a.out[1]})
	}
	return jobs, errors.Join(append(errs, s.settleHints(ctx, found))...)
}

// claimed reads what the claim script answers.
func claimed(group, token string, out []string) []scheduler.Claimed {
	now, next := fromMillis(out[0]), out[1]
	var jobs []scheduler.Claimed
	for rest := out[2:]; len(rest) >= 5; rest = rest[5:] {
		body := decodeJob(rest[2])
		failures, _ := strconv.Atoi(rest[3])
		j := scheduler.Job{
			Group: group, ID: rest[0], Kind: body.Kind, Payload: body.Payload,
			Due: fromMillis(rest[1]), Attempts: failures, Started: now,
		}
		if rest[4] != "" {
			j.Returned = fromMillis(rest[4])
		}
		jobs = append(jobs, scheduler.Claimed{Job: j, Token: token + " " + next})
	}
	return jobs
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

// settler settles together what ends at once.
type settler = bundler[struct{}, settling, settled]

// settling ends or moves a held job. Its token is that of the lease and the hint
// that was set with it.
type settling struct {
	scheduler.Claimed
	what    string // as the script knows it
	delay   time.Duration
	failure bool
	aside   string // what to keep
}

type settled struct {
	held bool // until now
	err  error
}

func (s *Store) settleAll(ctx context.Context, _ struct{}, together []settling) ([]settled, error) {
	calls, hints := make([]call, len(together)), make([]string, len(together))
	for i, one := range together {
		failedFlag := "0"
		if one.failure {
			failedFlag = "1"
		}
		var token string
		token, hints[i], _ = strings.Cut(one.Token, " ")
		calls[i] = call{
			append(jobKeys(one.Group), key(bot.CommunityID(one.Group), "aside")),
			[]any{s.now(), one.ID, token, one.what, one.delay.Milliseconds(), failedFlag, one.aside},
		}
	}
	results := make([]settled, len(together))
	var found []looked
	wake := false
	for i, a := range s.each(ctx, settleScript, calls) {
		results[i] = settled{a.err == nil && a.out[0] == "1", a.err}
		if !results[i].held || together[i].what == "extend" {
			continue
		}
		next, again := a.out[1], a.out[2] == "1"
		wake = wake || again || a.out[3] == "1"
		// The hint said when this lease would end. If it still does, nothing else
		// has been scheduled, and it can tell the truth again. What is gone makes
		// nothing due: then a hint that is true need not be touched.
		if again || next != hints[i] {
			found = append(found, looked{together[i].Group, hints[i], next})
		}
	}
	if err := s.settleHints(ctx, found); err != nil {
		return nil, err
	}
	if wake {
		s.wake()
	}
	return results, nil
}

// settle reports whether the job was still held.
func (s *Store) settle(ctx context.Context, one settling) (bool, error) {
	done, err := s.settler.ask(ctx, struct{}{}, one)
	return done.held, failed(errors.Join(err, done.err))
}

// Extend implements scheduler.Store.
func (s *Store) Extend(ctx context.Context, c scheduler.Claimed, lease time.Duration) (bool, error) {
	return s.settle(ctx, settling{Claimed: c, what: "extend", delay: lease})
}

// Complete implements scheduler.Store.
func (s *Store) Complete(ctx context.Context, c scheduler.Claimed) error {
	_, err := s.settle(ctx, settling{Claimed: c, what: "complete"})
	return err
}

// Retry implements scheduler.Store.
func (s *Store) Retry(ctx context.Context, c scheduler.Claimed, delay time.Duration, failure bool) error {
	_, err := s.settle(ctx, settling{Claimed: c, what: "retry", delay: delay, failure: failure})
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
	_, err = s.settle(ctx, settling{Claimed: c, what: "aside", aside: string(report)})
	return err
}
