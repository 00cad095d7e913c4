package discord

import (
	"context"
	"testing"

	"github.com/staffroom-bot/staffroom/bot"
)

// TestNothingIsCalledNothing: a name of which nothing is left does not have a whole
// message or form refused.
func TestNothingIsCalledNothing(t *testing.T) {
	t.Parallel()
	const hidden = "\u202e \u2066\x00"
	opening := func(context.Context, *bot.Request) (bot.Reply, error) {
		return bot.Ask(bot.Form{Title: hidden, Path: "/save", Fields: []bot.Field{
			{Name: "a", Label: hidden, Choices: []bot.Choice{{Label: hidden, Value: "1"}}},
		}}), nil
	}
	h := newHouse(t, withCommand(bot.Subcommand{Handle: opening}))
	ref := h.post("k", bot.Message{Text: bot.Plain("Pick"), Controls: []bot.Control{
		{Label: hidden, Path: "/a"},
		{Label: "Menu", Path: "/b", Pick: bot.PickChoice, Choices: []bot.Choice{{Label: hidden, Value: "1"}, {Label: "Two\nlines", Value: "2"}}},
	}})
	if m, ok := h.loop.Message(ref.ID); !ok || m.Text != "Pick" {
		t.Errorf("there is %+v", m)
	}
	h.command(h.ana, "/chat/sub", nil)
	if f := h.form(h.ana); f.Title != "…" {
		t.Errorf("the form is %+v", f)
	}
}
