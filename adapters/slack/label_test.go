package slack

import (
	"testing"

	"github.com/staffroom-bot/staffroom/bot"
)

// A name of which nothing is left does not have a whole message refused.
func TestNothingIsCalledNothing(t *testing.T) {
	const hidden = "\u202e \u2066\x00"
	w := newWorkspace(t)
	_, err := w.adapter().Send(t.Context(), bot.Post{Key: "k", Channel: inChannel(), Message: bot.Message{Text: bot.Plain("Pick"), Controls: []bot.Control{
		{Label: hidden, Path: "/a"},
		{Label: hidden, Path: "/b", Pick: bot.PickChoice, Choices: []bot.Choice{{Label: hidden, Value: "1"}}},
	}}})
	w.must(err)
	w.sees(ana, "Pick")
}
