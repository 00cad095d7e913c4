package community

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/locale"
	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

// said asks for a path as ana, and gives what she reads: the message, the fault
// of a field, or an error.
func said(t *testing.T, r *bot.Router, path string, values ...string) (text string, reply bot.Reply) {
	t.Helper()
	reply, err := r.Ask(context.Background(), bottest.Request("ana", path, values...))
	switch {
	case err != nil:
		var e *bot.Error
		if bot.CodeOf(err) != bot.Invalid || !errors.As(err, &e) {
			t.Fatal(err)
		}
		return e.Message.String(), reply
	case reply.Message != nil:
		return reply.Message.Text.String(), reply
	default:
		return reply.FieldErrors[untilField].String(), reply
	}
}

// The clock of these tests shows Thursday 14 May 2026 in Chicago.
func TestAway(t *testing.T) {
	r, d, store := settingsRouter(t)
	stored := func() bot.Away { return store.members[member(t, d, "ana", "ana").ID].Away }

	text, reply := said(t, r, "/my/away")
	if !strings.HasPrefix(text, "You are not away.") || len(reply.Message.Controls) != 1 || reply.Message.Controls[0].Path != "/my/away/change" {
		t.Errorf("at first: %q with %v", text, reply.Message.Controls)
	}
	text, reply = said(t, r, "/my/away", "until", "friday")
	want := "You are away until Fri 15 May 2026, that day included. From Sat 16 May 2026 on I write to you again."
	if text != want || len(reply.Message.Controls) != 2 || reply.Message.Controls[0].Label != "I'm back" {
		t.Errorf("got %q with %v", text, reply.Message.Controls)
	}
	if got := stored(); got != (bot.Away{From: "2026-05-14", Until: "2026-05-15"}) {
		t.Errorf("stored is %+v", got)
	}
	if text, _ := said(t, r, "/my/away"); text != want {
		t.Errorf("then it shows %q", text)
	}
	if text, _ := said(t, r, "/my/away/back"); text != "Saved. You are not away." || stored() != (bot.Away{}) {
		t.Errorf("back: %q, stored is %+v", text, stored())
	}

	// Later, in both ways to say it, and by the form.
	want = "You are away from Sun 21 Jun 2026 until Sat 4 Jul 2026, both days included. From Sun 5 Jul 2026 on I write to you again."
	for _, c := range [][]string{
		{"/my/away", "until", "from 21 june until 4 july"},
		{"/my/away", "from", "21 june", "until", "for 2 weeks"},
		{"/my/away/save", "from", "21 june", "until", "until 4 july"},
	} {
		text, reply := said(t, r, c[0], c[1:]...)
		if text != want || reply.Message.Controls[0].Label != "Not away after all" {
			t.Errorf("%q: %q with %v", c, text, reply.Message.Controls)
		}
	}
}

// Whether one is away is asked by the member's own calendar, and ends by itself.
func TestAwayIsByTheClockOfTheMember(t *testing.T) {
	r, d, _ := settingsRouter(t)
	save(t, r, "en", "Pacific/Kiritimati") // it is Friday there
	if text, _ := said(t, r, "/my/away", "until", "today"); !strings.Contains(text, "until Fri 15 May 2026") {
		t.Errorf("got %q", text)
	}
	save(t, r, "en", "Pacific/Auckland")
	if text, _ := said(t, r, "/my/away"); !strings.Contains(text, "until Fri 15 May 2026") {
		t.Errorf("after travelling: %q", text)
	}
	if _, err := d.Appoint(context.Background(), bottest.Account("ana"), "ana", func(m *bot.Member) {
		m.Away = bot.Away{From: "2026-05-10", Until: "2026-05-14"}
	}); err != nil {
		t.Fatal(err)
	}
	if text, _ := said(t, r, "/my/away"); !strings.HasPrefix(text, "You are not away.") {
		t.Errorf("when it is over: %q", text)
	}
}

func TestAwayRefuses(t *testing.T) {
	r, d, store := settingsRouter(t)
	before := member(t, d, "ana", "ana")
	how := " You can write: until friday, for 2 weeks or from 21 december until 6 january. Nothing is lost."
	for typed, want := range map[string]string{
		"for ever":                  "I couldn't read “for ever” as days." + how,
		"until 31 june":             "There is no such date as in “until 31 june”." + how,
		"next friday":               "“next friday” can mean two days." + how,
		"until 2026-05-13":          "“until 2026-05-13” is over already, or ends before it begins." + how,
		"for 500 days":              "“for 500 days” is more than a year." + how,
		strings.Repeat("x", 100000): "That is too long to read." + how,
	} {
		for _, path := range []string{"/my/away", "/my/away/save"} {
			if got, _ := said(t, r, path, "until", typed); got != want {
				t.Errorf("%s: got %q, want %q", path, got, want)
			}
		}
	}
	if after := member(t, d, "ana", "ana"); after != before || store.count("SaveMember") != 0 {
		t.Errorf("something was stored: %+v", after)
	}
}

// What members are told they can write is understood.
func TestExamplesOfAwayAreUnderstood(t *testing.T) {
	words, err := locale.New()
	if err != nil {
		t.Fatal(err)
	}
	for _, language := range []string{"en", "es"} {
		examples := 0
		for _, span := range words.Text(language, "community.away.examples") {
			if span.Kind != bot.SpanBold {
				continue
			}
			examples++
			if _, err := rule.ParseSpan(span.Text, rule.DateOf(time.Date(2026, 5, 14, 0, 0, 0, 0, time.UTC))); err != nil {
				t.Errorf("%q: %v", span.Text, err)
			}
		}
		if examples != 3 {
			t.Errorf("%s: %d examples", language, examples)
		}
	}
}
