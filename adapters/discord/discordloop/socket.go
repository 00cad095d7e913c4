package discordloop

import (
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// socket writes to a connection from a goroutine of its own, so that a bot that
// does not read holds nobody up.
type socket struct {
	conn *websocket.Conn
	wake chan struct{}

	mu    sync.Mutex
	queue [][]byte
	code  int // to close with, once the queue is written; 0 while open
}

func newSocket(conn *websocket.Conn) *socket {
	return &socket{conn: conn, wake: make(chan struct{}, 1)}
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
		s.queue = nil
		s.mu.Unlock()
		for _, m := range queue {
			if s.conn.WriteMessage(websocket.TextMessage, m) != nil {
				return
			}
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
