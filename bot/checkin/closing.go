package checkin

import (
	"context"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// keptFor is how long what was answered is kept: a school year.
const keptFor = 366 * 24 * time.Hour

// forgottenAtOnce is how many occurrences are forgotten in a step.
const forgottenAtOnce = 10

// close ends what is over, quietly but for anonymous results, and forgets what is
// older than a school year.
func (s *Service) close(ctx context.Context, st *Standing, now time.Time) error {
	b := Settled{At: now, Opened: map[string]Asked{}, Unsealed: map[string][]string{}}
	var posts []outbox.Item
	var open []Occurrence
	for _, o := range st.Open {
		if o.Final.After(now) {
			open = append(open, o)
			continue
		}
		if o.Sharing == Anonymous {
			items, err := s.unseal(ctx, st.Community, &o, &b)
			if err != nil {
				return err
			}
			posts = append(posts, items...)
		} else {
			last, err := s.lastWindow(ctx, st, &o)
			if err != nil {
				return err
			}
			if last.Add(lateAnswers).After(now) { // somebody is or was away
				o.Final = last.Add(lateAnswers)
				open = append(open, o)
				continue
			}
		}
		b.Over = append(b.Over, o.ID)
	}
	old, err := s.store.Past(ctx, st.Community, st.ID, now.Add(-keptFor), forgottenAtOnce)
	if err != nil {
		return err
	}
	changed := len(open) != len(st.Open)
	for i := range open {
		changed = changed || !open[i].Final.Equal(st.Open[i].Final)
	}
	if !changed && len(old) == 0 {
		return nil
	}
	st.Open, b.Forgotten = open, old
	return s.store.Advance(ctx, st, b, outbox.Effects{Posts: posts})
}

// lastWindow is when the last window of an occurrence ends, if those who were
// asked and are or were away meanwhile get their days back.
func (s *Service) lastWindow(ctx context.Context, st *Standing, o *Occurrence) (time.Time, error) {
	last := o.Closes
	turns, err := s.store.Turns(ctx, st.Community, o.ID)
	if err != nil {
		return last, err
	}
	ci, err := s.schedule.Get(ctx, st.Community, st.ID)
	if bot.CodeOf(err) == bot.NotFound {
		return last, nil
	}
	if err != nil {
		return last, err
	}
	asked, err := s.askedAt(ctx, st.Community, o.ID)
	if err != nil {
		return last, err
	}
	where := s.places(&ci)
	for after := bot.MemberID(""); ; {
		page, members, err := s.page(ctx, &ci, after)
		if err != nil {
			return last, err
		}
		for _, m := range members {
			t := turns[m.ID]
			if t.State != IsAsked && t.State != IsUnsent || m.Away == (bot.Away{}) {
				continue
			}
			in, err := where.of(ctx, m)
			if err != nil {
				return last, err
			}
			if end := asked.closes(t.Opened, in, s.stretch); end.After(last) {
				last = end
			}
		}
		if len(page) < lookAtOnce {
			return last, nil
		}
		after = page[len(page)-1].Member
	}
}

// unseal opens anonymous answers at the end. Of fewer than fewest nothing is kept; if
// there are none, nothing is said of it.
func (s *Service) unseal(ctx context.Context, c bot.CommunityID, o *Occurrence, b *Settled) ([]outbox.Item, error) {
	asked, err := s.askedAt(ctx, c, o.ID)
	if err != nil {
		return nil, err
	}
	sealed, err := s.store.Sealed(ctx, c, o.ID)
	if err != nil {
		return nil, err
	}
	answers := make([]Answer, 0, len(sealed))
	for _, token := range sealed {
		a, err := s.seal.open(o.ID, token)
		if err != nil {
			return nil, err
		}
		answers = append(answers, a)
	}
	people := len(answers)
	if people == 0 {
		return nil, nil
	}
	counted := asked
	counted.People = people
	b.Opened[o.ID] = counted
	if people < fewest {
		answers = nil
	}
	answers = mixed(enough(&asked.Definition, answers))
	if b.Unsealed[o.ID], err = kept(answers); err != nil {
		return nil, err
	}
	sum := tally(&asked.Definition, answers)
	sum.people = people
	if asked.InChannel {
		item := s.channelPost(o.ID, asked, o.Closes, &sum)
		item.Update = true
		return []outbox.Item{item}, nil
	}
	return []outbox.Item{s.summaryPost(o.ID, asked, &sum)}, nil
}

// askedAt is what was asked at an occurrence. It never changes, so it is remembered.
func (s *Service) askedAt(ctx context.Context, c bot.CommunityID, id string) (Asked, error) {
	if a, ok := s.asked.get(id); ok {
		return a, nil
	}
	found, err := s.store.Asked(ctx, c, id)
	if err != nil {
		return Asked{}, err
	}
	a, ok := found[id]
	if !ok {
		return a, &bot.Error{Code: bot.NotFound}
	}
	s.asked.put(id, a)
	return a, nil
}
