package slack

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/adapters/adaptertest/spec"
	"github.com/staffroom-bot/staffroom/adapters/slack/slackloop"
	"github.com/staffroom-bot/staffroom/bot"
)

// request is a request as Slack makes it, before it is signed.
type request struct {
	method, contentType, body string
	header                    http.Header
}

func jsonRequest(body string) request { return request{contentType: "application/json", body: body} }

func formRequest(values url.Values) request {
	return request{contentType: "application/x-www-form-urlencoded", body: values.Encode()}
}

func commandRequest(text, trigger string) request {
	return formRequest(url.Values{
		"command": {"/staffroom"}, "text": {text}, "team_id": {slackloop.Team}, "channel_id": {channel}, "user_id": {ana},
		"user_name": {"ana"}, "trigger_id": {trigger},
	})
}

func messageRequest(event, ts, text string) request {
	return jsonRequest(`{"type":"event_callback","team_id":"` + slackloop.Team + `","event_id":"` + event + `","event":{"type":"message","channel":"` +
		channel + `","channel_type":"channel","user":"` + ana + `","text":"` + text + `","ts":"` + ts + `","event_ts":"` + ts + `"}}`)
}

// send hands a request, signed at a time, to the adapter's address.
func send(a *Adapter, r request, at time.Time) *httptest.ResponseRecorder {
	method := r.method
	if method == "" {
		method = http.MethodPost
	}
	path, h := a.Webhook()
	req := httptest.NewRequest(method, path, strings.NewReader(r.body))
	req.Header.Set("Content-Type", r.contentType)
	for name := range r.header {
		req.Header.Set(name, r.header.Get(name))
	}
	if !at.IsZero() {
		slackloop.Sign(req.Header, []byte(r.body), at)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, req)
	return w
}

func TestWebhookIsThereOnlyOverHTTP(t *testing.T) {
	w := newWorkspace(t)
	if path, h := w.adapter().Webhook(); path != "" || h != nil {
		t.Errorf("with Socket Mode something answers at %q", path)
	}
	o := w.options()
	o.SigningSecret = slackloop.Secret
	if path, _ := New(o).Webhook(); path != "" {
		t.Errorf("with both an app token and a secret something answers at %q", path)
	}
	if path, _ := w.overHTTP().Webhook(); path != "/slack/slack-loop" {
		t.Errorf("the address ends in %q", path)
	}
}

// Whoever is not Slack, or repeats what Slack once said, gets nothing done.
func TestOnlySlackIsHeard(t *testing.T) {
	w := newWorkspace(t)
	in := newInbox()
	a := w.overHTTP()
	w.runOverHTTP(a, in)
	now := time.Now()
	good := messageRequest("Ev1", "1700000000.000100", "A1")
	for name, tt := range map[string]struct {
		request request
		at      time.Time
		want    int
	}{
		"unsigned":                 {good, time.Time{}, http.StatusUnauthorized},
		"signed long ago":          {good, now.Add(-6 * time.Minute), http.StatusUnauthorized},
		"signed in the future":     {good, now.Add(6 * time.Minute), http.StatusUnauthorized},
		"an empty signature":       {request{contentType: good.contentType, body: good.body, header: http.Header{"X-Slack-Signature": {"v0="}, "X-Slack-Request-Timestamp": {"0"}}}, time.Time{}, http.StatusUnauthorized},
		"too large":                {jsonRequest(strings.Repeat("x", maxRequest+1)), now, http.StatusRequestEntityTooLarge},
		"by GET":                   {request{method: http.MethodGet}, now, http.StatusMethodNotAllowed},
		"no content type":          {request{body: good.body}, now, http.StatusBadRequest},
		"a type of its own":        {request{contentType: "text/html", body: good.body}, now, http.StatusBadRequest},
		"JSON that is none":        {jsonRequest("{"), now, http.StatusBadRequest},
		"a form that is none":      {request{contentType: "application/x-www-form-urlencoded", body: "%zz"}, now, http.StatusBadRequest},
		"a challenge without one":  {jsonRequest(`{"type":"url_verification"}`), now, http.StatusBadRequest},
		"a challenge, unsigned":    {jsonRequest(`{"type":"url_verification","challenge":"abc"}`), time.Time{}, http.StatusUnauthorized},
		"what Slack may invent":    {jsonRequest(`{"type":"app_rate_limited","team_id":"T"}`), now, http.StatusOK},
		"a trial of a certificate": {formRequest(url.Values{"ssl_check": {"1"}}), now, http.StatusOK},
		"interaction without body": {formRequest(url.Values{"payload": {""}}), now, http.StatusOK},
	} {
		if got := send(a, tt.request, tt.at); got.Code != tt.want || got.Code == http.StatusOK && got.Body.Len() > 0 {
			t.Errorf("%s: answered with %d %q, want %d", name, got.Code, got.Body, tt.want)
		}
	}
	changed := good
	changed.body = strings.Replace(good.body, "A1", "A2", 1)
	changed.header = http.Header{}
	slackloop.Sign(changed.header, []byte(good.body), now)
	if got := send(a, changed, time.Time{}); got.Code != http.StatusUnauthorized {
		t.Errorf("a body that was changed after it was signed: %d", got.Code)
	}
	select {
	case ev := <-in.seen:
		t.Errorf("told of %+v", ev)
	default:
	}
	if got := send(a, good, now.Add(-4*time.Minute)); got.Code != http.StatusOK {
		t.Errorf("signed four minutes ago: %d", got.Code)
	}
	in.next(t)
}

func TestChallenge(t *testing.T) {
	w := newWorkspace(t)
	a := w.overHTTP()
	w.runOverHTTP(a, newInbox())
	got := send(a, jsonRequest(`{"type":"url_verification","challenge":"3eZbrw1aB"}`), time.Now())
	if got.Code != http.StatusOK || got.Body.String() != "3eZbrw1aB" {
		t.Errorf("answered with %d %q", got.Code, got.Body)
	}
}

// While the adapter does not run, Slack is told to come again.
func TestNotRunning(t *testing.T) {
	w := newWorkspace(t)
	a := w.overHTTP()
	event := messageRequest("Ev1", "1700000000.000100", "A1")
	if got := send(a, event, time.Now()); got.Code != http.StatusServiceUnavailable {
		t.Errorf("before it ran: %d", got.Code)
	}
	stop := w.runOverHTTP(a, newInbox())
	if got := send(a, event, time.Now()); got.Code != http.StatusOK {
		t.Errorf("while it ran: %d", got.Code)
	}
	stop()
	if got := send(a, event, time.Now()); got.Code != http.StatusServiceUnavailable {
		t.Errorf("after it ran: %d", got.Code)
	}
}

// After downtime the repetition may be the only copy that arrives.
func TestRetryIsNoReasonToDrop(t *testing.T) {
	w := newWorkspace(t)
	in := newInbox()
	a := w.overHTTP()
	w.runOverHTTP(a, in)
	r := messageRequest("Ev1", "1700000000.000100", "A1 kept")
	r.header = http.Header{"X-Slack-Retry-Num": {"3"}, "X-Slack-Retry-Reason": {"connection_failed"}}
	if got := send(a, r, time.Now()); got.Code != http.StatusOK {
		t.Errorf("answered with %d", got.Code)
	}
	first := in.next(t)
	if first.Text != "A1 kept" {
		t.Errorf("told of %+v", first)
	}
	send(a, r, time.Now())
	if again := in.next(t); again != first {
		t.Errorf("repeated as %+v, was %+v", again, first)
	}
}

// What was not taken in is not acknowledged, at once.
func TestRefusedOverHTTP(t *testing.T) {
	w := newWorkspace(t)
	in := newInbox()
	var times atomic.Int64
	in.tell = func(context.Context, *bot.Event) error {
		if times.Add(1) == 1 {
			return errors.New("not now")
		}
		return nil
	}
	a := w.overHTTP()
	w.runOverHTTP(a, in)
	r := messageRequest("Ev1", "1700000000.000100", "A1")
	if got := send(a, r, time.Now()); got.Code != http.StatusServiceUnavailable {
		t.Errorf("what was refused is answered with %d", got.Code)
	}
	if got := send(a, r, time.Now()); got.Code != http.StatusOK {
		t.Errorf("what was taken in is answered with %d", got.Code)
	}
	in.next(t)
}

// Half-filled events do no harm.
func TestHalfFilledOverHTTP(t *testing.T) {
	w := newWorkspace(t)
	a := w.overHTTP()
	w.runOverHTTP(a, newInbox())
	for _, r := range []request{
		jsonRequest(`{"type":"event_callback"}`),
		jsonRequest(`{"type":"event_callback","event":null}`),
		jsonRequest(`{"type":"event_callback","event":{"type":"message","subtype":"message_changed"}}`),
		jsonRequest(`{"type":"event_callback","event":{"type":"message","subtype":"message_deleted"}}`),
		jsonRequest(`{"type":"event_callback","event":{"type":"app_home_opened","tab":"home"}}`),
		jsonRequest(`{"type":"event_callback","event":{"type":"app_mention","text":"<@UBOT> help"}}`),
		formRequest(url.Values{"command": {"/staffroom"}}),
		formRequest(url.Values{"payload": {`{"type":"block_actions","user":{"id":"UANA"}}`}}),
		formRequest(url.Values{"payload": {`{"type":"message_action","callback_id":"/x","user":{"id":"UANA"}}`}}),
		formRequest(url.Values{"payload": {`{"type":"view_closed","user":{"id":"UANA"}}`}}),
		formRequest(url.Values{"payload": {`[]`}}),
	} {
		if got := send(a, r, time.Now()); got.Code != http.StatusOK {
			t.Errorf("%s: answered with %d", r.body, got.Code)
		}
	}
	if strings.Contains(w.log.String(), "panicked") {
		t.Errorf("something panicked:\n%s", w.log.String())
	}
}

// A private answer that is quick comes with the acknowledgement, and no further
// call is made.
func TestAnswerComesWithTheAcknowledgement(t *testing.T) {
	w := newWorkspace(t)
	in := newInbox()
	in.Command(bot.Command{Name: "chat", Subcommands: []bot.Subcommand{
		{Name: "mine", Private: true, Handle: saying("For <you> & you alone")},
		{Name: "all", Handle: saying("For all")},
		{Name: "picture", Private: true, Handle: func(context.Context, *bot.Request) (bot.Reply, error) {
			return bot.Reply{Message: &bot.Message{Text: bot.Plain("Seen"), Image: &bot.Image{URL: "https://example.org/a.png", Alt: "A"}}}, nil
		}},
	}})
	a := w.overHTTP()
	w.runOverHTTP(a, in)
	got := send(a, commandRequest("chat mine", "t1"), time.Now())
	var body struct {
		Type string `json:"response_type"`
		Text string `json:"text"`
	}
	if err := json.Unmarshal(got.Body.Bytes(), &body); err != nil || got.Code != http.StatusOK {
		t.Fatalf("answered with %d %q", got.Code, got.Body)
	}
	if body.Type != "ephemeral" || body.Text != "For &lt;you&gt; &amp; you alone" {
		t.Errorf("answered with %+v", body)
	}
	if err := spec.Slack(t)("ack", got.Body.Bytes()); err != nil {
		t.Error(err)
	}
	// What all shall see, and pictures, go the usual way.
	for _, text := range []string{"chat all", "chat picture"} {
		if got := send(a, commandRequest(text, text), time.Now()); got.Code != http.StatusOK || got.Body.Len() > 0 {
			t.Errorf("%s: answered with %d %q", text, got.Code, got.Body)
		}
	}
	w.sees(joe, "For all")
	w.sees(ana, "Seen")
	if n := len(w.Calls("chat.postMessage")); n != 1 {
		t.Errorf("%d messages were posted, want one", n)
	}
}

// A slow handler is no reason to keep Slack waiting: 3 s, and people see that the
// command failed.
func TestSlowCommandIsAcknowledgedInTimeOverHTTP(t *testing.T) {
	for name, mode := range map[string]bot.Mode{"quick, in name": bot.Quick, "deferred": bot.Deferred} {
		t.Run(name, func(t *testing.T) {
			w := newWorkspace(t)
			in := newInbox()
			g := newGate(bot.Say(bot.Plain("Here at last")))
			in.Command(bot.Command{Name: "chat", Subcommands: []bot.Subcommand{{Name: "slow", Private: true, Mode: mode, Handle: g.handle}}})
			a := w.overHTTP()
			if mode == bot.Quick {
				a.ackWithin = 20 * time.Millisecond
			}
			w.runOverHTTP(a, in)
			id := w.SlashCommand(ana, channel, "chat slow")
			<-g.entered
			if d := w.acked(id); len(d.Response) > 0 {
				t.Errorf("acknowledged with %s", d.Response)
			}
			close(g.release)
			if s := w.sees(ana, "Here at last"); !s.Ephemeral {
				t.Errorf("the private reply is %+v", s)
			}
		})
	}
}

// A command that arrives twice, or that somebody replays within the five minutes,
// has one effect.
func TestReplayWithinTheWindowHasOneEffect(t *testing.T) {
	w := newWorkspace(t)
	in := newInbox()
	var asked atomic.Int64
	in.Command(bot.Command{Name: "chat", Subcommands: []bot.Subcommand{{Name: "new", Private: true, Handle: func(context.Context, *bot.Request) (bot.Reply, error) {
		asked.Add(1)
		return bot.Say(bot.Plain("Done")), nil
	}}}})
	a := w.overHTTP()
	w.runOverHTTP(a, in)
	for range 3 {
		if got := send(a, commandRequest("chat new", "t1"), time.Now()); got.Code != http.StatusOK {
			t.Errorf("answered with %d", got.Code)
		}
	}
	if n := asked.Load(); n != 1 {
		t.Errorf("the command was served %d times", n)
	}
}

// In a storm each event comes three times and out of order: each is the same
// input, each time.
func TestStorm(t *testing.T) {
	for name, over := range map[string]func(*workspace, bot.Inbox){
		"http":   func(w *workspace, in bot.Inbox) { w.runOverHTTP(w.overHTTP(), in) },
		"socket": func(w *workspace, in bot.Inbox) { w.run(w.adapter(), in) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorkspace(t)
			in := newInbox()
			over(w, in)
			calm := w.Storm(7)
			const messages = 50
			for range messages {
				w.Say(ana, channel, "A1", slackloop.SayOptions{})
			}
			calm()
			inputs, order := map[bot.InputID]int{}, []int64{}
			for range 3 * messages {
				ev := in.next(t)
				inputs[ev.Input]++
				order = append(order, ev.Revision)
			}
			if len(inputs) != messages {
				t.Errorf("%d inputs, want %d", len(inputs), messages)
			}
			for input, n := range inputs {
				if n != 3 {
					t.Errorf("input %s came %d times", input, n)
				}
			}
			sorted := true
			for i := 1; i < len(order); i++ {
				sorted = sorted && order[i] >= order[i-1]
			}
			if sorted {
				t.Error("nothing came out of order: this is no storm")
			}
		})
	}
}

// When the end comes, what is under way is answered, and nothing new is taken.
func TestStopOverHTTP(t *testing.T) {
	w := newWorkspace(t)
	a := w.overHTTP()
	ts, finish := w.endAtWork(a, func() { w.listens(a) })
	w.until("end of listening", func() bool { return a.listening.Load() == nil })
	finish()
	w.acked(w.delivery(ts).ID)
}

func TestTokenThatIsNoGoodOverHTTP(t *testing.T) {
	w := newWorkspace(t)
	w.Fail("auth.test", slackloop.Fault{Status: 502}, 1)
	w.Fail("auth.test", slackloop.Fault{Error: "invalid_auth"}, -1)
	err := w.overHTTP().Run(w.within(patience), newInbox())
	checkError(t, err, bot.Permanent, bot.Disconnected, 0)
	if !strings.Contains(err.Error(), pageOfBotToken) {
		t.Errorf("Run = %v", err)
	}
}
