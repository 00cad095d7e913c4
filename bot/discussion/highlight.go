package discussion

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// mostHighlights is how many answers of a chat can be picked to remember: a few that
// colleagues will really read again, and no ranking.
const mostHighlights = 5

// remembered reports whether the entry is shown as one to remember.
func (e *Entry) remembered() bool {
	return e.Highlighted && e.Kind == Answer && !e.Deleted && !e.Withheld
}

// highlight serves the entry of a message's menu: it picks an answer to remember, or
// drops it again. Nobody is told: its author finds it among their own answers.
func (s *Service) highlight(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	if req.Subject == nil {
		return bot.Reply{}, bot.Fail(bot.NotFound, s.words.Text(req.Member.Language, "chat.highlight.unfiled"))
	}
	d, e, err := s.Said(ctx, req.Member.Community, req.Subject.Message, req.Subject.Posted)
	if err != nil && bot.CodeOf(err) != bot.NotFound {
		return bot.Reply{}, err
	}
	if err == nil && !d.hostedBy(req.Member) {
		return bot.Reply{}, bot.Fail(bot.Forbidden, s.words.Text(req.Member.Language, "chat.highlight.hosts"))
	}
	if err != nil || e.Kind != Answer || e.Deleted || e.Withheld {
		return bot.Reply{}, bot.Fail(bot.NotFound, s.words.Text(req.Member.Language, "chat.highlight.unfiled"))
	}
	news, err := s.pick(ctx, req, &d, &e)
	if err != nil {
		return bot.Reply{}, err
	}
	return s.highlights(ctx, req, &d, 0, news)
}

// pick picks an answer, or drops it, and says so.
func (s *Service) pick(ctx context.Context, req *bot.Request, d *Discussion, e *Entry) (bot.Text, error) {
	lang := req.Member.Language
	if !e.Highlighted {
		entries, err := s.store.Entries(ctx, d.Community, d.ID)
		if err != nil {
			return nil, err
		}
		if count(entries).highlights >= mostHighlights {
			return s.words.Text(lang, "chat.highlight.full", bot.Num("most", mostHighlights)), nil
		}
	}
	err := s.store.Highlight(ctx, d, e.ID, !e.Highlighted, outbox.Effects{Input: req.Input})
	if err != nil && !errors.Is(err, outbox.ErrRepeated) {
		return nil, err
	}
	if err := s.changed(ctx, d); err != nil {
		return nil, err
	}
	if e.Highlighted {
		return s.words.Text(lang, "chat.highlight.dropped"), nil
	}
	return s.words.Text(lang, "chat.highlight.done"), nil
}

// openHighlights shows a host what is picked, and what can be.
func (s *Service) openHighlights(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	d, from, err := s.toHighlight(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	return s.highlights(ctx, req, &d, from, nil)
}

// pickHighlight takes what a host picked from the menu.
func (s *Service) pickHighlight(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	d, from, err := s.toHighlight(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	e, err := s.store.Entry(ctx, &d, entryNamed(&d, req.Value(bot.Picked)))
	if bot.CodeOf(err) == bot.NotFound || err == nil && (e.Kind != Answer || e.Deleted || e.Withheld) {
		return s.highlights(ctx, req, &d, from, s.words.Text(req.Member.Language, "chat.highlight.unfiled"))
	}
	if err != nil {
		return bot.Reply{}, err
	}
	news, err := s.pick(ctx, req, &d, &e)
	if err != nil {
		return bot.Reply{}, err
	}
	return s.highlights(ctx, req, &d, from, news)
}

// toHighlight is the chat of a path, for its hosts, and from which answer on the menu
// shows them.
func (s *Service) toHighlight(ctx context.Context, req *bot.Request) (d Discussion, from int, err error) {
	if d, err = s.named(ctx, req, opened); err != nil {
		return d, 0, err
	}
	if !d.hostedBy(req.Member) {
		return d, 0, bot.Fail(bot.Forbidden, s.words.Text(req.Member.Language, "chat.highlight.hosts"))
	}
	from, _ = strconv.Atoi(req.Params.Get("from")) // nonsense is the beginning
	return d, max(from, 0), nil
}

// highlights shows what is picked of a chat, with a menu of its answers, the latest
// first.
func (s *Service) highlights(ctx context.Context, req *bot.Request, d *Discussion, from int, news bot.Text) (bot.Reply, error) {
	entries, err := s.store.Entries(ctx, d.Community, d.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	lang := req.Member.Language
	lines := []bot.Text{news, s.words.Text(lang, "chat.highlight", bot.Str("title", d.heading()), bot.Num("most", mostHighlights))}
	var answers []Entry
	for _, e := range slices.Backward(entries) {
		if e.Kind == Answer && !e.Deleted && !e.Withheld {
			answers = append(answers, e)
		}
	}
	for _, e := range slices.Backward(answers) {
		if e.Highlighted {
			lines = append(lines, s.words.Text(lang, "chat.mine.answer", bot.Str("n", numbers(e.Questions)), bot.Str("text", excerpt(e.Text))))
		}
	}
	from = min(from, max(len(answers)-1, 0)/bot.MaxChoices*bot.MaxChoices)
	path := "/chat/highlight/" + d.ID + "/"
	var choices []bot.Choice
	for _, e := range answers[from:min(from+bot.MaxChoices, len(answers))] {
		key := bot.Key("chat.highlight.choice")
		if e.Highlighted {
			key = "chat.highlight.choice.drop"
		}
		choices = append(choices, bot.Choice{
			Label: s.label(lang, key, bot.Str("n", numbers(e.Questions)), bot.Str("text", short(excerpt(e.Text)))), Value: entryName(d, e.ID),
		})
	}
	if len(choices) == 0 {
		lines = append(lines, s.words.Text(lang, "chat.highlight.empty"))
	}
	var controls []bot.Control
	if len(choices) > 0 {
		controls = append(controls, bot.Control{
			Label: s.label(lang, "chat.highlight.menu"), Path: path + strconv.Itoa(from), Pick: bot.PickChoice, Choices: choices,
		})
	}
	if next := from + bot.MaxChoices; next < len(answers) {
		controls = append(controls, bot.Control{Label: s.label(lang, "chat.button.more"), Path: "/chat/highlights/" + d.ID + "/" + strconv.Itoa(next)})
	}
	reply := bot.Say(bot.Join("\n", lines...), controls...)
	reply.Replace = req.Message != nil && req.Subject == nil
	return reply, nil
}

// highlightControls are those of a discussion's panel that lead to its answers to
// remember.
func (s *Service) highlightControls(lang string, d *Discussion) []bot.Control {
	if d.Asked == 0 || d.State == Cancelled {
		return nil
	}
	return []bot.Control{{Label: s.label(lang, "chat.highlight.button"), Path: "/chat/highlights/" + d.ID + "/0"}}
}
