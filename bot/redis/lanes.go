package redis

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// laneMove is what the lane script is asked for.
type laneMove struct {
	what   string // begin, end or pause
	holder string
	entry  string
	state  string // pause
	ending
}

// ending is how an item ended.
type ending struct {
	outcome outbox.Outcome // or changed
	report  []byte         // the message if it was sent, otherwise what went wrong
	record  string         // whose message it is from now on
	known   string         // the message's ID; empty: no record is to know it
	as      bot.DeliveryKey
	id      string // of the report
	to      string // whose direct message it was; empty: nobody's
	job     string // tells an organizer; empty: nobody is told
}

// changed is the outcome of every change of a message: it leaves no trace.
const changed outbox.Outcome = "changed"

// Begin implements outbox.Store.
func (s *Store) Begin(ctx context.Context, group, lane string) (outbox.Attempt, bool, error) {
	return s.moveLane(ctx, group, lane, laneMove{what: "begin", holder: newToken()})
}

// End implements outbox.Store.
func (s *Store) End(ctx context.Context, group, lane string, a outbox.Attempt, e outbox.Ending) (outbox.Attempt, bool, error) {
	m := laneMove{what: "end", holder: a.Holder, entry: a.Entry}
	var err error
	switch {
	case a.Update:
		m.outcome = changed
	case e.Outcome == outbox.Apart:
		m.outcome = outbox.Apart
	case e.Outcome == outbox.Sent:
		m.ending, err = sent(a.Item, e)
	default:
		m.ending, err = unsent(a.Item, e)
	}
	if err != nil {
		return outbox.Attempt{}, false, err
	}
	if m.job == "" {
		return s.moveLane(ctx, group, lane, m)
	}
	var next outbox.Attempt
	var ok bool
	var notYet error
	_, err = s.hinted(ctx, group, "0", func() ([]string, error) {
		next, ok, err = s.moveLane(ctx, group, lane, m)
		if errors.Is(err, outbox.ErrNotYet) {
			notYet = err // the item has ended all the same
			return nil, nil
		}
		return nil, err
	})
	return next, ok, errors.Join(notYet, err)
}

func sent(i outbox.Item, e outbox.Ending) (ending, error) {
	out := ending{outcome: e.Outcome, as: i.Post.Key}
	if i.Repeats != "" {
		out.as = i.Repeats
	}
	if i.Record != "" {
		out.record, out.known = i.Record, e.Ref.ID
	}
	var err error
	out.report, err = json.Marshal(e.Ref)
	return out, err
}

// Pause implements outbox.Store.
func (s *Store) Pause(ctx context.Context, group, lane string, a outbox.Attempt, doubt bool) error {
	a.Tries++
	a.Doubt = doubt
	return s.Release(ctx, group, lane, a)
}

// Release implements outbox.Store.
func (s *Store) Release(ctx context.Context, group, lane string, a outbox.Attempt) error {
	m := laneMove{what: "pause", holder: a.Holder, entry: a.Entry}
	if a.Tries > 0 || a.Doubt {
		flag := "0"
		if a.Doubt {
			flag = "1"
		}
		m.state = millis(a.Since) + " " + strconv.Itoa(a.Tries) + " " + flag
	}
	_, _, err := s.moveLane(ctx, group, lane, m)
	return err
}

func (s *Store) moveLane(ctx context.Context, group, lane string, m laneMove) (outbox.Attempt, bool, error) {
	c := bot.CommunityID(group)
	keys := append([]string{
		key(c, "posts"), key(c, "queue"), key(c, "sending"), key(c, "lanes"), key(c, "changes"), key(c, "sent"), key(c, "sentat"),
		key(c, "undelivered"), key(c, "undeliveredat"), key(c, "undeliveredid"), key(c, "unreported"), key(c, "unreached"),
		key(c, "refs:"+m.record),
	}, append(jobKeys(group), key(c, sentTo(lane)))...)
	job := ""
	if m.job != "" {
		job = outbox.ReportJobID
	}
	out, err := s.strings(ctx, laneScript, keys,
		s.now(), lane, m.what, m.holder, m.entry, string(m.outcome), m.report, m.known, string(m.as), m.state, m.id, m.to, job, m.job)
	if err != nil {
		return outbox.Attempt{}, false, err
	}
	switch out[0] {
	case "begun":
		a, err := decodeAttempt(lane, out)
		a.Holder = m.holder
		return a, err == nil, err
	case "not yet":
		return outbox.Attempt{}, false, outbox.ErrNotYet
	default:
		return outbox.Attempt{}, false, nil
	}
}

func decodeAttempt(lane string, out []string) (outbox.Attempt, error) {
	if len(out) != 9 {
		return outbox.Attempt{}, fmt.Errorf("lane %s: the script gave %d values", lane, len(out))
	}
	a := outbox.Attempt{Entry: out[1], Now: fromMillis(out[3]), Since: fromMillis(out[4]), Doubt: out[6] == "1"}
	if err := json.Unmarshal([]byte(out[2]), &a.Item); err != nil {
		return a, fmt.Errorf("post %s: %w", out[1], err)
	}
	if out[7] != "" {
		a.Queued = fromMillis(out[7])
	}
	if out[8] != "" {
		if err := json.Unmarshal([]byte(out[8]), &a.Target); err != nil {
			return a, fmt.Errorf("message of post %s: %w", out[1], err)
		}
	}
	var err error
	a.Tries, err = strconv.Atoi(out[5])
	return a, err
}

// newToken names one worker's hold of something.
func newToken() string { return bot.NewID(time.Unix(0, 0)) }
