package rule

import (
	"testing"
	"time"
)

func TestInstant(t *testing.T) {
	for _, tc := range []struct {
		name, zone, wall, want string
		moved                  bool
	}{
		{"winter", "America/New_York", "2026-01-15 20:00", "2026-01-16T01:00:00Z", false},
		{"summer", "America/New_York", "2026-07-15 20:00", "2026-07-16T00:00:00Z", false},
		{"before the gap", "America/New_York", "2026-03-08 01:59", "2026-03-08T06:59:00Z", false},
		{"begin of the gap", "America/New_York", "2026-03-08 02:00", "2026-03-08T07:00:00Z", true},
		{"in the gap", "America/New_York", "2026-03-08 02:30", "2026-03-08T07:00:00Z", true},
		{"after the gap", "America/New_York", "2026-03-08 03:00", "2026-03-08T07:00:00Z", false},
		{"first of two", "America/New_York", "2026-11-01 01:30", "2026-11-01T05:30:00Z", false},
		{"begin of the overlap", "America/New_York", "2026-11-01 01:00", "2026-11-01T05:00:00Z", false},
		{"after the overlap", "America/New_York", "2026-11-01 02:00", "2026-11-01T07:00:00Z", false},
		{"gap east", "Europe/Madrid", "2026-03-29 02:30", "2026-03-29T01:00:00Z", true},
		{"overlap east", "Europe/Madrid", "2026-10-25 02:30", "2026-10-25T00:30:00Z", false},
		{"gap at midnight", "America/Santiago", "2026-09-06 00:30", "2026-09-06T04:00:00Z", true},
		{"overlap of half an hour", "Australia/Lord_Howe", "2026-04-05 01:45", "2026-04-04T14:45:00Z", false},
		{"gap of half an hour", "Australia/Lord_Howe", "2026-10-04 02:15", "2026-10-03T15:30:00Z", true},
		{"a day left out", "Pacific/Apia", "2011-12-30 12:00", "2011-12-30T10:00:00Z", true},
		{"no changes", "UTC", "2026-03-08 02:30", "2026-03-08T02:30:00Z", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			loc := zone(t, tc.zone)
			// The location of the wall time means nothing.
			for _, where := range []*time.Location{time.UTC, loc, zone(t, "Asia/Tokyo")} {
				wall, err := time.ParseInLocation("2006-01-02 15:04", tc.wall, where)
				if err != nil {
					t.Fatal(err)
				}
				if wall.Format("2006-01-02 15:04") != tc.wall {
					continue // there is no such time there
				}
				at, moved := Instant(wall, loc)
				if got := at.Format(time.RFC3339); got != tc.want || moved != tc.moved {
					t.Errorf("got %s, moved %v; want %s, %v", got, moved, tc.want, tc.moved)
				}
			}
		})
	}
}

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// Around every change of clocks of some years, minute by minute, the instant
// shows the wanted time or lies right at the end of a gap, and no earlier instant
// shows it.
func TestInstantAroundChanges(t *testing.T) {
	for _, name := range awkwardZones {
		loc := zone(t, name)
		at := time.Date(2009, 1, 1, 0, 0, 0, 0, loc)
		for range 12 {
			_, end := at.ZoneBounds()
			if end.IsZero() {
				break
			}
			at = end
			local := func(t time.Time) string { return t.In(loc).Format("2006-01-02 15:04:05") }
			base, _ := time.Parse("2006-01-02 15:04:05", local(end))
			for minute := -180; minute <= 180; minute += 5 {
				wall := base.Add(time.Duration(minute) * time.Minute)
				got, moved := Instant(wall, loc)
				want := wall.Format("2006-01-02 15:04:05")
				switch {
				case moved && (!got.Equal(end) || local(got) <= want):
					t.Fatalf("%s %s: moved to %v, not to the gap's end %v", name, want, got, end)
				case !moved && local(got) != want:
					t.Fatalf("%s %s: shows %s", name, want, local(got))
				}
				for back := 30; !moved && back <= 180; back += 30 {
					if earlier := got.Add(-time.Duration(back) * time.Minute); local(earlier) == want {
						t.Fatalf("%s %s: %v shows it earlier than %v", name, want, earlier, got)
					}
				}
			}
		}
	}
}
