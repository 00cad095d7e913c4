package redis

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
)

var (
	ana = bot.Account{Space: scichat.Space, User: "ana"}
	joe = bot.Account{Space: scichat.Space, User: "joe"}
)

func direct(to bot.Account, key bot.DeliveryKey) outbox.Item {
	i := post(key)
	i.Post.Direct = &to
	return i
}

// lose lets an item end without being sent.
func (b *bench) lose(i outbox.Item, outcome outbox.Outcome) {
	b.Helper()
	b.queue(i)
	a, ok, err := b.store.Begin(b.Context(), string(home), i.Lane())
	b.ok(err)
	b.wantHead(a, ok, i.Post.Key)
	_, ok, err = b.store.End(b.Context(), string(home), i.Lane(), a, outbox.Ending{Outcome: outcome, Cause: "because", Reason: bot.Gone})
	b.ok(err)
	b.wantHead(outbox.Attempt{}, ok, "")
}

func keysLost(items []outbox.Undelivered) string { return strings.Join(keysOf(items), " ") }

func (b *bench) unreported() (outbox.Reports, []outbox.Undelivered) {
	b.Helper()
	r, lost, err := b.store.Unreported(b.Context(), string(home), 10)
	b.ok(err)
	return r, lost
}

func TestWhatIsLostInAChannelIsReported(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		late := post("late")
		late.Post.Message.Text = bot.Plain("private")
		b.lose(post("a"), outbox.Failed)
		b.lose(post("b"), outbox.Uncertain)
		b.lose(late, outbox.Expired)
		b.lose(direct(ana, "dm"), outbox.Failed)
		b.after(10 * time.Second)
		due := slices.ContainsFunc(b.claim(10), func(c scheduler.Claimed) bool { return c.ID == outbox.ReportJobID && c.Kind == outbox.ReportJobKind })
		if !due {
			t.Error("nobody is told of it")
		}

		r, lost := b.unreported()
		if keysLost(lost) != "a b" || lost[0].Outcome != outbox.Failed || lost[0].Reason != bot.Gone || lost[1].Outcome != outbox.Uncertain {
			t.Fatalf("unreported: %+v", lost)
		}
		if got := b.client.HGet(b.Context(), key(home, "undelivered"), "late").Val(); strings.Contains(got, "private") || got == "" {
			t.Errorf("of what had expired is kept: %s", got)
		}
		r.At = map[string]time.Time{"lobby gone": noon}
		b.ok(b.store.Reported(b.Context(), string(home), r, lost, outbox.Effects{Posts: []outbox.Item{direct(joe, "report")}}))
		if err := b.store.Reported(b.Context(), string(home), r, lost, outbox.Effects{}); bot.CodeOf(err) != bot.Conflict {
			t.Errorf("reported twice: %v", err)
		}
		r, lost = b.unreported()
		if len(lost) > 0 || r.Version != 1 || !r.At["lobby gone"].Equal(noon) {
			t.Errorf("after the report: %+v, %+v", r, lost)
		}
	})
}

func TestWhoIsNotReachedIsTold(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		ctx := b.Context()
		for n := range 7 {
			b.lose(direct(ana, bot.DeliveryKey(fmt.Sprint("a", n))), outbox.Failed)
		}
		b.lose(direct(joe, "j"), outbox.Uncertain)
		b.lose(direct(joe, "expired"), outbox.Expired)
		missed, err := b.store.Unreached(ctx, home, ana)
		b.ok(err)
		if got := keysLost(missed); got != "a2 a3 a4 a5 a6" {
			t.Errorf("ana has missed %s", got)
		}
		b.lose(direct(ana, "a7"), outbox.Failed)
		b.ok(b.store.Reached(ctx, home, ana, missed))
		missed, err = b.store.Unreached(ctx, home, ana)
		b.ok(err)
		if got := keysLost(missed); got != "a7" {
			t.Errorf("then ana has missed %s", got)
		}
		missed, err = b.store.Unreached(ctx, home, joe)
		b.ok(err)
		if got := keysLost(missed); got != "j" {
			t.Errorf("joe has missed %s", got)
		}
		if _, lost := b.unreported(); len(lost) > 0 {
			t.Errorf("an organizer would hear of %s", keysLost(lost))
		}
	})
}

func TestSomethingUndeliveredIsFoundUntilItIsSettled(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		ctx := b.Context()
		b.lose(post("a"), outbox.Uncertain)
		_, lost := b.unreported()
		u, err := b.store.FindUndelivered(ctx, home, lost[0].ID)
		b.ok(err)
		if u.Item.Post.Key != "a" || u.Outcome != outbox.Uncertain || u.ID != lost[0].ID {
			t.Errorf("found %+v", u)
		}
		again := post("a+")
		again.Repeats = "a"
		for range 2 { // pressed twice
			b.ok(b.store.Settle(ctx, home, u, outbox.Effects{Posts: []outbox.Item{again}}))
		}
		if _, err := b.store.FindUndelivered(ctx, home, u.ID); bot.CodeOf(err) != bot.NotFound {
			t.Errorf("it is still there: %v", err)
		}
		b.end(b.begin("a+"), sentAs("1"), "")
		b.queue(post("a"))
		b.begin("")
	})
}

func TestWhatWasNotDeliveredIsForgottenInTime(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		const month = 30 * 24 * time.Hour
		kept := func() []string {
			names := b.client.HKeys(b.Context(), key(home, "undelivered")).Val()
			slices.Sort(names)
			for _, other := range []string{"undeliveredat", "unreported"} {
				if n := b.client.ZCard(b.Context(), key(home, other)).Val(); int(n) != len(names) {
					t.Errorf("%d entries, %d in %s", len(names), n, other)
				}
			}
			if n := b.client.HLen(b.Context(), key(home, "undeliveredid")).Val(); int(n) != len(names) {
				t.Errorf("%d entries, %d IDs", len(names), n)
			}
			return names
		}
		b.lose(post("1"), outbox.Failed)
		b.lose(post("2"), outbox.Uncertain)
		b.after(month - time.Millisecond)
		b.lose(post("3"), outbox.Failed)
		if got := kept(); len(got) != 3 {
			t.Errorf("just before a month has passed: %q", got)
		}
		b.after(month)
		b.lose(post("4"), outbox.Failed)
		if got, want := kept(), []string{"3", "4"}; !slices.Equal(got, want) {
			t.Errorf("after a month: %q, want %q", got, want)
		}
	})
}

func TestSoMuchIsKeptOfWhatWasNotDelivered(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		for n := range 503 {
			b.after(time.Duration(n) * time.Millisecond)
			b.lose(post(bot.DeliveryKey(fmt.Sprintf("%03d", n))), outbox.Failed)
		}
		for _, name := range []string{"undelivered", "undeliveredid"} {
			if n := b.client.HLen(b.Context(), key(home, name)).Val(); n != 500 {
				t.Errorf("%d %s", n, name)
			}
		}
		if first := b.client.ZRange(b.Context(), key(home, "undeliveredat"), 0, 0).Val(); !slices.Equal(first, []string{"003"}) {
			t.Errorf("the oldest is %q", first)
		}
	})
}

func TestErase(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		ctx := b.Context()
		held := direct(ana, "held")
		held.Unasked = &outbox.Unasked{Zone: "UTC", Language: "en"}
		bulk := direct(ana, "bulk")
		bulk.Class = outbox.Bulk
		change := direct(ana, "live")
		change.Update = true
		others := direct(joe, "joe's")
		b.lose(direct(ana, "lost"), outbox.Failed)
		b.lose(direct(joe, "joe's lost"), outbox.Failed)
		b.queue(direct(ana, "live"), change, bulk, held, others, post("channel"))
		sending, _, err := b.store.Begin(ctx, string(home), direct(ana, "").Lane())
		b.ok(err)
		b.ok(b.store.LetOut(ctx, string(home), held.Lane(), outbox.Outgoing{}))
		b.ok(b.store.Erase(ctx, home, ana))

		for _, name := range b.keys() {
			if strings.Contains(name, "sr:{c:") && !strings.HasSuffix(name, ":jobs") && !strings.HasSuffix(name, ":due") {
				if got := b.read(name); strings.Contains(got, "ana") {
					t.Errorf("%s: %s", name, got)
				}
			}
		}
		if _, ok, err := b.store.End(ctx, string(home), direct(ana, "").Lane(), sending, sentAs("1")); ok || err != nil {
			t.Errorf("the lane has more: %t, %v", ok, err)
		}
		a, ok, err := b.store.Begin(ctx, string(home), others.Lane())
		b.ok(err)
		b.wantHead(a, ok, "joe's")
		b.begin("channel")
		missed, err := b.store.Unreached(ctx, home, joe)
		b.ok(err)
		if keysLost(missed) != "joe's lost" {
			t.Errorf("joe has missed %s", keysLost(missed))
		}
	})
}

// postLife is the part of life that posts have.
func (b *bench) postLife() {
	b.Helper()
	ctx := b.Context()
	for _, class := range []outbox.Class{outbox.Live, outbox.Bulk, outbox.Live} {
		ask := update("lobby")
		ask.Class = class
		b.take(b.store, ask)
	}
	b.ok(b.store.Hold(ctx, turn("lobby", outbox.Bulk), time.Minute, false))

	b.lose(post("lost"), outbox.Failed)
	b.lose(direct(ana, "lost dm"), outbox.Failed)
	b.lose(direct(joe, "lost dm of joe's"), outbox.Failed)
	r, lost := b.unreported()
	b.ok(b.store.Reported(ctx, string(home), r, lost, outbox.Effects{}))
	b.lose(post("lost too"), outbox.Failed)
	b.queue(post("changed"))
	b.end(b.begin("changed"), sentAs("c"), "")
	b.queue(changeOf("changed", "1"))
	a := b.begin("changed")
	b.queue(changeOf("changed", "2"), changeOf("changed", "3"))
	b.queue(changeOf("never", "x"))
	b.end(b.end(a, sentAs("c"), "changed"), sentAs("c"), "")
	left := changeOf("changed", "4")
	left.Class = outbox.Bulk
	b.queue(left)

	b.queue(unasked("one"), unasked("two"), unasked("three"))
	h := b.held("one", "two", "three")
	out := direct(ana, "one")
	b.ok(b.store.Erase(ctx, home, joe))
	b.ok(Communities{b.store}.Unname(ctx, bot.Parting{Member: bot.Member{Community: home}}, []string{"hello"}, "somebody"))
	b.ok(b.store.LetOut(ctx, string(home), unasked("").Lane(), outbox.Outgoing{
		Expired: h.Waiting[1:2], Sent: h.Waiting[:1], Post: &out, Written: []time.Time{b.clock.Now()},
	}))
}
