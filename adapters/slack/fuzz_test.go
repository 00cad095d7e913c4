package slack

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/staffroom-bot/staffroom/adapters/adaptertest"
	"github.com/staffroom-bot/staffroom/adapters/adaptertest/spec"
	"github.com/staffroom-bot/staffroom/adapters/slack/slackloop"
	"github.com/staffroom-bot/staffroom/bot"
)

// unplugged fails every call at once.
type unplugged struct{}

func (unplugged) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, errors.New("there is no network")
}

// unpluggedReceiver takes deliveries in without a network. Its log fails the test
// if something panics.
func unpluggedReceiver(t *testing.T) *receiver {
	t.Helper()
	log := &adaptertest.Log{}
	a := New(Options{Name: "slack-loop", Seal: bot.NewSeal([]byte("key")), Logger: slog.New(slog.NewTextHandler(log, nil)), HTTPClient: &http.Client{Transport: unplugged{}}})
	a.self = self{User: slackloop.BotUser, Bot: slackloop.BotID}
	t.Cleanup(func() {
		if strings.Contains(log.String(), "panicked") {
			t.Error(log.String())
		}
	})
	in := newInbox()
	in.tell = func(_ context.Context, ev *bot.Event) error {
		if ev.Message.ID == "" || ev.Message.Channel.ID == "" || ev.At.IsZero() || ev.Kind == "" {
			t.Errorf("told of %+v", ev)
		}
		return nil
	}
	in.Handle(bot.Route{Path: "/form/save", Private: true, Handle: func(_ context.Context, req *bot.Request) (bot.Reply, error) {
		return bot.Reply{FieldErrors: map[string]bot.Text{"title": bot.Plain(req.Value("title"))}}, nil
	}})
	in.Action(bot.Action{Path: "/library/keep", Handle: saying("Kept")})
	return newReceiver(a, in)
}

// takeOne hands a delivery in and fails unless it was acknowledged or refused,
// once, and with JSON.
func takeOne(t *testing.T, d delivery) {
	t.Helper()
	r := unpluggedReceiver(t)
	var ends atomic.Int64
	d.ack = func(response json.RawMessage) error {
		ends.Add(1)
		if response != nil && !json.Valid(response) {
			t.Errorf("acknowledged with %q", response)
		}
		return nil
	}
	d.refuse = func() { ends.Add(1) }
	r.receive(t.Context(), d)
	r.events.Wait()
	r.commands.Wait()
	if n := ends.Load(); n != 1 {
		t.Errorf("acknowledged or refused %d times", n)
	}
}

func FuzzEvent(f *testing.F) {
	for _, event := range []string{
		`{"team_id":"T","event_id":"Ev","event":{"type":"message","channel":"C","user":"U","text":"<@UBOT> help","ts":"1.000001"}}`,
		`{"event":{"type":"message","channel_type":"im","channel":"D","user":"U","text":"chat","ts":"1.000001"}}`,
		`{"event":{"type":"app_mention","channel":"C","user":"U","text":"<@UBOT|x> <#C1|y>","ts":"1.000001"}}`,
		`{"event":{"type":"app_home_opened","tab":"home","user":"U"}}`,
		`{"event":{"type":"message","subtype":"message_changed","channel":"C","ts":"2.0","message":{"user":"U","ts":"1.000001","edited":{"ts":"2.0"}}}}`,
		`{"event":{"type":"message","subtype":"message_deleted","channel":"C","event_ts":"2.0","deleted_ts":"1.000001"}}`,
		`{"event":{"type":"message","subtype":"message_changed","channel":"C","event_ts":"x","message":{"subtype":"tombstone","ts":"1.0"}}}`,
	} {
		f.Add([]byte(event))
	}
	f.Fuzz(func(t *testing.T, payload []byte) { takeOne(t, delivery{kind: "events_api", payload: payload}) })
}

func FuzzInteraction(f *testing.F) {
	seal := bot.NewSeal([]byte("key"))
	for _, interaction := range []string{
		`{"type":"block_actions","user":{"id":"U"},"actions":[{"action_id":"control-0","value":"/form/save~x"}]}`,
		`{"type":"block_actions","user":{"id":"U"},"actions":[{"type":"users_select","action_id":"control-0:` + seal.Token("/form/save") + `","selected_user":"U2"}]}`,
		`{"type":"block_actions","user":{"id":"U"},"view":{"type":"home","private_metadata":"{}"},"actions":[{"action_id":"control-0","value":"x"}]}`,
		`{"type":"message_action","callback_id":"/library/keep","user":{"id":"U"},"channel":{"id":"C"},"message":{"ts":"1.000001","text":"<@U1>"}}`,
		`{"type":"view_submission","user":{"id":"U"},"view":{"private_metadata":"{\"token\":\"` + seal.Token("/form/save") + `\"}","state":{"values":{"title":{"value":{"value":"x"}}}},"blocks":[{"type":"input","block_id":"title"}]}}`,
		`{"type":"view_closed","user":{"id":"U"}}`,
	} {
		f.Add([]byte(interaction))
	}
	f.Fuzz(func(t *testing.T, payload []byte) { takeOne(t, delivery{kind: "interactive", payload: payload}) })
}

// FuzzRequest reads bodies as they come by HTTP: commands, and all the others.
func FuzzRequest(f *testing.F) {
	f.Add("application/json", []byte(`{"type":"url_verification","challenge":"x"}`))
	f.Add("application/json; charset=utf-8", []byte(`{"type":"event_callback","event":{}}`))
	f.Add("application/x-www-form-urlencoded", []byte(commandRequest(`partner met who:<@U1|a> where:"<#C1|b>" x`, "t").body))
	f.Add("application/x-www-form-urlencoded", []byte(url.Values{"payload": {`{"type":"view_closed"}`}}.Encode()))
	f.Add("application/x-www-form-urlencoded", []byte("command=&text=%ff&user_id=U&ssl_check=1"))
	f.Fuzz(func(t *testing.T, contentType string, body []byte) {
		d, challenge, err := readRequest(contentType, body)
		if err == nil && challenge == "" {
			takeOne(t, d)
		}
	})
}

// FuzzRender: whatever members type, in whatever shape, Slack takes it as the text
// that it is.
func FuzzRender(f *testing.F) {
	for i, hostile := range adaptertest.Hostile() {
		f.Add(hostile, hostile, uint8(i))
	}
	f.Add(strings.Repeat("<!channel> ", 2_000), "\ufdd0", uint8(255))
	check := spec.Slack(f)
	f.Fuzz(func(t *testing.T, first, second string, shape uint8) {
		kinds := []bot.SpanKind{bot.SpanPlain, bot.SpanBold, bot.SpanItalic, bot.SpanCode}
		m := bot.Message{
			Text: bot.Text{{Kind: kinds[shape%4], Text: first}, {Text: "\n"}, {Kind: kinds[shape/4%4], Text: second}, {Kind: bot.SpanLink, Text: second, URL: first}},
			Controls: []bot.Control{
				{Label: "A " + first, Path: "/a"},
				{Label: "A " + second, Path: "/b", Pick: bot.PickChoice, Choices: []bot.Choice{{Label: "A " + first, Value: second}}},
			},
			Image: &bot.Image{URL: "https://example.org/a.png", Alt: "A " + second},
		}
		a := offline()
		for _, r := range a.render(space(), m) {
			if err := check("chat.postMessage", []byte(asJSON(t, message1(r)))); err != nil {
				t.Errorf("%v", err)
			}
			if strings.ContainsAny(r.text, "<>") {
				t.Errorf("the text beside the blocks is %q", r.text)
			}
		}
		home, err := a.homeView(space(), place{}, m)
		if err != nil {
			t.Fatal(err)
		}
		if err := check("views.publish", []byte(asJSON(t, map[string]any{"user_id": ana, "view": home}))); err != nil {
			t.Errorf("%v", err)
		}
		form := bot.Form{Title: "A " + first, Path: "/c", Submit: "A " + second, Fields: []bot.Field{{Name: "a", Label: "A " + first, Hint: second, Value: second, Long: true}}}
		view, err := a.modal(form, place{Channel: channel})
		if err != nil {
			t.Fatal(err)
		}
		if err := check("views.open", []byte(asJSON(t, map[string]any{"trigger_id": "1", "view": view}))); err != nil {
			t.Errorf("%v", err)
		}
	})
}
