package redis

import (
	"errors"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// changeOf changes the message of a post in the lobby.
func changeOf(key bot.DeliveryKey, text string) outbox.Item {
	c := post(key)
	c.Update = true
	c.Post.Message.Text = bot.Plain(text)
	return c
}

// wantChange wants an attempt to change the message of a post.
func (b *bench) wantChange(a outbox.Attempt, message, text string) {
	b.Helper()
	if !a.Update || a.Target != sentAs(message).Ref || a.Post.Message.Text.String() != text {
		b.Errorf("attempt to change %v to %q (%t), want message %s and %q", a.Target, a.Post.Message.Text, a.Update, message, text)
	}
}

func TestAChangeFollowsItsPost(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		b.queue(post("a"), changeOf("a", "better"), post("b"))
		a := b.end(b.begin("a"), sentAs("1"), "a")
		b.wantChange(a, "1", "better")
		a = b.end(a, sentAs("1"), "b")
		b.end(a, sentAs("2"), "")
		for _, name := range []string{"posts", "sending", "queue", "changes", "lanes"} {
			if got := b.read(key(home, name)); got != "" {
				t.Errorf("%s: %s", name, got)
			}
		}
		if n := b.client.HLen(b.Context(), key(home, "sent")).Val(); n != 2 {
			t.Errorf("%d posts are known as sent", n)
		}
		b.queue(changeOf("a", "best")) // any time later
		b.wantChange(b.begin("a"), "1", "best")
	})
}

func TestOfSeveralChangesTheNewestIsMade(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		b.queue(post("a"), changeOf("a", "1st"), post("b"), changeOf("b", "other"))
		b.after(time.Minute)
		b.queue(changeOf("a", "2nd"))
		b.queue(changeOf("a", "3rd"), changeOf("a", "4th"))
		a := b.end(b.begin("a"), sentAs("1"), "a")
		b.wantChange(a, "1", "4th")
		if !a.Queued.Equal(noon) {
			t.Errorf("it was queued at %s", a.Queued)
		}
		a = b.end(a, sentAs("1"), "b")
		a = b.end(a, sentAs("2"), "b")
		b.wantChange(a, "2", "other")
		b.end(a, sentAs("2"), "")
	})
}

func TestAChangeThatComesWhileOneIsMade(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		b.queue(post("a"), changeOf("a", "1st"))
		a := b.end(b.begin("a"), sentAs("1"), "a")
		b.queue(changeOf("a", "2nd"))
		b.queue(changeOf("a", "3rd"))
		a = b.end(a, sentAs("1"), "a")
		b.wantChange(a, "1", "3rd")
		b.pause(a, false) // such as for a rate limit
		b.queue(changeOf("a", "4th"))
		a = b.begin("a")
		b.wantChange(a, "1", "4th")
		b.ok(b.store.Release(b.Context(), string(home), lane, a))
		b.queue(changeOf("a", "5th"))
		a = b.begin("a")
		b.wantChange(a, "1", "5th")
		b.end(a, outbox.Ending{Outcome: outbox.Failed}, "")
		if n := b.client.HLen(b.Context(), key(home, "undelivered")).Val(); n != 0 {
			t.Error("a change counts as undelivered")
		}
	})
}

func TestWhatDidNotArriveIsNotChanged(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		b.queue(changeOf("never", "x"), post("a"), changeOf("a", "x"), post("b"))
		b.end(b.begin("a"), outbox.Ending{Outcome: outbox.Failed}, "b")
		if got := b.read(key(home, "changes")); got != "" {
			t.Errorf("changes: %s", got)
		}
	})
}

func TestAChangeInAnotherLaneWaitsForThePost(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		change := changeOf("a", "better")
		change.Class = outbox.Bulk
		b.queue(post("a"), change)
		ctx := b.Context()
		if _, ok, err := b.store.Begin(ctx, string(home), change.Lane()); ok || !errors.Is(err, outbox.ErrNotYet) {
			t.Errorf("begun: %t, %v", ok, err)
		}
		b.end(b.begin("a"), sentAs("1"), "")
		a, ok, err := b.store.Begin(ctx, string(home), change.Lane())
		b.ok(err)
		b.wantHead(a, ok, "a")
		b.wantChange(a, "1", "better")
	})
}

func TestAPostInThePlaceOfAnotherIsKnownAsThat(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		b.queue(post("a"))
		b.end(b.begin("a"), outbox.Ending{Outcome: outbox.Uncertain}, "")
		again := post("a+")
		again.Repeats, again.Record = "a", "chat/1"
		b.queue(again, changeOf("a", "better"))
		a := b.end(b.begin("a+"), sentAs("1"), "a")
		b.wantChange(a, "1", "better")
		b.end(a, sentAs("1"), "")
		if got, want := b.read(key(home, "refs:chat/1")), "map[1:a]"; got != want {
			t.Errorf("known as %s, want %s", got, want)
		}
		for _, name := range []string{"undelivered", "undeliveredat", "undeliveredid", "unreported"} {
			if got := b.read(key(home, name)); got != "" {
				t.Errorf("%s: %s", name, got)
			}
		}
		b.queue(post("a"), again) // both are known
		b.begin("")
	})
}
