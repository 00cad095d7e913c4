package rule

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"pgregory.net/rapid"
)

// awkwardZones have had clock changes of all kinds since 1975.
var awkwardZones = []string{
	"Africa/Cairo", "Africa/Casablanca", "Africa/El_Aaiun", "America/Caracas", "America/Havana", "America/New_York",
	"America/Nuuk", "America/Santiago", "America/Sao_Paulo", "America/St_Johns", "Antarctica/Troll", "Asia/Gaza",
	"Asia/Kathmandu", "Asia/Pyongyang", "Asia/Tehran", "Australia/Lord_Howe", "Australia/Sydney", "Europe/Dublin",
	"Europe/London", "Europe/Madrid", "Pacific/Apia", "Pacific/Chatham", "Pacific/Kiritimati", "Pacific/Kwajalein", "UTC",
}

// said is a rule as it is said, and as a person understands it day by day.
type said struct {
	phrase string
	on     func(Date) bool
	times  []int // minutes from midnight
}

// saying draws a phrase whose meaning is known without the parser.
func saying(t *rapid.T, near Date) said {
	var s said
	names := []string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}
	weekday := rapid.IntRange(0, 6).Draw(t, "weekday")
	// In words that are not those of the package: by package time.
	at := func(d Date) time.Time { return time.Date(1970, 1, 1+int(d), 0, 0, 0, 0, time.UTC) }
	isDay := func(d Date) bool { return int(at(d).Weekday()) == weekday }
	switch rapid.IntRange(0, 7).Draw(t, "form") {
	case 0, 1:
		s.phrase, s.on = "daily", func(Date) bool { return true }
	case 2:
		s.phrase, s.on = "every "+names[weekday], isDay
	case 3:
		s.phrase = "weekdays"
		s.on = func(d Date) bool { w := at(d).Weekday(); return w != time.Saturday && w != time.Sunday }
	case 4:
		n := rapid.IntRange(2, 5).Draw(t, "weeks")
		anchor := near - Date(rapid.IntRange(0, 40).Draw(t, "anchor"))
		for !isDay(anchor) {
			anchor++
		}
		s.phrase = fmt.Sprintf("every %d weeks on %s from %s", n, names[weekday], at(anchor).Format(time.DateOnly))
		s.on = func(d Date) bool { return d >= anchor && int(d-anchor)%(7*n) == 0 }
	case 5:
		nth := rapid.IntRange(1, 5).Draw(t, "nth")
		s.phrase = fmt.Sprintf("the %s %s of the month", []string{"", "first", "second", "third", "fourth", "last"}[nth], names[weekday])
		s.on = func(d Date) bool {
			if nth == 5 {
				return isDay(d) && at(d+7).Month() != at(d).Month()
			}
			return isDay(d) && at(d-Date(7*(nth-1))).Month() == at(d).Month() && at(d-Date(7*nth)).Month() != at(d).Month()
		}
	case 6:
		day := at(near).Day()
		s.phrase, s.on = fmt.Sprintf("on day %d of the month", day), func(d Date) bool { return at(d).Day() == day }
	default:
		s.phrase, s.on = "on "+at(near).Format(time.DateOnly), func(d Date) bool { return d == near }
	}
	var clocks []string
	for _, m := range rapid.SliceOfNDistinct(rapid.OneOf(rapid.IntRange(0, 3*60), rapid.IntRange(22*60, 24*60-1), rapid.IntRange(0, 24*60-1)), 1, 5, rapid.ID[int]).Draw(t, "times") {
		s.times = append(s.times, m)
		clocks = append(clocks, fmt.Sprintf("%d:%02d", m/60, m%60))
	}
	slices.Sort(s.times)
	s.phrase += " at " + strings.Join(clocks, ", ")
	return s
}

// aChange draws an instant at which clocks of the zone change, or any instant.
func aChange(t *rapid.T, loc *time.Location) time.Time {
	at := time.Date(rapid.IntRange(1975, 2040).Draw(t, "year"), 1, 1, 0, 0, 0, 0, time.UTC).
		AddDate(0, 0, rapid.IntRange(0, 365).Draw(t, "day"))
	if _, end := at.In(loc).ZoneBounds(); !end.IsZero() && end.Year() < 2045 {
		return end.UTC()
	}
	return at
}

// happening is an occurrence, cut down to what a model can know.
type happening struct {
	at      string
	skipped bool
}

// TestNothingIsLostNothingTwice compares Next with a model that looks at every
// minute of some days around a change of clocks.
func TestNothingIsLostNothingTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		zone := rapid.SampledFrom(awkwardZones).Draw(t, "zone")
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		change := aChange(t, loc)
		before := rapid.OneOf(rapid.IntRange(-150, 30), rapid.IntRange(0, 3*24*60)).Draw(t, "before")
		begin := change.Add(-time.Duration(before) * time.Minute)
		end := begin.Add(4 * 24 * time.Hour)
		near := Date(change.Unix() / secondsOfDay)

		s := saying(t, near)
		policy := rapid.SampledFrom([]OnHoliday{Ignore, Skip, NextWorkingDay}).Draw(t, "on holiday")
		off := map[Date]bool{}
		for range rapid.IntRange(0, 6).Draw(t, "holidays") {
			off[near+Date(rapid.IntRange(-6, 6).Draw(t, "holiday"))] = true
		}
		weekend := On(time.Saturday, time.Sunday)
		if rapid.Bool().Draw(t, "friday off") {
			weekend = On(time.Friday, time.Saturday)
		}

		r, err := Parse(s.phrase + map[OnHoliday]string{Skip: " except holidays", NextWorkingDay: " or the next working day"}[policy])
		if err != nil {
			t.Fatalf("%q: %v", s.phrase, err)
		}
		readBack(t, r)
		in := Place{Zone: loc, Calendar: calendarFunc(func(d Date) (string, bool) { return "off", off[d] }), Weekend: weekend}

		want := model(s, policy, off, weekend, loc, begin, end)
		var got []happening
		last := begin
		walls := map[time.Time]bool{}
		for o := range r.After(begin, in) {
			if o.At.After(end) {
				break
			}
			if !o.At.After(last) {
				t.Fatalf("%q in %s: %s follows %s", r, zone, o.At, last)
			}
			if walls[o.Wall] {
				t.Fatalf("%q in %s: %s twice", r, zone, o.Wall)
			}
			last, walls[o.Wall] = o.At, true
			got = append(got, happening{o.At.Format(time.RFC3339), o.Skipped})
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%q in %s from %s:\n got %v\nwant %v", r, zone, begin, got, want)
		}
	})
}

type calendarFunc func(Date) (string, bool)

func (f calendarFunc) Holiday(d Date) (string, bool) { return f(d) }

// model finds what happens after begin and until end by looking at clocks minute
// by minute.
func model(s said, policy OnHoliday, off map[Date]bool, weekend Weekdays, loc *time.Location, begin, end time.Time) []happening {
	const layout = "2006-01-02 15:04"
	firstShown := map[string]time.Time{}
	daysShown := map[string]bool{}
	type minute struct {
		at    time.Time
		shown string
	}
	var minutes []minute
	for at := begin.Truncate(time.Minute).Add(-50 * time.Hour); !at.After(end.Add(50 * time.Hour)); at = at.Add(time.Minute) {
		shown := at.In(loc).Format(layout)
		if _, again := firstShown[shown]; !again {
			firstShown[shown] = at
		}
		daysShown[shown[:10]] = true
		minutes = append(minutes, minute{at, shown})
	}
	working := func(d Date) bool { return !off[d] && !weekend.Has(d.Weekday()) }
	found := map[string]bool{} // instant: skipped
	first := Date(begin.Unix()/secondsOfDay) - 2
	for d := first; d <= first+8; d++ {
		happens, skipped := s.on(d), false
		if policy != Ignore && off[d] {
			skipped = happens
		}
		if policy == NextWorkingDay && working(d) {
			for e := d - 1; !working(e) && e > d-40; e-- {
				happens = happens || off[e] && s.on(e)
			}
		}
		if !happens {
			continue
		}
		for _, m := range s.times {
			wall := d.Midnight().Add(time.Duration(m) * time.Minute).Format(layout)
			at, ok := firstShown[wall]
			if !ok && daysShown[wall[:10]] {
				// The first minute that shows something later, where clocks jump.
				for i := 1; i < len(minutes) && !ok; i++ {
					if minutes[i-1].shown < wall && minutes[i].shown > wall {
						at, ok = minutes[i].at, true
					}
				}
			}
			if !ok || !at.After(begin) || at.After(end) {
				continue
			}
			key := at.UTC().Format(time.RFC3339)
			before, twice := found[key]
			found[key] = skipped && (!twice || before)
		}
	}
	var all []happening
	for at, skipped := range found {
		all = append(all, happening{at, skipped})
	}
	slices.SortFunc(all, func(a, b happening) int { return strings.Compare(a.at, b.at) })
	return all
}
