package schedule

import (
	"context"
	"errors"
	"strconv"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

// actReply does what an organizer asked for and shows the series as it is then.
// If it is so already, the reply says that.
func (s *Service) actReply(ctx context.Context, req *bot.Request, news bot.Key, decide func(*change) error, warnings ...warning) (bot.Reply, error) {
	r, err := s.act(ctx, req, req.Params.Get("series"), decide)
	if errors.Is(err, errNothingToDo) {
		return s.reply(ctx, req, &r, s.say(req, "schedule.already"))
	}
	if err != nil {
		return bot.Reply{}, s.explained(req, err)
	}
	lines := []bot.Text{s.say(req, news)}
	for _, warn := range warnings {
		if warn == nil {
			continue
		}
		line, err := warn(ctx, r, req.Member)
		if err != nil {
			return bot.Reply{}, err
		}
		lines = append(lines, line)
	}
	return s.reply(ctx, req, &r, bot.Join("\n", lines...))
}

func (s *Service) pause(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return s.actReply(ctx, req, "schedule.paused", (*change).pause)
}

func (s *Service) resume(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return s.actReply(ctx, req, "schedule.resumed", (*change).resume)
}

// askMove opens the form for another rule. If something would not happen then, it
// says so and asks first.
func (s *Service) askMove(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	r, _, err := s.named(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	if k := s.kinds[r.Kind]; k.Moving != nil {
		warning, err := k.Moving(ctx, r, req.Member)
		if err != nil {
			return bot.Reply{}, err
		}
		if !warning.Empty() {
			return replacing(req, bot.Say(warning, s.control(req, "schedule.button.move.yes", seriesPath+"move-now/"+r.ID),
				s.control(req, "schedule.button.no", seriesPath+r.ID))), nil
		}
	}
	return s.moveForm(ctx, req)
}

// moveForm opens the form for another rule.
func (s *Service) moveForm(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	r, _, err := s.named(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	fields := timeFields()
	fields[0].Value = r.Rule.Text(req.Member.Language)
	if !r.Until.IsZero() {
		in, err := Calendars{}.place(r.Zone, nil)
		if err != nil {
			return bot.Reply{}, err
		}
		fields[1].Value = rule.DateOf(r.Until.Add(-1).In(in.Zone)).String()
	}
	if r.Grace != DefaultGrace {
		fields[2].Value = formatLate(r.Grace)
	}
	return s.form(req, "schedule.move.form", "schedule.post.", seriesPath+"moved/"+r.ID, r.Zone, fields...), nil
}

func (s *Service) move(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	current, _, err := s.named(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	wanted := current
	now, err := s.store.Now(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	faults, err := s.readTimes(req, &wanted, now)
	if err != nil {
		return bot.Reply{}, err
	}
	if len(faults) > 0 {
		return bot.Reply{FieldErrors: faults}, nil
	}
	if current.sameTimes(&wanted) {
		return s.reply(ctx, req, &current, s.say(req, "schedule.unchanged"))
	}
	return s.actReply(ctx, req, "schedule.moved", func(c *change) error { return c.move(&wanted) }, s.kinds[current.Kind].Moved)
}

// askRun asks once. The path says which version was seen, so that pressing
// twice lets it happen once.
func (s *Service) askRun(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	r, _, err := s.named(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	yes := s.control(req, "schedule.button.run.yes", seriesPath+"run-now/"+r.ID+"/"+strconv.FormatInt(r.Version, 10))
	yes.Style = bot.Primary
	return replacing(req, bot.Say(s.say(req, "schedule.run.ask", bot.Str("title", r.Title)),
		yes, s.control(req, "schedule.button.no", seriesPath+r.ID))), nil
}

func (s *Service) run(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	var ended Entry
	r, err := s.act(ctx, req, req.Params.Get("series"), func(c *change) (err error) {
		if strconv.FormatInt(c.series.Version, 10) != req.Params.Get("version") {
			return errNothingToDo
		}
		ended, err = s.runNow(ctx, c)
		return err
	})
	switch {
	case errors.Is(err, errNothingToDo):
		return s.reply(ctx, req, &r, s.say(req, "schedule.already"))
	case err != nil:
		return bot.Reply{}, s.explained(req, err)
	case ended.Outcome == Skipped && ended.Reason == Nothing:
		return s.reply(ctx, req, &r, s.say(req, "schedule.ran.nothing"))
	default:
		return s.reply(ctx, req, &r, s.say(req, "schedule.ran"))
	}
}

// askRemove asks once.
func (s *Service) askRemove(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	r, _, err := s.named(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	var leaving bot.Message
	if k := s.kinds[r.Kind]; k.Leaving != nil {
		if leaving, err = k.Leaving(ctx, r, req.Member); err != nil {
			return bot.Reply{}, err
		}
	}
	yes := s.control(req, "schedule.button.remove.yes", seriesPath+"remove-now/"+r.ID)
	yes.Style = bot.Danger
	controls := append(leaving.Controls, yes, s.control(req, "schedule.button.no", seriesPath+r.ID))
	return replacing(req, bot.Say(bot.Join("\n", s.say(req, "schedule.remove.ask", bot.Str("title", r.Title)), leaving.Text), controls...)), nil
}

func (s *Service) removeNow(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	const tries = 5
	for try := 1; ; try++ {
		r, _, err := s.named(ctx, req)
		if err != nil {
			return bot.Reply{}, err
		}
		err = s.remove(ctx, &r, req.Input)
		switch {
		case err == nil:
			return replacing(req, bot.Say(s.say(req, "schedule.removed", bot.Str("title", r.Title)),
				append(s.home(req, &r), s.control(req, "schedule.button.all", listPath))...)), nil
		case bot.CodeOf(err) != bot.Conflict || try == tries:
			return bot.Reply{}, err
		}
	}
}
