package discussion

import (
	"context"
	"slices"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// TransferStore moves discussions from one community to another. Each of its
// changes can be made twice.
type TransferStore interface {
	Get(ctx context.Context, c bot.CommunityID, id string) (Discussion, error)
	Advance(ctx context.Context, d *Discussion, e outbox.Effects) error
	NextNumber(ctx context.Context, c bot.CommunityID) (int, error)
	// IDs lists all discussions of a community, the oldest first.
	IDs(ctx context.Context, c bot.CommunityID) ([]string, error)
	// OnTheWay gives those that were taken out and not cleared away.
	OnTheWay(ctx context.Context, c bot.CommunityID) ([]Discussion, error)
	// TakeOut takes d, whose Version must be the stored one, out of its community.
	// What was said in it stays until Clear.
	TakeOut(ctx context.Context, d *Discussion, e outbox.Effects) error
	// PutIn writes d into its community, with a copy of what was said in it, which
	// is kept in the community from. One that is there stays as it is.
	PutIn(ctx context.Context, from bot.CommunityID, d *Discussion, e outbox.Effects) error
	// Clear forgets what was taken out of a community.
	Clear(ctx context.Context, c bot.CommunityID, d *Discussion) error
}

// Transfers moves discussions with the places where they are. One goes along with
// its first place. One that ran in several is copied when its places part: each side
// keeps it, and loses the places of the other if it has not begun.
type Transfers struct{ store TransferStore }

// NewTransfers returns what moves the discussions of a store.
func NewTransfers(store TransferStore) *Transfers { return &Transfers{store} }

// Records is the message that counts discussions.
func (*Transfers) Records() bot.Key { return "link.holds.chats" }

// Count gives how many discussions go along.
func (t *Transfers) Count(ctx context.Context, tr bot.Transfer) (n int, err error) {
	err = t.each(ctx, tr.From, func(d *Discussion) error {
		if d.touches(tr.Space) {
			n++
		}
		return nil
	})
	return n, err
}

// beforehand is how soon a discussion may begin that keeps a place from moving:
// moving takes a minute or two.
const beforehand = 10 * time.Minute

// Busy reports whether a discussion runs on either side, or begins soon, and until
// when. Late answers to one in a single place are no hindrance: it goes along.
func (t *Transfers) Busy(ctx context.Context, tr bot.Transfer, now time.Time) (until time.Time, busy bool, err error) {
	look := func(d *Discussion) error {
		end, running := d.occupied(now)
		if running && (!busy || end.After(until)) {
			until, busy = end, true
		}
		return nil
	}
	for _, c := range []bot.CommunityID{tr.From, tr.To} {
		if err := t.each(ctx, c, look); err != nil {
			return until, busy, err
		}
	}
	return until, busy, nil
}

// occupied reports whether the discussion must stay where it is just now, and
// until when; the time is zero where a host ends it.
func (d *Discussion) occupied(now time.Time) (until time.Time, running bool) {
	switch d.State {
	case Open, Asking:
		running = true
	case Scheduled:
		running = !d.Base.IsZero() && d.Base.Before(now.Add(beforehand))
	case Closing:
		return d.Closed.Add(LateAnswers), len(d.Alongside) > 0
	}
	if running && !d.Base.IsZero() {
		until = d.Base.Add(d.Script.Length)
	}
	return until, running
}

// Move moves the discussions of a place. See community.Keeper.
func (t *Transfers) Move(ctx context.Context, tr bot.Transfer) error {
	waiting, err := t.store.OnTheWay(ctx, tr.From)
	if err != nil {
		return err
	}
	for i := range waiting {
		if err := t.finish(ctx, tr, &waiting[i]); err != nil {
			return err
		}
	}
	return t.each(ctx, tr.From, func(d *Discussion) error { return t.one(ctx, tr, d) })
}

// each calls f for each discussion of a community, the newest first: of those in a
// channel that take late answers the one opened last stands first.
func (t *Transfers) each(ctx context.Context, c bot.CommunityID, f func(*Discussion) error) error {
	ids, err := t.store.IDs(ctx, c)
	if err != nil {
		return err
	}
	for _, id := range slices.Backward(ids) {
		d, err := t.store.Get(ctx, c, id)
		if bot.CodeOf(err) == bot.NotFound {
			continue
		}
		if err != nil {
			return err
		}
		if err := f(&d); err != nil {
			return err
		}
	}
	return nil
}

// touches reports whether a place of the discussion lies in a space.
func (d *Discussion) touches(space bot.SpaceID) bool {
	return slices.ContainsFunc(d.Places(), func(p Place) bool { return p.Channel.Space == space })
}

// one moves, copies or shortens a discussion, or leaves it alone.
func (t *Transfers) one(ctx context.Context, tr bot.Transfer, d *Discussion) error {
	here := func(p Place) bool { return p.Channel.Space == tr.Space }
	switch {
	case !d.touches(tr.Space):
		return nil
	case !slices.ContainsFunc(d.Places(), func(p Place) bool { return !here(p) }): // in no other space
		return t.move(ctx, tr, d)
	case d.State == Scheduled && here(d.Places()[0]):
		d.Alongside = slices.DeleteFunc(slices.Clone(d.Alongside), func(p Place) bool { return !here(p) })
		return t.move(ctx, tr, d)
	case d.State == Scheduled:
		d.Alongside = slices.DeleteFunc(slices.Clone(d.Alongside), here)
		e := outbox.Effects{}
		if err := d.plan(&e); err != nil {
			return err
		}
		return t.store.Advance(ctx, d, e)
	default:
		return t.put(ctx, tr, d)
	}
}

func (t *Transfers) move(ctx context.Context, tr bot.Transfer, d *Discussion) error {
	if err := t.store.TakeOut(ctx, d, outbox.Effects{Cancel: []string{Record(d.ID)}}); err != nil {
		return err
	}
	return t.finish(ctx, tr, d)
}

// finish brings one to its end that was taken out.
func (t *Transfers) finish(ctx context.Context, tr bot.Transfer, d *Discussion) error {
	if err := t.put(ctx, tr, d); err != nil {
		return err
	}
	return t.store.Clear(ctx, tr.From, d)
}

// put writes the discussion where the place goes, under a number that is free
// there and with the job of its next step.
func (t *Transfers) put(ctx context.Context, tr bot.Transfer, d *Discussion) error {
	_, err := t.store.Get(ctx, tr.To, d.ID)
	if err == nil || bot.CodeOf(err) != bot.NotFound {
		return err // it is there
	}
	there := *d
	there.Community, there.Version, there.Relaying = tr.To, 0, nil // what was carried stays where it is
	if there.Number, err = t.store.NextNumber(ctx, tr.To); err != nil {
		return err
	}
	e := outbox.Effects{}
	if err := there.plan(&e); err != nil {
		return err
	}
	return t.store.PutIn(ctx, tr.From, &there, e)
}
