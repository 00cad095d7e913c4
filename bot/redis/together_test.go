package redis

import (
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// A message in a room counts for its people together with what brings it about. Who was
// written to meanwhile makes it a conflict, whichever of the two comes first.
func TestAMessageInARoomCountsForItsPeople(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		told := outbox.Written{Account: ana, After: []time.Time{noon}}
		once := outbox.Effects{Written: []outbox.Written{told}, Posts: []outbox.Item{direct(ana, "room")}}
		b.ok(b.store.Apply(b.Context(), string(home), once))
		if h := b.held(); len(h.Written) != 1 || !h.Written[0].Equal(noon) {
			t.Errorf("written to at %v", h.Written)
		}
		once.Posts[0].Post.Key = "again"
		if err := b.store.Apply(b.Context(), string(home), once); bot.CodeOf(err) != bot.Conflict {
			t.Errorf("counted twice: %v", err)
		}
		b.queue(unasked("a"))
		h := b.held("a")
		out := outbox.Outgoing{Sent: h.Waiting, Post: &h.Waiting[0].Item, Before: nil, Written: []time.Time{noon}}
		if err := b.store.LetOut(b.Context(), string(home), unasked("").Lane(), out); bot.CodeOf(err) != bot.Conflict {
			t.Errorf("let out though they were written to since: %v", err)
		}
		out.Before = h.Written
		b.ok(b.store.LetOut(b.Context(), string(home), unasked("").Lane(), out))
	})
}

// inRoom is a post to ana and luis in a room.
func inRoom(key bot.DeliveryKey) outbox.Item {
	luis := bot.Account{Space: ana.Space, User: "luis"}
	return outbox.Item{
		Post: bot.Post{Key: key, Channel: bot.Channel{Space: ana.Space}}, Class: outbox.Bulk,
		Together: &outbox.Together{Room: bot.Room{Key: key, People: []bot.Account{ana, luis}}, Alone: []outbox.Item{direct(ana, key+"/ana")}},
	}
}

// What goes to people one by one has ended, and leaves nothing but its key.
func TestWhatGoesToPeopleOneByOne(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		b.queue(inRoom("r"))
		a, ok, err := b.store.Begin(b.Context(), string(home), inRoom("r").Lane())
		if err != nil || !ok || a.Together == nil {
			t.Fatalf("begun is %+v, %v", a, err)
		}
		_, _, err = b.store.End(b.Context(), string(home), inRoom("r").Lane(), a, outbox.Ending{Outcome: outbox.Apart, Cause: "no rooms"})
		b.ok(err)
		b.queue(inRoom("r"))
		if _, again, err := b.store.Begin(b.Context(), string(home), inRoom("r").Lane()); again || err != nil {
			t.Errorf("it is there once more: %v", err)
		}
		if n := b.client.HLen(b.Context(), key(home, "undelivered")).Val(); n > 0 {
			t.Errorf("%d are to be reported", n)
		}
	})
}

// Whoever is forgotten is brought to no room any more.
func TestNobodyForgottenIsBroughtToARoom(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		other := inRoom("other")
		other.Together.Room.People = other.Together.Room.People[1:]
		other.Together.Alone = nil
		b.queue(inRoom("r"), other)
		b.ok(b.store.Erase(b.Context(), home, ana))
		left := 0
		for _, name := range b.keys() {
			body := b.read(name)
			if strings.Contains(body, `"user":"`+ana.User+`"`) {
				t.Errorf("%s: %s", name, body)
			}
			left += strings.Count(body, `"key":"other"`)
		}
		if left == 0 {
			t.Error("what goes to others is gone too")
		}
	})
}
