package redis

import (
	"fmt"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/bot/redis/redistest"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// act is something that a process does with the schedule in several commands.
type act struct {
	name string
	do   func(*interleaving)
}

// interleaving is one run of two processes, by the test's own account.
type interleaving struct {
	*bench
	want map[string]int // how often each job must complete
	ran  map[string]int
}

func (i *interleaving) put(id string, in time.Duration) {
	i.Helper()
	i.effects(home, outbox.Effects{Jobs: []scheduler.Job{job(home, id, i.clock.Now().Add(in))}})
	i.want[id] = 1
}

// work runs what is due.
func (i *interleaving) work(settle func(scheduler.Claimed) error) {
	i.Helper()
	for _, c := range i.claim(10) {
		i.ok(settle(c))
	}
}

func (i *interleaving) complete(c scheduler.Claimed) error {
	i.ran[c.ID]++
	return i.store.Complete(i.Context(), c)
}

func acts() []act {
	return []act{
		{"schedule for now", func(i *interleaving) { i.put("now", 0) }},
		{"schedule for soon", func(i *interleaving) { i.put("soon", time.Second) }},
		{"schedule for late", func(i *interleaving) { i.put("late", time.Hour) }},
		{"move to later", func(i *interleaving) { i.put("job", time.Hour) }},
		{"cancel", func(i *interleaving) { i.effects(home, outbox.Effects{Cancel: []string{"job"}}) }},
		{"work", func(i *interleaving) { i.work(i.complete) }},
		{"retry", func(i *interleaving) {
			i.work(func(c scheduler.Claimed) error { return i.store.Retry(i.Context(), c, time.Second, false) })
		}},
		{"sweep", func(i *interleaving) { i.sweep() }},
	}
}

// starts are what may stand in the schedule at first.
func starts() []act {
	return []act{
		{"one job", func(i *interleaving) { i.put("job", 0) }},
		{"two jobs", func(i *interleaving) { i.put("job", 0); i.put("half", time.Second/2) }},
		{"a hint of nothing", func(i *interleaving) {
			i.put("job", 0)
			i.effects(home, outbox.Effects{Cancel: []string{"job"}})
			delete(i.want, "job")
		}},
	}
}

// Whatever one process does between any two commands of another, no job is
// forgotten. Nothing but the index is used to find what is due: no sweep mends it.
func TestNoJobIsForgottenWhereverTwoProcessesMeet(t *testing.T) {
	test := func(b *bench, starts []act) {
		for _, start := range starts {
			for _, outer := range acts() {
				for _, inner := range acts() {
					for n := 1; meet(b, start, outer, inner, n); n++ {
					}
				}
			}
		}
	}
	t.Run("real", func(t *testing.T) {
		test(newBench(t, redistest.Real(t), scheduler.NewManualClock(noon)), starts())
	})
	t.Run("inprocess", func(t *testing.T) { // slower, so less of it
		test(newBench(t, redistest.InProcess(t), scheduler.NewManualClock(noon)), starts()[:1])
	})
}

// meet does the inner act before the nth command of the outer act, and reports
// whether there was such a command.
func meet(b *bench, start, outer, inner act, n int) (met bool) {
	b.Helper()
	b.clock.Set(b.clock.Now().Add(24 * time.Hour))
	i := &interleaving{bench: b, want: map[string]int{}, ran: map[string]int{}}
	start.do(i)
	b.calls.Meanwhile(n, func() { met = true; inner.do(i) })
	outer.do(i)
	b.calls.Meanwhile(0, nil)
	i.finish(fmt.Sprintf("%q before command %d of %q with %s", inner.name, n, outer.name, start.name),
		inner.name == "cancel" || outer.name == "cancel", inner.name == "move to later" || outer.name == "move to later")
	return met
}

// finish looks at the index, runs what is left and compares.
func (i *interleaving) finish(what string, cancelled, moved bool) {
	i.Helper()
	first, err := i.client.ZRangeWithScores(i.Context(), key(home, "due"), 0, 0).Result()
	i.ok(err)
	if len(first) > 0 {
		hint, err := i.client.ZScore(i.Context(), dueKeyOf(string(home)), string(home)).Result()
		if err != nil || hint > first[0].Score {
			i.Errorf("%s: the index says %f (%v), but a job is due at %f", what, hint, err, first[0].Score)
		}
	}
	for range 50 {
		next, ok, err := i.store.NextDue(i.Context())
		i.ok(err)
		if !ok {
			break
		}
		i.clock.Set(next)
		i.work(i.complete)
	}
	i.wantNoJobs()
	for id, times := range i.want {
		switch ran := i.ran[id]; {
		case ran == times:
		case id == "job" && cancelled && ran == 0:
		case id == "job" && moved && ran == 2: // it had run when it was moved
		default:
			i.Errorf("%s: job %q ran %d times, want %d", what, id, ran, times)
		}
	}
	if i.Failed() {
		i.FailNow()
	}
}
