package slack

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/adapters/slack/slackloop"
	"github.com/staffroom-bot/staffroom/bot"
)

// gate is a handler that waits until it is let through.
type gate struct {
	entered, release chan struct{}
	reply            bot.Reply
}

func newGate(reply bot.Reply) *gate {
	return &gate{entered: make(chan struct{}, 1), release: make(chan struct{}), reply: reply}
}

func (g *gate) handle(ctx context.Context, _ *bot.Request) (bot.Reply, error) {
	g.entered <- struct{}{}
	select {
	case <-g.release:
		return g.reply, nil
	case <-ctx.Done():
		return bot.Reply{}, ctx.Err()
	}
}

func TestCommandIsAcknowledgedBeforeItsHandlerEnds(t *testing.T) {
	w := newWorkspace(t)
	in := newInbox()
	g := newGate(bot.Say(bot.Plain("Here at last")))
	in.Handle(bot.Route{Path: "/slow/one", Private: true, Mode: bot.Deferred, Handle: g.handle})
	in.Command(bot.Command{Name: "chat", Subcommands: []bot.Subcommand{{Name: "slow", Private: true, Mode: bot.Deferred, Handle: g.handle}}})
	w.run(w.adapter(), in)
	id := w.SlashCommand(ana, channel, "chat slow")
	<-g.entered
	if d := w.acked(id); len(d.Response) > 0 || d.AckAfter > 3*time.Second {
		t.Errorf("acknowledged after %s with %s", d.AckAfter, d.Response)
	}
	if len(w.Screen(ana)) > 0 {
		t.Error("there is an answer before the handler gave one")
	}
	close(g.release)
	if s := w.sees(ana, "Here at last"); !s.Ephemeral {
		t.Errorf("the private reply is %+v", s)
	}
}

// A private reply finds another way when one is closed.
func TestPrivateReplyFindsAWay(t *testing.T) {
	for name, tt := range map[string]struct {
		close func(*workspace)
		want  func(slackloop.Shown) bool
		calls string
	}{
		"response_url": {func(*workspace) {}, func(s slackloop.Shown) bool { return s.Ephemeral }, "response_url"},
		"response_url has expired": {
			func(w *workspace) { w.ExpireResponseURLs() },
			func(s slackloop.Shown) bool { return s.Ephemeral }, "chat.postEphemeral",
		},
		"the bot is no member of the channel": {
			func(w *workspace) {
				w.ExpireResponseURLs()
				w.AddChannel(slackloop.Channel{ID: channel, BotOut: true})
			},
			func(s slackloop.Shown) bool { return s.Direct }, "chat.postMessage",
		},
		"Slack asks for patience": {
			func(w *workspace) {
				w.ExpireResponseURLs()
				w.Fail("chat.postEphemeral", slackloop.Fault{RetryAfter: 1}, 1)
			},
			func(s slackloop.Shown) bool { return s.Ephemeral }, "chat.postEphemeral",
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorkspace(t)
			in := newInbox()
			g := newGate(bot.Say(bot.Plain("For you")))
			in.Command(bot.Command{Name: "chat", Subcommands: []bot.Subcommand{{Name: "slow", Private: true, Handle: g.handle}}})
			w.run(w.adapter(), in)
			w.SlashCommand(ana, channel, "chat slow")
			<-g.entered
			tt.close(w)
			close(g.release)
			if s := w.sees(ana, "For you"); !tt.want(s) {
				t.Errorf("Ana sees %+v", s)
			}
			if len(w.Calls(tt.calls)) == 0 {
				t.Errorf("%s was not called", tt.calls)
			}
			for _, s := range w.Screen(joe) {
				t.Errorf("Joe sees %+v", s)
			}
		})
	}
}

func TestPublicReplyWhereTheBotIsNoMember(t *testing.T) {
	w := newWorkspace(t)
	w.AddChannel(slackloop.Channel{ID: channel, BotOut: true})
	in := newInbox()
	in.Command(bot.Command{Name: "chat", Subcommands: []bot.Subcommand{{Name: "list", Handle: saying("For all")}}})
	w.run(w.adapter(), in)
	w.SlashCommand(ana, channel, "chat list")
	if s := w.sees(joe, "For all"); s.Ephemeral || s.Direct {
		t.Errorf("Joe sees %+v", s)
	}
}

func TestCommandLines(t *testing.T) {
	for name, tt := range map[string]struct {
		ask  func(w *workspace)
		want string
		ok   func(slackloop.Shown) bool
	}{
		"nothing after the command":       {func(w *workspace) { w.SlashCommand(ana, channel, "") }, "The home", ephemeral},
		"a word that is no command":       {func(w *workspace) { w.SlashCommand(ana, channel, "hlep me") }, "Help: hlep me", ephemeral},
		"help":                            {func(w *workspace) { w.SlashCommand(ana, channel, "help") }, "Help: ", ephemeral},
		"options with what was said":      {func(w *workspace) { w.SlashCommand(ana, channel, `chat echo text:"a < b & @Joe"`) }, "a < b & @Joe", ephemeral},
		"a direct message":                {func(w *workspace) { w.Say(ana, slackloop.DM(ana), "chat echo hi", slackloop.SayOptions{}) }, "hi", direct},
		"a direct message, mention":       {func(w *workspace) { w.Say(ana, slackloop.DM(ana), "@staffroom help", slackloop.SayOptions{}) }, "Help: ", direct},
		"a direct message, mention alone": {func(w *workspace) { w.Say(ana, slackloop.DM(ana), "@staffroom", slackloop.SayOptions{}) }, "The home", direct},
		"a mention":                       {func(w *workspace) { w.Say(ana, channel, "@staffroom chat echo hi", slackloop.SayOptions{}) }, "hi", ephemeral},
		"a mention without a word":        {func(w *workspace) { w.Say(ana, channel, "@staffroom", slackloop.SayOptions{}) }, "The home", ephemeral},
		"a public command, by mention": {func(w *workspace) { w.Say(ana, channel, "@staffroom chat public", slackloop.SayOptions{}) }, "For all",
			func(s slackloop.Shown) bool { return !s.Ephemeral && !s.Direct }},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorkspace(t)
			in := newInbox()
			echo := func(_ context.Context, req *bot.Request) (bot.Reply, error) {
				if req.Name != "Ana" || req.Language != "es-MX" || req.Manages || req.Account != accountOf(ana) || req.Input == "" {
					t.Errorf("asked by %+v", req)
				}
				return bot.Say(bot.Plain(req.Value("text"))), nil
			}
			in.Command(bot.Command{Name: "chat", Subcommands: []bot.Subcommand{
				{Name: "echo", Private: true, Options: []bot.Option{{Name: "text"}}, Handle: echo},
				{Name: "public", Handle: saying("For all")},
			}})
			w.run(w.adapter(), in)
			tt.ask(w)
			if s := w.sees(ana, tt.want); !tt.ok(s) || s.Text != tt.want {
				t.Errorf("Ana sees %+v", s)
			}
			select {
			case ev := <-in.seen:
				t.Errorf("a command was told of as %+v", ev)
			default:
			}
		})
	}
}

func ephemeral(s slackloop.Shown) bool { return s.Ephemeral && !s.Direct }
func direct(s slackloop.Shown) bool    { return s.Direct && !s.Ephemeral }

// A mention in the middle of what somebody says, or before what is no command, is
// part of the conversation.
func TestMentionInConversation(t *testing.T) {
	w := newWorkspace(t)
	in := newInbox()
	w.run(w.adapter(), in)
	w.Say(ana, channel, "A1 thanks @staffroom", slackloop.SayOptions{})
	if got := in.next(t).Text; got != "A1 thanks @staffroom" {
		t.Errorf("told of %q", got)
	}
	w.Say(ana, channel, "@staffroom A2 a picture", slackloop.SayOptions{})
	if got := in.next(t).Text; got != "@staffroom A2 a picture" {
		t.Errorf("told of %q", got)
	}
	w.sees(ana, "Help: A2 a picture")
	if n := len(w.Screen(ana)); n != 1 {
		t.Errorf("Ana sees %d messages, want the help alone", n)
	}
}

// A mention in a thread is answered there.
func TestMentionInThread(t *testing.T) {
	w := newWorkspace(t)
	in := newInbox()
	in.Command(bot.Command{Name: "chat", Subcommands: []bot.Subcommand{{Name: "list", Handle: saying("For all")}}})
	w.run(w.adapter(), in)
	ts := w.Say(ana, channel, "hello", slackloop.SayOptions{})
	w.Say(ana, channel, "@staffroom chat list", slackloop.SayOptions{Thread: ts})
	w.Say(ana, channel, "@staffroom help", slackloop.SayOptions{Thread: ts})
	w.sees(ana, "For all")
	w.sees(ana, "Help")
	for _, m := range w.Messages(channel) {
		if m.User == slackloop.BotUser && m.ThreadTS != ts {
			t.Errorf("%q is not in the thread", m.Text)
		}
	}
}

// A command that Slack delivers again is served once.
func TestCommandRedelivered(t *testing.T) {
	for name, to := range map[string]struct{ channel, called string }{
		"direct":  {slackloop.DM(ana), ""},
		"mention": {channel, "@staffroom "},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorkspace(t)
			in := newInbox()
			asked := make(chan bot.InputID, 10)
			in.Command(bot.Command{Name: "chat", Subcommands: []bot.Subcommand{{Name: "list", Handle: func(_ context.Context, req *bot.Request) (bot.Reply, error) {
				asked <- req.Input
				return bot.Say(bot.Plain("For all")), nil
			}}}})
			w.run(w.adapter(), in)
			w.Say(ana, to.channel, to.called+"chat list", slackloop.SayOptions{})
			w.sees(ana, "For all")
			w.Redeliver()
			w.Say(ana, to.channel, to.called+"help", slackloop.SayOptions{})
			w.sees(ana, "Help")
			if n := len(asked); n != 1 {
				t.Errorf("the command was served %d times", n)
			}
		})
	}
}

func TestForgedControlLeadsToTheHelp(t *testing.T) {
	w := newWorkspace(t)
	in := newInbox()
	in.unserved(t, "/form/open")
	a := w.adapter()
	w.run(a, in)
	_, err := w.PressForged(ana, channel, panel(w, a), "/form/open~AAAAAAAAAAAA")
	w.must(err)
	w.sees(ana, "Help: ")
}

// The file of a private answer comes in direct messages: in a channel all would
// see it.
func TestFileOfAPrivateAnswer(t *testing.T) {
	w := newWorkspace(t)
	in := newInbox()
	in.Command(bot.Command{Name: "chat", Subcommands: []bot.Subcommand{{Name: "archive", Private: true, Handle: func(context.Context, *bot.Request) (bot.Reply, error) {
		return bot.Reply{Message: &bot.Message{Text: bot.Plain("Here it is"), Files: []bot.File{{Name: "archive.md", Data: []byte("# Hour")}}}}, nil
	}}}})
	w.run(w.adapter(), in)
	w.SlashCommand(ana, channel, "chat archive")
	w.sees(ana, "Here it is")
	w.until("file", func() bool { return len(w.Posts(slackloop.DM(ana))) == 1 })
	f, _ := w.File(w.Posts(slackloop.DM(ana))[0].Files[0])
	if f.Name != "archive.md" || string(f.Data) != "# Hour" || !f.Completed {
		t.Errorf("Ana got %+v", f)
	}
	if n := len(w.Posts(channel)); n != 0 {
		t.Errorf("%d messages in the channel", n)
	}
}

// An administrator of the workspace manages it; nobody does while that cannot be
// found out.
func TestManages(t *testing.T) {
	w := newWorkspace(t)
	in := newInbox()
	asked := make(chan bot.Request, 1)
	in.Command(bot.Command{Name: "organize", Subcommands: []bot.Subcommand{{Name: "setup", Private: true, Handle: func(_ context.Context, req *bot.Request) (bot.Reply, error) {
		asked <- *req
		return bot.Say(bot.Plain("Set up")), nil
	}}}})
	var later atomic.Int64
	o := w.options()
	o.Now = func() time.Time { return time.Now().Add(time.Duration(later.Load())) }
	w.run(w.adapterWith(o), in)
	ask := func(who string) bot.Request {
		w.SlashCommand(who, channel, "organize setup")
		return <-asked
	}
	if ask(ana).Manages || !ask(joe).Manages {
		t.Error("Joe is the administrator, not Ana")
	}
	w.sees(joe, "Set up")
	later.Store(int64(time.Hour))
	w.Fail("users.info", slackloop.Fault{Status: 500}, -1)
	if req := ask(joe); req.Manages || req.Name != "Joe" {
		t.Errorf("without his profile Joe is %q and manages: %t", req.Name, req.Manages)
	}
	w.Mend()
	if ask(joe).Manages {
		t.Error("the profile is asked for again at once")
	}
	later.Add(int64(profileAgain))
	if !ask(joe).Manages {
		t.Error("Joe is not the administrator again")
	}
}

// A handler that fails without words costs nothing but a line in the log.
func TestFailureWithoutWords(t *testing.T) {
	w := newWorkspace(t)
	in := newInbox()
	in.Command(bot.Command{Name: "chat", Subcommands: []bot.Subcommand{
		{Name: "fail", Handle: func(context.Context, *bot.Request) (bot.Reply, error) {
			return bot.Reply{}, errors.New("out of chalk")
		}},
		{Name: "panic", Handle: func(context.Context, *bot.Request) (bot.Reply, error) { panic("out of paper") }},
	}})
	w.run(w.adapter(), in)
	w.SlashCommand(ana, channel, "chat fail")
	w.SlashCommand(ana, channel, "chat panic")
	w.SlashCommand(ana, channel, "help")
	w.sees(ana, "Help")
	w.until("lines in the log", func() bool {
		return strings.Contains(w.log.String(), "out of chalk") && strings.Contains(w.log.String(), "out of paper")
	})
}
