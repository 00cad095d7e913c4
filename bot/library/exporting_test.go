package library_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/library"
	"github.com/staffroom-bot/staffroom/bot/library/exchange"
)

// filled is a library of several people.
func filled(t *testing.T) *room {
	o := newRoom(t)
	o.roles["olga"] = bot.RoleOrganizer
	o.must("ana", "/library/save", "link", "https://example.org/strips", "note", "Skip part two,\nit's  \"long\".", "tags", "#paper, by hand", "subject", "Mathematics", "grade", "3-5")
	o.must("joe", "/library/save", "link", "https://example.org/strips", "note", "=SUM(A1)")
	o.must("joe", "/library/tried/"+library.IDOf("example.org/strips"), "again", "yes", "worked", "Paper")
	o.must("joe", "/library/save", "link", "https://example.org/waves", "subject", "Science")
	o.must("ana", "/library/keep/"+library.IDOf("example.org/waves")+"/yes")
	o.must("joe", "/library/save", "link", "https://example.org/hidden")
	o.must("ana", "/library/keep/"+library.IDOf("example.org/hidden")+"/yes")
	o.must("olga", "/library/hide/"+library.IDOf("example.org/hidden")+"/yes")
	s, _ := o.importer()
	o.imports(s, here, "url,title,source,date\nhttps://example.org/list,From a list,Open Books,2020-05-01\n")
	return o
}

func TestExport(t *testing.T) {
	o := filled(t)
	for _, f := range exchange.Formats() {
		reply := o.must("olga", "/organize/library/export", bot.Picked, string(f))
		if len(reply.Message.Files) != 1 || reply.Message.Files[0].Name != "library."+string(f) {
			t.Fatalf("%s: %+v", f, reply.Message)
		}
		// What was exported changes nothing where it came from.
		file := reply.Message.Files[0].Data
		before := o.everything()
		s, _ := o.importer()
		in := here
		in.Format = f
		if got := o.imports(s, in, string(file)); got.Same != 3 || got.Added+got.Joined > 0 || got.Refused != 1 || cmp.Diff(before, o.everything()) != "" {
			t.Errorf("%s comes back: %+v\n%s\n%s", f, got, file, cmp.Diff(before, o.everything()))
		}
		// And all of it arrives elsewhere, but for what is hidden.
		there := newRoom(t)
		s, _ = there.importer()
		there.imports(s, in, string(file))
		r, _ := there.resource("example.org/strips")
		if len(there.everything()) != 3 || !slices.Equal(r.Tags, []string{"paper", "by hand"}) || !slices.Equal(r.Grades, []string{"3", "4", "5"}) ||
			r.Subject != "Mathematics" || !strings.Contains(r.About, `it's "long".`) || !strings.Contains(r.About, "=SUM(A1)") {
			t.Errorf("%s arrives as %+v", f, r)
		}
	}
	csv := string(o.must("olga", "/organize/library/export", bot.Picked, "csv").Message.Files[0].Data)
	for _, want := range []string{"Name of ana, Name of joe", "\nhttps://example.org/hidden", "Z,yes,", "2020-05-01T00:00:00Z", "hidden,saved by,tried,thanks"} {
		if !strings.Contains(csv, want) {
			t.Errorf("it lacks %q:\n%s", want, csv)
		}
	}
}

// TestExportOwn: a member gets what is theirs, without what others say.
func TestExportOwn(t *testing.T) {
	o := filled(t)
	menu := o.must("ana", control(t, o.must("ana", "/library/mine"), "export.button.own"))
	csv := string(o.must("ana", menu.Message.Controls[0].Path, bot.Picked, "csv").Message.Files[0].Data)
	for _, want := range []string{"https://example.org/strips", "Skip part two,", "https://example.org/waves"} {
		if !strings.Contains(csv, want) {
			t.Errorf("it lacks %q:\n%s", want, csv)
		}
	}
	for _, not := range []string{"SUM(A1)", "Name of", "example.org/hidden", "example.org/list", "saved by"} {
		if strings.Contains(csv, not) {
			t.Errorf("it has %q:\n%s", not, csv)
		}
	}
	if reply := o.must("kim", "/library/export", bot.Picked, "csv"); len(reply.Message.Files) > 0 {
		t.Errorf("%+v", reply.Message)
	}
	for _, path := range []string{"/organize/library/export", "/organize/library/exchange", "/organize/library/import", "/organize/library/imported"} {
		if _, err := o.ask("ana", path, bot.Picked, "csv", "list", "https://example.org/x"); bot.CodeOf(err) != bot.Forbidden {
			t.Errorf("%s: %v", path, err)
		}
	}
	if _, err := o.ask("olga", "/organize/library/export", bot.Picked, "exe"); bot.CodeOf(err) != bot.Invalid {
		t.Error(err)
	}
}

// TestUndoingAnImport: for an hour an organizer takes back what a list has made, but for
// what others have touched.
func TestUndoingAnImport(t *testing.T) {
	o := newRoom(t)
	o.roles = map[string]bot.Role{"olga": bot.RoleOrganizer, "oto": bot.RoleOrganizer}
	o.must("ana", "/library/save", "link", "https://example.org/there")
	var list strings.Builder
	list.WriteString("url,title,tags\n")
	for i := range 120 { // more than are stored at once
		fmt.Fprintf(&list, "https://example.org/%d,Thing %d,\n", i, i)
	}
	list.WriteString("https://example.org/0,,later\nhttps://example.org/there,,more\n")
	form := func() string { return o.must("olga", "/organize/library/import").Form.Path }
	report := o.must("olga", form(), "list", list.String())
	says(t, report, "import.added count=120", "import.joined count=1")
	undo := control(t, report, "library.button.undo")
	id := func(i int) string { return library.IDOf(fmt.Sprint("example.org/", i)) }
	o.must("ana", "/library/save", "link", "https://example.org/1")
	o.must("ana", "/library/keep/"+id(2)+"/yes")
	o.must("ana", "/library/thank/"+id(3))
	o.must("oto", o.must("oto", "/library/change/"+id(4)).Form.Path, "title", "Better")
	o.must("oto", "/library/hide/"+id(5)+"/yes")
	o.must("oto", form(), "list", "url,tags\nhttps://example.org/6,other\nhttps://example.org/own,\n") // another list
	if _, err := o.ask("ana", undo); bot.CodeOf(err) != bot.Forbidden {
		t.Errorf("a member: %v", err)
	}
	back := o.must("olga", undo)
	says(t, back, "import.undone count=114", "import.undone.stay count=6", "import.undone.joined count=1")
	if n := len(o.everything()); n != 8 {
		t.Errorf("%d are there", n)
	}
	if _, there := o.resource("example.org/0"); there {
		t.Error("what stood on the list twice is there")
	}
	says(t, o.must("olga", undo), "import.undone.none", "import.undone.stay count=6") // pressed twice

	report = o.must("olga", form(), "list", list.String())
	says(t, report, "import.added count=114")
	o.pass(library.UndoFor)
	before := o.everything()
	if _, err := o.ask("olga", control(t, report, "library.button.undo")); refusal(err) != "en import.undo.late" || cmp.Diff(before, o.everything()) != "" {
		t.Errorf("after an hour: %v", err)
	}
	if report = o.must("olga", form(), "list", list.String()); len(report.Message.Controls) != 1 {
		t.Errorf("nothing was new: %+v", report.Message.Controls)
	}
}

// TestImportForm: an organizer pastes a list.
func TestImportForm(t *testing.T) {
	o := filled(t)
	form := o.must("olga", control(t, o.must("olga", "/organize/library/exchange"), "import.button")).Form
	reply := o.must("olga", form.Path, "list", "## Science\n- [Wave lab](https://example.org/waves) - try it #sound\n- [Bonds](https://example.org/bonds)\n- nothing\n")
	says(t, reply, "import.added", "import.joined", "import.refused", "import.why.no_link")
	if r, _ := o.resource("example.org/bonds"); r.Subject != "Science" || r.Title != "Bonds" {
		t.Errorf("%+v", r)
	}
	refused, err := o.ask("olga", form.Path, "list", "- nothing at all\n")
	if err != nil || refused.FieldErrors["list"].Empty() {
		t.Errorf("%+v %v", refused, err)
	}
	long := strings.Repeat("- nothing\n", 30) + "- https://example.org/thing\n"
	reply = o.must("olga", form.Path, "list", long)
	if len(reply.Message.Files) != 1 || bytes.Count(reply.Message.Files[0].Data, []byte("import.why.no_link")) != 30 {
		t.Errorf("%+v", reply.Message)
	}
}
