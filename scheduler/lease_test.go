package scheduler_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/scheduler"
)

func TestAJobWhoseWorkerDiedComesBackWhenItsLeaseEnds(t *testing.T) {
	inBubble(t, scheduler.Options{Lease: lease}, func(b *bench) {
		b.put("job", "note", 0)
		if jobs, err := b.store.Claim(t.Context(), 1, lease); err != nil || len(jobs) != 1 {
			t.Fatalf("claimed %v, %v", jobs, err) // by a worker that does no more
		}
	}, func(b *bench) {
		b.after(20 * time.Second)
		b.want("job at +10s")
		b.wantNothingLeft()
	})
}

func TestAJobScheduledAnewByAWorkerThatDiedComesBackAtItsNewTime(t *testing.T) {
	inBubble(t, scheduler.Options{Lease: lease}, func(b *bench) {
		b.put("job", "note", 0)
		_, _ = b.store.Claim(t.Context(), 1, lease)
		b.put("job", "note", 25*time.Second)
	}, func(b *bench) {
		b.after(30 * time.Second)
		b.want("job at +25s")
	})
}

func TestAJobThatSchedulesItselfAnewRunsAtItsNewTime(t *testing.T) {
	inBubble(t, scheduler.Options{}, func(b *bench) {
		b.runner.Handle("chain", func(_ context.Context, j scheduler.Job) error {
			b.note("+%s", b.elapsed())
			if b.elapsed() < 20*time.Second {
				b.put(j.ID, "chain", b.elapsed()+10*time.Second)
			}
			return nil
		})
		b.put("job", "chain", 0)
	}, func(b *bench) {
		b.after(time.Minute)
		b.want("+0s", "+10s", "+20s")
		b.wantNothingLeft()
	})
}

func TestALongJobKeepsItsLease(t *testing.T) {
	inBubble(t, scheduler.Options{Lease: lease}, func(b *bench) {
		b.runner.Handle("long", func(ctx context.Context, _ scheduler.Job) error {
			select {
			case <-ctx.Done():
				b.note("stopped")
			case <-time.After(95 * time.Second):
				b.note("through")
			}
			return ctx.Err()
		})
		b.put("job", "long", 0)
	}, func(b *bench) {
		b.after(2 * time.Minute)
		b.want("through")
		b.wantNothingLeft()
	})
}

func TestACancelledJobIsStopped(t *testing.T) {
	inBubble(t, scheduler.Options{Lease: lease}, func(b *bench) {
		b.runner.Handle("long", untilStopped(b))
		b.put("job", "long", 0)
	}, func(b *bench) {
		b.after(5 * time.Second)
		b.store.cancel("job")
		b.after(time.Minute)
		b.want("begun", "lost at +6.7s") // when the lease was to be extended
		b.wantNothingLeft()
	})
}

// untilStopped notes when it begins and when it loses its lease.
func untilStopped(b *bench) scheduler.Handler {
	return func(ctx context.Context, _ scheduler.Job) error {
		b.note("begun")
		<-ctx.Done()
		if scheduler.WhileHeld(ctx).Err() != nil {
			b.note("lost at +%s", b.elapsed())
		}
		return ctx.Err()
	}
}

func TestAJobIsStoppedBeforeALeaseEndsThatCannotBeExtended(t *testing.T) {
	inBubble(t, scheduler.Options{Lease: lease, MaxAttempts: 1}, func(b *bench) {
		b.runner.Handle("long", untilStopped(b))
		b.put("job", "long", 0)
	}, func(b *bench) {
		b.after(4 * time.Second) // once it could be extended: the lease ends at 13.3 s
		b.store.silence()
		b.after(13 * time.Second)
		// It comes back at once and is no failure, or MaxAttempts would set it aside.
		b.want("begun", "lost at +10s", "begun")
	})
}

func TestOneFailureToExtendIsNoLoss(t *testing.T) {
	inBubble(t, scheduler.Options{Lease: lease}, func(b *bench) {
		b.runner.Handle("long", func(ctx context.Context, _ scheduler.Job) error {
			time.Sleep(30 * time.Second)
			return ctx.Err()
		})
		b.put("job", "long", 0)
	}, func(b *bench) {
		for third := 4 * time.Second; third < 30*time.Second; third += 2 * lease / 3 {
			b.after(third)
			b.store.look(func() { b.store.silent = true })
			b.after(third + lease/3)
			b.store.look(func() { b.store.silent = false })
		}
		b.after(31 * time.Second)
		b.wantNothingLeft()
	})
}

func TestStoppingGivesJobsBackAtOnce(t *testing.T) {
	failures := map[string]func(context.Context) error{
		"context's error": context.Context.Err,
		"any error":       func(context.Context) error { return errors.New("interrupted") },
		"poisoned":        func(ctx context.Context) error { return scheduler.Poisoned(ctx.Err()) },
	}
	for name, fail := range failures {
		t.Run(name, func(t *testing.T) {
			inBubble(t, scheduler.Options{MaxAttempts: 1}, func(b *bench) {
				b.runner.Handle("long", func(ctx context.Context, _ scheduler.Job) error {
					b.note("begun")
					<-ctx.Done()
					return fail(ctx)
				})
				b.put("job", "long", 0)
				stop := b.run()
				b.after(time.Second)
				stop()
				b.want("begun")
				j := b.store.jobs["job"]
				if j == nil || j.token != "" || j.Attempts != 0 || j.at.After(time.Now()) {
					t.Errorf("after the stop the job is %+v", j)
				}
				b.runner.Handle("long", func(context.Context, scheduler.Job) error { return nil })
			}, func(b *bench) {
				b.after(2 * time.Second)
				b.wantNothingLeft()
			})
		})
	}
}

func TestStoppingWaitsForWhatMustBeFinishedAndKeepsItsLease(t *testing.T) {
	inBubble(t, scheduler.Options{Lease: lease}, func(b *bench) {
		b.runner.Handle("finish", func(ctx context.Context, _ scheduler.Job) error {
			<-ctx.Done()
			select {
			case <-scheduler.WhileHeld(ctx).Done():
				b.note("lost")
			case <-time.After(25 * time.Second):
				b.note("finished")
			}
			return nil
		})
		b.put("job", "finish", 0)
		stop := b.run()
		b.after(time.Second)
		stop()
		b.want("finished")
		b.wantNothingLeft()
	}, func(*bench) {})
}

func TestWhileHeldOutsideOfARunnerEndsNever(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := scheduler.WhileHeld(ctx).Err(); err != nil {
		t.Error("it ended:", err)
	}
}
