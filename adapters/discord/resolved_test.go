package discord

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/staffroom-bot/staffroom/adapters/adaptertest"
	"github.com/staffroom-bot/staffroom/adapters/adaptertest/spec"
	"github.com/staffroom-bot/staffroom/adapters/discord/discordloop"
	"github.com/staffroom-bot/staffroom/bot"
)

// TestTypedOptions: a person and a channel are known, and read as their names.
func TestTypedOptions(t *testing.T) {
	t.Parallel()
	h := newHouse(t, withCommand(bot.Subcommand{
		Private: true, Handle: saying("ok"),
		Options: []bot.Option{{Name: "who", Kind: bot.OptionPerson, Summary: "o"}, {Name: "where", Kind: bot.OptionChannel, Summary: "o"}, {Name: "words", Summary: "o"}},
	}))
	h.command(h.ana, "/chat/sub", map[string]string{"who": h.joe, "where": h.channel, "words": "as typed"})
	req := h.asked(1)
	if req.Accounts["who"] != h.account(h.joe) || req.Value("who") != "@Joe" {
		t.Errorf("who = %q, %+v", req.Value("who"), req.Accounts)
	}
	if req.Channels["where"] != h.place() || req.Value("where") != "#"+h.loop.ChannelName(h.channel) {
		t.Errorf("where = %q, %+v", req.Value("where"), req.Channels)
	}
	if req.Value("words") != "as typed" || len(req.Accounts) != 1 || len(req.Channels) != 1 {
		t.Errorf("request = %+v", req)
	}
}

// TestMenus: what is picked asks for the menu's path, like a press.
func TestMenus(t *testing.T) {
	t.Parallel()
	picks := []bot.Control{
		{Label: "Go", Path: "/menu/go"},
		{Label: "Language", Path: "/menu/language", Pick: bot.PickChoice, Choices: []bot.Choice{{Label: "English", Value: "en"}, {Label: "Spanish", Value: "es"}}},
		{Label: "Who", Path: "/menu/who", Pick: bot.PickPerson},
		{Label: "Where", Path: "/menu/where", Pick: bot.PickChannel},
		{Label: "Stop", Path: "/menu/stop"},
	}
	var routes []bot.Route
	for _, c := range picks {
		routes = append(routes, bot.Route{Path: c.Path, Private: true, Handle: saying("Picked")})
	}
	h := newHouse(t, withCommand(bot.Subcommand{Private: true, Handle: answering(bot.Say(bot.Plain("Settings"), picks...), nil)}, routes...))
	h.command(h.ana, "/chat/sub", nil)
	panel := h.sees(h.ana, "Settings")
	if len(panel.Menus) != 3 || len(panel.Buttons) != 2 || len(panel.Menus[0].Options) != 2 {
		t.Fatalf("shows %+v and %+v", panel.Menus, panel.Buttons)
	}
	for n, pick := range []struct{ label, value string }{{"Language", "es"}, {"Who", h.joe}, {"Where", h.channel}} {
		if _, err := h.loop.Pick(h.ana, panel.ID, pick.label, pick.value); err != nil {
			t.Fatal(err)
		}
		req := h.asked(n + 2)
		switch pick.label {
		case "Language":
			if req.Path != "/menu/language" || req.Value(bot.Picked) != "es" || req.Message == nil {
				t.Errorf("request = %+v", req)
			}
		case "Who":
			if req.Accounts[bot.Picked] != h.account(h.joe) || req.Value(bot.Picked) != "@Joe" {
				t.Errorf("request = %+v", req)
			}
		case "Where":
			if req.Channels[bot.Picked] != h.place() || !strings.HasPrefix(req.Value(bot.Picked), "#") {
				t.Errorf("request = %+v", req)
			}
		}
	}
}

func TestMenusThatDiscordWouldRefuse(t *testing.T) {
	t.Parallel()
	choice := bot.Choice{Label: "x", Value: "x"}
	menu := bot.Control{Label: "m", Path: "/m", Pick: bot.PickPerson}
	messages := map[string]bot.Message{}
	for name, controls := range map[string][]bot.Control{
		"no choices":       {{Label: "m", Path: "/m", Pick: bot.PickChoice}},
		"too many choices": {{Label: "m", Path: "/m", Pick: bot.PickChoice, Choices: slices.Repeat([]bot.Choice{choice}, 26)}},
		"a long value":     {{Label: "m", Path: "/m", Pick: bot.PickChoice, Choices: []bot.Choice{{Label: "x", Value: strings.Repeat("x", 101)}}}},
		"too many menus":   slices.Repeat([]bot.Control{menu}, 6),
		"unknown":          {{Label: "m", Path: "/m", Pick: "colour"}},
	} {
		messages[name] = bot.Message{Text: bot.Plain("x"), Controls: controls}
	}
	sender(t).refusesUnsent(messages)
}

// TestLongestMenu: everything as long as it may be is taken.
func TestLongestMenu(t *testing.T) {
	t.Parallel()
	h := sender(t)
	var choices []bot.Choice
	for i := range maxSelectOptions {
		choices = append(choices, bot.Choice{Label: strings.Repeat("wörter ", 40), Value: fmt.Sprintf("%0100d", i)})
	}
	ref := h.post("k", bot.Message{Text: bot.Plain("x"), Controls: []bot.Control{
		{Label: strings.Repeat("long ", 99), Path: "/" + strings.Repeat("m", bot.MaxPath-1), Pick: bot.PickChoice, Choices: choices},
	}})
	if got, _ := h.loop.Message(ref.ID); len(got.Menus) != 1 || len(got.Menus[0].Options) != maxSelectOptions {
		t.Errorf("shows %+v", got.Menus)
	}
}

// TestAction: something is done with a message, chosen from its menu.
func TestAction(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(h *house) {
		withCommand(bot.Subcommand{Handle: saying("x")})(h)
		h.router.Action(bot.Action{Path: "/library/keep", Label: "library.keep", Private: true, Handle: saying("Kept")})
	})
	id := h.loop.Say(h.joe, h.channel, "Ask <@"+h.ana+"> about https://example.org")
	if _, err := h.loop.Action(h.ana, id, "library.keep"); err != nil {
		t.Fatal(err)
	}
	if got := h.sees(h.ana, "Kept"); got.OnlyFor != h.ana {
		t.Errorf("seen by %q", got.OnlyFor)
	}
	req := h.asked(1)
	want := bot.Subject{
		Message: bot.MessageRef{Channel: h.place(), ID: id}, Author: h.account(h.joe), Name: "Joe",
		Text: "Ask @Ana about https://example.org", Posted: snowflakeTime(id),
	}
	if req.Path != "/library/keep" || req.Subject == nil || *req.Subject != want {
		t.Errorf("request = %+v, subject %+v\nwant %+v", req, req.Subject, want)
	}
	own := h.post("k", bot.Message{Text: bot.Plain("Q1")})
	if _, err := h.loop.Action(h.ana, own.ID, "library.keep"); err != nil {
		t.Fatal(err)
	}
	if req := h.asked(2); req.Subject.Author != (bot.Account{}) || req.Subject.Text != "Q1" {
		t.Errorf("of a message of the bot: %+v", req.Subject)
	}
}

// TestActionOfBefore: an entry that another version registered.
func TestActionOfBefore(t *testing.T) {
	t.Parallel()
	h := newHouse(t, withCommand(bot.Subcommand{Handle: saying("x")}))
	h.loop.Dispatch("INTERACTION_CREATE", map[string]any{
		"id": "1", "application_id": "2000", "token": "t", "type": 2, "channel_id": h.channel, "guild_id": h.guild,
		"member": map[string]any{"user": map[string]any{"id": h.ana}},
		"data":   map[string]any{"type": 3, "name": "Highlight", "target_id": "5"},
	})
	h.until("it is answered", func() bool {
		return slices.ContainsFunc(h.loop.Requests(), func(r discordloop.Request) bool { return r.Path == "/interactions/1/t/callback" })
	})
	if n := h.requestCount(); n != 0 {
		t.Errorf("%d requests were served", n)
	}
}

// TestWhatIsRegistered: menus, options and who is shown what.
func TestWhatIsRegistered(t *testing.T) {
	t.Parallel()
	h := sender(t)
	h.router = bot.NewRouter()
	h.router.Command(bot.Command{Name: "organize", Summary: "o", Subcommands: []bot.Subcommand{
		{Name: "setup", Summary: "o", Access: bot.OrganizersOnly, Handle: saying("x")},
		{Name: "people", Summary: "o", Access: bot.OrganizersOnly, Handle: saying("x"), Options: []bot.Option{
			{Name: "who", Summary: "o", Kind: bot.OptionPerson}, {Name: "in", Summary: "o", Kind: bot.OptionChannel},
		}},
	}})
	h.router.Command(bot.Command{Name: "host", Summary: "o", Subcommands: []bot.Subcommand{
		{Name: "new", Summary: "o", Access: bot.HostsOnly, Handle: saying("x")},
		{Name: "all", Summary: "o", Access: bot.OrganizersOnly, Handle: saying("x")},
	}})
	for i := range maxMessageActions {
		h.router.Action(bot.Action{Path: fmt.Sprint("/act/", string(rune('a'+i))), Label: bot.Key(fmt.Sprint("Label ", i)), Handle: saying("x")})
	}
	h.adapter.words = twoTongues{}
	h.run()
	got, _ := h.loop.Commands()
	if len(got) != 2+maxMessageActions || got[0].Permissions != manageGuild || got[1].Permissions != 0 {
		t.Fatalf("registered %+v", got)
	}
	who, in := got[0].Subcommands[1].Options[0], got[0].Subcommands[1].Options[1]
	if who.Kind != optionPerson || in.Kind != optionChannel {
		t.Errorf("options %+v and %+v", who, in)
	}
	entry := got[2]
	if !entry.OnMessage || entry.Name != "Label 0 in en" || entry.Translations["es-ES"] != "Label 0 in es" {
		t.Errorf("an entry of the menu is %+v", entry)
	}
	if err := h.stop(); err != nil {
		t.Fatal(err)
	}
	// The next start finds them as they should be.
	next := newAdapter(t, h.loop, twoTongues{}, silent())
	h.adapter = next
	h.run()
	h.until("the commands have been compared", func() bool {
		return len(slices.DeleteFunc(h.loop.Requests(), func(r discordloop.Request) bool {
			return r.Method != "GET" || !strings.HasSuffix(r.Path, "/commands")
		})) == 2
	})
	if err := h.stop(); err != nil {
		t.Fatal(err)
	}
	if _, puts := h.loop.Commands(); puts != 1 {
		t.Errorf("registered %d times", puts)
	}
}

func TestCommandsAsJSON(t *testing.T) {
	out, err := Commands(adaptertest.Words(), "en", declared(), []bot.Action{{Path: "/a", Label: "l"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"name": "chat"`, `"type": 3`, `"name": "l"`} {
		if !strings.Contains(string(out), want) {
			t.Errorf("it lacks %s:\n%s", want, out)
		}
	}
	if check := spec.Discord(t); check != nil {
		if err := check("PUT", "/applications/1/commands", out); err != nil {
			t.Error(err)
		}
	}
}
