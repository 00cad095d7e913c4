package checkin

import (
	"context"
	"strconv"
	"strings"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// Aim takes in a goal that comes from elsewhere, such as the one thing that
// somebody will try after a chat, and answers them. source names that for Shares,
// name is what people call it. While the goal is open it can be given anew.
func (s *Service) Aim(ctx context.Context, req *bot.Request, source, name, text string) (bot.Reply, error) {
	const tries = 4
	var last error
	for range tries {
		g, err := s.aimed(ctx, req.Member, source)
		if err != nil {
			return bot.Reply{}, err
		}
		now, err := s.store.Now(ctx)
		if err != nil {
			return bot.Reply{}, err
		}
		in, err := s.schedule.Place(ctx, req.Member, nil)
		if err != nil {
			return bot.Reply{}, err
		}
		g.Account, g.Text, g.Source, g.From, g.State = req.Account, text, source, name, GoalOpen
		g.Made, g.Due, g.Silent = now, afterSchoolDays(now, goalDays, in, s.stretch), 0
		job, err := goalJob(req.Member.Community, &g)
		if err != nil {
			return bot.Reply{}, err
		}
		last = s.store.KeepGoal(ctx, req.Member.Community, &g, outbox.Effects{Jobs: []scheduler.Job{job}})
		if bot.CodeOf(last) == bot.Conflict {
			continue
		}
		if last == nil && g.Reach != Nobody { // what was shared of it says so too
			last = s.shares.Share(ctx, telling(req, &g))
		}
		if last != nil {
			return bot.Reply{}, last
		}
		return bot.Say(s.say(req, "checkin.aim.kept", bot.At("when", g.Due, req.Member.Zone, bot.DateTime), bot.Str("command", req.Typed("/my goals"))),
			s.shareControls(req.Member.Language, &g)...), nil
	}
	return bot.Reply{}, last
}

// Aimed gives the open goal that somebody has from a source, "" if there is none.
func (s *Service) Aimed(ctx context.Context, m bot.Member, source string) (string, error) {
	g, err := s.aimed(ctx, m, source)
	return g.Text, err
}

// aimed gives the open goal from a source, or a new one with an ID that is free.
func (s *Service) aimed(ctx context.Context, m bot.Member, source string) (Goal, error) {
	all, err := s.store.Goals(ctx, m.Community, m.ID)
	number := 1
	for _, g := range all {
		if g.Source != source {
			continue
		}
		if g.State == GoalOpen {
			return g, err
		}
		if _, after, ok := strings.Cut(g.ID, "-"); ok {
			n, _ := strconv.Atoi(after) // we made it
			number = max(number, n+1)
		}
	}
	return Goal{ID: source + "-" + strconv.Itoa(number), Member: m.ID}, err
}
