package scheduler_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/scheduler"
)

var noon = time.Date(2026, 3, 8, 12, 0, 0, 0, time.UTC)

// byHand is a runner on a manual clock that stands at noon. Its handler "note"
// writes down when what ran.
func byHand(t *testing.T) (r *scheduler.Runner, store *memory, clock *scheduler.ManualClock, runs *[]string) {
	t.Helper()
	clock = scheduler.NewManualClock(noon)
	store = newMemory(clock.Now)
	r = scheduler.NewRunner(store, scheduler.Options{})
	runs = new([]string)
	r.Handle("note", func(_ context.Context, j scheduler.Job) error {
		*runs = append(*runs, fmt.Sprintf("%s +%s", j.ID, clock.Now().Sub(noon)))
		return nil
	})
	return r, store, clock, runs
}

func job(id string, in time.Duration) scheduler.Job {
	return scheduler.Job{Group: "g", ID: id, Kind: "note", Due: noon.Add(in)}
}

func TestRunUntilRunsEachJobAtItsTime(t *testing.T) {
	r, store, clock, runs := byHand(t)
	store.put(job("late", time.Hour))
	store.put(job("b", 2*time.Minute))
	store.put(job("a", time.Minute))
	store.put(job("overdue", -time.Minute))
	if err := clock.RunUntil(t.Context(), r, noon.Add(10*time.Minute)); err != nil {
		t.Fatal(err)
	}
	if want := []string{"overdue +0s", "a +1m0s", "b +2m0s"}; !slices.Equal(*runs, want) {
		t.Errorf("ran %q, want %q", *runs, want)
	}
	if got := clock.Now(); !got.Equal(noon.Add(10 * time.Minute)) {
		t.Error("the clock stands at", got)
	}
}

func TestRunUntilRunsWhatIsScheduledOnTheWay(t *testing.T) {
	r, store, clock, runs := byHand(t)
	r.Handle("chain", func(_ context.Context, j scheduler.Job) error {
		*runs = append(*runs, fmt.Sprintf("%s +%s", j.ID, clock.Now().Sub(noon)))
		next := j
		next.Due = clock.Now().Add(8 * time.Minute)
		store.put(next)
		store.put(job("at once", clock.Now().Sub(noon)))
		return nil
	})
	store.put(scheduler.Job{Group: "g", ID: "chain", Kind: "chain", Due: noon.Add(time.Minute)})
	if err := clock.RunUntil(t.Context(), r, noon.Add(17*time.Minute)); err != nil {
		t.Fatal(err)
	}
	want := []string{"chain +1m0s", "at once +1m0s", "chain +9m0s", "at once +9m0s", "chain +17m0s", "at once +17m0s"}
	if !slices.Equal(*runs, want) {
		t.Errorf("ran\n\t%q, want\n\t%q", *runs, want)
	}
}

func TestRunUntilTriesAgainInManualTime(t *testing.T) {
	r, store, clock, runs := byHand(t)
	r.Handle("flaky", func(_ context.Context, j scheduler.Job) error {
		*runs = append(*runs, fmt.Sprintf("attempt %d", j.Attempts))
		if j.Attempts == 2 {
			return nil
		}
		return errors.New("no luck")
	})
	store.put(scheduler.Job{ID: "j", Kind: "flaky", Due: noon})
	if err := clock.RunUntil(t.Context(), r, noon.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if want := []string{"attempt 0", "attempt 1", "attempt 2"}; !slices.Equal(*runs, want) {
		t.Errorf("ran %q, want %q", *runs, want)
	}
}

func TestRunDueLeavesTheClock(t *testing.T) {
	r, store, clock, runs := byHand(t)
	store.put(job("second", 0))
	store.put(job("first", -time.Second))
	store.put(job("later", time.Millisecond))
	if err := r.RunDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	if want := []string{"first +0s", "second +0s"}; !slices.Equal(*runs, want) {
		t.Errorf("ran %q, want %q", *runs, want)
	}
	if !clock.Now().Equal(noon) {
		t.Error("the clock stands at", clock.Now())
	}
}

func TestRunUntilReportsAStoreThatIsDown(t *testing.T) {
	r, store, clock, _ := byHand(t)
	store.fail(errDown)
	if err := clock.RunUntil(t.Context(), r, noon.Add(time.Hour)); !errors.Is(err, errDown) {
		t.Error("error:", err)
	}
	if !clock.Now().Equal(noon) {
		t.Error("the clock moved to", clock.Now())
	}
}

func TestAManualClockNeverGoesBack(t *testing.T) {
	clock := scheduler.NewManualClock(noon)
	clock.Set(noon.Add(-time.Hour))
	if !clock.Now().Equal(noon) {
		t.Error("the clock stands at", clock.Now())
	}
}
