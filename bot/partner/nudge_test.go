package partner

import (
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

// When what follows an introduction comes, in New York, before a round of a Tuesday at 10.
func TestWhatFollowsComesBeforeTheNextRound(t *testing.T) {
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	at := func(local string) time.Time {
		when, err := time.ParseInLocation("2006-01-02 15:04", local, zone)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	here := rule.Place{Zone: zone}
	holiday := here
	holiday.Away = rule.Span{First: rule.DateOf(at("2026-09-10 00:00")), Last: rule.DateOf(at("2026-09-11 00:00"))}
	for _, c := range []struct {
		name, introduced, next string
		places                 []rule.Place
		first, ask             string
	}{
		{"long", "2026-09-08 10:00", "2026-10-06 10:00", []rule.Place{here, here}, "2026-09-10 10:00", "2026-09-14 10:00"},
		{"none planned", "2026-09-08 10:00", "", []rule.Place{here}, "2026-09-10 10:00", "2026-09-14 10:00"},
		{"one is away", "2026-09-08 10:00", "2026-10-06 10:00", []rule.Place{here, holiday}, "2026-09-14 10:00", "2026-09-16 10:00"},
		{"a week", "2026-09-08 10:00", "2026-09-15 10:00", []rule.Place{here, here}, "2026-09-10 10:00", "2026-09-14 10:00"},
		{"no time for two", "2026-09-10 12:00", "2026-09-15 10:00", []rule.Place{here, here}, "2026-09-14 10:00", "2026-09-14 10:00"},
		{"no time", "2026-09-14 12:00", "2026-09-15 10:00", []rule.Place{here, here}, "", "2026-09-14 10:00"},
	} {
		course := course{places: c.places}
		if c.next != "" {
			course.next = at(c.next)
			course.last = schoolDaysFrom(here, course.next, -1)
		}
		g := &Group{Introduced: at(c.introduced)}
		var want time.Time
		if c.first != "" {
			want = at(c.first)
		}
		if first, ask := course.first(g), course.ask(g); !first.Equal(want) || !ask.Equal(at(c.ask)) {
			t.Errorf("%s: %s and %s", c.name, first, ask)
		}
	}
}
