package ical

import (
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

// repetition is an RRULE.
type repetition struct {
	every     string // DAILY, WEEKLY, MONTHLY, YEARLY
	interval  int
	count     int       // 0: no end
	until     rule.Date // noDate: no end
	weekStart time.Weekday
	months    []int
	monthDays []int // negative ones count from the end
	weekdays  []nthDay
}

// nthDay is a day of the week: every one, or the nth of the month, from its end
// if n is negative.
type nthDay struct {
	n  int
	on time.Weekday
}

// parseRepetition reads an RRULE. ok is false if it has a part that is not
// supported.
func parseRepetition(text string, start moment) (r *repetition, ok bool) {
	r = &repetition{interval: 1, until: noDate, weekStart: time.Monday}
	for part := range strings.SplitSeq(strings.ToUpper(strings.TrimSpace(text)), ";") {
		if part == "" {
			continue
		}
		key, value, _ := strings.Cut(part, "=")
		if !r.part(key, value, start) {
			return nil, false
		}
	}
	switch r.every {
	case "DAILY", "WEEKLY":
		return r, len(r.monthDays) == 0 && !r.numbered()
	case "MONTHLY":
		return r, true
	case "YEARLY":
		return r, len(r.months) > 0 || len(r.weekdays) == 0 && len(r.monthDays) == 0
	default:
		return nil, false
	}
}

func (r *repetition) part(key, value string, start moment) (ok bool) {
	switch key {
	case "FREQ":
		r.every = value
		return true
	case "INTERVAL":
		r.interval, ok = whole(value, 1, 1000)
	case "COUNT":
		r.count, ok = whole(value, 1, 100_000)
	case "UNTIL":
		r.until, ok = lastDate(value, start)
	case "WKST":
		r.weekStart, ok = weekday(value)
	case "BYMONTH":
		r.months, ok = numbers(value, 1, 12)
	case "BYMONTHDAY":
		r.monthDays, ok = numbers(value, -31, 31)
	case "BYDAY":
		for item := range strings.SplitSeq(value, ",") {
			if len(item) < 2 {
				return false
			}
			n, number := 0, strings.TrimPrefix(item[:len(item)-2], "+")
			on, known := weekday(item[len(item)-2:])
			if ok = known; ok && number != "" {
				n, ok = whole(number, -5, 5)
				ok = ok && n != 0
			}
			if !ok {
				return false
			}
			r.weekdays = append(r.weekdays, nthDay{n, on})
		}
	}
	return ok
}

func (r *repetition) numbered() bool {
	for _, d := range r.weekdays {
		if d.n != 0 {
			return true
		}
	}
	return false
}

// lastDate is the last date of an UNTIL, by the clocks of the event.
func lastDate(value string, start moment) (rule.Date, bool) {
	if t, err := time.Parse("20060102", value); err == nil {
		return rule.DateOf(t), inRange(t)
	}
	local, utc := strings.CutSuffix(value, "Z")
	t, err := time.Parse("20060102T150405", local)
	if err != nil || !inRange(t) {
		return 0, false
	}
	if utc && !start.wholeDays {
		t = wallIn(t, start.zone)
	}
	return rule.DateOf(t), true
}

func weekday(code string) (time.Weekday, bool) {
	i := strings.Index("SUMOTUWETHFRSA", code)
	return time.Weekday(i / 2), len(code) == 2 && i >= 0 && i%2 == 0
}

func whole(text string, least, most int) (int, bool) {
	n, err := strconv.Atoi(text)
	return n, err == nil && n >= least && n <= most
}

func numbers(text string, least, most int) ([]int, bool) {
	var all []int
	for item := range strings.SplitSeq(text, ",") {
		n, ok := whole(strings.TrimPrefix(item, "+"), least, most)
		if !ok || n == 0 {
			return nil, false
		}
		all = append(all, n)
	}
	return all, len(all) <= 62
}

// dates looks at each day from the one after first on, and gives it if the event
// is repeated on it, and else noDate. If nothing is counted it begins at from.
func (r *repetition) dates(first, from, until rule.Date) iter.Seq[rule.Date] {
	return func(yield func(rule.Date) bool) {
		if r.until != noDate {
			until = min(until, r.until)
		}
		d := first + 1
		if r.count == 0 {
			d = max(d, from)
		}
		for seen := 1; d <= until && (r.count == 0 || seen < r.count); d++ {
			found := noDate
			if r.has(d, first) {
				found = d
				seen++
			}
			if !yield(found) {
				return
			}
		}
	}
}

// has tells whether an event that first was on one date is repeated on another.
func (r *repetition) has(d, first rule.Date) bool {
	switch r.every {
	case "DAILY":
		if int(d-first)%r.interval != 0 {
			return false
		}
	case "WEEKLY":
		if len(r.weekdays) == 0 && d.Weekday() != first.Weekday() || int(r.week(d)-r.week(first))/7%r.interval != 0 {
			return false
		}
	}
	y, m, day := d.Midnight().Date()
	if len(r.months) > 0 && !slices.Contains(r.months, int(m)) {
		return false
	}
	y0, m0, day0 := first.Midnight().Date()
	plain := len(r.weekdays) == 0 && len(r.monthDays) == 0
	switch r.every {
	case "MONTHLY":
		if ((y-y0)*12+int(m-m0))%r.interval != 0 || plain && day != day0 {
			return false
		}
	case "YEARLY":
		if (y-y0)%r.interval != 0 || len(r.months) == 0 && m != m0 || plain && day != day0 {
			return false
		}
	}
	if plain {
		return true
	}
	length := time.Date(y, m+1, 0, 0, 0, 0, 0, time.UTC).Day()
	if len(r.monthDays) > 0 && !slices.Contains(r.monthDays, day) && !slices.Contains(r.monthDays, day-length-1) {
		return false
	}
	return len(r.weekdays) == 0 || r.onWeekday(d.Weekday(), day, length)
}

func (r *repetition) onWeekday(on time.Weekday, day, length int) bool {
	for _, w := range r.weekdays {
		if w.on == on && (w.n == 0 || w.n == (day+6)/7 || w.n == -(length-day)/7-1) {
			return true
		}
	}
	return false
}

// week is the first day of the date's week.
func (r *repetition) week(d rule.Date) rule.Date {
	return d - rule.Date((d.Weekday()-r.weekStart+7)%7)
}
