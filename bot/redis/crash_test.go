package redis

import (
	"context"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// story is a record that makes two steps by its job, a minute and five minutes
// after it was made, and posts something at each.
type story struct {
	*bench
	start    time.Time
	platform *bottest.Adapter
}

// process is one life of the program: what came in is handled, unless it has
// been, and what is due until an hour later is done. It ends early when its store
// is dead.
func (s *story) process() {
	store := s.store
	runner := scheduler.NewRunner(store, scheduler.Options{})
	runner.Handle("step", func(ctx context.Context, _ scheduler.Job) error { return s.step(ctx, store) })
	sender := outbox.NewSender(store, bot.NewSwitchboard(s.platform), outbox.Options{Budget: store})
	runner.Handle(outbox.JobKind, sender.Drain)

	if made, err := s.client.HExists(s.Context(), key(home, "notes"), "story").Result(); err != nil {
		return
	} else if !made {
		s.make(store)
	}
	_ = s.clock.RunUntil(s.Context(), runner, s.start.Add(time.Hour)) // the test looks at what it did
}

func (s *story) make(store *Store) {
	_, _ = store.advance(s.Context(), change{
		community: home, records: "notes", id: "story", from: 0, body: note{"made"},
		Effects: outbox.Effects{Input: bot.InputID(s.start.String()), Jobs: []scheduler.Job{s.job(time.Minute)}},
	})
}

func (s *story) job(in time.Duration) scheduler.Job {
	return scheduler.Job{Group: string(home), ID: "story", Kind: "step", Due: s.start.Add(in)}
}

// step makes the next step, whichever that is.
func (s *story) step(ctx context.Context, store *Store) error {
	version, err := s.client.HGet(ctx, key(home, "notes:v"), "story").Int64()
	if err != nil {
		return failed(err)
	}
	c := change{community: home, records: "notes", id: "story", from: version, body: note{"told"}}
	switch version {
	case 1:
		c.Jobs = []scheduler.Job{s.job(5 * time.Minute)}
		c.Posts = []outbox.Item{post("one"), post("two")}
	case 2:
		c.Posts = []outbox.Item{post("three")}
	default:
		return nil
	}
	if _, err = store.advance(ctx, c); bot.CodeOf(err) == bot.Conflict {
		return scheduler.After(0, err)
	}
	return err
}

// Wherever the program dies, its next life goes on as if it had not.
func TestEachEffectHappensOnceWhereverTheProcessDies(t *testing.T) {
	eachAtNoon(t, func(b *bench) { b.everyDeath(200, b.dieInStory) })
}

// Only the sweep finds a job whose scheduler died after it had written the job
// and before it told the index a second time, if another process looked between
// the first time and the job.
func TestTheSweepFindsWhatDiedUnseen(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		b.schedule(map[string]time.Duration{"enters the community": 0})
		b.ok(b.store.Complete(b.Context(), b.claimOne()))
		looks := len(b.claimCalls())
		b.calls.Meanwhile(2, func() { b.wantClaimed() }) // the index, the script, the index
		b.calls.DieAt(2+looks, true)
		_, err := b.store.advance(b.Context(), change{community: home, Effects: outbox.Effects{Jobs: []scheduler.Job{job(home, "a", noon)}}})
		if err == nil {
			t.Fatal("it did not die")
		}
		b.calls.Revive()
		b.wantClaimed()
		b.sweep()
		b.wantClaimed("a")
	})
}

// claimCalls is what a claim sends that finds a hint of nothing.
func (b *bench) claimCalls() []string {
	b.Helper()
	b.ok(b.store.hint(b.Context(), string(home), "0"))
	b.calls.take()
	b.wantClaimed()
	return b.calls.take()
}

// dieInStory tells a story whose first life ends at the nth command, and reports
// whether it had so many.
func (b *bench) dieInStory(n int, late bool) bool {
	b.Helper()
	b.empty()
	s := &story{bench: b, start: b.clock.Now(), platform: bottest.NewAdapter("test", b.clock.Now)}
	b.calls.DieAt(n, late)
	s.process()
	died := b.calls.Revive()
	b.store = b.open()
	s.process()
	b.clock.Set(s.start.Add(2 * time.Hour))

	var got []bot.DeliveryKey
	for _, e := range s.platform.Ledger() {
		got = append(got, e.Key)
	}
	if want := []bot.DeliveryKey{"one", "two", "three"}; !slices.Equal(got, want) {
		b.Errorf("on the platform stand %q, want %q", got, want)
	}
	if version := b.client.HGet(b.Context(), key(home, "notes:v"), "story").Val(); version != strconv.Itoa(3) {
		b.Errorf("the record has version %s, want 3", version)
	}
	if sent := b.client.HLen(b.Context(), key(home, "sent")).Val(); sent != 3 {
		b.Errorf("%d posts are known as sent, want 3", sent)
	}
	b.wantNoJobs()
	for _, name := range []string{"aside", "posts", "queue", "sending", "lanes", "undelivered"} {
		if n, err := b.client.Exists(b.Context(), key(home, name)).Result(); n > 0 || err != nil {
			b.Errorf("%s is left over (%v)", name, err)
		}
	}
	return died
}

// empty removes everything.
func (b *bench) empty() {
	b.Helper()
	if c, ok := b.client.(*redis.ClusterClient); ok {
		b.ok(c.ForEachMaster(b.Context(), func(ctx context.Context, node *redis.Client) error {
			return node.FlushDB(ctx).Err()
		}))
	} else {
		b.ok(b.client.FlushDB(b.Context()).Err())
	}
	b.store = b.open()
}
