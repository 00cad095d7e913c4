package library

import (
	"context"
	"slices"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// TransferStore moves what is in libraries from one community to another, whether or
// not a place has left: Store's own changes are refused then.
type TransferStore interface {
	Store
	// PutIn and TakeOut go by the rules of Advance and Remove.
	PutIn(ctx context.Context, r *Resource) error
	TakeOut(ctx context.Context, r *Resource) error
	// PutWish and TakeWish go by those of AdvanceWish and RemoveWish.
	PutWish(ctx context.Context, w *Wish, e outbox.Effects) error
	TakeWish(ctx context.Context, w *Wish, e outbox.Effects) error
	// PutRules goes by those of KeepRules.
	PutRules(ctx context.Context, r *Rules) error
	// MoveAlong moves what belongs to the resources that have moved: that members have
	// them for themselves, and what stands for others. Doing it twice changes nothing.
	MoveAlong(ctx context.Context, t bot.Transfer) error
}

// Transfers moves libraries with the places in which people saved: resources go along
// with the place where they were saved first. The same in both communities becomes one.
// Each step can be made twice: what has arrived is merged with itself.
type Transfers struct{ store TransferStore }

// NewTransfers returns what moves the libraries of a store. It comes after the members.
func NewTransfers(store TransferStore) *Transfers { return &Transfers{store} }

// Records is the message that counts resources.
func (*Transfers) Records() bot.Key { return "library.holds" }

// Busy reports that nothing here keeps a place from moving.
func (*Transfers) Busy(context.Context, bot.Transfer, time.Time) (until time.Time, busy bool, err error) {
	return until, false, nil
}

// Count gives how many resources go along.
func (t *Transfers) Count(ctx context.Context, tr bot.Transfer) (n int, err error) {
	err = t.each(ctx, tr, func(*Resource) error { n++; return nil })
	return n, err
}

// each calls f for each resource that belongs to the place: where all of a community
// goes along, that is all of them.
func (t *Transfers) each(ctx context.Context, tr bot.Transfer, f func(*Resource) error) error {
	for after := ""; ; {
		page, err := t.store.Page(ctx, tr.From, after, readAtOnce)
		if err != nil {
			return err
		}
		for i := range page {
			after = page[i].ID
			if !tr.Joins && page[i].Space != tr.Space {
				continue
			}
			if err := f(&page[i]); err != nil {
				return err
			}
		}
		if len(page) < readAtOnce {
			return nil
		}
	}
}

// Move moves what belongs to a place. See community.Keeper.
func (t *Transfers) Move(ctx context.Context, tr bot.Transfer) error {
	if err := t.rules(ctx, tr); err != nil {
		return err
	}
	if err := t.each(ctx, tr, func(r *Resource) error { return t.move(ctx, tr, r) }); err != nil {
		return err
	}
	wishes, err := t.store.Wishes(ctx, tr.From)
	if err != nil {
		return err
	}
	for i := range wishes {
		if err := t.wish(ctx, tr, &wishes[i]); err != nil {
			return err
		}
	}
	return t.store.MoveAlong(ctx, tr)
}

// rules lets those of a community that parts hold on both sides, save that it has no
// feed. Who joins goes by the rules that are there, and its own feed ends.
func (t *Transfers) rules(ctx context.Context, tr bot.Transfer) error {
	here, err := t.store.Read(ctx, tr.From, "")
	if err != nil {
		return err
	}
	if tr.Joins {
		if !here.Rules.Feed.On {
			return nil
		}
		here.Rules.Feed.On, here.Rules.Feed.Members = false, false
		return t.store.PutRules(ctx, &here.Rules)
	}
	there, err := t.store.Read(ctx, tr.To, "")
	if err != nil || here.Rules.Version == 0 || there.Rules.Version > 0 {
		return err
	}
	r := here.Rules
	r.Community, r.Version, r.Blocked, r.Feed = tr.To, 0, slices.Clone(r.Blocked), FeedRules{}
	if err = t.store.KeepRules(ctx, &r, outbox.Effects{}); bot.CodeOf(err) == bot.Conflict {
		return nil // there are some by now
	}
	return err
}

// move copies one, or merges it, and takes it out where it was.
func (t *Transfers) move(ctx context.Context, tr bot.Transfer, r *Resource) error {
	there, err := t.store.Read(ctx, tr.To, "", r.ID)
	if err != nil {
		return err
	}
	arrived, known := there.Found[r.ID]
	if known {
		arrived.merge(r)
	} else {
		arrived = *r
		arrived.Community, arrived.Version = tr.To, 0
	}
	if err := t.store.PutIn(ctx, &arrived); err != nil {
		return err
	}
	return t.store.TakeOut(ctx, r)
}

// wish moves a wish, or those of its askers who go along. Everybody keeps looking for
// it who did.
func (t *Transfers) wish(ctx context.Context, tr bot.Transfer, w *Wish) error {
	going := Wish{ID: w.ID, Community: tr.To, Text: w.Text, Made: w.Made, Until: w.Until, Answer: w.Answer}
	stays := *w
	stays.Askers = nil
	for _, a := range w.Askers {
		if tr.Joins || a.Account.Space == tr.Space {
			going.Askers = append(going.Askers, a)
		} else {
			stays.Askers = append(stays.Askers, a)
		}
	}
	if len(going.Askers) == 0 {
		return nil
	}
	there, err := t.store.Wish(ctx, tr.To, w.ID)
	switch {
	case err == nil:
		there.join(going.Askers)
		going = there
	case bot.CodeOf(err) != bot.NotFound:
		return err
	}
	job, err := going.ending()
	if err != nil {
		return err
	}
	if err := t.store.PutWish(ctx, &going, outbox.Effects{Jobs: []scheduler.Job{job}}); err != nil {
		return err
	}
	if len(stays.Askers) > 0 {
		return t.store.PutWish(ctx, &stays, outbox.Effects{})
	}
	return t.store.TakeWish(ctx, &stays, outbox.Effects{Cancel: []string{w.jobID()}})
}
