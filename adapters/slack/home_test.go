package slack

import (
	"context"
	"strings"
	"testing"

	"github.com/staffroom-bot/staffroom/adapters/slack/slackloop"
	"github.com/staffroom-bot/staffroom/bot"
)

// A home is made anew each time, with a header for each bold line.
func TestHome(t *testing.T) {
	w := newWorkspace(t)
	in := &inbox{Router: bot.NewRouter(), seen: make(chan bot.Event, 10)}
	times := 0
	in.Command(bot.Command{Name: "staffroom", Subcommands: []bot.Subcommand{
		{Name: "home", Private: true, Handle: func(_ context.Context, req *bot.Request) (bot.Reply, error) {
			if req.Channel.ID != slackloop.DM(ana) || req.Message != nil || req.At.IsZero() || req.Name != "Ana" {
				t.Errorf("the home was asked for by %+v", req)
			}
			times++
			return bot.Say(bot.Text{
				{Kind: bot.SpanBold, Text: "What is on"}, {Text: "\nA chat at "}, {Kind: bot.SpanBold, Text: "eight"}, {Text: ".\n\n"},
				{Kind: bot.SpanBold, Text: "What waits for you"}, {Text: "\nNothing."},
			}), nil
		}},
		{Name: "help", Private: true, Handle: help},
	}})
	w.run(w.adapter(), in)
	for range 2 {
		w.acked(w.OpenHome(ana))
		w.until("home", func() bool { _, ok := w.Home(ana); return ok })
	}
	w.until("second home", func() bool { return len(w.Calls("views.publish")) == 2 })
	shown, _ := w.Home(ana)
	if want := "What is on\nA chat at eight.\nWhat waits for you\nNothing."; shown.Text != want {
		t.Errorf("the home shows %q, want %q", shown.Text, want)
	}
	if n := strings.Count(string(w.Calls("views.publish")[0].Payload), `"type":"header"`); n != 2 {
		t.Errorf("%d headers, want 2", n)
	}
	if n := len(w.Screen(ana)); n != 0 {
		t.Errorf("%d messages besides", n)
	}
	// Another tab is no reason to ask.
	w.acked(w.SendEvent(map[string]any{"type": "app_home_opened", "user": ana, "channel": slackloop.DM(ana), "tab": "messages"}))
	if times != 2 {
		t.Errorf("the home was asked for %d times", times)
	}
}

// Whatever a home says, it stays within what Slack takes.
func TestLongHome(t *testing.T) {
	w := newWorkspace(t)
	in := &inbox{Router: bot.NewRouter(), seen: make(chan bot.Event, 10)}
	var controls []bot.Control
	for range 60 {
		controls = append(controls, bot.Control{Label: "Go", Path: "/go"})
	}
	in.Command(bot.Command{Name: "staffroom", Subcommands: []bot.Subcommand{
		{Name: "home", Private: true, Handle: func(context.Context, *bot.Request) (bot.Reply, error) {
			return bot.Say(bot.Text{{Kind: bot.SpanBold, Text: strings.Repeat("x", 200)}, {Text: "\n" + strings.Repeat("words and words\n", 10_000)}}, controls...), nil
		}},
	}})
	w.run(w.adapter(), in)
	w.OpenHome(ana)
	w.until("home", func() bool { _, ok := w.Home(ana); return ok })
}

// A home that says nothing is an empty one.
func TestEmptyHome(t *testing.T) {
	w := newWorkspace(t)
	in := &inbox{Router: bot.NewRouter(), seen: make(chan bot.Event, 10)}
	in.Command(bot.Command{Name: "staffroom", Subcommands: []bot.Subcommand{{Name: "home", Private: true, Handle: saying("")}}})
	w.run(w.adapter(), in)
	w.OpenHome(ana)
	w.until("home", func() bool { _, ok := w.Home(ana); return ok })
}
