package outbox_test

import (
	"context"
	"encoding/json"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// unreliable is the lanes and the schedule of one store, which can be down, and
// counts what it is asked.
type unreliable struct {
	*lanes
	down  atomic.Bool
	calls atomic.Int64

	mu   sync.Mutex
	job  scheduler.Job // drains the lane
	due  time.Time
	done bool
}

var errDown = &bot.Error{Code: bot.Unavailable}

// ask counts a call and fails while the store is down.
func (u *unreliable) ask() error {
	u.calls.Add(1)
	if u.down.Load() {
		return errDown
	}
	return nil
}

func (u *unreliable) Begin(ctx context.Context, g, lane string) (outbox.Attempt, bool, error) {
	if err := u.ask(); err != nil {
		return outbox.Attempt{}, false, err
	}
	return u.lanes.Begin(ctx, g, lane)
}

func (u *unreliable) End(ctx context.Context, g, lane string, a outbox.Attempt, e outbox.Ending) (outbox.Attempt, bool, error) {
	if err := u.ask(); err != nil {
		return outbox.Attempt{}, false, err
	}
	return u.lanes.End(ctx, g, lane, a, e)
}

func (u *unreliable) Pause(ctx context.Context, g, lane string, a outbox.Attempt, doubt bool) error {
	if err := u.ask(); err != nil {
		return err
	}
	return u.lanes.Pause(ctx, g, lane, a, doubt)
}

func (u *unreliable) Claim(_ context.Context, _ int, lease time.Duration) ([]scheduler.Claimed, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if err := u.ask(); err != nil || u.done || time.Now().Before(u.due) {
		return nil, err
	}
	u.due = time.Now().Add(lease)
	return []scheduler.Claimed{{Job: u.job}}, nil
}

func (u *unreliable) settle(due time.Time, done bool) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	err := u.ask()
	if err == nil {
		u.due, u.done = due, done
	}
	return err
}

func (u *unreliable) Complete(context.Context, scheduler.Claimed) error {
	return u.settle(time.Time{}, true)
}

func (u *unreliable) Retry(_ context.Context, _ scheduler.Claimed, d time.Duration, _ bool) error {
	return u.settle(time.Now().Add(d), false)
}

func (u *unreliable) SetAside(context.Context, scheduler.Claimed, string) error {
	return u.settle(time.Time{}, true)
}

func (u *unreliable) Extend(_ context.Context, _ scheduler.Claimed, d time.Duration) (bool, error) {
	err := u.settle(time.Now().Add(d), false)
	return err == nil, err
}

func (u *unreliable) NextDue(context.Context) (time.Time, bool, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.due, !u.done, u.ask()
}

func (u *unreliable) Now(context.Context) (time.Time, error) { return time.Now(), u.ask() }

func (u *unreliable) Sweep(context.Context, string, int) (string, error) { return "", u.ask() }

func (u *unreliable) Woken() <-chan struct{} { return nil }

// A store that is away for a minute is asked now and then, and then everything
// goes on where it was: each post stands once.
func TestAMinuteWithoutTheStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		payload, err := json.Marshal(lane)
		if err != nil {
			t.Fatal(err)
		}
		u := &unreliable{lanes: d.lanes, job: scheduler.Job{Group: "g", ID: outbox.JobID(lane), Kind: outbox.JobKind, Payload: payload}}
		keys := []bot.DeliveryKey{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"}
		for _, key := range keys {
			d.lanes.queue(post(key))
		}
		d.platform.Intercept(func(context.Context, bot.Post) error {
			time.Sleep(200 * time.Millisecond)
			return nil
		})
		runner := scheduler.NewRunner(u, scheduler.Options{})
		runner.Handle(outbox.JobKind, outbox.NewSender(u, places{d.platform}, outbox.Options{}).Drain)
		ctx, stop := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { runner.Run(ctx) })

		time.Sleep(900 * time.Millisecond)
		u.down.Store(true)
		before := u.calls.Load()
		time.Sleep(time.Minute)
		if calls := u.calls.Load() - before; calls > 60 {
			t.Errorf("in a minute the store was asked %d times", calls)
		}
		d.wantStanding("a", "b", "c", "d", "e") // the last was on its way

		u.down.Store(false)
		time.Sleep(20 * time.Second)
		stop()
		running.Wait()
		d.wantStanding(keys...)
		for _, key := range keys {
			d.wantOutcome(key, outbox.Sent)
		}
	})
}
