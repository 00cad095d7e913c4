package discord

import (
	"encoding/json"
	"testing"

	"github.com/staffroom-bot/staffroom/adapters/discord/discordloop"
	"github.com/staffroom-bot/staffroom/bot"
)

// TestServersThatAreNoLongerMeant: what is said in direct messages belongs to no
// server that the bot has left, whether it heard of that or not.
func TestServersThatAreNoLongerMeant(t *testing.T) {
	t.Parallel()
	for name, leave := range map[string]func(h *house, other string){
		"told": func(h *house, other string) {
			h.loop.Dispatch("GUILD_DELETE", map[string]any{"id": other})
		},
		"while away": func(h *house, _ string) {
			h.loop.Dispatch("READY", json.RawMessage(`{"session_id":"1","user":{"id":"1"},"guilds":[{"id":"`+h.guild+`","unavailable":true}]}`))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var other, room string
			h := newHouse(t, func(h *house) {
				other = h.loop.AddGuild("Another")
				room = h.loop.AddChannel(other)
				withCommand(bot.Subcommand{Options: []bot.Option{{Name: "name", Summary: "o"}}, Private: true, Handle: echo})(h)
			})
			h.loop.Say(h.ana, room, "hello there") // so that she was last seen there
			h.told(1)
			direct := h.loop.DirectChannel(h.ana)
			h.loop.Say(h.ana, direct, "chat sub one")
			if got := h.asked(1).Account.Space.ID; got != other {
				t.Errorf("Ana means %q, want the server where she was last seen", got)
			}
			leave(h, other)
			h.loop.Say(h.ana, direct, "chat sub two")
			if got := h.asked(2).Account.Space; got != h.space() {
				t.Errorf("Ana means %+v, want the one server that is left", got)
			}
		})
	}
}

// TestServerThatIsMeant: of somebody whom the bot has not seen since it began, Discord
// tells which server is theirs; where it does not, nothing is done in any.
func TestServerThatIsMeant(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		set    func(h *house, other string)
		served bool
	}{
		"a member of one":  {func(h *house, other string) { h.loop.Without(other, h.ana) }, true},
		"a member of both": {func(*house, string) {}, false},
		"a member of none": {func(h *house, other string) { h.loop.Without(other, h.ana); h.loop.Without(h.guild, h.ana) }, false},
		"Discord says no":  {func(h *house, _ string) { h.loop.Fail(discordloop.Fault{Path: "/members/", Status: 500, Times: 9}) }, false},
		"too many to ask at": {func(h *house, _ string) {
			for range mostSought {
				h.loop.Without(h.loop.AddGuild("More"), h.ana)
			}
		}, false},
	} {
		for way, ask := range map[string]func(h *house, direct string){
			"typed": func(h *house, direct string) { h.loop.Say(h.ana, direct, "chat sub Models") },
			"a command": func(h *house, direct string) {
				if _, err := h.loop.Command(h.ana, direct, "/chat/sub", map[string]string{"name": "Models"}); err != nil {
					h.Error(err)
				}
			},
		} {
			t.Run(name+"/"+way, func(t *testing.T) {
				t.Parallel()
				h := newHouse(t, func(h *house) {
					other := h.loop.AddGuild("Another")
					c.set(h, other)
					withCommand(bot.Subcommand{Options: []bot.Option{{Name: "name", Summary: "o"}}, Private: true, Handle: echo})(h)
				})
				direct := h.loop.DirectChannel(h.ana)
				ask(h, direct)
				if c.served {
					h.sees(h.ana, "Name: Models")
					if got := h.asked(1).Account; got != h.account(h.ana) {
						t.Errorf("it belongs to %+v", got)
					}
					return
				}
				h.sees(h.ana, string(keyWhere))
				if n := h.requestCount(); n != 0 {
					t.Errorf("%d requests were served", n)
				}
				h.loop.Say(h.ana, h.channel, "hello there") // now she was seen
				h.told(1)
				ask(h, direct)
				if got := h.asked(1).Account; got != h.account(h.ana) {
					t.Errorf("after she was seen, it belongs to %+v", got)
				}
			})
		}
	}
}

// TestServersOfWhomNobodyTells: without a gateway too.
func TestServersOfWhomNobodyTells(t *testing.T) {
	t.Parallel()
	h := webHouse(t, func(h *house) {
		h.loop.Without(h.loop.AddGuild("Another"), h.ana)
		withCommand(bot.Subcommand{Options: []bot.Option{{Name: "name", Summary: "o"}}, Private: true, Handle: echo})(h)
	}, withoutContent)
	if _, err := h.loop.Command(h.ana, h.loop.DirectChannel(h.ana), "/chat/sub", map[string]string{"name": "Models"}); err != nil {
		t.Fatal(err)
	}
	if got := h.asked(1).Account; got != h.account(h.ana) {
		t.Errorf("it belongs to %+v", got)
	}
}
