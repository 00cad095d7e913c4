package rule

import "time"

// Date is a day of the calendar, counted in days from 1 January 1970.
type Date int32

const secondsOfDay = 24 * 60 * 60

// DateOf is the date that t shows, in its own location.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return dateOf(y, m, d)
}

// dateOf takes days and months beyond their range as package time does.
func dateOf(year int, month time.Month, day int) Date {
	return Date(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / secondsOfDay)
}

// realDate is the date of these numbers if there is such a day, in the years
// 1900 to 2200.
func realDate(year, month, day int) (Date, bool) {
	if year < 1900 || year > 2200 || month < 1 || month > 12 || day < 1 || day > daysIn(year, time.Month(month)) {
		return 0, false
	}
	return dateOf(year, time.Month(month), day), true
}

func daysIn(year int, month time.Month) int {
	return time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// Midnight is the begin of the date, as wall time.
func (d Date) Midnight() time.Time { return time.Unix(int64(d)*secondsOfDay, 0).UTC() }

// Weekday is the day of the week.
func (d Date) Weekday() time.Weekday {
	return time.Weekday(((int(d)+int(time.Thursday))%7 + 7) % 7) // 1 January 1970 was a Thursday
}

// monday is the first day of the date's week.
func (d Date) monday() Date { return d - Date((d.Weekday()+6)%7) }

// String is the date as 2026-12-03.
func (d Date) String() string { return d.Midnight().Format(time.DateOnly) }

// Weekdays is a set of days of the week.
type Weekdays uint8

const (
	allDays     Weekdays = 1<<7 - 1
	weekendDays Weekdays = 1<<time.Saturday | 1<<time.Sunday
	workDays             = allDays &^ weekendDays
)

// On is the set of these days.
func On(days ...time.Weekday) Weekdays {
	var w Weekdays
	for _, d := range days {
		w |= 1 << d
	}
	return w
}

// Has tells whether the day is in the set.
func (w Weekdays) Has(d time.Weekday) bool { return w&(1<<d) != 0 }

// list is the days from Monday on.
func (w Weekdays) list() []time.Weekday {
	var days []time.Weekday
	for i := range time.Weekday(7) {
		if d := (i + 1) % 7; w.Has(d) {
			days = append(days, d)
		}
	}
	return days
}
