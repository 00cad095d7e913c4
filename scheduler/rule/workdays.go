package rule

import (
	"time"

	"github.com/robfig/cron/v3"
)

// farthestWorkday is how many days a working day is looked for.
const farthestWorkday = 400

// orNextWorkday is a set of dates and, for each that is a holiday, the next
// working day too. The holiday itself stays in the set: it is told as skipped.
type orNextWorkday struct {
	dates cron.Schedule
	place Place
}

// Next implements cron.Schedule on wall time, for midnights.
func (o orNextWorkday) Next(t time.Time) time.Time {
	next := o.dates.Next(t)
	if o.place.Calendar == nil {
		return next
	}
	day, ok := o.place.workday(DateOf(t) + 1)
	if !ok || !next.IsZero() && !day.Midnight().Before(next) {
		return next
	}
	if _, ok := o.movedTo(day); !ok {
		return next
	}
	return day.Midnight()
}

// workday is the first working day that is not before d.
func (p Place) workday(d Date) (Date, bool) {
	for end := d + farthestWorkday; d < end; d++ {
		if p.working(d) {
			return d, true
		}
	}
	return 0, false
}

// movedTo gives the date, a holiday, that this working day stands in for: the
// latest if there are several.
func (o orNextWorkday) movedTo(day Date) (from Date, ok bool) {
	for d := day - 1; d > day-farthestWorkday && !o.place.working(d); d-- {
		if _, off := o.place.holiday(d); off && fires(o.dates, d.Midnight()) {
			return d, true
		}
	}
	return 0, false
}
