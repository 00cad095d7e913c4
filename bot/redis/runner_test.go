package redis

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// runner runs the handler for jobs of the kind "kind", by a store of its own,
// until the returned function is called.
func (b *bench) runner(o scheduler.Options, h scheduler.Handler) (stop func()) {
	b.Helper()
	r := scheduler.NewRunner(b.open(), o)
	r.Handle("kind", h)
	ctx, cancel := context.WithCancel(b.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		r.Run(ctx)
	}()
	return func() { cancel(); <-ended }
}

// receive gives the next value, or fails the test after a time.
func receive[T any](b *bench, from <-chan T) T {
	b.Helper()
	select {
	case v := <-from:
		return v
	case <-time.After(20 * time.Second):
		b.Fatal("nothing came")
		var none T
		return none
	}
}

func TestRunnersShareTheWork(t *testing.T) {
	each(t, func(b *bench) {
		const jobs = 20
		ran := make(chan string, 2*jobs)
		handler := func(_ context.Context, j scheduler.Job) error {
			ran <- j.ID
			if j.Attempts == 0 && j.ID == "job 7" {
				return scheduler.After(20*time.Millisecond, nil)
			}
			return nil
		}
		for range 2 {
			defer b.runner(scheduler.Options{Workers: 3}, handler)()
		}
		now, err := b.store.Now(b.Context())
		b.ok(err)
		var e outbox.Effects
		for n := range jobs {
			e.Jobs = append(e.Jobs, job(home, fmt.Sprint("job ", n), now.Add(time.Duration(n)*3*time.Millisecond)))
		}
		b.effects(home, e)
		runs := map[string]int{}
		for len(runs) < jobs || runs["job 7"] < 2 {
			id := receive(b, ran)
			if runs[id]++; runs[id] > 1 && id != "job 7" || runs[id] > 2 {
				t.Fatalf("%s ran %d times", id, runs[id])
			}
			if id == "job 7" && runs[id] == 2 { // it has had enough
				b.effects(home, outbox.Effects{Cancel: []string{"job 7"}})
			}
		}
	})
}

// One that is told to stop gives its job back, and the other need not wait for
// the end of the lease.
func TestAJobGoesOverToAnotherRunner(t *testing.T) {
	each(t, func(b *bench) {
		begun, taken := make(chan struct{}), make(chan int, 1)
		stop := b.runner(scheduler.Options{Lease: time.Hour}, func(ctx context.Context, _ scheduler.Job) error {
			close(begun)
			<-ctx.Done()
			return ctx.Err()
		})
		now, err := b.store.Now(b.Context())
		b.ok(err)
		b.effects(home, outbox.Effects{Jobs: []scheduler.Job{job(home, "a", now)}})
		receive(b, begun)
		defer b.runner(scheduler.Options{Lease: time.Hour}, func(_ context.Context, j scheduler.Job) error {
			taken <- j.Attempts
			return nil
		})()
		stop()
		if attempts := receive(b, taken); attempts != 0 {
			t.Errorf("it counts as failed %d times", attempts)
		}
	})
}
