package redis

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/bot/redis/redistest"
	"github.com/staffroom-bot/staffroom/scheduler"
)

func TestMain(m *testing.M) { redistest.Main(m) }

const (
	home  = bot.CommunityID("01home")
	lease = 10 * time.Second
)

var noon = time.Date(2026, 3, 8, 12, 0, 0, 0, time.UTC)

// bench is a store on one of the engines.
type bench struct {
	*testing.T
	client redis.UniversalClient
	clock  *scheduler.ManualClock // nil: the engine's own time counts
	store  *Store
	calls  *calls
}

// each runs a test on every engine, by the engine's own time.
func each(t *testing.T, test func(*bench)) {
	t.Helper()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) { test(newBench(t, client, nil)) })
}

// eachAtNoon runs a test on every engine, by a manual clock.
func eachAtNoon(t *testing.T, test func(*bench)) {
	t.Helper()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		test(newBench(t, client, scheduler.NewManualClock(noon)))
	})
}

func newBench(t *testing.T, client redis.UniversalClient, clock *scheduler.ManualClock) *bench {
	t.Helper()
	b := &bench{T: t, client: client, clock: clock, calls: newCalls()}
	client.AddHook(b.calls)
	b.store = b.open()
	return b
}

// open returns one more store, as another process has it.
func (b *bench) open() *Store {
	b.Helper()
	var clock scheduler.Clock
	if b.clock != nil {
		clock = b.clock
	}
	s, err := Open(b.Context(), b.client, clock)
	b.ok(err)
	return s
}

func (b *bench) ok(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// after moves the manual clock to d after noon.
func (b *bench) after(d time.Duration) { b.clock.Set(noon.Add(d)) }

// effects stores effects without a record.
func (b *bench) effects(c bot.CommunityID, e outbox.Effects) {
	b.Helper()
	_, err := b.store.advance(b.Context(), change{community: c, Effects: e})
	b.ok(err)
}

// schedule stores jobs of the community "home" that are due so long after noon.
func (b *bench) schedule(jobs map[string]time.Duration) {
	b.Helper()
	var e outbox.Effects
	for id, in := range jobs {
		e.Jobs = append(e.Jobs, job(home, id, noon.Add(in)))
	}
	b.effects(home, e)
}

func job(c bot.CommunityID, id string, due time.Time) scheduler.Job {
	return scheduler.Job{Group: string(c), ID: id, Kind: "kind", Due: due, Payload: []byte(`{"of":1}`)}
}

func (b *bench) claim(limit int) []scheduler.Claimed {
	b.Helper()
	jobs, err := b.store.Claim(b.Context(), limit, lease)
	b.ok(err)
	return jobs
}

// claimOne claims one job, which must be there.
func (b *bench) claimOne() scheduler.Claimed {
	b.Helper()
	jobs := b.claim(1)
	if len(jobs) != 1 {
		b.Fatalf("claimed %v, want one job", jobs)
	}
	return jobs[0]
}

// wantClaimed claims up to ten jobs, which must have these IDs in this order.
func (b *bench) wantClaimed(ids ...string) []scheduler.Claimed {
	b.Helper()
	jobs := b.claim(10)
	var got []string
	for _, j := range jobs {
		got = append(got, j.ID)
	}
	if !slices.Equal(got, ids) {
		b.Errorf("claimed %q, want %q", got, ids)
	}
	return jobs
}

func (b *bench) wantNextDue(want time.Duration) {
	b.Helper()
	next, ok, err := b.store.NextDue(b.Context())
	b.ok(err)
	if !ok || !next.Equal(noon.Add(want)) {
		b.Errorf("next due at noon%+v, %t; want at noon%+v", next.Sub(noon), ok, want)
	}
}

// everyDeath lets the program die at one command after the other, before and after it is
// carried out, until it lives to the end, which takes at most so many: at every command on
// the real server alone. The others run the same scripts, and the one in this process takes
// ten times as long, so there it is some of them.
func (b *bench) everyDeath(most int, live func(n int, late bool) (died bool)) {
	b.Helper()
	step := 7
	if strings.HasSuffix(b.Name(), "/real") {
		step = 1
	}
	for _, late := range []bool{false, true} {
		for n, died := 1, true; died; n += step {
			died = live(n, late)
			if b.Failed() {
				b.Fatalf("it died at command %d, after it was carried out: %t", n, late)
			}
			if n > most {
				b.Fatal("it has no end")
			}
		}
	}
}

// keys gives the names of all keys, sorted.
func (b *bench) keys() []string {
	b.Helper()
	var mu sync.Mutex
	var names []string
	list := func(ctx context.Context, node redis.Cmdable) error {
		found, err := node.Keys(ctx, "*").Result()
		mu.Lock()
		defer mu.Unlock()
		names = append(names, found...)
		return err
	}
	if c, ok := b.client.(*redis.ClusterClient); ok {
		b.ok(c.ForEachMaster(b.Context(), func(ctx context.Context, node *redis.Client) error { return list(ctx, node) }))
	} else {
		b.ok(list(b.Context(), b.client))
	}
	slices.Sort(names)
	return names
}

// calls is a hook that writes down each command sent, and can let the client die at
// one of them.
type calls struct {
	redistest.Mortal
	mu   sync.Mutex
	sent []string // a script's name, or the command's
}

func newCalls() *calls {
	c := &calls{}
	c.Before = c.note
	return c
}

// note writes a command down.
func (c *calls) note(cmd redis.Cmder, pipeline bool) {
	name := "pipeline"
	if !pipeline {
		name = cmp.Or(scriptName(cmd), cmd.Name())
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sent = append(c.sent, name)
}

// take gives what was sent since the last take.
func (c *calls) take() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	sent := c.sent
	c.sent = nil
	return sent
}
