package platforms

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/staffroom-bot/staffroom/adapters/adaptertest/spec"
	"github.com/staffroom-bot/staffroom/adapters/discord"
	"github.com/staffroom-bot/staffroom/adapters/discord/discordloop"
	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/cmd/staffroom/internal/house"
)

type discordScreen struct {
	*discordloop.Server
	name, guild, chat string // the first is that of the connection
}

func newDiscordScreen(t *testing.T, language string, people ...string) screen {
	loop, err := discordloop.Start(discordloop.Options{Check: spec.Discord(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, v := range loop.Violations() {
			t.Errorf("Discord would not take it: %s", v)
		}
		loop.Close()
	})
	s := discordScreen{Server: loop, name: connection, guild: loop.AddGuild("Lincoln")}
	s.chat = loop.AddChannel(s.guild)
	for i, p := range people {
		who := discordloop.Person{ID: p, Name: p, Locale: locales[language]}
		if i == len(people)-1 {
			who.Permissions = 1 << 5 // https://discord.com/developers/docs/topics/permissions
		}
		loop.AddPerson(who)
	}
	return s
}

func (s discordScreen) adapter(t house.Tools) (bot.Adapter, error) {
	return discord.New(discord.Options{Name: s.name, Token: s.Token(), APIURL: s.URL(), Seal: t.Seal, Words: t.Words, Logger: t.Log})
}

func (s discordScreen) ready(ctx context.Context) error {
	return s.Wait(ctx, func() bool {
		commands, _ := s.Commands()
		return s.Connected() && len(commands) > 0
	})
}

func (s discordScreen) channel() bot.Channel {
	return bot.Channel{Space: bot.SpaceID{Connection: s.name, ID: s.guild}, ID: s.chat}
}

func (s discordScreen) say(who, text string) string { return s.Say(who, s.chat, text) }

func (s discordScreen) tell(who, text string) { s.Say(who, s.DirectChannel(who), text) }

func (s discordScreen) command(who, path string, options map[string]string) error {
	_, err := s.Command(who, s.chat, path, options)
	return err
}

// proposed are the values that are proposed while somebody types an option.
func (s discordScreen) proposed(t *testing.T, who, path string, options map[string]string, option string) (labels []string) {
	t.Helper()
	i, err := s.Complete(who, s.chat, path, options, option)
	if err != nil {
		t.Fatal(err)
	}
	until(t, "proposals for "+option, func() bool { return len(i.Choices()) > 0 })
	for _, c := range i.Choices() {
		labels = append(labels, c.Name)
	}
	return labels
}

func (s discordScreen) press(who string, m shown, label string) error {
	_, err := s.Press(who, m.id, label)
	return err
}

func (s discordScreen) act(who, message, _, label string) error {
	_, err := s.Action(who, message, label)
	return err
}

func (s discordScreen) pick(who, message, menu, choice string) error {
	m, _ := s.Message(message)
	for _, offered := range m.Menus {
		if offered.Label == menu && len(offered.Options) == 0 { // of channels or people, by their IDs
			_, err := s.Pick(who, message, menu, choice)
			return err
		}
		for _, o := range offered.Options {
			if offered.Label == menu && o.Name == choice {
				_, err := s.Pick(who, message, menu, o.Value)
				return err
			}
		}
	}
	return fmt.Errorf("no %q in %q", choice, menu)
}

func (s discordScreen) fill(who string, values map[string]string) error {
	_, err := s.Submit(who, values)
	return err
}

func (s discordScreen) form(who string) (sheet, bool) {
	open, ok := s.Form(who)
	f := sheet{values: map[string]string{}}
	for _, in := range open.Fields {
		f.labels = append(f.labels, in.Label)
		f.values[in.Label] = in.Value
	}
	return f, ok
}

func (s discordScreen) seen(who string) (all []shown) {
	for _, m := range s.Seen(who) {
		if m.Author != "" {
			continue
		}
		one := shown{id: m.ID, channel: m.Channel, text: m.Text, links: m.Links, direct: m.Direct}
		for _, b := range m.Buttons {
			one.buttons = append(one.buttons, b.Label)
		}
		for _, e := range m.Embeds {
			if e.Image != nil && strings.HasPrefix(e.Image.URL, "https://") {
				one.images = append(one.images, e.Image.Alt)
			}
		}
		for _, f := range m.Files {
			if f.Alt != "" {
				one.images = append(one.images, f.Alt)
			} else {
				one.files = append(one.files, f.Name)
			}
		}
		all = append(all, one)
	}
	return all
}

func (s discordScreen) file(who, name string) (data []byte) {
	for _, m := range s.Seen(who) {
		for _, f := range m.Files {
			if f.Name == name {
				data = f.Data
			}
		}
	}
	return data
}

func (s discordScreen) shut(who string) {
	s.Fail(discordloop.Fault{
		Method: http.MethodPost, Path: "/channels/" + s.DirectChannel(who) + "/messages", Status: http.StatusForbidden, Code: 50007,
	})
}

// refuse: 4004 is for a token that is not valid.
// https://discord.com/developers/docs/topics/opcodes-and-status-codes
func (s discordScreen) refuse() { s.RefuseIdentify(4004) }

func (s discordScreen) vanish() {
	s.Fail(discordloop.Fault{Path: "/channels/" + s.chat, Times: 1000, Status: http.StatusNotFound, Code: 10003})
}
