package house_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

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

// screen is a platform as people use it.
type screen interface {
	adapter(t house.Tools) (bot.Adapter, error)
	ready(ctx context.Context) error // when the adapter receives
	channel() bot.Channel
	say(who, text string) string
	// act chooses from the menu of a message; path and label are the entry's.
	act(who, message, path, label string) error
	pick(who, message, menu, choice string) error
	fill(who string, values map[string]string) error
	form(who string) bool
	seen(who string) []shown
}

type shown struct{ id, text string }

type slackScreen struct{ *slackloop.Server }

func newSlackScreen(t *testing.T, people ...string) screen {
	s := slackScreen{slackloop.Start(slackloop.Options{})}
	t.Cleanup(s.Close)
	s.AddChannel(slackloop.Channel{ID: "CCHAT", Name: "chat"})
	for _, p := range people {
		s.AddPerson(slackloop.Person{ID: p, Name: p})
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

func (s slackScreen) form(who string) bool {
	_, open := s.OpenView(who)
	return open
}

func (s slackScreen) seen(who string) (all []shown) {
	for _, m := range s.Screen(who) {
		all = append(all, shown{m.TS, m.Text})
	}
	return all
}

type discordScreen struct {
	*discordloop.Server
	guild, chat string
}

func newDiscordScreen(t *testing.T, people ...string) screen {
	loop, err := discordloop.Start(discordloop.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(loop.Close)
	s := discordScreen{Server: loop, guild: loop.AddGuild("Lincoln")}
	s.chat = loop.AddChannel(s.guild)
	for _, p := range people {
		loop.AddPerson(discordloop.Person{ID: p, Name: p})
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

func (s discordScreen) form(who string) bool {
	_, open := s.Form(who)
	return open
}

func (s discordScreen) seen(who string) (all []shown) {
	for _, m := range s.Seen(who) {
		if m.Author == "" {
			all = append(all, shown{m.ID, m.Text})
		}
	}
	return all
}

// What is in the menu of a message works on both platforms, from the entry to what
// organizers read.
func TestTheMenuOfAMessage(t *testing.T) {
	for name, open := range map[string]func(*testing.T, ...string) screen{"slack": newSlackScreen, "discord": newDiscordScreen} {
		t.Run(name, func(t *testing.T) {
			// Snowflakes on one, opaque on the other.
			const ana, joe, olga = "100000000000000001", "100000000000000002", "100000000000000003"
			s := open(t, ana, joe, olga)
			h, clock := openHouse(t, s)
			filed := make(chan string, 10)
			h.Router.Listen(func(_ context.Context, ev *bot.Event) error { // hears after the chat
				filed <- ev.Message.ID
				return nil
			})
			runHouse(t, h, s)

			asks := func(path string, values ...string) bot.Reply {
				t.Helper()
				req := &bot.Request{
					Path: path, Account: bot.Account{Space: s.channel().Space, User: olga}, Name: "olga", Channel: s.channel(), Manages: true,
					Input: bot.InputID(path), Values: map[string]string{},
				}
				for i := 0; i+1 < len(values); i += 2 {
					req.Values[values[i]] = values[i+1]
				}
				reply, err := h.Router.Ask(t.Context(), req)
				if err != nil {
					t.Fatal(path, err)
				}
				return reply
			}
			panel := asks("/host/create", "title", "Models", "questions", "What is a model?\nWhat do you look for?", "start", "", "length", "", "welcome", "")
			asks(panel.Message.Controls[0].Path) // start
			if err := clock.RunUntil(t.Context(), h.Runner, clock.Now().Add(20*time.Minute)); err != nil {
				t.Fatal(err)
			}
			said := s.say(joe, "A1 something unkind")
			for id := ""; id != said; {
				select {
				case id = <-filed:
				case <-time.After(patience):
					t.Fatal("what Joe said was not heard")
				}
			}
			must := func(err error) {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
			}
			must(s.act(ana, said, "/chat/fix-question", "Fix question"))
			sees(t, s, ana, "Only whoever wrote that")
			must(s.act(joe, said, "/chat/fix-question", "Fix question"))
			menu := sees(t, s, joe, "Filed as an answer to Q1")
			must(s.pick(joe, menu.id, "File it under…", "Q2 · What do you look for?"))
			sees(t, s, joe, "Done.\nFiled as an answer to Q2")

			must(s.act(ana, said, "/report/message", "Report"))
			until(t, "a form", func() bool { return s.form(ana) })
			must(s.fill(ana, map[string]string{"What is wrong? (can stay empty)": "He means me."}))
			sees(t, s, ana, "Thank you.")
			must(h.Runner.RunDue(t.Context()))
			told := sees(t, s, olga, "A message was reported.")
			if !strings.Contains(told.text, "“A1 something unkind”") || !strings.Contains(told.text, "He means me.") || strings.Contains(told.text, ana) {
				t.Errorf("the organizer reads %q", told.text)
			}
			if slices.ContainsFunc(s.seen(joe), func(m shown) bool { return strings.Contains(m.text, "report") }) {
				t.Error("whoever wrote it is told")
			}
		})
	}
}

// openHouse is a house on a platform, whose clock is moved by hand.
func openHouse(t *testing.T, s screen) (*house.House, *scheduler.ManualClock) {
	t.Helper()
	clock := scheduler.NewManualClock(time.Now().Truncate(time.Second)) // the store knows no more than ms
	e, err := engine.Open(t.Context(), engine.Options{InProcess: true, Start: clock.Now()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close(context.Background()) })
	h, err := house.Build(t.Context(), house.Options{
		Engine: e, Clock: clock, Manual: true, Language: "en", Zone: "UTC", Version: "test", Log: slog.New(slog.DiscardHandler),
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
