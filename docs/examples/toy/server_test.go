package toy

import (
	"encoding/json"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"
)

const token = "a-secret"

// server is a Toy server on the loopback interface, with one channel and two
// people. What people do there is in world_test.go.
type server struct {
	t        *testing.T
	listener net.Listener
	serving  sync.WaitGroup

	mu       sync.Mutex
	conns    []net.Conn
	feed     net.Conn // where the bot listens; nil before it does
	events   []*delivery
	messages []*message
	forms    map[string]*openForm // by the person who has it open
	next     []response           // what the next requests are answered, whatever they are
	mute     bool                 // the next request is done, and its response lost
}

// delivery is an event with what became of it.
type delivery struct {
	event
	acknowledged, private, answered bool
	form                            *openForm // that was submitted
}

type message struct {
	body
	id, channel, only string // only: the only person who sees it
	user              string // "" for the bot
	key               string
	text              string // of a person's, as typed
	revision          int64
	deleted           bool
}

type openForm struct {
	form
	from   event // what opened it
	values map[string]string
	errors map[string]string
}

func startServer(t *testing.T) *server {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &server{t: t, listener: listener, forms: map[string]*openForm{}}
	s.serving.Go(s.accept)
	t.Cleanup(s.stop)
	return s
}

func (s *server) accept() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		s.conns = append(s.conns, conn)
		s.mu.Unlock()
		s.serving.Go(func() { s.serve(conn) })
	}
}

// hangUp breaks every connection.
func (s *server) hangUp() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, conn := range s.conns {
		_ = conn.Close()
	}
	s.conns, s.feed = nil, nil
}

func (s *server) stop() {
	_ = s.listener.Close()
	s.hangUp()
	s.serving.Wait()
}

func (s *server) serve(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	lines := json.NewDecoder(conn)
	for {
		var req request
		if err := lines.Decode(&req); err != nil {
			return
		}
		if !s.handle(conn, req) {
			return
		}
	}
}

// handle does what a request asks for, and reports whether the connection is
// still of use.
func (s *server) handle(conn net.Conn, req request) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.next) > 0 {
		resp := s.next[0]
		s.next = s.next[1:]
		return s.write(conn, resp)
	}
	resp := s.do(req)
	if s.mute {
		s.mute = false
		return false
	}
	if req.Do != "listen" || resp.Error != "" {
		return s.write(conn, resp)
	}
	s.feed = conn
	s.write(conn, resp)
	for _, d := range s.events {
		if !d.acknowledged {
			s.write(conn, d.event)
		}
	}
	return true
}

func (s *server) write(conn net.Conn, line any) bool {
	data, err := json.Marshal(line)
	if err != nil {
		s.t.Error(err)
	}
	_, err = conn.Write(append(data, '\n'))
	return err == nil
}

// do does what a request asks for. s.mu is held, here and below.
func (s *server) do(req request) response {
	m, found := s.message(req.Message)
	switch {
	case req.Token != token:
		return response{Error: "bad_token"}
	case req.Body != nil && utf8.RuneCountInString(read(req.Body.Text).text) > maxText:
		return response{Error: "too_long"}
	case req.Do == "listen":
		return response{}
	case req.Do == "ack" || req.Do == "answer":
		return s.about(req)
	case req.Do == "direct" && isPerson(req.User):
		return response{Channel: "@" + req.User}
	case req.Do == "direct":
		return response{Error: "no_person"}
	case req.Do == "post" && req.Channel != channel && !isPerson(strings.TrimPrefix(req.Channel, "@")):
		return response{Error: "no_channel"}
	case req.Do == "post":
		return response{Message: s.post(message{channel: req.Channel, body: *req.Body, key: string(req.Key)}, "")}
	case req.Do == "find":
		for _, m := range s.messages {
			if m.channel == req.Channel && m.key == string(req.Key) && !m.deleted {
				return response{Message: m.id}
			}
		}
		return response{}
	case !found || m.user != "":
		return response{Error: "no_message"}
	case req.Do == "edit":
		m.body = *req.Body
	case req.Do == "delete":
		m.deleted = true
	}
	return response{}
}

// about does what a request about an event asks for.
func (s *server) about(req request) response {
	d := s.delivery(req.Event)
	switch {
	case d == nil || req.Do == "answer" && !d.acknowledged:
		return response{Error: "no_event"}
	case req.Do == "ack" && !d.acknowledged:
		d.acknowledged, d.private = true, req.Private
	case req.Do == "answer" && !d.answered:
		d.answered = true
		s.answer(d, req)
	}
	return response{}
}

// answer shows the answer to an event.
func (s *server) answer(d *delivery, req request) {
	if d.form != nil {
		d.form.errors = req.Errors
		if len(req.Errors) == 0 {
			delete(s.forms, d.User)
		}
	}
	if req.Form != nil {
		open := &openForm{form: *req.Form, from: d.event, values: map[string]string{}}
		for _, f := range req.Form.Fields {
			open.values[f.Name] = f.Value
		}
		s.forms[d.User] = open
	}
	if req.Body == nil {
		return
	}
	if before, ok := s.message(d.Message); ok && req.Replace {
		before.body = *req.Body
		return
	}
	m := message{channel: d.Channel, body: *req.Body}
	if d.private {
		m.only = d.User
	}
	s.post(m, "")
}

// post puts a message up and tells the bot, of its own messages too.
func (s *server) post(m message, replyTo string) (id string) {
	m.id, m.revision = "m"+strconv.Itoa(len(s.messages)+1), 1
	s.messages = append(s.messages, &m)
	s.told("said", &m, replyTo)
	return m.id
}

// told tells the bot about a message.
func (s *server) told(kind string, m *message, replyTo string) {
	s.deliver(delivery{event: event{
		Kind: kind, Channel: m.channel, User: m.user, Name: m.user, Bot: m.user == "",
		Message: m.id, ReplyTo: replyTo, Text: m.text, Revision: m.revision,
	}})
}

func (s *server) deliver(d delivery) *delivery {
	d.ID, d.At = "e"+strconv.Itoa(len(s.events)+1), time.Now()
	s.events = append(s.events, &d)
	s.again(&d)
	return &d
}

// again delivers what was delivered before. Where the bot does not listen it
// comes when it does.
func (s *server) again(d *delivery) {
	if s.feed != nil {
		s.write(s.feed, d.event)
	}
}

func (s *server) delivery(id string) *delivery {
	for _, d := range s.events {
		if d.ID == id {
			return d
		}
	}
	return nil
}

func (s *server) message(id string) (*message, bool) {
	for _, m := range s.messages {
		if m.id == id && !m.deleted {
			return m, true
		}
	}
	return nil, false
}

// visibleTo reports whether a person sees the message.
func (m *message) visibleTo(who string) bool {
	return !m.deleted && (m.channel == "@"+who || m.channel == channel && (m.only == "" || m.only == who))
}
