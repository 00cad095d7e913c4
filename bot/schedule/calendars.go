package schedule

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

// Calendars are calendars of one community, that for everybody first.
type Calendars []Calendar

// find gives the first that is meant.
func (cs Calendars) find(match func(*Calendar) bool) (*Calendar, bool) {
	for i := range cs {
		if match(&cs[i]) {
			return &cs[i], true
		}
	}
	return nil, false
}

// withID and withName say which calendar is meant.
func withID(id string) func(*Calendar) bool {
	return func(c *Calendar) bool { return c.ID == id }
}

func withName(name string) func(*Calendar) bool {
	return func(c *Calendar) bool { return c.ID != Everybody && strings.EqualFold(c.Name, name) }
}

// names are the names of those with these IDs, as far as they are there.
func (cs Calendars) names(ids []string) []string {
	var out []string
	for _, c := range cs {
		if slices.Contains(ids, c.ID) {
			out = append(out, c.Name)
		}
	}
	return out
}

// place is where rules are lived by in a zone, with everybody's holidays and
// those of the calendars with these IDs. One that was removed has none.
func (cs Calendars) place(zone string, ids []string) (rule.Place, error) {
	loc, err := location(zone)
	if err != nil {
		return rule.Place{}, err
	}
	return rule.Place{Zone: loc, Calendar: cs.days(ids)}, nil
}

// days are everybody's holidays and those of the calendars with these IDs.
func (cs Calendars) days(ids []string) rule.Calendar {
	var days Holidays
	for i := range cs {
		if c := &cs[i]; c.ID == Everybody || slices.Contains(ids, c.ID) {
			days = append(days, c.all()...)
		}
	}
	return rule.NewHolidayList(days)
}

// Place is where a member lives by rules: by their own clock, with everybody's
// holidays and those of the calendars with these IDs, and without the days on
// which they are away. It changes when the member travels, goes away or comes back
// and when holidays change: what comes next for the member (rule.Track) is then
// looked for anew. m is as the directory gives it, with a zone.
func (s *Service) Place(ctx context.Context, m bot.Member, ids ...string) (rule.Place, error) {
	of, err := s.Places(ctx, m.Community, ids...)
	if err != nil {
		return rule.Place{}, err
	}
	return of(m)
}

// Places is Place for many members of one community: it reads the calendars once, and
// what it gives tells where a member lives by them as they were then.
func (s *Service) Places(ctx context.Context, c bot.CommunityID, ids ...string) (func(bot.Member) (rule.Place, error), error) {
	all, err := s.store.Calendars(ctx, c)
	if err != nil {
		return nil, err
	}
	days := all.days(ids)
	return func(m bot.Member) (rule.Place, error) {
		loc, err := s.zone(m.Zone)
		if err != nil {
			return rule.Place{}, err
		}
		in := rule.Place{Zone: loc, Calendar: days}
		if away, ok := awayDays(m.Away); ok {
			in.Away = away
		}
		return in, nil
	}, nil
}

// zone gives a zone, which is read once.
func (s *Service) zone(name string) (*time.Location, error) {
	if known, ok := s.zonesRead.Load(name); ok {
		return known.(*time.Location), nil
	}
	loc, err := location(name)
	if err == nil {
		s.zonesRead.Store(name, loc)
	}
	return loc, err
}

func location(zone string) (*time.Location, error) {
	loc, err := time.LoadLocation(zone)
	if err != nil {
		return nil, fmt.Errorf("a zone: %w", err)
	}
	return loc, nil
}

// awayDays is the days on which somebody is away. ok is false if there are none.
func awayDays(a bot.Away) (days rule.Span, ok bool) {
	first, err := date(a.From)
	if err != nil {
		return days, false
	}
	last, err := date(a.Until)
	return rule.Span{First: first, Last: last}, err == nil
}

// date reads a date as it is stored: 2026-12-21.
func date(stored string) (rule.Date, error) {
	t, err := time.Parse(time.DateOnly, stored)
	return rule.DateOf(t), err
}
