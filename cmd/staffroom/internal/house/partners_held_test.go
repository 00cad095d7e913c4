package house_test

import (
	"strings"
	"testing"
)

// farAway are people on the other side of the earth: when a round begins on an evening of New
// York it is noon there, so they hear of it at once, and the others in the morning.
func (s *school) farAway(users ...string) {
	s.Helper()
	for _, u := range users {
		s.ask(u, "/my/settings/save", "language", "en", "zone", "Pacific/Auckland")
	}
}

// What waits for somebody is taken back when it is true no longer: whoever had not heard of a
// partner hears neither of them nor that they have left, but of the next one alone.
func TestAnIntroductionThatWaitsIsTakenBack(t *testing.T) {
	s := newSchool(t, "2026-09-07 09:00", "")
	all := []string{"ana", "joe", "sam", "kim"}
	s.farAway("joe", "sam", "kim")
	s.pairsEvery("every tuesday at 20:30", all...)
	s.until("2026-09-08 22:00")
	mate := s.mates("ana", all)[0]
	if got := s.introduced("ana"); len(got) != 0 {
		t.Fatalf("ana was told in the evening: %q", got)
	}
	s.ask(mate, s.control(mate, "Can't this time"))
	s.until("2026-09-09 09:00")
	got := s.introduced("ana")
	if len(got) != 1 || strings.Contains(got[0], mate) || !strings.Contains(got[0], "a circle of three this time") {
		t.Errorf("without %s: %q", mate, got)
	}
}

// Of a circle of three whose introduction waits, the two who stay are told of each other alone.
func TestThoseWhoStayAreIntroducedAnew(t *testing.T) {
	s := newSchool(t, "2026-09-07 09:00", "")
	s.farAway("sam")
	s.pairsEvery("every tuesday at 20:30", "ana", "joe", "sam")
	s.until("2026-09-08 22:00")
	s.ask("sam", s.control("sam", "Can't this time"))
	s.until("2026-09-09 09:00")
	for u, other := range map[string]string{"joe": "ana", "ana": "joe"} {
		if got := s.introduced(u); len(got) != 1 || !strings.HasPrefix(got[0], u+", meet "+other+".") || strings.Contains(got[0], "sam") {
			t.Errorf("%s: %q", u, got)
		}
	}
}

// A nudge that waits does not come to whoever is known to have met.
func TestWhoHasMetIsNotNudged(t *testing.T) {
	s := newSchool(t, "2026-09-07 09:00", "")
	s.farAway("joe")
	s.pairsEvery("every tuesday at 20:30", "ana", "joe")
	s.until("2026-09-10 22:00")
	if joe, ana := s.written("joe", "Fifteen minutes"), s.written("ana", "Fifteen minutes"); len(joe) != 1 || len(ana) != 0 {
		t.Fatalf("joe: %q, ana: %q", joe, ana)
	}
	s.ask("joe", s.control("joe", "We met"))
	s.until("2026-09-12 12:00")
	if got := s.written("ana", "Fifteen minutes"); len(got) != 0 {
		t.Errorf("they have met: %q", got)
	}
}
