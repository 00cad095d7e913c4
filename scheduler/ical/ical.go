package ical

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

// Limits of a file, and of what comes out of it. A real calendar of a district
// for several years has some hundred events in 200 KB.
const (
	MaxBytes    = 1 << 20
	maxEvents   = 5_000
	maxHolidays = 20_000
	maxSteps    = 3_000_000 // days that are looked at for repetitions
)

// What is wrong with a file.
var (
	ErrNotCalendar = errors.New("ical: this is no iCalendar file")
	ErrTooLarge    = errors.New("ical: the calendar is too large")
)

// Options say what is wanted of a file.
type Options struct {
	Zone        *time.Location // whose days these are; nil: UTC
	From, Until rule.Date      // the first and the last date of interest
}

// Calendar is what was read.
type Calendar struct {
	Holidays []rule.Holiday // within the dates of interest, by their begin
	LeftOut  int            // events that could not be read, or not all of their repetition
}

// Parse reads a file. It returns ErrNotCalendar if it is none or is cut short,
// and ErrTooLarge if it has more than MaxBytes bytes, more than 5,000 events, or
// more days in them than any calendar needs.
func Parse(data []byte, want Options) (Calendar, error) {
	if len(data) > MaxBytes {
		return Calendar{}, ErrTooLarge
	}
	events, ok := distil(data, maxEvents)
	switch {
	case !ok:
		return Calendar{}, ErrNotCalendar
	case len(events) > maxEvents:
		return Calendar{}, ErrTooLarge
	}
	if want.Zone == nil {
		want.Zone = time.UTC
	}
	r := reader{want: want}
	var all []event
	for _, text := range events {
		e, ok := r.event(text)
		switch {
		case !ok:
			r.out.LeftOut++
		case !e.cancelled || e.replaces != noDate:
			all = append(all, e)
		}
	}
	replaced(all)
	for _, e := range all {
		if err := r.read(e); err != nil {
			return Calendar{}, err
		}
	}
	slices.SortStableFunc(r.out.Holidays, func(a, b rule.Holiday) int {
		return cmp.Or(cmp.Compare(a.First, b.First), cmp.Compare(a.Last, b.Last))
	})
	return r.out, nil
}

// replaced takes from repeated events the dates that an event of its own stands
// for.
func replaced(all []event) {
	byID := map[string][]rule.Date{}
	for _, e := range all {
		if e.replaces != noDate {
			byID[e.id] = append(byID[e.id], e.replaces)
		}
	}
	for i := range all {
		if all[i].replaces == noDate {
			for _, d := range byID[all[i].id] {
				all[i].except[d] = true
			}
		}
	}
}

// reader collects the holidays.
type reader struct {
	want  Options
	out   Calendar
	steps int
}

// read adds the days of an event and of its repetitions.
func (r *reader) read(e event) error {
	if e.cancelled {
		return nil
	}
	add := func(on rule.Date) error {
		if !e.except[on] {
			r.add(e, on)
		}
		if len(r.out.Holidays) > maxHolidays {
			return ErrTooLarge
		}
		return nil
	}
	if err := add(e.first); err != nil {
		return err
	}
	for _, on := range e.also {
		if err := add(on); err != nil {
			return err
		}
	}
	if e.repeat == nil {
		return nil
	}
	// What begins before the dates of interest may reach into them.
	from := r.want.From - e.days() - 1
	for on := range e.repeat.dates(e.first, from, r.want.Until) {
		if r.steps++; r.steps > maxSteps {
			return ErrTooLarge
		}
		if on == noDate || on < from {
			continue
		}
		if err := add(on); err != nil {
			return err
		}
	}
	return nil
}

// add adds one time of an event, which begins on that date of its own zone.
func (r *reader) add(e event, on rule.Date) {
	first, last, ok := e.off(on, r.want.Zone)
	first, last = max(first, r.want.From), min(last, r.want.Until)
	if ok && first <= last {
		r.out.Holidays = append(r.out.Holidays, rule.Holiday{First: first, Last: last, Name: e.name})
	}
}
