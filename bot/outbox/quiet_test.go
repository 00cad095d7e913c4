package outbox

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

func at(t *testing.T, zone, when string) time.Time {
	t.Helper()
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	got, err := time.ParseInLocation("2006-01-02 15:04", when, loc)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// In May 2026 the 11th is a Monday.
func TestNextWriting(t *testing.T) {
	const chicago = "America/Chicago"
	cases := []struct {
		name, zone, now string
		written         []string
		want            string
	}{
		{"in the day", chicago, "2026-05-12 15:04", nil, "2026-05-12 15:04"},
		{"before seven", chicago, "2026-05-12 06:59", nil, "2026-05-12 07:00"},
		{"at seven", chicago, "2026-05-12 07:00", nil, "2026-05-12 07:00"},
		{"just before eight in the evening", chicago, "2026-05-12 19:59", nil, "2026-05-12 19:59"},
		{"at eight in the evening", chicago, "2026-05-12 20:00", nil, "2026-05-13 07:00"},
		{"after midnight", chicago, "2026-05-12 00:30", nil, "2026-05-12 07:00"},
		{"on Friday evening", chicago, "2026-05-15 20:00", nil, "2026-05-18 07:00"},
		{"on Saturday", chicago, "2026-05-16 12:00", nil, "2026-05-18 07:00"},
		{"on Sunday night", chicago, "2026-05-17 23:59", nil, "2026-05-18 07:00"},

		{"written to this morning", chicago, "2026-05-12 15:00", []string{"2026-05-12 07:00"}, "2026-05-13 07:00"},
		{"written to last night", chicago, "2026-05-12 15:00", []string{"2026-05-11 19:59"}, "2026-05-12 15:00"},
		{"twice this week", chicago, "2026-05-14 15:00", []string{"2026-05-12 07:00", "2026-05-11 07:00"}, "2026-05-14 15:00"},
		{"three times this week", chicago, "2026-05-14 15:00", []string{"2026-05-13 07:00", "2026-05-12 07:00", "2026-05-11 07:00"}, "2026-05-18 07:00"},
		{"three times in seven days", chicago, "2026-05-18 09:00", []string{"2026-05-15 07:00", "2026-05-14 07:00", "2026-05-13 07:00"}, "2026-05-20 07:00"},
		{"the first of three a week ago", chicago, "2026-05-18 09:00", []string{"2026-05-15 07:00", "2026-05-12 07:00", "2026-05-11 07:00"}, "2026-05-18 09:00"},

		// The day is that of the reader's clock.
		{"it is tomorrow there", "Pacific/Auckland", "2026-05-16 09:00", nil, "2026-05-18 07:00"},
		{"it is still Friday there", "Pacific/Honolulu", "2026-05-15 19:00", nil, "2026-05-15 19:00"},
		{"hours that are no whole ones", "Asia/Kathmandu", "2026-05-12 06:45", nil, "2026-05-12 07:00"},

		// Clocks go forward on Sunday 8 March in Chicago, back on 1 November.
		{"over a spring change", chicago, "2026-03-06 21:00", nil, "2026-03-09 07:00"},
		{"over an autumn change", chicago, "2026-10-30 21:00", nil, "2026-11-02 07:00"},
		{"seven days with an hour less", chicago, "2026-03-10 08:00", []string{"2026-03-05 07:00", "2026-03-04 07:00", "2026-03-03 07:00"}, "2026-03-10 08:00"},
		{"seven days with an hour more", chicago, "2026-11-03 08:00", []string{"2026-10-29 23:00", "2026-10-28 07:00", "2026-10-28 07:00"}, "2026-11-04 07:00"},
		{"half an hour's change", "Australia/Lord_Howe", "2026-10-02 20:00", nil, "2026-10-05 07:00"},
		// In Havana the clocks go forward at midnight, from Saturday to Sunday.
		{"a change at midnight", "America/Havana", "2026-03-06 20:30", nil, "2026-03-09 07:00"},
		// Samoa had no 30 December 2011, which would have been a Friday.
		{"a day that never was", "Pacific/Apia", "2011-12-29 20:00", nil, "2012-01-02 07:00"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			loc, err := time.LoadLocation(c.zone)
			if err != nil {
				t.Fatal(err)
			}
			var written []time.Time
			for _, w := range c.written {
				written = append(written, at(t, c.zone, w).UTC())
			}
			got, want := nextWriting(at(t, c.zone, c.now).UTC(), loc, written, bot.Away{}), at(t, c.zone, c.want)
			if !got.Equal(want) {
				t.Errorf("got %s, want %s", got.In(loc), want)
			}
		})
	}
}

// Whoever is written to whenever they may be is left alone as was promised.
func TestNobodyIsWrittenToTooOften(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	for _, zone := range []string{"America/Chicago", "Australia/Lord_Howe", "America/Havana", "Pacific/Apia", "Asia/Kathmandu", "Africa/Casablanca"} {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		now := time.Date(2011, 11, 1, 0, 0, 0, 0, time.UTC)
		var written, all []time.Time
		for range 400 {
			now = now.Add(time.Duration(random.IntN(40)) * time.Hour)
			next := nextWriting(now, loc, written, bot.Away{})
			if next.Before(now) || next.Sub(now) > 12*24*time.Hour {
				t.Fatalf("%s: at %s the next is %s", zone, now, next)
			}
			now = next
			written = append([]time.Time{now}, written...)
			written = written[:min(len(written), perWeek)]
			all = append(all, now.In(loc))
		}
		for i, when := range all {
			if h := when.Hour(); h < 7 || h >= 20 || when.Weekday() == time.Saturday || when.Weekday() == time.Sunday {
				t.Errorf("%s: written to at %s", zone, when)
			}
			if i > 0 && dayOf(when) == dayOf(all[i-1]) {
				t.Errorf("%s: twice on %s", zone, when)
			}
			if i >= 3 && dayOf(when).since(dayOf(all[i-3])) < 7 {
				t.Errorf("%s: four times in seven days, until %s", zone, when)
			}
		}
	}
}

func TestNobodyIsWrittenToWhileAway(t *testing.T) {
	const chicago = "America/Chicago"
	for name, c := range map[string]struct{ zone, now, from, until, want string }{
		"before they go":        {chicago, "2026-05-12 15:00", "2026-05-13", "2026-05-15", "2026-05-12 15:00"},
		"on the first day":      {chicago, "2026-05-12 15:00", "2026-05-12", "2026-05-13", "2026-05-14 07:00"},
		"on the last day":       {chicago, "2026-05-12 09:00", "2026-05-01", "2026-05-12", "2026-05-13 07:00"},
		"over a weekend":        {chicago, "2026-05-14 09:00", "2026-05-14", "2026-05-15", "2026-05-18 07:00"},
		"in the night before":   {chicago, "2026-05-11 23:00", "2026-05-12", "2026-05-12", "2026-05-13 07:00"},
		"by their own calendar": {"Pacific/Auckland", "2026-05-12 15:00", "2026-05-11", "2026-05-12", "2026-05-13 07:00"},
		"back already":          {chicago, "2026-05-12 15:00", "2026-05-01", "2026-05-11", "2026-05-12 15:00"},
		"half a note of it":     {chicago, "2026-05-12 15:00", "2026-05-01", "", "2026-05-12 15:00"},
	} {
		loc, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		got := nextWriting(at(t, c.zone, c.now), loc, nil, bot.Away{From: c.from, Until: c.until})
		if want := at(t, c.zone, c.want); !got.Equal(want) {
			t.Errorf("%s: got %s, want %s", name, got.In(loc), want)
		}
	}
	now := at(t, chicago, "2026-05-12 15:00")
	if got := nextWriting(now, time.UTC, nil, bot.Away{From: "2026-01-01", Until: "9999-12-31"}); got.Sub(now) < 700*24*time.Hour {
		t.Errorf("who is away for good is written to at %s", got)
	}
}
