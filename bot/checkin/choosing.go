package checkin

import (
	"cmp"
	"context"
	"slices"

	"github.com/staffroom-bot/staffroom/bot"
)

// choice is an occurrence that somebody can answer.
type choice struct {
	Sheet
	late bool
	due  bool // it has come, and there is no reason why they were not asked; or they have answered it early
}

// opens are the occurrences that a member can answer, the newest first: of each
// check-in the one that is due, and the latest of which only late answers are taken.
// If they name a check-in they get all of it.
func (s *Service) opens(ctx context.Context, req *bot.Request, mine []standing) ([]choice, error) {
	now, err := s.store.Now(ctx)
	if err != nil {
		return nil, err
	}
	var out []choice
	for i := range mine {
		if !mine[i].joined && !mine[i].InChannel {
			continue
		}
		var of []choice
		for _, o := range mine[i].Open {
			if !o.Final.After(now) {
				continue
			}
			sheet, err := s.store.Sheet(ctx, req.Member.Community, o.ID, req.Member.ID)
			if err != nil {
				return nil, err
			}
			late, err := s.late(ctx, req, &sheet)
			if err != nil {
				return nil, err
			}
			if late && sheet.Sharing == Anonymous {
				continue
			}
			of = append(of, choice{sheet, late, sheet.Turn.theirs() || sheet.Turn.State == "" && !sheet.At.After(now)})
		}
		slices.SortStableFunc(of, func(a, b choice) int { return b.At.Compare(a.At) })
		if req.Value("name") == "" {
			of = newest(of)
		}
		out = append(out, of...)
	}
	slices.SortStableFunc(out, func(a, b choice) int { return cmp.Or(a.rank()-b.rank(), b.At.Compare(a.At)) })
	return out, nil
}

// newest keeps of a check-in's occurrences, of which the newest comes first, one that
// is due, or else is to come, and one that is late.
func newest(of []choice) []choice {
	var out []choice
	current := slices.IndexFunc(of, func(c choice) bool { return c.due && !c.late })
	if current < 0 {
		current = slices.IndexFunc(of, func(c choice) bool { return !c.late })
	}
	if current >= 0 {
		out = append(out, of[current])
	}
	if late := slices.IndexFunc(of, func(c choice) bool { return c.late && c.Turn.State != IsAnswered }); late >= 0 {
		out = append(out, of[late])
	}
	return out
}

// theirs reports whether somebody was asked, or has said something to it.
func (t *Turn) theirs() bool {
	return t.State == IsAsked || t.State == IsAnswered || t.State == IsSkipped || t.State == IsUnsent
}

func (c *choice) rank() int {
	switch {
	case c.Turn.State == IsAnswered:
		return 3
	case c.late:
		return 2
	case c.Turn.State == IsSkipped:
		return 1
	default:
		return 0
	}
}

// answer opens the form of what is open, or says what there is to answer.
func (s *Service) answer(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	mine, err := s.mine(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	opens, err := s.opens(ctx, req, mine)
	if err != nil {
		return bot.Reply{}, err
	}
	waiting := slices.IndexFunc(opens, func(c choice) bool { return c.rank() > 0 })
	if waiting < 0 {
		waiting = len(opens)
	}
	if waiting == 1 || len(opens) == 1 && !opens[0].late {
		return s.openForm(ctx, req, &opens[0].Sheet, 0)
	}
	return s.answerList(req, mine, opens), nil
}

// answerList shows what can be answered now, early, or joined, and who sees it.
func (s *Service) answerList(req *bot.Request, mine []standing, opens []choice) bot.Reply {
	lang := req.Member.Language
	var lines []bot.Text
	var controls []bot.Control
	add := func(key bot.Key, path string, args ...bot.Arg) {
		if len(controls) < listed {
			controls = append(controls, bot.Control{Label: s.label(lang, key, args...), Path: path})
		}
	}
	if len(opens) > 0 {
		lines = append(lines, s.say(req, "checkin.list.open"))
	} else {
		lines = append(lines, s.say(req, "checkin.list.none"))
	}
	for i := range opens {
		c := &opens[i]
		line, button := bot.Key("checkin.list.line"), bot.Key("checkin.button.answer.named")
		switch {
		case c.late && c.Turn.State == IsAnswered, c.Sharing == Anonymous && c.Turn.State == IsAnswered:
			line, button = "checkin.list.answered", ""
		case c.late:
			line, button = "checkin.list.late", "checkin.button.late.named"
		case c.Turn.State == IsAnswered:
			button = "checkin.button.change.named"
		}
		args := s.dayOf(req, &c.Asked)
		until := cmp.Or(c.Turn.Closes, c.Closes)
		if c.late {
			until = until.Add(lateAnswers)
		}
		lines = append(lines, s.say(req, line, append(args, bot.At("until", until, req.Member.Zone, bot.DateTime), bot.Rich("sharing", s.told(lang, &c.Asked)))...))
		if button != "" {
			add(button, writePath+c.Occurrence, args...)
		}
	}
	for i := range mine {
		ci := &mine[i].CheckIn
		name := bot.Str("name", bot.Shorten(ci.Name, 40))
		args := []bot.Arg{bot.Str("name", ci.Name), bot.Str("rule", ci.Rule.Text(lang)), bot.Rich("sharing", s.sharing(lang, &ci.Definition))}
		switch {
		case ci.InChannel || ci.Paused:
		case mine[i].joined:
			line := bot.Key("checkin.list.joined.sees")
			if slices.ContainsFunc(opens, func(c choice) bool { return c.CheckIn == ci.ID }) {
				line = "checkin.list.joined" // it is said above of what is open
			}
			lines = append(lines, s.say(req, line, args...))
			if len(opens) == 0 {
				add("checkin.button.early", "/checkin/early/"+ci.ID, name)
			}
		default:
			lines = append(lines, s.say(req, "checkin.list.other", args...))
			add("checkin.button.join.named", joinPath+ci.ID, name)
		}
	}
	return bot.Say(bot.Join("\n", lines...), controls...)
}

// dayOf names an occurrence and when it came: a check-in may be open several times.
func (s *Service) dayOf(req *bot.Request, a *Asked) []bot.Arg {
	return []bot.Arg{bot.Str("name", bot.Shorten(a.Name, 40)), bot.Str("day", bot.Day(req.Member.Language, a.day(req.Member.Zone)))}
}

// skip skips what is open.
func (s *Service) skip(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	mine, err := s.mine(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	opens, err := s.opens(ctx, req, mine)
	if err != nil {
		return bot.Reply{}, err
	}
	opens = slices.DeleteFunc(opens, func(c choice) bool { return c.rank() > 0 })
	switch len(opens) {
	case 0:
		return bot.Say(s.say(req, "checkin.skip.none")), nil
	case 1:
		return s.passOne(ctx, req, opens[0].Occurrence)
	}
	var controls []bot.Control
	for _, c := range opens[:min(len(opens), listed)] {
		controls = append(controls, bot.Control{Label: s.label(req.Member.Language, "checkin.button.pass.named", s.dayOf(req, &c.Asked)...), Path: passPath + c.Occurrence})
	}
	return bot.Say(s.say(req, "checkin.skip.which"), controls...), nil
}
