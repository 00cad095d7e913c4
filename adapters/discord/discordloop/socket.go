package discordloop

import (
	"bytes"
	"compress/zlib"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// socket writes to a connection from a goroutine of its own, so that a bot that
// does not read holds nobody up.
type socket struct {
	conn *websocket.Conn
	wake chan struct{}

	// With compression, all messages are one stream.
	packed *bytes.Buffer
	zip    *zlib.Writer

	mu      sync.Mutex
	queue   [][]byte
	writing int // taken from the queue and not written yet
	code    int // to close with, once the queue is written; 0 while open
}

func newSocket(conn *websocket.Conn, compress bool) *socket {
	s := &socket{conn: conn, wake: make(chan struct{}, 1)}
	if compress {
		s.packed = &bytes.Buffer{}
		s.zip, _ = zlib.NewWriterLevel(s.packed, zlib.BestSpeed) // the level is one that there is
	}
	return s
}

// write sends one message. Only run calls it.
func (s *socket) write(message []byte) error {
	if s.zip == nil {
		return s.conn.WriteMessage(websocket.TextMessage, message)
	}
	s.packed.Reset()
	if _, err := s.zip.Write(message); err != nil {
		return err
	}
	if err := s.zip.Flush(); err != nil {
		return err
	}
	return s.conn.WriteMessage(websocket.BinaryMessage, s.packed.Bytes())
}

// waiting is how many messages are still to be written.
func (s *socket) waiting() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.queue) + s.writing
}

func (s *socket) send(message []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.code == 0 {
		s.queue = append(s.queue, message)
		s.poke()
	}
}

// close ends the connection properly, after what was sent before.
func (s *socket) close(code int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.code == 0 {
		s.code = code
		s.poke()
	}
}

func (s *socket) poke() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// run writes until the connection is closed, by close or by closing conn.
func (s *socket) run(gone <-chan struct{}) {
	defer func() { _ = s.conn.Close() }()
	for {
		s.mu.Lock()
		queue, code := s.queue, s.code
		s.queue, s.writing = nil, len(queue)
		s.mu.Unlock()
		for _, m := range queue {
			if s.write(m) != nil {
				return
			}
			s.mu.Lock()
			s.writing--
			s.mu.Unlock()
		}
		if code != 0 {
			message := websocket.FormatCloseMessage(code, "")
			_ = s.conn.WriteControl(websocket.CloseMessage, message, time.Now().Add(time.Second))
			return
		}
		select {
		case <-s.wake:
		case <-gone:
			return
		}
	}
}
