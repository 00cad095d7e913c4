package redis

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/discussion"
	"github.com/staffroom-bot/staffroom/bot/redis/internal/wait"
	"github.com/staffroom-bot/staffroom/bot/redis/redistest"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// rush is filings that are asked for while the calls before them are under way.
type rush struct {
	*bench
	discussion *discussion.Discussion
	held       chan struct{} // closed to let the first calls through
	results    chan rushed
}

type rushed struct {
	id    string
	filed discussion.Filed
	err   error
}

// newRush holds up the first calls that are made. The script has been run: a
// server that does not have it, such as a node of a Cluster that is new, is called
// a second time.
func newRush(b *bench) *rush {
	r := &rush{bench: b, discussion: b.running("d1"), held: make(chan struct{}), results: make(chan rushed, 100)}
	b.file(r.discussion, entry("early", "A1"), discussion.FiledNew)
	hold := func() { <-r.held }
	for n := range bundlesAtOnce { // each hold sets up the next
		before := hold
		if n > 0 {
			inner := hold
			before = func() { b.calls.Meanwhile(1, inner); <-r.held }
		}
		hold = before
	}
	b.calls.take()
	b.calls.Meanwhile(1, hold)
	return r
}

func (r *rush) file(ctx context.Context, d *discussion.Discussion, e discussion.Entry) {
	go func() {
		filed, err := r.chats().File(ctx, discussion.Filing{Discussion: d, Running: d.ID, Entry: e})
		r.results <- rushed{e.ID, filed, err}
	}()
}

// fill lets as many calls be under way as there may be.
func (r *rush) fill() {
	r.Helper()
	for n := range bundlesAtOnce {
		r.file(r.Context(), r.discussion, entry(fmt.Sprint("first", n), "A1"))
		r.until(func(waiting, senders int) bool { return waiting == 0 && senders == n+1 })
	}
}

// until waits until so many filings wait and so many calls are under way.
func (r *rush) until(reached func(waiting, senders int) bool) {
	r.Helper()
	ctx, cancel := context.WithTimeout(r.Context(), 10*time.Second)
	defer cancel()
	r.ok(wait.Until(ctx, time.Millisecond, func() (bool, error) {
		f := r.store.filer
		f.mu.Lock()
		defer f.mu.Unlock()
		waiting, senders := 0, 0
		for _, b := range f.bundles {
			waiting += len(b.waiting)
			senders += b.senders
		}
		return reached(waiting, senders), nil
	}))
}

func (r *rush) untilWaiting(want int) {
	r.Helper()
	r.until(func(waiting, _ int) bool { return waiting == want })
}

func TestWhatIsSaidAtOnceIsFiledTogether(t *testing.T) {
	// How calls are put together does not depend on the kind of Redis.
	b := newBench(t, redistest.InProcess(t), scheduler.NewManualClock(noon))
	r := newRush(b)
	r.fill()
	const many = 20
	for n := range many {
		r.file(b.Context(), r.discussion, entry(fmt.Sprint("m", n), "A1"))
	}
	r.untilWaiting(many)
	close(r.held)
	for range bundlesAtOnce + many {
		if got := <-r.results; got.filed != discussion.FiledNew || got.err != nil {
			t.Errorf("%+v", got)
		}
	}
	if calls := b.calls.take(); !slices.Equal(calls, slices.Repeat([]string{"file"}, bundlesAtOnce+1)) {
		t.Errorf("%d messages were filed by %q", bundlesAtOnce+many, calls)
	}
	entries, err := b.chats().Entries(b.Context(), home, "d1")
	if err != nil || len(entries) != 1+bundlesAtOnce+many {
		t.Errorf("%d entries, %v", len(entries), err)
	}
	r.until(func(waiting, senders int) bool { return waiting == 0 && senders == 0 })
}

func TestEachOfABundleHasItsOwnResult(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		r := newRush(b)
		r.fill()
		changed := entry("new", "A2")
		changed.Revision++
		impatient, cancel := context.WithCancel(b.Context())
		for n, e := range []discussion.Entry{entry("new", "A1"), changed, entry("new", "A1"), entry("impatient", "A1")} {
			ctx := b.Context()
			if e.ID == "impatient" {
				ctx = impatient
			}
			r.file(ctx, r.discussion, e)
			r.untilWaiting(n + 1)
		}
		cancel()
		if got := <-r.results; got.id != "impatient" || !errors.Is(got.err, context.Canceled) || bot.CodeOf(got.err) != bot.Unavailable {
			t.Errorf("one whose context ended has %+v", got)
		}
		close(r.held)
		var got []discussion.Filed
		for range bundlesAtOnce + 3 {
			one := <-r.results
			if one.err != nil {
				t.Error(one.err)
			}
			if one.id == "new" {
				got = append(got, one.filed)
			}
		}
		slices.Sort(got)
		if want := []discussion.Filed{discussion.FiledChanged, discussion.FiledNew, discussion.FiledOlder}; !slices.Equal(got, want) {
			t.Errorf("results: %q, want %q", got, want)
		}
	})
}

// Two who know different versions of the discussion do not share a call.
func TestAStaleFilingSpoilsNoOther(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		r := newRush(b)
		stale := *r.discussion
		stale.Version--
		for range bundlesAtOnce {
			r.file(b.Context(), &stale, entry("stale", "A1"))
			r.file(b.Context(), r.discussion, entry("current", "A1"))
		}
		close(r.held)
		got := map[string][]discussion.Filed{}
		for range 2 * bundlesAtOnce {
			one := <-r.results
			got[one.id] = append(got[one.id], one.filed)
		}
		slices.Sort(got["current"])
		if got["stale"][0] != discussion.FiledStale || got["stale"][1] != discussion.FiledStale ||
			got["current"][0] != discussion.FiledNew || got["current"][1] != discussion.FiledOlder {
			t.Errorf("results: %v", got)
		}
	})
}

func TestAFailureIsToldToAllOfABundle(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		r := newRush(b)
		b.calls.DieAt(1, false)
		for n := range 10 {
			r.file(b.Context(), r.discussion, entry(fmt.Sprint("m", n), "A1"))
		}
		close(r.held)
		for range 10 {
			if got := <-r.results; bot.CodeOf(got.err) != bot.Unavailable {
				t.Errorf("%+v", got)
			}
		}
	})
}
