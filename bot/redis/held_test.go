package redis

import (
	"slices"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// unasked is a direct message to ana that she has not asked for.
func unasked(key bot.DeliveryKey) outbox.Item {
	i := direct(ana, key)
	i.Unasked = &outbox.Unasked{Zone: "America/Chicago", Language: "en", Less: "/less"}
	return i
}

func (b *bench) held(want ...bot.DeliveryKey) outbox.Held {
	b.Helper()
	h, err := b.store.Held(b.Context(), string(home), unasked("").Lane(), 10)
	b.ok(err)
	var got []bot.DeliveryKey
	for _, w := range h.Waiting {
		got = append(got, w.Post.Key)
	}
	if !slices.Equal(got, want) || !h.Now.Equal(b.clock.Now()) {
		b.Errorf("held at %s: %q, want %q", h.Now, got, want)
	}
	return h
}

func TestWhatNobodyAskedForIsHeld(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		b.queue(unasked("a"), direct(ana, "asked"), unasked("b"))
		b.queue(unasked("a"))
		h := b.held("a", "b")
		if w := h.Waiting[0]; *w.Unasked != *unasked("").Unasked || len(h.Written) > 0 {
			t.Errorf("held is %+v, written to at %v", w, h.Written)
		}
		jobs := b.wantClaimed(outbox.JobID(direct(ana, "").Lane()), outbox.JobID(unasked("").Lane()))
		if len(jobs) == 2 && (jobs[0].Kind != outbox.JobKind || jobs[1].Kind != outbox.UnaskedJobKind) {
			t.Errorf("the jobs are %+v", jobs)
		}
		if more, err := b.store.Held(b.Context(), string(home), unasked("").Lane(), 1); err != nil || len(more.Waiting) != 1 {
			t.Errorf("at most one: %+v, %v", more.Waiting, err)
		}
	})
}

// What is kept of the reader comes with what is held for them.
func TestWhatIsHeldForAMemberWhoIsAway(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		b.queue(unasked("a"))
		if h := b.held("a"); h.Zone != "" || h.Away != (bot.Away{}) {
			t.Errorf("of nobody is known %q, %v", h.Zone, h.Away)
		}
		b.place(ana.Space, home)
		r, err := b.people().Member(b.Context(), home, ana, bot.Member{ID: "01ana"})
		b.ok(err)
		r.Zone, r.Away = "Asia/Tokyo", bot.Away{From: "2026-05-12", Until: "2026-05-14"}
		b.ok(b.people().SaveMember(b.Context(), r))
		if h := b.held("a"); h.Zone != r.Zone || h.Away != r.Away {
			t.Errorf("of ana is known %q, %v", h.Zone, h.Away)
		}
	})
}

func TestWhatIsLetOut(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		ctx := b.Context()
		b.queue(unasked("a"), unasked("late"), unasked("b"), unasked("c"))
		h := b.held("a", "late", "b", "c")
		post := direct(ana, "a")
		post.Post.Message.Text = bot.Plain("all of it")
		out := outbox.Outgoing{
			Expired: h.Waiting[1:2],
			Sent:    []outbox.Waiting{h.Waiting[0], h.Waiting[2]},
			Post:    &post,
			Written: []time.Time{noon, noon.Add(-24 * time.Hour)},
		}
		b.ok(b.store.LetOut(ctx, string(home), unasked("").Lane(), out))
		h = b.held("c")
		if !slices.Equal(h.Written, out.Written) {
			t.Errorf("written to at %v", h.Written)
		}
		if err := b.store.LetOut(ctx, string(home), unasked("").Lane(), out); bot.CodeOf(err) != bot.Conflict {
			t.Errorf("let out twice: %v", err)
		}
		b.held("c")

		a, ok, err := b.store.Begin(ctx, string(home), post.Lane())
		b.ok(err)
		b.wantHead(a, ok, "a")
		if a.Post.Message.Text.String() != "all of it" || a.Unasked != nil {
			t.Errorf("it is %+v", a.Item)
		}
		_, ok, err = b.store.End(ctx, string(home), post.Lane(), a, sentAs("1"))
		b.ok(err)
		b.wantHead(outbox.Attempt{}, ok, "")
		// None of them comes again, and none that is part of another can be changed.
		change := direct(ana, "b")
		change.Update = true
		b.queue(unasked("a"), unasked("b"), unasked("late"), change)
		b.held("c")
		_, ok, err = b.store.Begin(ctx, string(home), post.Lane())
		b.ok(err)
		b.wantHead(outbox.Attempt{}, ok, "")
	})
}

func TestWhatIsHeldIsNotChanged(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		change := direct(ana, "a")
		change.Update = true
		b.queue(unasked("a"), change, direct(ana, "next"))
		a, ok, err := b.store.Begin(b.Context(), string(home), change.Lane())
		b.ok(err)
		b.wantHead(a, ok, "next")
		b.held("a")
	})
}

func TestCallsOfWhatIsHeld(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		b.queue(unasked("a"), unasked("b"))
		b.ok(b.store.LetOut(b.Context(), string(home), unasked("").Lane(), outbox.Outgoing{Expired: b.held("a", "b").Waiting[:1]})) // loads the scripts
		b.calls.take()
		h := b.held("b")
		post := direct(ana, "b")
		b.ok(b.store.LetOut(b.Context(), string(home), unasked("").Lane(), outbox.Outgoing{Sent: h.Waiting, Post: &post}))
		if got, want := b.calls.take(), []string{"held", "due_hint", "let_out", "due_hint"}; !slices.Equal(got, want) {
			t.Errorf("it sent %q, want %q", got, want)
		}
	})
}
