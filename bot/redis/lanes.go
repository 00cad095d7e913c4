package redis

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// laneMove is what the lane script is asked for.
type laneMove struct {
	what    string // begin, end or pause
	holder  string
	key     bot.DeliveryKey
	outcome outbox.Outcome // end
	report  []byte         // end: the message if it was sent, otherwise what went wrong
	record  string         // end: whose message it is from now on
	known   string         // end: the message's ID; empty: no record is to know it
	state   string         // pause
}

// Begin implements outbox.Store.
func (s *Store) Begin(ctx context.Context, group, lane string) (outbox.Attempt, bool, error) {
	return s.moveLane(ctx, group, lane, laneMove{what: "begin", holder: newToken()})
}

// End implements outbox.Store.
func (s *Store) End(ctx context.Context, group, lane string, a outbox.Attempt, e outbox.Ending) (outbox.Attempt, bool, error) {
	move := laneMove{what: "end", holder: a.Holder, key: a.Post.Key, outcome: e.Outcome}
	var report any = e.Ref
	if e.Outcome != outbox.Sent {
		report = struct {
			Item    outbox.Item    `json:"item"`
			Outcome outbox.Outcome `json:"outcome"`
			Cause   string         `json:"cause"`
		}{a.Item, e.Outcome, e.Cause}
	} else if a.Record != "" {
		move.record, move.known = a.Record, e.Ref.ID
	}
	var err error
	if move.report, err = json.Marshal(report); err != nil {
		return outbox.Attempt{}, false, err
	}
	return s.moveLane(ctx, group, lane, move)
}

// Pause implements outbox.Store.
func (s *Store) Pause(ctx context.Context, group, lane string, a outbox.Attempt, doubt bool) error {
	flag := "0"
	if doubt {
		flag = "1"
	}
	state := millis(a.Since) + " " + strconv.Itoa(a.Tries+1) + " " + flag
	_, _, err := s.moveLane(ctx, group, lane, laneMove{what: "pause", holder: a.Holder, key: a.Post.Key, state: state})
	return err
}

func (s *Store) moveLane(ctx context.Context, group, lane string, m laneMove) (outbox.Attempt, bool, error) {
	c := bot.CommunityID(group)
	keys := []string{
		key(c, "posts"), key(c, "queue"), key(c, "sending"), key(c, "lanes"), key(c, "sent"), key(c, "sentat"),
		key(c, "undelivered"), key(c, "refs:"+m.record),
	}
	out, err := s.strings(ctx, laneScript, keys,
		s.now(), lane, m.what, m.holder, string(m.key), string(m.outcome), m.report, m.known, m.state)
	if err != nil || out[0] != "begun" {
		return outbox.Attempt{}, false, err
	}
	if len(out) != 7 {
		return outbox.Attempt{}, false, fmt.Errorf("lane %s: the script gave %d values", lane, len(out))
	}
	a := outbox.Attempt{Now: fromMillis(out[3]), Since: fromMillis(out[4]), Doubt: out[6] == "1", Holder: m.holder}
	if err := json.Unmarshal([]byte(out[2]), &a.Item); err != nil {
		return outbox.Attempt{}, false, fmt.Errorf("post %s: %w", out[1], err)
	}
	a.Tries, err = strconv.Atoi(out[5])
	return a, true, err
}

// newToken names one worker's hold of something.
func newToken() string { return bot.NewID(time.Unix(0, 0)) }
