package checkin

import (
	"context"
	"errors"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// pass skips an occurrence: nothing more is said about it.
func (s *Service) pass(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return s.passOne(ctx, req, req.Params.Get("occurrence"))
}

// already is what somebody hears who skips what they have answered.
func (s *Service) already(ctx context.Context, req *bot.Request, id string) (bot.Reply, error) {
	sheet, err := s.store.Sheet(ctx, req.Member.Community, id, req.Member.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	late, err := s.late(ctx, req, &sheet)
	switch {
	case err != nil:
		return bot.Reply{}, err
	case sheet.Sharing == Anonymous:
		return bot.Say(s.say(req, "checkin.answered.sealed")), nil
	case late:
		return bot.Say(s.say(req, "checkin.final")), nil
	}
	return bot.Say(s.say(req, "checkin.skipped.answered"),
		bot.Control{Label: s.label(req.Member.Language, "checkin.button.change"), Path: writePath + id}), nil
}

func (s *Service) passOne(ctx context.Context, req *bot.Request, id string) (bot.Reply, error) {
	asked, err := s.askedAt(ctx, req.Member.Community, id)
	if bot.CodeOf(err) == bot.NotFound {
		return bot.Reply{}, bot.Fail(bot.NotFound, s.say(req, "checkin.gone", bot.Str("command", req.Typed("/checkin answer"))))
	}
	if err != nil {
		return bot.Reply{}, err
	}
	taken, err := s.store.Take(ctx, Taking{
		Community: req.Member.Community, Occurrence: id, Member: req.Member.ID, Input: req.Input, State: IsSkipped,
	})
	switch {
	case errors.Is(err, outbox.ErrRepeated):
	case err != nil:
		return bot.Reply{}, err
	case taken.Outcome == TooLate:
		return bot.Say(s.say(req, "checkin.over", bot.Str("name", asked.Name))), nil
	case taken.Outcome == IsFinal:
		return s.already(ctx, req, id)
	}
	key := bot.Key("checkin.skipped")
	if asked.Sharing != Anonymous {
		begun, err := s.begun(ctx, req.Member, id)
		if err != nil {
			return bot.Reply{}, err
		}
		if anything(begun) {
			key = "checkin.skipped.begun"
		}
	}
	return bot.Say(s.say(req, key, bot.Str("name", asked.Name)),
		bot.Control{Label: s.label(req.Member.Language, "checkin.button.write.after_all"), Path: writePath + id}), nil
}
