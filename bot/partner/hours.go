package partner

import (
	"slices"
	"time"

	"github.com/staffroom-bot/staffroom/bot/partner/match"
	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

// Slot is a part of the working day in which somebody can meet.
type Slot string

// The slots.
const (
	BeforeSchool Slot = "before"
	AtLunch      Slot = "lunch"
	AfterSchool  Slot = "after"
	Evenings     Slot = "evening"
)

var slots = [...]Slot{BeforeSchool, AtLunch, AfterSchool, Evenings}

// clock is from when to when a slot lasts, by local time.
func (s Slot) clock() (from, to time.Duration) {
	switch s {
	case BeforeSchool:
		return 7 * time.Hour, 8 * time.Hour
	case AtLunch:
		return 12 * time.Hour, 13 * time.Hour
	case AfterSchool:
		return 15 * time.Hour, 18 * time.Hour
	case Evenings:
		return 19 * time.Hour, 21 * time.Hour
	default:
		return 0, 0
	}
}

const week = 7 * 24 * time.Hour

// monday is the last Monday, 0:00 UTC: from there the hours of a week are counted.
func monday(now time.Time) time.Time {
	day := now.UTC().Truncate(24 * time.Hour)
	return day.AddDate(0, 0, -(int(day.Weekday())+6)%7)
}

// hoursOf are the hours of a week in which somebody is free, as clocks stand in the week
// that comes. An hour counts if all of it lies in a slot: where clocks differ by half an
// hour, some are lost rather than promised.
func hoursOf(free []Slot, in rule.Place, now time.Time) match.Hours {
	var hours match.Hours
	begin := monday(now)
	today := in.Today(now)
	for d := today + 1; d <= today+7; d++ {
		if weekday := d.Weekday(); weekday == time.Saturday || weekday == time.Sunday {
			continue
		}
		for _, s := range free {
			from, to := s.clock()
			ends := in.Clock(d, to)
			for at := in.Clock(d, from).Add(time.Hour - 1).Truncate(time.Hour); !at.Add(time.Hour).After(ends); at = at.Add(time.Hour) {
				hours.Add(int(at.Sub(begin)/time.Hour) % match.Week)
			}
		}
	}
	return hours
}

// timesOf are the next times at which hours of the week begin that suit everybody, at most
// one a day: from the day after now on, on school days of all places. An hour is left out
// that is none of the slots' any more, since clocks changed in one of the places.
func timesOf(hours match.Hours, places []rule.Place, now time.Time, most int) []time.Time {
	var times []time.Time
	taken := map[rule.Date]bool{}
	for at := now.Truncate(time.Hour).Add(time.Hour); len(times) < most && at.Sub(now) < 2*week; at = at.Add(time.Hour) {
		if !hours.Has(int(at.Sub(monday(at)) / time.Hour)) {
			continue
		}
		suits := func(in rule.Place) bool {
			day := in.Today(at)
			return day > in.Today(now) && in.SchoolDay(day) && inSlot(in, at)
		}
		if first := places[0].Today(at); !taken[first] && !slices.ContainsFunc(places, func(in rule.Place) bool { return !suits(in) }) {
			taken[first] = true
			times = append(times, at)
		}
	}
	return times
}

// inSlot reports whether an hour from an instant on lies in a slot.
func inSlot(in rule.Place, at time.Time) bool {
	day := in.Today(at)
	return slices.ContainsFunc(slots[:], func(s Slot) bool {
		from, to := s.clock()
		return !at.Before(in.Clock(day, from)) && !at.Add(time.Hour).After(in.Clock(day, to))
	})
}
