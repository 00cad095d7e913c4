package slack

import (
	"bytes"
	"testing"

	"github.com/staffroom-bot/staffroom/adapters/slack/slackloop"
	"github.com/staffroom-bot/staffroom/bot"
)

// Beside what escaping does, Slack is told to look for no names and links in
// text that is posted, changed or shown to one person.
func TestSlackLooksForNoNames(t *testing.T) {
	w := newWorkspace(t)
	a := w.adapter()
	ref, err := a.Send(t.Context(), post("1", "@joe and @channel"))
	w.must(err)
	w.must(a.Update(t.Context(), ref, bot.Message{Text: bot.Plain("@channel")}))
	in := newInbox()
	in.Command(bot.Command{Name: "chat", Subcommands: []bot.Subcommand{{Name: "mine", Private: true, Handle: saying("@joe")}}})
	w.run(a, in)
	w.Say(ana, channel, "@staffroom chat mine", slackloop.SayOptions{})
	w.sees(ana, "@joe")
	for _, method := range []string{"chat.postMessage", "chat.update", "chat.postEphemeral"} {
		calls := w.Calls(method)
		if len(calls) == 0 {
			t.Errorf("%s was not called", method)
		}
		for _, c := range calls {
			if !bytes.Contains(c.Payload, []byte(`"parse":"none"`)) {
				t.Errorf("%s lets Slack look for names: %s", method, c.Payload)
			}
		}
	}
}
