package rule

import "time"

// SchoolDay reports whether something may be expected of people here on a date: it is
// no weekend and no holiday, and, where one person lives here, they are not away.
func (p Place) SchoolDay(d Date) bool { return p.working(d) && !p.away(d) }

// farthestSchoolDay is how many days school days are looked for: somebody may be away
// for good.
const farthestSchoolDay = 2 * 366

// SchoolDays is the date so many school days after d, or, if n is negative, before it.
// With 0 it is d. Where there are not so many within two years, it is the last date that
// was looked at.
func (p Place) SchoolDays(d Date, n int) Date {
	step := Date(1)
	if n < 0 {
		step, n = -1, -n
	}
	for looked := 0; n > 0 && looked < farthestSchoolDay; looked++ {
		if d += step; p.SchoolDay(d) {
			n--
		}
	}
	return d
}

// Clock is the instant at which clocks here show a time of a date, as an offset from
// midnight.
func (p Place) Clock(d Date, at time.Duration) time.Time {
	instant, _ := Instant(d.Midnight().Add(at), p.zone())
	return instant
}

// Today is the date that it is here.
func (p Place) Today(now time.Time) Date { return DateOf(now.In(p.zone())) }
