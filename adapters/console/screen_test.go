package console

import (
	"testing"

	"github.com/staffroom-bot/staffroom/bot"
)

func TestChannelsAreShownByName(t *testing.T) {
	s := &screen{}
	if _, shown := s.span(bot.Span{Kind: bot.SpanChannel, Text: "a channel", Channel: &bot.Channel{ID: "lobby"}}, "UTC"); shown != "#lobby" {
		t.Errorf("shown is %q", shown)
	}
	if _, shown := s.span(bot.Span{Kind: bot.SpanChannel, Text: "a channel"}, "UTC"); shown != "a channel" {
		t.Errorf("without one, shown is %q", shown)
	}
}
