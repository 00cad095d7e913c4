package discussion

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// start opens the doors now.
func (s *Service) start(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return s.actReply(ctx, req, func(d *Discussion, now time.Time) (step, error) {
		if d.State != Scheduled {
			return step{}, errNothingToDo
		}
		return d.startNow(now), nil
	})
}

// nextQuestion asks the next question now. The path says which question was out
// when the button was made, so two hosts who press at once ask one question.
func (s *Service) nextQuestion(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	asked, err := strconv.Atoi(req.Params.Get("asked"))
	if err != nil {
		return bot.Reply{}, bot.Fail(bot.NotFound, s.gone(req))
	}
	return s.actReply(ctx, req, func(d *Discussion, now time.Time) (step, error) {
		if d.Asked != asked || d.State != Open && d.State != Asking {
			return step{}, errNothingToDo
		}
		st, ok := d.askNow(now)
		if !ok {
			return step{}, errNothingToDo
		}
		return st, nil
	})
}

// askEnd asks once before a discussion is ended.
func (s *Service) askEnd(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	d, err := s.named(ctx, req, unfinished)
	if err != nil {
		return bot.Reply{}, err
	}
	lang := req.Member.Language
	reply := bot.Say(s.words.Text(lang, "host.end.ask", bot.Str("title", d.heading())),
		bot.Control{Label: s.label(lang, "host.button.end.yes"), Path: "/host/end-now/" + d.ID, Style: bot.Danger},
		bot.Control{Label: s.label(lang, "host.button.end.no"), Path: "/host/watch/" + d.ID})
	reply.Replace = req.Message != nil
	return reply, nil
}

func (s *Service) end(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return s.actReply(ctx, req, func(d *Discussion, now time.Time) (step, error) {
		if d.State != Open && d.State != Asking {
			return step{}, errNothingToDo
		}
		return step{to: Closing, at: now}, nil
	})
}

// askCancel asks once before a discussion is cancelled.
func (s *Service) askCancel(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	d, err := s.named(ctx, req, unfinished)
	if err != nil {
		return bot.Reply{}, err
	}
	lang := req.Member.Language
	switch d.State {
	case Scheduled:
	case Cancelled:
		return s.panelReply(ctx, &d, req, s.words.Text(lang, "host.already"))
	default:
		return s.panelReply(ctx, &d, req, s.words.Text(lang, "host.cancel.late", bot.Str("title", d.heading())))
	}
	reply := bot.Say(s.words.Text(lang, "host.cancel.ask", bot.Rich("chat", s.line(&d, req.Member))),
		bot.Control{Label: s.label(lang, "host.button.cancel.yes"), Path: "/host/cancel-now/" + d.ID, Style: bot.Danger},
		bot.Control{Label: s.label(lang, "host.button.cancel.no"), Path: "/host/watch/" + d.ID})
	reply.Replace = req.Message != nil
	return reply, nil
}

func (s *Service) cancel(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return s.actReply(ctx, req, func(d *Discussion, now time.Time) (step, error) {
		if d.State != Scheduled {
			return step{}, errNothingToDo
		}
		return step{to: Cancelled, at: now}, nil
	})
}

// errNothingToDo says that what a host asked for is so already.
var errNothingToDo = errors.New("nothing to do")

// actReply does what a host asked for and shows the panel as it is then. If
// somebody else was quicker, the panel says how things stand.
func (s *Service) actReply(ctx context.Context, req *bot.Request, change func(*Discussion, time.Time) (step, error)) (bot.Reply, error) {
	if _, err := s.named(ctx, req, unfinished); err != nil {
		return bot.Reply{}, err
	}
	d, err := s.act(ctx, req.Member.Community, req.Params.Get("chat"), req.Input, change)
	if errors.Is(err, errNothingToDo) {
		return s.panelReply(ctx, &d, req, s.words.Text(req.Member.Language, "host.already"))
	}
	if err != nil {
		return bot.Reply{}, err
	}
	return s.panelReply(ctx, &d, req, nil)
}
