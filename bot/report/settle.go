package report

import (
	"context"
	"errors"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// label is what the control of a decision says.
func (d Decision) label() bot.Key {
	switch d {
	case Seen:
		return "report.button.seen"
	case Nothing:
		return "report.button.nothing"
	case Out:
		return "report.button.out"
	default:
		return "report.button.shown"
	}
}

// fits reports whether it can be decided of a message that a chat keeps, or of
// another.
func (d Decision) fits(kept bool) bool {
	if kept {
		return d == Out || d == Shown
	}
	return d == Seen || d == Nothing
}

// settle takes an organizer's decision, for all. Whether a chat keeps a message
// can be decided again; otherwise the first decision stands.
func (s *Service) settle(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	lang, as := req.Member.Language, Decision(req.Params.Get("as"))
	gone := bot.Fail(bot.NotFound, s.words.Text(lang, "report.gone"))
	for range mostTries {
		cs, err := s.find(ctx, req.Member.Community, req.Params.Get("case"))
		if bot.CodeOf(err) == bot.NotFound {
			return bot.Reply{}, gone
		}
		if err != nil {
			return bot.Reply{}, err
		}
		kept := cs.Subject.Kept != (Kept{})
		switch {
		case !as.fits(kept):
			return bot.Reply{}, gone
		case req.Member.Is(cs.Subject.Author):
			return bot.Reply{}, bot.Fail(bot.Forbidden, s.words.Text(lang, "report.yours"))
		case cs.Settled.As == as || cs.Settled.As != "" && !kept:
			return bot.Say(s.settled(lang, &cs.Settled)), nil
		}
		now, err := s.store.Now(ctx)
		if err != nil {
			return bot.Reply{}, err
		}
		if kept { // it can be done twice, so it comes before what says that it is done
			if err := s.withhold(ctx, req.Member.Community, &cs, as == Out); err != nil {
				return bot.Reply{}, err
			}
		}
		cs.Settled = Settled{As: as, By: req.Member.Name, At: now}
		e := outbox.Effects{Input: req.Input}
		for i := range cs.Told {
			e.Posts = append(e.Posts, s.item(&cs, &cs.Told[i], true))
		}
		err = s.store.Save(ctx, &cs, e)
		if bot.CodeOf(err) == bot.Conflict {
			continue
		}
		if err != nil && !errors.Is(err, outbox.ErrRepeated) {
			return bot.Reply{}, err
		}
		return bot.Say(s.settled(lang, &cs.Settled)), nil
	}
	return bot.Reply{}, &bot.Error{Code: bot.Conflict, Err: errTooMany}
}

// find gives a case of a community, or one that was reported in a place of it before
// the place was linked: there it has stayed, with the messages that tell of it.
func (s *Service) find(ctx context.Context, c bot.CommunityID, id string) (Case, error) {
	cs, err := s.store.Case(ctx, c, id)
	if bot.CodeOf(err) != bot.NotFound {
		return cs, err
	}
	origins, failed := s.people.Origins(ctx, c)
	if failed != nil {
		return cs, failed
	}
	for _, origin := range origins {
		if cs, err = s.store.Case(ctx, origin, id); bot.CodeOf(err) != bot.NotFound {
			return cs, err
		}
	}
	return cs, err
}

// withhold leaves the message of a case out of its archive, or lets it in again.
// The chat may have gone along to the community c since it was reported.
func (s *Service) withhold(ctx context.Context, c bot.CommunityID, cs *Case, out bool) error {
	if err := s.archives.Withhold(ctx, cs.Community, cs.Subject.Kept, out); err != nil || c == cs.Community {
		return err
	}
	return s.archives.Withhold(ctx, c, cs.Subject.Kept, out)
}

// settled says what was decided, and by whom.
func (s *Service) settled(language string, st *Settled) bot.Text {
	by := bot.Str("name", st.By)
	switch st.As {
	case Seen:
		return s.words.Text(language, "report.settled.seen", by)
	case Nothing:
		return s.words.Text(language, "report.settled.nothing", by)
	case Out:
		return s.words.Text(language, "report.settled.out", by)
	default:
		return s.words.Text(language, "report.settled.shown", by)
	}
}
