package schedule

import (
	"context"
	"fmt"
	"strconv"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// ownCalendar is the ID of a place's own calendar in a joint community: what was
// for everybody there before.
func ownCalendar(space bot.SpaceID) string { return "of-" + space.Token() }

// going is a calendar that goes along with a place.
type going struct {
	here  Calendar
	there Calendar
	stays bool // it is copied
}

// calendarsOf gives the calendars that go along. Into a joint community, that for
// everybody goes as the place's own; out of it, the place's own becomes that for
// everybody again, or that of the joint community is copied if the place has none.
// Those with a name go with the place that made them, and are copied where a series
// of the other side lives by them.
func (t *Transfers) calendarsOf(ctx context.Context, tr bot.Transfer) ([]going, error) {
	all, err := t.store.Calendars(ctx, tr.From)
	if err != nil {
		return nil, err
	}
	used, usedByOthers, err := t.used(ctx, tr)
	if err != nil {
		return nil, err
	}
	own := ownCalendar(tr.Space)
	_, hasOwn := all.find(withID(own))
	var goes []going
	for _, cal := range all {
		g := going{here: cal, there: cal}
		g.there.Community, g.there.Version = tr.To, 0
		switch {
		case cal.ID == Everybody && cal.empty():
			continue
		case cal.ID == Everybody && tr.Joins:
			g.there.ID, g.there.Name, g.there.Space = own, tr.Name, tr.Space
		case cal.ID == Everybody && hasOwn:
			continue
		case cal.ID == Everybody:
			g.stays = true
		case cal.ID == own:
			g.there.ID, g.there.Name, g.there.Space = Everybody, "", bot.SpaceID{}
		case tr.Joins, cal.Space == tr.Space:
			g.there.Space, g.stays = tr.Space, usedByOthers[cal.ID]
		case used[cal.ID]:
			g.stays = true
		default:
			continue
		}
		goes = append(goes, g)
	}
	return goes, nil
}

// empty reports whether there is nothing in the calendar.
func (c *Calendar) empty() bool { return len(c.Days) == 0 && c.Feed == nil }

// used says which calendars the series live by that go along, and which the others.
func (t *Transfers) used(ctx context.Context, tr bot.Transfer) (here, others map[string]bool, err error) {
	here, others = map[string]bool{}, map[string]bool{}
	ids, err := t.store.IDs(ctx, tr.From)
	if err != nil {
		return nil, nil, err
	}
	for _, id := range ids {
		r, _, err := t.store.Load(ctx, tr.From, id)
		if bot.CodeOf(err) == bot.NotFound {
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		by := others
		if tr.Joins || r.Space == tr.Space {
			by = here
		}
		for _, cal := range r.Calendars {
			by[cal] = true
		}
	}
	return here, others, nil
}

// putCalendars writes calendars where the place goes. What is there already stays
// as it is: it was written before.
func (t *Transfers) putCalendars(ctx context.Context, tr bot.Transfer, goes []going) error {
	there, err := t.store.Calendars(ctx, tr.To)
	if err != nil {
		return err
	}
	for _, g := range goes {
		cal := g.there
		if known, ok := there.find(withID(cal.ID)); ok && (cal.ID != Everybody || !known.empty()) {
			continue
		}
		cal.Name = there.free(cal.Name)
		if known, ok := there.find(withID(cal.ID)); ok {
			cal.Version = known.Version
		}
		e := outbox.Effects{}
		if cal.Feed != nil {
			again, err := cal.job(cal.Feed.Due)
			if err != nil {
				return err
			}
			e.Jobs = []scheduler.Job{again}
		}
		if err := t.store.KeepCalendar(ctx, &cal, e); err != nil && bot.CodeOf(err) != bot.Conflict {
			return err
		}
		there = append(there, cal)
	}
	return nil
}

// free is the name, or one like it that no calendar has.
func (cs Calendars) free(name string) string {
	for n, wanted := 2, name; name != ""; n++ {
		if _, taken := cs.find(withName(name)); !taken {
			break
		}
		name = fmt.Sprint(bot.Shorten(wanted, mostButton-4), " (", strconv.Itoa(n), ")")
	}
	return name
}

// removeCalendars forgets those that have gone.
func (t *Transfers) removeCalendars(ctx context.Context, goes []going) error {
	for _, g := range goes {
		if g.stays {
			continue
		}
		cal, err := t.store.Calendar(ctx, g.here.Community, g.here.ID)
		if bot.CodeOf(err) == bot.NotFound {
			continue
		}
		if err != nil {
			return err
		}
		err = t.store.RemoveCalendar(ctx, &cal, outbox.Effects{Cancel: []string{cal.jobID()}})
		if err != nil && bot.CodeOf(err) != bot.Conflict {
			return err
		}
	}
	return nil
}
