package checkin

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

const goalPath = "/my/goal/"

// listGoals shows a member their goals: what is open, the latest first, with what
// can be done about the one that there is, or that they choose.
func (s *Service) listGoals(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	if id := req.Value(bot.Picked); id != "" {
		g, err := s.goal(ctx, req.Member.Community, req.Member.ID, id)
		if err == nil {
			return s.goalsReply(ctx, req, nil, &g)
		}
		if bot.CodeOf(err) != bot.NotFound {
			return bot.Reply{}, err
		}
	}
	return s.goalsReply(ctx, req, nil, nil)
}

// goalsReply shows how goals stand. news stands above; about is the goal that it is
// about, nil for none: where there are several, it is chosen first.
func (s *Service) goalsReply(ctx context.Context, req *bot.Request, news bot.Text, about *Goal) (bot.Reply, error) {
	all, err := s.store.Goals(ctx, req.Member.Community, req.Member.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	now, err := s.store.Now(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	slices.SortFunc(all, func(a, b Goal) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), b.Made.Compare(a.Made), cmp.Compare(a.ID, b.ID))
	})
	if len(all) == 0 {
		return replacing(req, bot.Say(bot.Join("\n", news, s.say(req, "checkin.goals.empty")))), nil
	}
	header := bot.Key("checkin.goals")
	if slices.ContainsFunc(all, func(g Goal) bool { return g.Reach != Nobody }) {
		header = "checkin.goals.mixed"
	}
	lines := []bot.Text{news, s.say(req, header)}
	lang := req.Member.Language
	var some []Goal // about which something can be done
	for _, g := range all[:min(len(all), mostGoals)] {
		lines = append(lines, s.goalLine(req, &g))
		if g.Reach != Nobody {
			lines = append(lines, s.say(req, "checkin.goals.shared", bot.Str("name", g.From)))
		}
		if len(s.actions(lang, &g, now)) > 0 {
			some = append(some, g)
		}
	}
	if about == nil && len(some) == 1 {
		about = &some[0]
	}
	var controls []bot.Control
	if about != nil {
		controls = s.actions(lang, about, now)
		some = slices.DeleteFunc(some, func(g Goal) bool { return g.ID == about.ID })
		if len(some) > 0 && len(controls) > 0 {
			lines = append(lines, s.say(req, "checkin.goals.about", bot.Str("goal", bot.Shorten(oneLine(about.Text), namedGoal))))
		}
	}
	if len(some) > 0 {
		controls = append(controls, s.goalMenu(lang, some))
	}
	return replacing(req, bot.Say(bot.Join("\n", lines...), controls...)), nil
}

// namedGoal is how much of a goal names it, in characters.
const namedGoal = 60

// actions are what somebody can do about a goal.
func (s *Service) actions(lang string, g *Goal, now time.Time) []bot.Control {
	var controls []bot.Control
	switch {
	case g.State == GoalOpen:
		controls = s.goalControls(lang, g)
	case now.Sub(g.Ended) < goalUndoable:
		controls = []bot.Control{{Label: s.label(lang, "checkin.goal.button.undo"), Path: goalPath + "undo/" + g.ID}}
	}
	return append(controls, s.shareControls(lang, g)...)
}

// goalMenu lets somebody choose which goal they mean.
func (s *Service) goalMenu(lang string, some []Goal) bot.Control {
	menu := bot.Control{Label: s.label(lang, "checkin.goals.menu"), Path: goalPath + "list", Pick: bot.PickChoice}
	for _, g := range some {
		menu.Choices = append(menu.Choices, bot.Choice{Label: bot.Shorten(oneLine(g.Text), namedGoal), Value: g.ID})
	}
	return menu
}

func rank(g Goal) int {
	if g.State == GoalOpen {
		return 0
	}
	return 1
}

func (s *Service) goalLine(req *bot.Request, g *Goal) bot.Text {
	text := bot.Str("goal", bot.Shorten(oneLine(g.Text), 300))
	switch {
	case g.State == GoalTried && g.Happened != "":
		return s.say(req, "checkin.goals.tried.happened", text, bot.Str("happened", bot.Shorten(oneLine(g.Happened), 300)))
	case g.State == GoalTried:
		return s.say(req, "checkin.goals.tried", text)
	case g.State == GoalDropped:
		return s.say(req, "checkin.goals.dropped", text)
	case g.Due.IsZero():
		return s.say(req, "checkin.goals.silent", text)
	default:
		return s.say(req, "checkin.goals.open", text, bot.At("when", g.Due, req.Member.Zone, bot.DateTime))
	}
}

// inLabel is how much of a goal the label of a field takes, in characters: together
// they have at most 45
// (https://discord.com/developers/docs/components/reference#label).
const inLabel = 24

// askTried asks what happened.
func (s *Service) askTried(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	g, err := s.goalIn(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	lang := req.Member.Language
	return bot.Ask(bot.Form{
		Title: s.label(lang, "checkin.goal.form"), Path: goalPath + "happened/" + req.Params.Get("goal"), Submit: s.label(lang, "checkin.form.submit"),
		Fields: []bot.Field{{
			Name: "happened", Label: s.label(lang, "checkin.goal.form.happened", bot.Str("goal", bot.Shorten(oneLine(g.Text), inLabel))), Hint: s.label(lang, "checkin.goal.form.happened.hint"),
			Long: true, Optional: true, Max: mostAnswer,
		}},
	}), nil
}

func (s *Service) tried(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return s.changeGoal(ctx, req, "checkin.goal.tried", func(g *Goal, now time.Time) (bot.Text, error) {
		happened := strings.TrimSpace(req.Value("happened"))
		if len([]rune(happened)) > mostAnswer {
			return s.say(req, "checkin.fault.long", bot.Num("least", leastScale), bot.Num("most", mostScale), bot.Num("long", mostAnswer), bot.Str("choices", "")), nil
		}
		g.State, g.Happened, g.Ended, g.Due = GoalTried, happened, now, time.Time{}
		return nil, nil
	})
}

func (s *Service) dropGoal(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return s.changeGoal(ctx, req, "checkin.goal.dropped", func(g *Goal, now time.Time) (bot.Text, error) {
		g.State, g.Ended, g.Due = GoalDropped, now, time.Time{}
		return nil, nil
	})
}

// goalUndoable is how long it can be undone that a goal was tried, or is none any more.
const goalUndoable = 24 * time.Hour

// undoGoal lets a goal be open again. What happened, if that was said, is forgotten,
// also where it was shared.
func (s *Service) undoGoal(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	g, _, err := s.alterGoal(ctx, req, func(g *Goal, now time.Time) (bot.Text, error) {
		if g.State == GoalOpen || now.Sub(g.Ended) >= goalUndoable {
			return nil, nil
		}
		in, err := s.schedule.Place(ctx, req.Member, nil)
		if err != nil {
			return nil, err
		}
		g.State, g.Happened, g.Ended = GoalOpen, "", time.Time{}
		g.Due, g.Silent = afterSchoolDays(now, goalDays, in, s.stretch), 0
		return nil, nil
	})
	if err != nil {
		return bot.Reply{}, err
	}
	if g.State != GoalOpen {
		return s.goalsReply(ctx, req, s.say(req, "checkin.goal.stays"), &g)
	}
	if g.Reach != Nobody {
		if err := s.shares.Share(ctx, telling(req, &g)); err != nil {
			return bot.Reply{}, err
		}
	}
	return s.goalsReply(ctx, req, s.say(req, "checkin.goal.undone", bot.At("when", g.Due, req.Member.Zone, bot.DateTime)), &g)
}

// askLater asks when to ask again.
func (s *Service) askLater(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	g, err := s.goalIn(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	lang := req.Member.Language
	return bot.Ask(bot.Form{
		Title: s.label(lang, "checkin.goal.later.form"), Path: goalPath + "again/" + req.Params.Get("goal"), Submit: s.label(lang, "checkin.form.submit"),
		Fields: []bot.Field{{
			Name: "when", Label: s.label(lang, "checkin.goal.later.when", bot.Str("goal", bot.Shorten(oneLine(g.Text), inLabel))), Hint: s.label(lang, "checkin.goal.later.when.hint"), Optional: true, Max: 60,
		}},
	}), nil
}

func (s *Service) later(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return s.changeGoal(ctx, req, "checkin.goal.later", func(g *Goal, now time.Time) (bot.Text, error) {
		in, err := s.schedule.Place(ctx, req.Member, nil)
		if err != nil {
			return nil, err
		}
		g.Due, g.Silent = afterSchoolDays(now, goalDays, in, s.stretch), 0
		typed := strings.TrimSpace(req.Value("when"))
		if typed == "" {
			return nil, nil
		}
		span, err := rule.ParseSpan(typed, rule.DateOf(now.In(in.Zone)))
		if err != nil {
			return s.say(req, "checkin.goal.later.fault", bot.Str("typed", bot.Shorten(typed, 60))), nil //nolint:nilerr // said to the member
		}
		g.Due, _ = rule.Instant(span.Last.Midnight().Add(goalHour*time.Hour), in.Zone)
		if g.Due.Before(now) {
			g.Due = now
		}
		return nil, nil
	})
}

// goalIn finds the goal that a path is about.
func (s *Service) goalIn(ctx context.Context, req *bot.Request) (Goal, error) {
	g, err := s.goal(ctx, req.Member.Community, req.Member.ID, req.Params.Get("goal"))
	if bot.CodeOf(err) == bot.NotFound {
		err = bot.Fail(bot.NotFound, s.say(req, "checkin.goal.gone", bot.Str("command", req.Typed("/my goals"))))
	}
	return g, err
}

// changeGoal changes a goal and shows how goals stand.
func (s *Service) changeGoal(ctx context.Context, req *bot.Request, news bot.Key, change func(*Goal, time.Time) (fault bot.Text, err error)) (bot.Reply, error) {
	g, fault, err := s.alterGoal(ctx, req, change)
	if err != nil {
		return bot.Reply{}, err
	}
	if !fault.Empty() {
		return bot.Reply{FieldErrors: map[string]bot.Text{"when": fault, "happened": fault}}, nil
	}
	if news == "checkin.goal.tried" && g.Reach != Nobody {
		news = "checkin.goal.tried.shared"
	}
	return s.goalsReply(ctx, req, s.say(req, news, bot.At("when", g.Due, req.Member.Zone, bot.DateTime)), &g)
}

// alterGoal changes a goal on a fresh record. A change may find a fault in the form
// that is answered: then nothing is changed.
func (s *Service) alterGoal(ctx context.Context, req *bot.Request, change func(*Goal, time.Time) (fault bot.Text, err error)) (Goal, bot.Text, error) {
	const tries = 4
	c := req.Member.Community
	var last error
	for range tries {
		g, err := s.goalIn(ctx, req)
		if err != nil {
			return g, nil, err
		}
		now, err := s.store.Now(ctx)
		if err != nil {
			return g, nil, err
		}
		fault, err := change(&g, now)
		if err != nil || !fault.Empty() {
			return g, fault, err
		}
		e := outbox.Effects{Cancel: []string{goalJobID(&g)}}
		if !g.Due.IsZero() {
			job, err := goalJob(c, &g)
			if err != nil {
				return g, nil, err
			}
			e = outbox.Effects{Jobs: []scheduler.Job{job}}
		}
		if last = s.store.KeepGoal(ctx, c, &g, e); bot.CodeOf(last) != bot.Conflict {
			return g, nil, last
		}
	}
	return Goal{}, nil, last
}
