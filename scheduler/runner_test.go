package scheduler_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/staffroom-bot/staffroom/scheduler"
)

const lease = 10 * time.Second

// bench is a runner on a store in memory, in a bubble whose time begins at
// start.
type bench struct {
	t      *testing.T
	store  *memory
	runner *scheduler.Runner
	start  time.Time

	log strings.Builder // once everything has come to rest

	mu   sync.Mutex
	runs []string // what ran: "id at +3s", or what a handler noted
}

// inBubble runs a test in a synctest bubble. The runner is stopped at the end.
func inBubble(t *testing.T, o scheduler.Options, prepare func(*bench), test func(*bench)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b := &bench{t: t, store: newMemory(time.Now), start: time.Now()}
		o.Logger = slog.New(slog.NewTextHandler(&b.log, nil))
		b.runner = scheduler.NewRunner(b.store, o)
		b.runner.Handle("note", func(_ context.Context, j scheduler.Job) error {
			b.note("%s at +%s", j.ID, b.elapsed())
			return nil
		})
		prepare(b)
		stop := b.run()
		defer stop()
		test(b)
	})
}

// run lets the runner run until the returned function is called.
func (b *bench) run() (stop func()) {
	ctx, cancel := context.WithCancel(b.t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		b.runner.Run(ctx)
	}()
	return func() { cancel(); <-ended }
}

// elapsed is the time since start, in tenths of a second: the runner adds a
// millisecond here and there.
func (b *bench) elapsed() time.Duration { return time.Since(b.start).Round(100 * time.Millisecond) }

func (b *bench) note(format string, args ...any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.runs = append(b.runs, fmt.Sprintf(format, args...))
}

func (b *bench) put(id, kind string, in time.Duration) {
	b.store.put(scheduler.Job{Group: "g", ID: id, Kind: kind, Due: b.start.Add(in)})
}

// after lets time pass until d after start, and everything come to rest.
func (b *bench) after(d time.Duration) {
	time.Sleep(d - time.Since(b.start))
	synctest.Wait()
}

func (b *bench) want(runs ...string) {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if !slices.Equal(b.runs, runs) {
		b.t.Errorf("ran\n\t%q, want\n\t%q", b.runs, runs)
	}
}

func (b *bench) wantNothingLeft() {
	b.t.Helper()
	b.store.look(func() {
		if len(b.store.jobs) > 0 || len(b.store.aside) > 0 {
			b.t.Errorf("left are %d jobs, and aside %v", len(b.store.jobs), b.store.aside)
		}
	})
}

func TestJobsRunInOrderWhenTheyAreDue(t *testing.T) {
	inBubble(t, scheduler.Options{}, func(b *bench) {
		b.put("third", "note", 90*time.Second)
		b.put("first", "note", 500*time.Millisecond)
		b.put("second", "note", 2*time.Second)
	}, func(b *bench) {
		b.after(100 * time.Second)
		b.want("first at +500ms", "second at +2s", "third at +1m30s")
		b.wantNothingLeft()
	})
}

func TestDueTimesAreKeptToTheMillisecond(t *testing.T) {
	inBubble(t, scheduler.Options{}, func(b *bench) {
		b.runner.Handle("exact", func(_ context.Context, j scheduler.Job) error {
			if late := time.Since(j.Due); late < 0 || late > 2*time.Millisecond {
				b.t.Errorf("ran %s after it was due", late)
			}
			if j.Started.Before(j.Due) {
				b.t.Errorf("started at %s, due at %s", j.Started, j.Due)
			}
			b.note("ran")
			return nil
		})
		b.put("job", "exact", 4321*time.Millisecond)
	}, func(b *bench) {
		b.after(5 * time.Second)
		b.want("ran")
	})
}

func TestANewJobWakesTheRunner(t *testing.T) {
	inBubble(t, scheduler.Options{Idle: time.Hour}, func(*bench) {}, func(b *bench) {
		b.after(10 * time.Second)
		b.put("job", "note", 10*time.Second)
		b.after(11 * time.Second)
		b.want("job at +10s")
	})
}

func TestNoMoreJobsAtOnceThanWorkers(t *testing.T) {
	inBubble(t, scheduler.Options{Workers: 3}, func(b *bench) {
		running := 0
		b.runner.Handle("slow", func(context.Context, scheduler.Job) error {
			b.mu.Lock()
			running++
			if running > 3 {
				b.t.Errorf("%d jobs run at once", running)
			}
			b.mu.Unlock()
			time.Sleep(time.Second)
			b.mu.Lock()
			running--
			b.mu.Unlock()
			return nil
		})
		for i := range 9 {
			b.put(fmt.Sprint(i), "slow", 0)
		}
	}, func(b *bench) {
		b.after(3*time.Second + 500*time.Millisecond)
		b.wantNothingLeft()
	})
}

func TestASlowJobDoesNotHoldUpOthers(t *testing.T) {
	inBubble(t, scheduler.Options{}, func(b *bench) {
		b.runner.Handle("slow", func(context.Context, scheduler.Job) error {
			time.Sleep(time.Minute)
			return nil
		})
		b.put("slow", "slow", 0)
		b.put("other", "note", time.Second)
	}, func(b *bench) {
		b.after(2 * time.Second)
		b.want("other at +1s")
	})
}

func TestAFailedJobIsTriedAgainWithBackoff(t *testing.T) {
	inBubble(t, scheduler.Options{}, func(b *bench) {
		var last time.Duration
		b.runner.Handle("flaky", func(_ context.Context, j scheduler.Job) error {
			if j.Attempts > 0 {
				gap, whole := time.Since(b.start)-last, time.Second<<(j.Attempts-1)
				if gap < whole/2 || gap > whole+2*time.Millisecond {
					b.t.Errorf("attempt %d came %s after the one before; want from %s to %s", j.Attempts, gap, whole/2, whole)
				}
			}
			last = time.Since(b.start)
			b.note("attempt %d", j.Attempts)
			if j.Attempts < 4 {
				return errors.New("no luck")
			}
			return nil
		})
		b.put("job", "flaky", 0)
	}, func(b *bench) {
		b.after(time.Minute)
		b.want("attempt 0", "attempt 1", "attempt 2", "attempt 3", "attempt 4")
		b.wantNothingLeft()
	})
}

func TestAfterIsNoFailure(t *testing.T) {
	inBubble(t, scheduler.Options{MaxAttempts: 2}, func(b *bench) {
		b.runner.Handle("wait", func(_ context.Context, j scheduler.Job) error {
			b.note("+%s attempts %d", b.elapsed(), j.Attempts)
			switch {
			case b.elapsed() == 0:
				return fmt.Errorf("wrapped: %w", scheduler.After(3*time.Second, errors.New("limited")))
			case b.elapsed() < 9*time.Second:
				return scheduler.After(3*time.Second, nil)
			}
			return nil
		})
		b.put("job", "wait", 0)
	}, func(b *bench) {
		b.after(time.Minute)
		b.want("+0s attempts 0", "+3s attempts 0", "+6s attempts 0", "+9s attempts 0")
		b.wantNothingLeft()
	})
}

func TestWhatCannotSucceedIsSetAside(t *testing.T) {
	cases := map[string]struct {
		handler scheduler.Handler
		runs    int
		cause   string // prefix
	}{
		"poisoned": {func(context.Context, scheduler.Job) error { return scheduler.Poisoned(errors.New("bad payload")) }, 1, "poisoned: bad payload"},
		"poisoned, inside": {func(context.Context, scheduler.Job) error {
			return fmt.Errorf("step: %w", scheduler.Poisoned(errors.New("x")))
		}, 1, "step: poisoned: x"},
		"fails too often":  {func(context.Context, scheduler.Job) error { return errors.New("no luck") }, 3, "no luck"},
		"panics too often": {func(context.Context, scheduler.Job) error { panic("oh") }, 3, "panic: oh"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			inBubble(t, scheduler.Options{MaxAttempts: 3}, func(b *bench) {
				b.runner.Handle("odd", func(ctx context.Context, j scheduler.Job) error {
					b.note("run")
					return c.handler(ctx, j)
				})
				b.put("job", "odd", 0)
				b.put("other", "note", 20*time.Second)
			}, func(b *bench) {
				b.after(time.Minute)
				b.want(append(slices.Repeat([]string{"run"}, c.runs), "other at +20s")...)
				if got := b.store.aside["job"]; len(got) < len(c.cause) || got[:len(c.cause)] != c.cause {
					t.Errorf("cause kept: %q, want %q", got, c.cause)
				}
				if len(b.store.jobs) > 0 {
					t.Error("the job is still scheduled")
				}
			})
		})
	}
}

// A newer version of the program may know it, or this one when it is upgraded.
func TestAJobOfAnUnknownKindIsLeftToAnother(t *testing.T) {
	inBubble(t, scheduler.Options{MaxAttempts: 2}, func(b *bench) {
		b.put("old", "odd", -3*24*time.Hour) // nothing ran for days
		b.put("new", "odd", time.Hour)
		stop := b.run()
		b.after(23 * time.Hour)
		stop()
		for _, id := range []string{"old", "new"} {
			if j := b.store.jobs[id]; j == nil || j.token != "" || j.Attempts != 0 || j.at.After(time.Now().Add(time.Minute)) {
				t.Errorf("%s is %+v", id, j)
			}
		}
		if told := strings.Count(b.log.String(), "kind=odd"); told != 1 {
			t.Errorf("it was told %d times:\n%s", told, &b.log)
		}
		b.runner.Handle("odd", func(_ context.Context, j scheduler.Job) error {
			if j.Attempts > 0 {
				t.Errorf("%s has failed %d times", j.ID, j.Attempts)
			}
			return nil
		})
	}, func(b *bench) {
		b.after(23*time.Hour + time.Minute)
		b.wantNothingLeft()
	})
}

func TestAJobThatNobodyKnowsForADayIsSetAside(t *testing.T) {
	inBubble(t, scheduler.Options{}, func(b *bench) { b.put("job", "odd", time.Hour) }, func(b *bench) {
		b.after(25*time.Hour - time.Minute)
		b.store.look(func() {
			if len(b.store.aside) > 0 {
				t.Errorf("set aside already: %v", b.store.aside)
			}
		})
		b.after(25*time.Hour + 2*time.Minute)
		if got, want := b.store.aside["job"], `poisoned: no handler for kind "odd"`; got != want {
			t.Errorf("cause kept: %q, want %q", got, want)
		}
		if len(b.store.jobs) > 0 {
			t.Error("the job is still scheduled")
		}
	})
}

// One that cannot be read has no kind.
func TestAJobWithoutAKindIsSetAsideAtOnce(t *testing.T) {
	inBubble(t, scheduler.Options{}, func(b *bench) { b.put("job", "", 0) }, func(b *bench) {
		b.after(time.Second)
		if len(b.store.aside) != 1 {
			t.Errorf("set aside: %v", b.store.aside)
		}
	})
}

func TestARunnerWithNothingToDoAsksOnceForEachPause(t *testing.T) {
	inBubble(t, scheduler.Options{Idle: 2 * time.Second}, func(b *bench) { b.put("tomorrow", "note", 24*time.Hour) }, func(b *bench) {
		b.after(time.Second)
		b.store.look(func() { b.store.claims, b.store.asked = 0, 0 })
		b.after(time.Hour + time.Second)
		b.store.look(func() {
			if b.store.claims > 0 || b.store.asked != 1800 {
				t.Errorf("in an hour it claimed %d times and asked %d times when something is due", b.store.claims, b.store.asked)
			}
		})
	})
}

func TestTheRunnerIsPatientWithAStoreThatIsDown(t *testing.T) {
	inBubble(t, scheduler.Options{}, func(b *bench) {
		b.store.fail(errDown)
		b.put("job", "note", 0)
	}, func(b *bench) {
		b.after(10 * time.Minute)
		if b.store.claims > 320 {
			t.Errorf("it asked %d times in ten minutes", b.store.claims)
		}
		b.want()
		b.store.fail(nil)
		b.after(10*time.Minute + 4*time.Second)
		if len(b.runs) != 1 {
			t.Errorf("four seconds after the store had returned the job had run %d times", len(b.runs))
		}
	})
}

func TestTheIndexIsSweptPartByPart(t *testing.T) {
	inBubble(t, scheduler.Options{SweepEvery: time.Minute}, func(*bench) {}, func(b *bench) {
		b.after(90 * time.Second)
		if want := []string{"", "second", "", "second"}; !slices.Equal(b.store.sweeps, want) {
			t.Errorf("swept from %q, want %q", b.store.sweeps, want)
		}
	})
}
