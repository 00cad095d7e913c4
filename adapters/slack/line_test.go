package slack

import (
	"context"
	"maps"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/adapters/slack/slackloop"
	"github.com/staffroom-bot/staffroom/bot"
)

// What Slack recognised in a command is known to the handler, exactly: also where
// two people have the same name, and not where it is one of several.
func TestWhatACommandMeans(t *testing.T) {
	w := newWorkspace(t)
	w.AddPerson(slackloop.Person{ID: "UANA2", Name: "Ana"})
	w.AddPerson(slackloop.Person{ID: "UODD", Name: "\ufdd0\ufdd5odd"})
	in := newInbox()
	asked := make(chan bot.Request, 1)
	in.Command(bot.Command{Name: "partner", Subcommands: []bot.Subcommand{{
		Name: "met", Private: true,
		Options: []bot.Option{{Name: "who", Kind: bot.OptionPerson}, {Name: "where", Kind: bot.OptionChannel}, {Name: "note"}},
		Handle: func(_ context.Context, req *bot.Request) (bot.Reply, error) {
			asked <- *req
			return bot.Reply{}, nil
		},
	}}})
	a := w.overHTTP()
	w.runOverHTTP(a, in)
	at := func(channel string) map[string]bot.Channel {
		return map[string]bot.Channel{"where": {Space: space(), ID: channel}}
	}
	who := func(user string) map[string]bot.Account { return map[string]bot.Account{"who": accountOf(user)} }
	for text, want := range map[string]struct {
		values   map[string]string
		accounts map[string]bot.Account
		channels map[string]bot.Channel
	}{
		"partner met <@UANA2|ana>":                            {map[string]string{"who": "@Ana"}, who("UANA2"), nil},
		"partner met who:<@UANA>":                             {map[string]string{"who": "@Ana"}, who("UANA"), nil},
		"partner met where:<#C9|room-9> who:<@UJOE|j> please": {map[string]string{"who": "@Joe please", "where": "#room-9"}, who("UJOE"), at("C9")},
		`partner met who:"<@UJOE>"`:                           {map[string]string{"who": "@Joe"}, who("UJOE"), nil},
		"partner met <@UANA> <@UJOE>":                         {map[string]string{"who": "@Ana @Joe"}, nil, nil},
		"partner met who:Joe":                                 {map[string]string{"who": "Joe"}, nil, nil},
		"partner met who:<#C9|room-9>":                        {map[string]string{"who": "#room-9"}, nil, nil},
		"partner met note:<@UJOE> a &lt; b":                   {map[string]string{"note": "@Joe a < b"}, nil, nil},
		"partner met who:\ufdd0<@UODD>":                       {map[string]string{"who": "@odd"}, who("UODD"), nil},
		"partner met who:\ufdd3":                              {map[string]string{"who": "\ufdd3"}, nil, nil},
		"partner met who:<@UNKNOWN|somebody>":                 {map[string]string{"who": "@somebody"}, who("UNKNOWN"), nil},
		"partner met note:<https://example.org|x> <!here>":    {map[string]string{"note": "x (https://example.org) @here"}, nil, nil},
	} {
		send(a, commandRequest(text, text), time.Now())
		req := <-asked
		if !maps.Equal(req.Values, want.values) || !maps.Equal(req.Accounts, want.accounts) || !maps.Equal(req.Channels, want.channels) {
			t.Errorf("%s:\n%q %v %v, want\n%q %v %v", text, req.Values, req.Accounts, req.Channels, want.values, want.accounts, want.channels)
		}
	}
}
