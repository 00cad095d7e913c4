package checkin

import (
	"context"
	"strconv"
	"strings"

	"github.com/staffroom-bot/staffroom/bot"
)

// question asks the question that comes next, or whether to send what is there.
func (s *Service) question(ctx context.Context, req *bot.Request, id string, asked *Asked, d Partial) (bot.Reply, error) {
	lang := req.Member.Language
	control := func(key bot.Key, path string) bot.Control {
		return bot.Control{Label: s.label(lang, key), Path: path}
	}
	done := control("checkin.direct.button.done", directPath+"done/"+id)
	form := control("checkin.direct.button.form", writePath+id)
	drop := control("checkin.direct.button.drop", directPath+"drop/"+id)
	if d.Next >= len(asked.Questions) {
		done = control("checkin.direct.button.send", done.Path)
		done.Style = bot.Primary
		return bot.Say(s.say(req, "checkin.direct.send", bot.Str("name", asked.Name)), done, form, drop), nil
	}
	q := &asked.Questions[d.Next]
	lines := []bot.Text{s.say(req, "checkin.direct.question", bot.Str("name", asked.Name), bot.Num("number", d.Next+1),
		bot.Num("all", len(asked.Questions)), bot.Str("question", q.Text))}
	hint, err := s.questionHint(ctx, req, id, q)
	if err != nil {
		return bot.Reply{}, err
	}
	if hint != "" {
		lines = append(lines, s.say(req, "checkin.direct.hint", bot.Str("hint", hint)))
	}
	controls := []bot.Control{control("checkin.direct.button.skip", directPath+"skip/"+id+"/"+strconv.Itoa(d.Next))}
	if anything(d.Values) {
		controls = append(controls, done)
	}
	return bot.Say(bot.Join("\n", lines...), append(controls, form, drop)...), nil
}

// questionHint says what a question takes, or what somebody aims at already.
func (s *Service) questionHint(ctx context.Context, req *bot.Request, id string, q *Question) (string, error) {
	lang := req.Member.Language
	switch q.Kind {
	case Scale:
		return s.label(lang, "checkin.form.scale", bot.Num("least", leastScale), bot.Num("most", mostScale)), nil
	case YesNo, Choice:
		values := q.values()
		shown := make([]string, len(values))
		for i, v := range values {
			shown[i] = s.shown(lang, q, v)
		}
		return strings.Join(shown, " / "), nil
	case GoalOf:
		goal, err := s.openGoal(ctx, req.Member, id)
		if err != nil || goal == "" {
			return "", err
		}
		return s.label(lang, "checkin.form.goal", bot.Str("goal", bot.Shorten(oneLine(goal), longestHint))), nil
	default:
		return "", nil
	}
}

// directStep does something with what somebody has begun to answer.
type directStep func(ctx context.Context, req *bot.Request, t *Talk, asked *Asked, id string) (bot.Reply, error)

// directly is the handler of a control of an answer in direct messages.
func (s *Service) directly(do directStep) bot.Handler {
	return func(ctx context.Context, req *bot.Request) (bot.Reply, error) {
		id := req.Params.Get("occurrence")
		asked, err := s.askedAt(ctx, req.Member.Community, id)
		if bot.CodeOf(err) == bot.NotFound {
			return bot.Reply{}, bot.Fail(bot.NotFound, s.say(req, "checkin.gone", bot.Str("command", req.Typed("/checkin answer"))))
		}
		if err != nil {
			return bot.Reply{}, err
		}
		var reply bot.Reply
		for range conflictTries {
			t, err := s.store.Talk(ctx, req.Member.Community, req.Member.ID, heard(req.Input))
			if err != nil {
				return bot.Reply{}, err
			}
			if _, open := t.open(id); !open {
				return bot.Say(s.say(req, "checkin.over", bot.Str("name", asked.Name))), nil
			}
			if reply, err = do(ctx, req, &t, &asked, id); bot.CodeOf(err) != bot.Conflict {
				return reply, err
			}
		}
		return reply, &bot.Error{Code: bot.Conflict}
	}
}

// notBegun is what somebody hears where there is nothing to go on with.
func (s *Service) notBegun(req *bot.Request, asked *Asked, id string) bot.Reply {
	return bot.Say(s.say(req, "checkin.direct.none", bot.Str("name", asked.Name)),
		bot.Control{Label: s.label(req.Member.Language, "checkin.button.write"), Path: writePath + id, Style: bot.Primary})
}

// pick lets what was written be about one of several that are open.
func (s *Service) pick(ctx context.Context, req *bot.Request, t *Talk, asked *Asked, id string) (bot.Reply, error) {
	sheet, err := s.store.Sheet(ctx, req.Member.Community, id, req.Member.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	if sheet.Turn.State != IsAsked || !sheet.Turn.Closes.After(t.Now) {
		return s.notBegun(req, asked, id), nil
	}
	return s.begin(ctx, req, t, &sheet, t.Said)
}

// skipOne leaves the question out that the control stands below.
func (s *Service) skipOne(ctx context.Context, req *bot.Request, t *Talk, asked *Asked, id string) (bot.Reply, error) {
	d, begun := t.partial(id)
	switch {
	case !begun:
		return s.notBegun(req, asked, id), nil
	case d.Next >= len(asked.Questions) || strconv.Itoa(d.Next) != req.Params.Get("question"):
		return s.question(ctx, req, id, asked, d) // it is answered meanwhile
	}
	t.About = id
	d.Next++
	t.put(id, d)
	if d.Next == len(asked.Questions) {
		return s.finish(ctx, req, id, asked, d)
	}
	return s.keepTalk(ctx, req, t, asked, s.say(req, "checkin.direct.skipped"))
}

// done takes what is there for the whole answer.
func (s *Service) done(ctx context.Context, req *bot.Request, t *Talk, asked *Asked, id string) (bot.Reply, error) {
	d, begun := t.Partials[id]
	if !begun {
		return s.notBegun(req, asked, id), nil
	}
	return s.finish(ctx, req, id, asked, d)
}

// drop forgets what somebody has begun to answer.
func (s *Service) drop(ctx context.Context, req *bot.Request, t *Talk, asked *Asked, id string) (bot.Reply, error) {
	delete(t.Partials, id)
	t.About, t.Said = "", ""
	if err := s.store.KeepTalk(ctx, req.Member.Community, req.Member.ID, heard(req.Input), t, id); err != nil {
		return bot.Reply{}, err
	}
	return bot.Say(s.say(req, "checkin.direct.dropped", bot.Str("name", asked.Name)), s.promptControls(req.Member.Language, id, asked)...), nil
}

// begun gives what somebody has written of an answer in direct messages, as long as
// it can be handed in; nil if there is nothing.
func (s *Service) begun(ctx context.Context, m bot.Member, id string) ([]string, error) {
	t, err := s.store.Talk(ctx, m.Community, m.ID, "")
	if err != nil {
		return nil, err
	}
	if _, open := t.open(id); !open {
		return nil, nil
	}
	if d, skipped := t.Aside[id]; skipped {
		return d.Values, nil
	}
	return t.Partials[id].Values, nil
}
