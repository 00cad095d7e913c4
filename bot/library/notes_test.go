package library_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/library"
)

// What people say of a resource everybody can read: notes with names, tries without.
func TestAllNotes(t *testing.T) {
	o := newRoom(t)
	id := library.IDOf("example.org/strips")
	hasNotes := func(card bot.Reply) bool {
		return strings.Contains(fmt.Sprint(card.Message.Controls), "library.button.notes")
	}
	if card := o.must("ana", "/library/save", "link", "https://example.org/strips From Ana"); hasNotes(card) {
		t.Error("one note stands on the card, and there is a button for all")
	}
	card := o.must("joe", "/library/save", "link", "https://example.org/strips From Joe")
	says(t, card, "library.card.quote.name quote=From Ana name=Name of ana")
	if !hasNotes(card) {
		t.Errorf("there is no button for two notes: %+v", card.Message.Controls)
	}
	o.must("kim", "/library/tried/"+id, "again", "changes", "grade", "7", "worked", "Part one", "alter", "Skip part two")
	list := o.must("pat", "/library/notes/"+id+"/0")
	says(t, list, "name=Name of ana note=From Ana", "name=Name of joe note=From Joe", "library.notes.again.changes", "text=Part one", "text=Skip part two", "grade=7")
	if strings.Contains(list.Message.Text.String(), "kim") {
		t.Errorf("who tried it is named: %s", list.Message.Text)
	}
	o.roles["olga"] = bot.RoleOrganizer
	o.must("olga", "/library/hide/"+id+"/yes")
	if _, err := o.ask("pat", "/library/notes/"+id+"/0"); bot.CodeOf(err) != bot.NotFound {
		t.Errorf("of what is hidden: %v", err)
	}
}

// Of many long notes each is shown, in parts that every platform takes.
func TestManyNotes(t *testing.T) {
	o := newRoom(t)
	for i := range 6 {
		o.must(fmt.Sprint("m", i), "/library/save", "link", "https://example.org/strips", "note", fmt.Sprint("note ", i, " ", strings.Repeat("x", library.MostNote-10)))
	}
	all, path := "", "/library/notes/"+library.IDOf("example.org/strips")+"/0"
	for parts := 1; path != ""; parts++ {
		list := o.must("pat", path)
		all += list.Message.Text.String()
		if n := len(list.Message.Text.String()); n > 2000 || parts > 6 {
			t.Fatalf("part %d has %d characters", parts, n)
		}
		path = ""
		for _, c := range list.Message.Controls {
			path = c.Path
		}
	}
	for i := range 6 {
		if n := strings.Count(all, fmt.Sprint("note ", i, " ")); n != 1 {
			t.Errorf("note %d is shown %d times", i, n)
		}
	}
}
