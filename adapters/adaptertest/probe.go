package adaptertest

import (
	"context"
	"errors"
	"strings"
	"sync"

	"github.com/staffroom-bot/staffroom/bot"
)

// Labels and words of the probe's replies.
const (
	openLabel    = "Fill in"
	replaceLabel = "Take over"
	titleLabel   = "Title"
	bodyLabel    = "What you did"
	levelLabel   = "Level"
	boxesLabel   = "With"
	titleTooLong = "At most ten letters, please."
	startBody    = "as it stands"
	titleHint    = "short"
	gone         = "There is nothing behind this any more."
)

// levels are what a field of the probe's form lets people pick from.
func levels() []bot.Choice {
	return []bot.Choice{{Label: "Beginning", Value: "1"}, {Label: "Going on", Value: "2"}}
}

// boxes are what a field of the probe's form lets people tick.
func boxes() []bot.Choice {
	return []bot.Choice{{Label: "Paper", Value: "paper"}, {Label: "Glue, and scissors", Value: "glue"}, {Label: "Time", Value: "time"}}
}

// probe is the bot of the contract: a router with commands that do one thing
// each, which remembers what it was asked and told.
type probe struct {
	router *bot.Router

	mu       sync.Mutex
	requests []bot.Request
	events   []bot.Event
	refusals int // how many events are refused from now on

	entered chan struct{} // gets a value when the slow handler begins
	release chan struct{} // closed: the slow handler may go on
	letGo   func()        // closes release
}

func newProbe() *probe {
	p := &probe{entered: make(chan struct{}, 1), release: make(chan struct{})}
	p.letGo = sync.OnceFunc(func() { close(p.release) })
	p.router = bot.NewRouter(p.remember)
	text := []bot.Option{{Name: "text", Summary: "probe.text"}}
	meant := []bot.Option{
		{Name: "who", Kind: bot.OptionPerson, Summary: "probe.who"},
		{Name: "where", Kind: bot.OptionChannel, Summary: "probe.where"},
	}
	p.router.Command(bot.Command{Name: "staffroom", Summary: "probe.staffroom", Subcommands: []bot.Subcommand{
		{Name: "home", Summary: "probe.home", Private: true, Handle: home},
		{Name: "help", Summary: "probe.help", Private: true, Handle: say("help")},
	}})
	p.router.Command(bot.Command{Name: "probe", Summary: "probe.summary", Subcommands: []bot.Subcommand{
		{Name: "private", Summary: "probe.private", Private: true, Options: text, Handle: echo},
		{Name: "public", Summary: "probe.public", Options: text, Handle: echo},
		{Name: "long", Summary: "probe.long", Private: true, Handle: say(longText())},
		{Name: "fail", Summary: "probe.fail", Private: true, Handle: fail},
		{Name: "panel", Summary: "probe.panel", Handle: panel},
		{Name: "slow", Summary: "probe.slow", Private: true, Mode: bot.Deferred, Handle: p.slow},
		{Name: "menus", Summary: "probe.menus", Handle: menus},
		{Name: "meant", Summary: "probe.meant", Private: true, Options: meant, Handle: say("Understood")},
		{Name: "drawn", Summary: "probe.drawn", Private: true, Handle: drawnForOne},
	}})
	p.router.Action(bot.Action{Path: "/probe/keep", Label: keepLabel, Private: true, Handle: keep})
	p.router.Handle(bot.Route{Path: "/probe/open/{n}", Private: true, Handle: open})
	p.router.Handle(bot.Route{Path: "/probe/save/{n}", Private: true, Handle: save})
	p.router.Handle(bot.Route{Path: "/probe/replace", Handle: replace})
	p.router.Handle(bot.Route{Path: "/probe/picked/{kind}", Private: true, Handle: picked})
	p.router.Handle(bot.Route{Path: "/probe/athome", Private: true, Handle: atHome})
	p.router.Handle(bot.Route{Path: "/probe/aside", Private: true, Handle: say("Aside")})
	p.router.Listen(p.listen)
	p.router.Talk(p.talk)
	return p
}

func say(text string) bot.Handler {
	return func(context.Context, *bot.Request) (bot.Reply, error) { return bot.Say(bot.Plain(text)), nil }
}

func echo(_ context.Context, req *bot.Request) (bot.Reply, error) {
	return bot.Say(bot.Plain("You said: " + req.Value("text"))), nil
}

func fail(context.Context, *bot.Request) (bot.Reply, error) {
	return bot.Say(bot.Plain("That did not work.")), errors.New("the probe fails when asked to")
}

func panel(context.Context, *bot.Request) (bot.Reply, error) {
	return bot.Say(bot.Plain("The panel"),
		bot.Control{Label: openLabel, Path: "/probe/open/7", Style: bot.Primary},
		bot.Control{Label: replaceLabel, Path: "/probe/replace"}), nil
}

func open(_ context.Context, req *bot.Request) (bot.Reply, error) {
	return bot.Ask(bot.Form{
		Title:  "Number " + req.Params.Get("n"),
		Path:   "/probe/save/" + req.Params.Get("n"),
		Submit: "Save",
		Fields: []bot.Field{
			{Name: "title", Label: titleLabel, Hint: titleHint},
			{Name: "body", Label: bodyLabel, Value: startBody, Long: true, Optional: true},
			{Name: "level", Label: levelLabel, Value: "1", Choices: levels()},
			{Name: "boxes", Label: boxesLabel, Value: "paper\ntime", Choices: boxes(), Many: true, Optional: true},
		},
	}), nil
}

func save(_ context.Context, req *bot.Request) (bot.Reply, error) {
	if len(req.Value("title")) > 10 {
		return bot.Reply{FieldErrors: map[string]bot.Text{"title": bot.Plain(titleTooLong)}}, nil
	}
	return bot.Say(bot.Plain("Saved " + req.Params.Get("n") + ": " + req.Value("title") + ". " + req.Value("body"))), nil
}

func replace(context.Context, *bot.Request) (bot.Reply, error) {
	reply := bot.Say(bot.Plain("Taken over"))
	reply.Replace = true
	return reply, nil
}

func (p *probe) slow(ctx context.Context, _ *bot.Request) (bot.Reply, error) {
	p.entered <- struct{}{}
	select {
	case <-p.release:
		return bot.Say(bot.Plain("Here at last")), nil
	case <-ctx.Done():
		return bot.Reply{}, ctx.Err()
	}
}

func (p *probe) remember(next bot.Handler) bot.Handler {
	return func(ctx context.Context, req *bot.Request) (bot.Reply, error) {
		p.mu.Lock()
		p.requests = append(p.requests, *req)
		p.mu.Unlock()
		reply, err := next(ctx, req)
		if bot.CodeOf(err) == bot.NotFound { // said in words, as the real bot does
			return bot.Say(bot.Plain(gone)), nil
		}
		return reply, err
	}
}

func (p *probe) listen(_ context.Context, ev *bot.Event) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.events = append(p.events, *ev)
	if p.refusals > 0 {
		p.refusals--
		return errors.New("the probe does not take this event in")
	}
	return nil
}

// refuse lets the next event fail.
func (p *probe) refuse() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refusals++
}

// asked lists the requests for a path so far.
func (p *probe) asked(path string) []bot.Request {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []bot.Request
	for _, r := range p.requests {
		if r.Path == path {
			out = append(out, r)
		}
	}
	return out
}

// told lists the events about a message so far, or all for id "".
func (p *probe) told(id string) []bot.Event {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []bot.Event
	for _, e := range p.events {
		if id == "" || e.Message.ID == id {
			out = append(out, e)
		}
	}
	return out
}

// longText is 100 kB of words.
func longText() string { return "It begins here. " + strings.Repeat("and goes on ", 8_500) }

// Words is the message catalogue of the contract, for adapters that need one.
// It has no messages of its own: each reads as its key, followed by its
// arguments.
func Words() bot.Words { return words{} }

type words struct{}

func (words) Text(_ string, key bot.Key, args ...bot.Arg) bot.Text {
	out := bot.Plain(string(key))
	for _, a := range args {
		out = bot.Join(" ", out, a.Value)
	}
	return out
}
