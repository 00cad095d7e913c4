package discussion_test

import (
	"fmt"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/discussion"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/bot/redis"
	"github.com/staffroom-bot/staffroom/bot/redis/redistest"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// each is what a thousand messages cost.
type each struct {
	calls  int64 // of the store
	allocs uint64
	bytes  uint64
	time   time.Duration
}

// assemble lets people write messages in two places that show each other what is said,
// in an hour, and gives what each thousand cost: filing alone, and with what brings it to
// the other place.
func assemble(t testing.TB, people, messages int) (filing, whole []each) {
	t.Helper()
	start := eight
	clock := scheduler.NewManualClock(start)
	client, calls := redistest.InProcess(t), &atomic.Int64{}
	redis.Watch(client, func(_ string, done bool) {
		if done {
			calls.Add(1)
		}
	})
	opened, err := redis.Open(t.Context(), client, clock)
	if err != nil {
		t.Fatal(err)
	}
	store := redis.Discussions{Store: opened}
	d := &discussion.Discussion{
		ID: "d1", Community: school, State: discussion.Asking, Base: start, Opened: start, Script: script(),
		Channel: north, Alongside: []discussion.Place{{Channel: south, Name: "the south"}}, Relaying: []int{0, 1},
		Asked: 2, AskedAt: []time.Time{start, start},
	}
	if err := store.Advance(t.Context(), d, outbox.Effects{}); err != nil {
		t.Fatal(err)
	}
	wants := &choices{on: []bot.SpaceID{north.Space, south.Space}, agreed: map[bot.MemberID]time.Time{}}
	for n := range people {
		if n%4 > 0 {
			wants.agreed[bot.MemberID(fmt.Sprint("u", n))] = start.Add(-time.Hour)
		}
	}
	service := discussion.New(store, crowd{}, nil, bottest.Words{}, clock)
	service.CarryOver(store, wants)
	runner := scheduler.NewRunner(store, scheduler.Options{})
	runner.Handle(discussion.RelayJobKind, service.Relay)
	sender := outbox.NewSender(store, bot.NewSwitchboard(bottest.NewAdapter("north", clock.Now), bottest.NewAdapter("south", clock.Now)), outbox.Options{Budget: store})
	runner.Handle(outbox.JobKind, sender.Drain)

	meter := func() each {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return each{calls.Load(), m.Mallocs, m.TotalAlloc, time.Duration(time.Now().UnixNano())}
	}
	since := func(from each) each {
		now := meter()
		return each{now.calls - from.calls, now.allocs - from.allocs, now.bytes - from.bytes, now.time - from.time}
	}
	const burst = 25 // between two looks at what is due
	for k := range messages / 1000 {
		var heard each
		begun := meter()
		for b := range 1000 / burst {
			at := meter()
			for i := range burst {
				n := k*1000 + b*burst + i
				place := d.Places()[n%2]
				id, to, text := fmt.Sprint("m", n), "", fmt.Sprintf("A%d I start with picture %d of it", n/2%2+1, n)
				if n%3 == 2 && n > 100 {
					to, text = fmt.Sprint("m", (n-20)/2*2+n%2), fmt.Sprintf("That happened to us as well, said %d", n)
				}
				ev := posted(d, fmt.Sprint("u", n%people), id, to, text, clock.Now())
				ev.Account.Space, ev.Message.Channel = place.Channel.Space, place.Channel
				if err := service.Hear(t.Context(), ev); err != nil {
					t.Fatal(err)
				}
			}
			cost := since(at)
			heard = each{heard.calls + cost.calls, heard.allocs + cost.allocs, heard.bytes + cost.bytes, heard.time + cost.time}
			if err := clock.RunUntil(t.Context(), runner, clock.Now().Add(time.Hour*burst/time.Duration(messages))); err != nil {
				t.Fatal(err)
			}
		}
		filing, whole = append(filing, heard), append(whole, since(begun))
	}
	entries, err := store.Entries(t.Context(), d.Community, d.ID)
	if err != nil || len(entries) != messages {
		t.Fatalf("%d messages were kept, %v", len(entries), err)
	}
	r, err := store.Relayed(t.Context(), d)
	if err != nil || slices.Min(r.Posts) == 0 {
		t.Fatalf("in the places stand %v posts, %v", r.Posts, err)
	}
	t.Logf("carried in %v posts", r.Posts)
	return filing, whole
}

// What a message costs does not depend on how many came before it. In the first thousand
// everybody is asked whether what they say may travel; the others are compared with the
// second too, in which nobody is. Time is measured by the benchmark.
func TestTheLastThousandCostsWhatTheFirstDid(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	filing, whole := assemble(t, 500, 5000)
	for what, costs := range map[string][]each{"filing": filing, "with relaying": whole} {
		last := costs[len(costs)-1]
		for n, first := range costs[:2] {
			t.Logf("%s, a message of thousand %d and of the last: calls %.2f and %.2f, allocations %d and %d, bytes %d and %d", what, n+1,
				float64(first.calls)/1000, float64(last.calls)/1000, first.allocs/1000, last.allocs/1000, first.bytes/1000, last.bytes/1000)
			const most = 1.5
			if float64(last.calls) > most*float64(first.calls) || float64(last.allocs) > most*float64(first.allocs) || float64(last.bytes) > most*float64(first.bytes) {
				t.Errorf("%s: the last thousand cost %+v, thousand %d %+v", what, last, n+1, first)
			}
		}
	}
	if calls := filing[len(filing)-1].calls; calls != 1000 {
		t.Errorf("filing the last thousand took %d calls of the store", calls)
	}
}

// BenchmarkAnAssembly plays an hour of two thousand people and twenty thousand messages.
// It measures time too, which a busy machine disturbs: how long a message of the last
// thousand takes for one of the third, in which nobody new is asked any more.
func BenchmarkAnAssembly(b *testing.B) {
	for b.Loop() {
		filing, whole := assemble(b, 2000, 20000)
		last := len(filing) - 1
		b.ReportMetric(float64(filing[last].time)/float64(filing[2].time), "last/third-filing")
		b.ReportMetric(float64(whole[last].time)/float64(whole[2].time), "last/third-whole")
		b.ReportMetric(float64(filing[last].time)/1000, "ns/filing")
		b.ReportMetric(float64(filing[last].bytes)/float64(filing[2].bytes), "last/third-bytes")
	}
}
