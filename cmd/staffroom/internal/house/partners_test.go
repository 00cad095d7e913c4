package house_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/staffroom-bot/staffroom/bot/bottest"
)

// pairs makes partner rounds each week, in which people take part, and gives their ID.
func (s *school) pairs(users ...string) string {
	s.Helper()
	return s.pairsEvery("every tuesday at 10am", users...)
}

func (s *school) pairsEvery(when string, users ...string) string {
	s.Helper()
	reply := s.ask("maria", "/organize/partners/create", "name", "Partners", "when", when, "style", "alike", "hours", "1", "who", "everybody")
	id := ""
	for _, c := range reply.Message.Controls {
		if found, ok := strings.CutPrefix(c.Path, "/organize/partners/edit/"); ok {
			id = found
		}
	}
	for _, u := range users {
		s.takesPart(id, u)
	}
	return id
}

func (s *school) takesPart(id, user string) {
	s.Helper()
	s.ask(user, "/partner/told/"+id, "teaches", "Science", "grades", "7", "free", "after")
}

// introduced are the beginnings of what somebody was told about partners.
func (s *school) introduced(user string) []string {
	var out []string
	for _, e := range s.direct(user) {
		out = append(out, e.Message.Text.String())
	}
	return out
}

// mates are those whom somebody was introduced to last.
func (s *school) mates(user string, all []string) []string {
	s.Helper()
	said := s.ask(user, "/partner/current").Message.Text.String()
	var out []string
	for _, u := range all {
		if u != user && strings.Contains(said, u) {
			out = append(out, u)
		}
	}
	return out
}

func TestPartnersMeetSomebodyNewEachRound(t *testing.T) {
	s := newSchool(t, "2026-09-07 09:00", "")
	all := []string{"ana", "joe", "sam", "lea"}
	s.pairs(all...)
	s.until("2026-09-07 23:00")
	called := s.platform.Ledger()
	if len(called) != 1 || !strings.Contains(called[0].Message.Text.String(), "next round of partners") {
		t.Fatalf("the call: %+v", called)
	}
	met := map[string][]string{}
	for week, day := range []string{"2026-09-08 11:00", "2026-09-15 11:00", "2026-09-22 11:00"} {
		s.until(day)
		for _, u := range all {
			mates := s.mates(u, all)
			if len(mates) != 1 || slices.Contains(met[u], mates[0]) {
				t.Errorf("%s met %v and then %v", u, met[u], mates)
			}
			met[u] = append(met[u], mates...)
			s.press(u, s.ask(u, "/partner/current"), "We met") // whoever gives no sign for two rounds pauses
			if got := s.written(u, ", meet "); len(got) != week+1 || !strings.Contains(got[week], "You both teach science, grade 7.") || !strings.Contains(got[week], "You are both free") {
				t.Errorf("%s: %q", u, got)
			}
		}
	}
	if words := s.ask("ana", "/partner/why").Message.Text.String(); !strings.Contains(words, "You both teach science") {
		t.Error(words)
	}
}

// Who cannot make it leaves somebody who gets another partner within a day, and does not hear why.
func TestPartnersAreOfferedSomebodyElse(t *testing.T) {
	s := newSchool(t, "2026-09-07 09:00", "")
	all := []string{"ana", "joe", "sam", "lea"}
	id := s.pairs(all...)
	s.until("2026-09-08 11:00")
	first := s.mates("ana", all)[0]
	s.ask("ana", s.control("ana", "Can't this time"))
	s.until("2026-09-09 11:00")
	got := s.introduced(first)
	if all := strings.Join(got, "|"); !strings.Contains(all, "ana isn't available this time") || !strings.Contains(all, "a circle of three this time") {
		t.Errorf("%q", got)
	}
	if mates := s.mates(first, all); len(mates) != 2 || slices.Contains(mates, "ana") {
		t.Errorf("%s is with %v", first, mates)
	}
	if text := s.ask("ana", "/partner/current").Message.Text.String(); !strings.Contains(text, "you have no partner just now") {
		t.Error(text)
	}
	s.takesPart(id, "max")
	s.takesPart(id, "kim")
	s.until("2026-09-10 11:00")
	if mates := s.mates("max", append(all, "max", "kim")); !slices.Equal(mates, []string{"kim"}) {
		t.Errorf("those who came later: %v", mates)
	}
}

func TestBlockedPartnersPartAndNeverMeetAgain(t *testing.T) {
	s := newSchool(t, "2026-09-07 09:00", "")
	all := []string{"ana", "joe"}
	s.pairs(all...)
	s.until("2026-09-08 11:00")
	s.ask("ana", "/partner/block", "person", "joe")
	for _, day := range []string{"2026-09-09 11:00", "2026-09-16 11:00", "2026-09-23 11:00"} {
		s.until(day)
		for _, u := range all {
			if mates := s.mates(u, all); len(mates) > 0 {
				t.Errorf("%s: %s has %v", day, u, mates)
			}
		}
	}
	// Who was blocked hears what everybody hears whose partner cannot make it, and both hear
	// the same words after that.
	got, want := s.introduced("joe"), s.introduced("ana")
	if !strings.HasPrefix(got[1], "ana isn't available this time. I look for somebody else for you") || !strings.HasSuffix(got[1], want[1]) || !slices.Equal(got[2:], want[2:]) {
		t.Errorf("%q\n%q", got, want)
	}
	if text := s.ask("joe", "/my/export"); strings.Contains(string(text.Message.Files[0].Data), "ana") {
		t.Error("the blocked one gets to know it")
	}
}

// Of whoever is forgotten nothing is left in anything that partners keep, and nobody is
// introduced to them.
func TestPartnersAreForgotten(t *testing.T) {
	s := newSchool(t, "2026-09-07 09:00", "")
	all := []string{"zara", "joe", "sam"}
	s.pairs(all...)
	s.ask("sam", "/partner/block", "person", "joe")
	s.ask("joe", "/partner/block", "person", "zara")
	s.ask("joe", "/partner/apart-not/block/"+s.id("zara"))
	s.until("2026-09-08 11:00")
	s.ask("zara", "/partner/apart-from/evaluation/"+s.id("sam"))
	s.ask("sam", "/partner/apart-from/evaluation/"+s.id("zara"))
	zara := s.id("zara")
	export := string(s.ask("zara", "/my/export").Message.Files[0].Data)
	for _, part := range []string{"science", "Partners", "you are not introduced to sam", "After school"} {
		if !strings.Contains(strings.ToLower(export), strings.ToLower(part)) {
			t.Errorf("the export has no %q:\n%s", part, export)
		}
	}
	s.ask("zara", "/my/forget-now/remove")
	for key, body := range s.dump() {
		if strings.Contains(key, "partner") && (strings.Contains(key, zara) || strings.Contains(body, zara) || strings.Contains(body, `"zara"`)) {
			t.Errorf("%s: %s", key, body)
		}
	}
	s.until("2026-09-16 11:00")
	if mates := s.mates("joe", all); slices.Contains(mates, "zara") {
		t.Error(mates)
	}
}

// id is a member's ID.
func (s *school) id(user string) string {
	s.Helper()
	m, err := s.Directory.Member(s.Context(), bottest.Account(user), "")
	if err != nil {
		s.Fatal(err)
	}
	return string(m.ID)
}
