package library_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/staffroom-bot/staffroom/bot/library"
)

// Of two who change the same resource at the same time, neither takes away what the
// other has changed; where both have changed the same, the later one hears what it was.
func TestTwoChangeIt(t *testing.T) {
	o := newRoom(t)
	id := library.IDOf("example.org/strips")
	o.must("ana", "/library/save", "link", "https://example.org/strips", "tags", "number line,", "grade", "4")
	o.must("joe", "/library/save", "link", "https://example.org/strips")
	open := func(user string) (path string, values map[string]string) {
		form := o.must(user, "/library/change/"+id).Form
		values = map[string]string{}
		for _, f := range form.Fields {
			values[f.Name] = f.Value
		}
		return form.Path, values
	}
	send := func(user, path string, values map[string]string) string {
		var pairs []string
		for name, value := range values {
			pairs = append(pairs, name, value)
		}
		return o.must(user, path, pairs...).Message.Text.String()
	}
	anaPath, anas := open("ana")
	joePath, joes := open("joe")
	anas["title"], anas["subject"] = "Strips", "Math"
	joes["grade"], joes["note"], joes["subject"] = "3, 4", "From Joe", "Art"
	if text := send("ana", anaPath, anas); strings.Contains(text, "library.changed.both") {
		t.Errorf("ana, who was first, is told: %s", text)
	}
	if text := send("joe", joePath, joes); !strings.Contains(text, "library.changed.both was=Math") {
		t.Errorf("joe is told: %s", text)
	}
	r, _ := o.resource("example.org/strips")
	if r.Title != "Strips" || r.Subject != "Art" || !slices.Equal(r.Tags, []string{"number line"}) || !slices.Equal(r.Grades, []string{"3", "4"}) || r.Credits[1].Note != "From Joe" {
		t.Errorf("it is %+v", r)
	}
	path, values := open("ana")
	values["title"], values["tags"] = "", ""
	send("ana", path, values)
	if r, _ := o.resource("example.org/strips"); r.Title != "" || len(r.Tags) != 0 || r.Subject != "Art" {
		t.Errorf("what was emptied: %+v", r)
	}
}

// Who changes nothing can still undo what they added.
func TestChangingNothing(t *testing.T) {
	o := newRoom(t)
	card := o.must("ana", "/library/save", "link", "https://example.org/strips Note")
	form := o.must("ana", control(t, card, "library.button.change")).Form
	o.must("ana", form.Path, "note", "Note")
	says(t, o.must("ana", control(t, card, "library.button.undo")), "library.undone.gone")
}

// Organizers change what others have saved, but for their notes; and what they have
// changed is not undone by who added it.
func TestOrganizersChange(t *testing.T) {
	o := newRoom(t)
	o.roles["olga"] = "organizer"
	card := o.must("ana", "/library/save", "link", "https://example.org/strips Note", "subject", "Mth")
	o.must("joe", "/library/save", "link", "https://example.org/strips")
	form := o.must("olga", control(t, o.must("olga", "/library/find", "words", "strips"), "library.button.change")).Form
	values := []string{"title", "Fraction strips", "subject", "Mathematics"}
	for _, f := range form.Fields {
		if f.Name == "note" {
			t.Errorf("it has a note that is nobody's: %+v", f)
		}
	}
	says(t, o.must("olga", form.Path, values...), "library.changed")
	o.must("ana", control(t, card, "library.button.undo"))
	r, _ := o.resource("example.org/strips")
	if r.Title != "Fraction strips" || r.Subject != "Mathematics" || len(r.Credits) != 1 || r.Credits[0].Member != "joe" {
		t.Errorf("it is %+v", r)
	}
}
