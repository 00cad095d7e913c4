package discord

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/bwmarrin/discordgo"

	"github.com/staffroom-bot/staffroom/adapters/adaptertest"
	"github.com/staffroom-bot/staffroom/adapters/discord/discordloop"
	"github.com/staffroom-bot/staffroom/bot"
)

// TestCheck: each thing that can be wrong is named, with what mends it.
func TestCheck(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		loop  discordloop.Options
		set   func(*discordloop.Server, *Options)
		says  string // of what is not right; "" if all is
		mends string
	}{
		{"all is right", discordloop.Options{}, nil, "", ""},
		{"wrong token", discordloop.Options{Token: "another"}, nil, "refuses the token", "Reset Token"},
		{"no intent", discordloop.Options{DeniedIntents: int(discordgo.IntentMessageContent)}, nil, "may not read messages", "Message Content Intent"},
		{"no intent and none wanted", discordloop.Options{DeniedIntents: int(discordgo.IntentMessageContent)},
			func(_ *discordloop.Server, o *Options) { o.NoContent = true }, "", ""},
		{"Discord is away", discordloop.Options{}, func(l *discordloop.Server, _ *Options) { l.Fail(discordloop.Fault{Refuse: true}) }, "cannot be reached", "https://discord.com"},
		{"servers cannot be listed", discordloop.Options{}, func(l *discordloop.Server, _ *Options) {
			l.Fail(discordloop.Fault{Path: "/guilds", Status: 503})
		}, "cannot be looked up", "again"},
		{"interactions elsewhere", discordloop.Options{}, func(l *discordloop.Server, _ *Options) { l.SendTo("https://old.example.org/x") }, "does not take them", "public_key"},
		{"interactions over HTTP", discordloop.Options{}, func(l *discordloop.Server, o *Options) {
			o.PublicKey = l.PublicKey()
			l.SendTo("https://bot.example.org/discord/discord-test")
		}, "", ""},
		{"no address entered", discordloop.Options{}, func(l *discordloop.Server, o *Options) { o.PublicKey = l.PublicKey() }, "does not know where", "/discord/discord-test"},
		{"another address entered", discordloop.Options{}, func(l *discordloop.Server, o *Options) {
			o.PublicKey = l.PublicKey()
			l.SendTo("https://bot.example.org/discord/other")
		}, "/discord/other", "/discord/discord-test"},
		{"another application's key", discordloop.Options{}, func(_ *discordloop.Server, o *Options) { o.PublicKey = strings.Repeat("00", 32) }, "another application", "Public Key"},
		{"no key at all", discordloop.Options{}, func(_ *discordloop.Server, o *Options) { o.PublicKey = "00" }, "cannot be read", "Public Key"},
		{"no address at all", discordloop.Options{}, func(_ *discordloop.Server, o *Options) { o.APIURL = "example.org" }, "api_url", "api_url"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			loop := startLoop(t, c.loop)
			loop.AddGuild("Lincoln")
			a := newAdapter(t, loop, wordless{}, silent()) // for its transport
			o := Options{Name: "discord-test", Token: "loop-token", APIURL: loop.URL(), Transport: a.rest.client.Transport.(*toHost).next}
			if c.set != nil {
				c.set(loop, &o)
			}
			found := false
			for _, f := range Check(t.Context(), o) {
				if f.What == "" || f.OK != (f.Mend == "") || !f.OK && c.says == "" {
					t.Errorf("found %+v", f)
				}
				if !f.OK && !strings.Contains(f.Mend, "docs/discord.md") {
					t.Errorf("no page is named: %+v", f)
				}
				found = found || !f.OK && strings.Contains(f.What, c.says) && strings.Contains(f.Mend, c.mends)
				if strings.Contains(f.What+f.Mend, "loop-token") {
					t.Errorf("a secret is in %+v", f)
				}
			}
			if found != (c.says != "") {
				t.Errorf("found %+v", Check(t.Context(), o))
			}
		})
	}
}

// TestCheckOfServers: each server is looked at.
func TestCheckOfServers(t *testing.T) {
	t.Parallel()
	loop := startLoop(t, discordloop.Options{})
	a := newAdapter(t, loop, wordless{}, silent())
	o := Options{Name: "discord-test", Token: loop.Token(), APIURL: loop.URL(), Transport: a.rest.client.Transport.(*toHost).next}
	last := func() bot.Finding {
		all := Check(t.Context(), o)
		return all[len(all)-1]
	}
	if f := last(); f.OK || !strings.Contains(f.Mend, Invitation("2000")) {
		t.Errorf("in no server: %+v", f)
	}
	var guild string
	for i := range 230 {
		guild = loop.AddGuild(fmt.Sprint("number ", i))
	}
	if f := last(); !f.OK || !strings.Contains(f.What, "all 230 servers") {
		t.Errorf("in many servers: %+v", f)
	}
	loop.Allow(guild, 1<<10|1<<11)
	if f := last(); f.OK || !strings.Contains(f.What, `"number 229"`) || !strings.Contains(f.What, "Embed Links, Attach Files") || strings.Contains(f.What, "View Channels") {
		t.Errorf("with few permissions: %+v", f)
	}
	loop.Allow(guild, administrator)
	if f := last(); !f.OK {
		t.Errorf("as an administrator: %+v", f)
	}
}

// TestCheckOfListing: only who wants to list members needs the intent for it.
func TestCheckOfListing(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		flags  uint64
		wanted bool
		says   []bool // whether what is found is right
	}{
		{0, false, nil},
		{flagMembers, false, nil},
		{flagMembers, true, []bool{true}},
		{flagMembersLimited, true, []bool{true}},
		{flagMessageContent, true, []bool{false}},
	} {
		app := applicationInfo{Flags: c.flags}
		var says []bool
		for _, f := range app.listing(c.wanted) {
			says = append(says, f.OK)
			if !f.OK && (!strings.Contains(f.Mend, "Server Members Intent") || !strings.Contains(f.Mend, "docs/discord.md")) {
				t.Errorf("found %+v", f)
			}
		}
		if !slices.Equal(says, c.says) {
			t.Errorf("flags %b, wanted %v: %v", c.flags, c.wanted, says)
		}
	}
}

// TestLacksAreNamedAtStart: whoever reads the log knows what to mend.
func TestLacksAreNamedAtStart(t *testing.T) {
	t.Parallel()
	log := &adaptertest.Log{}
	newHouse(t, func(h *house) {
		withCommand(bot.Subcommand{Handle: saying("x")})(h)
		h.adapter.log = slog.New(slog.NewTextHandler(log, nil))
		h.loop.Allow(h.guild, 1<<10)
		h.Cleanup(func() {
			if !strings.Contains(log.String(), "Send Messages in Threads") || !strings.Contains(log.String(), "docs/discord.md") {
				t.Errorf("the log says:\n%s", log)
			}
		})
	}).until("it is looked up", func() bool { return strings.Contains(log.String(), "missing=") })
}

// TestDocsListPermissions: the pages give the reasons that the program does, and
// the same invitation.
func TestDocsListPermissions(t *testing.T) {
	for _, page := range []string{"discord.md", "discord-approval.md"} {
		raw, err := os.ReadFile("../../docs/" + page)
		if err != nil {
			t.Fatal(err)
		}
		text := string(raw)
		rows := 0
		for _, p := range Permissions() {
			if strings.Contains(text, "| "+p.Name+" | "+p.Reason+" |") {
				rows++
				continue
			}
			t.Errorf("%s lacks a row for %s: %s", page, p.Name, p.Reason)
		}
		if page == "discord.md" && !strings.Contains(text, Invitation("APPLICATION_ID")) {
			t.Errorf("%s lacks %s", page, Invitation("APPLICATION_ID"))
		}
	}
}

// TestApprovalPageListsIntents: another intent needs a row of its own.
func TestApprovalPageListsIntents(t *testing.T) {
	raw, err := os.ReadFile("../../docs/discord-approval.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]discordgo.Intent{
		"Guilds": discordgo.IntentGuilds, "Guild Messages, Direct Messages": discordgo.IntentGuildMessages | discordgo.IntentDirectMessages,
		"Message Content (privileged)": discordgo.IntentMessageContent,
	}
	var listed discordgo.Intent
	for row, intent := range rows {
		if strings.Contains(string(raw), "\n| "+row+" | ") {
			listed |= intent
		}
	}
	if asked := intents(true); listed != asked {
		t.Errorf("the page lists %b, Staffroom asks for %b", listed, asked)
	}
}

// TestCheckIsOverWhenAsked: it does not wait longer than it may.
func TestCheckIsOverWhenAsked(t *testing.T) {
	t.Parallel()
	loop := startLoop(t, discordloop.Options{})
	loop.Fail(discordloop.Fault{Hold: make(chan struct{})})
	a := newAdapter(t, loop, wordless{}, silent())
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		_ = loop.Wait(t.Context(), func() bool { return true })
		cancel()
	}()
	found := Check(ctx, Options{Name: "d", Token: loop.Token(), APIURL: loop.URL(), Transport: a.rest.client.Transport.(*toHost).next})
	if len(found) != 1 || found[0].OK {
		t.Errorf("found %+v", found)
	}
}
