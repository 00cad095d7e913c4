package rule

import (
	"iter"
	"time"

	"github.com/robfig/cron/v3"
)

// Occurrence is one time at which a rule applies: to be run, or skipped.
type Occurrence struct {
	At   time.Time // the instant, in UTC
	Wall time.Time // the wall-clock time that the rule names, as the fields of a time in UTC
	Note Note      // why clocks may not show Wall at At

	// Skipped says that nothing runs, since the date is a holiday, or, if Away is
	// set, since the person whose rule it is is away. Instead is the wall-clock time
	// that it is moved to from a holiday; zero if it is not.
	Skipped bool
	Away    bool
	Instead time.Time
	// StandsFor is the wall-clock time, on a holiday, that was moved to this
	// one; of several the latest. Zero if there is none.
	StandsFor time.Time
	// Holiday is the name of the holiday of a skipped or moved occurrence.
	Holiday string
}

// Next is the first occurrence after an instant, also if it is skipped. ok is
// false if the rule never applies again, or not within five years; an explicit
// date is found however far it is.
func (r Rule) Next(after time.Time, in Place) (o Occurrence, ok bool) {
	if r.dates == nil {
		return Occurrence{}, false
	}
	zone := in.zone()
	var dates cron.Schedule = r.dates
	if r.OnHoliday == NextWorkingDay {
		dates = orNextWorkday{r.dates, in}
	}
	for wall := shown(after, zone); ; {
		wall = atTimes{dates, r.times}.Next(wall)
		if wall.IsZero() {
			return o, ok
		}
		at, note, left := locate(wall, zone)
		if left || !at.After(after) {
			continue
		}
		if ok && at.After(o.At) {
			return o, true
		}
		found := Occurrence{At: at, Wall: wall, Note: note}
		r.askCalendars(&found, in)
		if !ok || !found.Skipped {
			o, ok = found, true
		}
		// Two dates may share the end of a gap around midnight. If the first is
		// skipped, the second must not be lost with it.
		if !o.Skipped || note != AfterGap {
			return o, true
		}
	}
}

// askCalendars fills in what holidays mean for the occurrence, and being away.
func (r Rule) askCalendars(o *Occurrence, in Place) {
	r.askHolidays(o, in)
	if !o.Skipped && in.away(DateOf(o.Wall)) {
		o.Skipped, o.Away = true, true
	}
}

func (r Rule) askHolidays(o *Occurrence, in Place) {
	if r.OnHoliday == Ignore || in.Calendar == nil {
		return
	}
	date := DateOf(o.Wall)
	clock := o.Wall.Sub(date.Midnight())
	if name, off := in.holiday(date); off {
		o.Skipped, o.Holiday = true, name
		if day, ok := in.workday(date); ok && r.OnHoliday == NextWorkingDay {
			o.Instead = day.Midnight().Add(clock)
		}
		return
	}
	if r.OnHoliday == NextWorkingDay && in.working(date) {
		if from, ok := (orNextWorkday{r.dates, in}).movedTo(date); ok {
			o.StandsFor = from.Midnight().Add(clock)
			o.Holiday, _ = in.holiday(from)
		}
	}
}

// After is the occurrences after an instant, one by one.
func (r Rule) After(after time.Time, in Place) iter.Seq[Occurrence] {
	return func(yield func(Occurrence) bool) {
		for {
			o, ok := r.Next(after, in)
			if !ok || !yield(o) {
				return
			}
			after = o.At
		}
	}
}

// Missed is what occurred after last and until now, oldest first, at most limit
// of it: the latest. more is true if there was more before. Its work depends on
// limit, not on how long ago last is.
func (r Rule) Missed(last, now time.Time, in Place, limit int) (missed []Occurrence, more bool) {
	if limit < 1 {
		return nil, false
	}
	if missed = r.until(last, now, in, limit+1); len(missed) <= limit {
		return missed, false
	}
	from := last // the latest time, to a second, after which there is enough
	for tooLate := now; tooLate.Sub(from) > time.Second; {
		if middle := from.Add(tooLate.Sub(from) / 2); len(r.until(middle, now, in, limit)) == limit {
			from = middle
		} else {
			tooLate = middle
		}
	}
	return r.until(from, now, in, limit), true
}

// until is what occurs after from and not after to: the first limit of it.
func (r Rule) until(from, to time.Time, in Place, limit int) []Occurrence {
	var found []Occurrence
	for o := range r.After(from, in) {
		if o.At.After(to) || len(found) == limit {
			break
		}
		found = append(found, o)
	}
	return found
}
