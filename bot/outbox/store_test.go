package outbox_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// lanes is an outbox.Store in memory.
type lanes struct {
	clock   *scheduler.ManualClock
	items   map[string][]*waiting // by lane
	holder  map[string]string
	holders int
	endings map[bot.DeliveryKey]outbox.Ending
	ended   []bot.DeliveryKey // in order
	changes []outbox.Ending   // of messages
	down    error             // what Begin and End answer instead
	onEnd   func()            // called before each End
}

type waiting struct {
	outbox.Item
	queued time.Time
	since  time.Time
	tries  int
	doubt  bool
}

func newLanes(clock *scheduler.ManualClock) *lanes {
	return &lanes{
		clock: clock, items: map[string][]*waiting{}, holder: map[string]string{},
		endings: map[bot.DeliveryKey]outbox.Ending{},
	}
}

func (l *lanes) queue(items ...outbox.Item) {
	for _, i := range items {
		l.items[i.Lane()] = append(l.items[i.Lane()], &waiting{Item: i, queued: l.clock.Now()})
	}
}

func (l *lanes) Begin(_ context.Context, _, lane string) (outbox.Attempt, bool, error) {
	if l.down != nil {
		return outbox.Attempt{}, false, l.down
	}
	l.holders++
	l.holder[lane] = strconv.Itoa(l.holders)
	return l.next(lane)
}

func (l *lanes) next(lane string) (outbox.Attempt, bool, error) {
	if len(l.items[lane]) == 0 {
		return outbox.Attempt{}, false, nil
	}
	w, now := l.items[lane][0], l.clock.Now()
	if !w.doubt {
		w.since = now
	}
	a := outbox.Attempt{Item: w.Item, Now: now, Since: w.since, Tries: w.tries, Doubt: w.doubt, Holder: l.holder[lane], Queued: w.queued}
	if w.Update {
		a.Target = l.endings[w.Post.Key].Ref
	}
	w.tries++
	w.doubt = true
	return a, true, nil
}

func (l *lanes) End(ctx context.Context, _, lane string, a outbox.Attempt, e outbox.Ending) (outbox.Attempt, bool, error) {
	if l.onEnd != nil {
		l.onEnd()
	}
	if err := ctx.Err(); err != nil {
		return outbox.Attempt{}, false, err
	}
	if l.down != nil {
		return outbox.Attempt{}, false, l.down
	}
	if a.Holder != l.holder[lane] || l.items[lane][0].Post.Key != a.Post.Key {
		return outbox.Attempt{}, false, fmt.Errorf("%s ended by %s, but the lane is held by %s", a.Post.Key, a.Holder, l.holder[lane])
	}
	l.items[lane] = l.items[lane][1:]
	if a.Update {
		l.changes = append(l.changes, e)
		return l.next(lane)
	}
	l.endings[a.Post.Key] = e
	l.ended = append(l.ended, a.Post.Key)
	return l.next(lane)
}

func (l *lanes) Pause(ctx context.Context, _, lane string, a outbox.Attempt, doubt bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	w := l.items[lane][0]
	if w.Post.Key != a.Post.Key || w.tries != a.Tries+1 {
		return fmt.Errorf("paused %s after %d tries, but %s stands first after %d", a.Post.Key, a.Tries+1, w.Post.Key, w.tries)
	}
	w.doubt = doubt
	return nil
}

func (l *lanes) Release(_ context.Context, _, lane string, a outbox.Attempt) error {
	w := l.items[lane][0]
	w.tries, w.doubt, w.since = a.Tries, a.Doubt, a.Since
	return nil
}

func (l *lanes) Apply(_ context.Context, _ string, e outbox.Effects) error {
	for _, i := range e.Posts {
		waits := slices.ContainsFunc(l.items[i.Lane()], func(w *waiting) bool { return w.Post.Key == i.Post.Key })
		if _, over := l.endings[i.Post.Key]; !over && !waits {
			l.queue(i)
		}
	}
	return nil
}

// schedule is a scheduler.Store for one job: it writes down how the job was
// settled.
type schedule struct {
	clock   *scheduler.ManualClock
	job     *scheduler.Job
	settled string
}

func (s *schedule) Claim(context.Context, int, time.Duration) ([]scheduler.Claimed, error) {
	if s.job == nil {
		return nil, nil
	}
	c := scheduler.Claimed{Job: *s.job, Token: "t"}
	s.job = nil
	return []scheduler.Claimed{c}, nil
}

func (s *schedule) Complete(context.Context, scheduler.Claimed) error {
	s.settled = "complete"
	return nil
}

func (s *schedule) Retry(_ context.Context, _ scheduler.Claimed, delay time.Duration, failed bool) error {
	s.settled = "after " + delay.String()
	if failed {
		s.settled = "failed"
	}
	return nil
}

func (s *schedule) SetAside(context.Context, scheduler.Claimed, string) error {
	s.settled = "aside"
	return nil
}

func (s *schedule) NextDue(context.Context) (time.Time, bool, error) { return time.Time{}, false, nil }

func (s *schedule) Extend(context.Context, scheduler.Claimed, time.Duration) (bool, error) {
	return true, nil
}

func (s *schedule) Sweep(context.Context, string, int) (string, error) { return "", nil }

func (s *schedule) Now(context.Context) (time.Time, error) { return s.clock.Now(), nil }

func (s *schedule) Woken() <-chan struct{} { return nil }
