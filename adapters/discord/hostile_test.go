package discord

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"

	"github.com/staffroom-bot/staffroom/adapters/adaptertest"
	"github.com/staffroom-bot/staffroom/bot"
)

// TestPrivateReplyTakesNoPublicPlace: what is for one person does not take the place
// of what all see, but of what they alone see.
func TestPrivateReplyTakesNoPublicPlace(t *testing.T) {
	t.Parallel()
	shown := 0
	replacing := func(_ context.Context, req *bot.Request) (bot.Reply, error) {
		shown++
		reply := bot.Say(bot.Plain(strings.Repeat("Between us ", shown)), bot.Control{Label: "Again", Path: "/mine"})
		reply.Replace = req.Message != nil
		return reply, nil
	}
	h := newHouse(t, withCommand(bot.Subcommand{Handle: saying("x")}, bot.Route{Path: "/mine", Private: true, Handle: replacing}))
	control := []bot.Control{{Label: "Mine", Path: "/mine"}}
	public := h.post("k", bot.Message{Text: bot.Plain("For all"), Controls: control})
	h.press(h.ana, public.ID, "Mine")
	mine := h.sees(h.ana, "Between us")
	if mine.ID == public.ID {
		t.Error("a private reply stands in the channel")
	}
	h.sees(h.joe, "For all")
	h.press(h.ana, mine.ID, "Again")
	if again := h.sees(h.ana, "Between us Between us"); again.ID != mine.ID {
		t.Error("what she alone sees was not replaced")
	}

	anas := h.account(h.ana)
	direct, err := h.adapter.Send(t.Context(), bot.Post{Key: "d", Direct: &anas, Message: bot.Message{Text: bot.Plain("To you"), Controls: control}})
	if err != nil {
		t.Fatal(err)
	}
	h.press(h.ana, direct.ID, "Mine")
	if got := h.sees(h.ana, "Between us Between us Between us"); got.ID != direct.ID {
		t.Error("what stands in her direct messages was not replaced")
	}
}

// TestOneWhoAsksAllTheTimeHoldsNobodyUp: more than is kept waiting for one person is
// declined, and the gateway goes on.
func TestOneWhoAsksAllTheTimeHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	var h *house
	handle := func(_ context.Context, req *bot.Request) (bot.Reply, error) {
		if req.Account.User == h.ana {
			<-release
		}
		return bot.Say(bot.Plain("For " + req.Name)), nil
	}
	h = newHouse(t, func(made *house) {
		h = made
		withCommand(bot.Subcommand{Private: true, Mode: bot.Deferred, Handle: handle})(made)
	})
	for range waiting + 10 {
		h.command(h.ana, "/chat/sub", nil)
	}
	h.command(h.joe, "/chat/sub", nil)
	h.sees(h.joe, "For Joe")
	h.sees(h.ana, string(keyFailed))
	close(release)
	h.sees(h.ana, "For Ana")
}

// TestTokenThatIsNone: what Discord would never send is not logged either.
func TestTokenThatIsNone(t *testing.T) {
	t.Parallel()
	log := &adaptertest.Log{}
	h := newHouse(t, func(h *house) {
		h.adapter = newAdapter(t, h.loop, adaptertest.Words(), slog.New(slog.NewTextHandler(log, nil)))
		withCommand(bot.Subcommand{Handle: saying("x")})(h)
	})
	h.loop.Dispatch("INTERACTION_CREATE", json.RawMessage(`{"id":"77","application_id":"1","type":2,"token":"very\nsecret\u007f","channel_id":"`+h.channel+
		`","guild_id":"`+h.guild+`","member":{"user":{"id":"`+h.ana+`"}},"data":{"type":1,"name":"chat","options":[{"type":1,"name":"sub"}]}}`))
	h.until("the failure is logged", func() bool { return strings.Contains(log.String(), "input=i77") })
	if strings.Contains(log.String(), "secret") {
		t.Errorf("the token is in the log:\n%s", log.String())
	}
}
