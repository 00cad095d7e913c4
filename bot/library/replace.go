package library

import (
	"context"
	"strings"

	"github.com/staffroom-bot/staffroom/bot"
)

// askReplace opens the form for something in the place of what is not found any more,
// with what that was for.
func (s *Service) askReplace(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	r, _, err := s.meant(ctx, req, req.Value(bot.Picked))
	if err != nil {
		return bot.Reply{}, err
	}
	stands := map[string]string{gradeField: strings.Join(r.Grades, ", "), subjectField: r.Subject, tagsField: strings.Join(r.Tags, ", ")}
	return s.ifAllowed(ctx, req, func() bot.Reply {
		return bot.Ask(bot.Form{
			Title: s.label(req, "library.digest.form.replace"), Path: replacedPath + r.ID, Submit: s.label(req, "library.form.submit"),
			Fields: append([]bot.Field{s.linkField(req, "")}, s.aboutFields(req, stands)...),
		})
	})
}

// replaced takes the form. What is not found any more stays as it is: whether something
// can stand for it is for people to say.
func (s *Service) replaced(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	old, _, err := s.meant(ctx, req, req.Params.Get("id"))
	if err != nil {
		return bot.Reply{}, err
	}
	links, wrong := linksOf(req.Value(linkField))
	g, more := read(req.Value)
	if wrong = append(wrong, more...); len(wrong) > 0 {
		return s.faults(req, wrong), nil
	}
	all, now, wrong, err := s.take(ctx, req, links[:1], g)
	if err != nil || len(wrong) > 0 {
		return s.faults(req, wrong), err
	}
	thanks := s.say(req, "library.digest.replaced", bot.Str("title", bot.Shorten(old.Called(), mostShown)))
	return s.cardReply(ctx, req, cardOf{r: &all[0].r, now: now, news: thanks})
}
