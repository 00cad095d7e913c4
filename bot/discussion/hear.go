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
	l := s.live.get(channel.String())
	if l == nil {
		if l, err = s.look(ctx, home.Community, channel); err != nil || l == nil {
			return err
		}
	}
	const tries = 4
	for range tries {
		if ev.ReplyTo != "" && !l.mention(ev.ReplyTo) {
			if l, err = s.look(ctx, home.Community, channel); err != nil || l == nil {
				return err
			}
		}
		filed, err := s.file(ctx, l, ev)
		if err != nil || filed != FiledStale {
			return err
		}
		if l, err = s.look(ctx, home.Community, channel); err != nil || l == nil {
			return err
		}
	}
	return &bot.Error{Code: bot.Conflict, Err: errors.New("the discussion keeps changing")}
}

// look brings the channel's ledger up to date. It is nil if nothing runs there.
func (s *Service) look(ctx context.Context, c bot.CommunityID, channel bot.Channel) (*ledger, error) {
	name := channel.String()
	known := 0
	if l := s.live.get(name); l != nil {
		known = l.size()
	}
	live, ok, err := s.store.Live(ctx, c, channel, known)
	if err != nil {
		return nil, err
	}
	if !ok {
		s.live.drop(name)
		return nil, nil
	}
	if l := s.live.get(name); l != nil && l.id() != live.Discussion.ID {
		// Another discussion has begun here: what was skipped is not ours.
		known = 0
		if live, ok, err = s.store.Live(ctx, c, channel, known); err != nil || !ok {
			return nil, err
		}
	}
	return s.live.update(name, live, known), nil
}

// file makes the event an entry and keeps it. An event that does not belong to
// the discussion counts as filed.
func (s *Service) file(ctx context.Context, l *ledger, ev *bot.Event) (Filed, error) {
	author, hosts := bot.MemberID(""), false
	if ev.Kind != bot.MessageDeleted {
		m, err := s.members.Author(ctx, ev.Account, ev.Name)
		if err != nil {
			return "", err
		}
		author, hosts = m.ID, l.hostedBy(m)
	}
	d, entry, wanted := l.entry(ev, author, hosts)
	if !wanted {
		return FiledOlder, nil
	}
	filed, err := s.store.File(ctx, Filing{Discussion: &d, Entry: entry})
	if err == nil && (filed == FiledNew || filed == FiledChanged) {
		l.take(entry)
	}
	return filed, err
}

// entry judges an event by what is known now. wanted is false for what does not
// belong to the discussion.
func (l *ledger) entry(ev *bot.Event, author bot.MemberID, hosts bool) (Discussion, Entry, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	d := l.discussion
	if !d.Running() {
		return d, Entry{}, false
	}
	e := Entry{
		ID: ev.Message.ID, Author: author, ReplyTo: ev.ReplyTo, Asked: d.Asked,
		At: ev.At.UTC(), Text: ev.Text, Revision: ev.Revision,
	}
	facts, known := l.known[e.ID]
	if known {
		// An edit is judged as the message was, by what came before it.
		e.Asked, e.At = facts.asked, facts.at
		if e.ReplyTo == "" {
			e.ReplyTo = facts.replyTo
		}
	}
	if ev.Kind == bot.MessageDeleted {
		e.Author, e.Kind, e.Questions, e.Text, e.Deleted = facts.author, facts.kind, facts.questions, "", true
		return d, e, true
	}
	v := Recognise(ev.Text, Context{
		Questions: len(d.Script.Questions), Asked: e.Asked, Host: hosts,
		Parent: l.parent(e.ReplyTo, author), Last: l.lastOf(author, e.ID, e.At),
	})
	e.Kind, e.Questions = v.Kind, v.Questions
	late := d.State == Closing && e.At.After(d.Closed.Add(lingering))
	return d, e, !late || known || v.Kind != Remark
}

func (l *ledger) take(e Entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.add(e)
}

func (l *ledger) mention(id string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.knows(id)
}

func (l *ledger) hostedBy(m bot.Member) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.discussion.hostedBy(m)
}

func (l *ledger) id() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.discussion.ID
}

func (l *ledger) size() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.count
}
