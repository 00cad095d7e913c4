package report

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"strings"

	"github.com/staffroom-bot/staffroom/bot"
)

// Options are what a Service is made of.
type Options struct {
	Store    Store
	People   People
	Archives Archives
	Words    bot.Words
}

// Service takes reports and brings them to the organizers.
type Service struct {
	store    Store
	people   People
	archives Archives
	words    bot.Words
}

// New returns the service.
func New(o Options) *Service {
	return &Service{store: o.Store, people: o.People, archives: o.Archives, words: o.Words}
}

const (
	sendPath   = "/report/send"
	settlePath = "/report/settle"
)

// Subcommand is /staffroom report, for what is no message.
func (s *Service) Subcommand() bot.Subcommand {
	return bot.Subcommand{
		Name: "report", Summary: "report.summary", Example: "report.example",
		Options: []bot.Option{{Name: "text", Summary: "report.option.text"}}, Private: true, Handle: s.askOther,
	}
}

// Register adds the entry of a message's menu, the form and the controls.
func (s *Service) Register(r *bot.Router) {
	r.Action(bot.Action{Path: "/report/message", Label: "report.action", Private: true, Handle: s.askMessage})
	r.Handle(bot.Route{Path: sendPath + "/{draft}", Private: true, Handle: s.send})
	r.Handle(bot.Route{Path: settlePath + "/{case}/{as}", Access: bot.OrganizersOnly, Private: true, Handle: s.settle})
}

// How much a person can write, and how much is quoted of a message, in characters:
// both fit a message of Discord (2,000).
// https://docs.discord.com/developers/resources/message
const (
	mostWhy    = 800
	mostQuoted = 800
)

// askMessage opens the form for a message.
func (s *Service) askMessage(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	if req.Subject == nil {
		return s.askOther(ctx, req)
	}
	c := req.Member.Community
	sub := Subject{Message: req.Subject.Message, Name: req.Subject.Name, Text: bot.Shorten(req.Subject.Text, mostQuoted)}
	kept, author, ok, err := s.archives.Said(ctx, c, sub.Message, req.Subject.Posted)
	switch {
	case err != nil:
		return bot.Reply{}, err
	case ok:
		sub.Kept, sub.Author = kept, author
	case req.Subject.Author.User != "":
		m, err := s.people.Member(ctx, req.Subject.Author, "")
		if err != nil {
			return bot.Reply{}, err
		}
		sub.Author = m.ID
	}
	if sub.Author != "" {
		names, err := s.people.Names(ctx, c, []bot.MemberID{sub.Author})
		if err != nil {
			return bot.Reply{}, err
		}
		if name := names[sub.Author]; name != "" {
			sub.Name = name
		}
	}
	return s.ask(ctx, req, sub, "")
}

// askOther opens the form for something else.
func (s *Service) askOther(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return s.ask(ctx, req, Subject{}, strings.TrimSpace(req.Value("text")))
}

// About opens the form for something else: text says what it is, and path is that of the
// control that shows it to an organizer. Whoever it is of, if that is known, does not read
// it.
func (s *Service) About(ctx context.Context, req *bot.Request, of bot.MemberID, text, path string) (bot.Reply, error) {
	return s.ask(ctx, req, Subject{Author: of, Thing: Thing{Text: text, Path: path}}, "")
}

// ask says who will read what, and opens the form, if there is anybody to tell.
func (s *Service) ask(ctx context.Context, req *bot.Request, sub Subject, typed string) (bot.Reply, error) {
	to, err := s.readers(ctx, req.Member.Community, req.Account.Space, &sub)
	if err != nil {
		return bot.Reply{}, err
	}
	lang := req.Member.Language
	label := func(key bot.Key, args ...bot.Arg) string { return s.words.Text(lang, key, args...).String() }
	if len(to) == 0 {
		return s.nobody(req, &sub), nil
	}
	now, err := s.store.Now(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	id := bot.NewID(now)
	if err := s.store.Begin(ctx, req.Member.Community, id, sub); err != nil {
		return bot.Reply{}, err
	}
	why := bot.Field{Name: "why", Long: true, Max: mostWhy, Value: bot.Shorten(typed, mostWhy)}
	switch {
	case sub.Thing != (Thing{}):
		why.Label, why.Hint = label("report.form.thing"), label("report.form.thing.hint")
	case sub.Message == (bot.MessageRef{}):
		why.Label, why.Hint = label("report.form.what"), label("report.form.what.hint")
	default:
		why.Optional = true
		why.Label, why.Hint = label("report.form.why"), label("report.form.why.hint")
	}
	return bot.Ask(bot.Form{
		Title: label("report.form"), Path: sendPath + "/" + id, Submit: label("report.form.send"),
		Fields: []bot.Field{why, {
			Name: "name", Label: label("report.form.name"), Value: "no",
			Choices: []bot.Choice{{Label: label("report.form.name.no"), Value: "no"}, {Label: label("report.form.name.yes"), Value: "yes"}},
		}},
	}), nil
}

// nobody says that there is nobody to tell.
func (s *Service) nobody(req *bot.Request, sub *Subject) bot.Reply {
	key := bot.Key("report.nobody")
	if sub.Author != "" {
		key = "report.nobody.else"
	}
	return bot.Say(s.words.Text(req.Member.Language, key))
}

// caseID names the case of a message, or of what is none.
func caseID(sub *Subject, draft string) string {
	if sub.Message == (bot.MessageRef{}) {
		return draft
	}
	sum := sha256.Sum256([]byte(sub.Message.Channel.Root().String() + " " + sub.Message.ID))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:15])[:20])
}
