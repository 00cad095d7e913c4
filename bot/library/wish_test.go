package library_test

import (
	"testing"

	"github.com/staffroom-bot/staffroom/bot"
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

// Who hides an answer before anybody is told of it opens the wish again, and nobody is told,
// even where it is shown again, until somebody has it once more.
func TestAHiddenAnswer(t *testing.T) {
	for name, hide := range map[string]func(*room, string){
		"on its card":          func(o *room, id string) { o.must("olga", "/library/hide/"+id+"/yes") },
		"among what was added": func(o *room, id string) { o.must("olga", "/organize/library/hide", bot.Picked, id) },
	} {
		t.Run(name, func(t *testing.T) {
			o := newRoom(t)
			o.roles["olga"] = "organizer"
			id := library.IDOf("example.org/dice")
			wish := o.wish("joe", "Decimal games")
			o.must("ana", "/library/answered/"+wish, "link", "https://example.org/dice")
			hide(o, id)
			says(t, o.must("kim", "/library/wanted"), "library.wanted.line text=Decimal games")
			o.must("olga", "/library/hide/"+id+"/no")
			o.pass(2 * library.UndoFor)
			if n := o.told("joe"); n != 0 {
				t.Errorf("%d messages of what is hidden", n)
			}
			says(t, o.must("kim", "/library/wanted"), "library.wanted.line text=Decimal games")
			o.must("kim", "/library/answered/"+wish, "link", "https://example.org/dice")
			o.pass(2 * library.UndoFor)
			if n := o.told("joe"); n != 1 {
				t.Errorf("%d messages when somebody has it again", n)
			}
		})
	}
}

// Who hides an answer that those who asked have been told of does not open the wish again.
func TestAnAnswerThatIsHiddenLater(t *testing.T) {
	o := newRoom(t)
	o.roles["olga"] = "organizer"
	wish := o.wish("joe", "Decimal games")
	o.must("ana", "/library/answered/"+wish, "link", "https://example.org/dice")
	o.pass(library.UndoFor)
	id := library.IDOf("example.org/dice")
	o.must("olga", "/library/hide/"+id+"/yes")
	says(t, o.must("kim", "/library/wanted"), "library.wanted.empty")
	o.must("olga", "/library/hide/"+id+"/no")
	o.pass(2 * library.UndoFor)
	if n := o.told("joe"); n != 1 {
		t.Errorf("%d messages", n)
	}
}

// What goes out of sight unnoticed before anybody is told of it leaves the wish open.
func TestAnAnswerThatIsGone(t *testing.T) {
	o := newRoom(t)
	wish := o.wish("joe", "Decimal games")
	o.must("ana", "/library/answered/"+wish, "link", "https://example.org/dice")
	r, _ := o.resource("example.org/dice")
	if err := o.store.Remove(o.Context(), &r, noEffects); err != nil {
		t.Fatal(err)
	}
	o.pass(library.UndoFor)
	says(t, o.must("kim", "/library/wanted"), "library.wanted.line text=Decimal games")
}

// Nobody takes the room of all: one person can look for so many things, and when one is
// answered or taken back, for another.
func TestTooManyWishesOfOne(t *testing.T) {
	o := newRoom(t)
	things := []string{"apples", "bridges", "clocks", "deserts", "eclipses", "fossils", "glaciers", "harbours", "insects", "jungles"}
	for _, thing := range things {
		o.must("joe", "/library/wanted", "text", thing)
	}
	if _, err := o.ask("joe", "/library/wanted", "text", "kites"); bot.CodeOf(err) != bot.Conflict ||
		refusal(err) != "en library.wanted.many.yours most=10 command=/library wanted" {
		t.Errorf("an eleventh: %v, %q", err, refusal(err))
	}
	says(t, o.must("joe", "/library/wanted", "text", "Apples"), "library.wanted.already")
	kites := o.wish("kim", "kites")
	if _, err := o.ask("joe", "/library/wanted", "text", "kites"); bot.CodeOf(err) != bot.Conflict {
		t.Errorf("an eleventh, which kim looks for: %v", err)
	}
	o.must("ana", "/library/answered/"+library.IDOf("wish apples"), "link", "https://example.org/apples")
	says(t, o.must("joe", "/library/wanted", "text", "kites"), "library.wanted.asked")
	o.must("joe", "/library/unask/"+kites)
	says(t, o.must("joe", "/library/wanted", "text", "lakes"), "library.wanted.asked")
}

// The same words in another order are the same wish.
func TestAWishInAnotherOrder(t *testing.T) {
	o := newRoom(t)
	o.must("joe", "/library/wanted", "text", "grade 4 decimals")
	o.must("kim", "/library/wanted", "text", "decimal grade 4")
	says(t, o.must("ana", "/library/wanted"), "library.wanted.line.several text=grade 4 decimals count=2")
}

// Who goes on looking does so for themselves: for the others the answer was one, until
// they say the same.
func TestStillLooking(t *testing.T) {
	o := newRoom(t)
	wish := o.wish("joe", "Decimal games")
	o.must("kim", "/library/wanted", "text", "Decimal games")
	o.must("ana", "/library/answered/"+wish, "link", "https://example.org/dice")
	o.must("joe", "/library/again/"+wish)
	o.must("pat", "/library/answered/"+wish, "link", "https://example.org/cards")
	o.pass(library.UndoFor)
	if joe, kim := o.told("joe"), o.told("kim"); joe != 1 || kim != 0 {
		t.Errorf("of the second answer joe is told %d times, kim %d times", joe, kim)
	}
	o.must("kim", "/library/again/"+wish)
	says(t, o.must("ana", "/library/wanted"), "library.wanted.line text=Decimal games")
	o.must("kim", "/library/unask/"+wish)
	says(t, o.must("ana", "/library/wanted"), "library.wanted.empty") // joe is not looking any more
}

// Other forms of the same words are the same wish, and who looks for it in vain hears that
// it is wanted.
func TestTheSameWish(t *testing.T) {
	o := newRoom(t)
	empty := o.must("joe", "/library/find", "words", "animal cells")
	says(t, empty, "library.find.empty wants=animal cells")
	o.must("joe", control(t, empty, "library.button.ask"))
	says(t, o.must("joe", "/library/find", "words", "Animal cell"), "library.find.empty.yours")
	wanted := o.must("kim", "/library/find", "words", "Animal cell")
	says(t, wanted, "library.find.empty.wanted")
	says(t, o.must("kim", control(t, wanted, "library.button.ask.too")), "library.wanted.asked text=animal cells")
	says(t, o.must("ana", "/library/wanted"), "library.wanted.line.several text=animal cells count=2")
}

// Who wants less of these messages gets none, and hears so when they ask for something.
func TestLessOfAnswers(t *testing.T) {
	o := newRoom(t)
	wish := o.wish("joe", "Decimal games")
	says(t, o.must("kim", "/library/wanted", "text", "Decimal games"), "library.wanted.promise")
	less := o.must("joe", "/library/less")
	says(t, less, "library.less.told")
	none := o.must("joe", control(t, less, "library.button.untell"))
	says(t, none, "library.less.untold")
	o.must("ana", "/library/answered/"+wish, "link", "https://example.org/dice")
	o.pass(library.UndoFor)
	if joe, kim := o.told("joe"), o.told("kim"); joe != 0 || kim != 1 {
		t.Errorf("joe is told %d times, kim %d times", joe, kim)
	}
	s, _ := o.importer()
	for user, want := range map[string]int{"joe": 2, "kim": 1} {
		all, err := s.Holdings(o.Context(), bot.Member{ID: bot.MemberID(user), Community: school, Language: "en"})
		if err != nil || len(all) != want {
			t.Errorf("kept of %s: %+v, %v", user, all, err)
		}
	}
	asked := o.must("joe", "/library/wanted", "text", "Clocks")
	says(t, asked, "library.wanted.untold")
	says(t, o.must("joe", control(t, asked, "library.button.tell")), "library.less.told")
	says(t, o.must("joe", "/library/wanted", "text", "Clocks"), "library.wanted.promise")
}

// The control for less of these messages leads there.
func TestLessIsOffered(t *testing.T) {
	o := newRoom(t)
	wish := o.wish("joe", "Decimal games")
	o.must("ana", "/library/answered/"+wish, "link", "https://example.org/dice")
	o.pass(library.UndoFor)
	lanes := outbox.DirectLanes(bottest.Request("joe", "/x").Account)
	held, err := o.store.Held(o.Context(), string(school), lanes[len(lanes)-1], 10)
	if err != nil || len(held.Waiting) != 1 || held.Waiting[0].Unasked.Less != "/library/less" {
		t.Errorf("what waits for joe: %+v, %v", held.Waiting, err)
	}
}
