package rule_test

import (
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

func dateOf(t *testing.T, text string) rule.Date {
	t.Helper()
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		t.Fatal(err)
	}
	return rule.DateOf(at)
}

// School days leave out weekends, holidays and days on which somebody is away, in both
// directions.
func TestSchoolDays(t *testing.T) {
	holidays, err := rule.ParseHolidays("2026-09-07 Labor Day\n2026-11-26..2026-11-27 Thanksgiving")
	if err != nil {
		t.Fatal(err)
	}
	here := rule.Place{Zone: time.UTC, Calendar: holidays}
	away := here
	away.Away = rule.Span{First: dateOf(t, "2026-09-09"), Last: dateOf(t, "2026-09-11")}
	for _, c := range []struct {
		in   rule.Place
		from string
		n    int
		want string
	}{
		{here, "2026-09-03", 0, "2026-09-03"},
		{here, "2026-09-05", 0, "2026-09-05"}, // a Saturday: none is asked for
		{here, "2026-09-03", 1, "2026-09-04"},
		{here, "2026-09-04", 1, "2026-09-08"}, // a weekend and a holiday
		{here, "2026-09-08", -1, "2026-09-04"},
		{here, "2026-09-06", 1, "2026-09-08"},
		{here, "2026-11-25", 2, "2026-12-01"},
		{here, "2026-11-30", -2, "2026-11-24"},
		{away, "2026-09-08", 1, "2026-09-14"},
		{away, "2026-09-14", -1, "2026-09-08"},
	} {
		if got := c.in.SchoolDays(dateOf(t, c.from), c.n); got != dateOf(t, c.want) {
			t.Errorf("%d school days from %s: %s, not %s", c.n, c.from, got, c.want)
		}
	}
	gone := here
	gone.Away = rule.Span{First: dateOf(t, "2026-01-01"), Last: dateOf(t, "2099-01-01")}
	if got := gone.SchoolDays(dateOf(t, "2026-09-08"), 1); got <= dateOf(t, "2028-01-01") {
		t.Errorf("whoever is away for good has a school day on %s", got)
	}
}
