package outbox

import (
	"cmp"
	"context"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// Together makes an item one post to several people, in a room of theirs, which is
// opened before it is sent. The Channel of the post names the connection alone.
//
// What is said there is theirs: no organizer hears of it if it fails. Where there is no
// room to be had, or nobody can tell whether the post arrived, the people are written to
// one by one instead. So whoever may have read it in the room may read it once more, and
// nobody reads nothing.
type Together struct {
	Room bot.Room `json:"room"`
	// Alone are the posts to each of them, with delivery keys of their own.
	Alone []Item `json:"alone"`
}

// Apart ends an item that is Together: its people are written to one by one.
const Apart Outcome = "apart"

// roomLane is the lane of a room.
func roomLane(c Class, r bot.Room) string { return string(c) + ":room:" + string(r.Key) }

// room finds out where an item goes that is Together. ok is false if its people can have
// no room.
func (a Attempt) room(ctx context.Context, m bot.Messenger) (ch bot.Channel, ok bool, err error) {
	opener, opens := m.(bot.RoomOpener)
	if !opens {
		return bot.Channel{}, false, nil
	}
	ch, err = opener.OpenRoom(ctx, a.Together.Room)
	return ch, err == nil, err
}

// together sends an item in a room. It gives an ending, or a pause, as attempt does.
func (s *Sender) together(ctx context.Context, m bot.Messenger, a Attempt) (Ending, pause) {
	ch, ok, err := a.room(ctx, m)
	if err != nil {
		return judge(a, err, a.Doubt, a.Doubt)
	}
	if !ok {
		return Ending{Outcome: Apart, Cause: "the platform has no rooms"}, pause{}
	}
	a.Post.Channel = ch
	return s.post(ctx, m, a, a.Post)
}

// orApart is an ending, or, of an item that is Together, that its people are written to
// one by one, if they may have read nothing. What is late is late for all.
func (a Attempt) orApart(e Ending) Ending {
	if a.Together != nil && (e.Outcome == Failed || e.Outcome == Uncertain) {
		return Ending{Outcome: Apart, Cause: e.Cause}
	}
	return e
}

// scatter queues what the people of a room get one by one. It can be done again: a post
// that is queued, or has ended, is left out.
func (s *Sender) scatter(ctx context.Context, group string, a Attempt, e Ending) error {
	if e.Outcome != Apart {
		return nil
	}
	return s.store.Apply(ctx, group, Effects{Posts: a.Together.Alone})
}

// Reader is somebody to whom a message comes in a room, without having asked for it.
type Reader struct {
	Account bot.Account
	Zone    string // IANA zone, if they have set none by then
}

// Written is that somebody is written to without having asked. As an effect it counts
// as a message to them, unless they were written to since Before was read.
type Written struct {
	Account       bot.Account
	Before, After []time.Time
}

// Lane names where it is kept.
func (w Written) Lane() string { return unaskedLane(w.Account) }

// Together says from when on one message may come to all of these people, each of whom
// it counts for as Unasked says; and, if that is now, what to keep with it. It is the zero
// time if one of them has something held: then they get both as one message, alone.
func (c *Courtesy) Together(ctx context.Context, community bot.CommunityID, now time.Time, readers []Reader) (time.Time, []Written, error) {
	at := now
	var written []Written
	var all []func(time.Time) time.Time
	for _, r := range readers {
		h, err := c.store.Held(ctx, string(community), unaskedLane(r.Account), 1)
		if err != nil || len(h.Waiting) > 0 {
			return time.Time{}, nil, err
		}
		loc, err := time.LoadLocation(cmp.Or(h.Zone, r.Zone))
		if err != nil {
			loc = time.UTC
		}
		all = append(all, func(from time.Time) time.Time { return nextWriting(from, loc, h.Written, h.Away) })
		after := append([]time.Time{now}, h.Written...)
		written = append(written, Written{r.Account, h.Written, after[:min(len(after), perWeek)]})
	}
	// What suits one may not suit the others: it gets later until it suits all.
	for tries := 0; ; tries++ {
		latest := at
		for _, next := range all {
			if t := next(at); t.After(latest) {
				latest = t
			}
		}
		if latest.Equal(at) {
			break
		}
		if at = latest; tries == mostTries {
			return time.Time{}, nil, nil // people so far apart are never awake together
		}
	}
	if at.After(now) {
		written = nil
	}
	return at, written, nil
}
