package library_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/library"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// What is hidden is neither found nor shown, but to organizers and who saved it.
func TestHidden(t *testing.T) {
	o := newRoom(t)
	o.roles["olga"] = bot.RoleOrganizer
	o.must("ana", "/library/save", "link", "https://example.org/strips", "tags", "fractions")
	id := library.IDOf("example.org/strips")
	says(t, o.must("joe", "/library/find", "words", "strips"), "library.card.title")
	o.must("joe", "/library/keep/"+id+"/yes")
	says(t, o.must("olga", "/library/hide/"+id+"/yes"), "library.hidden")
	says(t, o.must("joe", "/library/find", "words", "strips"), "library.find.empty")
	says(t, o.must("joe", "/library/mine"), "library.mine.empty")
	for _, path := range []string{"/library/card/", "/library/try/", "/library/thank/", "/library/report/"} {
		if _, err := o.ask("joe", path+id); bot.CodeOf(err) != bot.NotFound {
			t.Errorf("joe gets %s: %v", path, err)
		}
	}
	if _, err := o.ask("joe", "/library/tried/"+id, "again", "yes"); bot.CodeOf(err) != bot.NotFound {
		t.Errorf("joe tries it: %v", err)
	}
	for links, told := range map[string]string{
		"https://example.org/strips":                              "en library.save.hidden",
		"https://example.org/open https://www.example.org/strips": "en library.save.hidden.some links=example.org/strips",
	} {
		if _, err := o.ask("joe", "/library/save", "link", links); bot.CodeOf(err) != bot.Forbidden || refusal(err) != told {
			t.Errorf("joe saves it: %v", refusal(err))
		}
	}
	for _, words := range []string{"https://example.org/strips", "example.org/strips"} {
		if text := o.must("joe", "/library/find", "words", words).Message.Text.String(); strings.Contains(text, "library.card") {
			t.Errorf("joe finds it by its address: %s", text)
		}
	}
	if _, there := o.resource("example.org/open"); there {
		t.Error("what stood before it is saved")
	}
	says(t, o.must("ana", "/library/card/"+id), "library.card.hidden")
	o.must("olga", "/library/hide/"+id+"/no")
	says(t, o.must("joe", "/library/find", "words", "strips"), "library.card.title")
}

// Nobody sees, or goes on with, what another has looked for or keeps.
func TestSearchesArePrivate(t *testing.T) {
	o := newRoom(t)
	for i := range 7 {
		o.must("ana", "/library/save", "link", fmt.Sprint("https://example.org/strips", i), "tags", "fractions")
	}
	more := control(t, o.must("joe", "/library/find", "tag", "fractions"), "library.button.more")
	if _, err := o.ask("ana", more); bot.CodeOf(err) != bot.NotFound {
		t.Errorf("ana goes on with joe's search: %v", err)
	}
	says(t, o.must("joe", more), "library.find.found")
	o.must("joe", "/library/keep/"+library.IDOf("example.org/strips1")+"/yes")
	if reply := o.must("kim", "/library/mine"); !strings.Contains(reply.Message.Text.String(), "library.mine.empty") {
		t.Errorf("kim has %q", reply.Message.Text.String())
	}
	for _, path := range []string{"/library/find", "/library/mine", "/library/save", "/library/wanted", "/library/card/x", "/library/more/x/0"} {
		if route, ok := o.router.Route(path); !ok || !route.Private {
			t.Errorf("%s is answered before everybody", path)
		}
	}
}

// Something is asked once, whoever asks; who asked is told, and nobody else.
func TestWanted(t *testing.T) {
	o := newRoom(t)
	for _, user := range []string{"joe", "kim", "joe"} {
		o.must(user, "/library/wanted", "text", map[string]string{"joe": "Decimal games", "kim": " decimal  GAMES"}[user])
	}
	wishes, err := o.store.Wishes(t.Context(), school)
	if err != nil || len(wishes) != 1 || len(wishes[0].Askers) != 2 || wishes[0].Text != "Decimal games" {
		t.Fatalf("wishes %+v, %v", wishes, err)
	}
	id := wishes[0].ID
	form := o.must("kim", "/library/answer", bot.Picked, id).Form
	says(t, o.must("kim", form.Path, "link", "https://example.org/dice", "note", "Two dice"), "library.wanted.thanks")
	w, err := o.store.Wish(t.Context(), school, id)
	if err != nil || w.Answer != library.IDOf("example.org/dice") {
		t.Errorf("the wish is %+v, %v", w, err)
	}
	says(t, o.must("ana", "/library/wanted"), "library.wanted.empty")
	if _, err := o.ask("ana", "/library/again/"+id); bot.CodeOf(err) != bot.NotFound {
		t.Errorf("ana wants it again: %v", err)
	}
	says(t, o.must("joe", "/library/again/"+id), "library.wanted.again")
	says(t, o.must("ana", "/library/wanted"), "library.wanted.line text=Decimal games") // it was enough for kim
	says(t, o.must("kim", "/library/again/"+id), "library.wanted.again")
	says(t, o.must("ana", "/library/wanted"), "library.wanted.line.several text=Decimal games count=2")
	if _, err := o.ask("ana", "/library/unask/"+id); bot.CodeOf(err) != bot.NotFound {
		t.Errorf("ana takes it back: %v", err)
	}
	o.must("joe", "/library/unask/picked", bot.Picked, id)
	says(t, o.must("ana", "/library/wanted"), "library.wanted.line text=Decimal games")
	// It ends by itself.
	if err := o.clock.RunUntil(t.Context(), o.runner, o.clock.Now().Add(library.WishFor)); err != nil {
		t.Fatal(err)
	}
	if wishes, err := o.store.Wishes(t.Context(), school); err != nil || len(wishes) != 0 {
		t.Errorf("after its time: %+v, %v", wishes, err)
	}
}

// What is looked for is looked up first.
func TestWantedIsLookedUpFirst(t *testing.T) {
	o := newRoom(t)
	o.must("ana", "/library/save", "link", "https://example.org/decimals Games with decimals")
	reply := o.must("joe", "/library/wanted", "text", "decimals")
	says(t, reply, "example.org/decimals", "library.wanted.perhaps")
	if wishes, err := o.store.Wishes(t.Context(), school); err != nil || len(wishes) != 0 {
		t.Errorf("it is asked: %+v, %v", wishes, err)
	}
	says(t, o.must("joe", control(t, reply, "library.button.ask")), "library.wanted.asked")
}

func TestSearchIsWidened(t *testing.T) {
	o := newRoom(t)
	o.must("ana", "/library/save", "link", "https://example.org/decimals", "grade", "4")
	reply := o.must("joe", "/library/find", "words", "decimals", "grade", "5")
	says(t, reply, "library.find.empty wants=decimals, en library.card.grade")
	says(t, o.must("joe", control(t, reply, "library.button.wider")), "library.card.title title=example.org/decimals")
	if _, err := o.ask("joe", "/library/wider/none"); bot.CodeOf(err) != bot.NotFound {
		t.Errorf("of no search: %v", err)
	}
}

// Titles are proposed for what is typed, and those that are hidden are not.
func TestTitlesAreProposed(t *testing.T) {
	o := newRoom(t)
	o.roles["olga"] = bot.RoleOrganizer
	for _, name := range []string{"fractions", "fractional", "rivers"} {
		o.must("ana", "/library/save", "link", "https://"+name+".example/")
	}
	o.must("olga", "/library/hide/"+library.IDOf("fractional.example")+"/yes")
	for typed, want := range map[string]string{"fracti": "fractions.example", "": "", "nothing": ""} {
		choices, err := o.router.Complete(t.Context(), bottest.Request("joe", "/library/find", "words", typed), "words")
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, c := range choices {
			got = append(got, c.Value)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("for %q are proposed %q, want %q", typed, got, want)
		}
	}
}

// What people typed is data, wherever it stands.
func TestTypedIsData(t *testing.T) {
	o := newRoom(t)
	const typed = "**bold** <@everyone> [x](https://evil.example)"
	id := library.IDOf("example.org/a")
	o.must("ana", "/library/save", "link", "https://example.org/a")
	replies := []bot.Reply{
		o.must("ana", "/library/changed/"+id+"/-", "title", typed, "note", typed, "tags", typed, "subject", typed[:30]),
		o.must("joe", "/library/tried/"+id, "again", "yes", "worked", typed),
		o.must("joe", "/library/mine"), o.must("joe", "/library/find"), o.must("joe", "/library/wanted", "text", typed),
	}
	replies = append(replies, o.must("joe", control(t, replies[len(replies)-1], "library.button.ask")), o.must("joe", "/library/wanted"))
	for _, r := range replies {
		for _, span := range r.Message.Text {
			plain := span.Kind == bot.SpanPlain || span.Kind == bot.SpanLink && span.URL == "https://example.org/a"
			if strings.Contains(span.Text, "everyone") && !plain {
				t.Errorf("%q is of kind %q", span.Text, span.Kind)
			}
		}
		if !slices.ContainsFunc(r.Message.Text, func(s bot.Span) bool { return strings.Contains(s.Text, "everyone") }) {
			t.Errorf("%q does not show it", r.Message.Text.String())
		}
	}
}

// A link that is not found any more says so, until it works for somebody.
func TestDeadLinks(t *testing.T) {
	o := newRoom(t)
	o.must("ana", "/library/save", "link", "https://example.org/strips")
	id := library.IDOf("example.org/strips")
	got, err := o.store.Read(t.Context(), school, "", id)
	if err != nil {
		t.Fatal(err)
	}
	r := got.Found[id]
	r.Health = library.Health{State: library.Dead, Failed: 6, Since: got.Now, Archived: "https://web.archive.org/web/2026/https://example.org/strips"}
	if err := o.store.Advance(t.Context(), &r, outbox.Effects{}); err != nil {
		t.Fatal(err)
	}
	card := o.must("joe", "/library/card/"+id)
	says(t, card, "library.card.dead")
	if c := card.Message.Controls[1]; c.URL != r.Health.Archived {
		t.Errorf("the archived copy is %+v", c)
	}
	o.must("kim", "/library/save", "link", "https://example.org/other strips")
	says(t, o.must("joe", "/library/find", "words", "strips"), "library.line.dead")
	works := control(t, card, "library.button.works")
	for range 2 {
		if reply := o.must("joe", works); strings.Contains(reply.Message.Text.String(), "library.card.dead") {
			t.Errorf("it is dead still: %q", reply.Message.Text)
		}
	}
}

// What somebody has the address of is found by it, whatever form that has.
func TestFindingByAddress(t *testing.T) {
	o := newRoom(t)
	o.must("ana", "/library/save", "link", "https://example.org/strips/?utm_source=x", "note", "Skip part two")
	o.must("ana", "/library/save", "link", "https://example.org/strips-for-example")
	for _, words := range []string{"https://example.org/strips", "http://www.example.org/strips/#top", "example.org/strips"} {
		says(t, o.must("joe", "/library/find", "words", words), "library.card.title title=example.org/strips · ", "Skip part two")
		says(t, o.must("joe", "/library/wanted", "text", words), "library.wanted.perhaps")
	}
	says(t, o.must("joe", "/library/find", "words", "https://example.org/none"), "library.find")
}

// What has a title is found by its site, and so is a video whose address is a short one.
func TestFindingASite(t *testing.T) {
	o := newRoom(t)
	for link, title := range map[string]string{
		"https://es.wikipedia.org/wiki/Agua": "El ciclo del agua", "https://a.example.org/x": "A", "https://j.example.org/x": "J",
		"https://youtu.be/aaaaaaaaaaa": "A song",
	} {
		card := o.must("ana", "/library/save", "link", link)
		form := o.must("ana", control(t, card, "library.button.change")).Form
		o.must("ana", form.Path, "title", title)
	}
	for words, want := range map[string]string{
		"wikipedia.org": "title=El ciclo", "Wikipedia": "title=El ciclo", "https://es.wikipedia.org": "title=El ciclo",
		"a.example.org": "title=A ", "b.example.org": "library.find.empty", "youtube.com": "title=A song", "youtu.be": "title=A song",
	} {
		t.Run(words, func(t *testing.T) { says(t, o.must("joe", "/library/find", "words", words), want) })
	}
}

// A day that is still to come is no reason to say that it cannot be read.
func TestSinceADayToCome(t *testing.T) {
	o := newRoom(t)
	for typed, want := range map[string]string{"tomorrow": "en library.fault.since.later", "2027-01-01": "en library.fault.since.later", "soon": "en library.fault.since typed=soon"} {
		if _, err := o.ask("joe", "/library/find", "since", typed); bot.CodeOf(err) != bot.Invalid || !strings.HasPrefix(refusal(err), want) {
			t.Errorf("%q: %q", typed, refusal(err))
		}
	}
}
