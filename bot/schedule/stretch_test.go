package schedule

import (
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

func calendarOf(t *testing.T, lines ...string) rule.Calendar {
	t.Helper()
	list, err := rule.ParseHolidays(strings.Join(lines, "\n"))
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// A check-in is open from Friday at 15:00 to Monday at 17:00, and so on.
func TestStretch(t *testing.T) {
	const friday, monday = "2026-03-06 15:00", "2026-03-09 17:00"
	cases := map[string]struct {
		open, closes string
		holidays     []string
		away         []string
		weekend      rule.Weekdays
		want         string
	}{
		"nothing off":                   {friday, monday, nil, nil, 0, monday},
		"off before":                    {friday, monday, []string{"2026-03-05"}, nil, 0, monday},
		"off after":                     {friday, monday, []string{"2026-03-10"}, nil, 0, monday},
		"the last day off":              {friday, monday, []string{"2026-03-09"}, nil, 0, "2026-03-10 17:00"},
		"the first day off":             {friday, monday, []string{"2026-03-06"}, nil, 0, "2026-03-10 17:00"},
		"the last day and the next":     {friday, monday, []string{"2026-03-09..2026-03-10"}, nil, 0, "2026-03-11 17:00"},
		"a weekend off is no loss":      {friday, monday, []string{"2026-03-07..2026-03-08"}, nil, 0, monday},
		"away over all of it":           {friday, monday, nil, []string{"2026-03-06..2026-03-11"}, 0, "2026-03-13 17:00"},
		"away, then a holiday":          {friday, monday, []string{"2026-03-10"}, []string{"2026-03-09"}, 0, "2026-03-11 17:00"},
		"away on a holiday is off once": {friday, monday, []string{"2026-03-09"}, []string{"2026-03-09"}, 0, "2026-03-10 17:00"},
		"over a weekend":                {"2026-03-05 09:00", "2026-03-06 09:00", []string{"2026-03-06"}, nil, 0, "2026-03-09 09:00"},
		"a long break":                  {"2026-12-18 15:00", "2026-12-21 17:00", []string{"2026-12-21..2027-01-03"}, nil, 0, "2027-01-04 17:00"},
		"another weekend":               {"2026-03-04 15:00", "2026-03-05 17:00", []string{"2026-03-05"}, nil, rule.On(time.Friday, time.Saturday), "2026-03-08 17:00"},
		"into a gap of the clocks":      {"2026-03-05 02:30", "2026-03-05 02:30", nil, nil, 0, "2026-03-05 02:30"},
		"already closed":                {monday, friday, []string{"2026-03-06"}, nil, 0, friday},
		"on one day":                    {"2026-03-06 09:00", "2026-03-06 17:00", []string{"2026-03-06"}, nil, 0, "2026-03-09 17:00"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			loc, err := time.LoadLocation(newYork)
			if err != nil {
				t.Fatal(err)
			}
			in := rule.Place{Zone: loc, Weekend: c.weekend, Calendar: calendarOf(t, c.holidays...), Away: calendarOf(t, c.away...)}
			got := Stretch(local(t, newYork, c.open), local(t, newYork, c.closes), in)
			if want := local(t, newYork, c.want); !got.Equal(want) {
				t.Errorf("it closes at %s, want %s", got.In(loc), want)
			}
		})
	}
}

func TestStretchWhereThereIsLittleToGoBy(t *testing.T) {
	open, closes := local(t, "UTC", "2026-03-06 15:00"), local(t, "UTC", "2026-03-09 17:00")
	if got := Stretch(open, closes, rule.Place{}); !got.Equal(closes) {
		t.Errorf("without a calendar it closes at %s", got)
	}
	in := rule.Place{Calendar: calendarOf(t, "2026-03-09")}
	if got, want := Stretch(open, closes, in), closes.AddDate(0, 0, 1); !got.Equal(want) {
		t.Errorf("in no zone it closes at %s, want %s", got, want)
	}
	in.Calendar = always{}
	if got := Stretch(open, closes, in); got.Before(closes) || got.After(closes.AddDate(3, 0, 0)) {
		t.Errorf("for who is never back it closes at %s", got)
	}
}

// always is a calendar of holidays only.
type always struct{}

func (always) Holiday(rule.Date) (string, bool) { return "", true }
