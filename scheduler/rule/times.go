package rule

import (
	"math/bits"
	"time"

	"github.com/robfig/cron/v3"
)

const minutesOfDay = 24 * 60

// times is a set of times of day, in minutes from midnight.
type times [(minutesOfDay + 63) / 64]uint64

func (s *times) add(minute int) { s[minute/64] |= 1 << (minute % 64) }

// from is the first time that is not before minute.
func (s *times) from(minute int) (int, bool) {
	if minute >= minutesOfDay {
		return 0, false
	}
	word := s[minute/64] &^ (1<<(minute%64) - 1)
	for i := minute / 64; ; word = s[i] {
		if word != 0 {
			return i*64 + bits.TrailingZeros64(word), true
		}
		if i++; i == len(s) {
			return 0, false
		}
	}
}

func (s *times) list() []int {
	var all []int
	for m, ok := s.from(0); ok; m, ok = s.from(m + 1) {
		all = append(all, m)
	}
	return all
}

// atTimes fires at each of the times on each day on which days does. It asks
// days for midnights only.
type atTimes struct {
	days  cron.Schedule
	times times
}

// Next implements cron.Schedule on wall time.
func (a atTimes) Next(t time.Time) time.Time {
	midnight := DateOf(t).Midnight()
	if m, ok := a.times.from(int(t.Sub(midnight)/time.Minute) + 1); ok && fires(a.days, midnight) {
		return midnight.Add(time.Duration(m) * time.Minute)
	}
	first, ok := a.times.from(0)
	day := a.days.Next(midnight)
	if !ok || day.IsZero() {
		return time.Time{}
	}
	return day.Add(time.Duration(first) * time.Minute)
}

// fires tells whether the schedule fires at this very time.
func fires(s cron.Schedule, at time.Time) bool { return s.Next(at.Add(-1)).Equal(at) }
