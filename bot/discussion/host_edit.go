package discussion

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/staffroom-bot/staffroom/bot"
)

// askEdit opens the form with the plan of a discussion that has not begun.
func (s *Service) askEdit(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	d, err := s.named(ctx, req, func(d *Discussion) bool { return d.State == Scheduled })
	if err != nil {
		return bot.Reply{}, err
	}
	if d.State != Scheduled {
		return s.panelReply(ctx, &d, req, s.words.Text(req.Member.Language, "host.begun", bot.Str("title", d.heading())))
	}
	_, loc, err := s.home(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	lang := req.Member.Language
	form := bot.Form{
		Title: s.label(lang, "host.form.edit"), Path: "/host/rewritten/" + d.ID, Submit: s.label(lang, "host.form.check"), Fields: s.planFields(lang),
	}
	plan, base := d.Script, d.Base
	if d.Edit != nil {
		plan, base = d.Edit.Script, d.Edit.Base
	}
	for i := range form.Fields {
		f := &form.Fields[i]
		switch f.Name {
		case "title":
			f.Value = plan.Title
		case "questions":
			f.Value = s.typedList(lang, plan.Questions)
			f.Hint = s.label(lang, "host.form.questions.keep")
		case "start":
			if !base.IsZero() {
				f.Value = base.In(loc).Format("2006-01-02 15:04")
			}
		case "length":
			if plan.Pace != PaceSlow {
				f.Value = shortDuration(plan.Length)
			}
		case "welcome":
			f.Value = plan.Welcome
		}
	}
	return bot.Ask(form), nil
}

// longestFilled is how long questions may be that a form shows to be changed: less than
// any platform takes. Longer ones stay as they are where the field is left empty.
const longestFilled = 2900

// typedList is a list of questions as a host types it, or "" if it is too long.
func (s *Service) typedList(lang string, questions []Question) string {
	lines := make([]string, len(questions))
	for i, q := range questions {
		lines[i] = s.label(lang, "host.form.questions.line", bot.Num("n", i+1), bot.Str("text", flat(q.Text)))
	}
	all := strings.Join(lines, "\n")
	if utf8.RuneCountInString(all) > longestFilled {
		return ""
	}
	return all
}

// edit takes the form, and shows what would be otherwise before anything is.
func (s *Service) edit(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	d, err := s.named(ctx, req, anyone)
	if err != nil {
		return bot.Reply{}, err
	}
	lang := req.Member.Language
	plan, faults, err := s.planned(ctx, req, &d)
	if err != nil || len(faults) > 0 {
		return bot.Reply{FieldErrors: faults}, err
	}
	changes := s.changes(lang, zoneOf(req.Member, &d), &d, plan)
	if len(changes) == 0 {
		return s.panelReply(ctx, &d, req, s.words.Text(lang, "host.edit.same"))
	}
	_, err = s.revise(ctx, d.Community, d.ID, req.Input, func(d *Discussion) error {
		d.Edit = plan
		return nil
	})
	if errors.Is(err, errBegun) {
		return s.panelReply(ctx, &d, req, s.words.Text(lang, "host.begun", bot.Str("title", d.heading())))
	}
	if err != nil {
		return bot.Reply{}, err
	}
	lines := append([]bot.Text{s.words.Text(lang, "host.edit.changes", bot.Str("title", d.heading()))}, changes...)
	if !plan.Base.Equal(d.Base) && !d.Announced.IsZero() {
		lines = append(lines, s.words.Text(lang, "host.edit.told"))
	}
	reply := bot.Say(bot.Join("\n", lines...),
		bot.Control{Label: s.label(lang, "host.button.save"), Path: "/host/rewrite-save/" + d.ID + "/" + plan.token(), Style: bot.Primary},
		bot.Control{Label: s.label(lang, "host.button.edit.more"), Path: "/host/rewrite/" + d.ID},
		bot.Control{Label: s.label(lang, "host.button.edit.drop"), Path: "/host/rewrite-drop/" + d.ID})
	reply.Replace = req.Message != nil
	return reply, nil
}

// planned is the plan that the form describes.
func (s *Service) planned(ctx context.Context, req *bot.Request, d *Discussion) (*Edit, map[string]bot.Text, error) {
	_, loc, err := s.home(ctx, req)
	if err != nil {
		return nil, nil, err
	}
	lang, now := req.Member.Language, s.clock.Now()
	draft := d.Script.draft()
	draft.Title, draft.Welcome, draft.Zone = req.Value("title"), req.Value("welcome"), loc.String()
	if d.Script.Pace != PaceSlow {
		if length := minutes(req.Value("length")); length == "" || length != shortDuration(d.Script.Length) {
			draft.Length, draft.Introductions = length, ""
			for i := range draft.Questions {
				draft.Questions[i].At = ""
			}
			shortIntroductions(&draft)
		}
	}
	if typed := req.Value("questions"); strings.TrimSpace(typed) != "" {
		draft.Questions = s.rewritten(d, &draft, QuestionsFromText(typed))
	}
	byHand := strings.TrimSpace(req.Value("start")) == ""
	draft.Start = strings.TrimSpace(req.Value("start"))
	if byHand {
		draft.Start = now.In(loc).Format("2006-01-02T15:04:05")
	}
	script, err := draft.Script()
	if wrong := (*ScriptError)(nil); errors.As(err, &wrong) {
		return nil, s.fieldErrors(lang, wrong), nil
	}
	if err != nil {
		return nil, nil, err
	}
	plan := &Edit{Script: script}
	switch {
	case byHand:
		plan.Script.Start, plan.Script.Zone, plan.Script.StartMoved = d.Script.Start, d.Script.Zone, d.Script.StartMoved
	case script.Start.Equal(d.Base.Truncate(time.Minute)):
		plan.Base, plan.Script.Start = d.Base, d.Script.Start // a form shows no seconds
	case script.Start.Before(now):
		return nil, s.past(lang, now, loc), nil
	default:
		plan.Base = script.Start
	}
	return plan, nil, nil
}

// rewritten are questions as a form gives them, with what it does not show of those that
// are still there: pictures, notes, and the time where the order is the same.
func (s *Service) rewritten(d *Discussion, draft *ScriptDraft, typed []QuestionDraft) []QuestionDraft {
	before := d.Script.Questions
	last := -1
	for i := range typed {
		text := flat(unlabelled(typed[i].Text, i+1))
		at := slices.IndexFunc(before, func(q Question) bool { return flat(q.Text) == text })
		switch {
		case at >= 0:
			typed[i].Text = before[at].Text // with its line breaks
		case len(typed) == len(before):
			at = i
		default:
			continue
		}
		typed[i].Image, typed[i].Note = before[at].Image, before[at].Note
		if at > last {
			typed[i].At, last = draft.Questions[at].At, at
		}
	}
	return typed
}

// flat is a text on one line.
func flat(s string) string { return strings.Join(strings.Fields(s), " ") }

// changes say what a plan changes, a line each.
func (s *Service) changes(lang, zone string, d *Discussion, plan *Edit) []bot.Text {
	var lines []bot.Text
	before, after := &d.Script, &plan.Script
	add := func(changed bool, key bot.Key, args ...bot.Arg) {
		if changed {
			lines = append(lines, s.words.Text(lang, key, args...))
		}
	}
	add(before.Title != after.Title, "host.edit.title", bot.Str("title", after.Title))
	switch {
	case plan.Base.Equal(d.Base):
	case plan.Base.IsZero():
		add(true, "host.edit.start.waiting")
	default:
		add(true, "host.edit.start", bot.At("when", plan.Base, zone, bot.DateTime))
	}
	add(before.Length != after.Length, "host.edit.length", bot.Rich("length", s.lasts(lang, after)))
	add(before.Welcome != after.Welcome, "host.edit.welcome", bot.Str("text", excerpt(after.Welcome)))
	for i, q := range after.Questions {
		number, text := bot.Num("n", i+1), bot.Str("text", excerpt(q.Text))
		add(i >= len(before.Questions), "host.edit.question.new", number, text)
		add(i < len(before.Questions) && before.Questions[i].Text != q.Text, "host.edit.question", number, text)
	}
	for i := len(after.Questions); i < len(before.Questions); i++ {
		add(true, "host.edit.question.gone", bot.Num("n", i+1), bot.Str("text", excerpt(before.Questions[i].Text)))
	}
	return lines
}

// saveEdit makes what a host has written the plan. Those who come are told of another
// time.
func (s *Service) saveEdit(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return s.reviseReply(ctx, req, req.Params.Get("chat"), func(d *Discussion) error {
		if d.Edit == nil || d.Edit.token() != req.Params.Get("plan") {
			return errNothingToDo
		}
		hosts := d.Script.Hosts
		d.Script, d.Base, d.Edit = d.Edit.Script, d.Edit.Base, nil
		d.Script.Hosts = hosts
		return nil
	})
}

// dropEdit leaves the plan as it was.
func (s *Service) dropEdit(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return s.reviseReply(ctx, req, req.Params.Get("chat"), func(d *Discussion) error {
		d.Edit = nil
		return nil
	})
}

// token names the plan in a path, so that no other one is saved than was shown.
func (e *Edit) token() string {
	body, err := json.Marshal(e)
	if err != nil {
		return "" // of texts and times: it cannot be
	}
	sum := sha256.Sum256(body)
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:10]))
}
