package library_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/library"
)

const (
	strips = "https://www.example.org/strips/?utm_source=news"
	cards  = "https://example.org/cards"
	game   = "https://example.net/game"
)

// said are the answers of a chat in which three people gave four links.
func said() []library.Answer {
	return []library.Answer{
		{Author: "ana", Question: 1, Text: "A1 see " + strips},
		{Author: "joe", Question: 4, Text: "A4 " + cards + " and http://example.org/strips#two"},
		{Author: "", Question: 4, Text: "A4 " + game},
		{Author: "ana", Question: 5, Text: "A5 " + strips + " again, and https://deep.spam.example/x"},
	}
}

// The links of a chat are listed, each thing once, with who gave it first; what is there
// already is marked, and nothing is ticked. What is ticked is saved in the names of all
// who gave it.
func TestGathering(t *testing.T) {
	o := newRoom(t)
	o.roles = map[string]bot.Role{"maria": bot.RoleHost, "olga": bot.RoleOrganizer}
	o.must("olga", "/organize/library/block", "sites", "spam.example")
	o.must("pat", "/library/save", "link", cards)
	o.answers = said()

	list := o.must("maria", "/library/links/c1")
	says(t, list, "library.links chat=SciChat count=3", "link=example.org/strips from=en library.links.from.named n=1 name=Name of ana",
		"link=example.net/game from=en library.links.from n=4", "library.links.known count=1\nen library.links.line link=example.org/cards")
	if strings.Contains(list.Message.Text.String(), "spam") {
		t.Errorf("what is blocked is listed: %s", list.Message.Text)
	}
	form := o.must("maria", control(t, list, "library.button.tick")).Form
	boxes := form.Fields[0]
	want := []string{library.IDOf("example.org/strips"), library.IDOf("example.net/game")}
	var got []string
	for _, c := range boxes.Choices {
		got = append(got, c.Value)
	}
	if !boxes.Many || !boxes.Optional || boxes.Value != "" || !slices.Equal(got, want) || len(form.Fields) != 1 {
		t.Fatalf("the form is %+v", form)
	}
	says(t, o.must("maria", form.Path), "library.links.unticked")
	for range 2 { // it comes twice
		reply, err := o.send("maria", "ticked", form.Path, boxes.Name, strings.Join(want, "\n"))
		if err != nil {
			t.Fatal(err)
		}
		says(t, reply, "library.links.saved count=2", "example.org/strips", "example.net/game")
	}
	r, _ := o.resource("example.org/strips")
	if len(r.Credits) != 2 || r.Credits[0].Member != "ana" || r.Credits[0].From != (library.Origin{Chat: "c1", Name: "SciChat", Question: 1}) ||
		r.Credits[1].Member != "joe" || r.Credits[1].From.Question != 4 {
		t.Errorf("credits %+v", r.Credits)
	}
	if r, ok := o.resource("example.net/game"); !ok || len(r.Credits) != 0 {
		t.Errorf("of who is not named: %+v %v", r, ok)
	}
	says(t, o.must("maria", "/library/links/c1"), "library.links.known count=3")
}

// What is deleted meanwhile is not saved, nor what was never in an answer.
func TestWhatIsDeletedIsNotGathered(t *testing.T) {
	o := newRoom(t)
	o.roles["maria"] = bot.RoleHost
	o.answers = said()
	form := o.must("maria", "/library/tick/c1").Form
	o.answers = o.answers[1:2]
	ticks := []string{library.IDOf("example.org/cards"), library.IDOf("example.net/game")}
	says(t, o.must("maria", form.Path, "links0", strings.Join(append(ticks, library.IDOf("example.org/other")), "\n")), "library.links.saved count=1", "library.links.deleted count=2")
	if _, ok := o.resource("example.net/game"); ok {
		t.Error("what is gone is saved")
	}
	if _, ok := o.resource("example.org/strips"); ok {
		t.Error("what was not ticked is saved")
	}
	if r, _ := o.resource("example.org/cards"); len(r.Credits) != 1 || r.Credits[0].Member != "joe" {
		t.Errorf("credits %+v", r.Credits)
	}
	says(t, o.must("maria", form.Path, "links0", ticks[1]), "library.links.deleted count=1")
	o.roles["olga"] = bot.RoleOrganizer
	o.must("olga", "/library/hide/"+ticks[0]+"/yes")
	says(t, o.must("maria", form.Path, "links0", ticks[0]), "library.links.unticked") // its answer is there
	o.answers = nil
	says(t, o.must("maria", "/library/links/c1"), "library.links.none")
	says(t, o.must("maria", "/library/tick/c1"), "library.links.none")
}

// The host who had it saved can take it back, and so can each of those whose name it has.
func TestUndoingWhatWasGathered(t *testing.T) {
	o := newRoom(t)
	o.roles["maria"] = bot.RoleHost
	o.answers = said()
	id := library.IDOf("example.org/strips")
	save := func() { o.must("maria", "/library/ticked/c1", "links0", id) }
	save()
	says(t, o.must("maria", control(t, o.must("maria", "/library/card/"+id), "library.button.undo")), "library.undone.gone")
	if _, ok := o.resource("example.org/strips"); ok {
		t.Error("it is there")
	}
	save()
	o.must("joe", "/library/undo/"+id)
	if r, _ := o.resource("example.org/strips"); len(r.Credits) != 1 || r.Credits[0].Member != "ana" {
		t.Errorf("credits %+v", r.Credits)
	}
	o.must("kim", "/library/save", "link", strips)
	says(t, o.must("maria", "/library/undo/"+id), "library.undone.out")
	if r, _ := o.resource("example.org/strips"); len(r.Credits) != 1 || r.Credits[0].Member != "kim" {
		t.Errorf("credits %+v", r.Credits)
	}
}

// Who may not add sees the links, and saves none.
func TestGatheringGoesByTheRules(t *testing.T) {
	o := newRoom(t)
	o.roles = map[string]bot.Role{"maria": bot.RoleHost, "olga": bot.RoleOrganizer}
	o.answers = said()
	o.must("olga", "/organize/library/adds", bot.Picked, "organizer")
	list := o.must("maria", "/library/links/c1")
	says(t, list, "library.links.refused")
	if len(list.Message.Controls) > 0 {
		t.Errorf("the controls are %+v", list.Message.Controls)
	}
	for _, path := range []string{"/library/tick/c1", "/library/ticked/c1"} {
		if _, err := o.ask("maria", path, "links0", library.IDOf("example.org/strips")); bot.CodeOf(err) != bot.Forbidden {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// As many boxes as a form takes, each with a label that fits.
func TestManyAreGathered(t *testing.T) {
	o := newRoom(t)
	o.roles["maria"] = bot.RoleHost
	for i := range 70 {
		o.answers = append(o.answers, library.Answer{Author: "ana", Question: 2, Text: fmt.Sprintf("https://example.org/%s/%d", strings.Repeat("long", 30), i)})
	}
	list := o.must("maria", "/library/links/c1")
	says(t, list, "library.links.more count=55")
	form := o.must("maria", control(t, list, "library.button.tick")).Form
	if len(form.Fields) != bot.MaxFields {
		t.Fatalf("%d fields", len(form.Fields))
	}
	var values []string
	for _, f := range form.Fields {
		if len(f.Choices) != bot.MaxTicks {
			t.Errorf("%d boxes", len(f.Choices))
		}
		for _, c := range f.Choices {
			if n := len([]rune(c.Label)); n > 75 || !strings.Contains(c.Label, "example.org") {
				t.Errorf("%d characters: %q", n, c.Label)
			}
		}
		values = append(values, f.Name, f.Choices[0].Value+"\n"+f.Choices[9].Value)
	}
	says(t, o.must("maria", form.Path, values...), "library.links.saved count=10")
	says(t, o.must("maria", "/library/links/c1"), "library.links.known count=10")
}
