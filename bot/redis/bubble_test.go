package redis

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/bot/redis/redistest"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// inBubble runs a test on the in-process engine in a bubble, whose time goes on
// when everything has come to rest: leases and pauses are as long as they are in
// the program, and however busy the machine is, none ends too early.
func inBubble(t *testing.T, test func(*bench)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { test(newBench(t, redistest.InProcess(t), nil)) })
}

// let lets time pass, and everything come to rest.
func (b *bench) let(d time.Duration) {
	b.Helper()
	time.Sleep(d)
	synctest.Wait()
}

// scheduleIn schedules a job of a community.
func (b *bench) scheduleIn(c bot.CommunityID, id string, in time.Duration) {
	b.Helper()
	b.effects(c, outbox.Effects{Jobs: []scheduler.Job{job(c, id, time.Now().Add(in))}})
}

// Extending works against a store as it is, not in the scheduler's own tests
// alone.
func TestALongJobIsNotTakenFromItsRunner(t *testing.T) {
	inBubble(t, func(b *bench) {
		began, lost := 0, false
		long := func(ctx context.Context, _ scheduler.Job) error {
			began++
			select {
			case <-time.After(4*lease + lease/2):
			case <-scheduler.WhileHeld(ctx).Done():
				lost = true
			}
			return nil
		}
		for range 2 {
			defer b.runner(scheduler.Options{Lease: lease}, long)()
		}
		b.scheduleIn(home, "a", 0)
		b.let(6 * lease)
		if began != 1 || lost {
			t.Errorf("it began %d times, and lost its lease: %t", began, lost)
		}
		b.wantNoJobs()
	})
}

// mortal is the store of a process that can be killed.
type mortal struct {
	*Store
	dead atomic.Bool
}

var errDead = errors.New("the process is dead")

func (m *mortal) Claim(ctx context.Context, limit int, lease time.Duration) ([]scheduler.Claimed, error) {
	if m.dead.Load() {
		return nil, errDead
	}
	return m.Store.Claim(ctx, limit, lease)
}

func (m *mortal) Extend(ctx context.Context, c scheduler.Claimed, lease time.Duration) (bool, error) {
	if m.dead.Load() {
		return false, errDead
	}
	return m.Store.Extend(ctx, c, lease)
}

func (m *mortal) Retry(ctx context.Context, c scheduler.Claimed, delay time.Duration, failed bool) error {
	if m.dead.Load() {
		return errDead
	}
	return m.Store.Retry(ctx, c, delay, failed)
}

// The job of a worker that is killed runs again within 15 seconds, whenever in
// its lease that is, and no sooner than nobody can hold it.
func TestAKilledWorkersJobRunsAgainSoon(t *testing.T) {
	for after := time.Duration(0); after < 10*time.Second; after += 700 * time.Millisecond {
		inBubble(t, func(b *bench) {
			doomed, began := &mortal{Store: b.open()}, make(chan struct{})
			r := scheduler.NewRunner(doomed, scheduler.Options{})
			r.Handle("kind", func(ctx context.Context, _ scheduler.Job) error {
				close(began)
				<-ctx.Done()
				return ctx.Err()
			})
			ctx, stop := context.WithCancel(b.Context())
			ended := make(chan struct{})
			go func() {
				defer close(ended)
				r.Run(ctx)
			}()
			defer func() { stop(); <-ended }()
			b.scheduleIn(home, "a", 0)
			<-began
			b.let(after)
			again := make(chan time.Time, 10)
			defer b.runner(scheduler.Options{}, func(context.Context, scheduler.Job) error {
				again <- time.Now()
				return nil
			})()
			b.let(time.Millisecond)
			doomed.dead.Store(true)
			killed := time.Now()
			b.let(30 * time.Second)
			if len(again) != 1 {
				t.Fatalf("killed after %s, its job ran %d times", after, len(again))
			}
			if took := (<-again).Sub(killed); took > 15*time.Second || took < 5*time.Second {
				t.Errorf("killed after %s, its job ran %s later", after, took)
			}
			b.wantNoJobs()
		})
	}
}

// counted counts commands, those in pipelines too.
type counted struct{ n atomic.Int64 }

func (*counted) DialHook(next redis.DialHook) redis.DialHook { return next }

func (c *counted) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		c.n.Add(1)
		return next(ctx, cmd)
	}
}

func (c *counted) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		c.n.Add(int64(len(cmds)))
		return next(ctx, cmds)
	}
}

// While nothing is due a runner asks six times a second at most, and is there in
// time all the same.
func TestARunnerWithNothingToDoAsksLittle(t *testing.T) {
	for name, communities := range map[string]int{"no jobs": 0, "jobs for tomorrow": 60} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(b *bench) {
				for n := range communities {
					b.scheduleIn(bot.CommunityID(fmt.Sprint("c", n)), "tomorrow", 24*time.Hour)
				}
				var asked counted
				b.client.AddHook(&asked)
				ran := make(chan time.Duration, 10)
				defer b.runner(scheduler.Options{}, func(_ context.Context, j scheduler.Job) error {
					ran <- time.Since(j.Due)
					return nil
				})()
				b.let(time.Minute)
				asked.n.Store(0)
				b.let(20 * time.Minute)
				if perSecond := float64(asked.n.Load()) / (20 * 60); perSecond > 6 {
					t.Errorf("it asked %.1f times a second", perSecond)
				}
				// Another process schedules something.
				other := b.open()
				due := time.Now().Add(1500 * time.Millisecond)
				if _, err := other.advance(b.Context(), change{community: home, Effects: outbox.Effects{Jobs: []scheduler.Job{job(home, "a", due)}}}); err != nil {
					t.Fatal(err)
				}
				b.let(10 * time.Second)
				if len(ran) != 1 {
					t.Fatalf("%d jobs ran", len(ran))
				}
				if late := <-ran; late > 10*time.Millisecond {
					t.Errorf("the job began %s late", late)
				}
			})
		})
	}
}
