package slack

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"time"

	"github.com/slack-go/slack"

	"github.com/staffroom-bot/staffroom/bot"
)

// listening is what the address of ours hands deliveries to.
type listening struct {
	receiver *receiver
	lasting  context.Context //nolint:containedctx // of Run, for work that outlives a request
}

// Webhook gives what answers where Slack sends its events, commands and
// interactions to, all to one address; "" with Socket Mode. It implements
// bot.WebReceiver.
func (a *Adapter) Webhook() (path string, h http.Handler) {
	if a.secret == "" {
		return "", nil
	}
	return "/slack/" + a.name, http.HandlerFunc(a.serveHTTP)
}

var _ bot.WebReceiver = (*Adapter)(nil)

// keepListening takes what Slack sends to the address of ours until intake ends.
// It returns nil then, and before that only when the token must be mended.
func (a *Adapter) keepListening(intake, lasting context.Context, r *receiver) error {
	for wait := firstWait; ; wait = min(2*wait, longWait) {
		err := a.introduce(intake)
		if err == nil {
			break
		}
		if isUnusable(err) {
			return err
		}
		if intake.Err() != nil {
			return nil
		}
		a.log.Warn("no answer from Slack; trying again", "wait", wait, "error", err)
		select {
		case <-time.After(wait):
		case <-intake.Done():
			return nil
		}
	}
	a.listening.Store(&listening{r, lasting})
	defer a.listening.Store(nil)
	path, _ := a.Webhook()
	a.log.Info("ready for what Slack sends", "path", path)
	<-intake.Done()
	return nil
}

// serveHTTP takes one request of Slack. It answers when the delivery is
// acknowledged; with 503, upon which Slack sends an event again, if it is not.
func (a *Adapter) serveHTTP(w http.ResponseWriter, req *http.Request) {
	to := a.listening.Load()
	if to == nil {
		http.Error(w, "not running", http.StatusServiceUnavailable)
		return
	}
	if req.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "only POST", http.StatusMethodNotAllowed)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, req.Body, maxRequest))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
		return
	}
	if err != nil {
		http.Error(w, "not readable", http.StatusBadRequest)
		return
	}
	if err := verify(req.Header, a.secret, body); err != nil {
		if a.claims.claim("unsigned", a.now()) { // once in a while: anybody can send any number
			a.log.Warn("a request that Slack did not sign, or long ago", "error", err, "mend", pageOfSecret)
		}
		http.Error(w, "not signed by Slack", http.StatusUnauthorized)
		return
	}
	d, challenge, err := readRequest(req.Header.Get("Content-Type"), body)
	switch {
	case err != nil:
		a.log.Warn("a request of Slack that cannot be read", "error", err)
		http.Error(w, "not readable", http.StatusBadRequest)
	case challenge != "":
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = io.WriteString(w, challenge)
	default:
		a.takeIn(w, req, to, d)
	}
}

// verify reports whether Slack signed the body with the secret within the last
// five minutes. The comparison takes the same time wherever they differ.
// https://docs.slack.dev/authentication/verifying-requests-from-slack
func verify(header http.Header, secret string, body []byte) error {
	v, err := slack.NewSecretsVerifier(header, secret)
	if err != nil {
		return err
	}
	if _, err := v.Write(body); err != nil {
		return err
	}
	return v.Ensure()
}

// readRequest finds out what a request delivers. A challenge is to be answered
// as it is: Slack tries an address before it uses it.
// https://docs.slack.dev/reference/events/url_verification
func readRequest(contentType string, body []byte) (d delivery, challenge string, err error) {
	kind, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return delivery{}, "", errors.New("no content type")
	}
	if kind == "application/json" {
		var head struct {
			Type      string `json:"type"`
			Challenge string `json:"challenge"`
		}
		if err := json.Unmarshal(body, &head); err != nil {
			return delivery{}, "", errors.New("no JSON")
		}
		switch head.Type {
		case "url_verification":
			if head.Challenge == "" {
				return delivery{}, "", errors.New("no challenge")
			}
			return delivery{}, head.Challenge, nil
		case "event_callback":
			return delivery{kind: "events_api", payload: body}, "", nil
		}
		return delivery{kind: head.Type, payload: body}, "", nil
	}
	if kind != "application/x-www-form-urlencoded" {
		return delivery{}, "", errors.New("neither JSON nor a form")
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return delivery{}, "", errors.New("no form")
	}
	if form.Has("payload") {
		return delivery{kind: "interactive", payload: json.RawMessage(form.Get("payload"))}, "", nil
	}
	if !form.Has("command") {
		return delivery{kind: "form"}, "", nil // Slack's trial of a certificate, with ssl_check
	}
	payload, err := json.Marshal(commandPayload{ // as Socket Mode has it
		TeamID: form.Get("team_id"), ChannelID: form.Get("channel_id"), UserID: form.Get("user_id"), UserName: form.Get("user_name"),
		Text: form.Get("text"), ResponseURL: form.Get("response_url"), TriggerID: form.Get("trigger_id"),
	})
	return delivery{kind: "slash_commands", payload: payload, answers: true}, "", err
}

// takeIn hands a delivery to the receiver and answers as it is acknowledged.
func (a *Adapter) takeIn(w http.ResponseWriter, req *http.Request, to *listening, d delivery) {
	acked, refused := make(chan json.RawMessage, 1), make(chan struct{})
	d.ack = func(response json.RawMessage) error {
		if err := req.Context().Err(); err != nil {
			return err // nobody waits for it any more
		}
		acked <- response
		return nil
	}
	d.refuse = func() { close(refused) }
	to.receiver.receive(to.lasting, d)
	giveUp := time.NewTimer(a.ackWithin + ackSlack)
	defer giveUp.Stop()
	select {
	case response := <-acked:
		if response != nil {
			w.Header().Set("Content-Type", "application/json; charset=utf-8")
			_, _ = w.Write(response)
		}
	case <-refused:
		http.Error(w, "not taken in", http.StatusServiceUnavailable)
	case <-giveUp.C:
		http.Error(w, "not taken in", http.StatusServiceUnavailable)
	case <-req.Context().Done():
	}
}
