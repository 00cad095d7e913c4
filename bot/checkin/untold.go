package checkin

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

// untold tells organizers that some of those who were to be asked got no message in
// time: how many, never who. Of fewer than fewest people only that it was so. Nil if
// all were told, and while nothing is shown yet.
func (s *Service) untold(ctx context.Context, c bot.CommunityID, id string, lang string) (bot.Text, error) {
	turns, err := s.store.Turns(ctx, c, id)
	if err != nil {
		return nil, err
	}
	people, unsent := 0, 0
	for _, t := range turns {
		if t.theirs() {
			people++
		}
		if t.State == IsUnsent {
			unsent++
		}
	}
	switch {
	case unsent == 0:
		return nil, nil
	case people < fewest:
		return s.words.Text(lang, "checkin.unsent.few"), nil
	default:
		return s.words.Text(lang, "checkin.unsent", bot.Count("n", unsent)), nil
	}
}

// lastUntold tells organizers of the latest of some times at which not all were told,
// where there is nothing else that they may see.
func (s *Service) lastUntold(ctx context.Context, req *bot.Request, past []result) (bot.Text, error) {
	if !req.Member.Role.Includes(bot.RoleOrganizer) {
		return nil, nil
	}
	for i := range past {
		r := &past[i]
		if r.sealed {
			continue
		}
		untold, err := s.untold(ctx, req.Member.Community, r.id, req.Member.Language)
		if err != nil {
			return nil, err
		}
		if !untold.Empty() {
			return bot.Join("\n", s.say(req, "checkin.summary", bot.Str("name", r.Name), s.when(req.Member.Language, &r.Asked, req.Member.Zone)), untold), nil
		}
	}
	return nil, nil
}

// Noted adds to the log of a check-in whether people got no message in time of what
// came at an instant, by the check-in's own clock or out of turn.
func (s *Service) Noted(ctx context.Context, ci CheckIn, at time.Time, extra bool, reader bot.Member) (bot.Text, error) {
	zone, err := time.LoadLocation(ci.Zone)
	if err != nil {
		zone = time.UTC
	}
	if !extra {
		return s.untold(ctx, ci.Community, occurrenceID(ci.ID, onTheWall(at.In(zone))), reader.Language)
	}
	// What comes out of turn is known by when it was due.
	ids, err := s.store.Past(ctx, ci.Community, ci.ID, at.Add(Grace), 2*earlier)
	if err != nil {
		return nil, err
	}
	asked, err := s.store.Asked(ctx, ci.Community, ids...)
	if err != nil {
		return nil, err
	}
	for id, a := range asked {
		if a.At.Equal(at) {
			return s.untold(ctx, ci.Community, id, reader.Language)
		}
	}
	return nil, nil
}

// onTheWall is what a clock shows, as rules have it.
func onTheWall(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), 0, 0, time.UTC)
}

// Moving warns an organizer who is about to move a check-in while it is coming, by
// everybody's own clock: those to whose clock it has not come are not asked then.
func (s *Service) Moving(ctx context.Context, ci CheckIn, reader bot.Member) (bot.Text, error) {
	if !ci.Local || ci.InChannel || ci.Paused {
		return nil, nil
	}
	now, err := s.store.Now(ctx)
	if err != nil {
		return nil, err
	}
	found, err := s.store.Standings(ctx, ci.Community, ci.ID)
	if err != nil {
		return nil, err
	}
	for _, o := range found[0].Open {
		skips, err := s.coming(ctx, &ci, o.ID, now)
		if err != nil {
			return nil, err
		}
		if skips {
			return s.words.Text(reader.Language, "checkin.moving", bot.Str("name", ci.Name)), nil
		}
	}
	return nil, nil
}

// coming reports whether some were asked at an occurrence, and others will be.
func (s *Service) coming(ctx context.Context, ci *CheckIn, id string, now time.Time) (bool, error) {
	minutes, err := strconv.ParseInt(strings.TrimPrefix(id, ci.ID+"-"), 36, 64)
	if err != nil {
		return false, nil // it came out of turn, to all at once
	}
	wall := time.Unix(60*minutes, 0).UTC()
	turns, err := s.store.Turns(ctx, ci.Community, id)
	if err != nil {
		return false, err
	}
	asked := false
	for _, t := range turns {
		asked = asked || !t.Opened.IsZero()
	}
	where := s.places(ci)
	for after := bot.MemberID(""); asked; {
		page, members, err := s.page(ctx, ci, after)
		if err != nil {
			return false, err
		}
		for _, m := range members {
			in, err := where.of(ctx, m)
			if err != nil {
				return false, err
			}
			_, had := turns[m.ID]
			if at, _ := rule.Instant(wall, in.Zone); !had && at.After(now) {
				return true, nil
			}
		}
		if len(page) < lookAtOnce {
			break
		}
		after = page[len(page)-1].Member
	}
	return false, nil
}
