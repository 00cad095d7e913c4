package discussion

import (
	"context"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// apart is how far the clocks of a platform and of the store may be from each
// other.
const apart = time.Hour

// Said finds what a message shows among what was said in chats, the latest first,
// or is not_found. posted is when the message was posted, zero if that is not
// known.
func (s *Service) Said(ctx context.Context, c bot.CommunityID, ref bot.MessageRef, posted time.Time) (Discussion, Entry, error) {
	chats, err := s.store.List(ctx, c, 0, searched)
	if err != nil {
		return Discussion{}, Entry{}, err
	}
	for i := range chats {
		d := &chats[i]
		place := d.place(ref.Channel)
		if place < 0 || !d.heardAt(posted) {
			continue
		}
		e, err := s.shown(ctx, d, place, ref.ID)
		if bot.CodeOf(err) != bot.NotFound {
			return *d, e, err
		}
	}
	return Discussion{}, Entry{}, &bot.Error{Code: bot.NotFound}
}

// shown is what a message in a place shows: what somebody said there, or the one thing said
// elsewhere that a post of ours carries.
func (s *Service) shown(ctx context.Context, d *Discussion, place int, message string) (Entry, error) {
	e, err := s.store.Shown(ctx, d, place, message)
	if bot.CodeOf(err) != bot.NotFound || s.relays == nil {
		return e, err
	}
	ids, failed := s.relays.store.ShownBy(ctx, d, place, message)
	if failed != nil {
		return e, failed
	}
	if len(ids) != 1 {
		return e, err
	}
	return s.store.Entry(ctx, d, ids[0])
}

// heardAt reports whether something posted then may belong to the discussion.
func (d *Discussion) heardAt(posted time.Time) bool {
	switch {
	case d.Opened.IsZero():
		return false
	case posted.IsZero():
		return true
	case posted.Before(d.Opened.Add(-apart)):
		return false
	default:
		return d.Closed.IsZero() || posted.Before(d.Closed.Add(LateAnswers+apart))
	}
}

// Withhold keeps something that was said out of the archive of its chat, or lets
// it in again. It is not_found where the chat is gone, or was never here.
func (s *Service) Withhold(ctx context.Context, c bot.CommunityID, chat, entry string, out bool) error {
	d, err := s.store.Get(ctx, c, chat)
	if err != nil {
		return err
	}
	if err := s.store.Withhold(ctx, &d, entry, out); err != nil {
		return err
	}
	return s.changed(ctx, &d)
}
