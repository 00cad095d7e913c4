package rule

import (
	"slices"
	"time"
)

// Calendar tells which dates are holidays: a community's, a group's, those of a
// file or a feed.
type Calendar interface {
	// Holiday tells whether nothing is expected of people on the date, and what
	// the day is called; the name may be empty.
	Holiday(d Date) (name string, yes bool)
}

// Calendars is several calendars in one. A holiday of any is a holiday; the
// first that has it gives the name.
type Calendars []Calendar

// Holiday implements Calendar.
func (c Calendars) Holiday(d Date) (string, bool) {
	for _, one := range c {
		if name, yes := one.Holiday(d); yes {
			return name, true
		}
	}
	return "", false
}

// Holiday is a stretch of days off, the last included.
type Holiday struct {
	First, Last Date
	Name        string
}

// HolidayList is a Calendar of single holidays.
type HolidayList struct{ holidays []Holiday } // sorted, without overlaps

// NewHolidayList makes a calendar of them, in any order. Where two overlap, the
// one that begins first gives the name.
func NewHolidayList(holidays []Holiday) HolidayList {
	sorted := slices.Clone(holidays)
	slices.SortStableFunc(sorted, func(a, b Holiday) int { return int(a.First) - int(b.First) })
	var list HolidayList
	for _, h := range sorted {
		if n := len(list.holidays); n > 0 {
			h.First = max(h.First, list.holidays[n-1].Last+1)
		}
		if h.First <= h.Last {
			list.holidays = append(list.holidays, h)
		}
	}
	return list
}

// All is the holidays by their begin, without overlaps.
func (l HolidayList) All() []Holiday { return slices.Clone(l.holidays) }

// Holiday implements Calendar.
func (l HolidayList) Holiday(d Date) (string, bool) {
	i, found := slices.BinarySearchFunc(l.holidays, d, func(h Holiday, d Date) int {
		switch {
		case h.Last < d:
			return -1
		case h.First > d:
			return 1
		default:
			return 0
		}
	})
	if !found {
		return "", false
	}
	return l.holidays[i].Name, true
}

// Place is where a rule is lived by: whose clocks and whose days off.
type Place struct {
	Zone     *time.Location // nil: UTC
	Calendar Calendar       // nil: no holidays
	// Away is the days on which the one person who lives here is away; nil: never.
	// What falls on them is skipped whatever the rule says of holidays, and is not
	// moved: where the next working day is does not depend on who is away.
	Away    Calendar
	Weekend Weekdays // days off of every week, to find the next working day; none: Saturday and Sunday
}

func (p Place) zone() *time.Location {
	if p.Zone == nil {
		return time.UTC
	}
	return p.Zone
}

func (p Place) holiday(d Date) (string, bool) {
	if p.Calendar == nil {
		return "", false
	}
	return p.Calendar.Holiday(d)
}

func (p Place) away(d Date) bool {
	if p.Away == nil {
		return false
	}
	_, yes := p.Away.Holiday(d)
	return yes
}

func (p Place) working(d Date) bool {
	weekend := p.Weekend
	if weekend == 0 {
		weekend = weekendDays
	}
	if weekend.Has(d.Weekday()) {
		return false
	}
	_, off := p.holiday(d)
	return !off
}
