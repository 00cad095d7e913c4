package slack

import (
	"testing"

	"github.com/staffroom-bot/staffroom/adapters/adaptertest"
	"github.com/staffroom-bot/staffroom/adapters/slack/slackloop"
	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// A post through the outbox stands once, whatever happens on the way.
func TestPostsThroughTheOutbox(t *testing.T) {
	w := newWorkspace(t)
	a := w.adapter()
	w.Fail("chat.postMessage", slackloop.Fault{CutAfter: true}, 1)
	w.Fail("chat.postMessage", slackloop.Fault{RetryAfter: 1}, 1)
	w.Fail("chat.postMessage", slackloop.Fault{Status: 503}, 1)
	w.Fail("conversations.history", slackloop.Fault{Status: 503}, 1)
	account := accountOf(ana)
	ends, pauses := adaptertest.Deliver(t, a, post("q/1", "Question one"), post("q/2", "Question two"),
		bot.Post{Key: "dm", Direct: &account, Message: bot.Message{Text: bot.Plain("To you")}})
	if pauses != 4 {
		t.Errorf("there were %d pauses, want 4", pauses)
	}
	posts := append(w.Posts(channel), w.Posts(slackloop.DM(ana))...)
	if len(posts) != 3 {
		t.Fatalf("%d messages stand, want 3", len(posts))
	}
	for i, e := range ends {
		if e.Outcome != outbox.Sent || e.Ref.ID != posts[i].TS {
			t.Errorf("post %d ended %s as %v, message %s stands", i, e.Outcome, e.Ref, posts[i].TS)
		}
	}
}
