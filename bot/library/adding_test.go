package library

import (
	"slices"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/grade"
)

var (
	ana = bot.Member{ID: "ana", Name: "Ana"}
	joe = bot.Member{ID: "joe", Name: "Joe"}
)

// Saving again adds, and takes nothing away.
func TestAdd(t *testing.T) {
	r := &Resource{}
	r.add(ana, given{title: "Strips", note: "first", tags: []string{"fractions"}, grades: []string{"4"}, from: Origin{Chat: "c", Name: "SciChat", Question: 4}}, noon)
	r.add(joe, given{title: "Other", subject: "Math", note: "skip part two", tags: []string{"Fractions", "hands-on"}, grades: []string{"3"}}, noon)
	r.add(ana, given{}, noon)
	r.add(bot.Member{ID: "joanna", Former: "joe"}, given{note: "changed"}, noon)
	if r.Title != "Strips" || r.Subject != "Math" || !slices.Equal(r.Tags, []string{"fractions", "hands-on"}) || grade.Text(r.Grades) != "3, 4" {
		t.Errorf("%+v", r)
	}
	if len(r.Credits) != 2 || r.Credits[0].Note != "first" || r.Credits[0].From.Question != 4 || r.Credits[1].Note != "changed" {
		t.Errorf("credits %+v", r.Credits)
	}
	for i := range MostCredits + 5 {
		r.add(bot.Member{ID: bot.MemberID(rune('α' + i))}, given{tags: []string{string(rune('α' + i))}}, noon)
	}
	if len(r.Credits) != MostCredits || len(r.Tags) != MostTags {
		t.Errorf("%d credits, %d tags", len(r.Credits), len(r.Tags))
	}
}

// What somebody added is taken away again, and nothing of anybody else's.
func TestUndo(t *testing.T) {
	r := &Resource{}
	r.add(ana, given{note: "first", tags: []string{"fractions"}, grades: []string{"4"}}, noon)
	alone := *r
	if !alone.undo(ana, noon) {
		t.Error("what nobody else has said anything of stays")
	}
	r.Version = 1
	r.add(joe, given{title: "Other", subject: "Math", note: "skip part two", tags: []string{"fractions", "hands-on"}, grades: []string{"3", "4"}}, noon)
	r.Version = 2
	if r.undo(joe, noon) || r.Title != "" || r.Subject != "" || len(r.Credits) != 1 || !slices.Equal(r.Tags, []string{"fractions"}) || grade.Text(r.Grades) != "4" {
		t.Errorf("after Joe's: %+v", r)
	}
	r.add(ana, given{note: "second"}, noon)
	if r.undo(ana, noon) || len(r.Credits) != 1 || r.Credits[0].Note != "first" {
		t.Errorf("after Ana's second: %+v", r.Credits)
	}
	if r.undoable(ana, noon) {
		t.Error("it can be undone twice")
	}
	r.add(ana, given{note: "third"}, noon)
	if !r.undoable(ana, noon.Add(59*time.Minute)) || r.undoable(ana, noon.Add(time.Hour)) || r.undoable(joe, noon) {
		t.Error("it can be undone for an hour, by who saved it")
	}
	thanked := &Resource{Thanks: []bot.MemberID{"joe"}}
	thanked.add(ana, given{}, noon)
	if thanked.undo(ana, noon) || len(thanked.Credits) != 0 {
		t.Errorf("of which Joe has said something: %+v", thanked)
	}
}

// Merging is the same whoever comes first, but for what there can be one of, and twice
// is once.
func TestMerge(t *testing.T) {
	a := Resource{Created: noon, Title: "A", Tags: []string{"one"}, Grades: []string{"4"}, Credits: []Credit{{Member: "ana", At: noon}}, Thanks: []bot.MemberID{"joe"}}
	b := Resource{
		Created: noon.Add(-time.Hour), Title: "B", Subject: "Math", Tags: []string{"One", "two"}, Grades: []string{"3"},
		Credits: []Credit{{Member: "joe", At: noon.Add(-time.Hour)}, {Member: "ana", At: noon}}, Tries: []Try{{Member: "ana", Again: NotAgain}}, Thanks: []bot.MemberID{"joe", "pat"},
	}
	for range 2 {
		a.merge(&b)
		if a.Title != "A" || a.Subject != "Math" || !a.Created.Equal(b.Created) || !slices.Equal(a.Tags, []string{"one", "two"}) || grade.Text(a.Grades) != "3, 4" {
			t.Errorf("%+v", a)
		}
		if len(a.Credits) != 2 || a.Credits[0].Member != "joe" || len(a.Tries) != 1 || len(a.Thanks) != 2 {
			t.Errorf("people: %+v", a)
		}
	}
}

func TestQuoted(t *testing.T) {
	r := &Resource{}
	expect := func(want string) {
		t.Helper()
		if said, grade, _ := r.quoted(); said+grade != want {
			t.Errorf("%q, want %q", said+grade, want)
		}
	}
	expect("")
	r.Credits = []Credit{{Member: "ana"}, {Member: "joe", Note: "note"}}
	expect("note")
	r.try(joe, Try{Again: NotAgain, Worked: "nothing"})
	expect("nothing")
	r.try(ana, Try{Again: WithChanges, Worked: "part one", Change: "skip part two", Grade: "7"})
	expect("skip part two7")
	r.try(ana, Try{Again: AsItIs, Worked: "all of it"})
	expect("all of it")
	if len(r.Tries) != 2 {
		t.Errorf("somebody has two: %+v", r.Tries)
	}
}

func TestRules(t *testing.T) {
	r := &Rules{}
	if !r.mayAdd(bot.Member{Role: bot.RoleMember}) {
		t.Error("members may not add")
	}
	r.Adds = bot.RoleHost
	if r.mayAdd(bot.Member{Role: bot.RoleMember}) || !r.mayAdd(bot.Member{Role: bot.RoleHost}) || !r.mayAdd(bot.Member{Role: bot.RoleOrganizer}) {
		t.Error("the wrong people may add where hosts may")
	}
	sites, unknown := sitesOf("Ads.example.com, *.spam.org\nhttps://www.bad.net/page spam.org")
	if len(unknown) > 0 || !slices.Equal(sites, []string{"ads.example.com", "bad.net", "spam.org"}) {
		t.Errorf("%q, %q", sites, unknown)
	}
	if _, unknown := sitesOf("ok.org\nads of all kinds\n*.bad.net\nlocalhost\n"); !slices.Equal(unknown, []string{"ads of all kinds", "localhost"}) {
		t.Errorf("%q", unknown)
	}
	r.Blocked = sites
	for typed, want := range map[string]bool{
		"https://spam.org/x": true, "https://www.deep.spam.org": true, "https://notspam.org": false, "https://example.com": false, "https://m.bad.net": true,
	} {
		links, _ := linksOf(typed)
		if r.blocks(links[0]) != want {
			t.Errorf("%s: blocked is %v", typed, !want)
		}
	}
}
