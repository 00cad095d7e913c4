package discord

import (
	"bufio"
	"compress/zlib"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// relay is one connection to the gateway. It stands between Discord and
// discordgo, which is at the other end of a pipe, passes on what each says to the
// other, and breaks the connection where discordgo would hang, or lose the
// session:
//
//   - A gateway that falls silent, or never sends its HELLO: discordgo reads
//     without a deadline, while it holds the session's lock.
//   - Heartbeats that stay unanswered: discordgo waits for five.
//   - Op 7 (reconnect) while a session is being resumed: discordgo takes the
//     session's lock a second time.
//   - Op 9 (invalid session): discordgo begins another session at once, even if
//     the old one is good or Discord allows no more.
//
// To discordgo each is a lost connection, after which the session goes on. Events
// that would bring discordgo down are left out (digest.go). The relay also unpacks what Discord sends, and keeps the reason for the end, which
// discordgo does not tell.
type relay struct {
	timing  timing
	log     *slog.Logger
	discord *websocket.Conn
	pipe    net.Conn

	interval time.Duration // between heartbeats; 0 before HELLO
	begun    bool          // an event has come
	due      time.Time     // when HELLO, an event or an answer to a heartbeat must have come

	broken sync.Once
	cause  error         // why the connection is over
	over   chan struct{} // closed when nothing of it is left
}

// Opcodes of the gateway.
// https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway-gateway-opcodes
const (
	opDispatch       = 0
	opReconnect      = 7
	opInvalidSession = 9
	opHello          = 10
	opAck            = 11
)

const (
	// maxCompressed is how many bytes a message of the gateway may have. Those that
	// describe a server with many channels are the largest.
	maxCompressed = 32 << 20
	// mostLookedAt is how many bytes a message may have to be looked at, once events
	// have begun. Only these have more then.
	mostLookedAt = 512
)

var (
	errReconnect   = errors.New("asked to reconnect")
	errSessionOver = errors.New("the session is over")
	errResumeLater = errors.New("the session cannot be resumed at the moment")
	errSilent      = errors.New("the gateway has fallen silent")
	errLetGo       = errors.New("discordgo has let the connection go")
	errUnreadable  = errors.New("a message of the gateway cannot be read")
)

func newRelay(t timing, log *slog.Logger, discord *websocket.Conn, pipe net.Conn) *relay {
	discord.SetReadLimit(maxCompressed)
	return &relay{timing: t, log: log, discord: discord, pipe: pipe, over: make(chan struct{})}
}

// run relays until the connection is over, which it is when ctx ends.
func (r *relay) run(ctx context.Context) {
	defer close(r.over)
	defer context.AfterFunc(ctx, r.leave)()
	session, err := accept(r.pipe)
	if err != nil {
		r.end(err)
		return
	}
	var up sync.WaitGroup
	up.Go(func() { r.end(r.up(session)) })
	r.end(r.down(session))
	up.Wait()
}

// end breaks the connection without a word, so that the session can be resumed.
func (r *relay) end(why error) {
	r.broken.Do(func() {
		r.cause = why
		_ = r.discord.Close()
		_ = r.pipe.Close()
	})
}

// leave ends the session properly: Discord shows the bot as offline at once.
func (r *relay) leave() {
	deadline := time.Now().Add(r.timing.leave)
	_ = r.discord.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""), deadline)
	select {
	case <-r.over: // Discord has closed too
	case <-time.After(time.Until(deadline)):
		r.end(context.Canceled)
	}
}

// greeted reports, once the connection is over, whether HELLO had come.
func (r *relay) greeted() bool { return r.interval > 0 }

// up passes on what discordgo says. A close is not passed on: the session would
// be lost.
func (r *relay) up(session *websocket.Conn) error {
	for {
		kind, m, err := session.ReadMessage()
		if err != nil {
			return errLetGo
		}
		if err := r.discord.SetWriteDeadline(time.Now().Add(r.timing.write)); err != nil {
			return err
		}
		if err := r.discord.WriteMessage(kind, m); err != nil {
			return err
		}
	}
}

// down passes on what Discord says, once it has been looked at.
func (r *relay) down(session *websocket.Conn) error {
	r.due = time.Now().Add(r.timing.hello)
	if err := r.discord.SetReadDeadline(r.due); err != nil {
		return err
	}
	messages, err := messages(r.discord)
	if err != nil {
		return overdue(err)
	}
	var m json.RawMessage
	for {
		if err := messages.Decode(&m); err != nil {
			return overdue(err)
		}
		pass, err := r.look(m)
		if err != nil {
			return err
		}
		if !pass {
			continue
		}
		handed := time.Now()
		if err := session.WriteMessage(websocket.TextMessage, m); err != nil {
			return errLetGo
		}
		r.due = r.due.Add(time.Since(handed)) // answers may lie unread while discordgo is busy
		if err := r.discord.SetReadDeadline(r.due); err != nil {
			return err
		}
	}
}

// overdue says in words that what was due has not come.
func overdue(err error) error {
	if e, ok := errors.AsType[net.Error](err); ok && e.Timeout() {
		return errSilent
	}
	return err
}

// look takes in what a message means for the connection, and reports whether
// discordgo can cope with it.
func (r *relay) look(message json.RawMessage) (pass bool, err error) {
	if r.begun && len(message) > mostLookedAt {
		return r.event(message), nil
	}
	var m struct {
		Op   *int            `json:"op"`
		Data json.RawMessage `json:"d"`
	}
	if json.Unmarshal(message, &m) != nil || m.Op == nil {
		return false, errUnreadable
	}
	switch *m.Op {
	case opDispatch:
		return r.event(message), nil
	case opReconnect:
		return false, errReconnect
	case opInvalidSession:
		if string(m.Data) == "true" {
			return false, errResumeLater
		}
		return false, errSessionOver
	case opHello:
		var hello struct {
			Interval int64 `json:"heartbeat_interval"` // milliseconds
		}
		if json.Unmarshal(m.Data, &hello) != nil || hello.Interval <= 0 || r.interval > 0 {
			return false, errUnreadable
		}
		r.interval = time.Duration(hello.Interval) * time.Millisecond
		r.due = time.Now().Add(r.timing.ready)
	case opAck:
		if !r.begun { // discordgo may hold the lock still that it takes for an answer
			return false, nil
		}
		r.answered()
	}
	return true, nil
}

// event takes in that there are events, and reports whether discordgo can cope with
// this one.
func (r *relay) event(message json.RawMessage) bool {
	if !digestible(message) {
		r.log.Warn("an event of Discord's is not whole, or of no use, and was left out", "bytes", len(message))
		return false
	}
	if !r.begun {
		r.begun = true
		r.answered()
	}
	return true
}

// answered has the next answer to a heartbeat due before the one after that is
// sent.
// https://discord.com/developers/docs/events/gateway#sending-heartbeats
func (r *relay) answered() { r.due = time.Now().Add(2 * r.interval) }

// messages reads what the gateway sends: one compressed stream over all its
// messages. A host that stands in for Discord may send text instead.
// https://discord.com/developers/docs/events/gateway#transport-compression
func messages(conn *websocket.Conn) (*json.Decoder, error) {
	kind, first, err := conn.NextReader()
	if err != nil {
		return nil, err
	}
	joined := &stream{conn: conn, message: first}
	if kind == websocket.TextMessage {
		return json.NewDecoder(joined), nil
	}
	inflated, err := zlib.NewReader(joined)
	if err != nil {
		return nil, err
	}
	return json.NewDecoder(inflated), nil
}

// stream joins the messages of a WebSocket.
type stream struct {
	conn    *websocket.Conn
	message io.Reader
}

func (s *stream) Read(p []byte) (int, error) {
	for {
		n, err := s.message.Read(p)
		if !errors.Is(err, io.EOF) {
			return n, err
		}
		if n > 0 {
			return n, nil
		}
		_, next, err := s.conn.NextReader()
		if err != nil {
			return 0, err
		}
		s.message = next
	}
}

// accept opens the WebSocket that discordgo asks for over the pipe.
func accept(pipe net.Conn) (*websocket.Conn, error) {
	in := bufio.NewReader(pipe)
	req, err := http.ReadRequest(in)
	if err != nil {
		return nil, err
	}
	w := &pipeWriter{pipe, in}
	conn, err := (&websocket.Upgrader{}).Upgrade(w, req, nil)
	if err != nil {
		return nil, err
	}
	conn.SetCloseHandler(func(int, string) error { return nil }) // the pipe's end says enough
	return conn, nil
}

// pipeWriter is the part of an HTTP server that an upgrade to a WebSocket needs.
type pipeWriter struct {
	net.Conn
	in *bufio.Reader
}

func (w *pipeWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return w.Conn, bufio.NewReadWriter(w.in, bufio.NewWriter(w.Conn)), nil
}

func (w *pipeWriter) Header() http.Header { return http.Header{} }

func (w *pipeWriter) WriteHeader(int) {}
