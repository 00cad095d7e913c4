package library

import (
	"cmp"
	"context"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/library/exchange"
)

// The names of what an export for organizers has beside the fields of exchange.Item.
const (
	savedByColumn = "saved by"
	triedColumn   = "tried"
	thanksColumn  = "thanks"
	stateColumn   = "link state"
)

func organizerColumns() []string {
	return []string{savedByColumn, triedColumn, thanksColumn, stateColumn}
}

// Export writes all of a library, as organizers may have it: with names, and with what
// is hidden, which says so. What people keep for themselves is not in it. It gives how
// many resources there were.
func (s *Service) Export(ctx context.Context, c bot.CommunityID, f exchange.Format, out io.Writer) (n int, err error) {
	var all []Resource
	for after := ""; ; {
		page, err := s.store.Page(ctx, c, after, readAtOnce)
		if err != nil {
			return 0, err
		}
		all = append(all, page...)
		if len(page) < readAtOnce {
			break
		}
		after = page[len(page)-1].ID
	}
	names, err := s.savers(ctx, c, all)
	if err != nil {
		return 0, err
	}
	return len(all), writeList(out, f, organizerColumns(), all, func(r *Resource) exchange.Item { return r.itemFor(names) })
}

// savers are the names of those who saved some resources.
func (s *Service) savers(ctx context.Context, c bot.CommunityID, all []Resource) (map[bot.MemberID]string, error) {
	var ids []bot.MemberID
	for i := range all {
		for j := range all[i].Credits {
			ids = append(ids, all[i].Credits[j].Member)
		}
	}
	slices.Sort(ids)
	names := map[bot.MemberID]string{}
	for some := range slices.Chunk(slices.Compact(ids), readAtOnce) {
		found, err := s.people.Names(ctx, c, some)
		if err != nil {
			return nil, err
		}
		for id, name := range found {
			names[id] = name
		}
	}
	return names, nil
}

// writeList writes resources by subject and title, one after the other.
func writeList(out io.Writer, f exchange.Format, others []string, all []Resource, itemOf func(*Resource) exchange.Item) error {
	slices.SortFunc(all, func(a, b Resource) int {
		return cmp.Or(strings.Compare(a.Subject, b.Subject), strings.Compare(a.Called(), b.Called()), strings.Compare(a.ID, b.ID))
	})
	return exchange.Write(out, f, others, func(yield func(exchange.Item) bool) {
		for i := range all {
			if !yield(itemOf(&all[i])) {
				return
			}
		}
	})
}

// item is what a resource is in a list, with some notes of people.
func (r *Resource) item(notes ...string) exchange.Item {
	var kept []string
	for _, text := range append([]string{r.About}, notes...) {
		for l := range strings.Lines(text) {
			if l = strings.Join(strings.Fields(l), " "); l != "" && !slices.Contains(kept, l) {
				kept = append(kept, l)
			}
		}
	}
	return exchange.Item{
		Link: r.Address, Title: cmp.Or(r.Title, r.Page.Title), Note: strings.Join(kept, "\n"), Subject: r.Subject, Tags: r.Tags, Grades: r.Grades,
		Licence: r.Licensed(), Added: r.Created, Hidden: r.Hidden != (Hidden{}),
	}
}

// itemFor is what it is in a list for organizers.
func (r *Resource) itemFor(names map[bot.MemberID]string) exchange.Item {
	var notes, people []string
	for _, c := range r.Credits {
		notes = append(notes, c.Note)
		if name := names[c.Member]; name != "" {
			people = append(people, name)
		}
	}
	it := r.item(notes...)
	put := func(name, value string) {
		if value != "" && value != "0" {
			it.Others = append(it.Others, exchange.Other{Name: name, Value: value})
		}
	}
	put(savedByColumn, strings.Join(people, ", "))
	put(triedColumn, strconv.Itoa(len(r.Tries)))
	put(thanksColumn, strconv.Itoa(len(r.Thanks)))
	put(stateColumn, string(r.Health.State))
	return it
}

// exportOwn writes what a member has saved, with their own notes, and what they keep
// for themselves.
func (s *Service) exportOwn(ctx context.Context, m bot.Member, f exchange.Format, out io.Writer) (n int, err error) {
	var ids []string
	for _, id := range m.IDs() {
		saved, err := s.store.Of(ctx, m.Community, id)
		if err != nil {
			return 0, err
		}
		ids = append(ids, saved...)
	}
	slices.Sort(ids)
	var all []Resource
	add := func(r *Resource) error {
		if !slices.ContainsFunc(all, func(other Resource) bool { return other.ID == r.ID }) {
			all = append(all, *r)
		}
		return nil
	}
	err = s.each(ctx, m.Community, slices.Compact(ids), func(r *Resource) error {
		if r.credit(m) < 0 {
			return nil
		}
		return add(r)
	})
	if err != nil {
		return 0, err
	}
	for _, id := range m.IDs() {
		kept, err := s.store.Kept(ctx, m.Community, id, mostKept)
		if err != nil {
			return 0, err
		}
		err = s.each(ctx, m.Community, kept, func(r *Resource) error {
			if !r.seenBy(m) {
				return nil
			}
			return add(r)
		})
		if err != nil {
			return 0, err
		}
	}
	return len(all), writeList(out, f, nil, all, func(r *Resource) exchange.Item {
		if i := r.credit(m); i >= 0 {
			return r.item(r.Credits[i].Note)
		}
		return r.item()
	})
}
