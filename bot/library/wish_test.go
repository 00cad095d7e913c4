package library_test

import (
	"testing"

	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/library"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// told is how many messages wait for somebody.
func (o *room) told(user string) int {
	o.Helper()
	lanes := outbox.DirectLanes(bottest.Request(user, "/x").Account)
	held, err := o.store.Held(o.Context(), string(school), lanes[len(lanes)-1], 10)
	if err != nil {
		o.Fatal(err)
	}
	return len(held.Waiting)
}

// Whoever asked is told of an answer when that cannot be undone any more, and once.
func TestAnAnswerIsToldOfAfterAnHour(t *testing.T) {
	o := newRoom(t)
	wish := o.wish("joe", "Decimal games")
	o.must("ana", "/library/wanted", "text", "Decimal games")
	o.must("ana", "/library/answered/"+wish, "link", "https://example.org/dice")
	if n := o.told("joe"); n != 0 {
		t.Errorf("%d messages while it can be undone", n)
	}
	o.pass(library.UndoFor)
	if joe, ana := o.told("joe"), o.told("ana"); joe != 1 || ana != 0 {
		t.Errorf("%d messages for joe, %d for ana, whose it is", joe, ana)
	}
}

// Who undoes an answer opens the wish again, and nobody is told.
func TestUndoingAnAnswer(t *testing.T) {
	for name, known := range map[string]bool{"of a new link": false, "of one that others saved": true} {
		t.Run(name, func(t *testing.T) {
			o := newRoom(t)
			if known {
				o.must("kim", "/library/save", "link", "https://example.org/dice")
			}
			wish := o.wish("joe", "Decimal games")
			card := o.must("ana", "/library/answered/"+wish, "link", "https://example.org/dice")
			says(t, o.must("kim", "/library/wanted"), "library.wanted.empty")
			o.must("ana", control(t, card, "library.button.undo"))
			says(t, o.must("kim", "/library/wanted"), "library.wanted.line text=Decimal games")
			o.pass(2 * library.UndoFor)
			if n := o.told("joe"); n != 0 {
				t.Errorf("%d messages of what was undone", n)
			}
		})
	}
}

// What organizers have hidden meanwhile nobody is told of.
func TestAHiddenAnswer(t *testing.T) {
	o := newRoom(t)
	o.roles["olga"] = "organizer"
	wish := o.wish("joe", "Decimal games")
	o.must("ana", "/library/answered/"+wish, "link", "https://example.org/dice")
	o.must("olga", "/library/hide/"+library.IDOf("example.org/dice")+"/yes")
	o.pass(library.UndoFor)
	if n := o.told("joe"); n != 0 {
		t.Errorf("%d messages of what is hidden", n)
	}
}
