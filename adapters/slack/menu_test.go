package slack

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/staffroom-bot/staffroom/adapters/adaptertest/spec"
	"github.com/staffroom-bot/staffroom/adapters/slack/slackloop"
	"github.com/staffroom-bot/staffroom/bot"
)

func TestMenus(t *testing.T) {
	choices := []bot.Choice{{Label: "Four", Value: "4"}, {Label: "No value"}, {Label: strings.Repeat("x", 100), Value: strings.Repeat("y", 151)}}
	m := bot.Message{Text: bot.Plain("x"), Controls: []bot.Control{
		{Label: "Grade", Path: "/p/grade", Pick: bot.PickChoice, Choices: choices},
		{Label: "Who", Path: "/p/who", Pick: bot.PickPerson},
		{Label: "Where", Path: "/p/where", Pick: bot.PickChannel},
		{Label: "Nothing", Path: "/p/none", Pick: bot.PickChoice},
	}}
	got := asJSON(t, offline().render(space(), m)[0].blocks[1])
	want := `{"type":"actions","elements":[` +
		`{"type":"static_select","placeholder":{"type":"plain_text","text":"Grade","emoji":false},"action_id":"control-0:/p/grade~` + mark("/p/grade") +
		`","options":[{"text":{"type":"plain_text","text":"Four","emoji":false},"value":"4"}]},` +
		`{"type":"users_select","placeholder":{"type":"plain_text","text":"Who","emoji":false},"action_id":"control-1:/p/who~` + mark("/p/who") + `"},` +
		`{"type":"conversations_select","placeholder":{"type":"plain_text","text":"Where","emoji":false},"action_id":"control-2:/p/where~` + mark("/p/where") +
		`","filter":{"include":["public","private"]}},` +
		`{"type":"button","text":{"type":"plain_text","text":"Nothing","emoji":false},"action_id":"control-3","value":"/p/none~` + mark("/p/none") + `"}]}`
	if got != want {
		t.Errorf("rendered\n%s\nwant\n%s", got, want)
	}
	if err := spec.Slack(t)("chat.postMessage", []byte(asJSON(t, message1(offline().render(space(), m)[0])))); err != nil {
		t.Error(err)
	}
	longest := bot.Control{Label: "x", Path: "/" + strings.Repeat("x", bot.MaxPath-1), Pick: bot.PickPerson}
	if id := offline().menu(99, longest); length(asJSON(t, id)) > maxActionID+200 {
		t.Errorf("the action_id of the longest path is too long: %s", asJSON(t, id))
	}
}

// A menu whose path somebody made up leads to the help; one that was emptied
// again leads nowhere.
func TestPicksThatAreNone(t *testing.T) {
	w := newWorkspace(t)
	in := newInbox()
	in.unserved(t, "/p/grade")
	w.run(w.adapter(), in)
	pick := func(action map[string]any) string {
		return w.SendEnvelope("interactive", map[string]any{
			"type": "block_actions", "team": map[string]any{"id": slackloop.Team}, "user": map[string]any{"id": ana}, "trigger_id": "t1",
			"container": map[string]any{"channel_id": channel}, "actions": []any{action},
		})
	}
	token := bot.NewSeal([]byte("a key of the test")).Token("/p/grade")
	w.acked(pick(map[string]any{"type": "static_select", "action_id": "control-0:" + token, "selected_option": nil}))
	w.acked(pick(map[string]any{"type": "static_select", "action_id": "control-0:/p/grade~AAAAAAAAAAAA", "selected_option": map[string]any{"value": "4"}}))
	w.sees(ana, "Help: ")
}

// What was chosen for a message in a thread is answered there, and the message
// itself is left alone whatever the answer wants.
func TestActionInAThread(t *testing.T) {
	w := newWorkspace(t)
	in := newInbox()
	in.Action(bot.Action{Path: "/library/keep", Label: "keep", Handle: func(_ context.Context, req *bot.Request) (bot.Reply, error) {
		s := req.Subject
		if s.Message.Channel.Thread == "" || req.Channel != s.Message.Channel || s.Text != "so do I, @Ana" || s.Name != "Joe" || req.Message != nil {
			t.Errorf("the subject is %+v", s)
		}
		reply := bot.Say(bot.Plain("Kept"))
		reply.Replace = true
		return reply, nil
	}})
	w.run(w.adapter(), in)
	first := w.Say(ana, channel, "A1 a picture", slackloop.SayOptions{})
	second := w.Say(joe, channel, "so do I, @Ana", slackloop.SayOptions{Thread: first})
	_, err := w.Act(ana, channel, second, "/library/keep")
	w.must(err)
	w.sees(joe, "Kept")
	for _, m := range w.Messages(channel) {
		if m.User == slackloop.BotUser && m.ThreadTS != first {
			t.Errorf("%q is not in the thread", m.Text)
		}
		if m.User == joe && m.Edits > 0 {
			t.Error("Joe's message was changed")
		}
	}
}

// Only what is declared as an action can be chosen, and a message without an
// author has none.
func TestActionsThatAreNone(t *testing.T) {
	w := newWorkspace(t)
	in := newInbox()
	in.unserved(t, "/host/end")
	subjects := make(chan bot.Subject, 1)
	in.Action(bot.Action{Path: "/library/keep", Private: true, Handle: func(_ context.Context, req *bot.Request) (bot.Reply, error) {
		subjects <- *req.Subject
		return bot.Say(bot.Plain("Kept")), nil
	}})
	w.run(w.adapter(), in)
	ts := w.Say(joe, channel, "A1", slackloop.SayOptions{})
	id, err := w.Act(ana, channel, ts, "/host/end")
	w.must(err)
	w.acked(id)
	w.acked(w.SendEnvelope("interactive", json.RawMessage(`{"type":"message_action","callback_id":"/library/keep","trigger_id":"t9","team":{"id":"TLOOP"},
		"user":{"id":"UANA"},"channel":{"id":"CLOBBY"},"message":{"ts":"1700000000.000100","text":"from a bot","bot_id":"BX"}}`)))
	w.sees(ana, "Kept")
	if s := <-subjects; s.Author != (bot.Account{}) || s.Text != "from a bot" {
		t.Errorf("the subject is %+v", s)
	}
}

// Pressing a control from a home whose view lost its state still finds the
// person.
func TestHomeWithoutItsState(t *testing.T) {
	for _, metadata := range []string{"", "{", `{"place":{"c":"DUANA"}}`} {
		p := homePlace(metadata)
		if !p.Home || p.Direct != (p.Channel != "") {
			t.Errorf("homePlace(%q) = %+v", metadata, p)
		}
	}
}
