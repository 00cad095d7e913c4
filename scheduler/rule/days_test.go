package rule

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/robfig/cron/v3"
)

// firing is the next times of a schedule after a wall time, as short texts.
func firing(t *testing.T, s cron.Schedule, after, layout string, n int) string {
	t.Helper()
	at, err := time.Parse("2006-01-02 15:04:05", after)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for range n {
		if at = s.Next(at); at.IsZero() {
			all = append(all, "none")
			break
		}
		all = append(all, at.Format(layout))
	}
	return strings.Join(all, ", ")
}

func day(year int, month time.Month, d int) Date { return dateOf(year, month, d) }

func TestDates(t *testing.T) {
	mondays := On(time.Monday)
	for _, tc := range []struct {
		name  string
		dates dates
		after string
		want  string
	}{
		{"every day", weekly{allDays}, "2026-12-30 12:00:00", "2026-12-31, 2027-01-01, 2027-01-02"},
		{"midnight itself is not after", weekly{allDays}, "2026-12-30 00:00:00", "2026-12-31, 2027-01-01, 2027-01-02"},
		{"but a moment before it is", weekly{allDays}, "2026-12-29 23:59:59", "2026-12-30, 2026-12-31, 2027-01-01"},
		{"some days of the week", weekly{On(time.Monday, time.Thursday)}, "2026-12-03 00:00:00", "2026-12-07, 2026-12-10, 2026-12-14"},
		{"no day of the week", weekly{}, "2026-12-03 00:00:00", "none"},
		{"every third week", everyWeeks{n: 3, on: mondays, anchor: day(2026, 12, 7), anchored: true}, "2026-12-07 12:00:00", "2026-12-28, 2027-01-18, 2027-02-08"},
		{"not before the anchor", everyWeeks{n: 3, on: mondays, anchor: day(2026, 12, 7), anchored: true}, "2020-01-01 00:00:00", "2026-12-07, 2026-12-28, 2027-01-18"},
		{"weeks begin on Monday", everyWeeks{n: 2, on: On(time.Monday, time.Sunday), anchor: day(2026, 12, 9), anchored: true}, "2026-12-01 00:00:00", "2026-12-13, 2026-12-21, 2026-12-27"},
		{"weeks without an anchor", everyWeeks{n: 2, on: mondays}, "2001-01-01 12:00:00", "2001-01-15, 2001-01-29, 2001-02-12"},
		{"before the first week", everyWeeks{n: 2, on: mondays}, "2000-12-01 00:00:00", "2000-12-04, 2000-12-18, 2001-01-01"},
		{"first Monday", nthWeekday{1 << 1, time.Monday, allMonths}, "2026-12-07 00:00:00", "2027-01-04, 2027-02-01, 2027-03-01"},
		{"first and third", nthWeekday{1<<1 | 1<<3, time.Monday, allMonths}, "2026-12-07 00:00:00", "2026-12-21, 2027-01-04, 2027-01-18"},
		{"fifth, where there is one", nthWeekday{1 << 5, time.Monday, allMonths}, "2026-12-01 00:00:00", "2027-03-29, 2027-05-31, 2027-08-30"},
		{"last, the fourth or fifth", nthWeekday{1 << lastOne, time.Monday, allMonths}, "2027-02-01 00:00:00", "2027-02-22, 2027-03-29, 2027-04-26"},
		{"last and fifth are one", nthWeekday{1<<5 | 1<<lastOne, time.Monday, allMonths}, "2027-03-01 00:00:00", "2027-03-29, 2027-04-26, 2027-05-31"},
		{"of some months", nthWeekday{1 << 2, time.Tuesday, 1<<1 | 1<<8}, "2026-01-01 00:00:00", "2026-02-10, 2026-09-08, 2027-02-09"},
		{"too seldom for five years", nthWeekday{1 << 5, time.Monday, 1 << 1}, "2026-01-01 00:00:00", "none"},
		{"by number", monthDays{1<<1 | 1<<15, allMonths}, "2026-12-01 00:00:00", "2026-12-15, 2027-01-01, 2027-01-15"},
		{"31, where there is one", monthDays{1 << 31, allMonths}, "2026-03-31 00:00:00", "2026-05-31, 2026-07-31, 2026-08-31"},
		{"the last day", monthDays{1, allMonths}, "2028-01-31 00:00:00", "2028-02-29, 2028-03-31, 2028-04-30"},
		{"29 February", monthDays{1 << 29, 1 << 1}, "2026-01-01 00:00:00", "2028-02-29, 2032-02-29, 2036-02-29"},
		{"30 February", monthDays{1 << 30, 1 << 1}, "2026-01-01 00:00:00", "none"},
		{"once", oneDay{day(2040, 2, 29)}, "2026-01-01 00:00:00", "2040-02-29, none"},
		{"over", oneDay{day(2026, 1, 1)}, "2026-01-01 00:00:00", "none"},
	} {
		if got := firing(t, tc.dates, tc.after, time.DateOnly, 3); got != tc.want {
			t.Errorf("%s: got %s, want %s", tc.name, got, tc.want)
		}
	}
}

func TestTimes(t *testing.T) {
	var s times
	if _, ok := s.from(0); ok {
		t.Error("a time in no times")
	}
	want := []int{0, 63, 64, 127, 700, minutesOfDay - 1}
	for _, m := range want {
		s.add(m)
	}
	if got := s.list(); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if m, ok := s.from(65); !ok || m != 127 {
		t.Errorf("after 65 comes %d, %v", m, ok)
	}
	if _, ok := s.from(minutesOfDay); ok {
		t.Error("a time after the end of the day")
	}
}

func TestAtTimes(t *testing.T) {
	var s times
	s.add(9 * 60)
	s.add(15*60 + 30)
	weekdays := atTimes{weekly{workDays}, s}
	for after, want := range map[string]string{
		"2026-12-04 09:00:00": "Fri 15:30, Mon 09:00, Mon 15:30",
		"2026-12-04 08:59:59": "Fri 09:00, Fri 15:30, Mon 09:00",
		"2026-12-05 12:00:00": "Mon 09:00, Mon 15:30, Tue 09:00",
	} {
		if got := firing(t, weekdays, after, "Mon 15:04", 3); got != want {
			t.Errorf("after %s: %s, want %s", after, got, want)
		}
	}
	if got := firing(t, atTimes{weekly{allDays}, times{}}, "2026-12-04 09:00:00", time.DateOnly, 1); got != "none" {
		t.Errorf("no times fire at %s", got)
	}
}

// Expressions fire as robfig/cron has them fire where clocks never change.
func TestCronFiresAsItsParserSays(t *testing.T) {
	for _, expression := range []string{
		"* * * * *", "*/15 9-17 * * 1-5", "0 0 1,15 * *", "30 7 13 * 5", "0 9 */2 * 1", "59 23 31 * *", "0 0 29 2 *",
		"5,10 1-3 * jun,dec sun", "@hourly", "@daily", "@weekly", "@monthly", "@yearly", "0 12 ? * 6",
	} {
		fields, _, ok := splitCron(expression)
		days, at, err := parseCron(fields)
		if !ok || err != nil {
			t.Fatalf("%s: %v", expression, err)
		}
		theirs, _ := cron.ParseStandard(expression)
		const after = "2026-02-27 23:58:30"
		ours := firing(t, atTimes{days, at}, after, time.DateTime, 50)
		if want := firing(t, theirs, after, time.DateTime, 50); ours != want {
			t.Errorf("%s fires at\n%s\nwant\n%s", expression, ours, want)
		}
	}
}

func TestDateAndWeekdays(t *testing.T) {
	for _, tc := range []struct {
		at      time.Time
		text    string
		weekday time.Weekday
		monday  string
	}{
		{time.Date(1970, 1, 1, 23, 59, 0, 0, time.UTC), "1970-01-01", time.Thursday, "1969-12-29"},
		{time.Date(1969, 12, 31, 23, 59, 0, 0, time.UTC), "1969-12-31", time.Wednesday, "1969-12-29"},
		{time.Date(1900, 3, 4, 12, 0, 0, 0, time.UTC), "1900-03-04", time.Sunday, "1900-02-26"},
		{time.Date(2026, 12, 7, 0, 0, 0, 0, time.FixedZone("", 14*60*60)), "2026-12-07", time.Monday, "2026-12-07"},
	} {
		d := DateOf(tc.at)
		if d.String() != tc.text || d.Weekday() != tc.weekday || d.monday().String() != tc.monday {
			t.Errorf("%s is %s, a %s, of the week of %s", tc.at, d, d.Weekday(), d.monday())
		}
	}
	if got := On(time.Sunday, time.Monday).list(); !slices.Equal(got, []time.Weekday{time.Monday, time.Sunday}) {
		t.Errorf("weeks begin on Monday, not %v", got)
	}
}
