package slack

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/adapters/slack/slackloop"
	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// oneLane is an outbox.Store with one lane, in memory.
type oneLane struct {
	items  []outbox.Attempt
	ends   []outbox.Ending
	pauses int
}

func (l *oneLane) Begin(context.Context, string, string) (outbox.Attempt, bool, error) {
	if len(l.items) == 0 {
		return outbox.Attempt{}, false, nil
	}
	a := l.items[0]
	a.Now = time.Now()
	if a.Since.IsZero() {
		l.items[0].Since, a.Since = a.Now, a.Now
	}
	return a, true, nil
}

func (l *oneLane) End(ctx context.Context, group, lane string, _ outbox.Attempt, e outbox.Ending) (outbox.Attempt, bool, error) {
	l.ends, l.items = append(l.ends, e), l.items[1:]
	return l.Begin(ctx, group, lane)
}

func (l *oneLane) Pause(_ context.Context, _, _ string, _ outbox.Attempt, doubt bool) error {
	l.pauses++
	l.items[0].Doubt = doubt
	l.items[0].Tries++
	return nil
}

func (l *oneLane) Release(context.Context, string, string, outbox.Attempt) error { return nil }

// A post through the outbox stands once, whatever happens on the way.
func TestPostsThroughTheOutbox(t *testing.T) {
	w := newWorkspace(t)
	a := w.adapter()
	w.Fail("chat.postMessage", slackloop.Fault{CutAfter: true}, 1)
	w.Fail("chat.postMessage", slackloop.Fault{RetryAfter: 1}, 1)
	w.Fail("chat.postMessage", slackloop.Fault{Status: 503}, 1)
	w.Fail("conversations.history", slackloop.Fault{Status: 503}, 1)
	account := accountOf(ana)
	lane := &oneLane{items: []outbox.Attempt{
		{Item: outbox.Item{Post: post("q/1", "Question one")}},
		{Item: outbox.Item{Post: post("q/2", "Question two")}},
		{Item: outbox.Item{Post: bot.Post{Key: "dm", Direct: &account, Message: bot.Message{Text: bot.Plain("To you")}}}},
	}}
	sender := outbox.NewSender(lane, bot.NewSwitchboard(a), outbox.Options{})
	payload, err := json.Marshal("live")
	w.must(err)
	for range 10 {
		if err := sender.Drain(t.Context(), scheduler.Job{Group: "c", Payload: payload}); err == nil {
			break
		}
	}
	if len(lane.ends) != 3 || lane.pauses != 4 {
		t.Fatalf("%d posts ended after %d pauses", len(lane.ends), lane.pauses)
	}
	posts := append(w.Posts(channel), w.Posts(slackloop.DM(ana))...)
	if len(posts) != 3 {
		t.Fatalf("%d messages stand, want 3", len(posts))
	}
	for i, e := range lane.ends {
		if e.Outcome != outbox.Sent || e.Ref.ID != posts[i].TS {
			t.Errorf("post %d ended %s as %v, message %s stands", i, e.Outcome, e.Ref, posts[i].TS)
		}
	}
}
