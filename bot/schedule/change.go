package schedule

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// change is one change that an organizer makes to a series.
type change struct {
	series  *Series
	cals    Calendars
	now     time.Time
	entries []Entry
	effects outbox.Effects
}

// errNothingToDo says that what an organizer asked for is so already.
var errNothingToDo = errors.New("nothing to do")

// act makes a change: it is decided on a fresh record, and again when somebody
// else was quicker. A repeated input changes nothing more.
func (s *Service) act(ctx context.Context, req *bot.Request, id string, decide func(*change) error) (Series, error) {
	const tries = 5
	var last error
	for range tries {
		r, cals, err := s.store.Load(ctx, req.Member.Community, id)
		if err != nil {
			return r, err
		}
		c := change{series: &r, cals: cals}
		if c.now, err = s.store.Now(ctx); err != nil {
			return r, err
		}
		used := r.Calendars
		if err := decide(&c); err != nil {
			return r, err
		}
		if !slices.Equal(used, r.Calendars) {
			if c.cals, err = s.store.Calendars(ctx, r.Community); err != nil {
				return r, err
			}
		}
		if err := s.lay(ctx, &r, c.cals, c.now); err != nil {
			return r, err
		}
		if err := r.plan(&c.effects); err != nil {
			return r, err
		}
		c.effects.Input = req.Input
		err = s.store.Advance(ctx, &r, c.entries, c.effects)
		switch {
		case errors.Is(err, outbox.ErrRepeated):
			r, _, err = s.store.Load(ctx, req.Member.Community, id)
			return r, err
		case bot.CodeOf(err) != bot.Conflict:
			return r, err
		}
		last = err
	}
	return Series{}, last
}

// close settles what is due and did not happen yet, for a reason that stands in
// the way of all.
func (c *change) close(why Reason) error {
	for zone := range c.series.Courses {
		in, err := c.cals.place(zone, c.series.Calendars)
		if err != nil {
			return err
		}
		c.entries = append(c.entries, c.series.planDue(zone, in, c.now, why).entries...)
		c.series.Courses[zone] = Course{Settled: c.now}
	}
	return nil
}

// pause lets nothing happen any more, what is due already included.
func (c *change) pause() error {
	if c.series.Paused {
		return errNothingToDo
	}
	c.series.Paused = true
	return nil
}

// resume goes on with what comes from now on.
func (c *change) resume() error {
	if !c.series.Paused {
		return errNothingToDo
	}
	c.series.Paused = false
	return c.close(Paused)
}

// move gives the series other times from now on.
func (c *change) move(times *Series) error {
	r := c.series
	if r.sameTimes(times) {
		return errNothingToDo
	}
	why := Moved
	if r.Paused {
		why = Paused
	}
	if err := c.close(why); err != nil {
		return err
	}
	r.Rule, r.Until, r.Grace = times.Rule, times.Until, times.Grace
	return nil
}

// use lets the holidays of a calendar count for the series, or no longer.
func (c *change) use(id string, on bool) error {
	if slices.Contains(c.series.Calendars, id) == on {
		return errNothingToDo
	}
	if on {
		c.series.Calendars = append(slices.Clone(c.series.Calendars), id)
	} else {
		c.series.Calendars = slices.DeleteFunc(slices.Clone(c.series.Calendars), func(other string) bool { return other == id })
	}
	return nil
}

// sameTimes reports whether another series happens when this one does.
func (s *Series) sameTimes(other *Series) bool {
	return s.Rule == other.Rule && s.Until.Equal(other.Until) && s.Grace == other.Grace
}

// runNow lets an occurrence happen out of turn, and says how it ends.
func (s *Service) runNow(ctx context.Context, c *change) (Entry, error) {
	r := c.series
	h, entry, err := s.occur(ctx, Occurrence{Series: *r, Key: r.extraKey(), At: c.now, Now: c.now, Zone: r.Zone, Extra: true}, true)
	if err != nil {
		return entry, err
	}
	r.keep(h)
	c.effects = h.Effects
	c.entries = append(c.entries, entry)
	return entry, r.follow(&c.effects, c.now)
}

// remove forgets a series and cancels what it had planned.
func (s *Service) remove(ctx context.Context, r *Series, in bot.InputID) error {
	err := s.store.Remove(ctx, r, outbox.Effects{Input: in, Cancel: []string{r.record(), r.endsJob()}})
	if errors.Is(err, outbox.ErrRepeated) {
		return nil
	}
	return err
}
