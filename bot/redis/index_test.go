package redis

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/bot/redis/internal/wait"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// crowd is several processes that schedule and run jobs of the same communities
// at once. A job whose ID begins with "twice" schedules itself anew when it runs
// first.
type crowd struct {
	*bench
	communities []bot.CommunityID

	mu   sync.Mutex
	runs map[string]int
}

func (c *crowd) schedule(ctx context.Context, s *Store, community bot.CommunityID, ids ...string) error {
	now, err := s.Now(ctx)
	if err != nil {
		return err
	}
	var e outbox.Effects
	for _, id := range ids {
		e.Jobs = append(e.Jobs, job(community, id, now.Add(rand.N(30*time.Millisecond)-5*time.Millisecond)))
	}
	_, err = s.advance(ctx, change{community: community, Effects: e})
	return err
}

func (c *crowd) work(ctx context.Context, s *Store, limit int) (worked bool, err error) {
	jobs, err := s.Claim(ctx, limit, time.Minute)
	if err != nil {
		return false, err
	}
	for _, j := range jobs {
		c.mu.Lock()
		c.runs[j.Group+"/"+j.ID]++
		first := c.runs[j.Group+"/"+j.ID] == 1
		c.mu.Unlock()
		if first && strings.HasPrefix(j.ID, "twice") {
			if err := c.schedule(ctx, s, bot.CommunityID(j.Group), j.ID); err != nil {
				return false, err
			}
		}
		if err := s.Complete(ctx, j); err != nil {
			return false, err
		}
	}
	return len(jobs) > 0, nil
}

func TestNoJobIsLostOrRunTwiceWhenManyScheduleAndClaimAtOnce(t *testing.T) {
	const schedulers, workers, batches = 3, 3, 12
	each(t, func(b *bench) {
		ctx, cancel := context.WithTimeout(b.Context(), time.Minute)
		defer cancel()
		c := &crowd{bench: b, communities: []bot.CommunityID{"c1", "c2", "c3"}, runs: map[string]int{}}
		var scheduling, working sync.WaitGroup
		want := map[string]int{}
		for n := range schedulers {
			s := b.open()
			scheduling.Go(func() {
				for i := range batches {
					community := c.communities[i%len(c.communities)]
					once, twice := fmt.Sprintf("once-%d-%d", n, i), fmt.Sprintf("twice-%d-%d", n, i)
					c.mu.Lock()
					want[string(community)+"/"+once], want[string(community)+"/"+twice] = 1, 2
					c.mu.Unlock()
					if err := c.schedule(ctx, s, community, once, twice); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		idle := make(chan struct{})
		for n := range workers {
			s := b.open()
			working.Go(func() {
				for ctx.Err() == nil {
					worked, err := c.work(ctx, s, n+1)
					if err != nil {
						t.Error(err)
						return
					}
					if worked {
						continue
					}
					select {
					case <-idle: // everything is scheduled and has run
						return
					default:
					}
				}
			})
		}
		scheduling.Wait()
		ran := func() (bool, error) {
			c.mu.Lock()
			defer c.mu.Unlock()
			for id, times := range want {
				if c.runs[id] < times {
					return false, nil
				}
			}
			return true, nil
		}
		if err := wait.Until(ctx, 5*time.Millisecond, ran); err != nil {
			t.Errorf("not every job has run: %v", err)
		}
		close(idle)
		working.Wait()
		for id, times := range c.runs {
			if times != want[id] {
				t.Errorf("%s ran %d times, want %d", id, times, want[id])
			}
		}
		for _, community := range c.communities {
			if left := b.client.ZCard(ctx, key(community, "due")).Val(); left > 0 {
				t.Errorf("%d jobs of %s are left over", left, community)
			}
		}
	})
}

// A worker that dies between picking a community and settling its hint hides
// the community for a while, no longer.
func TestAWorkerThatDiesWhileItLooksHidesNothingForLong(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		for n := 2; n <= 4; n++ { // after the look at the index: pick, claim, settle
			start := b.clock.Now()
			b.effects(home, outbox.Effects{Jobs: []scheduler.Job{job(home, "a", start)}})
			b.calls.DieAt(n, true)
			if _, err := b.store.Claim(b.Context(), 1, lease); err == nil {
				t.Fatal("it did not die")
			}
			b.calls.Revive()
			b.clock.Set(start.Add(lease))
			b.ok(b.store.Complete(b.Context(), b.claimOne()))
			b.clock.Set(start.Add(3 * lease))
			b.wantClaimed()
		}
	})
}

func TestSweepFindsWhatTheIndexHasLost(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		const communities = 12
		for i := range communities {
			c := bot.CommunityID(fmt.Sprint("c", i))
			b.effects(c, outbox.Effects{Jobs: []scheduler.Job{job(c, "a", noon.Add(time.Minute))}})
		}
		for shard := range dueShards {
			b.ok(b.client.Del(b.Context(), dueKey(shard)).Err())
		}
		b.ok(b.client.ZAdd(b.Context(), dueKeyOf("c3"), redis.Z{Score: 4102444812345, Member: "c3"}).Err())
		b.after(time.Minute)
		b.wantClaimed()
		b.sweep()
		select {
		case <-b.store.Woken():
		default:
			t.Error("the runner was not woken")
		}
		jobs, err := b.store.Claim(b.Context(), 100, lease)
		b.ok(err)
		if len(jobs) != communities {
			t.Errorf("claimed %d jobs, want %d", len(jobs), communities)
		}
	})
}

// sweep goes through the whole index.
func (b *bench) sweep() {
	b.Helper()
	cursor, rounds := "", 0
	for rounds == 0 || cursor != "" {
		next, err := b.store.Sweep(b.Context(), cursor, 5)
		b.ok(err)
		cursor = next
		if rounds++; rounds > 1000 {
			b.Fatal("the sweep has no end")
		}
	}
}

func TestSweepLeavesARightIndexAlone(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		b.sweep() // nothing at all
		b.schedule(map[string]time.Duration{"a": time.Minute})
		hint := func() float64 { return b.client.ZScore(b.Context(), dueKeyOf(string(home)), string(home)).Val() }
		before := hint()
		b.sweep()
		if got := hint(); got != before {
			t.Errorf("the hint changed from %f to %f", before, got)
		}
	})
}

func TestSchedulingWakesTheRunnerOfThisProcess(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		for range 2 { // the second finds the channel full and does not wait
			b.schedule(map[string]time.Duration{"a": time.Minute})
		}
		<-b.store.Woken()
		b.after(time.Minute)
		b.ok(b.store.Retry(b.Context(), b.claimOne(), 0, false))
		<-b.store.Woken()
	})
}

// What ends makes nothing due, so it wakes nobody, unless more is due.
func TestEndingAJobWakesTheRunnerOnlyIfMoreIsDue(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		b.schedule(map[string]time.Duration{"a": 0, "b": 0, "later": time.Hour})
		<-b.store.Woken()
		first := b.claimOne()
		b.ok(b.store.Complete(b.Context(), first))
		select {
		case <-b.store.Woken():
		default:
			t.Error("another job is due, but it was not woken")
		}
		b.ok(b.store.Complete(b.Context(), b.claimOne()))
		select {
		case <-b.store.Woken():
			t.Error("it was woken for nothing")
		default:
		}
	})
}

// A worker that finds a community hidden, since another looks into it, looks
// again soon, and not when it would be seen if the other were dead.
func TestWhatIsHiddenIsLookedAtAgainSoon(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.scheduleIn(home, "a", 0)
		_, err := b.store.strings(b.Context(), duePickScript, []string{dueKeyOf(string(home))}, "", 1, claimedFor.Milliseconds())
		b.ok(err)
		next, ok, err := b.store.NextDue(b.Context())
		b.ok(err)
		if in := time.Until(next); !ok || in < 0 || in > lookAgain {
			t.Errorf("next due in %s, %t", in, ok)
		}
		if jobs := b.claim(1); len(jobs) > 0 {
			t.Errorf("claimed %v", jobs)
		}
		b.let(claimedFor + time.Millisecond)
		b.claimOne()
	})
}

// NextDue is asked at random moments of random changes. It is never later than
// the earliest job.
func TestNextDueIsNeverLate(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		random := rand.New(rand.NewPCG(1, 2))
		due := map[string]time.Time{} // by the test's own account
		for step := range 150 {
			id := fmt.Sprint(random.IntN(4))
			switch now := b.clock.Now(); random.IntN(4) {
			case 0:
				at := now.Add(time.Duration(random.IntN(20)) * time.Second)
				b.effects(home, outbox.Effects{Jobs: []scheduler.Job{job(home, id, at)}})
				due[id] = at
			case 1:
				b.effects(home, outbox.Effects{Cancel: []string{id}})
				delete(due, id)
			case 2:
				b.clock.Set(now.Add(time.Duration(random.IntN(5)) * time.Second))
			default:
				for _, j := range b.claim(1 + random.IntN(3)) {
					if !due[j.ID].Equal(j.Due) {
						t.Fatalf("step %d: %s claimed as due at %s, want %s", step, j.ID, j.Due, due[j.ID])
					}
					delay := time.Duration(random.IntN(15)) * time.Second
					b.ok(b.store.Retry(b.Context(), j, delay, false))
					due[j.ID] = now.Add(delay)
				}
			}
			var earliest time.Time
			for _, at := range due {
				if earliest.IsZero() || at.Before(earliest) {
					earliest = at
				}
			}
			next, ok, err := b.store.NextDue(b.Context())
			b.ok(err)
			if len(due) > 0 && (!ok || next.After(earliest)) {
				t.Fatalf("step %d: NextDue is %s, %t; a job is due at %s", step, next, ok, earliest)
			}
		}
	})
}
