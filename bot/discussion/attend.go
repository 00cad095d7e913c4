package discussion

import (
	"context"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// Attendance is that somebody has said that they will come. Nobody is told who: only
// how many.
type Attendance struct {
	Member  bot.MemberID
	Account bot.Account // where they are reminded
}

// comingHere takes in that somebody will come.
func (s *Service) comingHere(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	d, err := s.named(ctx, req, anyone)
	if err != nil {
		return bot.Reply{}, err
	}
	lang := req.Member.Language
	title := bot.Str("title", d.heading())
	switch d.State {
	case Scheduled:
	case Cancelled:
		return bot.Say(s.words.Text(lang, "chat.announce.off", title)), nil
	case Open, Asking:
		return bot.Say(s.words.Text(lang, "chat.coming.now", title, bot.Place("place", d.Channel, d.Channel.ID))), nil
	default:
		return bot.Say(s.words.Text(lang, "chat.coming.over", title, bot.Str("command", req.Typed("/chat archive")))), nil
	}
	if err := s.store.Attend(ctx, &d, Attendance{req.Member.ID, req.Account}, true); err != nil {
		return bot.Reply{}, err
	}
	return bot.Say(s.words.Text(lang, "chat.coming.kept", title),
		bot.Control{Label: s.label(lang, "chat.button.not_coming"), Path: "/chat/not-coming/" + d.ID}), nil
}

// notComing takes it back.
func (s *Service) notComing(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	d, err := s.named(ctx, req, anyone)
	if err != nil {
		return bot.Reply{}, err
	}
	for _, id := range req.Member.IDs() {
		if err := s.store.Attend(ctx, &d, Attendance{id, req.Account}, false); err != nil {
			return bot.Reply{}, err
		}
	}
	return bot.Say(s.words.Text(req.Member.Language, "chat.coming.not", bot.Str("title", d.heading()))), nil
}

// comingLine says how many come, while that is of use.
func (s *Service) comingLine(ctx context.Context, lang string, d *Discussion) (bot.Text, error) {
	if d.State != Scheduled || d.Announced.IsZero() {
		return nil, nil
	}
	attending, err := s.store.Attending(ctx, d)
	if err != nil || len(attending) == 0 {
		return nil, err
	}
	return s.words.Text(lang, "chat.show.coming", bot.Count("people", len(attending))), nil
}

// announce lets the channels hear of a discussion now.
func (s *Service) announce(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return s.actReply(ctx, req, func(d *Discussion, now time.Time) (step, error) {
		if d.State != Scheduled || !d.Announced.IsZero() {
			return step{}, errNothingToDo
		}
		return d.announceNow(now), nil
	})
}
