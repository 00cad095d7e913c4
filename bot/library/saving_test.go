package library_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/library"
)

// A save takes one call to read, and one to write.
func TestASaveIsTwoCalls(t *testing.T) {
	o := newRoom(t)
	for _, user := range []string{"ana", "joe"} {
		o.store.reads.Store(0)
		o.store.writes.Store(0)
		o.must(user, "/library/save", "link", "https://example.org/strips Skip part two", "grade", "4")
		if r, w := o.store.reads.Load(), o.store.writes.Load(); r != 1 || w != 1 {
			t.Errorf("%s: %d to read, %d to write", user, r, w)
		}
	}
}

// Who is overtaken tries again: of people who save the same at the same time, each
// has their credit and their note.
func TestSavedAtTheSameTime(t *testing.T) {
	o := newRoom(t)
	other := func() { o.must("joe", "/library/save", "link", "https://www.example.org/strips/ From Joe") }
	o.store.before.Store(&other)
	o.must("ana", "/library/save", "link", "http://example.org/strips From Ana")
	r, _ := o.resource("example.org/strips")
	if len(r.Credits) != 2 || r.Credits[0].Note != "From Joe" || r.Credits[1].Note != "From Ana" {
		t.Errorf("credits %+v", r.Credits)
	}
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() { o.must(fmt.Sprint("m", i), "/library/save", "link", "https://example.org/strips") })
	}
	all.Wait()
	if r, _ := o.resource("example.org/strips"); len(r.Credits) != 6 {
		t.Errorf("%d credits", len(r.Credits))
	}
}

// What comes twice has one effect, and the same answer.
func TestRepeatedInputs(t *testing.T) {
	o := newRoom(t)
	const links = "https://example.org/a https://example.org/b"
	for range 2 {
		reply, err := o.send("ana", "save", "/library/save", "link", links)
		if err != nil {
			t.Fatal(err)
		}
		says(t, reply, "library.saved.several count=2")
	}
	id := library.IDOf("example.org/a")
	for range 2 {
		if _, err := o.send("joe", "tried", "/library/tried/"+id, "again", "yes", "worked", "All of it"); err != nil {
			t.Fatal(err)
		}
	}
	if r, _ := o.resource("example.org/a"); r.Version != 2 || len(r.Credits) != 1 || len(r.Tries) != 1 {
		t.Errorf("%+v", r)
	}
	for range 2 {
		reply, err := o.send("ana", "undo", "/library/undo/"+library.IDOf("example.org/b"))
		if err != nil {
			t.Fatal(err)
		}
		says(t, reply, "library.undone.gone")
	}
	if _, ok := o.resource("example.org/b"); ok {
		t.Error("what was undone is there")
	}
}

// Undoing is for an hour, and takes away nothing of anybody else's.
func TestUndoing(t *testing.T) {
	o := newRoom(t)
	card := o.must("ana", "/library/save", "link", "https://example.org/strips Note", "tags", "#fractions")
	undo := control(t, card, "library.button.undo")
	o.must("joe", "/library/thank/"+library.IDOf("example.org/strips"))
	says(t, o.must("joe", undo), "library.undone.out")
	if r, _ := o.resource("example.org/strips"); len(r.Credits) != 1 {
		t.Errorf("somebody else undoes it: %+v", r)
	}
	for range 2 { // delivered twice, or pressed twice
		says(t, o.must("ana", undo), "library.undone.out")
	}
	if r, ok := o.resource("example.org/strips"); !ok || len(r.Credits) != 0 || len(r.Tags) != 0 || len(r.Thanks) != 1 {
		t.Errorf("it is %+v", r)
	}
	o.must("ana", "/library/save", "link", "https://example.org/strips first")
	o.must("ana", "/library/save", "link", "https://example.org/strips second")
	says(t, o.must("ana", undo), "en library.undone\n", "first")
	says(t, o.must("ana", undo), "en library.undone.already.note\n", "first") // on the first card, or twice
	o.must("ana", "/library/save", "link", "https://example.org/strips third")
	o.clock.Set(o.clock.Now().Add(time.Hour))
	if _, err := o.ask("ana", undo); bot.CodeOf(err) != bot.Conflict || refusal(err) != "en library.undo.late" {
		t.Errorf("after an hour: %v", err)
	}
	o.must("kim", "/library/save", "link", "https://example.org/strips")
	card = o.must("kim", "/library/save", "link", "https://example.org/strips", "tags", "#paper")
	o.must("kim", control(t, card, "library.button.undo"))
	says(t, o.must("kim", undo), "en library.undone.already\n") // of which there is no note
}

// What is hidden stays so when it is undone, and who may not see it any more has no card.
func TestUndoingWhatIsHidden(t *testing.T) {
	o := newRoom(t)
	o.roles["olga"] = bot.RoleOrganizer
	id := library.IDOf("example.org/strips")
	card := o.must("ana", "/library/save", "link", "https://example.org/strips Note")
	o.must("joe", "/library/keep/"+id+"/yes")
	o.must("olga", "/library/hide/"+id+"/yes")
	for key, reply := range map[string]bot.Reply{
		"library.undone.hidden": o.must("ana", control(t, card, "library.button.undo")),
		"library.unkept":        o.must("joe", "/library/keep/"+id+"/no"),
	} {
		if got := reply.Message.Text.String(); got != "en "+key || len(reply.Message.Controls) > 0 {
			t.Errorf("it says %q", got)
		}
	}
	if r, there := o.resource("example.org/strips"); !there || len(r.Credits) > 0 || r.Hidden == (library.Hidden{}) {
		t.Errorf("it is %+v", r)
	}
	o.must("olga", "/library/save", "link", "https://example.org/cards Note")
	o.must("olga", "/library/hide/"+library.IDOf("example.org/cards")+"/yes")
	says(t, o.must("olga", "/library/keep/"+library.IDOf("example.org/cards")+"/no"), "en library.unkept\n", "example.org/cards")
}

// What is typed of something that is gone meanwhile is given back.
func TestWhatIsTypedOfWhatIsGone(t *testing.T) {
	o := newRoom(t)
	id := library.IDOf("example.org/strips")
	card := o.must("ana", "/library/save", "link", "https://example.org/strips Note")
	undo := control(t, card, "library.button.undo")
	try, change := o.must("joe", "/library/try/"+id).Form, o.must("ana", control(t, card, "library.button.change")).Form
	o.must("ana", undo)
	_, err := o.ask("joe", try.Path, "again", "yes", "grade", "4", "worked", "The pictures", "alter", "Print it large")
	if got := refusal(err); bot.CodeOf(err) != bot.NotFound || !strings.HasPrefix(got, "en library.gone") || !strings.HasSuffix(got, "core.error.typed typed=4\nThe pictures\nPrint it large") {
		t.Errorf("it says %q", got)
	}
	if _, err = o.ask("joe", try.Path, "again", "yes"); strings.Contains(refusal(err), "typed") {
		t.Errorf("it says %q although nothing was typed", refusal(err))
	}
	_, err = o.ask("ana", change.Path, "title", "Strips", "note", "Better", "tags", "#paper, by hand")
	if got := refusal(err); !strings.HasSuffix(got, "core.error.typed typed=Strips\nBetter\npaper, by hand") {
		t.Errorf("it says %q", got)
	}
}

// The command takes the links at its begin, whatever surrounds them, and loses no word.
func TestSavingWithASentence(t *testing.T) {
	o := newRoom(t)
	o.must("ana", "/library/save", "link", "(https://example.org/strips), “https://example.org/cards” like https://example.org/other! Try #paper with page #5 #fractions")
	for _, key := range []string{"example.org/strips", "example.org/cards"} {
		r, _ := o.resource(key)
		if len(r.Credits) != 1 || r.Credits[0].Note != "like https://example.org/other! Try #paper with page #5" || !slices.Equal(r.Tags, []string{"paper", "fractions"}) {
			t.Errorf("%s: %+v", key, r)
		}
	}
	if _, there := o.resource("example.org/other"); there {
		t.Error("what is told of is saved")
	}
}

// Who saves the same again adds nothing, so that Undo takes back what they added before.
func TestUndoingAfterTheSameAgain(t *testing.T) {
	o := newRoom(t)
	const link = "https://example.org/strips Note #fractions"
	o.must("ana", "/library/save", "link", link)
	again := o.must("ana", "/library/save", "link", link)
	says(t, o.must("ana", control(t, again, "library.button.undo")), "library.undone.gone")
	if r, there := o.resource("example.org/strips"); there {
		t.Errorf("it is there: %+v", r)
	}
}

// Undo of what was changed since says so.
func TestUndoingAfterAChange(t *testing.T) {
	o := newRoom(t)
	card := o.must("ana", "/library/save", "link", "https://example.org/strips Note")
	form := o.must("ana", control(t, card, "library.button.change")).Form
	o.must("ana", form.Path, "note", "Better note")
	_, err := o.ask("ana", control(t, card, "library.button.undo"))
	var told *bot.Error
	if !errors.As(err, &told) || told.Code != bot.Conflict || !strings.Contains(told.Message.String(), "library.undo.changed") {
		t.Errorf("it says %v", err)
	}
	if r, _ := o.resource("example.org/strips"); len(r.Credits) != 1 || r.Credits[0].Note != "Better note" {
		t.Errorf("it is %+v", r)
	}
}

// Whoever may add may, in all ways, and nobody else.
func TestWhoMayAdd(t *testing.T) {
	ways := map[string]func(o *room, user string) (bot.Reply, error){
		"the command": func(o *room, user string) (bot.Reply, error) {
			return o.ask(user, "/library/save", "link", "https://example.org/"+user)
		},
		"the form": func(o *room, user string) (bot.Reply, error) {
			return o.ask(user, "/library/saved/-/0", "link", "https://example.org/"+user)
		},
		"the form of a message": func(o *room, user string) (bot.Reply, error) {
			return o.ask(user, "/library/saved/c1/4", "link", "https://example.org/"+user)
		},
		"an answer": func(o *room, user string) (bot.Reply, error) {
			wish := control(o.T, o.must(user, "/library/wanted", "text", "Xyzzy"+strings.ToUpper(user)), "library.button.unask")
			return o.ask(user, "/library/answered/"+wish[strings.LastIndexByte(wish, '/')+1:], "link", "https://example.org/"+user)
		},
	}
	roles := []bot.Role{bot.RoleMember, bot.RoleHost, bot.RoleOrganizer}
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			o := newRoom(t)
			o.roles = map[string]bot.Role{"host": bot.RoleHost, "organizer": bot.RoleOrganizer}
			for least, adds := range roles {
				o.must("organizer", "/organize/library/adds", bot.Picked, string(adds))
				for rank, role := range roles {
					_, err := way(o, string(role))
					if allowed := rank >= least; allowed != (err == nil) || !allowed && bot.CodeOf(err) != bot.Forbidden {
						t.Errorf("where %s may add, %s gets %v", adds, role, err)
					}
				}
			}
		})
	}
}

// What organizers do nobody else does, and what is another's nobody changes.
func TestWhoMayDoWhat(t *testing.T) {
	o := newRoom(t)
	o.roles = map[string]bot.Role{"host": bot.RoleHost, "organizer": bot.RoleOrganizer}
	o.must("ana", "/library/save", "link", "https://example.org/strips")
	id := library.IDOf("example.org/strips")
	for path, who := range map[string]string{ // who may, of ana, who saved it, joe, host and organizer
		"/organize/library":             "organizer",
		"/organize/library/adds":        "organizer",
		"/organize/library/blocked":     "organizer",
		"/organize/library/block":       "organizer",
		"/organize/library/hide":        "organizer",
		"/library/hide/" + id + "/yes":  "organizer",
		"/library/hide/" + id + "/no":   "organizer",
		"/library/change/" + id:         "ana organizer",
		"/library/changed/" + id + "/-": "ana organizer",
		"/library/card/" + id:           "ana joe host organizer",
		"/library/try/" + id:            "ana joe host organizer",
		"/library/thank/" + id:          "ana joe host organizer",
		"/library/unthank/" + id:        "ana joe host organizer",
		"/library/untry/" + id:          "ana joe host organizer",
		"/library/keep/" + id + "/yes":  "ana joe host organizer",
		"/library/report/" + id:         "ana joe host organizer",
	} {
		var may []string
		for _, user := range []string{"ana", "joe", "host", "organizer"} {
			_, err := o.ask(user, path, bot.Picked, map[bool]string{true: "member", false: id}[strings.HasSuffix(path, "adds")])
			if err == nil {
				may = append(may, user)
			} else if bot.CodeOf(err) != bot.Forbidden {
				t.Errorf("%s of %s: %v", path, user, err)
			}
			o.must("organizer", "/library/hide/"+id+"/no")
		}
		if got := strings.Join(may, " "); got != who {
			t.Errorf("%s: %q may, want %q", path, got, who)
		}
	}
}

func TestBlockedSites(t *testing.T) {
	o := newRoom(t)
	o.roles["olga"] = bot.RoleOrganizer
	o.must("olga", "/organize/library/block", "sites", "spam.example")
	_, err := o.ask("olga", "/library/save", "link", "https://example.org/a https://deep.spam.example/x")
	if bot.CodeOf(err) != bot.Forbidden {
		t.Errorf("it is taken: %v", err)
	}
	if _, ok := o.resource("example.org/a"); ok {
		t.Error("half of it is saved")
	}
}

func TestMessageMenu(t *testing.T) {
	o := newRoom(t)
	act := func(text string) bot.Reply {
		req := bottest.Request("joe", "/library/message")
		req.Subject = &bot.Subject{Message: bot.MessageRef{Channel: bottest.Channel("lobby"), ID: "1"}, Text: text}
		reply, err := o.router.Ask(t.Context(), req)
		if err != nil {
			t.Fatal(err)
		}
		return reply
	}
	says(t, act("nothing to see"), "library.save.none")
	form := act("A4 see https://example.org/a and (https://example.org/b), or https://example.org/a#x").Form
	if want := "https://example.org/a\nhttps://example.org/b"; form == nil || form.Fields[0].Value != want || len(form.Fields) > bot.MaxFields {
		t.Fatalf("the form is %+v", form)
	}
	o.must("joe", form.Path, "link", form.Fields[0].Value)
	if r, _ := o.resource("example.org/b"); len(r.Credits) != 1 || r.Credits[0].From != (library.Origin{Chat: "c1", Name: "SciChat", Question: 4}) {
		t.Errorf("it is from %+v", r.Credits)
	}
}

// Who may not add hears it before they have written anything, and all sites from which
// nothing is taken are named.
func TestRefusedBeforehand(t *testing.T) {
	o := newRoom(t)
	o.roles["olga"] = bot.RoleOrganizer
	o.must("olga", "/organize/library/block", "sites", "spam.org\nads.example.com")
	if _, err := o.ask("joe", "/library/save", "link", "https://spam.org/a https://example.org/b https://ads.example.com/c"); refusal(err) != "en library.blocked site=spam.org, ads.example.com" {
		t.Errorf("blocked sites: %v", refusal(err))
	}
	o.must("joe", "/library/wanted", "text", "Decimal games")
	wishes, err := o.store.Wishes(t.Context(), school)
	if err != nil || len(wishes) != 1 {
		t.Fatal(wishes, err)
	}
	if o.must("joe", "/library/answer", bot.Picked, wishes[0].ID).Form == nil || o.must("joe", "/library/save").Form == nil {
		t.Error("who may add gets no form")
	}
	o.must("olga", "/organize/library/adds", bot.Picked, string(bot.RoleOrganizer))
	for path, value := range map[string]string{"/library/save": "", "/library/answer": wishes[0].ID} {
		if _, err := o.ask("joe", path, bot.Picked, value); refusal(err) != "en library.adds.refused.organizer" {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// Saving again says what it added, and words before a link are told where they belong.
func TestSavedAgainAndWordsFirst(t *testing.T) {
	o := newRoom(t)
	o.must("ana", "/library/save", "link", "https://example.org/strips", "tags", "uno")
	says(t, o.must("ana", "/library/save", "link", "https://example.org/strips", "tags", "uno dos"), "library.saved.again.tags", "tags=#dos")
	says(t, o.must("ana", "/library/save", "link", "https://example.org/strips", "tags", "uno dos"), "library.saved.again")
	for typed, want := range map[string]string{"hello there": "library.fault.first", "http://10.0.0.1/ there": "library.fault.link typed=http://10.0.0.1/"} {
		if _, err := o.ask("ana", "/library/save", "link", typed); !strings.Contains(refusal(err), want) {
			t.Errorf("%s: %s", typed, refusal(err))
		}
	}
}

// One link from which nothing is taken does not lose the others: the form stays open.
func TestAFormStaysOpen(t *testing.T) {
	o := newRoom(t)
	o.roles["olga"] = bot.RoleOrganizer
	o.must("olga", "/organize/library/block", "sites", "spam.example")
	wish := o.wish("joe", "Decimal games")
	o.must("joe", "/library/save", "link", "https://example.org/gone")
	const both = "https://example.org/a\nhttps://spam.example/x"
	for path, links := range map[string]string{
		"/library/saved/-/0": both, "/library/answered/" + wish: both,
		"/library/replaced/" + library.IDOf("example.org/gone"): "https://spam.example/x",
	} {
		reply, err := o.ask("ana", path, "link", links, "note", "A long note")
		if err != nil || reply.FieldErrors["link"].String() != "en library.blocked site=spam.example" {
			t.Errorf("%s: %+v, %v", path, reply.FieldErrors, err)
		}
	}
	if _, there := o.resource("example.org/a"); there {
		t.Error("half of it is saved")
	}
}

// What is too long after the command stands in the form, whole, with what is wrong.
func TestATypedNoteThatIsTooLong(t *testing.T) {
	o := newRoom(t)
	note := strings.TrimSpace(strings.Repeat("word ", 240))
	for name, c := range map[string]struct{ typed, field, value, label string }{
		"a note":        {"https://example.org/a " + note, "note", note, "en library.form.fault.long.note most=1000 count=1199"},
		"many tags":     {"https://example.org/a #a #b #c #d #e #f #g #h #i #j #k #l #m", "tags", "#a #b #c #d #e #f #g #h #i #j #k #l #m", "en library.form.fault.tags most=12 count=13"},
		"a note beside": {"https://example.org/a Fine #" + strings.Repeat("x", library.MostTag+1), "note", "Fine", "en library.form.note"},
	} {
		t.Run(name, func(t *testing.T) {
			form := o.must("ana", "/library/save", "link", c.typed).Form
			if form == nil {
				t.Fatal("there is no form")
			}
			at := slices.IndexFunc(form.Fields, func(f bot.Field) bool { return f.Name == c.field })
			if f := form.Fields[at]; f.Value != c.value || f.Label != c.label || f.Max < len(f.Value) || form.Fields[0].Value != "https://example.org/a" {
				t.Errorf("the form has %+v", form.Fields)
			}
		})
	}
	if _, there := o.resource("example.org/a"); there {
		t.Error("it is saved")
	}
}

// Thanks and tries are taken back by whose they are.
func TestTakingBack(t *testing.T) {
	o := newRoom(t)
	o.must("ana", "/library/save", "link", "https://example.org/strips")
	id := library.IDOf("example.org/strips")
	if again := o.must("joe", "/library/try/"+id).Form.Fields[0]; again.Value != "" || again.Optional {
		t.Errorf("an answer is given for them: %+v", again)
	}
	for _, user := range []string{"joe", "kim"} {
		o.must(user, "/library/thank/"+id)
		o.must(user, "/library/tried/"+id, "again", "yes", "worked", "All of it")
	}
	card := o.must("joe", "/library/card/"+id)
	for range 2 {
		says(t, o.must("joe", control(t, card, "library.button.unthank")), "library.unthanked")
		says(t, o.must("joe", control(t, card, "library.button.untry")), "library.untried")
	}
	if r, _ := o.resource("example.org/strips"); !slices.Equal(r.Thanks, []bot.MemberID{"kim"}) || len(r.Tries) != 1 || r.Tries[0].Member != "kim" {
		t.Errorf("it is %+v", r)
	}
	control(t, o.must("joe", "/library/card/"+id), "library.button.thank")
}

// What a colleague keeps for themselves stays when it is undone.
func TestUndoingWhatAnotherKeeps(t *testing.T) {
	o := newRoom(t)
	card := o.must("ana", "/library/save", "link", "https://example.org/strips Note")
	id := library.IDOf("example.org/strips")
	o.must("joe", "/library/keep/"+id+"/yes")
	o.must("ana", "/library/keep/"+id+"/yes")
	says(t, o.must("ana", control(t, card, "library.button.undo")), "library.undone.out")
	says(t, o.must("joe", "/library/mine"), "library.mine.kept", "example.org/strips")
	o.must("joe", "/library/keep/"+id+"/no")
	card = o.must("ana", "/library/save", "link", "https://example.org/other Note")
	o.must("ana", "/library/keep/"+library.IDOf("example.org/other")+"/yes")
	says(t, o.must("ana", control(t, card, "library.button.undo")), "library.undone.gone") // who undoes it keeps nothing back
}
