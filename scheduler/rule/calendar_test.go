package rule

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestParseHolidays(t *testing.T) {
	const text = "\ufeff# the district's\r\n" +
		"2026-12-24..2027-01-06 Winter break\r\n" +
		"\r\n" +
		"  2026-10-12   Columbus Day # observed \n" +
		"24 November 2026 – 27 November 2026: Thanksgiving\n" +
		"february 15, 2027 - Presidents' Day\n" +
		"2027-04-05 to 2027-04-09\n" +
		"2027-03-08 To be announced\n" +
		"del 24 de diciembre de 2027 al 6 de enero de 2028: Vacaciones de Navidad\n" +
		"1 de mayo de 2027 Día del Trabajo\n" +
		"25/12/2028 Christmas"
	list, err := ParseHolidays(text)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, h := range list.All() {
		got = append(got, fmt.Sprintf("%s %s %s", h.First, h.Last, h.Name))
	}
	want := []string{
		"2026-10-12 2026-10-12 Columbus Day # observed",
		"2026-11-24 2026-11-27 Thanksgiving",
		"2026-12-24 2027-01-06 Winter break",
		"2027-02-15 2027-02-15 Presidents' Day",
		"2027-03-08 2027-03-08 To be announced",
		"2027-04-05 2027-04-09 ",
		"2027-05-01 2027-05-01 Día del Trabajo",
		"2027-12-24 2028-01-06 Vacaciones de Navidad",
		"2028-12-25 2028-12-25 Christmas",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestWhatIsNoHoliday(t *testing.T) {
	_, err := ParseHolidays("2026-12-24 ok\nChristmas 2026-12-25\n2026-02-30 x\n2027-01-06..2026-12-24 x\n2026-01-01..2027-06-01 x\n3/12/2026 x\n2026-12-24..2026-12-32 x\n" + strings.Repeat("x", maxHolidayLine+1))
	var e *HolidaysError
	if !errors.As(err, &e) {
		t.Fatalf("got %v", err)
	}
	want := []LineProblem{{2, NoDay}, {3, NoSuchDate}, {4, EndsBeforeBegin}, {5, TooManyDays}, {6, Ambiguous}, {7, NoSuchDate}, {8, TooLong}}
	if !slices.Equal(e.Problems, want) {
		t.Errorf("got %v, want %v", e.Problems, want)
	}
	if text := err.Error(); strings.Contains(text, "Christmas") || !strings.Contains(text, "line 2: no_day") {
		t.Errorf("the error says %q", text)
	}
	_, err = ParseHolidays(strings.Repeat("\n", maxHolidaysText+1))
	if !errors.As(err, &e) || !slices.Equal(e.Problems, []LineProblem{{1, TooLong}}) {
		t.Errorf("got %v", err)
	}
	_, err = ParseHolidays(strings.Repeat("x\n", 1000))
	if !errors.As(err, &e) || len(e.Problems) != maxLineProblems {
		t.Errorf("%d problems are told", len(e.Problems))
	}
}

func TestHolidayList(t *testing.T) {
	list := NewHolidayList([]Holiday{
		{day(2026, 12, 24), day(2027, 1, 6), "break"},
		{day(2026, 12, 25), day(2026, 12, 25), "inside"},
		{day(2027, 1, 6), day(2027, 1, 8), "overlaps"},
		{day(2026, 10, 12), day(2026, 10, 12), "alone"},
		{day(2026, 5, 2), day(2026, 5, 1), "never"},
	})
	for d, want := range map[Date]string{
		day(2026, 10, 11): "", day(2026, 10, 12): "alone", day(2026, 10, 13): "",
		day(2026, 12, 23): "", day(2026, 12, 24): "break", day(2026, 12, 25): "break", day(2027, 1, 6): "break",
		day(2027, 1, 7): "overlaps", day(2027, 1, 8): "overlaps", day(2027, 1, 9): "", day(2026, 5, 1): "",
	} {
		if name, yes := list.Holiday(d); name != want || yes != (want != "") {
			t.Errorf("%s is %q, %v; want %q", d, name, yes, want)
		}
	}
}

func TestCalendarsAreAskedInOrder(t *testing.T) {
	one := NewHolidayList([]Holiday{{1, 2, "one"}})
	two := NewHolidayList([]Holiday{{2, 3, "two"}})
	both := Calendars{one, two}
	for d, want := range map[Date]string{0: "", 1: "one", 2: "one", 3: "two", 4: ""} {
		if name, yes := both.Holiday(d); name != want || yes != (want != "") {
			t.Errorf("%d is %q, %v; want %q", d, name, yes, want)
		}
	}
}

// The calendar filter alone: midnights on which something runs or is skipped.
func TestOrNextWorkday(t *testing.T) {
	thursdays := weekly{On(time.Thursday)}
	winter := NewHolidayList([]Holiday{{day(2026, 12, 24), day(2027, 1, 6), "break"}})
	for _, tc := range []struct {
		name  string
		place Place
		want  string
	}{
		{"no calendar", Place{}, "Thu 12-24, Thu 12-31, Thu 01-07, Thu 01-14"},
		{"moved to a Thursday", Place{Calendar: winter}, "Thu 12-24, Thu 12-31, Thu 01-07, Thu 01-14"},
		{"moved over a weekend", Place{Calendar: NewHolidayList([]Holiday{{day(2026, 12, 24), day(2026, 12, 25), ""}})}, "Thu 12-24, Mon 12-28, Thu 12-31, Thu 01-07"},
		{"another weekend", Place{Calendar: NewHolidayList([]Holiday{{day(2026, 12, 24), day(2026, 12, 24), ""}}), Weekend: On(time.Friday, time.Saturday)}, "Thu 12-24, Sun 12-27, Thu 12-31, Thu 01-07"},
		{"no working day in sight", Place{Calendar: NewHolidayList([]Holiday{{day(2026, 12, 24), day(2028, 12, 24), ""}})}, "Thu 12-24, Thu 12-31, Thu 01-07, Thu 01-14"},
	} {
		if got := firing(t, orNextWorkday{thursdays, tc.place}, "2026-12-20 00:00:00", "Mon 01-02", 4); got != tc.want {
			t.Errorf("%s: got %s, want %s", tc.name, got, tc.want)
		}
	}
}

func FuzzParseHolidays(f *testing.F) {
	f.Add("2026-12-24..2027-01-06 Winter break\n# c\n24 de diciembre de 2026 al 6 de enero de 2027: x")
	f.Add("2026-12-24 – 2026-12-24\xff\xfe x\u0301")
	f.Fuzz(func(t *testing.T, text string) {
		list, err := ParseHolidays(text)
		if err != nil {
			return
		}
		last := Date(-1 << 30)
		for _, h := range list.All() {
			if h.First <= last || h.Last < h.First {
				t.Fatalf("%v is not sorted", list.All())
			}
			last = h.Last
			if _, yes := list.Holiday(h.Last); !yes {
				t.Errorf("%s is no holiday", h.Last)
			}
		}
	})
}
