package slackloop

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// hook is where deliveries go by HTTP. Events of one channel go one after the
// other, each when the one before it was answered, so that a test can rely on
// their order; only in a Storm they do not.
type hook struct {
	url    string
	client *http.Client
	lines  *bot.Serial
	ctx    context.Context //nolint:containedctx // ends every request with the server
	end    context.CancelFunc
}

// maxInLine is how many deliveries wait for those before them.
const maxInLine = 100_000

// DeliverTo sends what happens from now on to an address, signed with Secret, in
// the place of the sockets.
func (s *Server) DeliverTo(address string) {
	s.unhook()
	ctx, end := context.WithCancel(context.Background())
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hook = &hook{
		url: address, client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 100}},
		lines: bot.NewSerial(maxInLine), ctx: ctx, end: end,
	}
}

// unhook ends what is under way by HTTP.
func (s *Server) unhook() {
	s.mu.Lock()
	h := s.hook
	s.hook = nil
	s.mu.Unlock()
	if h == nil {
		return
	}
	h.end()
	h.lines.Wait()
	h.client.CloseIdleConnections()
}

// sendSigned sends a delivery by HTTP. s.mu is held.
func (s *Server) sendSigned(d *Delivery) {
	attempt := d.Attempts
	d.Attempts++
	if attempt == 0 {
		d.sent = time.Now()
	}
	d.envelopes = append(d.envelopes, s.nextID("E"))
	line := d.envelopes[attempt] // commands and interactions do not wait for one another
	if d.Kind == "events_api" && s.storm == nil {
		line = channelOf(d.Payload)
	}
	h := s.hook
	d.underWay++
	h.lines.Do(line, func() {
		header, body := packed(d.Kind, d.Payload)
		if attempt > 0 {
			header.Set("X-Slack-Retry-Num", strconv.Itoa(attempt))
			header.Set("X-Slack-Retry-Reason", "http_timeout")
		}
		Sign(header, body, time.Now())
		response, err := h.post(header, body)
		s.mu.Lock()
		defer s.mu.Unlock()
		defer s.touch()
		d.underWay--
		if err != nil || d.Acked {
			return
		}
		if len(response) > 0 {
			s.mu.Unlock()
			_ = s.check("ack", response) // kept in Complaints
			s.mu.Lock()
		}
		s.acknowledged(d, response)
	})
}

func channelOf(payload json.RawMessage) string {
	var p struct {
		Event struct {
			Channel string `json:"channel"`
		} `json:"event"`
	}
	_ = json.Unmarshal(payload, &p) // an event of any shape may be sent; it has no channel then
	return p.Event.Channel
}

// packed is a delivery as Slack sends it by HTTP.
func packed(kind string, payload json.RawMessage) (http.Header, []byte) {
	header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	switch kind {
	case "slash_commands":
		var fields map[string]string
		_ = json.Unmarshal(payload, &fields) // another shape has no fields
		form := url.Values{}
		for name, value := range fields {
			form.Set(name, value)
		}
		return header, []byte(form.Encode())
	case "interactive":
		return header, []byte(url.Values{"payload": {string(payload)}}.Encode())
	}
	header.Set("Content-Type", "application/json")
	return header, payload
}

// Sign puts the signature of a body into its header, as made at a time.
// https://docs.slack.dev/authentication/verifying-requests-from-slack
func Sign(header http.Header, body []byte, at time.Time) {
	stamp := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(Secret))
	mac.Write([]byte("v0:" + stamp + ":"))
	mac.Write(body)
	header.Set("X-Slack-Request-Timestamp", stamp)
	header.Set("X-Slack-Signature", "v0="+hex.EncodeToString(mac.Sum(nil)))
}

// post sends a request and gives what its answer says. An answer other than 200
// is an error: it was not acknowledged.
func (h *hook) post(header http.Header, body []byte) (json.RawMessage, error) {
	req, err := http.NewRequestWithContext(h.ctx, http.MethodPost, h.url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header = header
	resp, err := h.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	got, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("answered with %s", resp.Status)
	}
	return got, err
}

// answeredAtOnce shows the answer to a command that came with its
// acknowledgement. s.mu is held.
func (s *Server) answeredAtOnce(d *Delivery, response json.RawMessage) {
	var how struct {
		Type string `json:"response_type"`
	}
	var asked struct {
		Channel string `json:"channel_id"`
		Person  string `json:"user_id"`
	}
	b, err := readBody(response)
	if err == nil {
		err = json.Unmarshal(response, &how)
	}
	if err == nil {
		err = json.Unmarshal(d.Payload, &asked)
	}
	if err != nil {
		s.complaints = append(s.complaints, fmt.Errorf("ack: the answer to a command: %w", err))
		return
	}
	m := Message{Channel: asked.Channel, User: BotUser, Text: b.Text, Blocks: b.Blocks}
	if how.Type != "in_channel" {
		m.EphemeralTo = asked.Person
	}
	s.add(m)
}
