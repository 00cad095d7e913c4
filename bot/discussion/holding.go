package discussion

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// Holdings gives all that is kept of a member in discussions: what they said, and
// which they host.
func (s *Service) Holdings(ctx context.Context, m bot.Member) ([]bot.Holding, error) {
	chats, err := s.store.With(ctx, m.Community, m.IDs())
	if err != nil {
		return nil, err
	}
	var all []bot.Holding
	part := bot.Key("chat.part")
	for i := range chats {
		d := &chats[i]
		if d.hostedBy(m) {
			all = append(all, bot.Holding{Part: part, About: d.heading(), At: d.Opened, Text: s.label(m.Language, "chat.part.host")})
		}
		for _, c := range d.Copies {
			if m.Is(c.By) {
				all = append(all, bot.Holding{Part: part, About: d.heading(), At: c.At, Text: s.label(m.Language, "chat.part.copy")})
			}
		}
		coming, err := s.store.Attending(ctx, d)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(coming, func(a Attendance) bool { return m.Is(a.Member) }) {
			all = append(all, bot.Holding{Part: part, About: d.heading(), At: d.Base, Text: s.label(m.Language, "chat.part.coming")})
		}
		entries, err := s.store.Entries(ctx, d.Community, d.ID)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if e.Deleted || !m.Is(e.Author) {
				continue
			}
			about := d.heading()
			if e.Kind == Answer {
				about = s.label(m.Language, "chat.part.answer", bot.Str("title", about), bot.Str("n", numbers(e.Questions)))
			}
			all = append(all, bot.Holding{Part: part, About: about, At: e.At, Text: strings.TrimSpace(e.Text + "\n" + e.Outcome)})
		}
	}
	return all, nil
}

// Forget takes somebody out of all discussions, and lets whoever has made a copy for
// the public with their words know. What they said is removed, so that
// its place is left, or stays without their name, as they wish; our own posts that
// show it follow. Questions that they wrote as a host stay: they are the chat's.
func (s *Service) Forget(ctx context.Context, p bot.Parting) error {
	m := p.Member
	chats, err := s.store.With(ctx, m.Community, m.IDs())
	if err != nil {
		return err
	}
	if _, err := s.Withdraw(ctx, m); err != nil {
		return err
	}
	for i := range chats {
		d := &chats[i]
		if err := s.forgetSaid(ctx, d, p); err != nil {
			return err
		}
		if d.hostedBy(m) || d.copiedBy(m) {
			if err := s.forgetHost(ctx, d, m); err != nil {
				return err
			}
		}
		if err := s.store.Unknow(ctx, d, m.IDs()); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) forgetSaid(ctx context.Context, d *Discussion, p bot.Parting) error {
	entries, err := s.store.Entries(ctx, d.Community, d.ID)
	if err != nil {
		return err
	}
	var changed []Entry
	var effects outbox.Effects
	for _, e := range entries {
		if !p.Member.Is(e.Author) {
			continue
		}
		after := e.emptied()
		unnamed := p.Unnamed && e.Kind != Commitment // what one shares of a goal goes with the goal
		if unnamed && !e.Deleted {
			after = e
			after.Author = ""
		}
		if text, ok := s.shownAnew(d, &e, unnamed); ok && !e.Deleted {
			effects.Posts = append(effects.Posts, d.shows(&e, text, true))
		}
		changed = append(changed, after)
	}
	if len(changed) == 0 {
		return nil
	}
	for some := range slices.Chunk(changed, forgottenAtOnce) {
		if err := s.store.Replace(ctx, d, effects, some...); err != nil {
			return err
		}
		effects = outbox.Effects{}
		for _, e := range some {
			s.rooms.added(d, e)
		}
	}
	return s.changed(ctx, d)
}

// forgottenAtOnce is how many entries are forgotten together.
const forgottenAtOnce = 500

// shownAnew is what a post of ours says from now on that shows an entry. ok is false
// if none does.
func (s *Service) shownAnew(d *Discussion, e *Entry, unnamed bool) (text bot.Text, ok bool) {
	byForm := strings.HasPrefix(e.ID, formEntry(d.ID))
	switch {
	case !byForm && !e.Posted:
		return nil, false
	case unnamed:
		return s.words.Text(d.Language, "chat.answer.shown.unnamed", bot.Str("n", numbers(e.Questions)), bot.Str("text", e.Text)), true
	default:
		return s.words.Text(d.Language, "chat.taken_back"), true
	}
}

// forgetHost lets somebody host a discussion no longer, and forgets that they have
// copied it.
func (s *Service) forgetHost(ctx context.Context, d *Discussion, m bot.Member) error {
	_, err := s.alter(ctx, d.Community, d.ID, func(d *Discussion, _ time.Time) error {
		before := *d
		d.Hosts = slices.DeleteFunc(slices.Clone(d.Hosts), m.Is)
		d.Script.Hosts = slices.DeleteFunc(slices.Clone(d.Script.Hosts), func(name string) bool { return strings.EqualFold(name, m.Name) })
		for _, id := range m.IDs() {
			delete(d.Contacts, id)
		}
		d.Copies = slices.DeleteFunc(slices.Clone(d.Copies), func(c PublicCopy) bool { return m.Is(c.By) })
		var e outbox.Effects
		if d.State == Scheduled {
			e.Posts = s.calendar(&before, d)
		}
		e.Posts = append(e.Posts, s.reannounced(d)...) // it names hosts
		if err := s.store.Advance(ctx, d, e); err != nil {
			return err
		}
		s.rooms.moved(d)
		return nil
	})
	if err != nil {
		return err
	}
	return s.changed(ctx, d) // the summary names hosts
}
