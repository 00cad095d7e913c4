package slack

import (
	"context"
	"strings"
	"testing"

	"github.com/staffroom-bot/staffroom/adapters/slack/slackloop"
	"github.com/staffroom-bot/staffroom/bot"
)

// What is for one person does not take the place of what all see, but of what they
// alone see.
func TestPrivateReplyTakesNoPublicPlace(t *testing.T) {
	w := newWorkspace(t)
	in := newInbox()
	shown := 0
	in.Handle(bot.Route{Path: "/mine", Private: true, Handle: func(_ context.Context, req *bot.Request) (bot.Reply, error) {
		shown++
		reply := bot.Say(bot.Plain(strings.Repeat("Between us ", shown)), bot.Control{Label: "Again", Path: "/mine"})
		reply.Replace = req.Message != nil
		return reply, nil
	}})
	a := w.adapter()
	w.run(a, in)
	post := func(p bot.Post) string {
		t.Helper()
		p.Message = bot.Message{Text: bot.Plain("As it was"), Controls: []bot.Control{{Label: "Mine", Path: "/mine"}}}
		ref, err := a.Send(t.Context(), p)
		w.must(err)
		return ref.ID
	}
	public := post(bot.Post{Key: "k", Channel: inChannel()})
	press := func(channel, ts string) {
		t.Helper()
		_, err := w.Press(ana, channel, ts, "Mine")
		w.must(err)
	}
	press(channel, public)
	if mine := w.sees(ana, "Between us"); mine.TS == public {
		t.Error("a private reply stands in the channel")
	}
	w.sees(joe, "As it was")

	anas := accountOf(ana)
	direct := post(bot.Post{Key: "d", Direct: &anas})
	press(slackloop.DM(ana), direct)
	if got := w.sees(ana, "Between us Between us"); got.TS != direct {
		t.Error("what stands in her direct messages was not replaced")
	}
}
