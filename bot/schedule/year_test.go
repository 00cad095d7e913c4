package schedule

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

// schoolHolidays are a school's, in a year with two changes of the clocks.
var schoolHolidays = []string{
	"2026-09-07 Labor Day", "2026-10-12 Fall day", "2026-11-25..2026-11-27 Thanksgiving", "2026-12-21..2027-01-01 Winter break",
	"2027-01-18 King Day", "2027-03-29..2027-04-02 Spring break", "2027-05-31 Memorial Day",
}

// A school year on the manual clock: each series happens when its rule says and
// the school is open, and every other time has its reason.
func TestASchoolYear(t *testing.T) {
	const begin, end = "2026-08-31 06:00", "2027-06-12 06:00"
	cases := []struct {
		phrase         string
		happens, skips int
	}{
		{"every friday at 15:00 except holidays", 37, 4},                                        // 41 Fridays, 4 of them off
		{"weekdays at 7:30 except holidays", 183, 22},                                           // 205 weekdays, 22 of them off
		{"first monday of the month at 9:00 or the next working day if it is a holiday", 10, 1}, // only Labor Day is moved
		{"every 2 weeks on tuesday at 10:00 except holidays", 19, 2},
		{"daily at 2:30", 285, 0},
		{"last thursday of the month at 16:00 except holidays", 7, 2},
		{"on 2026-12-24 at 19:00", 1, 0},
	}
	d := newDesk(t, begin)
	d.holidays(schoolHolidays...)
	all := make([]Series, len(cases))
	for i, c := range cases {
		all[i] = d.add(c.phrase)
	}
	d.workUntil(end)
	byID := map[string][]Occurrence{}
	for _, o := range d.happened {
		byID[o.Series.ID] = append(byID[o.Series.ID], o)
		if late := o.Now.Sub(o.At); late != 0 {
			t.Errorf("%s happened %s late", o.At, late)
		}
	}
	for i, c := range cases {
		t.Run(c.phrase, func(t *testing.T) {
			if got := len(byID[all[i].ID]); got != c.happens {
				t.Errorf("it happened %d times, want %d", got, c.happens)
			}
			skips := 0
			for _, e := range d.memory.logs[all[i].ID] {
				if e.Outcome == Skipped {
					skips++
					if e.Reason != Holiday || e.Detail == "" {
						t.Errorf("skipped for %q: %+v", e.Reason, e)
					}
				}
			}
			if all := len(d.memory.logs[all[i].ID]); all < LogLength && skips != c.skips {
				t.Errorf("%d were skipped, want %d", skips, c.skips)
			}
		})
	}
	if len(d.memory.posts) != len(d.happened) {
		t.Errorf("%d posts for %d occurrences", len(d.memory.posts), len(d.happened))
	}
}

// Whatever organizers do and however long nobody is at work: every occurrence
// comes to one end, in order, and what happens comes in time.
func TestEveryOccurrenceComesToOneEnd(t *testing.T) {
	phrases := []string{
		"daily at 15:00", "daily at 2:30 except holidays", "weekdays at 7:30", "every 2 weeks on friday at 15:00",
		"every sunday at 1:30", "0 */3 * * *", "first monday of the month at 9:00 or the next working day if it is a holiday",
		"weekdays at 9:00 or the next working day if it is a holiday",
	}
	rapid.Check(t, func(rt *rapid.T) {
		c := newCounter(t, "2026-02-25 08:00")
		zone := rapid.SampledFrom([]string{newYork, "Australia/Lord_Howe", "America/Havana", "Pacific/Apia"}).Draw(rt, "zone")
		grace := rapid.SampledFrom([]time.Duration{time.Nanosecond, 2 * time.Hour, 40 * time.Hour}).Draw(rt, "grace")
		r := c.add(rapid.SampledFrom(phrases).Draw(rt, "rule"), func(r *Series) { r.Zone, r.Grace = zone, grace })
		begin := c.memory.clock.Now()
		current, _ := c.memory.get(r.ID)
		moved := false
		for range rapid.IntRange(1, 25).Draw(rt, "steps") {
			asleep := time.Duration(rapid.IntRange(0, 60*60).Draw(rt, "minutes")) * time.Minute
			switch rapid.SampledFrom([]string{"work", "work", "sleep", "pause", "resume", "move", "holidays"}).Draw(rt, "deed") {
			case "work":
				c.workUntil(c.memory.clock.Now().Add(asleep).In(begin.Location()).Format("2006-01-02 15:04"))
			case "sleep":
				c.memory.clock.Set(c.memory.clock.Now().Add(asleep))
			case "pause":
				c.ask(seriesPath + "pause/" + r.ID)
			case "resume":
				c.ask(seriesPath + "resume/" + r.ID)
			case "move":
				c.ask(seriesPath+"moved/"+r.ID, "when", rapid.SampledFrom(phrases).Draw(rt, "other"), "late", "2h")
				moved = true
			case "holidays":
				day := rule.DateOf(c.memory.clock.Now()) + rule.Date(rapid.IntRange(0, 5).Draw(rt, "in"))
				c.holidays(fmt.Sprintf("%s..%s Off", day, day+rule.Date(rapid.IntRange(0, 4).Draw(rt, "long"))))
			}
		}
		c.work()
		now := c.memory.clock.Now()
		entries := slices.Clone(c.memory.logs[r.ID])
		slices.Reverse(entries)
		var last time.Time
		var log strings.Builder
		for _, e := range entries {
			fmt.Fprintln(&log, e.At, e.Ended, e.Outcome, e.Reason)
		}
		for _, e := range entries {
			if !e.At.After(last) {
				rt.Fatalf("%s has two ends, or comes after %s:\n%s", e.At, last, &log)
			}
			last = e.At
			if e.Ended.Before(e.At) || e.Outcome != Done && e.Outcome != Skipped || (e.Outcome == Done) != (e.Reason == "") {
				rt.Fatalf("%+v", e)
			}
			if late := e.Ended.Sub(e.At); e.Outcome == Done && late > max(grace, 2*time.Hour) {
				rt.Fatalf("it happened %s late:\n%s", late, &log)
			}
		}
		after, _ := c.memory.get(r.ID)
		for zone, course := range after.Courses {
			if course.Settled.After(now) || course.Next.IsZero() || !course.Next.After(now) {
				rt.Fatalf("%s: %+v at %s", zone, course, now)
			}
		}
		// Without a move the rule says exactly what the log must have, but for what
		// a changing calendar has moved.
		if !moved && r.Rule.OnHoliday != rule.NextWorkingDay && len(entries) < LogLength {
			loc, err := time.LoadLocation(zone)
			c.ok(err)
			var want []time.Time
			for o := range current.Rule.After(begin, rule.Place{Zone: loc}) {
				if o.At.After(now) {
					break
				}
				want = append(want, o.At)
			}
			got := make([]time.Time, len(entries))
			for i, e := range entries {
				got[i] = e.At
			}
			if !slices.EqualFunc(got, want, time.Time.Equal) {
				rt.Fatalf("ends are told of\n%v\nthe rule says\n%v", got, want)
			}
		}
		done := map[string]bool{}
		for _, o := range c.happened {
			done[o.Key] = true
		}
		if len(c.memory.posts) != len(done) {
			rt.Fatalf("%d posts for %d occurrences", len(c.memory.posts), len(slices.Collect(maps.Keys(done))))
		}
	})
}
