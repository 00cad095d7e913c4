package schedule

import (
	"slices"
	"time"

	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

// plan is what becomes of the occurrences that are due in one zone.
type plan struct {
	entries []Entry // those that do not happen, the oldest first
	happens bool    // one does:
	at      time.Time
	settled time.Time // up to here
}

// planDue settles what is due by now, each occurrence by itself: the calendar
// is asked first, then whether something stands in the way of all (instead,
// unless it is empty), then whether it comes in time; of those that are left the
// latest happens. Of very many that were missed the latest are looked at, as many
// as the log keeps.
func (s *Series) planDue(zone string, in rule.Place, now time.Time, instead Reason) plan {
	p := plan{settled: s.Courses[zone].Settled}
	end := now
	if !s.Until.IsZero() && !end.Before(s.Until) {
		end = s.Until.Add(-1)
	}
	skip := func(at time.Time, why Reason, detail string) {
		p.entries = append(p.entries, Entry{At: at, Zone: s.elsewhere(zone), Ended: now, Outcome: Skipped, Reason: why, Detail: detail})
	}
	missed, _ := s.Rule.Missed(p.settled, end, in, LogLength)
	for _, o := range missed {
		p.settled = o.At
		switch {
		case o.Away:
			skip(o.At, Away, "")
		case o.Skipped:
			skip(o.At, Holiday, o.Holiday)
		case instead != "":
			skip(o.At, instead, "")
		case now.Sub(o.At) > s.Grace:
			skip(o.At, Late, "")
		default:
			if p.happens {
				skip(p.at, Replaced, "")
			}
			p.happens, p.at = true, o.At
		}
	}
	sortByTime(p.entries)
	return p
}

func sortByTime(entries []Entry) {
	slices.SortStableFunc(entries, func(a, b Entry) int { return a.At.Compare(b.At) })
}

// ahead is the course with the occurrence that comes next by the rule and the
// calendar as they are now.
func (s *Series) ahead(c Course, in rule.Place) Course {
	c.Next = time.Time{}
	if o, ok := s.Rule.Next(c.Settled, in); ok && (s.Until.IsZero() || o.At.Before(s.Until)) {
		c.Next = o.At
	}
	return c
}

// elsewhere is the zone if it is another than that of the series.
func (s *Series) elsewhere(zone string) string {
	if zone == s.Zone {
		return ""
	}
	return zone
}
