package slack

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/adapters/adaptertest"
	"github.com/staffroom-bot/staffroom/adapters/slack/slackloop"
	"github.com/staffroom-bot/staffroom/bot"
)

var _ adaptertest.Talker = (*world)(nil)

func (w *world) SayDirectly(who, text string) string {
	w.receiving()
	return w.Server.Say(w.person(who), slackloop.DM(w.person(who)), text, slackloop.SayOptions{})
}

// talking is a bot that takes all that is said to it alone.
func talking(take func(said string)) *bot.Router {
	r := bot.NewRouter()
	r.Command(bot.Command{Name: root})
	r.Command(bot.Command{Name: "library", Subcommands: []bot.Subcommand{{
		Name: "find", Private: true, Options: []bot.Option{{Name: "words"}, {Name: "who", Kind: bot.OptionPerson}},
		Handle: func(_ context.Context, req *bot.Request) (bot.Reply, error) {
			return bot.Say(bot.Plain("Found: " + req.Value("words") + req.Accounts["who"].User)), nil
		},
	}}})
	r.Talk(func(_ context.Context, req *bot.Request) (bot.Reply, bool, error) {
		take(req.Said)
		return bot.Say(bot.Plain("Taken: " + req.Said)), true, nil
	})
	return r
}

// A line that a process took along when it died comes again: it is acknowledged
// when it is served, or when it must be.
func TestALineIsAcknowledgedWhenItIsServed(t *testing.T) {
	for _, within := range []time.Duration{time.Hour, 20 * time.Millisecond} {
		w := newWorkspace(t)
		entered, release := make(chan struct{}), make(chan struct{})
		a := w.adapter()
		a.ackWithin = within
		w.run(a, talking(func(string) {
			close(entered)
			<-release
		}))
		ts := w.Say(ana, slackloop.DM(ana), "A rose", slackloop.SayOptions{})
		<-entered
		if within == time.Hour && w.delivery(ts).Acked {
			t.Error("a line was acknowledged before it was served")
		}
		if within < time.Hour {
			w.acked(w.delivery(ts).ID)
		}
		close(release)
		w.acked(w.delivery(ts).ID)
		w.sees(ana, "Taken: A rose")
	}
}

// A line is offered as it was typed, with what Slack makes of it undone; what nobody
// takes has its people still. A mention of the bot makes it a command.
func TestWhatIsOfferedOfALine(t *testing.T) {
	w := newWorkspace(t)
	said := make(chan string, 9)
	w.run(w.adapter(), talking(func(text string) { said <- text }))
	for _, c := range []struct{ typed, said, sees string }{
		{"1 < 2 & *more* @Joe", "1 < 2 & *more* @Joe", "Taken: 1 < 2 & *more* @Joe"},
		{"Two\nlines", "Two\nlines", "Taken: Two"},
		{"<@" + slackloop.BotUser + "> library find it", "", "Found: it"},
		{"library find who:@Joe", "", "Found: " + joe},
	} {
		w.Say(ana, slackloop.DM(ana), c.typed, slackloop.SayOptions{Raw: strings.HasPrefix(c.typed, "<@")})
		w.sees(ana, c.sees)
		got := ""
		select {
		case got = <-said:
		default:
		}
		if got != c.said {
			t.Errorf("%q was offered as %q, want %q", c.typed, got, c.said)
		}
	}
}
