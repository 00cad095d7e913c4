package discussion

import (
	"context"
	"errors"

	"github.com/staffroom-bot/staffroom/bot"
)

// Hear is the listener: it files what is said in a channel where a discussion
// runs. When it returns without an error the message is kept, so the platform
// may be told that it has arrived.
func (s *Service) Hear(ctx context.Context, ev *bot.Event) error {
	switch ev.Kind {
	case bot.MessagePosted, bot.MessageEdited, bot.MessageDeleted:
	default:
		return nil
	}
	home, err := s.members.Home(ctx, ev.Message.Channel.Space)
	if err != nil {
		return err
	}
	channel := ev.Message.Channel.Root()
	r, fresh := s.rooms.get(channel.String()), false
	const tries = 4
	for range tries {
		if r == nil {
			if r, err = s.look(ctx, home.Community, channel); err != nil || r == nil {
				return err
			}
			fresh = true
		}
		l, sure := r.of(ev)
		if sure || fresh {
			filed, err := s.file(ctx, r, l, ev, fresh)
			if err != nil || filed != FiledStale {
				return err
			}
		}
		r = nil // look again
	}
	return &bot.Error{Code: bot.Conflict, Err: errors.New("the discussion keeps changing")}
}

// look brings what is known of a channel up to date. It is nil if nothing runs
// there.
func (s *Service) look(ctx context.Context, c bot.CommunityID, channel bot.Channel) (*room, error) {
	name := channel.String()
	known := s.rooms.get(name).sizes()
	found, err := s.store.Live(ctx, c, channel, known)
	if err != nil {
		return nil, err
	}
	return s.rooms.update(c, name, found, known), nil
}

// file makes the event an entry and keeps it. An event that does not belong to
// the discussion counts as filed; only a ledger that is fresh may say so.
func (s *Service) file(ctx context.Context, r *room, l *ledger, ev *bot.Event, fresh bool) (Filed, error) {
	var author bot.Member
	if ev.Kind != bot.MessageDeleted {
		var err error
		if author, err = s.members.Author(ctx, ev.Account, ev.Name); err != nil {
			return "", err
		}
	}
	if fresh {
		if err := s.recall(ctx, l, ev); err != nil {
			return "", err
		}
	}
	f, wanted := l.filing(ev, r.running, author)
	if !wanted {
		if !fresh {
			return FiledStale, nil
		}
		return FiledOlder, nil
	}
	filed, err := s.store.File(ctx, f)
	if err == nil && (filed == FiledNew || filed == FiledChanged) {
		l.take(f.Entry)
		err = s.late(ctx, f.Discussion, l)
	}
	if err == nil && filed != FiledStale {
		err = s.onward(ctx, l, &f, ev.Account, author)
	}
	return filed, err
}

// filing judges an event by what is known now. wanted is false for what does not
// belong to the discussion.
func (l *ledger) filing(ev *bot.Event, running string, author bot.Member) (f Filing, wanted bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	d := l.discussion
	place := d.place(ev.Message.Channel)
	id := EntryID(place, ev.Message.ID)
	facts, known := l.known[id]
	if place < 0 || !d.Running() || !known && ev.Kind != bot.MessagePosted && ev.Posted.Before(d.Opened) {
		return Filing{}, false // not running here, or a change of something said before
	}
	e := Entry{
		ID: id, Place: place, Author: author.ID, ReplyTo: l.shown(place, repliedTo(ev), ev.Text), Asked: d.Asked,
		At: ev.At.UTC(), Text: ev.Text, Revision: ev.Revision,
	}
	if known {
		// An edit is judged as the message was, by what came before it.
		e.Asked, e.At = facts.asked, facts.at
		if e.ReplyTo == "" || facts.replyTo != "" {
			e.ReplyTo = facts.replyTo
		}
	}
	f = Filing{Discussion: &d, Running: running, Carried: d.carries(place)}
	if ev.Kind == bot.MessageDeleted {
		e.Author, e.Kind, e.Questions, e.Text, e.Deleted = facts.author, facts.kind, facts.questions, "", true
		f.Entry = e
		return f, true
	}
	c := l.context(e, d.hostedBy(author))
	if inThread := ev.ReplyTo == "" && ev.Message.Channel.Thread != ""; inThread && c.Parent.unknown() {
		c.Parent.Question = l.unrecorded(place)
	}
	v := Recognise(ev.Text, c)
	e.Kind, e.Questions, e.manner = v.Kind, v.Questions, v.manner
	f.Entry = e
	f.Carried = f.Carried && (known || e.Kind == Answer || e.Kind == Reply)
	late := d.State == Closing && e.At.After(d.Closed.Add(lingering))
	return f, !late || known || v.Kind != Remark
}
