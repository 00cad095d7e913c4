package console

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/staffroom-bot/staffroom/bot"
)

func TestParseLine(t *testing.T) {
	for _, c := range []struct {
		in   string
		want line
	}{
		{"", line{}},
		{"   \t ", line{}},
		{"# a note: with a colon", line{}},
		{"maria: A1 I start", line{verb: sayIt, who: "maria", text: "A1 I start"}},
		{"  maria :A1 I start  \r", line{verb: sayIt, who: "maria", text: "A1 I start"}},
		{"maria #lounge: A1: so", line{verb: sayIt, who: "maria", channel: "lounge", text: "A1: so"}},
		{"maria#lounge: hi", line{verb: sayIt, who: "maria", channel: "lounge", text: "hi"}},
		{"José_2: hola", line{verb: sayIt, who: "José_2", text: "hola"}},
		{"maria: /chat list", line{verb: commandIt, who: "maria", text: "/chat list"}},
		{"maria: !press Start", line{verb: pressIt, who: "maria", text: "Start"}},
		{`maria: !PRESS "I'll be there"`, line{verb: pressIt, who: "maria", text: "I'll be there"}},
		{"maria: !pick Q2 · Two?", line{verb: pickIt, who: "maria", text: "Q2 · Two?"}},
		{"maria: !menu 12 Fix question", line{verb: menuOf, who: "maria", message: "12", text: "Fix question"}},
		{`maria: !fill Title=a b="c"`, line{verb: fillIt, who: "maria", text: `Title=a b="c"`}},
		{"maria: !fill", line{verb: fillIt, who: "maria"}},
		{"maria: !reply 12 I agree", line{verb: replyTo, who: "maria", message: "12", text: "I agree"}},
		{`maria: !reply #12 "I\nagree"`, line{verb: replyTo, who: "maria", message: "12", text: "I\nagree"}},
		{"maria: !edit x17 so", line{verb: editIt, who: "maria", message: "x17", text: "so"}},
		{"maria: !delete 12", line{verb: deleteIt, who: "maria", message: "12"}},
		{"maria: !react 12 👍", line{verb: reactTo, who: "maria", message: "12", text: "👍"}},
		{"maria: !say !quit", line{verb: sayIt, who: "maria", text: "!quit"}},
		{`maria: !say "a \"b\" \\ c"`, line{verb: sayIt, who: "maria", text: `a "b" \ c`}},
		{`maria: !say "open`, line{verb: sayIt, who: "maria", text: `"open`}},
		{"!dm maria", line{verb: directOf, who: "maria"}},
		{"!in #other", line{verb: moveTo, channel: "other"}},
		{"!in other", line{verb: moveTo, channel: "other"}},
		{"!join pat", line{verb: joinIn, person: Person{Name: "pat"}}},
		{"!join pat role=Organizer zone=America/Chicago language=es", line{verb: joinIn,
			person: Person{Name: "pat", Role: bot.RoleOrganizer, Zone: "America/Chicago", Language: "es"}}},
		{"!wait 90s", line{verb: waitFor, wait: 90 * time.Second}},
		{"!wait 1h30m", line{verb: waitFor, wait: 90 * time.Minute}},
		{"!wait 2d", line{verb: waitFor, wait: 48 * time.Hour}},
		{"!wait 1d12h", line{verb: waitFor, wait: 36 * time.Hour}},
		{"!help", line{verb: helpMe}},
		{"!Quit", line{verb: quitIt}},
	} {
		got, err := parseLine(c.in)
		if err != nil {
			t.Errorf("parseLine(%q) = %v", c.in, err)
		}
		if diff := cmp.Diff(c.want, got, cmp.AllowUnexported(line{})); diff != "" {
			t.Errorf("parseLine(%q) (-want +got):\n%s", c.in, diff)
		}
	}
}

func TestParseFill(t *testing.T) {
	f := newForm(bot.Form{Fields: []bot.Field{
		{Name: "title", Label: "Title"}, {Name: "questions", Label: "Questions"}, {Name: "who", Label: "Who may come"},
	}}, "lounge", nil)
	for _, c := range []struct {
		in   string
		want map[string]string
		err  string // a part of it
	}{
		{in: "", want: map[string]string{}},
		{in: "Title=Models", want: map[string]string{"title": "Models"}},
		{in: "title=Using models WHO MAY COME=all of us", want: map[string]string{"title": "Using models", "who": "all of us"}},
		{in: `Questions="one\ntwo = 2" who=all`, want: map[string]string{"questions": "one\ntwo = 2", "who": "all"}},
		{in: "Title=", want: map[string]string{"title": ""}},
		{in: "Title=https://example.org/?a=b", want: map[string]string{"title": "https://example.org/?a=b"}},
		{in: `Title="open`, want: map[string]string{"title": `"open`}},
		{in: "Titel=Models", want: map[string]string{"Titel": "Models"}}, // refused by put
		{in: "Models", err: "behind its field"},
		{in: "two words=Models", err: "behind its field"},
		{in: "Title=a title=b", err: "twice"},
		{in: `Title="a"Questions=b`, err: "space is missing"},
	} {
		got, err := f.parse(c.in)
		if c.err != "" {
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("parse(%q) = %v, want an error with %q", c.in, err, c.err)
			}
			continue
		}
		if err != nil {
			t.Errorf("parse(%q) = %v", c.in, err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("parse(%q) (-want +got):\n%s", c.in, diff)
		}
	}
}

func FuzzLine(f *testing.F) {
	for _, seed := range []string{
		"maria: A1 I start", "maria #lounge: hi", "maria: !fill Title=a b=\"c\\n\" Who may come=x", "!join pat role=host zone=UTC",
		"!wait 1d2h", "maria: !press \"Start\" 12", "maria: !reply 12 \"a\\", "# note", "!in #x", "a:!say \x1b[2J\u202e", "!dm \xff",
	} {
		f.Add(seed)
	}
	form := newForm(bot.Form{Fields: []bot.Field{{Name: "title", Label: "Title"}, {Name: "who", Label: "Who may come"}}}, "lounge", nil)
	f.Fuzz(func(t *testing.T, s string) {
		l, err := parseLine(s)
		var m mistake
		if err != nil && !errors.As(err, &m) {
			t.Fatalf("parseLine(%q) = %v, want a mistake that says what to do", s, err)
		}
		if err != nil {
			return
		}
		if l.who != "" && !isWord(l.who) || l.channel != "" && !isWord(l.channel) || !utf8.ValidString(l.text) {
			t.Fatalf("parseLine(%q) = %+v", s, l)
		}
		if l.verb == waitFor && l.wait <= 0 {
			t.Fatalf("parseLine(%q) waits %v", s, l.wait)
		}
		if l.verb == sayIt {
			again, err := parseLine(l.who + ": !say " + quote(l.text))
			if err != nil || again.text != l.text {
				t.Fatalf("%q said again is %q, %v", l.text, again.text, err)
			}
		}
		if l.verb == fillIt {
			values, err := form.parse(l.text)
			if err == nil {
				_ = form.put(values)
			}
		}
		for _, shown := range safeLines(s) {
			if strings.ContainsFunc(shown, func(r rune) bool { return r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 }) {
				t.Fatalf("safeLines(%q) has %q", s, shown)
			}
		}
	})
}
