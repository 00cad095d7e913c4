package outbox

import (
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// When people are written to without having asked: on working days, by their own
// clock, from the first of these hours until before the second; once a day, and
// three times in any seven days.
const (
	Morning  = 7  // an hour
	Evening  = 20 // an hour
	perDay   = 1
	perWeek  = 3
	weekDays = 7
)

// farthest is how many days ahead a time is looked for at most: somebody may be away
// for good.
const farthest = 2 * 366

// Suits is the earliest time, now or later, at which what nobody has asked for may come
// to somebody in loc who got none lately and is not away: see Unasked.
func Suits(now time.Time, loc *time.Location) time.Time {
	return nextWriting(now, loc, nil, bot.Away{})
}

// nextWriting is the earliest time, now or later, at which a person in loc may be
// written to, after those at which they were, and not while they are away. What has
// to wait comes at the beginning of a working day.
func nextWriting(now time.Time, loc *time.Location, written []time.Time, away bot.Away) time.Time {
	local := now.In(loc)
	today := dayOf(local)
	for ahead := 0; ; ahead++ {
		if ahead > farthest {
			return now.AddDate(0, 0, farthest)
		}
		d := today.add(ahead)
		begins := time.Date(d.year, d.month, d.day, Morning, 0, 0, 0, loc)
		ends := time.Date(d.year, d.month, d.day, Evening, 0, 0, 0, loc)
		at := begins
		if local.After(at) {
			at = local
		}
		if dayOf(begins) != d || !working(begins.Weekday()) || !at.Before(ends) || full(d, loc, written) || d.within(away) {
			// A day that this zone never had begins on another.
			continue
		}
		return at.UTC()
	}
}

func working(d time.Weekday) bool { return d != time.Saturday && d != time.Sunday }

// full reports whether a person was written to so often on the day, or in the
// seven days that it ends, that it is enough.
func full(d day, loc *time.Location, written []time.Time) bool {
	inDay, inWeek := 0, 0
	for _, t := range written {
		switch ago := d.since(dayOf(t.In(loc))); {
		case ago == 0:
			inDay++
			inWeek++
		case ago > 0 && ago < weekDays:
			inWeek++
		}
	}
	return inDay >= perDay || inWeek >= perWeek
}

// day is a date.
type day struct {
	year  int
	month time.Month
	day   int
}

func dayOf(t time.Time) day {
	y, m, d := t.Date()
	return day{y, m, d}
}

func (d day) noon() time.Time { return time.Date(d.year, d.month, d.day, 12, 0, 0, 0, time.UTC) }

func (d day) add(days int) day { return dayOf(d.noon().AddDate(0, 0, days)) }

// since is the number of days from e to d.
func (d day) since(e day) int { return int(d.noon().Sub(e.noon()).Hours() / 24) }

// within reports whether somebody is away on the day. Dates of ISO 8601 sort as text.
func (d day) within(away bot.Away) bool {
	if away.From == "" || away.Until == "" {
		return false
	}
	date := time.Date(d.year, d.month, d.day, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
	return away.From <= date && date <= away.Until
}
