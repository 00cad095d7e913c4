package rule

import (
	"time"

	"github.com/robfig/cron/v3"
)

// dates is a set of dates: a schedule, on wall time, that fires at the midnight
// of each. Its types are comparable. The zero time says that there is none, or
// none within five years.
type dates interface {
	cron.Schedule
	text(tongue) string // in words that the phrase parser reads back
}

// monthsAhead is how far dates of the month are looked for: five years, as
// robfig/cron does.
const monthsAhead = 5*12 + 1

// weekly is some days of every week.
type weekly struct{ on Weekdays }

func (w weekly) Next(t time.Time) time.Time {
	first := DateOf(t) + 1
	for d := first; d < first+7; d++ {
		if w.on.Has(d.Weekday()) {
			return d.Midnight()
		}
	}
	return time.Time{}
}

// everyWeeks is some days of every nth week, from the anchor's week on and not
// before the anchor. Weeks begin on Monday. Without an anchor they are counted
// from 1 January 2001.
type everyWeeks struct {
	n        int
	on       Weekdays
	anchor   Date
	anchored bool
}

const firstWeek Date = 11323 // Monday, 1 January 2001

func (e everyWeeks) Next(t time.Time) time.Time {
	d, base := DateOf(t)+1, firstWeek
	if e.anchored {
		d, base = max(d, e.anchor), e.anchor.monday()
	}
	span := Date(7 * e.n)
	for range 2 {
		monday := d.monday()
		into := ((monday-base)%span + span) % span
		for ; into == 0 && d < monday+7; d++ {
			if e.on.Has(d.Weekday()) {
				return d.Midnight()
			}
		}
		d = monday + span - into
	}
	return time.Time{}
}

// from is the schedule with an anchor: the first of its days that is not before
// on.
func (e everyWeeks) from(on Date) everyWeeks {
	if first := (weekly{e.on}).Next(on.Midnight().Add(-1)); !first.IsZero() {
		e.anchor, e.anchored = DateOf(first), true
	}
	return e
}

// months is a set of months; the lowest bit is January.
type months uint16

const allMonths months = 1<<12 - 1

func (m months) has(month time.Month) bool { return m&(1<<(month-1)) != 0 }

// eachMonth asks for the first wanted date of each month, from the date after t
// on. first gives it, not before least, if there is one.
func (m months) eachMonth(t time.Time, first func(year int, month time.Month, least int) (day int, ok bool)) time.Time {
	year, month, least := (DateOf(t) + 1).Midnight().Date()
	for range monthsAhead {
		if m.has(month) {
			if day, ok := first(year, month, least); ok {
				return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
			}
		}
		least = 1
		if month++; month > time.December {
			year, month = year+1, time.January
		}
	}
	return time.Time{}
}

// nthWeekday is a weekday of the month, such as the first and the last Monday.
type nthWeekday struct {
	nth uint8 // bits 1 to 5, and bit lastOne
	on  time.Weekday
	in  months
}

// lastOne stands in the place of an ordinal number.
const lastOne = 6

func (n nthWeekday) Next(t time.Time) time.Time {
	return n.in.eachMonth(t, func(year int, month time.Month, least int) (int, bool) {
		length := daysIn(year, month)
		first := 1 + int(n.on-dateOf(year, month, 1).Weekday()+7)%7
		for day, nth := first, 1; day <= length; day, nth = day+7, nth+1 {
			if day >= least && (n.nth&(1<<nth) != 0 || n.nth&(1<<lastOne) != 0 && day+7 > length) {
				return day, true
			}
		}
		return 0, false
	})
}

// monthDays is some days of the month by number; bit 0 is the last day.
type monthDays struct {
	days uint32
	in   months
}

func (m monthDays) Next(t time.Time) time.Time {
	return m.in.eachMonth(t, func(year int, month time.Month, least int) (int, bool) {
		length := daysIn(year, month)
		for day := least; day <= length; day++ {
			if m.days&(1<<day) != 0 || m.days&1 != 0 && day == length {
				return day, true
			}
		}
		return 0, false
	})
}

// possible tells whether any of the months has any of the days.
func (m monthDays) possible() bool {
	for month := time.January; month <= time.December; month++ {
		if m.in.has(month) && m.days&(1<<(daysIn(2000, month)+1)-1) != 0 {
			return true
		}
	}
	return false
}

// oneDay is a single date.
type oneDay struct{ on Date }

func (o oneDay) Next(t time.Time) time.Time {
	if DateOf(t) < o.on {
		return o.on.Midnight()
	}
	return time.Time{}
}
