package redis

import (
	"testing"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/discussion"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// relaying is a discussion in two places that both take part in relaying.
func (b *bench) relaying(id string) *discussion.Discussion {
	d := alongside(id, discussion.Open)
	d.Relaying = []int{0, 1}
	b.save(&d)
	return &d
}

// relaysLife is all that is kept of what is carried to other places.
func (b *bench) relaysLife() {
	b.Helper()
	ctx, d := b.Context(), b.relaying("dr")
	running, err := b.client.HGet(ctx, key(home, liveChannels), scichat.Root().String()).Result()
	b.ok(err)
	filed, err := b.chats().File(ctx, discussion.Filing{Discussion: d, Running: running, Entry: entry("m1", "A1"), Carried: true})
	b.ok(err)
	if filed != discussion.FiledNew {
		b.Errorf("filed is %q", filed)
	}
	b.ok(b.chats().LookAgain(ctx, d, []string{"m1"}))
	r, err := b.chats().Relayed(ctx, d)
	b.ok(err)
	r.Heard, r.Posts = []int{0, 1}, []int{0, 1}
	b.ok(b.chats().Relay(ctx, d, r, []discussion.RelayedPost{{Place: 1, Number: 1, Entries: []string{"m1"}, Print: "x"}}, nil, outbox.Effects{}))
	if err := b.chats().Relay(ctx, d, r, nil, nil, outbox.Effects{}); bot.CodeOf(err) != bot.Conflict {
		b.Errorf("stored from an old version: %v", err)
	}
}

func TestWhatIsToBeCarriedIsKeptWithItsFilingInOneCall(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		d := b.relaying("dr")
		file := func(e discussion.Entry, carried bool) {
			t.Helper()
			_, err := b.chats().File(b.Context(), discussion.Filing{Discussion: d, Running: d.ID, Entry: e, Carried: carried})
			b.ok(err)
		}
		file(entry("m0", "A1"), true) // a node of a Cluster may be new to the script
		b.calls.take()
		file(entry("m1", "A1"), true)
		if calls := b.calls.take(); len(calls) != 1 {
			t.Errorf("filing took %q", calls)
		}
		file(entry("m1", "A1"), true) // delivered again
		file(entry("m2", "Hello"), false)
		unheard, waiting, err := b.chats().Unheard(b.Context(), d, discussion.Relayed{Heard: []int{1, 0}, Posts: []int{0, 0}}, 10)
		b.ok(err)
		if len(unheard) != 2 || len(unheard[0]) != 1 || unheard[0][0] != "m1" || len(unheard[1]) != 2 || waiting[0] || waiting[1] {
			t.Errorf("unheard are %q, waiting %v", unheard, waiting)
		}
	})
}

// early is a change of a post that may not have been sent yet.
func early(key bot.DeliveryKey, text string, what outbox.Early) outbox.Item {
	i := post(key)
	i.Post.Message.Text, i.Update, i.Early = bot.Plain(text), true, what
	return i
}

func TestAChangeCanReachAPostBeforeItIsSent(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		lane := post("1").Lane()
		begin := func() (outbox.Attempt, bool) {
			t.Helper()
			a, ok, err := b.store.Begin(b.Context(), string(home), lane)
			b.ok(err)
			return a, ok
		}
		b.queue(post("1"), post("2"), post("3"))
		b.queue(early("1", "", outbox.Withdrawn), early("2", "better", outbox.Rewritten))
		a, ok := begin()
		b.wantHead(a, ok, "2")
		if got := a.Post.Message.Text.String(); got != "better" || a.Update || a.Early != "" {
			t.Errorf("sent is %q, update %t, early %q", got, a.Update, a.Early)
		}
		// It is being sent: what comes now is a change of it.
		b.queue(early("2", "gone", outbox.Withdrawn))
		next, ok, err := b.store.End(b.Context(), string(home), lane, a, sentAs("2"))
		b.ok(err)
		b.wantHead(next, ok, "3")
		next, ok, err = b.store.End(b.Context(), string(home), lane, next, sentAs("3"))
		b.ok(err)
		if !ok || !next.Update || next.Post.Message.Text.String() != "gone" {
			t.Errorf("then comes %+v, %t", next.Item, ok)
		}
		if _, ok, err = b.store.End(b.Context(), string(home), lane, next, sentAs("2")); ok || err != nil {
			t.Errorf("something is left, %v", err)
		}
		// One that was tried and not sent is as good as one that was not.
		b.queue(post("4"))
		a, _ = begin()
		b.pause(a, false)
		b.queue(early("4", "", outbox.Withdrawn))
		if a, ok = begin(); ok {
			t.Errorf("%s is sent", a.Post.Key)
		}
		// One that may have been sent is looked for, and then changed.
		b.queue(post("5"))
		a, _ = begin()
		b.pause(a, true)
		b.queue(early("5", "gone", outbox.Withdrawn))
		a, ok = begin()
		b.wantHead(a, ok, "5")
	})
}
