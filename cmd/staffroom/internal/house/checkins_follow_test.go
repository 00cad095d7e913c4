package house_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/staffroom-bot/staffroom/bot/checkin"
)

var codeIn = regexp.MustCompile(`\b[a-z2-9]{5}-[a-z2-9]{5}\b`)

// link lets the second account be the first one's too.
func (s *school) link(first, second string) {
	s.Helper()
	code := codeIn.FindString(s.ask(first, "/my/accounts/code").Message.Text.String())
	if code == "" {
		s.Fatal("no code")
	}
	preview := s.ask(second, "/my/accounts/entered", "code", code)
	s.ask(second, preview.Message.Controls[0].Path)
}

// Who links their accounts is asked once, answers what either was asked, and finds
// in one journal what they wrote; parted, each has their own again.
func TestALinkedAccountIsOnePerson(t *testing.T) {
	s := newSchool(t, "2026-11-02 09:00", "")
	id := s.add("Friday", "Rose?\nTry? (goal)", fridays, 1, checkin.Private)
	own := s.add("Monday", "Aim?", "every monday at 10:00", 1, checkin.Private)
	s.join(id, "ana", "anne")
	s.join(own, "anne")
	s.until("2026-11-02 10:01")
	s.write("anne", "to rest")
	s.until("2026-11-06 15:01")
	s.wantPrompts(1, "ana")
	s.wantPrompts(2, "anne")
	s.write("anne", "a rose of anne", "ask less")

	s.link("ana", "anne")
	s.until("2026-11-06 15:02")
	for _, who := range []string{"ana", "anne"} {
		journal := string(s.ask(who, "/my/journal").Message.Files[0].Data)
		if !strings.Contains(journal, "to rest") || !strings.Contains(journal, "a rose of anne") {
			t.Errorf("the journal of %s is %s", who, journal)
		}
		wantSays(t, s.ask(who, "/my/goals"), "ask less")
	}
	// What ana was asked is the same question: it is answered, and can be changed.
	form := s.ask("ana", s.control("ana", "Write"))
	if got := form.Form.Fields[0].Value; got != "a rose of anne" {
		t.Errorf("in the form stands %q", got)
	}
	s.until("2026-11-07 09:00")
	undo := path(t, s.ask("ana", "/my/accounts"), "Undo the last link")
	s.ask("ana", undo)
	s.until("2026-11-07 09:01")
	wantSays(t, s.ask("ana", "/my/goals"), "no goals here yet")
	wantSays(t, s.ask("anne", "/my/goals"), "ask less")
	s.until("2026-11-09 10:01")
	s.wantPrompts(3, "anne")

	// Linked for good: from now on one question each time.
	s.link("ana", "anne")
	s.until("2026-11-20 15:01")
	s.wantPrompts(3, "ana")
	s.wantPrompts(4, "anne") // Mondays are asked where she joined
}
