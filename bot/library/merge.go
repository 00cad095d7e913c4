package library

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/staffroom-bot/staffroom/bot/library/link"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// move makes a resource the one of another address, which may be there already. It
// takes two changes: what is known arrives, and then the other one goes. Dying in
// between, or doing it twice, changes nothing more. What is on a site that the
// community has blocked is taken out of sight instead.
func (c *Caretaker) move(ctx context.Context, r *Resource, to link.Link, s *sight, now time.Time, e outbox.Effects) error {
	id := IDOf(to.Key)
	reading, err := c.store.Read(ctx, r.Community, "", id)
	if err != nil {
		return err
	}
	if reading.Rules.blocks(to) {
		s.note(r, now)
		r.Hidden = Hidden{At: now}
		return c.store.Advance(ctx, r, e)
	}
	into, there := reading.Found[id]
	if !there {
		into = *r
		into.ID, into.Version, into.Key, into.Address = id, 0, to.Key, to.Address
		s.note(&into, now)
		into.Health.Moved = ""
	} else {
		into.absorb(r)
	}
	if err := c.store.Advance(ctx, &into, e); err != nil {
		return err
	}
	return c.store.Replace(ctx, r, id)
}

// absorb takes in what is known of the same thing under another address. Doing it
// twice changes nothing.
func (r *Resource) absorb(o *Resource) {
	r.Credits = slices.Clone(r.Credits)
	for i := range r.Credits {
		c := &r.Credits[i]
		for _, other := range o.Credits {
			if other.Member == c.Member {
				c.Note = bothNotes(c.Note, other.Note)
			}
		}
	}
	r.merge(o)
}

// bothNotes are two notes of one person, or the first if there is no room for both.
func bothNotes(first, second string) string {
	switch {
	case first == "":
		return second
	case strings.Contains(first, second), utf8.RuneCountInString(first)+1+utf8.RuneCountInString(second) > MostNote:
		return first
	}
	return first + "\n" + second
}
