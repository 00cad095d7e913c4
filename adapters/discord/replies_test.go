package discord

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/adapters/discord/discordloop"
	"github.com/staffroom-bot/staffroom/bot"
)

func saying(text string) bot.Handler {
	return func(context.Context, *bot.Request) (bot.Reply, error) { return bot.Say(bot.Plain(text)), nil }
}

// answering gives the same reply every time.
func answering(reply bot.Reply, err error) bot.Handler {
	return func(context.Context, *bot.Request) (bot.Reply, error) { return reply, err }
}

// withCommand declares "/chat sub" and the commands that the core counts on.
func withCommand(sub bot.Subcommand, routes ...bot.Route) func(*house) {
	return func(h *house) {
		sub.Name, sub.Summary = "sub", "chat.sub"
		h.router.Command(bot.Command{Name: "staffroom", Summary: "core.staffroom", Subcommands: []bot.Subcommand{
			{Name: "home", Summary: "core.home", Private: true, Handle: saying("home")},
			{Name: "help", Summary: "core.help", Private: true, Handle: saying("help")},
		}})
		h.router.Command(bot.Command{Name: "chat", Summary: "chat.chat", Subcommands: []bot.Subcommand{sub}})
		for _, r := range routes {
			h.router.Handle(r)
		}
	}
}

func TestRequestOfCommand(t *testing.T) {
	t.Parallel()
	h := newHouse(t, withCommand(bot.Subcommand{
		Private: true, Options: []bot.Option{{Name: "name", Summary: "o"}}, Handle: saying("Between us"),
	}))
	h.command(h.ana, "/chat/sub", map[string]string{"name": "Models & more"})
	got := h.sees(h.ana, "Between us")
	if got.OnlyFor != h.ana {
		t.Errorf("a private reply is seen by %q", got.OnlyFor)
	}
	req := h.asked(1)
	if req.Path != "/chat/sub" || req.Account != h.account(h.ana) || req.Channel != h.place() ||
		req.Name != "Ana" || !req.Manages || req.Language != "en-US" || req.Message != nil {
		t.Errorf("request = %+v", req)
	}
	if time.Since(req.At).Abs() > time.Minute {
		t.Errorf("At = %v", req.At)
	}
	h.command(h.joe, "/chat/sub", nil)
	if req := h.asked(2); req.Manages || req.Language != "es-ES" {
		t.Errorf("request = %+v", req)
	}
}

func TestSlowHandlerIsDeferred(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		private bool
		mode    bot.Mode
		reply   bot.Reply
		err     error
		want    string
		hidden  bool
	}{
		{"private", true, bot.Quick, bot.Say(bot.Plain("Here")), nil, "Here", true},
		{"public", false, bot.Quick, bot.Say(bot.Plain("Here")), nil, "Here", false},
		{"deferred at once", false, bot.Deferred, bot.Say(bot.Plain("Here")), nil, "Here", false},
		{"a failure is private though announced to all", false, bot.Deferred, bot.Say(bot.Plain("Sorry")), errors.New("x"), "Sorry", true},
		{"a failure without words", true, bot.Deferred, bot.Reply{}, errors.New("x"), string(keyFailed), true},
		{"nothing to say", true, bot.Deferred, bot.Reply{}, nil, string(keyDone), true},
		{"long", false, bot.Deferred, bot.Say(bot.Plain(strings.Repeat("abcdefghi ", 300))), nil,
			strings.TrimSpace(strings.Repeat("abcdefghi ", 300)), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			release := make(chan struct{})
			handle := func(context.Context, *bot.Request) (bot.Reply, error) {
				<-release
				return c.reply, c.err
			}
			h := newHouse(t, func(h *house) {
				withCommand(bot.Subcommand{Private: c.private, Mode: c.mode, Handle: handle})(h)
				h.adapter.patience.first = 5 * time.Millisecond
			})
			i := h.command(h.ana, "/chat/sub", nil)
			h.until("the answer is deferred", i.Deferred)
			close(release)
			got := h.sees(h.ana, c.want)
			if (got.OnlyFor == h.ana) != c.hidden {
				t.Errorf("seen only by %q", got.OnlyFor)
			}
			if n := len(h.loop.Seen(h.ana)); n != 1 {
				t.Errorf("Ana sees %d messages, want one", n)
			}
		})
	}
}

// panel is a public message with a button for each path.
func panel(paths ...string) bot.Handler {
	var controls []bot.Control
	for _, p := range paths {
		controls = append(controls, bot.Control{Label: p, Path: p})
	}
	return answering(bot.Say(bot.Plain("The panel"), controls...), nil)
}

func TestSlowPress(t *testing.T) {
	t.Parallel()
	replaced := bot.Say(bot.Plain("Taken over"))
	replaced.Replace = true
	for _, c := range []struct {
		name    string
		reply   bot.Reply
		want    string
		hidden  bool
		instead bool // of the panel
	}{
		{"another message", bot.Say(bot.Plain("More")), "More", true, false},
		{"replace", replaced, "Taken over", false, true},
		{"a late form is offered", bot.Ask(form()), string(keyFormReady), true, false},
		{"nothing", bot.Reply{}, "The panel", false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			release := make(chan struct{})
			slow := func(context.Context, *bot.Request) (bot.Reply, error) {
				<-release
				return c.reply, nil
			}
			h := newHouse(t, func(h *house) {
				withCommand(bot.Subcommand{Handle: panel("/slow")},
					bot.Route{Path: "/slow", Private: !c.instead, Handle: slow},
					bot.Route{Path: "/form/save", Handle: saying("Saved")})(h)
				h.adapter.patience.first = 50 * time.Millisecond
			})
			h.command(h.ana, "/chat/sub", nil)
			shown := h.sees(h.joe, "The panel")
			i := h.press(h.joe, shown.ID, "/slow")
			h.until("the answer is deferred", i.Deferred)
			close(release)
			got := h.sees(h.joe, c.want)
			if (got.OnlyFor == h.joe) != c.hidden || (got.ID == shown.ID) != (c.instead || c.want == "The panel") {
				t.Errorf("Joe sees %+v", got)
			}
			if len(got.Buttons) == 1 && got.Buttons[0].Label == string(keyFormOpen) {
				h.press(h.joe, got.ID, string(keyFormOpen))
				if f := h.form(h.joe); f.Title != form().Title {
					t.Errorf("the form is %+v", f)
				}
			}
		})
	}
}

func form() bot.Form {
	return bot.Form{
		Title: "New chat", Path: "/form/save", Submit: "Save",
		Fields: []bot.Field{
			{Name: "title", Label: "Title", Hint: "Using models", Max: 20},
			{Name: "pace", Label: "Pace", Value: "clock", Choices: []bot.Choice{{Label: "By the clock", Value: "clock"}, {Label: "By hand", Value: "hand"}}},
			{Name: "questions", Label: "Questions", Value: "One?", Long: true, Optional: true},
		},
	}
}

// formHouse has a command that opens form, and a route that takes it and
// complains about the title "wrong".
func formHouse(t *testing.T) *house {
	save := func(_ context.Context, req *bot.Request) (bot.Reply, error) {
		if req.Value("title") == "wrong" {
			return bot.Reply{FieldErrors: map[string]bot.Text{
				"title": bot.Plain("Please give *another* one."), "unheard": bot.Plain("Of no field."),
			}}, nil
		}
		return bot.Say(bot.Plain("Saved " + req.Value("title") + ", " + req.Value("pace") + ", " + req.Value("questions"))), nil
	}
	return newHouse(t, withCommand(
		bot.Subcommand{Private: true, Handle: answering(bot.Ask(form()), nil)},
		bot.Route{Path: "/form/save", Handle: save}))
}

func TestForm(t *testing.T) {
	t.Parallel()
	h := formHouse(t)
	h.command(h.ana, "/chat/sub", nil)
	got := h.form(h.ana)
	want := []discordloop.Field{
		{Label: "Title", Name: "title", Placeholder: "Using models", Required: true, MaxLength: 20},
		{Label: "Pace", Name: "pace", Value: "clock", Required: true, Options: []discordloop.Choice{{Name: "By the clock", Value: "clock"}, {Name: "By hand", Value: "hand"}}},
		{Label: "Questions", Name: "questions", Value: "One?", Long: true, MaxLength: maxInput},
	}
	if got.Title != "New chat" || !slices.EqualFunc(got.Fields, want, sameField) {
		t.Errorf("the form is %+v\nwant %+v", got.Fields, want)
	}

	h.submit(h.ana, map[string]string{"Title": "wrong", "Pace": "hand", "Questions": "One?\nTwo?"})
	note := h.sees(h.ana, string(keyFormErrors)+"\nTitle: Please give *another* one.\nunheard: Of no field.")
	if note.OnlyFor != h.ana || !slices.Equal(note.Looks, []string{"bold"}) {
		t.Errorf("the note is %+v", note)
	}
	h.press(h.ana, note.ID, string(keyFormReopen))
	again := h.form(h.ana)
	if again.Fields[0].Value != "wrong" || again.Fields[1].Value != "hand" || again.Fields[2].Value != "One?\nTwo?" {
		t.Errorf("the form does not hold what was typed: %+v", again.Fields)
	}
	h.submit(h.ana, map[string]string{"Title": "Models"})
	h.sees(h.ana, "Saved Models, hand, One?\nTwo?")
}

func sameField(a, b discordloop.Field) bool {
	return a.Label == b.Label && a.Name == b.Name && a.Placeholder == b.Placeholder && a.Value == b.Value &&
		a.Required == b.Required && a.Long == b.Long && a.MaxLength == b.MaxLength && slices.Equal(a.Options, b.Options)
}

// TestFormAfterRestart: a form survives a restart of the bot; what is kept in
// memory to open it again does not, and its owner is told.
func TestFormAfterRestart(t *testing.T) {
	t.Parallel()
	h := formHouse(t)
	h.command(h.ana, "/chat/sub", nil)
	h.form(h.ana)
	h.submit(h.ana, map[string]string{"Title": "wrong"})
	var note discordloop.Seen
	h.until("the note is there", func() bool {
		for _, s := range h.loop.Seen(h.ana) {
			if len(s.Buttons) == 1 {
				note = s
				return true
			}
		}
		return false
	})
	h.adapter.drafts = newRecent[bot.Form](draftsHeld, draftsKept, time.Now)
	h.press(h.ana, note.ID, string(keyFormReopen))
	h.sees(h.ana, string(keyFormGone))
}

func TestButtons(t *testing.T) {
	t.Parallel()
	h := newHouse(t, withCommand(bot.Subcommand{Handle: panel("/a/7", "/b/8")},
		bot.Route{Path: "/a/{n}", Private: true, Handle: saying("Pressed")},
		bot.Route{Path: "/b/{n}", Handle: answering(bot.Reply{}, nil)}))
	h.command(h.ana, "/chat/sub", nil)
	shown := h.sees(h.joe, "The panel")
	h.press(h.joe, shown.ID, "/a/7")
	h.sees(h.joe, "Pressed")
	req := h.asked(2)
	if req.Path != "/a/7" || req.Params.Get("n") != "7" || req.Account != h.account(h.joe) ||
		req.Message == nil || *req.Message != (bot.MessageRef{Channel: h.place(), ID: shown.ID}) {
		t.Errorf("request = %+v", req)
	}
	silent := h.press(h.joe, shown.ID, "/b/8")
	h.until("the button is released", silent.Answered)

	for _, id := range []string{"/a/7", "/a/7~forged", "", shown.Buttons[0].CustomID + "x", bot.NewSeal([]byte("other")).Token("/a/7")} {
		before := len(h.loop.Seen(h.joe))
		h.loop.Forge(h.joe, shown.ID, id)
		h.until("Joe is told", func() bool { return len(h.loop.Seen(h.joe)) > before })
	}
	h.sees(h.joe, string(keyStale))
	if n := h.requestCount(); n != 3 {
		t.Errorf("%d requests were served, want none of the forged ones", n)
	}
}

// TestRouteThatIsGone: a button of an earlier version gets an answer.
func TestRouteThatIsGone(t *testing.T) {
	t.Parallel()
	h := newHouse(t, withCommand(bot.Subcommand{Handle: panel("/gone/7")}))
	h.command(h.ana, "/chat/sub", nil)
	h.press(h.joe, h.sees(h.joe, "The panel").ID, "/gone/7")
	if got := h.sees(h.joe, string(keyFailed)); got.OnlyFor != h.joe {
		t.Errorf("seen only by %q", got.OnlyFor)
	}
}

func TestReplyThatDiscordWouldRefuse(t *testing.T) {
	t.Parallel()
	many := bot.Say(bot.Plain("Too much"))
	for range maxRows*maxButtons + 1 {
		many.Message.Controls = append(many.Message.Controls, bot.Control{Label: "x", Path: "/x"})
	}
	h := newHouse(t, withCommand(bot.Subcommand{Handle: answering(many, nil)}))
	h.command(h.ana, "/chat/sub", nil)
	if got := h.sees(h.ana, string(keyFailed)); got.OnlyFor != h.ana {
		t.Errorf("seen only by %q", got.OnlyFor)
	}
}

func TestAutocomplete(t *testing.T) {
	t.Parallel()
	complete := func(_ context.Context, req *bot.Request) ([]bot.Choice, error) {
		if req.Value("name") == "fail" {
			return nil, errors.New("cannot")
		}
		out := []bot.Choice{{Label: "too long", Value: strings.Repeat("x", maxChoiceText+1)}, {Label: "", Value: "x"}}
		for range 30 {
			out = append(out, bot.Choice{Label: strings.Repeat("y", 200), Value: req.Value("name") + req.Value("other")})
		}
		return out, nil
	}
	h := newHouse(t, withCommand(bot.Subcommand{
		Options: []bot.Option{{Name: "name", Summary: "o.name", Complete: complete}, {Name: "other", Summary: "o.other"}},
		Handle:  saying("x"),
	}))
	for typed, want := range map[string]int{"mod": maxChoices, "fail": 0} {
		i, err := h.loop.Complete(h.ana, h.channel, "/chat/sub", map[string]string{"name": typed, "other": "1"}, "name")
		if err != nil {
			t.Fatal(err)
		}
		h.until("values are proposed", i.Answered)
		got := i.Choices()
		if len(got) != want || want > 0 && (got[0].Value != typed+"1" || length(got[0].Name) != maxChoiceText) {
			t.Errorf("%s: proposed are %+v", typed, got)
		}
	}
}

// TestAnswerIsRepeated: no outbox stands behind an answer.
func TestAnswerIsRepeated(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]discordloop.Fault{
		"refused connection": {Refuse: true},
		"broken answer":      {Drop: true},
		"outage":             {Status: 503},
		"rate limit":         {Status: 429, RetryAfter: time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, withCommand(bot.Subcommand{Private: true, Handle: saying("Here")}))
			f.Path = "/callback"
			h.loop.Fail(f)
			h.command(h.ana, "/chat/sub", nil)
			h.sees(h.ana, "Here")
			if n := len(h.loop.Seen(h.ana)); n != 1 {
				t.Errorf("Ana sees %d messages, want one", n)
			}
		})
	}
}

// TestLateAnswer: what Discord takes no more as an answer reaches the asker in
// direct messages.
func TestLateAnswer(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	h := newHouse(t, withCommand(bot.Subcommand{Mode: bot.Deferred, Private: true, Handle: func(context.Context, *bot.Request) (bot.Reply, error) {
		<-release
		return bot.Say(bot.Plain("Here at last")), nil
	}}, bot.Route{Path: "/quick", Handle: saying("Too late")}, bot.Route{Path: "/form", Handle: answering(bot.Ask(form()), nil)}))
	i := h.command(h.ana, "/chat/sub", nil)
	h.until("the answer is deferred", i.Deferred)
	i.Expire()
	close(release)
	if got := h.sees(h.ana, "Here at last"); !got.Direct {
		t.Errorf("a late answer is given as %+v", got)
	}

	panel := h.post("panel", bot.Message{Text: bot.Plain("Panel"), Controls: []bot.Control{
		{Label: "Quick", Path: "/quick"}, {Label: "Form", Path: "/form"},
	}})
	h.loop.Fail(discordloop.Fault{Path: "/callback", Status: 404, Code: unknownInteraction})
	h.press(h.joe, panel.ID, "Form")
	offered := h.sees(h.joe, string(keyFormReady))
	h.press(h.joe, offered.ID, string(keyFormOpen))
	h.form(h.joe)

	h.loop.Fail(discordloop.Fault{Path: "/callback", Status: 404, Code: unknownInteraction})
	h.press(h.joe, panel.ID, "Quick")
	if got := h.sees(h.joe, "Too late"); !got.Direct {
		t.Errorf("a late answer is given as %+v", got)
	}
}

// TestOneSlowPersonHoldsNobodyUp: others are served while a handler is at work.
func TestOneSlowPersonHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	var h *house
	handle := func(_ context.Context, req *bot.Request) (bot.Reply, error) {
		if req.Account.User == h.ana {
			<-release
		}
		return bot.Say(bot.Plain("For " + req.Name)), nil
	}
	h = newHouse(t, func(made *house) {
		h = made
		withCommand(bot.Subcommand{Private: true, Mode: bot.Deferred, Handle: handle})(made)
	})
	h.command(h.ana, "/chat/sub", nil)
	h.asked(1)
	h.command(h.joe, "/chat/sub", nil)
	h.sees(h.joe, "For Joe")
	h.loop.Say(h.joe, h.channel, "A1 meanwhile")
	h.told(1)
	close(release)
	h.sees(h.ana, "For Ana")
}
