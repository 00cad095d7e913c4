package platforms

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/adapters/adaptertest/spec"
	"github.com/staffroom-bot/staffroom/adapters/discord"
	"github.com/staffroom-bot/staffroom/adapters/discord/discordloop"
	"github.com/staffroom-bot/staffroom/adapters/slack"
	"github.com/staffroom-bot/staffroom/adapters/slack/slackloop"
	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/redis/engine"
	"github.com/staffroom-bot/staffroom/cmd/staffroom/internal/house"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// patience is how long an effect may take to show; a passing test does not wait
// for it.
const patience = 10 * time.Second

// screen is a platform as people use it. It fails the test for whatever the bot
// sends that the platform's specification does not allow.
type screen interface {
	adapter(t house.Tools) (bot.Adapter, error)
	ready(ctx context.Context) error // when the adapter receives
	channel() bot.Channel
	say(who, text string) string
	tell(who, text string) // by direct message
	command(who, path string) error
	press(who string, m shown, label string) error
	// act chooses from the menu of a message; path and label are the entry's.
	act(who, message, path, label string) error
	pick(who, message, menu, choice string) error
	fill(who string, values map[string]string) error
	form(who string) (sheet, bool)
	seen(who string) []shown
	file(who, name string) []byte // the newest of this name that they see
	shut(who string)              // the next direct message to them is refused
	vanish()                      // the channel is gone
}

// shown is a message of the bot as somebody sees it.
type shown struct {
	id, channel, text      string
	buttons, images, files []string
	direct                 bool
}

// sheet is a form that somebody has open, by the labels of its fields.
type sheet struct {
	labels         []string
	values, faults map[string]string // what stands in the fields, and what is wrong with it
}

// screens are the platforms, by name. All people have theirs in one language; the
// last one manages the place.
var screens = map[string]func(t *testing.T, language string, people ...string) screen{"slack": newSlackScreen, "discord": newDiscordScreen}

// locales are the languages as the platforms call them.
var locales = map[string]string{"en": "en-US", "es": "es-ES"}

type slackScreen struct{ *slackloop.Server }

func newSlackScreen(t *testing.T, language string, people ...string) screen {
	s := slackScreen{slackloop.Start(slackloop.Options{Check: spec.Slack(t)})}
	t.Cleanup(func() {
		for _, err := range s.Complaints() {
			t.Errorf("Slack would not take it: %v", err)
		}
		s.Close()
	})
	s.AddChannel(slackloop.Channel{ID: "CCHAT", Name: "chat"})
	for i, p := range people {
		s.AddPerson(slackloop.Person{ID: p, Name: p, Locale: locales[language], Admin: i == len(people)-1})
	}
	return s
}

func (s slackScreen) adapter(t house.Tools) (bot.Adapter, error) {
	return slack.New(slack.Options{
		Name: "slack", BotToken: slackloop.BotToken, AppToken: slackloop.AppToken, APIURL: s.APIURL(), Seal: t.Seal, Logger: t.Log,
	}), nil
}

func (s slackScreen) ready(ctx context.Context) error { return s.AwaitConnection(ctx, 1) }

func (s slackScreen) channel() bot.Channel {
	return bot.Channel{Space: bot.SpaceID{Connection: "slack", ID: slackloop.Team}, ID: "CCHAT"}
}

func (s slackScreen) say(who, text string) string {
	return s.Say(who, "CCHAT", text, slackloop.SayOptions{})
}

func (s slackScreen) tell(who, text string) {
	s.Say(who, slackloop.DM(who), text, slackloop.SayOptions{})
}

func (s slackScreen) command(who, path string) error {
	s.SlashCommand(who, "CCHAT", strings.ReplaceAll(strings.TrimPrefix(path, "/"), "/", " "))
	return nil
}

func (s slackScreen) press(who string, m shown, label string) error {
	_, err := s.Press(who, m.channel, m.id, label)
	return err
}

func (s slackScreen) act(who, message, path, _ string) error {
	_, err := s.Act(who, "CCHAT", message, path)
	return err
}

func (s slackScreen) pick(who, message, menu, choice string) error {
	_, err := s.Pick(who, "CCHAT", message, menu, choice)
	return err
}

func (s slackScreen) fill(who string, values map[string]string) error {
	_, err := s.Submit(who, values)
	return err
}

func (s slackScreen) form(who string) (sheet, bool) {
	v, open := s.OpenView(who)
	f := sheet{values: map[string]string{}, faults: map[string]string{}}
	for _, in := range v.Inputs() {
		f.labels = append(f.labels, in.Label)
		f.values[in.Label], f.faults[in.Label] = v.Values[in.BlockID], v.Errors[in.BlockID]
	}
	return f, open
}

func (s slackScreen) seen(who string) (all []shown) {
	for _, m := range s.Screen(who) {
		all = append(all, shown{id: m.TS, channel: m.Channel, text: m.Text, buttons: m.Buttons, images: m.Images, files: m.Files, direct: m.Direct})
	}
	return all
}

func (s slackScreen) file(_, name string) (data []byte) {
	for _, f := range s.Files() {
		if f.Name == name {
			data = f.Data
		}
	}
	return data
}

func (s slackScreen) shut(string) {
	s.Fail("chat.postMessage", slackloop.Fault{Error: "user_disabled"}, 1)
}

func (s slackScreen) vanish() { s.AddChannel(slackloop.Channel{ID: "CCHAT", Archived: true}) }

type discordScreen struct {
	*discordloop.Server
	guild, chat string
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
	s := discordScreen{Server: loop, guild: loop.AddGuild("Lincoln")}
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
	return discord.New(discord.Options{Name: "discord", Token: s.Token(), APIURL: s.URL(), Seal: t.Seal, Words: t.Words, Logger: t.Log})
}

func (s discordScreen) ready(ctx context.Context) error {
	return s.Wait(ctx, func() bool {
		commands, _ := s.Commands()
		return s.Connected() && len(commands) > 0
	})
}

func (s discordScreen) channel() bot.Channel {
	return bot.Channel{Space: bot.SpaceID{Connection: "discord", ID: s.guild}, ID: s.chat}
}

func (s discordScreen) say(who, text string) string { return s.Say(who, s.chat, text) }

func (s discordScreen) tell(who, text string) { s.Say(who, s.DirectChannel(who), text) }

func (s discordScreen) command(who, path string) error {
	_, err := s.Command(who, s.chat, path, nil)
	return err
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
		one := shown{id: m.ID, channel: m.Channel, text: m.Text, direct: m.Direct}
		for _, b := range m.Buttons {
			one.buttons = append(one.buttons, b.Label)
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

func (s discordScreen) vanish() {
	s.Fail(discordloop.Fault{Path: "/channels/" + s.chat, Times: 1000, Status: http.StatusNotFound, Code: 10003})
}

// setting is the place and time of a house. Unset: in this process, now, in English
// and UTC.
type setting struct {
	url, language, zone string
	start               time.Time
}

// openHouse is a house on a platform, whose clock is moved by hand.
func openHouse(t *testing.T, s screen, in setting) (*house.House, *scheduler.ManualClock) {
	t.Helper()
	if in.start.IsZero() {
		in.start = time.Now().Truncate(time.Second) // the store knows no more than ms
	}
	clock := scheduler.NewManualClock(in.start)
	e, err := engine.Open(t.Context(), engine.Options{URL: in.url, InProcess: in.url == "", Start: clock.Now()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close(context.Background()) })
	h, err := house.Build(t.Context(), house.Options{
		Engine: e, Clock: clock, Manual: true, Language: cmp.Or(in.language, "en"), Zone: cmp.Or(in.zone, "UTC"), Version: "test",
		Log: slog.New(slog.DiscardHandler),
		Adapters: func(tools house.Tools) ([]bot.Adapter, error) {
			a, err := s.adapter(tools)
			return []bot.Adapter{a}, err
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return h, clock
}

// runHouse runs a house until the test ends, and returns when it receives.
func runHouse(t *testing.T, h *house.House, s screen) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- h.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	within, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := s.ready(within); err != nil {
		t.Fatal(err)
	}
}

// until waits for a condition.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	deadline := time.After(patience)
	for !holds() {
		select {
		case <-again.C:
		case <-deadline:
			t.Fatalf("no %s within %s", what, patience)
		}
	}
}

// sees waits until somebody sees a message of the bot that begins so.
func sees(t *testing.T, s screen, who, begins string) (found shown) {
	t.Helper()
	until(t, begins, func() bool {
		all := s.seen(who)
		i := slices.IndexFunc(all, func(m shown) bool { return strings.HasPrefix(m.text, begins) })
		if i >= 0 {
			found = all[i]
		}
		return i >= 0
	})
	return found
}
