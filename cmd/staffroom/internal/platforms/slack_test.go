package platforms

import (
	"context"
	"strings"
	"testing"

	"github.com/staffroom-bot/staffroom/adapters/adaptertest/spec"
	"github.com/staffroom-bot/staffroom/adapters/slack"
	"github.com/staffroom-bot/staffroom/adapters/slack/slackloop"
	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/cmd/staffroom/internal/house"
)

type slackScreen struct {
	*slackloop.Server
	name string // of the connection
}

func newSlackScreen(t *testing.T, language string, people ...string) screen {
	s := slackScreen{slackloop.Start(slackloop.Options{Check: spec.Slack(t)}), connection}
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
		Name: s.name, BotToken: slackloop.BotToken, AppToken: slackloop.AppToken, APIURL: s.APIURL(), Seal: t.Seal, Logger: t.Log,
	}), nil
}

func (s slackScreen) ready(ctx context.Context) error { return s.AwaitConnection(ctx, 1) }

func (s slackScreen) channel() bot.Channel {
	return bot.Channel{Space: bot.SpaceID{Connection: s.name, ID: slackloop.Team}, ID: "CCHAT"}
}

func (s slackScreen) say(who, text string) string {
	return s.Say(who, "CCHAT", text, slackloop.SayOptions{})
}

func (s slackScreen) tell(who, text string) {
	s.Say(who, slackloop.DM(who), text, slackloop.SayOptions{})
}

func (s slackScreen) command(who, path string, options map[string]string) error {
	typed := strings.ReplaceAll(strings.TrimPrefix(path, "/"), "/", " ")
	for name, value := range options {
		typed += " " + name + ":" + value
	}
	s.SlashCommand(who, "CCHAT", typed)
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
		all = append(all, shown{
			id: m.TS, channel: m.Channel, text: m.Text, buttons: m.Buttons, links: m.Links, images: m.Images, files: m.Files, direct: m.Direct,
		})
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

func (s slackScreen) refuse() { s.Fail("auth.test", slackloop.Fault{Error: "invalid_auth"}, -1) }

func (s slackScreen) vanish() { s.AddChannel(slackloop.Channel{ID: "CCHAT", Archived: true}) }
