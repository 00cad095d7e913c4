package schedule

import (
	"context"
	"slices"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// seriesAtOnce is how many series are looked at together.
const seriesAtOnce = 100

// Holdings gives what a member has added to what happens by itself.
func (s *Service) Holdings(ctx context.Context, m bot.Member) ([]bot.Holding, error) {
	var all []bot.Holding
	err := s.addedBy(ctx, m, func(r *Series) error {
		all = append(all, bot.Holding{Part: "schedule.part", About: r.Title, Text: r.Rule.Text(m.Language)})
		return nil
	})
	return all, err
}

// addedBy calls f for each series that a member has added.
func (s *Service) addedBy(ctx context.Context, m bot.Member, f func(*Series) error) error {
	for skip := 0; ; skip += seriesAtOnce {
		some, err := s.store.List(ctx, m.Community, skip, seriesAtOnce)
		if err != nil {
			return err
		}
		for i := range some {
			if m.Is(some[i].By) {
				if err := f(&some[i]); err != nil {
					return err
				}
			}
		}
		if len(some) < seriesAtOnce {
			return nil
		}
	}
}

// Forget forgets who has added what happens by itself. It goes on happening.
func (s *Service) Forget(ctx context.Context, p bot.Parting) error {
	m := p.Member
	err := s.addedBy(ctx, m, func(r *Series) error {
		return s.forgetIn(func() error {
			fresh, _, err := s.store.Load(ctx, m.Community, r.ID)
			if bot.CodeOf(err) == bot.NotFound {
				return nil
			}
			if err != nil {
				return err
			}
			fresh.By = ""
			return s.store.Advance(ctx, &fresh, nil, outbox.Effects{})
		})
	})
	if err != nil {
		return err
	}
	calendars, err := s.store.Calendars(ctx, m.Community)
	if err != nil {
		return err
	}
	for _, cal := range calendars {
		if cal.Feed == nil || !slices.Contains(p.Accounts, cal.Feed.By) {
			continue
		}
		err := s.forgetIn(func() error {
			fresh, err := s.store.Calendar(ctx, m.Community, cal.ID)
			if err != nil || fresh.Feed == nil {
				return err
			}
			fresh.Feed.By.User = "" // in which space it was stays: the organizers there are told
			return s.store.KeepCalendar(ctx, &fresh, outbox.Effects{})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// forgetIn makes a change again if others were quicker.
func (s *Service) forgetIn(change func() error) (err error) {
	const tries = 4
	for range tries {
		if err = change(); bot.CodeOf(err) != bot.Conflict {
			break
		}
	}
	return err
}
