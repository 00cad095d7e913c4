package discussion

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// JobKind is the kind of the jobs that move discussions on. Register
// Service.Step for it.
const JobKind = "chat"

// Members is what the discussion needs to know of people and places.
type Members interface {
	// Home gives the community of a space, and its language and zone.
	Home(ctx context.Context, space bot.SpaceID) (Home, error)
	// Author gives the member who said something, who becomes one if need be. It
	// costs no call of the store for somebody who has spoken before.
	Author(ctx context.Context, a bot.Account, name string) (bot.Member, error)
	// Names gives the names of members; those unknown are left out.
	Names(ctx context.Context, c bot.CommunityID, ids []bot.MemberID) (map[bot.MemberID]string, error)
	// Members gives members with the language and zone in which they are written to at
	// an account; those unknown are left out.
	Members(ctx context.Context, c bot.CommunityID, who map[bot.MemberID]bot.Account) (map[bot.MemberID]bot.Member, error)
	// Organizers gives the accounts of those who act as organizers.
	Organizers(ctx context.Context, c bot.CommunityID) ([]bot.Account, error)
}

// Home is a community as a discussion sees it.
type Home struct {
	Community bot.CommunityID
	Language  string
	Zone      string
}

// Service hosts discussions.
type Service struct {
	store   Store
	members Members
	places  Places
	words   bot.Words
	clock   scheduler.Clock
	rooms   *rooms
	goals   Goals   // nil: nobody is asked for one thing to try
	library Library // nil: links are kept nowhere
	consent Consent // nil: nobody has agreed to anything
	relays  *relays // nil: what is said in one place is shown in no other
}

// New returns the service. clock is used for what people are shown; what is done
// when goes by the store's time.
func New(store Store, members Members, places Places, words bot.Words, clock scheduler.Clock) *Service {
	return &Service{store: store, members: members, places: places, words: words, clock: clock, rooms: newRooms()}
}

// Record names a discussion: its job, and its messages in the first place for
// outbox.Item.Record.
func Record(id string) string { return RecordIn(id, 0) }

// RecordIn names what belongs to one place of a discussion: its messages for
// outbox.Item.Record.
func RecordIn(id string, place int) string { return "chat/" + id + inPlace(place) }

type stepPayload struct {
	Chat string `json:"chat"`
}

// job is the job of the discussion's next step.
func (d *Discussion) job(at time.Time) (scheduler.Job, error) {
	payload, err := json.Marshal(stepPayload{d.ID})
	return scheduler.Job{Group: string(d.Community), ID: Record(d.ID), Kind: JobKind, Due: at, Payload: payload}, err
}

// Schedule takes a new discussion in. Its ID, Number and State are set.
func (s *Service) Schedule(ctx context.Context, d *Discussion, in bot.InputID) error {
	number, err := s.store.NextNumber(ctx, d.Community)
	if err != nil {
		return err
	}
	now, err := s.store.Now(ctx)
	if err != nil {
		return err
	}
	d.ID, d.Number, d.State = bot.NewID(s.clock.Now()), number, Scheduled
	d.prepare(now)
	e := outbox.Effects{Input: in, Posts: s.calendar(nil, d)}
	if err := d.plan(&e); err != nil {
		return err
	}
	return s.store.Advance(ctx, d, e)
}

// plan adds the job of the next step to the effects, or takes the job away if
// no step comes by itself.
func (d *Discussion) plan(e *outbox.Effects) error {
	next, ok := d.next()
	if !ok {
		e.Cancel = append(e.Cancel, Record(d.ID))
		return nil
	}
	job, err := d.job(next.at)
	e.Jobs = append(e.Jobs, job)
	return err
}

// lateness is how late a step may come without moving those after it.
const lateness = time.Minute

// Step is the scheduler.Handler of JobKind: it makes the step that is due.
func (s *Service) Step(ctx context.Context, j scheduler.Job) error {
	var p stepPayload
	if err := json.Unmarshal(j.Payload, &p); err != nil {
		return scheduler.Poisoned(err)
	}
	d, err := s.store.Get(ctx, bot.CommunityID(j.Group), p.Chat)
	if bot.CodeOf(err) == bot.NotFound {
		return nil // deleted meanwhile
	}
	if err != nil {
		return err
	}
	before := d
	d.forgo(j.Started)
	next, ok := d.next()
	switch {
	case !ok:
		return nil
	case next.at.After(j.Started):
		return scheduler.After(next.at.Sub(j.Started), nil)
	}
	if late := j.Started.Sub(next.at); late > lateness && next.notice.What == "" {
		// The clock goes on from here, so that nobody is asked three questions at
		// once after an outage.
		d.delay(late)
	}
	err = s.advance(ctx, &before, &d, next, j.Started, "")
	if bot.CodeOf(err) == bot.Conflict {
		// A host was quicker. What comes next is in the record.
		return scheduler.After(0, err)
	}
	return err
}

// advance makes a step: the record, the posts and the next job in one go. before is
// the record as it was stored.
func (s *Service) advance(ctx context.Context, before, d *Discussion, st step, now time.Time, in bot.InputID) error {
	d.take(st, now)
	posts, err := s.posts(ctx, d, st)
	if err != nil {
		return err
	}
	if before.State == Scheduled {
		posts = append(posts, s.calendar(before, d)...)
	}
	e := outbox.Effects{Input: in, Posts: posts}
	if err := d.plan(&e); err != nil {
		return err
	}
	if err := s.joinRelay(ctx, d, &e); err != nil {
		return err
	}
	if err := s.store.Advance(ctx, d, e); err != nil {
		return err
	}
	s.rooms.moved(d)
	return nil
}

// act lets a host make a step at once: change decides on a fresh record which.
// See alter.
func (s *Service) act(ctx context.Context, c bot.CommunityID, id string, in bot.InputID, change func(*Discussion, time.Time) (step, error)) (Discussion, error) {
	return s.alter(ctx, c, id, func(d *Discussion, now time.Time) error {
		before := *d
		st, err := change(d, now)
		if err != nil {
			return err
		}
		return s.advance(ctx, &before, d, st, now, in)
	})
}

// revise lets a host change the plan of a discussion that has not begun, on a
// fresh record. What its channels and those who come were told follows. See alter.
func (s *Service) revise(ctx context.Context, c bot.CommunityID, id string, in bot.InputID, change func(*Discussion) error) (Discussion, error) {
	return s.steer(ctx, c, id, in, func(d *Discussion, now time.Time) ([]outbox.Item, error) {
		if d.State != Scheduled {
			return nil, errBegun
		}
		base, announced, places := d.Base, s.announcement(d), len(d.Alongside)
		if err := change(d); err != nil {
			return nil, err
		}
		if !d.Base.Equal(base) {
			d.rescheduled(now)
		}
		if d.Announced.IsZero() {
			return nil, nil
		}
		var posts []outbox.Item
		if len(d.Alongside) > places {
			posts = d.early("announce", s.announcement(d)) // where it stands already it is left out
		}
		if !reflect.DeepEqual(announced, s.announcement(d)) {
			posts = append(posts, s.reannounced(d)...)
		}
		return posts, nil
	})
}

// steer lets a host change how a discussion goes on, on a fresh record, without a step.
// See alter.
func (s *Service) steer(ctx context.Context, c bot.CommunityID, id string, in bot.InputID, change func(*Discussion, time.Time) ([]outbox.Item, error)) (Discussion, error) {
	return s.alter(ctx, c, id, func(d *Discussion, now time.Time) error {
		before := *d
		posts, err := change(d, now)
		if err != nil {
			return err
		}
		if d.Running() {
			d.Moved, d.Offered = now, false
		}
		if d.State == Scheduled {
			posts = append(posts, s.calendar(&before, d)...)
		}
		e := outbox.Effects{Input: in, Posts: posts}
		if err := d.plan(&e); err != nil {
			return err
		}
		if err := s.store.Advance(ctx, d, e); err != nil {
			return err
		}
		s.rooms.moved(d)
		return nil
	})
}

// alter changes a record and stores it, with what it brings about. It is tried
// again when somebody else was quicker, so change must look at the record each
// time. A repeated input gives the record as it is.
func (s *Service) alter(ctx context.Context, c bot.CommunityID, id string, change func(*Discussion, time.Time) error) (Discussion, error) {
	const tries = 5
	var last error
	for range tries {
		d, err := s.store.Get(ctx, c, id)
		if err != nil {
			return d, err
		}
		now, err := s.store.Now(ctx)
		if err != nil {
			return d, err
		}
		err = change(&d, now)
		switch {
		case errors.Is(err, outbox.ErrRepeated):
			return s.store.Get(ctx, c, id)
		case bot.CodeOf(err) != bot.Conflict:
			return d, err
		}
		last = err
	}
	return Discussion{}, last
}
