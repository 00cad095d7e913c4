package rule

import "time"

// Note says what clocks do at an occurrence's wall-clock time.
type Note string

// What clocks do. Mostly nothing.
const (
	AfterGap   Note = "after_gap"    // they go forward over it
	FirstOfTwo Note = "first_of_two" // they go back and show it again
)

// Instant finds the instant at which clocks in loc show the date and time of
// wall, whose location means nothing. When clocks never show it (they went
// forward over it) it is the instant right after the gap, and moved is true.
// When they show it twice (they went back) it is the first. at is in UTC.
func Instant(wall time.Time, loc *time.Location) (at time.Time, moved bool) {
	at, note, _ := locate(asWall(wall), loc)
	return at, note == AfterGap
}

// locate is Instant for wall time. left is true if the place had no such date
// at all: its clocks went forward over the whole day.
func locate(wall time.Time, loc *time.Location) (at time.Time, note Note, left bool) {
	y, mo, d := wall.Date()
	h, mi, sec := wall.Clock()
	at = time.Date(y, mo, d, h, mi, sec, wall.Nanosecond(), loc)
	begin, end := at.ZoneBounds()
	switch got := shown(at, loc); {
	case got.After(wall): // Date counted with the offset before the gap
		return afterGap(wall, begin, loc)
	case got.Before(wall): // … with the offset after it
		return afterGap(wall, end, loc)
	}
	if !begin.IsZero() {
		if earlier := wall.Add(-offset(begin.Add(-1), loc)); earlier.Before(begin) {
			return earlier, FirstOfTwo, false
		}
	}
	if !end.IsZero() {
		if later := wall.Add(-offset(end, loc)); !later.Before(end) {
			note = FirstOfTwo
		}
	}
	return at.UTC(), note, false
}

// afterGap is right after a gap that ends at end.
func afterGap(wall, end time.Time, loc *time.Location) (time.Time, Note, bool) {
	firstSkipped := end.UTC().Add(offset(end.Add(-1), loc))
	firstShown := shown(end, loc)
	midnight := DateOf(wall).Midnight()
	left := !firstSkipped.After(midnight) && !firstShown.Before(midnight.AddDate(0, 0, 1))
	return end.UTC(), AfterGap, left
}

func offset(t time.Time, loc *time.Location) time.Duration {
	_, seconds := t.In(loc).Zone()
	return time.Duration(seconds) * time.Second
}

// shown is what clocks in loc show at t, as wall time.
func shown(t time.Time, loc *time.Location) time.Time { return t.UTC().Add(offset(t, loc)) }

// asWall is wall time of what t shows in its own location.
func asWall(t time.Time) time.Time {
	y, mo, d := t.Date()
	h, mi, sec := t.Clock()
	return time.Date(y, mo, d, h, mi, sec, t.Nanosecond(), time.UTC)
}
