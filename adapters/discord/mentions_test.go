package discord

import (
	"encoding/json"
	"testing"

	"github.com/staffroom-bot/staffroom/bot"
)

// TestOnlyTheListedAreNotified: beside what escaping does, Discord is told to
// notify nobody who is not listed.
func TestOnlyTheListedAreNotified(t *testing.T) {
	space := bot.SpaceID{Connection: "discord-test", ID: "1"}
	ana := &bot.Account{Space: space, User: "42"}
	for name, tt := range map[string]struct {
		text bot.Text
		want string
	}{
		"nobody":   {bot.Plain("@everyone, <@7> says hello"), `{"parse":[],"users":[],"replied_user":false}`},
		"a person": {bot.Text{{Kind: bot.SpanMention, Account: ana, Text: "Ana"}, {Text: " @here"}}, `{"parse":[],"users":["42"],"replied_user":false}`},
	} {
		b, err := renderer().message(bot.Message{Text: tt.text}, space)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := json.Marshal(b.Mentions); err != nil || string(got) != tt.want {
			t.Errorf("%s: allowed_mentions %s, %v; want %s", name, got, err, tt.want)
		}
	}
}
