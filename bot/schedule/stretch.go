package schedule

import (
	"time"

	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

// Stretch is when something closes that was opened at one instant and is to
// close at another, if the working days between that people have off are given
// back to them: it closes so many working days later, at the same time of day.
// Both days count, weekends do not.
//
// A member's own place (Service.Place) gives back the days on which they are away
// too.
func Stretch(open, closes time.Time, in rule.Place) time.Time {
	if in.Calendar == nil && in.Away == nil || !open.Before(closes) {
		return closes
	}
	zone := in.Zone
	if zone == nil {
		zone = time.UTC
	}
	local := closes.In(zone)
	last := rule.DateOf(local)
	lost := 0
	for d := rule.DateOf(open.In(zone)); d <= last; d++ {
		if off(d, in) && workday(d, in) {
			lost++
		}
	}
	if lost == 0 {
		return closes
	}
	day := last
	for end := last + farthest; lost > 0 && day < end; {
		day++
		if !off(day, in) && workday(day, in) {
			lost--
		}
	}
	hour, minute, second := local.Clock()
	wall := day.Midnight().Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute + time.Duration(second)*time.Second)
	at, _ := rule.Instant(wall, zone)
	return at
}

// farthest is how many days something is stretched at most: two years, for who
// is never back.
const farthest = 2 * 366

// off reports whether a date is a holiday, or the person is away.
func off(d rule.Date, in rule.Place) bool {
	for _, c := range []rule.Calendar{in.Calendar, in.Away} {
		if c == nil {
			continue
		}
		if _, yes := c.Holiday(d); yes {
			return true
		}
	}
	return false
}

// workday reports whether a date is no weekend.
func workday(d rule.Date, in rule.Place) bool {
	weekend := in.Weekend
	if weekend == 0 {
		weekend = rule.On(time.Saturday, time.Sunday)
	}
	return !weekend.Has(d.Weekday())
}
