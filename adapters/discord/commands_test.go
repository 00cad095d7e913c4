package discord

import (
	"strings"
	"testing"

	"github.com/staffroom-bot/staffroom/adapters/discord/discordloop"
	"github.com/staffroom-bot/staffroom/bot"
)

// twoTongues is a catalogue in English and Spanish.
type twoTongues struct{}

func (twoTongues) Text(language string, key bot.Key, _ ...bot.Arg) bot.Text {
	switch key {
	case "same":
		return bot.Plain("PLN")
	case "long":
		return bot.Plain(strings.Repeat("long ", 30))
	}
	return bot.Plain(string(key) + " in " + language)
}

func declared() []bot.Command {
	return []bot.Command{{Name: "chat", Summary: "chat", Subcommands: []bot.Subcommand{
		{Name: "list", Summary: "same", Handle: saying("x")},
		{Name: "archive", Summary: "long", Handle: saying("x"), Options: []bot.Option{
			{Name: "name", Summary: "name"}, {Name: "other", Summary: "other", Required: true},
		}},
	}}}
}

func TestCommands(t *testing.T) {
	t.Parallel()
	h := sender(t)
	h.router = bot.NewRouter()
	for _, c := range declared() {
		h.router.Command(c)
	}
	h.adapter.words = twoTongues{}
	h.run()
	got, puts := h.loop.Commands()
	if puts != 1 || len(got) != 1 {
		t.Fatalf("registered %d times: %+v", puts, got)
	}
	c := got[0]
	if c.Name != "chat" || c.Description != "chat in en" || c.Translations["es-ES"] != "chat in es" || c.Translations["es-419"] != "chat in es" || len(c.Translations) != 2 {
		t.Errorf("command = %+v", c)
	}
	list, archive := c.Subcommands[0], c.Subcommands[1]
	if list.Name != "list" || list.Description != "PLN" || length(archive.Description) > maxCommandDescription {
		t.Errorf("subcommands = %+v", c.Subcommands)
	}
	if len(archive.Options) != 2 || archive.Options[0] != (discordloop.Option{Name: "other", Description: "other in en", Kind: optionText, Required: true}) || archive.Options[1].Name != "name" {
		t.Errorf("options = %+v", archive.Options)
	}
}

// TestCommandsAreRegisteredWhenChanged: not at every start.
func TestCommandsAreRegisteredWhenChanged(t *testing.T) {
	t.Parallel()
	loop := startLoop(t, discordloop.Options{})
	for n, c := range []struct {
		words bot.Words
		puts  int
	}{{twoTongues{}, 1}, {twoTongues{}, 1}, {wordless{}, 2}} {
		h := &house{T: t, loop: loop, router: bot.NewRouter(), adapter: newAdapter(t, loop, c.words, silent())}
		for _, c := range declared() {
			h.router.Command(c)
		}
		h.run()
		h.until("the commands have been compared", func() bool {
			gets := 0
			for _, r := range loop.Requests() {
				if r.Method == "GET" && strings.HasSuffix(r.Path, "/commands") {
					gets++
				}
			}
			return gets == n+1
		})
		if err := h.stop(); err != nil {
			t.Fatal(err)
		}
		if _, puts := loop.Commands(); puts != c.puts {
			t.Errorf("after start %d they have been registered %d times, want %d", n+1, puts, c.puts)
		}
	}
}

// TestCommandsCannotBeRegistered: the rest goes on.
func TestCommandsCannotBeRegistered(t *testing.T) {
	t.Parallel()
	h := sender(t)
	h.router = bot.NewRouter()
	h.router.Listen(h.listen)
	h.loop.Fail(discordloop.Fault{Path: "/commands", Status: 403, Times: 9})
	h.run()
	h.until("the bot is connected", h.loop.Connected)
	h.loop.Say(h.ana, h.channel, "A1 all the same")
	h.told(1)
}
