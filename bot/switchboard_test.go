package bot_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
)

func TestSwitchboard(t *testing.T) {
	now := time.Date(2026, 5, 14, 19, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	slack, discord := bottest.NewAdapter("slack", clock), bottest.NewAdapter("discord", clock)
	s := bot.NewSwitchboard(slack, discord)
	ctx := context.Background()

	space := bot.SpaceID{Connection: "discord", ID: "G1"}
	ch := bot.Channel{Space: space, ID: "C1"}
	ref, err := s.Send(ctx, bot.Post{Key: "k1", Channel: ch, Message: bot.Message{Text: bot.Plain("hello")}})
	if err != nil {
		t.Fatal(err)
	}
	if found, ok, err := s.Find(ctx, ch, "k1", now); found != ref || !ok || err != nil {
		t.Errorf("found %v, %v, %v", found, ok, err)
	}
	if err := s.Update(ctx, ref, bot.Message{Text: bot.Plain("changed")}); err != nil {
		t.Error(err)
	}
	standing := discord.Standing(ch)
	if len(standing) != 1 || standing[0].Message.Text.String() != "changed" || standing[0].Updates != 1 {
		t.Errorf("standing: %+v", standing)
	}
	if err := s.Delete(ctx, ref); err != nil || len(discord.Standing(ch)) != 0 {
		t.Errorf("deleted: %v, %v", err, discord.Standing(ch))
	}

	// A direct message goes by the person, whatever channel stands beside.
	ana := bot.Account{Space: bot.SpaceID{Connection: "slack", ID: "T1"}, User: "ana"}
	ref, err = s.Send(ctx, bot.Post{Key: "k2", Channel: ch, Direct: &ana})
	if err != nil {
		t.Fatal(err)
	}
	direct, err := s.Direct(ctx, ana)
	if err != nil || ref.Channel != direct || len(slack.Standing(direct)) != 1 {
		t.Errorf("sent to %v, %v", ref, err)
	}
	if m, err := s.For("slack"); m != bot.Messenger(slack) || err != nil {
		t.Errorf("got %v, %v", m, err)
	}
}

func TestSwitchboardWithoutTheConnection(t *testing.T) {
	s := bot.NewSwitchboard()
	ctx := context.Background()
	ch := bot.Channel{Space: bot.SpaceID{Connection: "gone"}}
	ref := bot.MessageRef{Channel: ch, ID: "1"}
	_, sendErr := s.Send(ctx, bot.Post{Channel: ch})
	_, _, findErr := s.Find(ctx, ch, "k", time.Time{})
	_, directErr := s.Direct(ctx, bot.Account{Space: ch.Space})
	for name, err := range map[string]error{
		"Send": sendErr, "Find": findErr, "Direct": directErr,
		"Update": s.Update(ctx, ref, bot.Message{}), "Delete": s.Delete(ctx, ref),
	} {
		var e *bot.Error
		if !errors.As(err, &e) || e.Code != bot.Unavailable {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
