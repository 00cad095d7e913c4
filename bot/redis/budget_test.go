package redis

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// turn asks for a lane of its own in a channel, where one message a second is
// allowed, and ten a second in all.
func turn(place string, class outbox.Class) outbox.Turn {
	return outbox.Turn{
		Connection: "test", Place: place, Lane: string(class) + ":" + place, Class: class,
		Pace: bot.Pace{Channel: bot.Rate{Most: 1, Per: time.Second}, Overall: bot.Rate{Most: 10, Per: time.Second}},
	}
}

// take asks and gives how long to wait, to be sent or to ask again.
func (b *bench) take(s *Store, t outbox.Turn) (wait time.Duration, ok bool) {
	b.Helper()
	wait, ok, err := s.Take(b.Context(), t)
	b.ok(err)
	return wait, ok
}

func (b *bench) wantTaken(s *Store, t outbox.Turn) {
	b.Helper()
	if wait, ok := b.take(s, t); !ok || wait > 0 {
		b.Errorf("%s may not send now: %t, after %s", t.Lane, ok, wait)
	}
}

// wantPutOff wants the lane to be told to ask again after d, or a little earlier.
func (b *bench) wantPutOff(s *Store, t outbox.Turn, d time.Duration) {
	b.Helper()
	if wait, ok := b.take(s, t); ok || wait > d || wait < d-50*time.Millisecond {
		b.Errorf("%s may send: %t, after %s; want to be told to ask again after %s", t.Lane, ok, wait, d)
	}
}

func TestReplicasShareABudget(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		other := b.open()
		b.wantTaken(b.store, turn("a", outbox.Bulk))
		b.wantPutOff(other, turn("a", outbox.Bulk), time.Second)
		for _, place := range strings.Split("bcdefghi", "") {
			b.wantTaken(other, turn(place, outbox.Bulk))
		}
		// Nine were sent; the tenth of the second is kept for live.
		b.wantPutOff(b.store, turn("j", outbox.Bulk), time.Second)
		b.wantTaken(b.store, turn("j", outbox.Live))
		b.wantPutOff(other, turn("k", outbox.Live), time.Second)
		b.after(time.Second)
		b.wantTaken(other, turn("k", outbox.Live))
	})
}

// Whatever lanes ask whenever they like, no period has more than its share.
func TestNoPeriodHasMoreThanItsShare(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		const seed = 1
		random := rand.New(rand.NewPCG(seed, seed))
		stores := []*Store{b.store, b.open()}
		pace := bot.Pace{
			Channel: bot.Rate{Most: 2, Per: 700 * time.Millisecond},
			Overall: bot.Rate{Most: 24, Per: time.Second},
			Updates: bot.Rate{Most: 5, Per: time.Second},
		}
		sent := map[string][]time.Duration{}
		now := time.Duration(0)
		for range 3000 {
			now += time.Duration(random.IntN(12)) * time.Millisecond
			b.after(now)
			at := turn(strconv.Itoa(random.IntN(20)), []outbox.Class{outbox.Live, outbox.Bulk}[random.IntN(2)])
			at.Pace, at.Update = pace, random.IntN(4) == 0
			at.Thread = !at.Update && random.IntN(4) == 0
			wait, ok := b.take(stores[random.IntN(2)], at)
			if !ok {
				continue
			}
			sent["in "+at.Place] = append(sent["in "+at.Place], now+wait)
			sent["overall"] = append(sent["overall"], now+wait)
			if at.Thread {
				sent["overall"] = append(sent["overall"], now+wait)
			}
			if at.Update {
				sent["updates"] = append(sent["updates"], now+wait)
			}
		}
		for name, times := range sent {
			limit := pace.Channel
			switch name {
			case "overall":
				limit = pace.Overall
			case "updates":
				limit = pace.Updates
			}
			slices.Sort(times)
			for i := limit.Most; i < len(times); i++ {
				if apart := times[i] - times[i-limit.Most]; apart < limit.Per {
					t.Errorf("%s: %d messages within %s, at %s", name, limit.Most+1, apart, times[i])
				}
			}
		}
		if n := len(sent["overall"]); n < 100 {
			t.Errorf("%d messages were sent", n)
		}
	})
}

// A thread counts for the connection, not for its channel.
func TestAThreadIsOneMoreCall(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		threaded := func(place string) outbox.Turn {
			t := turn(place, outbox.Bulk)
			t.Thread, t.Pace.Channel.Most = true, 3
			return t
		}
		for _, place := range strings.Split("aabb", "") {
			b.wantTaken(b.store, threaded(place))
		}
		// Eight calls were made, and the tenth of the second is kept for live.
		b.wantPutOff(b.store, threaded("c"), time.Second)
		b.wantTaken(b.store, turn("d", outbox.Bulk))
		b.after(time.Second)
		b.wantTaken(b.store, threaded("c"))
	})
}

// Each lane that waits asks once more, when it is its turn.
func TestLanesTakeTurns(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		const lanes = 40
		type asking struct {
			turn outbox.Turn
			at   time.Duration
		}
		var waiting []asking
		for i := range lanes {
			waiting = append(waiting, asking{turn: turn("c"+strconv.Itoa(i), outbox.Relay)})
		}
		var order []string
		asked, now := 0, time.Duration(0)
		for len(waiting) > 0 {
			slices.SortStableFunc(waiting, func(a, b asking) int { return int(a.at - b.at) })
			first := waiting[0]
			waiting = waiting[1:]
			now = max(now, first.at)
			b.after(now)
			wait, ok := b.take(b.store, first.turn)
			if asked++; ok {
				order = append(order, first.turn.Place)
				continue
			}
			first.at = now + wait
			waiting = append(waiting, first)
		}
		for i, place := range order {
			// Those who are due within a tenth of a second may change places.
			if n, _ := strconv.Atoi(place[1:]); max(i-n, n-i) > 1 {
				t.Errorf("%s is number %d in %q", place, i, order)
			}
		}
		if asked > 5*lanes/2 {
			t.Errorf("%d lanes asked %d times", lanes, asked)
		}
		// Nine a second, since nothing was live.
		if least := 4 * time.Second; now < least || now > least+least/10 {
			t.Errorf("it took %s", now)
		}
	})
}

func TestLiveGoesBeforeWhatWaits(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		bulk, live := turn("a", outbox.Bulk), turn("a", outbox.Live)
		b.wantTaken(b.store, turn("a", outbox.Relay))
		b.wantPutOff(b.store, bulk, time.Second)
		b.wantPutOff(b.store, live, time.Second)
		b.after(time.Second)
		b.wantPutOff(b.store, bulk, time.Second)
		b.wantTaken(b.store, live)
		b.after(2 * time.Second)
		b.wantTaken(b.store, bulk)
	})
}

// What waits for its channel stands in nobody's way elsewhere.
func TestAFullChannelHoldsUpNoOther(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		b.wantTaken(b.store, turn("a", outbox.Bulk))
		for _, class := range []outbox.Class{"1", "2", "3", "4", "5", "6", "7", "8", "9"} {
			wait, ok := b.take(b.store, turn("a", class))
			if ok || wait < 900*time.Millisecond {
				t.Errorf("lane %s may send: %t, after %s", class, ok, wait)
			}
		}
		b.wantTaken(b.store, turn("b", outbox.Bulk))
	})
}

func TestALaneThatDoesNotComeIsNotWaitedForLong(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		b.wantTaken(b.store, turn("a", outbox.Relay))
		b.wantPutOff(b.store, turn("a", outbox.Live), time.Second) // its worker dies
		for at := time.Second; at <= 7*time.Second; at += time.Second {
			b.after(at)
			if _, ok := b.take(b.store, turn("a", outbox.Bulk)); ok {
				return
			}
		}
		t.Error("it is still waited for after six seconds")
	})
}

func TestHold(t *testing.T) {
	const long = 30 * time.Second
	cases := map[string]struct {
		held    outbox.Turn
		overall bool
		waiting []outbox.Turn
		free    []outbox.Turn
	}{
		"a channel":      {turn("a", outbox.Bulk), false, []outbox.Turn{turn("a", outbox.Live), update("a")}, []outbox.Turn{turn("b", outbox.Live), update("c")}},
		"the connection": {turn("a", outbox.Bulk), true, []outbox.Turn{turn("a", outbox.Live), turn("b", outbox.Live), update("c")}, nil},
		"changes":        {update("a"), false, []outbox.Turn{update("a"), update("b")}, []outbox.Turn{turn("a", outbox.Live), turn("b", outbox.Live)}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			eachAtNoon(t, func(b *bench) {
				other := b.open()
				b.ok(b.store.Hold(b.Context(), c.held, long, c.overall))
				b.ok(b.store.Hold(b.Context(), c.held, time.Second, c.overall)) // ends no earlier for it
				for _, ask := range c.free {
					b.wantTaken(other, ask)
				}
				for _, at := range []time.Duration{0, long - time.Second} {
					b.after(at)
					for _, ask := range c.waiting {
						if wait, ok := b.take(other, ask); ok || at+wait < long-50*time.Millisecond {
							b.Errorf("%s may send at %s: %t, after %s", ask.Lane, at, ok, wait)
						}
					}
				}
				for i, ask := range c.waiting {
					b.after(long + 2*time.Duration(i)*time.Second)
					b.wantTaken(other, ask)
				}
			})
		})
	}
}

func update(place string) outbox.Turn {
	t := turn(place, outbox.Live)
	t.Lane += "/update"
	t.Update = true
	t.Pace.Updates = bot.Rate{Most: 2, Per: time.Second}
	return t
}

func TestWhoWasRefusedKeepsItsPlace(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		refused := turn("a", outbox.Bulk)
		b.wantTaken(b.store, refused)
		for i := range 40 {
			b.take(b.store, turn("c"+strconv.Itoa(i), outbox.Bulk))
		}
		b.ok(b.store.Hold(b.Context(), refused, time.Second, false))
		b.after(time.Second)
		b.wantTaken(b.store, refused)
	})
}

func TestWithoutALimitOnlyAHoldCounts(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		free := turn("a", outbox.Bulk)
		free.Pace = bot.Pace{}
		for range 20 {
			b.wantTaken(b.store, free)
		}
		b.ok(b.store.Hold(b.Context(), free, 5*time.Second, true))
		b.wantPutOff(b.store, free, 5*time.Second)
		b.after(5 * time.Second)
		b.wantTaken(b.store, free)
	})
}

// A connection's budget needs no tidying up, whatever its name.
func TestBudgetsLapse(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		for _, name := range []string{"slack-lincoln", "a}b", "{", "", "ä ö/ü"} {
			ask := update("a")
			ask.Connection = name
			b.wantTaken(b.store, ask)
			b.take(b.store, ask)
			b.ok(b.store.Hold(b.Context(), ask, time.Hour, true))
		}
		keys := 0
		for _, name := range b.keys() {
			if strings.HasPrefix(name, "sr:{b:") {
				keys++
				if lasts := b.client.PTTL(b.Context(), name).Val(); lasts <= 0 || lasts > 2*time.Hour {
					t.Errorf("%s lasts for %s", name, lasts)
				}
			}
		}
		if keys < 5*4 {
			t.Errorf("there are %d keys", keys)
		}
	})
}

func TestAskingIsOneCall(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		b.take(b.store, update("a")) // loads the script
		b.calls.take()
		b.take(b.store, update("a"))
		b.take(b.store, update("b"))
		if got, want := b.calls.take(), []string{"budget", "budget"}; !slices.Equal(got, want) {
			t.Errorf("it sent %q, want %q", got, want)
		}
	})
}
