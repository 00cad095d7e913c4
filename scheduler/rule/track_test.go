package rule

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func mustZone(t rapid.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// at is an instant by a local time such as "2026-03-06 10:00".
func at(t testing.TB, loc *time.Location, local string) time.Time {
	t.Helper()
	wall, err := time.Parse("2006-01-02 15:04", local)
	if err != nil {
		t.Fatal(err)
	}
	instant, _ := Instant(wall, loc)
	return instant
}

// A journey, each stop with what has come since the one before.
func TestTrackOnAJourney(t *testing.T) {
	type stop struct {
		until, zone string // by the clock there
		want        []string
	}
	for name, c := range map[string]struct {
		rule  string
		since string // in the first zone
		stops []stop
	}{
		"eastwards over the time, at once": {"fridays at 15:00", "2026-11-01 00:00", []stop{
			{"2026-11-06 10:00", "America/Chicago", nil},
			{"2026-11-06 17:30", "Europe/Madrid", []string{"2026-11-06 15:00"}},
			{"2026-11-13 16:00", "Europe/Madrid", []string{"2026-11-13 15:00"}},
		}},
		"eastwards before the time, when it comes": {"fridays at 15:00", "2026-11-01 00:00", []stop{
			{"2026-11-06 05:00", "America/Chicago", nil},
			{"2026-11-06 14:59", "Europe/Madrid", nil},
			{"2026-11-06 15:00", "Europe/Madrid", []string{"2026-11-06 15:00"}},
		}},
		"westwards after the time, not again": {"fridays at 15:00", "2026-11-01 00:00", []stop{
			{"2026-11-06 16:00", "Europe/Madrid", []string{"2026-11-06 15:00"}},
			{"2026-11-06 23:00", "America/Chicago", nil},
			{"2026-11-13 15:00", "America/Chicago", []string{"2026-11-13 15:00"}},
		}},
		"westwards before the time, later": {"fridays at 15:00", "2026-11-01 00:00", []stop{
			{"2026-11-06 14:00", "Europe/Madrid", nil},
			{"2026-11-06 14:59", "America/Chicago", nil},
			{"2026-11-06 15:00", "America/Chicago", []string{"2026-11-06 15:00"}},
		}},
		"joined after the time, and it comes again": {"fridays at 10:00", "2026-11-06 14:00", []stop{
			{"2026-11-06 14:30", "Europe/Madrid", nil},
			{"2026-11-06 10:00", "America/Chicago", []string{"2026-11-06 10:00"}},
		}},
		"over the date line and back": {"daily at 9:00", "2026-11-05 12:00", []stop{
			{"2026-11-06 10:00", "Pacific/Pago_Pago", []string{"2026-11-06 09:00"}},
			{"2026-11-07 11:30", "Pacific/Kiritimati", []string{"2026-11-07 09:00"}},
			{"2026-11-07 10:00", "Pacific/Pago_Pago", nil},
			{"2026-11-08 10:00", "Pacific/Pago_Pago", []string{"2026-11-08 09:00"}},
		}},
		"from one gap into the next": {"daily at 2:15, 2:30", "2026-03-07 12:00", []stop{
			{"2026-03-08 04:00", "America/New_York", []string{"2026-03-08 02:15"}}, // both at 3:00
			{"2026-03-08 04:00", "America/Chicago", nil},
			{"2026-03-09 04:00", "America/Chicago", []string{"2026-03-09 02:15", "2026-03-09 02:30"}},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := Parse(c.rule)
			if err != nil {
				t.Fatal(err)
			}
			track := Track{Since: at(t, mustZone(t, c.stops[0].zone), c.since)}
			for _, s := range c.stops {
				in := Place{Zone: mustZone(t, s.zone)}
				now := at(t, in.Zone, s.until)
				var got []string
				missed, _ := track.Missed(r, now, in, 10)
				for _, o := range missed {
					got = append(got, o.Wall.Format("2006-01-02 15:04"))
					if next, ok := track.Next(r, in); !ok || next != o {
						t.Errorf("%s: next is %+v, missed is %+v", s.zone, next, o)
					}
					track = track.Past(o)
				}
				if !slices.Equal(got, s.want) {
					t.Errorf("until %s in %s came %q, want %q", s.until, s.zone, got, s.want)
				}
				if next, ok := track.Next(r, in); !ok || !next.At.After(now) {
					t.Errorf("in %s comes next %+v", s.zone, next)
				}
			}
		})
	}
}

// stay is a time in a zone.
type stay struct {
	zone       *time.Location
	begin, end time.Time
}

// journey draws where somebody is for some weeks.
func journey(t *rapid.T) []stay {
	begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(rapid.IntRange(0, 2*365*24).Draw(t, "begin")) * time.Hour)
	var stays []stay
	for range rapid.IntRange(1, 8).Draw(t, "stays") {
		s := stay{
			zone:  mustZone(t, rapid.SampledFrom(append(awkwardZones, "Pacific/Pago_Pago", "America/Chicago", "Asia/Tokyo")).Draw(t, "zone")),
			begin: begin,
			end:   begin.Add(time.Duration(rapid.IntRange(1, 10*24*4).Draw(t, "quarters")) * 15 * time.Minute),
		}
		begin = s.end
		stays = append(stays, s)
	}
	return stays
}

// had is what somebody had: an occurrence, and when.
type had struct {
	Occurrence
	when time.Time
}

// live lets somebody live by a rule on a journey. At each occurrence is asked
// anew, as after every change.
func live(t *rapid.T, r Rule, stays []stay, place func(stay) Place) []had {
	track := Track{Since: stays[0].begin}
	var all []had
	for _, s := range stays {
		for now := s.begin; ; {
			o, ok := track.Next(r, place(s))
			if !ok || o.At.After(s.end) {
				break
			}
			if o.At.After(now) {
				now = o.At
			}
			all = append(all, had{o, now})
			track = track.Past(o)
			if len(all) > 20000 {
				t.Fatal("there is no end of it")
			}
		}
	}
	return all
}

// Whoever travels has no local day twice and loses none: neither one that lies
// ahead nor one that their clock jumped over.
func TestTravellingGivesEachDayOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		minute := rapid.IntRange(0, 24*60-1).Draw(t, "minute")
		on := On(time.Weekday(rapid.IntRange(0, 6).Draw(t, "weekday"))) | Weekdays(rapid.IntRange(0, 127).Draw(t, "others"))
		var names []string
		for _, d := range on.list() {
			names = append(names, d.String())
		}
		phrase := fmt.Sprintf("%s at %d:%02d", joined(names), minute/60, minute%60)
		r, err := Parse(phrase)
		if err != nil {
			t.Fatal(phrase, err)
		}
		stays := journey(t)
		all := live(t, r, stays, func(s stay) Place { return Place{Zone: s.zone} })
		for i := 1; i < len(all); i++ {
			before, next := DateOf(all[i-1].Wall), DateOf(all[i].Wall)
			if next <= before {
				t.Fatalf("%s: %s comes after %s", phrase, all[i].Wall, all[i-1].Wall)
			}
			for d := before + 1; d < next; d++ {
				if on.Has(d.Weekday()) {
					t.Fatalf("%s: %s is lost between %s and %s", phrase, d, all[i-1].Wall, all[i].Wall)
				}
			}
		}
		// What lies ahead in a stay, counted without the package.
		days := map[string]bool{}
		for _, h := range all {
			days[DateOf(h.Wall).String()] = true
		}
		for _, s := range stays {
			for day := s.begin.In(s.zone).AddDate(0, 0, -1); day.Before(s.end.AddDate(0, 0, 1)); day = day.AddDate(0, 0, 1) {
				then := time.Date(day.Year(), day.Month(), day.Day(), 0, minute, 0, 0, s.zone)
				if then.Hour()*60+then.Minute() != minute {
					continue // clocks skip it: see TestNothingIsLostNothingTwice
				}
				name := then.Format(time.DateOnly)
				if on.Has(then.Weekday()) && then.After(s.begin.Add(time.Hour)) && then.Before(s.end) && !days[name] {
					t.Fatalf("%s: %s in %s did not come", phrase, name, s.zone)
				}
			}
		}
	})
}

func joined(names []string) string {
	out := names[0]
	for _, n := range names[1:] {
		out += ", " + n
	}
	return out
}

// With several times a day and holidays that move them, too, what was had only
// ever goes on.
func TestTravellingOnlyGoesOn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		stays := journey(t)
		near := DateOf(stays[0].begin)
		s := saying(t, near)
		policy := rapid.SampledFrom([]string{"", " except holidays", " or the next working day"}).Draw(t, "on holiday")
		r, err := Parse(s.phrase + policy)
		if err != nil {
			t.Fatal(err)
		}
		var off []Holiday
		for range rapid.IntRange(0, 4).Draw(t, "holidays") {
			first := near + Date(rapid.IntRange(0, 40).Draw(t, "holiday"))
			off = append(off, Holiday{First: first, Last: first + Date(rapid.IntRange(0, 6).Draw(t, "days"))})
		}
		first := near + Date(rapid.IntRange(0, 40).Draw(t, "away from"))
		away := Span{first, first + Date(rapid.IntRange(0, 14).Draw(t, "away for"))}
		var last time.Time
		for _, h := range live(t, r, stays, func(s stay) Place {
			return Place{Zone: s.zone, Calendar: NewHolidayList(off), Away: away}
		}) {
			_, isAway := away.Holiday(DateOf(h.Wall))
			if isAway && !h.Skipped || h.Away && (!isAway || !h.Skipped) {
				t.Fatalf("%s while away: %+v", r, h)
			}
			if !h.Wall.After(last) {
				t.Fatalf("%s: %s comes after %s", r, h.Wall, last)
			}
			last = h.Wall
		}
	})
}

// Being away skips whatever the rule says of holidays, and moves nothing.
func TestAwayIsAskedBesideHolidays(t *testing.T) {
	zone := mustZone(t, "America/New_York")
	thanksgiving := NewHolidayList([]Holiday{{First: dateOf(2026, 11, 26), Last: dateOf(2026, 11, 27), Name: "Thanksgiving"}})
	for phrase, want := range map[string][]string{
		"thursdays at 9:00":                                 {"2026-11-19 away", "2026-11-26", "2026-12-03 away", "2026-12-10"},
		"thursdays at 9:00 except holidays":                 {"2026-11-19 away", "2026-11-26 Thanksgiving", "2026-12-03 away", "2026-12-10"},
		"thursdays at 9:00 or the next working day":         {"2026-11-19 away", "2026-11-26 Thanksgiving", "2026-11-30 away", "2026-12-03 away"},
		"every 2 weeks on thursday at 9:00 from 2026-11-19": {"2026-11-19 away", "2026-12-03 away", "2026-12-17", "2026-12-31"},
	} {
		r, err := Parse(phrase)
		if err != nil {
			t.Fatal(phrase, err)
		}
		in := Place{Zone: zone, Calendar: thanksgiving, Away: Calendars{
			Span{dateOf(2026, 11, 16), dateOf(2026, 11, 20)}, Span{dateOf(2026, 11, 30), dateOf(2026, 12, 4)},
		}}
		var got []string
		for o := range r.After(at(t, zone, "2026-11-16 00:00"), in) {
			line := o.Wall.Format(time.DateOnly)
			switch {
			case o.Away:
				line += " away"
			case o.Skipped:
				line += " " + o.Holiday
			}
			if got = append(got, line); len(got) == len(want) {
				break
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", phrase, got, want)
		}
	}
}
