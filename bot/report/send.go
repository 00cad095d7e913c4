package report

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// mostAnHour is how many reports one person can send in an hour.
const mostAnHour = 5

// mostTries is how often a change is made anew since others were quicker.
const mostTries = 5

// send takes the form. A report that is there already changes nothing.
func (s *Service) send(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	c, lang, draft := req.Member.Community, req.Member.Language, req.Params.Get("draft")
	sub, err := s.store.Begun(ctx, c, draft)
	if bot.CodeOf(err) == bot.NotFound {
		return bot.Reply{}, bot.Fail(bot.NotFound, s.words.Text(lang, "report.over", bot.Str("command", req.Typed("/staffroom report"))))
	}
	if err != nil {
		return bot.Reply{}, err
	}
	why := strings.TrimSpace(req.Value("why"))
	if why == "" && sub.Message == (bot.MessageRef{}) {
		return bot.Reply{FieldErrors: map[string]bot.Text{"why": s.words.Text(lang, "report.form.empty")}}, nil
	}
	now, err := s.store.Now(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	said := Said{By: req.Member.ID, Why: bot.Shorten(why, mostWhy), At: now}
	if req.Value("name") == "yes" {
		said.Name = req.Member.Name
	}
	counted := false
	for range mostTries {
		cs, err := s.find(ctx, c, caseID(&sub, draft))
		if bot.CodeOf(err) == bot.NotFound {
			cs, err = Case{ID: caseID(&sub, draft), Community: c, Subject: sub}, nil
		}
		if err != nil {
			return bot.Reply{}, err
		}
		if slices.ContainsFunc(cs.Said, func(other Said) bool { return req.Member.Is(other.By) }) {
			return bot.Say(s.words.Text(lang, "report.already")), s.hide(ctx, c, &cs)
		}
		to, err := s.readers(ctx, c, req.Account.Space, &cs.Subject)
		if err != nil {
			return bot.Reply{}, err
		}
		if len(to) == 0 {
			return s.nobody(req, &sub), nil
		}
		if !counted {
			if n, err := s.store.Count(ctx, c, req.Member.ID); err != nil || n > mostAnHour {
				return bot.Say(s.words.Text(lang, "report.many", bot.Num("most", mostAnHour))), err
			}
			counted = true
		}
		err = s.store.Save(ctx, &cs, outbox.Effects{Input: req.Input, Posts: s.tell(&cs, said, to)})
		if bot.CodeOf(err) == bot.Conflict {
			continue
		}
		if err != nil && !errors.Is(err, outbox.ErrRepeated) {
			return bot.Reply{}, err
		}
		return s.thanks(req, &cs, &said, to), s.hide(ctx, c, &cs)
	}
	return bot.Reply{}, &bot.Error{Code: bot.Conflict, Err: errTooMany}
}

var errTooMany = errors.New("a report was changed again and again by others")

// hide leaves the message out of its archive until somebody has decided. It can be
// done twice, so a report that is sent again makes up for what went wrong.
func (s *Service) hide(ctx context.Context, c bot.CommunityID, cs *Case) error {
	if cs.Subject.Kept == (Kept{}) || cs.Settled != (Settled{}) {
		return nil
	}
	return s.withhold(ctx, c, cs, true)
}

// tell adds a report to the case and gives the posts that tell of it.
func (s *Service) tell(cs *Case, said Said, to []reader) []outbox.Item {
	number := len(cs.Said)
	cs.Said = append(cs.Said, said)
	if cs.Subject.Kept == (Kept{}) {
		cs.Settled = Settled{} // somebody else sees something in it
	}
	var posts []outbox.Item
	for i := range to {
		post := to[i].post
		name := "report/" + cs.ID + "/" + strconv.Itoa(number) // who it was is nobody's matter
		post.Key = bot.DeliveryKey(name + "/" + post.Channel.String())
		if post.Direct != nil {
			post.Key = bot.DeliveryKey(name + "/@" + post.Direct.String())
		}
		told := Told{Post: post, Language: to[i].language, Said: number}
		cs.Told = append(cs.Told, told)
		posts = append(posts, s.item(cs, &told, false))
	}
	return posts
}

// item is the message that tells of a report, or its change.
func (s *Service) item(cs *Case, told *Told, update bool) outbox.Item {
	post := told.Post
	post.Message = s.shown(cs, told)
	return outbox.Item{Post: post, Class: outbox.Bulk, Update: update}
}

// shown is what organizers read.
func (s *Service) shown(cs *Case, told *Told) bot.Message {
	say := func(key bot.Key, args ...bot.Arg) bot.Text { return s.words.Text(told.Language, key, args...) }
	sub, said := &cs.Subject, &cs.Said[told.Said]
	var lines []bot.Text
	switch {
	case sub.Thing != (Thing{}):
		lines = append(lines, say("report.told.thing", bot.Str("thing", sub.Thing.Text)), say("report.told.why", bot.Str("why", said.Why)))
	case sub.Message == (bot.MessageRef{}):
		lines = append(lines, say("report.told.other", bot.Str("why", said.Why)))
	default:
		place := bot.Place("place", sub.Message.Channel, say("report.place").String())
		lines = append(lines, say("report.told.message", bot.Str("name", orElse(sub.Name, say("report.somebody").String())), place,
			bot.Str("text", orElse(sub.Text, say("report.no_text").String()))))
		if said.Why != "" {
			lines = append(lines, say("report.told.why", bot.Str("why", said.Why)))
		}
	}
	if said.Name != "" {
		lines = append(lines, say("report.told.by", bot.Str("name", said.Name)))
	} else {
		lines = append(lines, say("report.told.unnamed"))
	}
	if told.Said > 0 {
		lines = append(lines, say("report.told.again"))
	}
	decisions := []Decision{Seen, Nothing}
	if sub.Kept != (Kept{}) {
		decisions = []Decision{Out, Shown}
	}
	if as := cs.Settled.As; as != "" {
		lines = append(lines, s.settled(told.Language, &cs.Settled))
		decisions = slices.DeleteFunc(decisions, func(d Decision) bool { return d == as || sub.Kept == (Kept{}) })
	} else if sub.Kept != (Kept{}) {
		lines = append(lines, say("report.told.hidden"))
	}
	m := bot.Message{Text: bot.Join("\n", lines...)}
	if path := sub.Thing.Path; path != "" {
		m.Controls = append(m.Controls, bot.Control{Label: say("report.button.look").String(), Path: path})
	}
	for _, d := range decisions {
		m.Controls = append(m.Controls, bot.Control{Label: say(d.label()).String(), Path: settlePath + "/" + cs.ID + "/" + string(d)})
	}
	return m
}

// thanks says where it went, and what of it.
func (s *Service) thanks(req *bot.Request, cs *Case, said *Said, to []reader) bot.Reply {
	say := func(key bot.Key, args ...bot.Arg) bot.Text { return s.words.Text(req.Member.Language, key, args...) }
	var names []string
	for _, r := range to {
		if r.name != "" {
			names = append(names, r.name)
		}
	}
	lines := []bot.Text{say("report.sent.channel")}
	if len(names) > 0 {
		lines[0] = say("report.sent.people", bot.Str("names", strings.Join(names, ", ")))
	}
	if said.Name == "" {
		lines = append(lines, say("report.sent.unnamed"))
	} else {
		lines = append(lines, say("report.sent.named"))
	}
	if cs.Subject.Kept != (Kept{}) && cs.Settled == (Settled{}) {
		lines = append(lines, say("report.sent.hidden"))
	}
	return bot.Say(bot.Join("\n", lines...))
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
