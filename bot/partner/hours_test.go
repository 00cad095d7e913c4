package partner

import (
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/staffroom-bot/staffroom/bot/partner/match"
	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

func place(t *testing.T, name string) rule.Place {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return rule.Place{Zone: loc}
}

func TestHoursThatSuitAreFreeForEverybody(t *testing.T) {
	now := time.Date(2026, 9, 8, 14, 0, 0, 0, time.UTC)
	york, london, delhi := place(t, "America/New_York"), place(t, "Europe/London"), place(t, "Asia/Kolkata")
	if n := hoursOf([]Slot{AfterSchool}, york, now).Count(); n != 15 {
		t.Errorf("%d hours after school", n)
	}
	if n := hoursOf([]Slot{AfterSchool}, delhi, now).Count(); n != 10 {
		t.Errorf("%d whole hours after school where clocks differ by half an hour", n)
	}
	// Three in the afternoon in New York is eight in the evening in London.
	if n := hoursOf([]Slot{AtLunch, AfterSchool}, york, now).And(hoursOf([]Slot{Evenings}, london, now)).Count(); n != 5 {
		t.Errorf("%d hours", n)
	}
	for _, at := range timesOf(hoursOf([]Slot{AfterSchool}, york, now), []rule.Place{york, place(t, "America/Chicago")}, now, 5) {
		if h := at.In(york.Zone).Hour(); h < 15 || h > 17 || !at.After(now) || at.In(york.Zone).Weekday() == time.Saturday {
			t.Errorf("%v", at.In(york.Zone))
		}
	}
}

// Hours that suited both when they were introduced are offered after a change of clocks only
// where they still lie in a slot of both: the halves of the earth change in opposite ways.
func TestTimesStayInSlotsWhenClocksChange(t *testing.T) {
	for _, c := range []struct {
		name          string
		one, other    string
		before, after time.Time // a Monday before clocks change, and one after
		times, left   int       // that were offered before, and of the same hours after
	}{
		// New York's clocks go back on 1 November 2026, London's had on 25 October.
		{"New York", "America/New_York", "America/Chicago", time.Date(2026, 10, 26, 8, 0, 0, 0, time.UTC), time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC), 5, 5},
		// Santiago's had gone forward on 6 September, so the two are an hour further apart then.
		{"both halves", "America/New_York", "America/Santiago", time.Date(2026, 10, 26, 8, 0, 0, 0, time.UTC), time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC), 5, 5},
		{"no clocks", "America/Phoenix", "America/Phoenix", time.Date(2026, 10, 26, 8, 0, 0, 0, time.UTC), time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC), 5, 5},
	} {
		places := []rule.Place{place(t, c.one), place(t, c.other)}
		hours := hoursOf([]Slot{AfterSchool}, places[0], c.before).And(hoursOf([]Slot{AfterSchool}, places[1], c.before))
		if got := timesOf(hours, places, c.before, 5); len(got) != c.times {
			t.Errorf("%s: before, %d times", c.name, len(got))
		}
		got := timesOf(hours, places, c.after, 5)
		if len(got) != c.left {
			t.Errorf("%s: after, %d times", c.name, len(got))
		}
		for _, at := range got {
			for _, in := range places {
				if h := at.In(in.Zone).Hour(); h < 7 || h > 20 {
					t.Errorf("%s: %s", c.name, at.In(in.Zone))
				}
				if !inSlot(in, at) {
					t.Errorf("%s: %s lies in no slot", c.name, at.In(in.Zone))
				}
			}
		}
	}
	// After school in New York in the last hour: an hour later on the clock it is in no slot.
	york := []rule.Place{place(t, "America/New_York")}
	var last match.Hours
	last.Add(17 + 4) // Monday, 17:00 by summer time
	summer, winter := time.Date(2026, 10, 23, 8, 0, 0, 0, time.UTC), time.Date(2026, 10, 30, 8, 0, 0, 0, time.UTC)
	if got := timesOf(last, york, summer, 1); len(got) != 1 || got[0].In(york[0].Zone).Hour() != 17 {
		t.Errorf("in summer: %v", got)
	}
	for _, at := range timesOf(last, york, winter, 1) {
		if h := at.In(york[0].Zone).Hour(); h != 16 { // clocks went back
			t.Errorf("in winter: %v", at.In(york[0].Zone))
		}
	}
	var first match.Hours
	first.Add(15 + 4) // Monday, 15:00 by summer time: 14:00 in winter
	if got := timesOf(first, york, winter, 1); len(got) != 0 {
		t.Errorf("two in the afternoon is no slot: %v", got)
	}
}
