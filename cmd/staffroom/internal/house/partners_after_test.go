package house_test

import (
	"slices"
	"strings"
	"testing"
)

// written are those of somebody's direct messages that contain some words.
func (s *school) written(user, words string) []string {
	return slices.DeleteFunc(s.introduced(user), func(text string) bool { return !strings.Contains(text, words) })
}

// A round of four people from a Tuesday on: who has met is left alone, the others are nudged
// once and asked once.
func TestPartnersAreNudgedOnceAndAskedOnce(t *testing.T) {
	s := newSchool(t, "2026-09-07 09:00", "")
	all := []string{"ana", "joe", "sam", "lea"}
	s.pairsEvery("every 4 weeks on tuesday at 10am", all...)
	s.until("2026-09-10 11:00")
	for _, u := range all {
		mate := s.mates(u, all)[0]
		if got := s.written(u, "You and "+mate+" haven't marked a meeting yet. Fifteen minutes is plenty. Would "); len(got) != 1 {
			t.Errorf("%s: %q", u, s.introduced(u))
		}
	}
	s.ask("ana", s.control("ana", "We met"))
	s.until("2026-09-30 11:00")
	for _, u := range all {
		want := 1
		if u == "ana" || s.mates(u, all)[0] == "ana" {
			want = 0
		}
		if nudged, asked := s.written(u, "Fifteen minutes"), s.written(u, "Did you and"); len(nudged) != 1 || len(asked) != want {
			t.Errorf("%s: %q", u, s.introduced(u))
		}
	}
}

// Who waits for somebody who gives no sign, or who said that it does not come to it, hears the
// same words at the same time, and gets somebody else within a day.
func TestWhoWaitsForNobodyIsOfferedSomebodyElse(t *testing.T) {
	told := map[string][]string{}
	for _, answer := range []string{"", "Not this round"} {
		s := newSchool(t, "2026-09-07 09:00", "")
		all := []string{"ana", "joe", "sam", "lea"}
		s.pairsEvery("every 4 weeks on tuesday at 10am", all...)
		s.until("2026-09-14 11:00")
		mate := s.mates("ana", all)[0]
		other := s.mates("ana", []string{mate})
		if len(other) != 1 {
			t.Fatal(other)
		}
		s.ask("ana", s.control("ana", "More time"))
		third := slices.DeleteFunc(slices.Clone(all), func(u string) bool { return u == "ana" || u == mate })[0]
		s.ask(third, s.control(third, "More time"))
		s.until("2026-09-14 12:00")
		if answer != "" {
			s.ask(mate, s.control(mate, answer))
		}
		s.until("2026-09-15 09:30")
		if got := s.written("ana", "isn't available"); len(got) != 0 {
			t.Errorf("after less than five school days: %q", got)
		}
		s.until("2026-09-16 11:00")
		for _, u := range []string{"ana", third} {
			if got := s.written(u, "isn't available this time. I look for somebody else"); len(got) != 1 {
				t.Errorf("%s: %q", u, s.introduced(u))
			}
		}
		if got := s.mates("ana", all); !slices.Equal(got, []string{third}) {
			t.Errorf("offered %v, not %s", got, third)
		}
		for _, text := range s.introduced("ana")[1:] { // the introduction has a question of its own
			told[answer] = append(told[answer], strings.ReplaceAll(text, mate, "mate"))
		}
	}
	if !slices.Equal(told[""], told["Not this round"]) {
		t.Errorf("one can tell who is silent:\n%q\n%q", told[""], told["Not this round"])
	}
}

func TestTwoSilentRoundsPauseGently(t *testing.T) {
	s := newSchool(t, "2026-09-07 09:00", "")
	all := []string{"ana", "joe"}
	s.pairsEvery("every 2 weeks on tuesday at 10am", all...)
	s.until("2026-09-28 11:00") // in the second round
	s.ask("ana", s.control("ana", "Not this round"))
	s.until("2026-10-06 11:00")
	if got := s.written("joe", "pauses for you"); len(got) != 1 {
		t.Fatalf("%q", s.introduced("joe"))
	}
	if got := s.written("ana", "pauses for you"); len(got) != 0 {
		t.Errorf("ana had answered: %q", got)
	}
	if text := s.ask("joe", "/partner/current").Message.Text.String(); !strings.Contains(text, "pauses for you") {
		t.Error(text)
	}
	s.ask("joe", s.control("joe", "Stay in"))
	s.until("2026-10-07 11:00")
	if got := s.mates("joe", all); !slices.Equal(got, []string{"ana"}) {
		t.Errorf("joe is in again, with %v", got)
	}
}

func TestOrganizersSeeFiguresFromFivePeopleOn(t *testing.T) {
	figures := func(users ...string) string {
		s := newSchool(t, "2026-09-07 09:00", "")
		id := s.pairsEvery("every 2 weeks on tuesday at 10am", users...)
		if text := s.ask("maria", "/organize/partners/figures/"+id).Message.Text.String(); !strings.Contains(text, "No round is over yet") {
			t.Error(text)
		}
		s.until("2026-09-14 11:00")
		s.ask("ana", s.control("ana", "We met"))
		s.until("2026-09-22 11:00")
		return s.ask("maria", "/organize/partners/figures/"+id).Message.Text.String()
	}
	many := figures("ana", "joe", "sam", "lea", "max", "kim")
	for _, part := range []string{"6 people had a partner. 2 of them met (33 %). For 0 there was nobody.", "1 pair of 15 has met (7 %)"} {
		if !strings.Contains(many, part) {
			t.Errorf("no %q in %s", part, many)
		}
	}
	for _, one := range []string{"ana", "joe"} {
		if strings.Contains(many, one) {
			t.Errorf("%s is named: %s", one, many)
		}
	}
	few := figures("ana", "joe", "sam")
	if !strings.Contains(few, "3 people had a partner.") || strings.Contains(few, "met (") || strings.Contains(few, "Of those who take part now") {
		t.Error(few)
	}
}
