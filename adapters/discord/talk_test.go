package discord

import (
	"testing"

	"github.com/staffroom-bot/staffroom/adapters/adaptertest"
	"github.com/staffroom-bot/staffroom/bot"
)

var _ adaptertest.Talker = (*world)(nil)

func (w *world) SayDirectly(who, text string) string {
	w.receiving()
	w.said = w.Server.Say(w.people[who], w.DirectChannel(w.people[who]), text)
	return w.said
}

// What is written to the bot alone may be something else than a command, unless it
// is called by name or the line can only be one. After a mention in a channel all
// is a command. A change is no second line.
func TestWhatMayBeNoCommand(t *testing.T) {
	t.Parallel()
	h := newHouse(t, withCommand(bot.Subcommand{Options: []bot.Option{{Name: "name", Summary: "o"}}, Private: true, Handle: echo}))
	direct := h.loop.DirectChannel(h.ana)
	for n, c := range []struct{ channel, typed, said string }{
		{direct, "chat sub was full", "chat sub was full"},
		{direct, "chat sub name:Models", ""},
		{direct, h.loop.BotMention() + " chat sub was full", ""},
		{h.channel, h.loop.BotMention() + " chat sub was full", ""},
		{direct, "A rose\nand a thorn", "A rose\nand a thorn"},
	} {
		id := h.loop.Say(h.ana, c.channel, c.typed)
		if req := h.asked(n + 1); req.Said != c.said {
			t.Errorf("%q may be %q, want %q", c.typed, req.Said, c.said)
		}
		h.loop.Edit(id, "chat sub anew")
	}
	h.loop.Say(h.ana, direct, "chat sub last")
	if req := h.asked(6); req.Said != "chat sub last" {
		t.Errorf("after changes of messages %q came", req.Said)
	}
}
