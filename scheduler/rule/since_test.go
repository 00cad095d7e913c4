package rule

import (
	"errors"
	"testing"
	"time"
)

// It is said on Tuesday 24 November 2026.
func TestParseSince(t *testing.T) {
	for text, want := range map[string]string{
		"today":               "2026-11-24",
		"yesterday":           "2026-11-23",
		"desde ayer":          "2026-11-23",
		"since monday":        "2026-11-23",
		"tuesday":             "2026-11-24",
		"wednesday":           "2026-11-18",
		"desde el lunes":      "2026-11-23",
		"2 weeks":             "2026-11-10",
		"two weeks ago":       "2026-11-10",
		"last 10 days":        "2026-11-14",
		"hace 3 días":         "2026-11-21",
		"a month":             "2026-10-25",
		"hace un mes":         "2026-10-25",
		"last week":           "2026-11-16",
		"la semana pasada":    "2026-11-16",
		"this week":           "2026-11-23",
		"last month":          "2026-10-01",
		"this month":          "2026-11-01",
		"el mes pasado":       "2026-10-01",
		"1 september":         "2026-09-01",
		"since September 1st": "2026-09-01",
		"desde el 1 de enero": "2026-01-01",
		"1 december":          "2025-12-01",
		"september":           "2026-09-01",
		"desde septiembre":    "2026-09-01",
		"december":            "2025-12-01",
		"november":            "2026-11-01",
		"marzo de 2025":       "2025-03-01",
		"december 2026":       "?ends_before_begin",
		"el lunes pasado":     "2026-11-23",
		"el viernes pasado":   "2026-11-20",
		"last friday":         "2026-11-20",
		"25/10/2026":          "2026-10-25",
		"1/9/2026":            "?ambiguous",
		"24 november":         "2026-11-24",
		"25 november":         "2025-11-25",
		"2024-02-29":          "2024-02-29",
		"2026-11-25":          "?ends_before_begin",
		"tomorrow":            "?ends_before_begin",
		"mañana":              "?ends_before_begin",
		"since tomorrow":      "?ends_before_begin",
		"december 1, 2026":    "?ends_before_begin",
		"1 diciembre de 2026": "?ends_before_begin",
		"soon":                "?not_understood",
		"":                    "?not_understood",
		"monday and more":     "?not_understood",
	} {
		got, err := ParseSince(text, tuesday, "en")
		wrong := &Error{}
		switch {
		case errors.As(err, &wrong) && want == "?"+string(wrong.Problem):
		case err != nil || got.String() != want:
			t.Errorf("%q: %s, %v; want %s", text, got, err, want)
		}
	}
}

// Who writes Spanish writes the day first.
func TestParseSinceInSpanish(t *testing.T) {
	for text, want := range map[string]string{"1/9/2026": "2026-09-01", "desde el 9/1/2026": "2026-01-09", "10/25/2026": "2026-10-25"} {
		if got, err := ParseSince(text, tuesday, "es-MX"); err != nil || got.String() != want {
			t.Errorf("%q: %s, %v; want %s", text, got, err, want)
		}
	}
}

func FuzzParseSince(f *testing.F) {
	for _, text := range []string{"since monday", "2 weeks ago", "hace 999999999 meses", "29 february", "a", ".."} {
		f.Add(text, int32(tuesday))
	}
	f.Fuzz(func(t *testing.T, text string, day int32) {
		said := Date(day % 80000)
		if d, err := ParseSince(text, said, "es"); err == nil && d > said {
			t.Errorf("%q on %s is %s", text, said, d)
		}
	})
}

func TestYearBefore(t *testing.T) {
	if got := yearBefore(dateOf(2026, time.November, 24)); got.String() != "2025-11-25" {
		t.Error(got)
	}
}
