package ical

import (
	"math"
	"strconv"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"

	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

const (
	// dayOff is how much of a day an event with times must take.
	dayOff = 6 * time.Hour
	// maxName is how much is kept of a name, in characters.
	maxName = 100
	// longest is how long an event may last.
	longest = 2 * 366 * 24 * time.Hour

	noDate = rule.Date(math.MinInt32)
)

// event is one event.
type event struct {
	id, name  string
	cancelled bool
	replaces  rule.Date // the date of a repeated event that this one replaces
	first     rule.Date // by the clocks of zone
	wholeDays bool
	clock     time.Duration // when it begins, from midnight; of an event with times
	zone      *time.Location
	length    time.Duration
	repeat    *repetition // nil: none
	also      []rule.Date
	except    map[rule.Date]bool
}

// moment is a date, or a time, as a property gives it.
type moment struct {
	wall      time.Time // in the fields of UTC, by the clocks of zone
	wholeDays bool
	zone      *time.Location
}

func (m moment) date() rule.Date { return rule.DateOf(m.wall) }

// parse is the parser of golang-ical for the lines of one event. It was never
// promised to survive everything.
func parse(lines string) (v *ics.VEvent, ok bool) {
	defer func() {
		if recover() != nil {
			v, ok = nil, false
		}
	}()
	c, err := ics.ParseCalendar(strings.NewReader("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" + lines + "END:VEVENT\r\nEND:VCALENDAR\r\n"))
	if err != nil || len(c.Events()) != 1 {
		return nil, false
	}
	return c.Events()[0], true
}

// event reads an event. What cannot be read of its repetition counts as left
// out.
func (r *reader) event(lines string) (e event, ok bool) {
	v, ok := parse(lines)
	if !ok {
		return event{}, false
	}
	get := func(name ics.ComponentProperty) (*ics.IANAProperty, bool) {
		p := v.GetProperty(name)
		return p, p != nil
	}
	e = event{replaces: noDate, except: map[rule.Date]bool{}}
	if p, ok := get(ics.ComponentPropertyUniqueId); ok {
		e.id = p.Value
	}
	if p, ok := get(ics.ComponentPropertySummary); ok {
		e.name = name(p.Value)
	}
	if p, ok := get(ics.ComponentPropertyStatus); ok {
		e.cancelled = strings.EqualFold(strings.TrimSpace(p.Value), "CANCELLED")
	}
	p, ok := get(ics.ComponentPropertyDtStart)
	if !ok {
		return e, false
	}
	start, ok := r.moment(p, p.Value)
	if !ok {
		return e, false
	}
	e.first, e.wholeDays, e.zone = start.date(), start.wholeDays, start.zone
	e.clock = start.wall.Sub(e.first.Midnight())
	if e.length, ok = r.length(v, start); !ok {
		return e, false
	}
	if p, ok := get(ics.ComponentPropertyRecurrenceId); ok {
		if m, ok := r.moment(p, p.Value); ok {
			e.replaces = m.date()
		}
	}
	e.also = r.dates(v, ics.ComponentPropertyRdate)
	for _, d := range r.dates(v, ics.ComponentPropertyExdate) {
		e.except[d] = true
	}
	if p, ok := get(ics.ComponentPropertyRrule); ok {
		if e.repeat, ok = parseRepetition(p.Value, start); !ok {
			e.repeat = nil
			r.out.LeftOut++
		}
	}
	return e, true
}

func name(summary string) string {
	words := []rune(strings.Join(strings.Fields(strings.ToValidUTF8(summary, "")), " "))
	return string(words[:min(len(words), maxName)])
}

// length is how long an event lasts: at least a day if it is of whole days.
func (r *reader) length(v *ics.VEvent, start moment) (time.Duration, bool) {
	least := time.Duration(0)
	if start.wholeDays {
		least = 24 * time.Hour
	}
	length := least
	if p := v.GetProperty(ics.ComponentPropertyDtEnd); p != nil {
		end, ok := r.moment(p, p.Value)
		if !ok {
			return 0, false
		}
		if length = end.wall.Sub(start.wall); !start.wholeDays {
			from, _ := rule.Instant(start.wall, start.zone)
			to, _ := rule.Instant(end.wall, end.zone)
			length = to.Sub(from)
		}
	} else if p := v.GetProperty(ics.ComponentProperty(ics.PropertyDuration)); p != nil {
		var ok bool
		if length, ok = duration(p.Value); !ok {
			return 0, false
		}
	}
	return max(length, least), length <= longest
}

// days is the longest that the event can reach beyond its first day.
func (e event) days() rule.Date { return rule.Date(e.length/(24*time.Hour)) + 1 }

// off gives the days that are off if the event begins on a date.
func (e event) off(on rule.Date, zone *time.Location) (first, last rule.Date, ok bool) {
	if e.wholeDays {
		return on, on + rule.Date((e.length-1)/(24*time.Hour)), true
	}
	at, _ := rule.Instant(on.Midnight().Add(e.clock), e.zone)
	begin, end := wallIn(at, zone), wallIn(at.Add(e.length), zone)
	first, last = rule.DateOf(begin), rule.DateOf(end)
	takes := func(d rule.Date) time.Duration {
		from, to := d.Midnight(), (d + 1).Midnight()
		if begin.After(from) {
			from = begin
		}
		if end.Before(to) {
			to = end
		}
		return to.Sub(from)
	}
	for first <= last && takes(first) < dayOff {
		first++
	}
	for first <= last && takes(last) < dayOff {
		last--
	}
	return first, last, first <= last
}

func wallIn(at time.Time, zone *time.Location) time.Time {
	_, offset := at.In(zone).Zone()
	return at.UTC().Add(time.Duration(offset) * time.Second)
}

// dates are all dates of a property that may come several times.
func (r *reader) dates(v *ics.VEvent, name ics.ComponentProperty) []rule.Date {
	var all []rule.Date
	for _, p := range v.GetProperties(name) {
		for value := range strings.SplitSeq(p.Value, ",") {
			if m, ok := r.moment(p, value); ok {
				all = append(all, m.date())
			}
		}
	}
	return all
}

// moment reads 20261224, 20261224T080000 or 20261224T080000Z. The period of an
// RDATE is read up to its slash.
func (r *reader) moment(p *ics.IANAProperty, value string) (moment, bool) {
	value, _, _ = strings.Cut(strings.ToUpper(strings.TrimSpace(value)), "/")
	m := moment{zone: r.want.Zone}
	if t, err := time.Parse("20060102", value); err == nil {
		m.wall, m.wholeDays = t, true
		return m, inRange(t)
	}
	local, utc := strings.CutSuffix(value, "Z")
	t, err := time.Parse("20060102T150405", local)
	if err != nil {
		return m, false
	}
	if m.wall = t; utc {
		m.zone = time.UTC
	} else if ids := p.ICalParameters["TZID"]; len(ids) > 0 {
		m.zone = zoneOf(ids[0], r.want.Zone)
	}
	return m, inRange(t)
}

func inRange(t time.Time) bool { return t.Year() >= 1900 && t.Year() <= 2200 }

// zoneOf is the zone of that name. Some programs put a prefix before it:
// /example.org/America/New_York.
func zoneOf(id string, otherwise *time.Location) *time.Location {
	parts := strings.Split(strings.Trim(id, `"`), "/")
	for take := min(3, len(parts)); take > 0; take-- {
		name := strings.Join(parts[len(parts)-take:], "/")
		if name == "" || name == "Local" {
			continue
		}
		if loc, err := time.LoadLocation(name); err == nil {
			return loc
		}
	}
	return otherwise
}

// duration reads P2W, P1D, PT8H30M.
func duration(value string) (time.Duration, bool) {
	rest, ok := strings.CutPrefix(strings.TrimPrefix(strings.TrimSpace(value), "+"), "P")
	units := map[byte]time.Duration{'W': 7 * 24 * time.Hour, 'D': 24 * time.Hour}
	total := time.Duration(0)
	for ok && rest != "" {
		if rest[0] == 'T' {
			units = map[byte]time.Duration{'H': time.Hour, 'M': time.Minute, 'S': time.Second}
			rest = rest[1:]
			continue
		}
		end := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' })
		if end < 1 || end > 6 {
			return 0, false
		}
		n, err := strconv.Atoi(rest[:end])
		unit := units[rest[end]]
		if err != nil || unit == 0 || n > int(longest/unit) {
			return 0, false
		}
		total += time.Duration(n) * unit
		rest = rest[end+1:]
	}
	return total, ok
}
