package checkin

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

const (
	newYork    = "America/New_York"
	losAngeles = "America/Los_Angeles"
	madrid     = "Europe/Madrid"
	auckland   = "Pacific/Auckland"
)

func at(t testing.TB, zone, local string) time.Time {
	t.Helper()
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	when, err := time.ParseInLocation("2006-01-02 15:04", local, loc)
	if err != nil {
		t.Fatal(err)
	}
	return when
}

// place is where somebody lives, with days off of everybody and of their own, one
// a line.
func place(t testing.TB, zone, holidays, away string) rule.Place {
	t.Helper()
	in := rule.Place{Zone: at(t, zone, "2026-01-01 00:00").Location()}
	for _, days := range []struct {
		text string
		into *rule.Calendar
	}{{holidays, &in.Calendar}, {away, &in.Away}} {
		if days.text == "" {
			continue
		}
		list, err := rule.ParseHolidays(days.text)
		if err != nil {
			t.Fatal(err)
		}
		*days.into = list
	}
	return in
}

// asIs does not stretch.
func asIs(_, closes time.Time, _ rule.Place) time.Time { return closes }

func checkIn(t testing.TB, phrase string, days int) *CheckIn {
	t.Helper()
	r, err := rule.Parse(phrase)
	if err != nil {
		t.Fatal(err)
	}
	return &CheckIn{ID: "01friday", Rule: r, Zone: newYork, Definition: Definition{Local: true, Days: days}}
}

func TestWindowsEndOnWorkingDays(t *testing.T) {
	for opened, want := range map[string]string{
		"2026-03-06 15:00 1": "2026-03-09 17:00", // Friday to Monday, over the change of clocks
		"2026-03-09 08:00 1": "2026-03-10 17:00",
		"2026-03-09 08:00 0": "2026-03-09 17:00",
		"2026-03-09 16:30 0": "2026-03-10 17:00", // there is always an hour
		"2026-03-06 16:30 0": "2026-03-09 17:00",
		"2026-03-07 10:00 0": "2026-03-07 17:00", // who is asked on a Saturday can answer on it
		"2026-03-07 10:00 1": "2026-03-09 17:00",
		"2026-03-05 15:00 5": "2026-03-12 17:00",
	} {
		local, days, _ := strings.Cut(opened[len("2026-03-06 "):], " ")
		d := Definition{Days: int(days[0] - '0')}
		from := at(t, newYork, opened[:len("2026-03-06 ")]+local)
		if got := d.closes(from, place(t, newYork, "", ""), asIs); !got.Equal(at(t, newYork, want)) {
			t.Errorf("%s closes at %s, want %s", opened, got, want)
		}
	}
}

// what says which states somebody has come to, as "Fri 6 asked".
func what(ends []end) []string {
	out := []string{}
	for _, e := range ends {
		out = append(out, e.wall.Format("Mon 2 ")+string(e.state))
	}
	return out
}

func TestEndsOfOccurrences(t *testing.T) {
	weekly := checkIn(t, "every friday at 15:00 except holidays", 1)
	daily := checkIn(t, "daily at 9:00", 1)
	paused := *weekly
	paused.Paused = true
	since := at(t, newYork, "2026-03-02 08:00")
	for name, c := range map[string]struct {
		checkIn        *CheckIn
		now            string
		holidays, away string
		want           []string
	}{
		"before its time":                  {weekly, "2026-03-06 14:59", "", "", []string{}},
		"at its time":                      {weekly, "2026-03-06 15:00", "", "", []string{"Fri 6 asked"}},
		"on a holiday":                     {weekly, "2026-03-06 15:00", "2026-03-06 Fair", "", []string{"Fri 6 holiday"}},
		"away":                             {weekly, "2026-03-06 15:00", "", "2026-03-05..2026-03-06", []string{"Fri 6 away"}},
		"paused":                           {&paused, "2026-03-06 15:00", "", "", []string{"Fri 6 paused"}},
		"after an outage":                  {weekly, "2026-03-09 15:59", "", "", []string{"Fri 6 asked"}},
		"with hardly any time left":        {weekly, "2026-03-09 16:01", "", "", []string{"Fri 6 late"}},
		"after weeks":                      {weekly, "2026-03-20 15:00", "2026-03-13 Fair", "", []string{"Fri 6 late", "Fri 13 holiday", "Fri 20 asked"}},
		"two of which both could be asked": {daily, "2026-03-04 09:00", "", "", []string{"Mon 2 late", "Tue 3 replaced", "Wed 4 asked"}},
	} {
		t.Run(name, func(t *testing.T) {
			in := place(t, newYork, c.holidays, c.away)
			got := what(c.checkIn.ends(rule.Track{Since: since}, at(t, newYork, c.now), in, asIs))
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// trip is somebody who travels: where they are when it is looked after them, and
// what comes of it.
type trip struct{ zone, now, want string }

func TestWhoTravelsIsAskedOnce(t *testing.T) {
	c := checkIn(t, "every friday at 15:00", 1)
	for name, legs := range map[string][]trip{
		"west, after being asked": {
			{newYork, "2026-03-06 15:00", "Fri 6 asked"}, {losAngeles, "2026-03-06 15:00", ""}, {losAngeles, "2026-03-13 15:00", "Fri 13 asked"},
		},
		"east, over the time": {
			{losAngeles, "2026-03-06 14:00", ""}, {madrid, "2026-03-06 23:30", "Fri 6 asked"}, {madrid, "2026-03-13 15:00", "Fri 13 asked"},
		},
		"east, before the time": {{losAngeles, "2026-03-05 14:00", ""}, {madrid, "2026-03-06 15:00", "Fri 6 asked"}},
		"over the date line":    {{auckland, "2026-03-06 15:00", "Fri 6 asked"}, {losAngeles, "2026-03-06 15:00", ""}},
		"there and back": {
			{newYork, "2026-03-06 15:00", "Fri 6 asked"}, {madrid, "2026-03-07 10:00", ""}, {newYork, "2026-03-07 10:00", ""},
			{newYork, "2026-03-13 15:00", "Fri 13 asked"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			track := rule.Track{Since: at(t, newYork, "2026-03-02 08:00")}
			for _, leg := range legs {
				ends := c.ends(track, at(t, leg.zone, leg.now), place(t, leg.zone, "", ""), asIs)
				if got := strings.Join(what(ends), ", "); got != leg.want {
					t.Errorf("in %s on %s: %q, want %q", leg.zone, leg.now, got, leg.want)
				}
				for _, e := range ends {
					track = track.Past(rule.Occurrence{Wall: e.wall})
				}
			}
		})
	}
}

// An occurrence has one name wherever it is lived.
func TestOccurrencesHaveOneName(t *testing.T) {
	c := checkIn(t, "every friday at 15:00", 1)
	names := map[string]bool{}
	for _, zone := range []string{newYork, losAngeles, madrid, auckland} {
		for _, e := range c.ends(rule.Track{Since: at(t, zone, "2026-03-02 08:00")}, at(t, zone, "2026-03-06 15:00"), place(t, zone, "", ""), asIs) {
			names[occurrenceID(c.ID, e.wall)] = true
		}
	}
	if len(names) != 1 {
		t.Errorf("names: %v", names)
	}
	for name := range names {
		if checkInOf(name) != c.ID {
			t.Errorf("%s is said to belong to %s", name, checkInOf(name))
		}
	}
}

func TestOpenedIsAsLongAsTheLastWindow(t *testing.T) {
	var st Standing
	d := Definition{Sharing: Shared}
	first := at(t, newYork, "2026-03-06 15:00")
	o, fresh := st.opened("o", &d, first, first.Add(time.Hour))
	if !fresh || !o.Final.Equal(first.Add(time.Hour+lateAnswers)) {
		t.Errorf("%+v", o)
	}
	o, fresh = st.opened("o", &d, first.Add(time.Minute), first.Add(2*time.Hour))
	if fresh || !o.First.Equal(first) || !o.Closes.Equal(first.Add(2*time.Hour)) {
		t.Errorf("%+v", o)
	}
	if o, _ = st.opened("o", &d, first, first); !o.Closes.Equal(first.Add(2 * time.Hour)) {
		t.Error("it got shorter")
	}
	sealed, _ := st.opened("s", &Definition{Sharing: Anonymous}, first, first.Add(time.Hour))
	if !sealed.Final.Equal(sealed.Closes) {
		t.Error("anonymous answers are taken late")
	}
}

func TestAGoalIsAskedAboutAfterSchoolDays(t *testing.T) {
	in := place(t, newYork, "", "")
	from := at(t, newYork, "2026-03-05 22:00")
	if got, want := afterSchoolDays(from, goalDays, in, asIs), at(t, newYork, "2026-03-16 15:00"); !got.Equal(want) {
		t.Errorf("got %s, want %s", got, want)
	}
}
