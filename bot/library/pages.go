package library

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/library/link"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// The kinds of jobs that look at pages: one that was just saved, and those of a
// community that are due.
const (
	PageJobKind  = "library-page"
	LinksJobKind = "library-links"
)

// LinkStore is what a Caretaker needs of the store, besides what Store says.
type LinkStore interface {
	Read(ctx context.Context, c bot.CommunityID, m bot.MemberID, ids ...string) (Reading, error)
	Advance(ctx context.Context, r *Resource, e outbox.Effects) error
	// Due gives resources in sight whose Health.Next has come, the earliest first, up
	// to limit, and when the next of the others is due; the zero time if there is none.
	Due(ctx context.Context, c bot.CommunityID, now time.Time, limit int) (due []Resource, next time.Time, err error)
	// Replace removes r, whose Version must be the stored one, and lets its ID stand
	// for another one from now on: Read and Kept give that.
	Replace(ctx context.Context, r *Resource, by string) error
	// ClaimNothing gives what is known of how a host answers for what it does not
	// have, or "". Where nothing is known, mine lets one of all processes find out, for
	// a day; KeepNothing keeps that as long.
	ClaimNothing(ctx context.Context, host string) (mine bool, known string, err error)
	KeepNothing(ctx context.Context, host, known string) error
}

// Caretaker reads the pages of what was saved and looks after their links, in the
// background. A page is never taken for gone because its site does not answer, or
// wants to know who asks: only if it says several times, over days, that there is no
// such page.
//
// Each look ends with one change of the resource. A process that dies before leaves
// it due. A look whose resource has changed meanwhile is taken in all the same, as
// long as it is of the same address.
type Caretaker struct {
	store LinkStore
	pages Pages
	busy  chan struct{}
}

// mostBusy is how many jobs of a process look at pages at a time: workers have more
// to do.
const mostBusy = 4

// NewCaretaker returns one.
func NewCaretaker(store LinkStore, pages Pages) *Caretaker {
	return &Caretaker{store: store, pages: pages, busy: make(chan struct{}, mostBusy)}
}

// pageJobs are the job that reads the page of what is being saved, or none if that has
// been done.
func pageJobs(r *Resource, now time.Time) []scheduler.Job {
	if !r.Health.Checked.IsZero() {
		return nil
	}
	id, _ := json.Marshal(r.ID) // a string always can be
	return []scheduler.Job{{Group: string(r.Community), ID: PageJobKind + "/" + r.ID, Kind: PageJobKind, Due: now, Payload: id}}
}

// LinksJob is the job that looks at the links of a community that are due. There is
// one, which comes back as long as there are links. Whoever makes some due schedules
// it: within a minute, so that many together do not put it off for ever.
func LinksJob(c bot.CommunityID, now time.Time) scheduler.Job {
	return scheduler.Job{Group: string(c), ID: LinksJobKind, Kind: LinksJobKind, Due: now.Truncate(time.Minute).Add(time.Minute)}
}

// The waits until a job is tried again.
const (
	storePause = time.Minute     // the store does not answer
	busyPause  = 2 * time.Second // others are looking at pages
	hostPause  = 3 * time.Second // what is due is on hosts that were just asked
	movePause  = 5 * time.Minute // what is due cannot be changed, such as when its place is moving
)

// ReadPage does a job of kind PageJobKind.
func (c *Caretaker) ReadPage(ctx context.Context, j scheduler.Job) error {
	var id string
	if err := json.Unmarshal(j.Payload, &id); err != nil {
		return scheduler.Poisoned(err)
	}
	return c.looking(func() error {
		r, err := c.get(ctx, bot.CommunityID(j.Group), id)
		if bot.CodeOf(err) == bot.NotFound {
			return nil // removed meanwhile
		}
		if err != nil || !r.Health.Checked.IsZero() {
			return err
		}
		return c.look(ctx, r, j.Started, outbox.Effects{Jobs: []scheduler.Job{LinksJob(r.Community, j.Started)}})
	})
}

// looking runs what looks at pages, unless too many do.
func (c *Caretaker) looking(do func() error) error {
	select {
	case c.busy <- struct{}{}:
		defer func() { <-c.busy }()
	default:
		return scheduler.After(busyPause, nil)
	}
	err := do()
	var known *bot.Error
	switch {
	case err == nil || !errors.As(err, &known):
		return err
	case known.Code == bot.RateLimited:
		return scheduler.After(known.After, err)
	case known.Code == bot.Conflict:
		return scheduler.After(movePause, err)
	case known.Code == bot.Unavailable:
		return scheduler.After(storePause, err)
	}
	return err
}

// The limits of one run of CheckLinks. What is left is looked at in the next.
const (
	readDue    = 100
	lookAtOnce = 8
)

// CheckLinks does a job of kind LinksJobKind: of what is due it looks at a few, each
// on another host.
func (c *Caretaker) CheckLinks(ctx context.Context, j scheduler.Job) error {
	return c.looking(func() error {
		due, next, err := c.store.Due(ctx, bot.CommunityID(j.Group), j.Started, readDue)
		if err != nil {
			return err
		}
		asked := map[string]bool{}
		left, stuck, looked := false, false, 0
		for i := range due {
			r := &due[i]
			host := link.Link{Address: r.Address}.Host()
			if asked[host] || looked == lookAtOnce {
				left = true
				continue
			}
			asked[host] = true
			looked++
			err := c.look(ctx, r, j.Started, outbox.Effects{})
			switch bot.CodeOf(err) {
			case bot.Conflict:
				stuck = true // and not to be looked at all the time
			case bot.RateLimited, bot.NotFound:
				left = true
			default:
				if err != nil {
					return err
				}
			}
		}
		switch {
		case stuck:
			return scheduler.After(movePause, nil)
		case left && looked == lookAtOnce:
			return scheduler.After(0, nil)
		case left:
			return scheduler.After(hostPause, nil)
		case looked > 0: // what was looked at has a time of its own by now
			return scheduler.After(0, nil)
		case next.IsZero():
			return nil
		}
		return scheduler.After(next.Sub(j.Started), nil)
	})
}

// get reads a resource, or what it has become.
func (c *Caretaker) get(ctx context.Context, in bot.CommunityID, id string) (*Resource, error) {
	reading, err := c.store.Read(ctx, in, "", id)
	if err != nil {
		return nil, err
	}
	r, there := reading.Found[id]
	if !there {
		return nil, &bot.Error{Code: bot.NotFound}
	}
	return &r, nil
}

// mostConflicts is how often a change is tried that others get ahead of.
const mostConflicts = 5

// look looks at a resource's link and takes in what it shows, with the effects.
func (c *Caretaker) look(ctx context.Context, r *Resource, now time.Time, e outbox.Effects) error {
	s, err := c.see(ctx, r, now)
	if err != nil {
		return err
	}
	address := r.Address
	for range mostConflicts {
		if to, sure := s.leads(r); sure && to.Key != r.Key {
			err = c.move(ctx, r, to, &s, now, e)
		} else {
			s.note(r, now)
			if sure {
				r.Address, r.Health.Moved = to.Address, ""
			}
			err = c.store.Advance(ctx, r, e)
		}
		if bot.CodeOf(err) != bot.Conflict {
			return err
		}
		if r, err = c.get(ctx, r.Community, r.ID); err != nil {
			return err
		}
		if r.Address != address {
			break // what was seen is of another one
		}
	}
	return &bot.Error{Code: bot.Conflict}
}
