package partner

import (
	"testing"
	"time"
	_ "time/tzdata"

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
