package discussion

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// relayedEntry is something said elsewhere that a post of ours shows.
type relayedEntry struct{ id, name string }

// meant is which of these somebody means who replies to the post: the one whose author
// they name, or else the first.
func meant(shown []relayedEntry, text string) string {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) })
	for _, e := range shown {
		first, _, _ := strings.Cut(strings.ToLower(e.name), " ")
		if first != "" && slices.Contains(words, first) {
			return e.id
		}
	}
	return shown[0].id
}

// recall finds out whether the message that an event's replies to is a post of ours
// that shows what was said elsewhere.
func (s *Service) recall(ctx context.Context, l *ledger, ev *bot.Event) error {
	about := repliedTo(ev)
	if s.relays == nil || about == "" || ev.Kind != bot.MessagePosted || l.knows(ev.Message.Channel, about) {
		return nil
	}
	d := l.record()
	place := d.place(ev.Message.Channel)
	if !d.Relays() || place < 0 {
		return nil
	}
	ids, err := s.relays.store.ShownBy(ctx, &d, place, about)
	if err != nil || len(ids) == 0 {
		return err
	}
	found, err := s.relays.store.Some(ctx, &d, ids)
	if err != nil {
		return err
	}
	var authors []bot.MemberID
	for _, e := range found {
		authors = append(authors, e.Author)
	}
	voices, err := s.relays.voices.Voices(ctx, d.Community, authors)
	if err != nil {
		return err
	}
	var shown []relayedEntry
	for _, id := range ids {
		if e, ok := found[id]; ok {
			shown = append(shown, relayedEntry{id, voices[e.Author].Name})
		}
	}
	l.recalled(EntryID(place, about), shown)
	return nil
}

// record is the discussion as it is known.
func (l *ledger) record() Discussion {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.discussion
}

func (l *ledger) recalled(post string, shown []relayedEntry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(shown) > 0 {
		l.relayed[post] = shown
	}
}

// talks notes that something was said that may travel, and reports whether it breaks
// a silence.
func (l *ledger) talks(at time.Time) (silent bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	silent = at.Sub(l.talked) > restAfter/2
	if at.After(l.talked) {
		l.talked = at
	}
	return silent
}

// asks reports whether somebody is to be asked whether what they say may travel.
func (l *ledger) asks(m bot.Member) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return !m.RelayAsked && !l.asked[m.ID]
}

func (l *ledger) wasAsked(m bot.MemberID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked[m] = true
}

// onward does what must be done when something was filed that may travel: wake the job
// after a silence, and ask its author once, which both cost calls of the store.
func (s *Service) onward(ctx context.Context, l *ledger, f *Filing, by bot.Account, author bot.Member) error {
	if s.relays == nil || !f.Carried {
		return nil
	}
	var e outbox.Effects
	if l == nil || l.talks(f.Entry.At) {
		job, err := f.Discussion.RelayJob()
		if err != nil {
			return err
		}
		e.Jobs = append(e.Jobs, job)
	}
	ask := !f.Entry.Deleted && author.ID != "" && (l == nil && !author.RelayAsked || l != nil && l.asks(author))
	if ask {
		e.Posts = append(e.Posts, s.relayQuestion(f.Discussion, f.Entry.Place, by, author))
	}
	if len(e.Jobs)+len(e.Posts) == 0 {
		return nil
	}
	if err := s.relays.store.Apply(ctx, string(f.Discussion.Community), e); err != nil {
		return err
	}
	if !ask {
		return nil
	}
	if err := s.relays.voices.Asked(ctx, by); err != nil {
		return err
	}
	if l != nil {
		l.wasAsked(author.ID)
	}
	return nil
}
