package schedule

import (
	"context"
	"slices"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// TransferStore moves series from one community to another. Each of its changes
// can be made twice.
type TransferStore interface {
	Store
	// Apply brings about effects.
	Apply(ctx context.Context, group string, e outbox.Effects) error
	// IDs lists all series of a community, the oldest first.
	IDs(ctx context.Context, c bot.CommunityID) ([]string, error)
	// OnTheWay gives those that were taken out and not cleared away.
	OnTheWay(ctx context.Context, c bot.CommunityID) ([]Series, error)
	// TakeOut takes s, whose Version must be the stored one, out of its community.
	// Its log stays until Clear.
	TakeOut(ctx context.Context, s *Series, e outbox.Effects) error
	// PutIn writes s into its community, with a copy of its log, which is kept in
	// the community from. One that is there stays as it is.
	PutIn(ctx context.Context, from bot.CommunityID, s *Series, e outbox.Effects) error
	// Clear forgets what was taken out of a community.
	Clear(ctx context.Context, c bot.CommunityID, id string) error
}

// Transfers moves series and calendars with the places that they were made in.
type Transfers struct {
	service *Service
	store   TransferStore
}

// NewTransfers returns what moves the series of a service, which are in the store.
func NewTransfers(s *Service, store TransferStore) *Transfers { return &Transfers{s, store} }

// Records is the message that counts series.
func (*Transfers) Records() bot.Key { return "link.holds.series" }

// Busy reports that nothing here keeps a place from moving.
func (*Transfers) Busy(context.Context, bot.Transfer, time.Time) (until time.Time, busy bool, err error) {
	return until, false, nil
}

// Count gives how many series go along.
func (t *Transfers) Count(ctx context.Context, tr bot.Transfer) (n int, err error) {
	err = t.each(ctx, tr, func(*Series) error { n++; return nil })
	return n, err
}

// each calls f for each series that belongs to the place: where all of a community
// goes along, that is all of them.
func (t *Transfers) each(ctx context.Context, tr bot.Transfer, f func(*Series) error) error {
	ids, err := t.store.IDs(ctx, tr.From)
	if err != nil {
		return err
	}
	for _, id := range ids {
		r, _, err := t.store.Load(ctx, tr.From, id)
		if bot.CodeOf(err) == bot.NotFound || err == nil && !tr.Joins && r.Space != tr.Space {
			continue
		}
		if err != nil {
			return err
		}
		if err := f(&r); err != nil {
			return err
		}
	}
	return nil
}

// Move moves what belongs to a place. See community.Keeper. The calendars are there
// before the first series that lives by them, and go after the last.
func (t *Transfers) Move(ctx context.Context, tr bot.Transfer) error {
	goes, err := t.calendarsOf(ctx, tr)
	if err != nil {
		return err
	}
	if err := t.putCalendars(ctx, tr, goes); err != nil {
		return err
	}
	waiting, err := t.store.OnTheWay(ctx, tr.From)
	if err != nil {
		return err
	}
	for i := range waiting {
		if err := t.finish(ctx, tr, &waiting[i]); err != nil {
			return err
		}
	}
	if err := t.each(ctx, tr, func(r *Series) error { return t.move(ctx, tr, r) }); err != nil {
		return err
	}
	if err := t.removeCalendars(ctx, goes); err != nil {
		return err
	}
	return t.follow(ctx, tr.To)
}

func (t *Transfers) move(ctx context.Context, tr bot.Transfer, r *Series) error {
	// What became of its posts is known where they were queued.
	if err := t.service.followUp(ctx, tr.From, r.ID); err != nil {
		return err
	}
	fresh, _, err := t.store.Load(ctx, tr.From, r.ID)
	if err != nil {
		return err
	}
	if err := t.store.TakeOut(ctx, &fresh, outbox.Effects{Cancel: []string{fresh.record(), fresh.endsJob()}}); err != nil {
		return err
	}
	return t.finish(ctx, tr, &fresh)
}

// finish brings one to its end that was taken out.
func (t *Transfers) finish(ctx context.Context, tr bot.Transfer, r *Series) error {
	_, _, err := t.store.Load(ctx, tr.To, r.ID)
	if bot.CodeOf(err) == bot.NotFound {
		err = t.put(ctx, tr, *r)
	}
	if err != nil {
		return err
	}
	return t.store.Clear(ctx, tr.From, r.ID)
}

// put writes the series where the place goes, under a number that is free there and
// with the job of its next step.
func (t *Transfers) put(ctx context.Context, tr bot.Transfer, r Series) (err error) {
	r.Community, r.Version, r.Space = tr.To, 0, tr.Space
	if r.Number, err = t.store.NextNumber(ctx, tr.To); err != nil {
		return err
	}
	own := ownCalendar(tr.Space)
	r.Calendars = slices.DeleteFunc(slices.Clone(r.Calendars), func(id string) bool { return id == own })
	if tr.Joins {
		r.Calendars = append(r.Calendars, own) // one that is not there has no holidays
	}
	e := outbox.Effects{}
	if err := r.plan(&e); err != nil {
		return err
	}
	return t.store.PutIn(ctx, tr.From, &r, e)
}

// follow lets the series of a community look at the calendars as they are now.
func (t *Transfers) follow(ctx context.Context, c bot.CommunityID) error {
	now, err := t.store.Now(ctx)
	if err != nil {
		return err
	}
	everybody := Calendar{Community: c, ID: Everybody}
	job, err := everybody.job(now)
	if err != nil {
		return err
	}
	return t.store.Apply(ctx, string(c), outbox.Effects{Jobs: []scheduler.Job{job}})
}
