package redis

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

var _ outbox.Budget = (*Store)(nil)

// bucket is one limit of a connection's pace.
type bucket struct {
	name  string
	rate  bot.Rate
	takes int // how many messages the turn counts for
}

// buckets are the limits that a message counts for: of its channel, of the whole
// connection, and of changes if it is one.
func buckets(t outbox.Turn) []bucket {
	calls := 1
	if t.Thread {
		calls = 2
	}
	all := []bucket{{"in/" + t.Place, t.Pace.Channel, 1}, {"overall", t.Pace.Overall, calls}}
	if t.Update && t.Pace.Updates.Most > 0 {
		all = append(all, bucket{"updates", t.Pace.Updates, 1})
	}
	return all
}

// Take implements outbox.Budget.
func (s *Store) Take(ctx context.Context, t outbox.Turn) (wait time.Duration, ok bool, err error) {
	out, err := s.budget(ctx, t, "take", 0, 0)
	if err != nil {
		return 0, false, err
	}
	ms, err := strconv.Atoi(out[1])
	return time.Duration(ms) * time.Millisecond, out[0] == "1", err
}

// Hold implements outbox.Budget.
func (s *Store) Hold(ctx context.Context, t outbox.Turn, d time.Duration, overall bool) error {
	held := 1
	switch {
	case overall:
		held = 2
	case len(buckets(t)) > 2: // a change was refused: it is changes that there are too many of
		held = 3
	}
	_, err := s.budget(ctx, t, "hold", held, d)
	return err
}

func (s *Store) budget(ctx context.Context, t outbox.Turn, what string, held int, d time.Duration) ([]string, error) {
	live := "0"
	if t.Class == outbox.Live {
		live = "1"
	}
	var keys []string
	args := []any{s.now(), what, t.Lane, live, held, d.Milliseconds()}
	for _, b := range buckets(t) {
		keys = append(keys, budgetKey(t.Connection, "sent", b.name), budgetKey(t.Connection, "wait", b.name))
		// Without a limit, one in no time: what is held is held all the same.
		args = append(args, max(b.rate.Most, 1), b.rate.Per.Milliseconds(), b.takes)
	}
	return s.strings(ctx, budgetScript, keys, args...)
}

// budgetKey is a key of a connection. All of them lie in one slot, whatever the
// connection's name contains.
func budgetKey(connection, what, bucket string) string {
	return "sr:{b:" + url.PathEscape(connection) + "}:" + what + ":" + bucket
}
