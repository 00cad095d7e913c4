package rule

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func mustParse(t testing.TB, text string) Rule {
	t.Helper()
	r, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// told is what Next gives, one text an occurrence.
func told(r Rule, after time.Time, in Place, n int) []string {
	var all []string
	for o := range r.After(after, in) {
		text := o.Wall.Format("Mon 01-02 15:04")
		if o.Skipped {
			text += " skipped"
		}
		if !o.Instead.IsZero() {
			text += " runs " + o.Instead.Format("Mon 01-02 15:04")
		}
		if !o.StandsFor.IsZero() {
			text += " for " + o.StandsFor.Format("Mon 01-02 15:04")
		}
		if o.Holiday != "" {
			text += " (" + o.Holiday + ")"
		}
		if all = append(all, text); len(all) == n {
			break
		}
	}
	return all
}

func TestHolidays(t *testing.T) {
	in := Place{Zone: zone(t, "America/Chicago"), Calendar: NewHolidayList([]Holiday{
		{day(2026, 11, 26), day(2026, 11, 27), "Thanksgiving"},
		{day(2026, 12, 24), day(2027, 1, 6), "Winter break"},
	})}
	for _, tc := range []struct {
		phrase, after string
		want          []string
	}{
		{"thursdays at 7:00", "2026-11-20", []string{"Thu 11-26 07:00", "Thu 12-03 07:00"}},
		{"thursdays at 7:00 except holidays", "2026-11-20", []string{"Thu 11-26 07:00 skipped (Thanksgiving)", "Thu 12-03 07:00"}},
		{"thursdays at 7:00 or the next working day", "2026-11-20", []string{
			"Thu 11-26 07:00 skipped runs Mon 11-30 07:00 (Thanksgiving)",
			"Mon 11-30 07:00 for Thu 11-26 07:00 (Thanksgiving)",
			"Thu 12-03 07:00",
		}},
		// From the middle of the holidays, and with what lies before unseen.
		{"thursdays at 7:00 or the next working day", "2026-11-28", []string{"Mon 11-30 07:00 for Thu 11-26 07:00 (Thanksgiving)", "Thu 12-03 07:00"}},
		{"thursdays at 7:00 or the next working day", "2026-11-30", []string{"Mon 11-30 07:00 for Thu 11-26 07:00 (Thanksgiving)"}},
		// Several become one, and one that there is anyway.
		{"weekdays at 7:00 or the next working day", "2026-11-26", []string{
			"Thu 11-26 07:00 skipped runs Mon 11-30 07:00 (Thanksgiving)",
			"Fri 11-27 07:00 skipped runs Mon 11-30 07:00 (Thanksgiving)",
			"Mon 11-30 07:00 for Fri 11-27 07:00 (Thanksgiving)",
			"Tue 12-01 07:00",
		}},
		{"thursdays at 7:00 or the next working day", "2026-12-20", []string{
			"Thu 12-24 07:00 skipped runs Thu 01-07 07:00 (Winter break)",
			"Thu 12-31 07:00 skipped runs Thu 01-07 07:00 (Winter break)",
			"Thu 01-07 07:00 for Thu 12-31 07:00 (Winter break)",
			"Thu 01-14 07:00",
		}},
		// A weekend is no holiday: who says Saturday means it.
		{"saturdays at 7:00 or the next working day", "2026-11-20", []string{"Sat 11-21 07:00", "Sat 11-28 07:00", "Sat 12-05 07:00"}},
		{"on 2026-12-25 at 9:00 or the next working day", "2026-11-20", []string{
			"Fri 12-25 09:00 skipped runs Thu 01-07 09:00 (Winter break)",
			"Thu 01-07 09:00 for Fri 12-25 09:00 (Winter break)",
		}},
		{"0 7,19 26 11 * or the next working day", "2026-11-20", []string{
			"Thu 11-26 07:00 skipped runs Mon 11-30 07:00 (Thanksgiving)",
			"Thu 11-26 19:00 skipped runs Mon 11-30 19:00 (Thanksgiving)",
			"Mon 11-30 07:00 for Thu 11-26 07:00 (Thanksgiving)",
			"Mon 11-30 19:00 for Thu 11-26 19:00 (Thanksgiving)",
		}},
	} {
		after, err := time.ParseInLocation(time.DateOnly, tc.after, in.Zone)
		if err != nil {
			t.Fatal(err)
		}
		if got := told(mustParse(t, tc.phrase), after.Add(-1), in, len(tc.want)); !slices.Equal(got, tc.want) {
			t.Errorf("%q:\n got %s\nwant %s", tc.phrase, strings.Join(got, "; "), strings.Join(tc.want, "; "))
		}
	}
}

// A skipped Saturday whose last hour clocks skip must not hide the Sunday that
// begins at the same instant.
func TestSkippedInAGapDoesNotHideWhatRuns(t *testing.T) {
	saturday := day(2026, 3, 28)
	in := Place{Zone: zone(t, "America/Nuuk"), Calendar: NewHolidayList([]Holiday{{saturday, saturday, "off"}})}
	r := mustParse(t, "daily at 0:00 and 23:30 except holidays")
	got := told(r, time.Date(2026, 3, 28, 12, 0, 0, 0, time.UTC), in, 2)
	if want := []string{"Sun 03-29 00:00", "Sun 03-29 23:30"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	// Where nothing runs at that instant, the skipped one is told, once.
	r = mustParse(t, "daily at 23:30 and 23:45 except holidays")
	got = told(r, time.Date(2026, 3, 28, 12, 0, 0, 0, time.UTC), in, 1)
	if want := []string{"Sat 03-28 23:30 skipped (off)"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	// Also when it is the last of all.
	r = mustParse(t, "on 2026-03-28 at 23:30 except holidays")
	got = told(r, time.Date(2026, 3, 28, 12, 0, 0, 0, time.UTC), in, 2)
	if want := []string{"Sat 03-28 23:30 skipped (off)"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// From within the hour that comes twice, its first time is over.
func TestNextFromTheSecondOfTwo(t *testing.T) {
	newYork := zone(t, "America/New_York")
	for after, want := range map[string]string{
		"2026-11-01T05:44:00Z": "2026-11-01T05:45:00Z", // 1:44, the first time
		"2026-11-01T05:45:00Z": "2026-11-02T06:45:00Z",
		"2026-11-01T06:15:00Z": "2026-11-02T06:45:00Z", // 1:15, the second time
	} {
		from, err := time.Parse(time.RFC3339, after)
		if err != nil {
			t.Fatal(err)
		}
		o, ok := mustParse(t, "daily at 1:45").Next(from, Place{Zone: newYork})
		if got := o.At.Format(time.RFC3339); !ok || got != want {
			t.Errorf("after %s: %s, want %s", after, got, want)
		}
	}
}

func TestNextEnds(t *testing.T) {
	after := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for phrase, want := range map[string]bool{
		"every year on the 29th of february at 9":       true,
		"on 2099-12-31 at 9:00":                         true,
		"on 2025-12-31 at 9:00":                         false,
		"on 2011-12-30 at 9:00":                         false,
		"the fifth monday of february at 9:00":          false, // next in 2044
		"0 9 29 2 *":                                    true,
		"on 2025-12-31 at 9:00 or the next working day": false,
	} {
		if _, ok := mustParse(t, phrase).Next(after, Place{}); ok != want {
			t.Errorf("%q: found %v, want %v", phrase, ok, want)
		}
	}
	// The only date of the rule is one that the place never had.
	if o, ok := mustParse(t, "on 2011-12-30 at 9:00").Next(time.Date(2011, 12, 1, 0, 0, 0, 0, time.UTC), Place{Zone: zone(t, "Pacific/Apia")}); ok {
		t.Errorf("it is at %s", o.At)
	}
}

func TestMissed(t *testing.T) {
	in := Place{Zone: zone(t, "Europe/Madrid")}
	now := time.Date(2026, 12, 4, 12, 30, 0, 0, time.UTC) // 13:30 in Madrid
	for _, tc := range []struct {
		phrase string
		last   time.Time
		limit  int
		want   string
		more   bool
	}{
		{"daily at 13:30", now.AddDate(0, 0, -3), 10, "Wed 02, Thu 03, Fri 04", false},
		{"daily at 13:30", now.AddDate(0, 0, -3), 3, "Wed 02, Thu 03, Fri 04", false},
		{"daily at 13:30", now.AddDate(0, 0, -3), 2, "Thu 03, Fri 04", true},
		{"daily at 13:31", now.AddDate(0, 0, -3), 2, "Wed 02, Thu 03", true},
		{"daily at 13:30", now, 10, "", false},
		{"daily at 13:30", now.Add(time.Hour), 10, "", false},
		{"daily at 13:30", now.AddDate(0, 0, -3), 0, "", false},
		{"on 2026-12-01 at 9:00", now.AddDate(-1, 0, 0), 1, "Tue 01", false},
		{"0 12 1-3 12 *", now.AddDate(-4, 0, 0), 4, "Wed 03, Tue 01, Wed 02, Thu 03", true},
	} {
		missed, more := mustParse(t, tc.phrase).Missed(tc.last, now, in, tc.limit)
		var got []string
		for _, o := range missed {
			got = append(got, o.Wall.Format("Mon 02"))
		}
		if text := strings.Join(got, ", "); text != tc.want || more != tc.more {
			t.Errorf("%q since %s, %d: %s, more %v; want %s, %v", tc.phrase, tc.last, tc.limit, text, more, tc.want, tc.more)
		}
	}
}

// However much was missed, and however unevenly, little work is done.
func TestMissedIsBounded(t *testing.T) {
	now := time.Date(2026, 12, 4, 12, 0, 0, 0, time.UTC)
	for _, phrase := range []string{"* * * * *", "* * * 6 *", "* 3 29 2 *"} {
		asked := 0
		in := Place{Calendar: calendarFunc(func(Date) (string, bool) { asked++; return "", false })}
		r := mustParse(t, phrase+" except holidays")
		missed, more := r.Missed(now.AddDate(-30, 0, 0), now, in, 20)
		if len(missed) != 20 || !more {
			t.Errorf("%q: %d missed, more %v", phrase, len(missed), more)
		}
		if asked > 1000 {
			t.Errorf("%q: %d occurrences were looked at", phrase, asked)
		}
		if o, ok := r.Next(missed[len(missed)-1].At, in); !ok || !o.At.After(now) {
			t.Errorf("%q: %s was missed too", phrase, o.At)
		}
	}
}

var benched = []string{
	"daily at 7:00", "every monday, wednesday and friday at 15:00", "weekdays at 9:00, 12:00 and 15:00",
	"every 2 weeks on friday at 15:00", "every 52 weeks on friday at 15:00 from 2020-01-03",
	"the first monday of the month at 9:00", "the last thursday of the month at 16:00", "the fifth monday of february at 9:00",
	"the 15th of the month at 12:00", "every year on the 29th of february at 9:00", "on 2099-12-03 at 19:00",
	"0 7 * * 1-5", "*/5 * * * *", "0 9 29 2 *",
	"daily at 7:00 except holidays", "weekdays at 7:00 or the next working day if it is a holiday",
	"the 15th of the month at 12:00 or the next working day if it is a holiday",
}

func BenchmarkNext(b *testing.B) {
	var holidays []Holiday
	for i := range Date(500) {
		holidays = append(holidays, Holiday{20000 + 17*i, 20002 + 17*i, "off"})
	}
	in := Place{Zone: zone(b, "America/New_York"), Calendar: NewHolidayList(holidays)}
	for _, phrase := range benched {
		r := mustParse(b, phrase)
		b.Run(phrase, func(b *testing.B) {
			b.ReportAllocs()
			at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
			for i := 0; b.Loop(); i++ {
				o, ok := r.Next(at, in)
				if at = o.At; !ok || i%100 == 0 {
					at = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
				}
			}
		})
	}
}

func BenchmarkParse(b *testing.B) {
	for _, phrase := range []string{"every tuesday at 8pm", "0 7 * * 1-5", "evrey teusday at 8pm", strings.Repeat("tusday ", 40)} {
		b.Run(fmt.Sprintf("%.20q", phrase), func(b *testing.B) {
			for b.Loop() {
				_, _ = Parse(phrase)
			}
		})
	}
}
