package discord

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"math"
	"net"
	"strings"
	"sync/atomic"
	"time"
)

// wire is the connection below discordgo's WebSocket to the gateway. It reads
// along with what Discord sends and breaks the connection where discordgo would
// hang for good:
//
//   - A gateway that falls silent, or never sends its HELLO: discordgo reads
//     without a deadline, while it holds the session's lock.
//   - Heartbeats that stay unanswered: discordgo waits for five.
//   - Op 7 (reconnect) while a session is being resumed: discordgo takes the
//     session's lock a second time.
//
// To discordgo each is a lost connection, after which the session can be
// resumed. The wire also notes the code with which Discord closes, which
// discordgo keeps to itself.
type wire struct {
	net.Conn
	timing timing
	r      *bufio.Reader

	ready    []byte // read, not yet handed on
	through  uint64 // bytes of the frame that are handed on unread
	upgraded bool   // the HTTP part is over
	interval time.Duration
	ack      time.Time // of the last heartbeat
	left     time.Time // when the last read ended
	greeted  bool      // an event has come

	hello     atomic.Bool
	closeCode atomic.Int32
	closed    atomic.Bool
}

// timing is how long the gateway may take.
type timing struct {
	dial  time.Duration // until the WebSocket is open
	hello time.Duration // from there until HELLO
	ready time.Duration // from HELLO until the first event
	write time.Duration
}

// Opcodes of the gateway and of WebSocket frames.
// https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway
// https://www.rfc-editor.org/rfc/rfc6455#section-5.2
const (
	opDispatch  = 0
	opReconnect = 7
	opHello     = 10
	opAck       = 11

	frameClose = 8
)

// maxRead is how many bytes a frame may have to be read along with. HELLO, op 7
// and heartbeats are far smaller.
const maxRead = 1024

var (
	errReconnect = errors.New("asked to reconnect")
	errSilent    = errors.New("heartbeats stay unanswered")
)

// dialWire opens a connection that closes when ctx ends.
func dialWire(ctx context.Context, network, address string, secure bool, t timing) (*wire, error) {
	ctx, cancel := context.WithTimeout(ctx, t.dial)
	defer cancel()
	var conn net.Conn
	var err error
	if secure {
		conn, err = (&tls.Dialer{Config: &tls.Config{NextProtos: []string{"http/1.1"}}}).DialContext(ctx, network, address)
	} else {
		conn, err = (&net.Dialer{}).DialContext(ctx, network, address)
	}
	if err != nil {
		return nil, err
	}
	return &wire{Conn: conn, timing: t, r: bufio.NewReaderSize(conn, 4*maxRead)}, nil
}

// Read hands on what came, once it has been looked at.
func (w *wire) Read(p []byte) (int, error) {
	if !w.left.IsZero() {
		w.ack = w.ack.Add(time.Since(w.left)) // while nobody reads, nothing is unanswered
	}
	defer func() { w.left = time.Now() }()
	for len(w.ready) == 0 {
		if w.through > 0 {
			n, err := w.pass(p)
			return n, w.breakOff(err)
		}
		next := w.frame
		if !w.upgraded {
			next = w.line
		}
		if err := next(); err != nil {
			return 0, w.breakOff(err)
		}
	}
	n := copy(p, w.ready)
	w.ready = w.ready[n:]
	return n, nil
}

// Write gives up on a peer that takes nothing any more.
func (w *wire) Write(p []byte) (int, error) {
	if err := w.SetWriteDeadline(time.Now().Add(w.timing.write)); err != nil {
		return 0, err
	}
	return w.Conn.Write(p)
}

// Close closes the connection once.
func (w *wire) Close() error {
	if w.closed.Swap(true) {
		return nil
	}
	return w.Conn.Close()
}

func (w *wire) pass(p []byte) (int, error) {
	if w.upgraded {
		if err := w.await(); err != nil {
			return 0, err
		}
	}
	n, err := w.r.Read(p[:min(uint64(len(p)), w.through)])
	w.through -= uint64(n)
	return n, err
}

// line reads one line of the answer to the WebSocket's request.
func (w *wire) line() error {
	line, err := w.r.ReadSlice('\n')
	if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
		return err
	}
	w.ready = append(w.ready[:0], line...)
	switch s := string(line); {
	case strings.HasPrefix(s, "HTTP/") && !strings.Contains(s, " 101 "):
		w.through = math.MaxUint64 // a refusal, which gorilla reads
	case s == "\r\n":
		w.upgraded, w.ack = true, time.Now()
	}
	return nil
}

// await sets how long the next read may take.
func (w *wire) await() error {
	now, within := time.Now(), 2*w.interval
	switch {
	case w.interval == 0:
		within = w.timing.hello
	case !w.greeted:
		within = w.timing.ready
	case now.Sub(w.ack) > 3*w.interval:
		return errSilent
	}
	return w.SetReadDeadline(now.Add(within))
}

// breakOff closes the connection after an error, without a word: discordgo would
// end the session properly, after which it cannot be resumed.
func (w *wire) breakOff(err error) error {
	if err != nil {
		_ = w.Close()
	}
	return err
}

// frame reads the head of a frame, and all of a small one.
func (w *wire) frame() error {
	if err := w.await(); err != nil {
		return err
	}
	head := make([]byte, 2, 10)
	if _, err := io.ReadFull(w.r, head); err != nil {
		return err
	}
	size := uint64(head[1] & 0x7f)
	if size >= 126 { // the length follows, in two or eight bytes
		head = head[:4]
		if size == 127 {
			head = head[:10]
		}
		if _, err := io.ReadFull(w.r, head[2:]); err != nil {
			return err
		}
		size = 0
		for _, b := range head[2:] {
			size = size<<8 | uint64(b)
		}
	}
	w.ready = append(w.ready[:0], head...)
	opcode, final, masked := head[0]&0x0f, head[0]&0x80 != 0, head[1]&0x80 != 0
	if size > maxRead || !final || masked || opcode == 0 {
		w.through = size
		w.greeted = w.greeted || w.interval > 0
		return nil
	}
	payload := make([]byte, size)
	if _, err := io.ReadFull(w.r, payload); err != nil {
		return err
	}
	w.ready = append(w.ready, payload...)
	return w.look(opcode, payload)
}

func (w *wire) look(opcode byte, payload []byte) error {
	if opcode == frameClose {
		if len(payload) >= 2 {
			w.closeCode.Store(int32(binary.BigEndian.Uint16(payload)))
		}
		return nil
	}
	var m struct {
		Op   int             `json:"op"`
		Data json.RawMessage `json:"d"`
	}
	if opcode > frameClose || json.Unmarshal(payload, &m) != nil {
		return nil
	}
	switch m.Op {
	case opDispatch:
		w.greeted = true
	case opReconnect:
		return errReconnect
	case opAck:
		w.ack = time.Now()
	case opHello:
		var hello struct {
			Interval int64 `json:"heartbeat_interval"` // milliseconds
		}
		if json.Unmarshal(m.Data, &hello) == nil && hello.Interval > 0 {
			w.interval, w.ack = time.Duration(hello.Interval)*time.Millisecond, time.Now()
			w.hello.Store(true)
		}
	}
	return nil
}
