package outbox_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// budget answers as it is told, and yes when it is told nothing.
type budget struct {
	answers []answer
	asked   []outbox.Turn
	held    []hold
}

type answer struct {
	wait time.Duration
	ok   bool
	err  error
}

type hold struct {
	place   string
	d       time.Duration
	overall bool
}

func (b *budget) Take(_ context.Context, t outbox.Turn) (time.Duration, bool, error) {
	b.asked = append(b.asked, t)
	if len(b.answers) == 0 {
		return 0, true, nil
	}
	a := b.answers[0]
	b.answers = b.answers[1:]
	return a.wait, a.ok, a.err
}

func (b *budget) Hold(_ context.Context, t outbox.Turn, d time.Duration, overall bool) error {
	b.held = append(b.held, hold{t.Place, d, overall})
	return nil
}

// paced is a platform that takes a message a second in a channel.
type paced struct {
	*bottest.Adapter
	threads bool
}

func (p paced) Pace() bot.Pace {
	return bot.Pace{Channel: bot.Rate{Most: 1, Per: time.Second}, Threads: p.threads}
}

// budgeted runs a test in a bubble, with a sender that keeps to a budget.
func budgeted(t *testing.T, test func(*desk, *budget)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		d, b := newDesk(t), &budget{}
		d.options.Budget = b
		d.over(paced{Adapter: d.platform})
		test(d, b)
	})
}

// wantFirst says how the lane's first item stands.
func (d *desk) wantFirst(key bot.DeliveryKey, tries int, doubt bool) {
	d.t.Helper()
	first := d.lanes.items[lane][0]
	if first.Post.Key != key || first.tries != tries || first.doubt != doubt {
		d.t.Errorf("first is %s after %d tries, in doubt: %t; want %s, %d, %t", first.Post.Key, first.tries, first.doubt, key, tries, doubt)
	}
}

func TestEachPostIsAskedFor(t *testing.T) {
	budgeted(t, func(d *desk, b *budget) {
		late := post("late")
		late.NotAfter = noon.Add(-time.Second)
		d.lanes.queue(post("a"), late, post("b"))
		d.wantSettled(d.drain(lane), "complete")
		d.wantStanding("a", "b")
		if len(b.asked) != 2 {
			t.Errorf("it asked %d times for two posts", len(b.asked))
		}
	})
}

func TestAPlatformWithoutAPaceIsNotHeldUp(t *testing.T) {
	budgeted(t, func(d *desk, b *budget) {
		d.over(d.platform)
		d.lanes.queue(post("a"))
		d.wantSettled(d.drain(lane), "complete")
		if len(b.asked) > 0 {
			t.Error("it asked")
		}
	})
}

func TestALongWaitGivesTheWorkerBack(t *testing.T) {
	budgeted(t, func(d *desk, b *budget) {
		d.lanes.queue(post("a"), post("b"))
		b.answers = []answer{{ok: true}, {wait: 2 * time.Second}}
		begun := time.Now()
		d.wantSettled(d.drain(lane), "after 2s")
		if took := time.Since(begun); took > 0 {
			t.Errorf("the worker was kept for %s", took)
		}
		d.wantStanding("a")
		d.wantFirst("b", 0, false)
		d.wantSettled(d.drain(lane), "complete")
		d.wantStanding("a", "b")
	})
}

func TestAShortWaitIsWaitedFor(t *testing.T) {
	budgeted(t, func(d *desk, b *budget) {
		d.lanes.queue(post("a"))
		b.answers = []answer{{wait: 100 * time.Millisecond}, {wait: 30 * time.Millisecond, ok: true}}
		begun := time.Now()
		d.platform.Intercept(func(context.Context, bot.Post) error {
			if took := time.Since(begun); took != 130*time.Millisecond {
				t.Errorf("it was sent after %s", took)
			}
			return nil
		})
		d.wantSettled(d.drain(lane), "complete")
		d.wantStanding("a")
		if len(b.asked) != 2 {
			t.Errorf("it asked %d times", len(b.asked))
		}
	})
}

func TestShortWaitsDoNotAddUp(t *testing.T) {
	budgeted(t, func(d *desk, b *budget) {
		d.lanes.queue(post("a"))
		for range 10 {
			b.answers = append(b.answers, answer{wait: 100 * time.Millisecond})
		}
		d.wantSettled(d.drain(lane), "after 100ms")
		if len(b.asked) != 3 {
			t.Errorf("it asked %d times", len(b.asked))
		}
		d.wantFirst("a", 0, false)
	})
}

// While it waits, nobody can take the post for sent.
func TestStoppingWhileItWaits(t *testing.T) {
	for name, first := range map[string]answer{
		"to be sent":   {wait: 40 * time.Millisecond, ok: true},
		"to ask again": {wait: 40 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			budgeted(t, func(d *desk, b *budget) {
				d.lanes.queue(post("a"))
				b.answers = []answer{first}
				ctx, stop := context.WithTimeout(d.t.Context(), 20*time.Millisecond)
				defer stop()
				d.wantSettled(d.drainUntil(ctx, lane), "after 0s")
				d.wantStanding()
				d.wantFirst("a", 0, false)
			})
		})
	}
}

func TestDoubtIsKeptWhileItWaits(t *testing.T) {
	budgeted(t, func(d *desk, b *budget) {
		d.lanes.queue(post("a"))
		d.platform.FailSend(true, errors.New("EOF"))
		d.wantSettled(d.drain(lane), "after 250ms")
		b.answers = []answer{{wait: time.Minute}}
		d.wantSettled(d.drain(lane), "after 1m0s")
		d.wantFirst("a", 1, true)
		d.wantSettled(d.drain(lane), "complete")
		d.wantStanding("a")
	})
}

func TestARefusalIsToldToAll(t *testing.T) {
	for name, overall := range map[string]bool{"in the channel": false, "everywhere": true} {
		t.Run(name, func(t *testing.T) {
			budgeted(t, func(d *desk, b *budget) {
				d.lanes.queue(post("a"))
				d.platform.FailSend(false, &bot.Error{Code: bot.RateLimited, After: 7 * time.Second, Overall: overall})
				d.wantSettled(d.drain(lane), "after 7s")
				if want := (hold{"lobby", 7 * time.Second, overall}); len(b.held) != 1 || b.held[0] != want {
					t.Errorf("held: %v, want %v", b.held, want)
				}
			})
		})
	}
}

func TestABudgetThatCannotBeReached(t *testing.T) {
	budgeted(t, func(d *desk, b *budget) {
		d.lanes.queue(post("a"))
		b.answers = []answer{{err: &bot.Error{Code: bot.Unavailable}}}
		d.wantSettled(d.drain(lane), "after 1s")
		d.wantStanding()
		d.wantFirst("a", 0, false)
	})
}

func TestWhoseBudgetAPostTakes(t *testing.T) {
	ana := bottest.Account("ana")
	inThread := post("a")
	inThread.Post.Channel.Thread = "5"
	direct := post("a")
	direct.Post.Direct = &ana
	cases := map[string]struct {
		item    outbox.Item
		threads bool
		place   string
	}{
		"a channel's":                         {post("a"), false, "lobby"},
		"a channel's, from a thread":          {inThread, false, "lobby"},
		"a thread's":                          {inThread, true, "5"},
		"a channel's where threads have them": {post("a"), true, "lobby"},
		"a person's":                          {direct, true, "@ana"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			budgeted(t, func(d *desk, b *budget) {
				d.over(paced{d.platform, c.threads})
				d.lanes.queue(c.item)
				d.wantSettled(d.drain(c.item.Lane()), "complete")
				want := outbox.Turn{
					Connection: bottest.Connection, Place: c.place, Lane: c.item.Lane(), Class: outbox.Live,
					// A fiftieth more than the platform's second.
					Pace: bot.Pace{Channel: bot.Rate{Most: 1, Per: 1020 * time.Millisecond}, Threads: c.threads},
				}
				if len(b.asked) != 1 || b.asked[0] != want {
					t.Errorf("it asked %+v, want %+v", b.asked, want)
				}
			})
		})
	}
}
