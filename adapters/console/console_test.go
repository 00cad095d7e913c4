package console

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/staffroom-bot/staffroom/bot"
)

var updateGolden = flag.Bool("update", false, "write the golden files anew")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// room is a console at work: with a small bot behind it and a clock moved by
// hand, on which one post is due.
type room struct {
	*Adapter
	t      *testing.T
	out    *bytes.Buffer
	router *bot.Router
	stop   func() // ends the console

	mu       sync.Mutex
	now      time.Time
	requests []bot.Request
	events   []bot.Event
	joined   []Person
	refusals int // how many events the bot refuses from now on
}

var evening = time.Date(2026, 3, 9, 0, 55, 0, 0, time.UTC) // 8 March, 20:55 in New York

func newRoom(t *testing.T, change ...func(*Options)) *room {
	t.Helper()
	r := &room{t: t, out: &bytes.Buffer{}, now: evening}
	r.router = r.newBot()
	o := Options{
		Out:  r.out,
		Now:  r.clock,
		Zone: "America/New_York",
		Wait: r.wait,
		Joined: func(_ context.Context, p Person) error {
			r.joined = append(r.joined, p)
			return nil
		},
	}
	for _, c := range change {
		c(&o)
	}
	a, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	r.Adapter = a
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx, r.router) }()
	r.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run = %v, want nil", err)
		}
	})
	t.Cleanup(r.stop)
	return r
}

func (r *room) clock() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.now
}

// wait moves the clock; the nine o'clock post is due on the way.
func (r *room) wait(ctx context.Context, d time.Duration) error {
	nine := evening.Add(5 * time.Minute)
	target := r.clock().Add(d)
	if r.clock().Before(nine) && !target.Before(nine) {
		r.setClock(nine)
		olga := r.Account("olga")
		_, err := r.Send(ctx, bot.Post{Key: "nine", Channel: r.Channel("lounge"), Message: bot.Message{
			Text: bot.Text{{Text: "It is "}, {Kind: bot.SpanTime, At: &nine, Zone: "UTC"}, {Text: "."}},
		}})
		if err != nil {
			return err
		}
		_, err = r.Send(ctx, bot.Post{Key: "nine/olga", Direct: &olga, Message: bot.Message{
			Text: bot.Text{{Text: "For you it is "}, {Kind: bot.SpanTime, At: &nine, Zone: "UTC"}, {Text: "."}},
		}})
		if err != nil {
			return err
		}
	}
	r.setClock(target)
	return nil
}

func (r *room) setClock(now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.now = now
}

// lines works off a script.
func (r *room) lines(script string) {
	r.t.Helper()
	if err := r.Lines(r.t.Context(), strings.NewReader(script)); err != nil {
		r.t.Fatalf("Lines = %v", err)
	}
}

// shown is the output since the last call.
func (r *room) shown() string {
	s := r.out.String()
	r.out.Reset()
	return s
}

func reply(reply bot.Reply) bot.Handler {
	return func(context.Context, *bot.Request) (bot.Reply, error) { return reply, nil }
}

// newBot is a bot with one command of each sort.
func (r *room) newBot() *bot.Router {
	router := bot.NewRouter(func(next bot.Handler) bot.Handler {
		return func(ctx context.Context, req *bot.Request) (bot.Reply, error) {
			r.mu.Lock()
			r.requests = append(r.requests, *req)
			r.mu.Unlock()
			return next(ctx, req)
		}
	})
	router.Listen(func(_ context.Context, ev *bot.Event) error {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.events = append(r.events, *ev)
		if r.refusals > 0 {
			r.refusals--
			return errors.New("not now")
		}
		return nil
	})
	panel := bot.Reply{Message: &bot.Message{
		Text: bot.Text{{Kind: bot.SpanBold, Text: "Models"}, {Text: " · "}, {Kind: bot.SpanItalic, Text: "tonight"}, {Text: " · "},
			{Kind: bot.SpanLink, Text: "what it is", URL: "https://example.org/models"}, {Text: " · with "}, {Kind: bot.SpanMention, Text: "Olga"}},
		Image:    &bot.Image{URL: "https://example.org/a.png", Alt: "a model of a volcano"},
		Controls: []bot.Control{{Label: "Start", Path: "/host/start"}, {Label: "I'll be there", Path: "/chat/come/7"}},
	}}
	open := bot.Ask(bot.Form{Title: "New chat", Path: "/host/save", Submit: "Create", Fields: []bot.Field{
		{Name: "title", Label: "Title", Hint: "a few words", Max: 40},
		{Name: "questions", Label: "Questions", Hint: "one a line", Long: true, Optional: true},
		{Name: "level", Label: "Who may come", Value: "members", Optional: true,
			Choices: []bot.Choice{{Label: "Members", Value: "members"}, {Label: "Everybody", Value: "all"}}},
	}})
	save := func(_ context.Context, req *bot.Request) (bot.Reply, error) {
		if len(req.Value("title")) > 20 {
			return bot.Reply{FieldErrors: map[string]bot.Text{"title": bot.Plain("At most 20 letters, please.")}}, nil
		}
		said := *panel.Message
		said.Text = append(bot.Plain("Created: "), said.Text...)
		return bot.Reply{Message: &said}, nil
	}
	router.Command(bot.Command{Name: "staffroom", Subcommands: []bot.Subcommand{
		{Name: "home", Private: true, Handle: reply(bot.Say(bot.Plain("Nothing is on.")))},
		{Name: "help", Private: true, Handle: reply(bot.Say(bot.Plain("These are the commands.")))},
	}})
	router.Command(bot.Command{Name: "chat", Subcommands: []bot.Subcommand{
		{Name: "list", Private: true, Handle: reply(bot.Say(bot.Plain("No chats yet.\nMake one with /host new.")))},
		{Name: "archive", Private: true, Handle: reply(bot.Reply{Message: &bot.Message{
			Text: bot.Plain("Here it is."), Files: []bot.File{{Name: "archive.md", Data: []byte("# Models")}}}})},
		{Name: "broken", Handle: func(context.Context, *bot.Request) (bot.Reply, error) { return bot.Reply{}, errors.New("broken") }},
	}})
	router.Command(bot.Command{Name: "host", Subcommands: []bot.Subcommand{
		{Name: "new", Private: true, Handle: reply(open)},
		{Name: "panel", Private: true, Handle: reply(panel)},
	}})
	router.Handle(bot.Route{Path: "/host/save", Handle: save})
	router.Handle(bot.Route{Path: "/host/start", Handle: reply(bot.Reply{Replace: true,
		Message: &bot.Message{Text: bot.Plain("Started."), Controls: []bot.Control{{Label: "Next", Path: "/host/next"}}}})})
	router.Handle(bot.Route{Path: "/chat/come/{chat}", Private: true, Handle: reply(bot.Say(bot.Plain("See you there.")))})
	return router
}

// TestScripts plays each script in testdata and compares what is shown.
func TestScripts(t *testing.T) {
	scripts, err := filepath.Glob("testdata/*.script")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, path := range scripts {
		name := strings.TrimSuffix(filepath.Base(path), ".script")
		t.Run(name, func(t *testing.T) {
			script, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			r := newRoom(t)
			r.lines(string(script))
			golden(t, name, r.shown())
		})
	}
}

func TestColor(t *testing.T) {
	r := newRoom(t, func(o *Options) { o.Color = true })
	r.lines("maria: \x1b[31mred\njoe: /host panel\njoe: /host new\n")
	golden(t, "color", r.shown())
}

func TestHelp(t *testing.T) {
	r := newRoom(t)
	r.lines("!help")
	golden(t, "help", r.shown())
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *updateGolden {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("shown differs from %s (-want +got):\n%s", path, diff)
	}
}
