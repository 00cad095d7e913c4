package discussion

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// askAnswer opens the form behind a question's Answer button.
func (s *Service) askAnswer(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	d, n, err := s.questionOf(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	lang := req.Member.Language
	return bot.Ask(bot.Form{
		Title:  s.label(lang, "chat.form.answer", bot.Num("n", n)),
		Path:   "/chat/answer/" + d.ID + "/" + strconv.Itoa(n),
		Submit: s.label(lang, "chat.form.send"),
		Fields: []bot.Field{{
			Name: "answer", Label: s.label(lang, "chat.form.answer.label"),
			Hint: bot.Shorten(d.Script.Questions[n-1].Text, 90), Long: true, Max: maxText,
		}},
	}), nil
}

// answer takes the form: the answer is filed and shown in the channel.
func (s *Service) answer(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	d, n, err := s.questionOf(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	lang := req.Member.Language
	text := strings.TrimSpace(req.Value("answer"))
	if text == "" {
		return bot.Reply{FieldErrors: map[string]bot.Text{"answer": s.words.Text(lang, "chat.form.answer.empty")}}, nil
	}
	now := s.clock.Now().UTC()
	place := max(d.place(req.Channel), 0) // asked for anywhere else, it is shown in the first
	key := bot.DeliveryKey(formEntry(d.ID) + bot.NewID(now))
	item := d.post("", place, bot.Message{Text: s.words.Text(d.Language, "chat.answer.shown",
		bot.Str("name", req.Member.Name), bot.Num("n", n), bot.Str("text", text))})
	item.Post.Key = key
	if d.Script.Threads {
		if item.Post.Channel.Thread, err = s.threadOf(ctx, &d, n, place); err != nil {
			return bot.Reply{}, err
		}
	}
	item.Class = outbox.Relay // many at once must not hold up the next question
	item.NotAfter = time.Time{}
	entry := Entry{
		ID: string(key), Place: place, Author: req.Member.ID, Kind: Answer, Questions: []int{n}, Asked: d.Asked, At: now, Text: text,
	}
	f := Filing{Discussion: &d, Entry: entry, Carried: d.carries(place)}
	err = s.store.Add(ctx, f, outbox.Effects{Input: req.Input, Posts: []outbox.Item{item}})
	switch {
	case err == nil:
		s.rooms.added(&d, entry)
		if err = s.late(ctx, &d, nil); err == nil {
			err = s.onward(ctx, nil, &f, req.Account, req.Member)
		}
	case errors.Is(err, outbox.ErrRepeated):
		err = nil
	}
	if err != nil {
		return bot.Reply{}, err
	}
	return bot.Say(s.words.Text(lang, "chat.answer.kept", bot.Num("n", n))), nil
}

// formEntry is what the IDs of entries begin with that were given by a form.
func formEntry(id string) string { return Record(id) + "/a/" }

// threadOf is the thread of a question in a place: it is named by its first
// message, as on every platform. "" if that is not known to have been posted.
func (s *Service) threadOf(ctx context.Context, d *Discussion, n, place int) (string, error) {
	channel, key := d.Places()[place].Channel.Root(), postKey(d.ID, questionName(n), place)
	if thread := s.rooms.get(channel.String()).ledger(d.ID).message(place, key); thread != "" {
		return thread, nil
	}
	r, err := s.look(ctx, d.Community, channel)
	return r.ledger(d.ID).message(place, key), err
}

// questionOf gives the discussion and the question of a request's path, if it
// can be answered now.
func (s *Service) questionOf(ctx context.Context, req *bot.Request) (Discussion, int, error) {
	d, err := s.named(ctx, req, anyone)
	if err != nil {
		return d, 0, err
	}
	n, err := strconv.Atoi(req.Params.Get("question"))
	if err != nil || n < 1 || n > d.Asked {
		return d, 0, bot.Fail(bot.NotFound, s.gone(req))
	}
	if !d.Running() {
		return d, 0, bot.Fail(bot.Conflict, s.words.Text(req.Member.Language, "chat.over",
			bot.Str("title", d.heading()), bot.Str("command", req.Typed("/chat archive"))))
	}
	return d, n, nil
}
