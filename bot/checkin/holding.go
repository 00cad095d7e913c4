package checkin

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// postsKept is how long a post of ours can be changed: so long the outbox knows it.
const postsKept = 30 * 24 * time.Hour

// Holdings gives all that is kept about a member: in which check-ins they take part,
// what each time came to for them, what they wrote by name, and their goals. What
// they wrote without a name is nobody's.
func (s *Service) Holdings(ctx context.Context, m bot.Member) ([]bot.Holding, error) {
	var all []bot.Holding
	for _, id := range m.IDs() {
		for _, part := range []func(context.Context, bot.Member, bot.MemberID) ([]bot.Holding, error){s.joinedBy, s.turnsOf, s.writtenBy, s.goalsHeld} {
			some, err := part(ctx, m, id)
			if err != nil {
				return nil, err
			}
			all = append(all, some...)
		}
	}
	return all, nil
}

// held is a holding.
func held(part bot.Key, about string, at time.Time, text string) bot.Holding {
	return bot.Holding{Part: part, About: about, At: at, Text: text}
}

func (s *Service) joinedBy(ctx context.Context, m bot.Member, id bot.MemberID) ([]bot.Holding, error) {
	joined, err := s.store.Joined(ctx, m.Community, id)
	if err != nil {
		return nil, err
	}
	var all []bot.Holding
	for _, checkIn := range slices.Sorted(slices.Values(joined)) {
		ci, err := s.schedule.Get(ctx, m.Community, checkIn)
		if bot.CodeOf(err) == bot.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, held("checkin.part.joined", ci.Name, time.Time{}, s.label(m.Language, "checkin.list.joined", bot.Str("name", ci.Name), bot.Str("rule", ci.Rule.Text(m.Language)))))
	}
	return all, nil
}

func (s *Service) turnsOf(ctx context.Context, m bot.Member, id bot.MemberID) ([]bot.Holding, error) {
	turns, err := s.store.TurnsOf(ctx, m.Community, id)
	if err != nil {
		return nil, err
	}
	asked, err := s.store.Asked(ctx, m.Community, slices.Collect(maps.Keys(turns))...)
	if err != nil {
		return nil, err
	}
	var all []bot.Holding
	for occurrence, t := range turns {
		a, ok := asked[occurrence]
		if !ok { // nobody was asked
			a.Name = checkInOf(occurrence)
		}
		all = append(all, held("checkin.part.turns", a.Name, a.At, s.label(m.Language, bot.Key("checkin.state."+string(t.State)))))
	}
	slices.SortFunc(all, func(a, b bot.Holding) int { return cmp.Or(a.At.Compare(b.At), strings.Compare(a.About, b.About)) })
	return all, nil
}

func (s *Service) writtenBy(ctx context.Context, m bot.Member, id bot.MemberID) ([]bot.Holding, error) {
	entries, err := s.store.Journal(ctx, m.Community, id)
	if err != nil {
		return nil, err
	}
	var all []bot.Holding
	for _, e := range entries {
		for i, q := range e.Questions {
			if i < len(e.Answer.Values) && e.Answer.Values[i] != "" {
				all = append(all, held("checkin.part.answers", e.Name+": "+q.Text, e.Answer.At, s.shown(m.Language, &q, e.Answer.Values[i])))
			}
		}
	}
	return all, nil
}

func (s *Service) goalsHeld(ctx context.Context, m bot.Member, id bot.MemberID) ([]bot.Holding, error) {
	goals, err := s.store.Goals(ctx, m.Community, id)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(goals, func(a, b Goal) int { return a.Made.Compare(b.Made) })
	var all []bot.Holding
	for _, g := range goals {
		text := g.Text
		if g.Happened != "" {
			text += "\n" + g.Happened
		}
		all = append(all, held("checkin.part.goals", g.From, g.Made, text))
	}
	return all, nil
}

// Forget forgets all that Holdings gives, and lets what stands in channels be
// written anew without it. Anonymous answers stay: nobody knows whose they are.
func (s *Service) Forget(ctx context.Context, p bot.Parting) error {
	c := p.Member.Community
	now, err := s.store.Now(ctx)
	if err != nil {
		return err
	}
	for _, id := range p.Member.IDs() {
		entries, err := s.store.Journal(ctx, c, id)
		if err != nil {
			return err
		}
		var e outbox.Effects
		for i := range entries {
			job, err := summaryJob(c, entries[i].Occurrence, entries[i].Sharing, later(now, entries[i].At))
			if err != nil {
				return err
			}
			if job == nil || entries[i].At.Before(now.Add(-postsKept)) {
				continue
			}
			if job.Payload, err = anew(entries[i].Occurrence); err != nil {
				return err
			}
			e.Jobs = append(e.Jobs, *job)
		}
		moved, err := s.Moved(bot.Member{ID: id, Community: c}, now)
		if err != nil {
			return err
		}
		e.Cancel = append(e.Cancel, moved.ID)
		if err := s.store.Forget(ctx, c, id, e); err != nil {
			return err
		}
	}
	return nil
}
