package discussion

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// rewordable reports whether questions that were asked can still be worded otherwise.
func (d *Discussion) rewordable() bool { return d.Running() && d.Asked > 0 }

// rewords lets a host pick a question that was asked.
func (s *Service) rewords(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	d, err := s.named(ctx, req, (*Discussion).rewordable)
	if err != nil {
		return bot.Reply{}, err
	}
	lang := req.Member.Language
	if !d.rewordable() {
		return s.panelReply(ctx, &d, req, s.words.Text(lang, "host.reword.none", bot.Str("title", d.heading()), bot.Str("command", req.Typed("/host edit"))))
	}
	var choices []bot.Choice
	for n := d.Asked; n > 0 && len(choices) < bot.MaxChoices; n-- {
		if d.asked(n) {
			choices = append(choices, bot.Choice{
				Label: s.label(lang, "chat.fix.as_answer", bot.Num("n", n), bot.Str("text", short(d.Script.Questions[n-1].Text))), Value: strconv.Itoa(n),
			})
		}
	}
	reply := bot.Say(s.words.Text(lang, "host.reword.which", bot.Str("title", d.heading())),
		bot.Control{Label: s.label(lang, "host.reword.menu"), Pick: bot.PickChoice, Choices: choices, Path: "/host/reword-one/" + d.ID},
		bot.Control{Label: s.label(lang, "host.button.back"), Path: "/host/watch/" + d.ID})
	reply.Replace = req.Message != nil
	return reply, nil
}

// askReword opens the form for a question.
func (s *Service) askReword(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	d, err := s.named(ctx, req, anyone)
	if err != nil {
		return bot.Reply{}, err
	}
	n, err := strconv.Atoi(req.Value(bot.Picked))
	if err != nil || !d.asked(n) || !d.Running() {
		return bot.Reply{}, bot.Fail(bot.NotFound, s.gone(req))
	}
	lang := req.Member.Language
	f := formField(s, lang, textField, bot.Field{Long: true, Max: maxText})
	f.Value = d.Script.Questions[n-1].Text
	return bot.Ask(bot.Form{
		Title: s.label(lang, "host.form.reword", bot.Num("n", n)), Path: "/host/reworded/" + d.ID + "/" + strconv.Itoa(n),
		Submit: s.label(lang, "host.form.submit"), Fields: []bot.Field{f},
	}), nil
}

// reword takes the form: the posts follow, and what was answered stays.
func (s *Service) reword(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	n, err := strconv.Atoi(req.Params.Get("question"))
	if err != nil {
		return bot.Reply{}, bot.Fail(bot.NotFound, s.gone(req))
	}
	text, fault := s.questionText(req.Member.Language, req.Value(textField), n)
	if fault != nil {
		return bot.Reply{FieldErrors: map[string]bot.Text{textField: fault}}, nil
	}
	return s.steerReply(ctx, req, req.Params.Get("chat"), func(d *Discussion, _ time.Time) ([]outbox.Item, error) {
		if !d.Running() || !d.asked(n) || d.Script.Questions[n-1].Text == text {
			return nil, errNothingToDo
		}
		d.Script.Questions = slices.Clone(d.Script.Questions)
		d.Script.Questions[n-1].Text = text
		items := d.everywhere(questionName(n), s.question(d, n))
		for i := range items {
			items[i].Update, items[i].NotAfter = true, time.Time{}
		}
		return items, nil
	})
}
