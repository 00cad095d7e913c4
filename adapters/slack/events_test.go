package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/adapters/adaptertest/spec"
	"github.com/staffroom-bot/staffroom/adapters/slack/slackloop"
	"github.com/staffroom-bot/staffroom/bot"
)

func TestMessageEvent(t *testing.T) {
	const ts, later = "1700000000.000100", "1700000009.000200"
	me := self{User: "UBOT", Bot: "BBOT"}
	ref, inThread := bot.MessageRef{Channel: inChannel(), ID: ts}, bot.MessageRef{Channel: inChannel(), ID: ts}
	inThread.Channel.Thread = "1600000000.000000"
	for name, tt := range map[string]struct {
		event string
		want  *bot.Event // nil: not told
	}{
		"posted": {
			`{"user":"UANA","text":"hi","ts":"` + ts + `","event_ts":"` + ts + `"}`,
			&bot.Event{Kind: bot.MessagePosted, Account: accountOf(ana), Text: "hi", Message: ref, At: moment(ts), Revision: 1700000000000100},
		},
		"reply in a thread": {
			`{"user":"UANA","text":"hi","ts":"` + ts + `","thread_ts":"1600000000.000000"}`,
			&bot.Event{Kind: bot.MessagePosted, Account: accountOf(ana), Text: "hi", Message: inThread, ReplyTo: "1600000000.000000", At: moment(ts), Revision: 1700000000000100},
		},
		"first of a thread": {
			`{"user":"UANA","text":"hi","ts":"` + ts + `","thread_ts":"` + ts + `"}`,
			&bot.Event{Kind: bot.MessagePosted, Account: accountOf(ana), Text: "hi", Message: ref, At: moment(ts), Revision: 1700000000000100},
		},
		"with a file": {
			`{"subtype":"file_share","user":"UANA","text":"","ts":"` + ts + `","files":[{"id":"F1"}]}`,
			&bot.Event{Kind: bot.MessagePosted, Account: accountOf(ana), Message: ref, At: moment(ts), Revision: 1700000000000100},
		},
		"edited": {
			`{"subtype":"message_changed","event_ts":"` + later + `","ts":"` + later + `","message":{"user":"UANA","text":"ho","ts":"` + ts + `","edited":{"user":"UANA","ts":"1700000009.000000"}}}`,
			&bot.Event{Kind: bot.MessageEdited, Account: accountOf(ana), Text: "ho", Message: ref, At: moment(later), Revision: 1700000009000200},
		},
		"edited, without the event's own time": {
			`{"subtype":"message_changed","message":{"user":"UANA","text":"ho","ts":"` + ts + `","edited":{"user":"UANA","ts":"1700000009.000000"}}}`,
			&bot.Event{Kind: bot.MessageEdited, Account: accountOf(ana), Text: "ho", Message: ref, At: moment("1700000009.000000"), Revision: 1700000009000000},
		},
		"a preview came": {`{"subtype":"message_changed","event_ts":"` + later + `","message":{"user":"UANA","text":"hi","ts":"` + ts + `"}}`, nil},
		"deleted": {
			`{"subtype":"message_deleted","event_ts":"` + later + `","deleted_ts":"` + ts + `","previous_message":{"user":"UANA","ts":"` + ts + `","thread_ts":"1600000000.000000"}}`,
			&bot.Event{Kind: bot.MessageDeleted, Account: accountOf(""), Message: inThread, ReplyTo: "1600000000.000000", At: moment(later), Revision: 1700000009000200},
		},
		"deleted, with replies left": {
			`{"subtype":"message_changed","event_ts":"` + later + `","message":{"subtype":"tombstone","user":"USLACKBOT","ts":"` + ts + `","thread_ts":"` + ts + `"}}`,
			&bot.Event{Kind: bot.MessageDeleted, Account: accountOf(""), Message: ref, At: moment(later), Revision: 1700000009000200},
		},
		"deleted, by the bot":  {`{"subtype":"message_deleted","event_ts":"` + later + `","deleted_ts":"` + ts + `","previous_message":{"bot_id":"BBOT","ts":"` + ts + `"}}`, nil},
		"own":                  {`{"user":"UBOT","bot_id":"BBOT","text":"hi","ts":"` + ts + `"}`, nil},
		"another bot's":        {`{"user":"UX","bot_id":"BX","text":"hi","ts":"` + ts + `"}`, nil},
		"another bot's, old":   {`{"subtype":"bot_message","bot_id":"BX","text":"hi","ts":"` + ts + `"}`, nil},
		"a notice":             {`{"subtype":"channel_join","user":"UANA","text":"joined","ts":"` + ts + `"}`, nil},
		"half filled":          {`{"user":"UANA","text":"hi"}`, nil},
		"changed, half filled": {`{"subtype":"message_changed","event_ts":"` + later + `"}`, nil},
		"a bad time":           {`{"user":"UANA","text":"hi","ts":"yesterday"}`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			p := eventPayload{TeamID: slackloop.Team, EventID: "Ev1"}
			if err := json.Unmarshal([]byte(tt.event), &p.Event); err != nil {
				t.Fatal(err)
			}
			p.Event.Channel = channel
			got, ok := messageEvent(space(), p, me)
			if !ok {
				if tt.want != nil {
					t.Fatalf("not told, want %+v", tt.want)
				}
				return
			}
			if tt.want == nil {
				t.Fatalf("told of %+v, want nothing", got)
			}
			tt.want.Input, tt.want.Posted = "Ev1", moment(ts)
			if *got != *tt.want {
				t.Errorf("told of\n%+v, want\n%+v", *got, *tt.want)
			}
		})
	}
}

// An event is acknowledged when it was taken in, and not if it was not: then
// Slack's redelivery brings the same input again.
func TestEventIsAcknowledgedOnceTakenIn(t *testing.T) {
	w := newWorkspace(t)
	in := newInbox()
	refused := make(chan bot.Event, 1)
	times := 0
	in.tell = func(_ context.Context, ev *bot.Event) error {
		if times++; times == 1 {
			refused <- *ev
			return errors.New("not now")
		}
		return nil
	}
	w.run(w.adapter(), in)

	ts := w.Say(ana, channel, "A1 once", slackloop.SayOptions{})
	first := <-refused
	other := w.Say(ana, channel, "A1 twice", slackloop.SayOptions{}) // same channel: handled after the first
	in.next(t)
	w.acked(w.delivery(other).ID)
	if w.delivery(ts).Acked {
		t.Fatal("an event that was not taken in was acknowledged")
	}
	if n := w.RedeliverUnacked(); n != 1 {
		t.Fatalf("%d events to deliver again, want 1", n)
	}
	again := in.next(t)
	if again != first {
		t.Errorf("redelivered as\n%+v, was\n%+v", again, first)
	}
	w.acked(w.delivery(ts).ID)
}

// A listener that takes too long gets an acknowledgement in its place, and what
// then fails is tried again, since Slack will not deliver it any more.
func TestSlowEventIsAcknowledgedInTime(t *testing.T) {
	w := newWorkspace(t)
	in := newInbox()
	entered, release := make(chan struct{}), make(chan struct{})
	times := 0
	in.tell = func(context.Context, *bot.Event) error {
		if times++; times > 1 {
			return nil
		}
		close(entered)
		<-release
		return errors.New("not now")
	}
	a := w.adapter()
	a.ackWithin = 20 * time.Millisecond
	w.run(a, in)
	ts := w.Say(ana, channel, "A1 slowly", slackloop.SayOptions{})
	<-entered
	w.acked(w.delivery(ts).ID)
	close(release)
	if ev := in.next(t); ev.Text != "A1 slowly" {
		t.Errorf("told of %+v", ev)
	}
}

// The time that Slack waits is 3 s; what is left must do for the way.
func TestAcknowledgementBound(t *testing.T) {
	if a := offline(); a.ackWithin > 2700*time.Millisecond || a.ackWithin < time.Second {
		t.Errorf("deliveries are acknowledged after %s at the latest", a.ackWithin)
	}
}

// A channel keeps its order; another does not wait for it.
func TestSerialPerChannel(t *testing.T) {
	w := newWorkspace(t)
	w.AddChannel(slackloop.Channel{ID: "COTHER"})
	in := newInbox()
	release := make(chan struct{})
	in.tell = func(_ context.Context, ev *bot.Event) error {
		if ev.Text == "first" {
			<-release
		}
		return nil
	}
	w.run(w.adapter(), in)
	w.Say(ana, channel, "first", slackloop.SayOptions{})
	for i := range 5 {
		w.Say(ana, channel, fmt.Sprint(i), slackloop.SayOptions{})
	}
	w.Say(joe, "COTHER", "elsewhere", slackloop.SayOptions{})
	if got := in.next(t).Text; got != "elsewhere" {
		t.Errorf("%q came before the other channel", got)
	}
	close(release)
	for _, want := range []string{"first", "0", "1", "2", "3", "4"} {
		if got := in.next(t).Text; got != want {
			t.Errorf("told of %q, want %q", got, want)
		}
	}
}

// What the adapter does not know is acknowledged, or Slack would deliver it
// again and again.
func TestUnknownIsAcknowledged(t *testing.T) {
	w := newWorkspace(t)
	w.run(w.adapter(), newInbox())
	ids := map[string]string{
		"kind of envelope":    w.SendEnvelope("carrier_pigeon", map[string]string{"type": "coo"}),
		"payload":             w.SendEnvelope("interactive", "no object"),
		"event":               w.SendEvent(map[string]any{"type": "invented_yesterday", "user": map[string]any{"id": 7}}),
		"shape of an event":   w.SendEvent("no object"),
		"slash command":       w.SendEnvelope("slash_commands", []int{1}),
		"interaction":         w.SendEnvelope("interactive", map[string]any{"type": "shortcut", "user": map[string]any{"id": ana}}),
		"press of no control": w.SendEnvelope("interactive", map[string]any{"type": "block_actions", "user": map[string]any{"id": ana}}),
		"known event, unknown field": w.SendEvent(map[string]any{"type": "message", "subtype": "channel_topic", "channel": channel,
			"blocks": []any{map[string]any{"type": "hologram", "elements": 3}}}),
	}
	for what, id := range ids {
		t.Run(what, func(*testing.T) { w.acked(id) })
	}
}

// A message survives what the library cannot decode beside it.
func TestMessageBesideWhatCannotBeDecoded(t *testing.T) {
	w := newWorkspace(t)
	in := newInbox()
	w.run(w.adapter(), in)
	id := w.SendEvent(map[string]any{"type": "message", "channel": channel, "channel_type": "channel", "user": ana, "text": "A1 kept",
		"ts": "1700000000.000100", "event_ts": "1700000000.000100", "blocks": "no list", "metadata": 7})
	if got := in.next(t); got.Text != "A1 kept" {
		t.Errorf("told of %+v", got)
	}
	w.acked(id)
}

func TestNamesInMessages(t *testing.T) {
	w := newWorkspace(t)
	in := newInbox()
	w.run(w.adapter(), in)
	w.Say(ana, channel, "A1 as @Joe said: a < b & c, see https://example.org/a?b=c&d=e", slackloop.SayOptions{})
	ev := in.next(t)
	if want := "A1 as @Joe said: a < b & c, see https://example.org/a?b=c&d=e"; ev.Text != want || ev.Name != "Ana" {
		t.Errorf("told of %q by %q, want %q by Ana", ev.Text, ev.Name, want)
	}
	w.Fail("users.info", slackloop.Fault{Error: "user_not_found"}, -1)
	w.Say("USTRANGER", channel, "hello", slackloop.SayOptions{})
	if ev := in.next(t); ev.Name != "" {
		t.Errorf("a person without a profile is called %q", ev.Name)
	}
	if n := len(w.Calls("users.info")); n > 4 {
		t.Errorf("%d profiles were asked for three people", n)
	}
}

// Where Slack does not tell a name, people keep the one that they had. An ID would
// take its place.
func TestNameKnownBefore(t *testing.T) {
	w := newWorkspace(t)
	in := newInbox()
	o := w.options()
	var later atomic.Int64
	o.Now = func() time.Time { return time.Now().Add(time.Duration(later.Load())) }
	w.run(w.adapterWith(o), in)
	w.Say(ana, channel, "first", slackloop.SayOptions{})
	in.next(t)
	w.Fail("users.info", slackloop.Fault{Status: 503}, -1)
	later.Store(int64(profileFor))
	w.Say(ana, channel, "second", slackloop.SayOptions{})
	if ev := in.next(t); ev.Name != "Ana" {
		t.Errorf("Ana is called %q", ev.Name)
	}
	if n := len(w.Calls("users.info")); n != 2 {
		t.Errorf("her profile was asked for %d times, want twice", n)
	}
}

func TestPreviewOfALinkIsNoEdit(t *testing.T) {
	w := newWorkspace(t)
	in := newInbox()
	w.run(w.adapter(), in)
	ts := w.Say(ana, channel, "see https://example.org", slackloop.SayOptions{})
	in.next(t)
	w.must(w.Unfurl(channel, ts))
	w.must(w.Edit(channel, ts, "see nothing"))
	if ev := in.next(t); ev.Kind != bot.MessageEdited || ev.Text != "see nothing" {
		t.Errorf("told of %+v, want the edit", ev)
	}
}

func TestTombstone(t *testing.T) {
	w := newWorkspace(t)
	in := newInbox()
	w.run(w.adapter(), in)
	ts := w.Say(ana, channel, "A1 mine", slackloop.SayOptions{})
	w.Say(joe, channel, "nice", slackloop.SayOptions{Thread: ts})
	posted := in.next(t)
	in.next(t)
	w.must(w.Delete(channel, ts))
	ev := in.next(t)
	if ev.Kind != bot.MessageDeleted || ev.Message != posted.Message || ev.Revision <= posted.Revision || ev.Text != "" {
		t.Errorf("told of %+v, want the deletion of %v", ev, posted.Message)
	}
}

// What was said while the bot was away reaches it when it comes, and what it did
// not acknowledge comes again.
func TestDeliveredAgainByItself(t *testing.T) {
	w := newWorkspaceWith(t, slackloop.Options{Check: spec.Slack(t), RedeliverAfter: 20 * time.Millisecond})
	ts := w.Say(ana, channel, "A1 early", slackloop.SayOptions{})
	in := newInbox()
	times := 0
	in.tell = func(context.Context, *bot.Event) error {
		if times++; times < 3 {
			return errors.New("not now")
		}
		return nil
	}
	w.run(w.adapter(), in)
	if got := in.next(t); got.Text != "A1 early" || got.Message.ID != ts {
		t.Errorf("told of %+v", got)
	}
	if d := w.acked(w.delivery(ts).ID); d.Attempts < 3 {
		t.Errorf("delivered %d times", d.Attempts)
	}
}
