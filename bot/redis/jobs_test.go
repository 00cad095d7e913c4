package redis

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/bot/redis/internal/wait"
	"github.com/staffroom-bot/staffroom/scheduler"
)

var _ scheduler.Store = (*Store)(nil)

func TestJobsAreClaimedWhenDueTheEarliestFirst(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		b.schedule(map[string]time.Duration{"c": 3 * time.Second, "a": time.Second, "later": time.Hour, "b": 2 * time.Second})
		b.wantClaimed()
		b.wantNextDue(time.Second)
		b.after(time.Second - time.Millisecond)
		b.wantClaimed()
		b.after(5 * time.Second)
		for _, want := range []string{"a", "b", "c"} {
			if got := b.claimOne(); got.ID != want {
				t.Errorf("claimed %s, want %s", got.ID, want)
			}
		}
		b.wantClaimed()
		b.wantNextDue(15 * time.Second) // the first lease ends
	})
}

func TestAClaimTellsWhatTheJobIs(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		b.schedule(map[string]time.Duration{"a": 1500 * time.Millisecond})
		b.after(2 * time.Second)
		got := b.claimOne()
		want := job(home, "a", noon.Add(1500*time.Millisecond))
		want.Started = noon.Add(2 * time.Second)
		if fmt.Sprint(got.Job) != fmt.Sprint(want) || string(got.Payload) != string(want.Payload) || got.Token == "" {
			t.Errorf("claimed %+v\nwant %+v", got, want)
		}
	})
}

func TestSchedulingAgainMovesAJobAndCancellingRemovesIt(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		b.schedule(map[string]time.Duration{"moved": 0, "cancelled": 0})
		b.schedule(map[string]time.Duration{"moved": time.Minute})
		b.effects(home, outbox.Effects{Cancel: []string{"cancelled", "never was"}})
		b.wantClaimed()
		b.wantNextDue(time.Minute)
		b.after(time.Minute)
		b.ok(b.store.Complete(b.Context(), b.wantClaimed("moved")[0]))
		b.wantNoJobs()
		b.wantNothingDueAfter(time.Minute)
	})
}

// wantNothingDueAfter says that nothing is due, once the leases that began at
// the given time have ended: until then there may be hints of them.
func (b *bench) wantNothingDueAfter(d time.Duration) {
	b.Helper()
	b.after(d + lease)
	b.wantClaimed()
	if next, ok, err := b.store.NextDue(b.Context()); ok || err != nil {
		b.Errorf("something is due at %s: %t, %v", next, ok, err)
	}
}

// wantNoJobs says that nothing of any job is left.
func (b *bench) wantNoJobs() {
	b.Helper()
	for _, name := range []string{"jobs", "due", "lease", "next", "tries"} {
		if n, err := b.client.Exists(b.Context(), key(home, name)).Result(); n > 0 || err != nil {
			b.Errorf("%s is left over (%v)", name, err)
		}
	}
}

func TestAHeldJobComesBackWhenItsLeaseEnds(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		ctx := b.Context()
		b.schedule(map[string]time.Duration{"a": 0})
		dead := b.claimOne()
		b.after(lease - time.Millisecond)
		b.wantClaimed()
		b.after(lease)
		again := b.claimOne()
		if again.Token == dead.Token || again.Attempts != 0 {
			t.Errorf("claimed again as %+v", again)
		}
		if held, err := b.store.Extend(ctx, dead, time.Hour); held || err != nil {
			t.Errorf("the worker that lost it holds it: %t, %v", held, err)
		}
		b.ok(b.store.Complete(ctx, dead))
		b.ok(b.store.Retry(ctx, dead, 0, true))
		b.ok(b.store.SetAside(ctx, dead, ""))
		if held, err := b.store.Extend(ctx, again, lease); !held || err != nil {
			t.Errorf("the worker that holds it does not: %t, %v", held, err)
		}
		b.ok(b.store.Complete(ctx, again))
		b.wantNoJobs()
		b.wantAside("")
	})
}

// wantAside says what is kept of the job "a" that was set aside.
func (b *bench) wantAside(want string) {
	b.Helper()
	if got := b.client.HGet(b.Context(), key(home, "aside"), "a").Val(); got != want {
		b.Errorf("kept aside is %s, want %s", got, want)
	}
}

func TestExtendingKeepsAJob(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		b.schedule(map[string]time.Duration{"a": 0})
		held := b.claimOne()
		for i := 1; i <= 5; i++ {
			b.after(time.Duration(i) * lease / 2)
			if ok, err := b.store.Extend(b.Context(), held, lease); !ok || err != nil {
				t.Fatalf("extending: %t, %v", ok, err)
			}
			b.wantClaimed()
		}
		b.after(5*lease/2 + lease)
		b.wantClaimed("a")
	})
}

func TestAJobScheduledAnewWhileItIsHeldRunsAtItsNewTime(t *testing.T) {
	settlings := map[string]func(*bench, scheduler.Claimed) error{
		"completed": func(b *bench, c scheduler.Claimed) error { return b.store.Complete(b.Context(), c) },
		"retried": func(b *bench, c scheduler.Claimed) error {
			return b.store.Retry(b.Context(), c, time.Hour, true)
		},
		"set aside": func(b *bench, c scheduler.Claimed) error { return b.store.SetAside(b.Context(), c, "x") },
		"dead":      func(*bench, scheduler.Claimed) error { return nil },
	}
	for name, settle := range settlings {
		t.Run(name, func(t *testing.T) {
			eachAtNoon(t, func(b *bench) {
				b.schedule(map[string]time.Duration{"a": 0})
				held := b.claimOne()
				moved := job(home, "a", noon.Add(time.Minute))
				moved.Payload = json.RawMessage(`{"of":2}`)
				b.effects(home, outbox.Effects{Jobs: []scheduler.Job{moved}})
				b.wantClaimed()
				b.ok(settle(b, held))
				b.after(time.Minute - time.Millisecond)
				b.wantClaimed()
				b.wantNextDue(time.Minute)
				b.after(time.Minute)
				got := b.claimOne()
				if string(got.Payload) != `{"of":2}` || got.Attempts != 0 {
					t.Errorf("claimed %+v", got)
				}
				b.ok(b.store.Complete(b.Context(), got))
				b.wantNoJobs()
			})
		})
	}
}

func TestAJobScheduledAnewForEarlierThanTheLeaseEndsRunsThen(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		b.schedule(map[string]time.Duration{"a": 0})
		held := b.claimOne()
		b.schedule(map[string]time.Duration{"a": time.Second})
		b.ok(b.store.Complete(b.Context(), held))
		b.wantNextDue(time.Second)
		b.after(time.Second)
		b.wantClaimed("a")
	})
}

// The hint that its claim has set says the same time, but has been corrected
// meanwhile.
func TestAJobScheduledAnewForWhenItWasDueRunsAtOnce(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		b.schedule(map[string]time.Duration{"a": 0, "b": 0})
		held := b.claimOne()
		b.claimOne()
		b.schedule(map[string]time.Duration{"a": 0})
		b.wantClaimed()
		b.ok(b.store.Complete(b.Context(), held))
		b.wantClaimed("a")
	})
}

func TestAJobCancelledWhileItIsHeldIsGone(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		b.schedule(map[string]time.Duration{"a": 0})
		held := b.claimOne()
		b.schedule(map[string]time.Duration{"a": time.Second})
		b.effects(home, outbox.Effects{Cancel: []string{"a"}})
		if ok, err := b.store.Extend(b.Context(), held, lease); ok || err != nil {
			t.Errorf("it is still held: %t, %v", ok, err)
		}
		b.ok(b.store.Retry(b.Context(), held, 0, true))
		b.wantNoJobs()
		b.after(time.Hour)
		b.wantClaimed()
	})
}

func TestRetrying(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		b.schedule(map[string]time.Duration{"a": 0})
		for i, failed := range []bool{true, false, true} {
			held := b.claimOne()
			if want := []int{0, 1, 1}[i]; held.Attempts != want {
				t.Errorf("attempts before: %d, want %d", held.Attempts, want)
			}
			if want := []time.Time{{}, noon, noon}[i]; !held.Returned.Equal(want) {
				t.Errorf("first given back at %s, want %s", held.Returned, want)
			}
			b.ok(b.store.Retry(b.Context(), held, 3*time.Second, failed))
			b.after(time.Duration(i+1)*3*time.Second - time.Millisecond)
			b.wantClaimed()
			b.after(time.Duration(i+1) * 3 * time.Second)
		}
		b.schedule(map[string]time.Duration{"a": 0}) // anew: its failures are forgotten
		if got := b.claimOne(); got.Attempts != 0 || !got.Returned.IsZero() {
			t.Errorf("after it was scheduled anew it is %+v", got)
		}
	})
}

// The layout before had the failures alone.
func TestFailuresOfALayoutBefore(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		b.schedule(map[string]time.Duration{"a": 0})
		b.ok(b.client.HSet(b.Context(), key(home, "tries"), "a", "2").Err())
		held := b.claimOne()
		if held.Attempts != 2 || !held.Returned.IsZero() {
			t.Errorf("claimed %+v", held)
		}
		b.ok(b.store.Retry(b.Context(), held, 0, true))
		if held = b.claimOne(); held.Attempts != 3 || !held.Returned.Equal(noon) {
			t.Errorf("claimed again as %+v", held)
		}
	})
}

func TestWhatIsSetAsideIsKeptWithItsCause(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		b.schedule(map[string]time.Duration{"a": 0})
		b.ok(b.store.SetAside(b.Context(), b.claimOne(), `it is "bad"`))
		b.wantNoJobs()
		b.wantAside(`{"kind":"kind","payload":{"of":1},"due":"2026-03-08T12:00:00Z","cause":"it is \"bad\""}`)
	})
}

func TestAJobThatCannotBeReadHoldsUpNothing(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		b.schedule(map[string]time.Duration{"a": 0, "b": time.Millisecond})
		b.ok(b.client.HSet(b.Context(), key(home, "jobs"), "a", "no JSON\xff").Err())
		b.after(time.Second)
		jobs := b.wantClaimed("a", "b")
		if jobs[0].Kind != "" {
			t.Errorf("its kind is %q", jobs[0].Kind)
		}
		b.ok(b.store.SetAside(b.Context(), jobs[0], "no handler"))
		b.wantAside(`{"kind":"","payload":"no JSON\ufffd","due":"2026-03-08T12:00:00Z","cause":"no handler"}`)
	})
}

func TestByTheServersTime(t *testing.T) {
	each(t, func(b *bench) {
		ctx, cancel := context.WithTimeout(b.Context(), 20*time.Second)
		defer cancel()
		now, err := b.store.Now(ctx)
		b.ok(err)
		due := now.Add(60 * time.Millisecond).Truncate(time.Millisecond)
		b.effects(home, outbox.Effects{Jobs: []scheduler.Job{job(home, "a", due)}})
		var held scheduler.Claimed
		claim := func() (bool, error) {
			jobs, err := b.store.Claim(ctx, 1, 50*time.Millisecond)
			if len(jobs) == 1 {
				held = jobs[0]
			}
			return len(jobs) == 1, err
		}
		b.ok(wait.Until(ctx, time.Millisecond, claim))
		if held.Started.Before(due) || !held.Due.Equal(due) {
			t.Errorf("claimed at %s; due at %s, as told %s", held.Started, due, held.Due)
		}
		first := held
		b.ok(wait.Until(ctx, time.Millisecond, claim)) // its lease has ended
		if lasted := held.Started.Sub(first.Started); lasted < 50*time.Millisecond {
			t.Errorf("the lease lasted %s", lasted)
		}
		b.ok(b.store.Retry(ctx, held, 50*time.Millisecond, true))
		retried := held
		b.ok(wait.Until(ctx, time.Millisecond, claim))
		if paused := held.Started.Sub(retried.Started); paused < 50*time.Millisecond || held.Attempts != 1 {
			t.Errorf("it came back after %s with %d attempts", paused, held.Attempts)
		}
		b.ok(b.store.Complete(ctx, held))
		b.wantNoJobs()
	})
}

func TestJobsOfManyCommunities(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		const communities = 25
		for i := range communities {
			c := bot.CommunityID(fmt.Sprint("c", i))
			b.effects(c, outbox.Effects{Jobs: []scheduler.Job{
				job(c, "first", noon.Add(time.Duration(i)*time.Second)),
				job(c, "second", noon.Add(time.Duration(i)*time.Second)),
			}})
		}
		b.wantNextDue(0)
		b.after(communities * time.Second)
		seen := map[string]int{}
		for range 2 * communities {
			j := b.claimOne()
			seen[j.Group+"/"+j.ID]++
			// One at a time they come by their due time, across communities.
			if want := fmt.Sprint("c", (len(seen)-1)/2); j.Group != want {
				t.Errorf("claimed a job of %s, want one of %s", j.Group, want)
			}
			b.ok(b.store.Complete(b.Context(), j))
		}
		if len(seen) != 2*communities {
			t.Errorf("claimed %d different jobs, want %d", len(seen), 2*communities)
		}
		b.wantClaimed()
		b.wantNothingDueAfter(communities * time.Second)
	})
}

// One community's many jobs do not hold up the others.
func TestCommunitiesShareAClaim(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		places := b.neighbours(3)
		for n, c := range places {
			for i := range 1 + 10*(1-min(n, 1)) { // the first has eleven jobs, the others have one
				b.effects(c, outbox.Effects{Jobs: []scheduler.Job{job(c, fmt.Sprint("j", i), noon)}})
			}
		}
		// A server that has lost the scripts is sent them again.
		b.ok(b.client.ScriptFlush(b.Context()).Err())
		claimed := map[string]int{}
		for _, j := range b.claim(7) {
			claimed[j.Group]++
		}
		for n, want := range []int{3, 1, 1} {
			if got := claimed[string(places[n])]; got != want {
				t.Errorf("claimed %v; of the community number %d, want %d", claimed, n, want)
			}
		}
		for left := 8; left > 0; {
			jobs := b.claim(7)
			if left -= len(jobs); len(jobs) == 0 || len(jobs) > 7 {
				t.Fatalf("claimed %d jobs; %d are left", len(jobs), left)
			}
		}
		b.wantClaimed()
	})
}

// neighbours are communities in one part of the due index. The first of them
// comes first in it.
func (b *bench) neighbours(n int) []bot.CommunityID {
	b.Helper()
	var out []bot.CommunityID
	for i := 0; len(out) < n; i++ {
		if c := fmt.Sprintf("c%03d", i); shardOf(c) == 0 {
			out = append(out, bot.CommunityID(c))
		}
	}
	return out
}
