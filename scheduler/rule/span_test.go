package rule

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// It is said on Tuesday 24 November 2026.
var tuesday = dateOf(2026, time.November, 24)

func TestParseSpan(t *testing.T) {
	for text, want := range map[string]string{
		"until friday":                         "2026-11-24..2026-11-27",
		"Until Friday":                         "2026-11-24..2026-11-27",
		"friday":                               "2026-11-24..2026-11-27",
		"until tuesday":                        "2026-11-24..2026-12-01",
		"until this friday":                    "2026-11-24..2026-11-27",
		"Jan 6":                                "2026-11-24..2027-01-06",
		"until the 6th of january":             "2026-11-24..2027-01-06",
		"until 24 november":                    "2026-11-24..2026-11-24",
		"until 23 november":                    "2026-11-24..2027-11-23",
		"until 2026-12-07":                     "2026-11-24..2026-12-07",
		"2026-12-07":                           "2026-11-24..2026-12-07",
		"through december 7, 2026":             "2026-11-24..2026-12-07",
		"until monday 7 december":              "2026-11-24..2026-12-07",
		"today":                                "2026-11-24..2026-11-24",
		"until tomorrow":                       "2026-11-24..2026-11-25",
		"from monday until until friday":       "2026-11-30..2026-12-04",
		"from monday until for 2 weeks":        "2026-11-30..2026-12-13",
		"for 2 weeks":                          "2026-11-24..2026-12-07",
		"two weeks":                            "2026-11-24..2026-12-07",
		"for a week":                           "2026-11-24..2026-11-30",
		"for 10 days":                          "2026-11-24..2026-12-03",
		"for 1 day":                            "2026-11-24..2026-11-24",
		"for a month":                          "2026-11-24..2026-12-23",
		"for 3 months":                         "2026-11-24..2027-02-23",
		"this week":                            "2026-11-24..2026-11-29",
		"next week":                            "2026-11-30..2026-12-06",
		"from 21 december until 6 january":     "2026-12-21..2027-01-06",
		"from 2026-12-21 until 2027-01-06":     "2026-12-21..2027-01-06",
		"2026-12-21..2027-01-06":               "2026-12-21..2027-01-06",
		"21 dec - 6 jan":                       "2026-12-21..2027-01-06",
		"from monday until friday":             "2026-11-30..2026-12-04",
		"from monday to monday":                "2026-11-30..2026-12-07",
		"from tomorrow for 2 weeks":            "2026-11-25..2026-12-08",
		"from monday, for 3 days":              "2026-11-30..2026-12-02",
		"from 1 june until 3 june":             "2027-06-01..2027-06-03",
		"until 29 february":                    "2026-11-24..2028-02-29:too_many_days",
		"hasta el viernes":                     "2026-11-24..2026-11-27",
		"el viernes":                           "2026-11-24..2026-11-27",
		"hasta el 6 de enero":                  "2026-11-24..2027-01-06",
		"hasta mañana":                         "2026-11-24..2026-11-25",
		"por 2 semanas":                        "2026-11-24..2026-12-07",
		"durante diez días":                    "2026-11-24..2026-12-03",
		"durante un mes":                       "2026-11-24..2026-12-23",
		"una semana":                           "2026-11-24..2026-11-30",
		"esta semana":                          "2026-11-24..2026-11-29",
		"la próxima semana":                    "2026-11-30..2026-12-06",
		"la semana que viene":                  "2026-11-30..2026-12-06",
		"del 21 de diciembre al 6 de enero":    "2026-12-21..2027-01-06",
		"desde el lunes hasta el viernes":      "2026-11-30..2026-12-04",
		"":                                     ":not_understood",
		"until":                                ":not_understood",
		"from monday":                          ":not_understood",
		"for ever":                             ":not_understood",
		"until friday at noon":                 ":not_understood",
		"for 0 days":                           ":not_understood",
		"until next friday":                    ":ambiguous",
		"until 3/12/2026":                      ":ambiguous",
		"until 31 november":                    ":no_such_date",
		"until 30 february 2027":               ":no_such_date",
		"until friday 7 december":              ":no_such_date",
		"until 2026-11-23":                     ":ends_before_begin",
		"from 2026-11-01 until 2026-11-20":     ":ends_before_begin",
		"from 2026-12-07 until 2026-12-01":     ":ends_before_begin",
		"for 2 years":                          ":not_understood",
		"for 53 weeks":                         ":too_many_days",
		"for 9999 days":                        ":too_many_days",
		"until 2028-01-01":                     ":too_many_days",
		strings.Repeat("until friday ", 40):    ":too_long",
		"from 2026-11-20 until 2026-11-24":     "2026-11-20..2026-11-24",
		"for 52 weeks":                         "2026-11-24..2027-11-22",
		"from the 1st of december for 2 weeks": "2026-12-01..2026-12-14",
	} {
		days, problem, _ := strings.Cut(want, ":")
		s, err := ParseSpan(text, tuesday)
		var wrong *Error
		switch {
		case errors.As(err, &wrong):
			if string(wrong.Problem) != problem {
				t.Errorf("%q: %v", text, err)
			}
		case problem != "":
			t.Errorf("%q is %s..%s, want %s", text, s.First, s.Last, problem)
		case s.First.String()+".."+s.Last.String() != days:
			t.Errorf("%q is %s..%s, want %s", text, s.First, s.Last, days)
		}
	}
}

func FuzzParseSpan(f *testing.F) {
	for _, text := range []string{"until friday", "for 2 weeks", "del 21 de diciembre al 6 de enero", "2026-12-21..2027-01-06", "for 999999999 months", "a", ".."} {
		f.Add(text, int32(tuesday))
	}
	f.Fuzz(func(t *testing.T, text string, day int32) {
		said := Date(day % 80000)
		s, err := ParseSpan(text, said)
		if err == nil && (s.Last < s.First || s.Last < said || s.Last-s.First >= maxHolidayDays) {
			t.Errorf("%q on %s is %s..%s", text, said, s.First, s.Last)
		}
	})
}
