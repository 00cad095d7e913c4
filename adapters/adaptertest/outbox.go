package adaptertest

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// Deliver sends posts through the outbox as often as it takes, without the pauses
// in between. It gives how each ended, in their order, and how many pauses there
// would have been.
func Deliver(t *testing.T, adapter bot.Adapter, posts ...bot.Post) (ends []outbox.Ending, pauses int) {
	t.Helper()
	var items []outbox.Item
	for _, p := range posts {
		items = append(items, outbox.Item{Post: p})
	}
	return deliver(t, adapter, items...)
}

func deliver(t *testing.T, adapter bot.Adapter, items ...outbox.Item) (ends []outbox.Ending, pauses int) {
	t.Helper()
	l := &lane{}
	for _, i := range items {
		l.items = append(l.items, outbox.Attempt{Item: i})
	}
	sender := outbox.NewSender(l, bot.NewSwitchboard(adapter), outbox.Options{})
	payload, err := json.Marshal("lane")
	if err != nil {
		t.Fatal(err)
	}
	const enough = 10
	for range enough {
		if err = sender.Drain(t.Context(), scheduler.Job{Group: "community", Payload: payload}); err == nil {
			return l.ends, l.pauses
		}
	}
	t.Fatalf("after %d pauses %d posts of %d have ended: %v", l.pauses, len(l.ends), len(items), err)
	return nil, 0
}

// lane is an outbox.Store with one lane, in memory.
type lane struct {
	items  []outbox.Attempt // the first is under way
	ends   []outbox.Ending
	pauses int
}

func (l *lane) Begin(context.Context, string, string) (outbox.Attempt, bool, error) {
	if len(l.items) == 0 {
		return outbox.Attempt{}, false, nil
	}
	a := l.items[0]
	a.Now = time.Now()
	if !a.Doubt {
		l.items[0].Since, a.Since = a.Now, a.Now
	}
	return a, true, nil
}

func (l *lane) End(ctx context.Context, group, name string, _ outbox.Attempt, e outbox.Ending) (outbox.Attempt, bool, error) {
	l.ends, l.items = append(l.ends, e), l.items[1:]
	return l.Begin(ctx, group, name)
}

func (l *lane) Pause(_ context.Context, _, _ string, _ outbox.Attempt, doubt bool) error {
	l.pauses++
	l.items[0].Doubt = doubt
	l.items[0].Tries++
	return nil
}

func (l *lane) Apply(context.Context, string, outbox.Effects) error { return nil }

func (l *lane) Release(context.Context, string, string, outbox.Attempt) error { return nil }
