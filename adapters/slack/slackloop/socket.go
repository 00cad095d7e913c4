package slackloop

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

// pingEvery is how often the server pings: clients take a socket without pings
// for dead.
const pingEvery = 5 * time.Second

// Delivery is something that was handed to the bot.
type Delivery struct {
	ID        string // of its first envelope
	Kind      string // "events_api", "slash_commands", "interactive", or what SendEnvelope was given
	Payload   json.RawMessage
	MessageTS string // the message that it tells of; "" for others
	Attempts  int    // times that it was sent
	Acked     bool
	AckAfter  time.Duration   // from the first sending to the acknowledgement
	Response  json.RawMessage // what the acknowledgement carried

	said      bool // by Say
	sent      time.Time
	envelopes []string
	underWay  int // sendings by HTTP that have not ended
	view      *View
}

type socket struct {
	conn *websocket.Conn
	out  chan []byte
	gone chan struct{} // closed by the server to end it
}

func (s *Server) openConnection([]byte) (result, error) {
	return result{"url": "ws" + strings.TrimPrefix(s.http.URL, "http") + "/socket?ticket=" + s.nextID("ticket")}, nil
}

// serveSocket serves GET /socket.
func (s *Server) serveSocket(w http.ResponseWriter, r *http.Request) {
	upgrader := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	k := &socket{conn: conn, out: make(chan []byte, 10_000), gone: make(chan struct{})}
	s.mu.Lock()
	s.sockets = append(s.sockets, k)
	s.connections++
	k.out <- mustJSON(result{"type": "hello", "num_connections": len(s.sockets), "connection_info": result{"app_id": "ALOOP"}})
	for _, d := range s.deliveries {
		if d.Attempts == 0 && d.Kind == "events_api" {
			s.send(d)
		}
	}
	s.touch()
	s.mu.Unlock()
	ended := make(chan struct{})
	s.running.Go(func() { k.write(ended) })
	s.read(k)
	close(ended)
	s.mu.Lock()
	s.sockets = slices.DeleteFunc(s.sockets, func(other *socket) bool { return other == k })
	s.touch()
	s.mu.Unlock()
}

func (k *socket) write(ended <-chan struct{}) {
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	defer func() { _ = k.conn.Close() }()
	_ = k.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(pingEvery))
	for {
		select {
		case data := <-k.out:
			if k.conn.WriteMessage(websocket.TextMessage, data) != nil {
				return
			}
		case <-ping.C:
			if k.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(pingEvery)) != nil {
				return
			}
		case <-k.gone:
			return
		case <-ended:
			return
		}
	}
}

// read takes acknowledgements in until the connection ends.
func (s *Server) read(k *socket) {
	for {
		var ack struct {
			ID      string          `json:"envelope_id"`
			Payload json.RawMessage `json:"payload"`
		}
		if err := k.conn.ReadJSON(&ack); err != nil {
			return
		}
		if len(ack.Payload) > 0 {
			_ = s.check("ack", ack.Payload) // kept in Complaints
		}
		s.mu.Lock()
		for _, d := range s.deliveries {
			if slices.Contains(d.envelopes, ack.ID) && !d.Acked {
				s.acknowledged(d, ack.Payload)
			}
		}
		s.touch()
		s.mu.Unlock()
	}
}

// acknowledged notes that a delivery was acknowledged, and does what the
// acknowledgement says. s.mu is held.
func (s *Server) acknowledged(d *Delivery, response json.RawMessage) {
	d.Acked, d.AckAfter, d.Response = true, time.Since(d.sent), response
	if d.view != nil {
		s.concludeSubmission(d.view, response)
	}
	if d.Kind == "slash_commands" && len(response) > 0 {
		s.answeredAtOnce(d, response)
	}
}

// deliver hands something to the bot. What is no event fails, as in Slack, if the
// bot is not connected. s.mu is held.
func (s *Server) deliver(kind string, payload any) *Delivery {
	d := &Delivery{Kind: kind, Payload: mustJSON(payload)}
	s.deliveries = append(s.deliveries, d)
	d.ID = s.nextID("E")
	if kind == "events_api" && s.storm != nil {
		s.storm.waiting = append(s.storm.waiting, d, d, d)
		return d
	}
	s.send(d)
	return d
}

// send sends a delivery in a new envelope over the newest connection. s.mu is
// held.
func (s *Server) send(d *Delivery) {
	if s.hook != nil {
		s.sendSigned(d)
		return
	}
	if len(s.sockets) == 0 {
		return
	}
	id := d.ID
	if d.Attempts > 0 {
		id = s.nextID("E")
	} else {
		d.sent = time.Now()
	}
	envelope := result{"envelope_id": id, "type": d.Kind, "payload": d.Payload, "accepts_response_payload": d.Kind != "events_api"}
	if d.Kind == "events_api" {
		envelope["retry_attempt"] = d.Attempts
		if d.Attempts > 0 {
			envelope["retry_reason"] = "timeout"
		}
	}
	d.envelopes = append(d.envelopes, id)
	d.Attempts++
	s.sockets[len(s.sockets)-1].out <- mustJSON(envelope)
	s.touch()
}

// SendEnvelope hands the bot an envelope of any kind and gives its ID.
func (s *Server) SendEnvelope(kind string, payload any) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.deliver(kind, payload).ID
}

// SendEvent hands the bot an event of any shape and gives its envelope's ID.
func (s *Server) SendEvent(event any) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.event(event).ID
}

// SendFrame sends the bot any text over the newest connection.
func (s *Server) SendFrame(data string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := len(s.sockets); n > 0 {
		s.sockets[n-1].out <- []byte(data)
	}
}

// Disconnect asks the bot to connect anew, as Slack does every few hours. A
// reason is "warning" or "refresh_requested".
func (s *Server) Disconnect(reason string) {
	s.SendFrame(string(mustJSON(result{"type": "disconnect", "reason": reason})))
}

// Drop ends every connection without a word.
func (s *Server) Drop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range s.sockets {
		close(k.gone)
		_ = k.conn.Close()
	}
	s.sockets = nil
}

// Connections is how many connections the bot has made so far.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.connections
}

// AwaitConnection waits until the bot has made n connections in all and has one.
func (s *Server) AwaitConnection(ctx context.Context, n int) error {
	return s.await(ctx, fmt.Sprintf("connection %d", n), func() bool { return s.connections >= n && len(s.sockets) > 0 })
}

// AwaitAck waits until a delivery is acknowledged.
func (s *Server) AwaitAck(ctx context.Context, id string) (Delivery, error) {
	var got Delivery
	err := s.await(ctx, "acknowledgement of "+id, func() bool {
		for _, d := range s.deliveries {
			if d.ID == id && d.Acked {
				got = *d
				return true
			}
		}
		return false
	})
	return got, err
}

// await waits until a condition holds, which is asked with s.mu held.
func (s *Server) await(ctx context.Context, what string, holds func() bool) error {
	for {
		s.mu.Lock()
		done, changed := holds(), s.changed
		s.mu.Unlock()
		if done {
			return nil
		}
		select {
		case <-changed:
		case <-s.closing:
			return errors.New("the workspace closed while waiting for " + what)
		case <-ctx.Done():
			return fmt.Errorf("no %s: %w", what, ctx.Err())
		}
	}
}

// Deliveries lists everything handed to the bot so far.
func (s *Server) Deliveries() []Delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Delivery, 0, len(s.deliveries))
	for _, d := range s.deliveries {
		out = append(out, *d)
	}
	return out
}

// Redeliver hands the bot the last thing that Say did once more, whether or not
// it was acknowledged.
func (s *Server) Redeliver() {
	s.mu.Lock()
	defer s.mu.Unlock()
	last := ""
	for _, d := range s.deliveries {
		if d.said {
			last = d.MessageTS
		}
	}
	for _, d := range s.deliveries {
		if d.said && d.MessageTS == last {
			s.send(d)
		}
	}
}

// RedeliverUnacked hands the bot every event once more that it did not
// acknowledge, and gives their number.
func (s *Server) RedeliverUnacked() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.redeliver(func(*Delivery) bool { return true })
}

// redeliver sends the unacknowledged events that are due again, unless they are
// being sent. s.mu is held.
func (s *Server) redeliver(due func(*Delivery) bool) int {
	n := 0
	for _, d := range s.deliveries {
		if d.Kind == "events_api" && !d.Acked && d.underWay == 0 && due(d) {
			s.send(d)
			n++
		}
	}
	return n
}

func (s *Server) redeliverForEver() {
	tick := time.NewTicker(s.options.RedeliverAfter)
	defer tick.Stop()
	for {
		select {
		case now := <-tick.C:
			s.mu.Lock()
			s.redeliver(func(d *Delivery) bool { return now.Sub(d.sent) >= s.options.RedeliverAfter })
			s.mu.Unlock()
		case <-s.closing:
			return
		}
	}
}

func mustJSON(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err) // a value of this package or its test that is no JSON
	}
	return data
}
