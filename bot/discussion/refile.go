package discussion

import (
	"context"
	"errors"
	"strconv"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// What can be picked for an entry beside the number of a question.
const (
	asRemark = "remark"
	asFirst  = "first" // as it was recognised
)

// fixQuestion serves the entry of a message's menu: how the message is filed, and
// where else it can be.
func (s *Service) fixQuestion(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	if req.Subject == nil {
		return bot.Reply{}, bot.Fail(bot.NotFound, s.unfiled(req))
	}
	d, e, err := s.Said(ctx, req.Member.Community, req.Subject.Message, req.Subject.Posted)
	if err == nil {
		err = s.mayRefile(req, &d, &e)
	}
	return s.filedAs(req, &d, &e, err)
}

// fixOwn is the same for an entry picked from one's own.
func (s *Service) fixOwn(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	d, e, err := s.toRefile(ctx, req, req.Value(bot.Picked))
	return s.filedAs(req, &d, &e, err)
}

// refile files an entry as it was picked.
func (s *Service) refile(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	d, e, err := s.toRefile(ctx, req, req.Params.Get("entry"))
	if err != nil {
		return s.filedAs(req, &d, &e, err)
	}
	fix, ok := d.fix(req.Value(bot.Picked))
	if !ok {
		return s.filedAs(req, &d, &e, nil)
	}
	err = s.store.Refile(ctx, &d, e.ID, fix, outbox.Effects{Input: req.Input})
	if err != nil && !errors.Is(err, outbox.ErrRepeated) {
		return bot.Reply{}, err
	}
	if e, err = s.store.Entry(ctx, &d, e.ID); err != nil {
		return bot.Reply{}, err
	}
	s.rooms.refiled(&d, e)
	if err := s.changed(ctx, &d); err != nil {
		return bot.Reply{}, err
	}
	reply, err := s.filedAs(req, &d, &e, nil)
	if err == nil {
		reply.Replace = true
		reply.Message.Text = bot.Join("\n", s.words.Text(req.Member.Language, "chat.fix.done"), reply.Message.Text)
	}
	return reply, err
}

// fix is what a value that was picked stands for; nil: as recognised.
func (d *Discussion) fix(picked string) (fix *Fix, ok bool) {
	switch picked {
	case asFirst:
		return nil, true
	case asRemark:
		return &Fix{Kind: Remark}, true
	}
	n, err := strconv.Atoi(picked)
	if err != nil || n < 1 || n > d.Asked {
		return nil, false
	}
	return &Fix{Kind: Answer, Questions: []int{n}}, true
}

// toRefile finds the entry of that name for somebody who may refile it.
func (s *Service) toRefile(ctx context.Context, req *bot.Request, name string) (d Discussion, e Entry, err error) {
	if d, err = s.named(ctx, req, anyone); err != nil {
		return d, e, err
	}
	if e, err = s.store.Entry(ctx, &d, entryNamed(&d, name)); err != nil {
		return d, e, err
	}
	return d, e, s.mayRefile(req, &d, &e)
}

// mayRefile lets the author of an entry refile it, and a host of the chat, until
// the last late answer.
func (s *Service) mayRefile(req *bot.Request, d *Discussion, e *Entry) error {
	lang := req.Member.Language
	switch {
	case !req.Member.Is(e.Author) && !d.hostedBy(req.Member):
		return bot.Fail(bot.Forbidden, s.words.Text(lang, "chat.fix.theirs"))
	case e.Deleted, e.Kind == Commitment:
		return bot.Fail(bot.NotFound, s.unfiled(req))
	case !d.Running():
		return bot.Fail(bot.Conflict, s.words.Text(lang, "chat.fix.over", bot.Str("title", d.heading())))
	default:
		return nil
	}
}

func (s *Service) unfiled(req *bot.Request) bot.Text {
	return s.words.Text(req.Member.Language, "chat.fix.unfiled", bot.Str("command", req.Typed("/chat mine")))
}

// filedAs says how an entry is filed and offers what else it can be, unless err
// says that it is not to be refiled.
func (s *Service) filedAs(req *bot.Request, d *Discussion, e *Entry, err error) (bot.Reply, error) {
	var told *bot.Error
	if bot.CodeOf(err) == bot.NotFound && (!errors.As(err, &told) || told.Message.Empty()) {
		err = bot.Fail(bot.NotFound, s.unfiled(req))
	}
	if err != nil {
		return bot.Reply{}, err
	}
	lang, quote := req.Member.Language, bot.Str("text", excerpt(e.Text))
	var state bot.Text
	switch e.Kind {
	case Answer:
		state = s.words.Text(lang, "chat.fix.answer", bot.Str("n", numbers(e.Questions)), quote)
	case Reply:
		state = s.words.Text(lang, "chat.fix.reply", quote)
	default:
		state = s.words.Text(lang, "chat.fix.remark", quote)
	}
	return bot.Say(bot.Join("\n", state, s.words.Text(lang, "chat.fix.how")), s.fixMenus(d, e, lang)...), nil
}
