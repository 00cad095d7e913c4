package ical

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

func date(t testing.TB, text string) rule.Date {
	t.Helper()
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		t.Fatal(err)
	}
	return rule.DateOf(at)
}

func options(t testing.TB, zone string) Options {
	t.Helper()
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	return Options{Zone: loc, From: date(t, "2026-01-01"), Until: date(t, "2029-12-31")}
}

// file is a calendar of events, each given by its lines.
func file(events ...string) string {
	var b strings.Builder
	b.WriteString("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
	for i, e := range events {
		fmt.Fprintf(&b, "BEGIN:VEVENT\r\nUID:%d\r\n%s\r\nEND:VEVENT\r\n", i, strings.ReplaceAll(e, "\n", "\r\n"))
	}
	b.WriteString("END:VCALENDAR\r\n")
	return b.String()
}

// days is the holidays in short: "12-24 12-26 name".
func days(c Calendar) []string {
	var all []string
	for _, h := range c.Holidays {
		all = append(all, strings.TrimSpace(fmt.Sprintf("%s %s %s", h.First, h.Last, h.Name)))
	}
	return all
}

func TestEvents(t *testing.T) {
	for _, tc := range []struct {
		name, zone, event string
		want              []string
	}{
		{"DTEND is the day after", "UTC", "DTSTART;VALUE=DATE:20261224\nDTEND;VALUE=DATE:20270107\nSUMMARY:Winter break", []string{"2026-12-24 2027-01-06 Winter break"}},
		{"without an end", "UTC", "DTSTART;VALUE=DATE:20261224", []string{"2026-12-24 2026-12-24"}},
		{"a date without VALUE", "UTC", "DTSTART:20261224", []string{"2026-12-24 2026-12-24"}},
		{"an end that is the begin", "UTC", "DTSTART;VALUE=DATE:20261224\nDTEND;VALUE=DATE:20261224", []string{"2026-12-24 2026-12-24"}},
		{"an end before the begin", "UTC", "DTSTART;VALUE=DATE:20261224\nDTEND;VALUE=DATE:20261220", []string{"2026-12-24 2026-12-24"}},
		{"of some length", "UTC", "DTSTART;VALUE=DATE:20261224\nDURATION:P1W2D", []string{"2026-12-24 2027-01-01"}},
		{"a name over two lines, with signs", "UTC", "DTSTART:20261224\nSUMMARY:Navidad\\, fies\n ta\\n  y descanso\\; sí", []string{"2026-12-24 2026-12-24 Navidad, fiesta y descanso; sí"}},
		{"in small letters", "UTC", "dtstart;value=date:20261224\nsummary:Eve", []string{"2026-12-24 2026-12-24 Eve"}},
		{"cancelled", "UTC", "DTSTART:20261224\nSTATUS:CANCELLED", nil},
		{"out of interest", "UTC", "DTSTART:20251224\nDTEND:20251226", nil},
		{"into the dates of interest", "UTC", "DTSTART:20251224\nDTEND:20260103", []string{"2026-01-01 2026-01-02"}},

		{"a closure", "America/New_York", "DTSTART;TZID=America/New_York:20261224T080000\nDTEND;TZID=America/New_York:20261224T150000", []string{"2026-12-24 2026-12-24"}},
		{"a meeting", "America/New_York", "DTSTART;TZID=America/New_York:20261224T180000\nDTEND;TZID=America/New_York:20261224T200000", nil},
		{"no length at all", "UTC", "DTSTART:20261224T080000Z", nil},
		{"from midnight to midnight", "America/New_York", "DTSTART;TZID=America/New_York:20261224T000000\nDTEND;TZID=America/New_York:20261226T000000", []string{"2026-12-24 2026-12-25"}},
		{"of a neighbouring zone", "America/Chicago", "DTSTART;TZID=America/New_York:20261224T000000\nDTEND;TZID=America/New_York:20261226T000000", []string{"2026-12-24 2026-12-25"}},
		{"in UTC", "America/New_York", "DTSTART:20261224T050000Z\nDTEND:20261225T050000Z", []string{"2026-12-24 2026-12-24"}},
		{"UTC far away", "Pacific/Auckland", "DTSTART:20261224T110000Z\nDTEND:20261225T110000Z", []string{"2026-12-25 2026-12-25"}},
		{"on a day of 23 hours", "America/New_York", "DTSTART;TZID=America/New_York:20260308T000000\nDTEND;TZID=America/New_York:20260309T000000", []string{"2026-03-08 2026-03-08"}},
		{"without a zone", "Asia/Tokyo", "DTSTART:20261224T080000\nDURATION:PT7H30M", []string{"2026-12-24 2026-12-24"}},
		{"of a zone that nobody knows", "Asia/Tokyo", "DTSTART;TZID=\"Tokyo Standard Time\":20261224T080000\nDURATION:PT8H", []string{"2026-12-24 2026-12-24"}},
		{"of a zone with a prefix", "Asia/Tokyo", "DTSTART;TZID=/example.org/2026/America/Argentina/Buenos_Aires:20261224T080000\nDURATION:PT12H", []string{"2026-12-25 2026-12-25"}},
	} {
		c, err := Parse([]byte(file(tc.event)), options(t, tc.zone))
		if err != nil || c.LeftOut != 0 {
			t.Errorf("%s: %v, %d left out", tc.name, err, c.LeftOut)
		}
		if got := days(c); !slices.Equal(got, tc.want) {
			t.Errorf("%s: got %q, want %q", tc.name, got, tc.want)
		}
	}
}

func TestRepetition(t *testing.T) {
	for _, tc := range []struct {
		name, event, want string // the first days, of each the date
	}{
		{"every year", "DTSTART:20000501\nRRULE:FREQ=YEARLY", "2026-05-01 2027-05-01 2028-05-01 2029-05-01"},
		{"several days every year", "DTSTART:20191230\nDTEND:20200103\nRRULE:FREQ=YEARLY", "2026-01-01 2026-12-30 2027-12-30 2028-12-30 2029-12-30"},
		{"29 February", "DTSTART:20240229\nRRULE:FREQ=YEARLY", "2028-02-29"},
		{"fourth Thursday of November", "DTSTART:20201126\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH", "2026-11-26 2027-11-25 2028-11-23 2029-11-22"},
		{"last Monday of May", "DTSTART:20200525\nRRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO", "2026-05-25 2027-05-31 2028-05-29 2029-05-28"},
		{"first Monday in eight days", "DTSTART:20200907\nRRULE:FREQ=YEARLY;BYMONTH=9;BYDAY=MO;BYMONTHDAY=1,2,3,4,5,6,7", "2026-09-07 2027-09-06 2028-09-04 2029-09-03"},
		{"every other year", "DTSTART:20200501\nRRULE:FREQ=YEARLY;INTERVAL=2", "2026-05-01 2028-05-01"},
		{"so many times", "DTSTART:20240501\nRRULE:FREQ=YEARLY;COUNT=4", "2026-05-01 2027-05-01"},
		{"until a day", "DTSTART:20240501\nRRULE:FREQ=YEARLY;UNTIL=20270501", "2026-05-01 2027-05-01"},
		{"until an instant", "DTSTART;TZID=America/New_York:20260105T000000\nDURATION:P1D\nRRULE:FREQ=WEEKLY;UNTIL=20260119T045959Z", "2026-01-05 2026-01-12"},
		{"every week", "DTSTART:20260105\nRRULE:FREQ=WEEKLY;COUNT=3", "2026-01-05 2026-01-12 2026-01-19"},
		{"on days of every other week", "DTSTART:20260107\nRRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE,SU;COUNT=6", "2026-01-07 2026-01-11 2026-01-19 2026-01-21 2026-01-25 2026-02-02"},
		{"the same with weeks from Sunday", "DTSTART:20260107\nRRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE,SU;COUNT=6;WKST=SU", "2026-01-07 2026-01-18 2026-01-19 2026-01-21 2026-02-01 2026-02-02"},
		{"every ten days", "DTSTART:20260105\nRRULE:FREQ=DAILY;INTERVAL=10;COUNT=3", "2026-01-05 2026-01-15 2026-01-25"},
		{"last day of each month", "DTSTART:20260131\nRRULE:FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=3", "2026-01-31 2026-02-28 2026-03-31"},
		{"second Tuesday", "DTSTART:20260113\nRRULE:FREQ=MONTHLY;BYDAY=2TU;COUNT=3", "2026-01-13 2026-02-10 2026-03-10"},
		{"but not on some", "DTSTART:20260105\nRRULE:FREQ=WEEKLY;COUNT=4\nEXDATE;VALUE=DATE:20260112,20260119", "2026-01-05 2026-01-26"},
		{"and on another", "DTSTART:20260105\nRDATE;VALUE=DATE:20260214", "2026-01-05 2026-02-14"},
	} {
		c, err := Parse([]byte(file(tc.event)), options(t, "America/New_York"))
		if err != nil || c.LeftOut != 0 {
			t.Errorf("%s: %v, %d left out", tc.name, err, c.LeftOut)
		}
		var got []string
		for _, h := range c.Holidays {
			got = append(got, h.First.String())
		}
		if text := strings.Join(got, " "); text != tc.want {
			t.Errorf("%s: got %s, want %s", tc.name, text, tc.want)
		}
	}
}

func TestReplacedOccurrence(t *testing.T) {
	text := "BEGIN:VCALENDAR\n" +
		"BEGIN:VEVENT\nUID:a\nDTSTART:20260105\nRRULE:FREQ=WEEKLY;COUNT=3\nSUMMARY:Closed\nEND:VEVENT\n" +
		"BEGIN:VEVENT\nUID:a\nRECURRENCE-ID:20260112\nDTSTART:20260113\nSUMMARY:Moved\nEND:VEVENT\n" +
		"BEGIN:VEVENT\nUID:a\nRECURRENCE-ID:20260119\nDTSTART:20260119\nSTATUS:CANCELLED\nEND:VEVENT\n" +
		"END:VCALENDAR\n"
	c, err := Parse([]byte(text), options(t, "UTC"))
	if want := []string{"2026-01-05 2026-01-05 Closed", "2026-01-13 2026-01-13 Moved"}; err != nil || !slices.Equal(days(c), want) {
		t.Errorf("got %q, %v; want %q", days(c), err, want)
	}
}

func TestWhatIsLeftOut(t *testing.T) {
	for event, want := range map[string][]string{
		"SUMMARY:no date":                      nil,
		"DTSTART:soon":                         nil,
		"DTSTART:20261341":                     nil,
		"DTSTART:99990101":                     nil,
		"DTSTART:20260105\nDTEND:20990101":     nil,
		"DTSTART:20260105\nDURATION:P9999999D": nil,
		"DTSTART:20260105\nDURATION:1 day":     nil,
		"DTSTART:20260105\nDTEND:whenever":     nil,
		// Its first time is there.
		"DTSTART:20260105\nRRULE:FREQ=HOURLY":                        {"2026-01-05 2026-01-05"},
		"DTSTART:20260105\nRRULE:FREQ=WEEKLY;BYSETPOS=1":             {"2026-01-05 2026-01-05"},
		"DTSTART:20260105\nRRULE:FREQ=YEARLY;BYDAY=20MO":             {"2026-01-05 2026-01-05"},
		"DTSTART:20260105\nRRULE:FREQ=WEEKLY;BYDAY=1MO":              {"2026-01-05 2026-01-05"},
		"DTSTART:20260105\nRRULE:FREQ=WEEKLY;INTERVAL=0":             {"2026-01-05 2026-01-05"},
		"DTSTART:20260105\nRRULE:FREQ=WEEKLY;BYDAY=XX":               {"2026-01-05 2026-01-05"},
		"DTSTART:20260105\nRRULE:FREQ=YEARLY;BYMONTHDAY=0;BYMONTH=1": {"2026-01-05 2026-01-05"},
		"DTSTART:20260105\nRRULE:nonsense":                           {"2026-01-05 2026-01-05"},
	} {
		c, err := Parse([]byte(file(event)), options(t, "UTC"))
		if err != nil || c.LeftOut != 1 || !slices.Equal(days(c), want) {
			t.Errorf("%q: got %q, %d left out, %v; want %q and 1", event, days(c), c.LeftOut, err, want)
		}
	}
}

// What a calendar program writes around events does no harm, however odd.
func TestTheRestIsPassedOver(t *testing.T) {
	text := "\ufeffBEGIN:VCALENDAR\nMETHOD:PUBLISH\nX-ODD\n" +
		"BEGIN:VTIMEZONE\nTZID:America/New_York\nBEGIN:STANDARD\nDTSTART:20071104T020000\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU\nEND:STANDARD\nEND:VTIMEZONE\n" +
		"BEGIN:VTODO\nDTSTART:20260101\nEND:VTODO\n" +
		"\n" +
		"BEGIN:VEVENT\nUID:1\nDTSTART:20260105\nX-ALT-DESC;FMTTYPE=text/html:<a href=\"x:y;z\">\nno property\n;:\n" +
		"DESCRIPTION:" + strings.Repeat("long ", 10_000) + "\n" +
		"BEGIN:VALARM\nTRIGGER:-PT15M\nDTSTART:20260202\nSUMMARY:Alarm\nEND:VALARM\nSUMMARY:Closed\nEND:VEVENT\n" +
		"BEGIN:VEVENT\nUID:2\nDTSTART:20260106\nSUMMARY:" + strings.Repeat("long ", 1000) + "\nEND:VEVENT\n" +
		"END:VCALENDAR\n"
	c, err := Parse([]byte(text), options(t, "UTC"))
	if want := []string{"2026-01-05 2026-01-05 Closed", "2026-01-06 2026-01-06"}; err != nil || c.LeftOut != 0 || !slices.Equal(days(c), want) {
		t.Errorf("got %q, %d left out, %v; want %q", days(c), c.LeftOut, err, want)
	}
}

func TestHostileFiles(t *testing.T) {
	many := func(n int, event string) string {
		return file(slices.Repeat([]string{event}, n)...)
	}
	for name, tc := range map[string]struct {
		text string
		want error
	}{
		"nothing":             {"", ErrNotCalendar},
		"a web page":          {"<!doctype html><html>BEGIN:VCALENDAR</html>", ErrNotCalendar},
		"a card":              {"BEGIN:VCARD\nEND:VCARD\n", ErrNotCalendar},
		"cut short":           {"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260105\n", ErrNotCalendar},
		"no events":           {file(), nil},
		"too long":            {strings.Repeat("x", MaxBytes+1), ErrTooLarge},
		"as long as can be":   {(file() + strings.Repeat("X-A:1\n", MaxBytes))[:MaxBytes], nil},
		"too many events":     {many(maxEvents+1, "DTSTART:20260105"), ErrTooLarge},
		"many events":         {many(maxEvents, "DTSTART:20260105"), nil},
		"too many days":       {many(100, "DTSTART:20200105\nRRULE:FREQ=DAILY"), ErrTooLarge},
		"too many to look at": {many(2000, "DTSTART:19000105\nRRULE:FREQ=YEARLY;COUNT=99999"), ErrTooLarge},
		"deeply nested":       {"BEGIN:VCALENDAR\n" + strings.Repeat("BEGIN:X\n", 100_000), nil},
		"events in events":    {"BEGIN:VCALENDAR\n" + strings.Repeat("BEGIN:VEVENT\n", 50_000), ErrNotCalendar},
		"parameters":          {file("DTSTART" + strings.Repeat(";a=b", 200_000) + ":20260105"), nil},
		"folds":               {file("SUMMARY:" + strings.Repeat("\n x", 200_000)), nil},
		"odd bytes":           {file("DTSTART;TZID=\"\\:20260105\nSUMMARY:\xff\xfe\x00"), nil},
		"exceptions":          {file("DTSTART:20260105\nRRULE:FREQ=DAILY;COUNT=99999\n" + strings.Repeat("EXDATE:20260106"+strings.Repeat(",20260107", 400)+"\n", 250)), nil},
		"ends only":           {"BEGIN:VCALENDAR\n" + strings.Repeat("END:VEVENT\n", 1000), nil},
	} {
		if _, err := Parse([]byte(tc.text), options(t, "UTC")); !errors.Is(err, tc.want) {
			t.Errorf("%s: got %v, want %v", name, err, tc.want)
		}
	}
}

// One event that cannot be read hides no other.
func TestAMalformedEventIsLeftOut(t *testing.T) {
	c, err := Parse([]byte(file("DTSTART:20260105", "DTSTART;X=\"\\:20260106", "DTSTART:20260107")), options(t, "UTC"))
	if want := []string{"2026-01-05 2026-01-05", "2026-01-07 2026-01-07"}; err != nil || c.LeftOut != 1 || !slices.Equal(days(c), want) {
		t.Errorf("got %q, %d left out, %v", days(c), c.LeftOut, err)
	}
}

// The holidays are in order, within the dates of interest, and can be asked.
func TestParseForACalendar(t *testing.T) {
	c, err := Parse([]byte(file("DTSTART:20270101", "DTSTART:20261224\nDTEND:20261227\nSUMMARY:Break", "DTSTART:20261012")), options(t, "UTC"))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := days(c), []string{"2026-10-12 2026-10-12", "2026-12-24 2026-12-26 Break", "2027-01-01 2027-01-01"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if name, yes := rule.NewHolidayList(c.Holidays).Holiday(date(t, "2026-12-26")); !yes || name != "Break" {
		t.Errorf("got %q, %v", name, yes)
	}
}

func FuzzParse(f *testing.F) {
	seeds, err := filepath.Glob("testdata/*.ics")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range seeds {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(file("DTSTART;TZID=America/New_York:20260105T080000\nDURATION:PT8H\nRRULE:FREQ=WEEKLY;BYDAY=MO,-1TU;COUNT=3\nEXDATE:20260112T080000")))
	f.Add([]byte(file("DTSTART:20260105\nRRULE:FREQ=YEARLY;BYMONTH=1;BYDAY=1MO;UNTIL=20300101\nRECURRENCE-ID:20260105")))
	want := options(f, "America/New_York")
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Parse(data, want)
		if err != nil && !errors.Is(err, ErrNotCalendar) && !errors.Is(err, ErrTooLarge) {
			t.Errorf("an error that is not told of: %v", err)
		}
		for _, h := range c.Holidays {
			if h.First < want.From || h.Last > want.Until || h.Last < h.First || len([]rune(h.Name)) > maxName {
				t.Errorf("%+v", h)
			}
		}
	})
}

func BenchmarkParse(b *testing.B) {
	var events []string
	for i := range 300 {
		events = append(events, fmt.Sprintf("DTSTART:2026%02d%02d\nSUMMARY:Event\nRRULE:FREQ=YEARLY", 1+i%12, 1+i%28))
	}
	data := []byte(file(events...))
	want := options(b, "America/New_York")
	for b.Loop() {
		if _, err := Parse(data, want); err != nil {
			b.Fatal(err)
		}
	}
}
