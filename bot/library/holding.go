package library

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// Holdings gives what is kept about a member: what they saved, with their notes, what
// they tried, thanked for and have for themselves, what they are looking for or have looked
// for, and that they are not told of it.
func (s *Service) Holdings(ctx context.Context, m bot.Member) ([]bot.Holding, error) {
	var all []bot.Holding
	held := func(part bot.Key, about string, at time.Time, text string) {
		all = append(all, bot.Holding{Part: part, About: about, At: at, Text: text})
	}
	err := s.standingOf(ctx, m, func(r *Resource) error {
		if i := r.credit(m); i >= 0 {
			held("library.part.saved", r.Called(), r.Credits[i].At, strings.TrimSpace(r.Address+"\n"+r.Credits[i].Note))
		}
		for _, t := range r.Tries {
			if m.Is(t.Member) {
				again := s.words.Text(m.Language, bot.Key("library.try.again."+string(t.Again))).String()
				held("library.part.tried", r.Called(), t.At, strings.Join(slices.DeleteFunc([]string{again, t.Grade, t.Worked, t.Change}, func(part string) bool { return part == "" }), "\n"))
			}
		}
		if r.thankedBy(m) {
			held("library.part.thanks", r.Called(), time.Time{}, r.Address)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var kept []string
	for _, id := range m.IDs() { // what was kept under one follows into another
		some, err := s.store.Kept(ctx, m.Community, id, mostKept)
		if err != nil {
			return nil, err
		}
		kept = append(kept, some...)
	}
	slices.Sort(kept)
	err = s.each(ctx, m.Community, slices.Compact(kept), func(r *Resource) error {
		held("library.part.kept", r.Called(), time.Time{}, r.Address)
		return nil
	})
	if err != nil {
		return nil, err
	}
	wishes, err := s.store.Wishes(ctx, m.Community)
	if err != nil {
		return nil, err
	}
	for i := range wishes {
		if wishes[i].heldBy(m) {
			held("library.part.wanted", "", wishes[i].Made, wishes[i].Text)
		}
	}
	tells, err := s.tells(ctx, m)
	if !tells {
		held("library.part.wanted", "", time.Time{}, s.words.Text(m.Language, "library.wanted.untold").String())
	}
	return all, err
}

// mostKept is how much of what somebody has for themselves they are given.
const mostKept = 10_000

// Forget takes a member out of all resources and wishes. What they saved stays as long
// as others have something to say of it, or find it there.
func (s *Service) Forget(ctx context.Context, p bot.Parting) error {
	m := p.Member
	err := s.standingOf(ctx, m, func(r *Resource) error {
		return s.amend(ctx, r, func(r *Resource) { r.forget(m) })
	})
	if err != nil {
		return err
	}
	wishes, err := s.store.Wishes(ctx, m.Community)
	if err != nil {
		return err
	}
	for i := range wishes {
		if err := s.forgetWish(ctx, m, &wishes[i]); err != nil {
			return err
		}
	}
	for _, id := range m.IDs() {
		if err := s.store.Forget(ctx, m.Community, id); err != nil {
			return err
		}
	}
	return nil
}

// standingOf calls f for each resource in which a member stands.
func (s *Service) standingOf(ctx context.Context, m bot.Member, f func(*Resource) error) error {
	var ids []string
	for _, id := range m.IDs() {
		some, err := s.store.Of(ctx, m.Community, id)
		if err != nil {
			return err
		}
		ids = append(ids, some...)
	}
	slices.Sort(ids)
	return s.each(ctx, m.Community, slices.Compact(ids), func(r *Resource) error {
		if !slices.ContainsFunc(r.People(), m.Is) {
			return nil
		}
		return f(r)
	})
}

// each calls f for each of some resources that is there.
func (s *Service) each(ctx context.Context, c bot.CommunityID, ids []string, f func(*Resource) error) error {
	for some := range slices.Chunk(ids, readAtOnce) {
		got, err := s.store.Read(ctx, c, "", some...)
		if err != nil {
			return err
		}
		for _, id := range some {
			if r, ok := got.Found[id]; ok {
				if err := f(&r); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// amend changes a resource, again if others were quicker.
func (s *Service) amend(ctx context.Context, r *Resource, change func(*Resource)) error {
	var last error
	for range mostTries {
		change(r)
		if last = s.store.Advance(ctx, r, outbox.Effects{}); bot.CodeOf(last) != bot.Conflict {
			return last
		}
		got, err := s.store.Read(ctx, r.Community, "", r.ID)
		if err != nil {
			return err
		}
		fresh, ok := got.Found[r.ID]
		if !ok {
			return nil
		}
		*r = fresh
	}
	return last
}

// forgetWish takes a member out of a wish. Nobody looks for it then, if nobody else
// does.
func (s *Service) forgetWish(ctx context.Context, m bot.Member, w *Wish) error {
	var last error
	for range mostTries {
		if !w.drop(m) {
			return nil
		}
		if last = s.keepOrEnd(ctx, w, outbox.Effects{}); bot.CodeOf(last) != bot.Conflict {
			return last
		}
		fresh, err := s.store.Wish(ctx, w.Community, w.ID)
		if bot.CodeOf(err) == bot.NotFound {
			return nil
		}
		if err != nil {
			return err
		}
		*w = fresh
	}
	return last
}
