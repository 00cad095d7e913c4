package discordloop

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

// gateway is the one session that the bot has. The Server's mu guards it; the
// connection is written to under it, in order.
type gateway struct {
	conn    *socket // nil while disconnected
	ready   bool    // identified or resumed on conn
	session string  // "" when there is none to resume
	intents int
	seq     int64
	sent    []dispatched // of this session
	kept    int          // bytes of sent

	opened     int
	sessions   int // that may still begin, if limited
	limited    bool
	resetAfter time.Duration
	identified int
	resumed    int
	nextClose  int  // close code for the next IDENTIFY
	mute       bool // no HELLO
	deaf       bool // no answers to heartbeats
	unasked    bool // an answer to no heartbeat, with HELLO
	plain      bool // no compression
	rewind     int  // how many events more than needed the next RESUME brings
	// how many RESUMEs are answered with: not now
	resumeLater int
	// after the next RESUME, ask to reconnect at once
	reconnectFirst bool
}

type dispatched struct {
	seq  int64
	data []byte
}

// How many events are kept for a session to be resumed, if they are not too
// large for it.
const (
	resumable = 2000
	mostKept  = 8 << 20 // bytes
)

const (
	intentGuildMessages  = 1 << 9
	intentDirectMessages = 1 << 12
	intentMessageContent = 1 << 15
)

type frame struct {
	Op   int             `json:"op"`
	Data json.RawMessage `json:"d"`
	Seq  *int64          `json:"s"`
	Type *string         `json:"t"`
}

func (g *gateway) write(op int, data any) {
	if g.conn != nil {
		raw, _ := json.Marshal(data)
		message, _ := json.Marshal(frame{Op: op, Data: raw})
		g.conn.send(message)
	}
}

// dispatch sends an event, now or when the session is resumed.
func (g *gateway) dispatch(event string, data any) {
	if g.session == "" {
		return
	}
	raw, err := json.Marshal(data)
	if err != nil {
		panic(err)
	}
	g.seq++
	seq := g.seq
	message, _ := json.Marshal(frame{Op: 0, Data: raw, Seq: &seq, Type: &event})
	g.sent = append(g.sent, dispatched{seq, message})
	if g.kept += len(message); len(g.sent) > 2*resumable || g.kept > mostKept {
		g.sent = slices.Clone(g.sent[len(g.sent)/2:])
		g.kept = 0
		for _, d := range g.sent {
			g.kept += len(d.data)
		}
	}
	if g.ready {
		g.conn.send(message)
	}
}

// drop breaks the connection; with a code other than 0 it is closed properly.
func (g *gateway) drop(code int) {
	if g.conn == nil {
		return
	}
	if code != 0 {
		g.conn.close(code)
	} else {
		_ = g.conn.conn.Close()
	}
	g.conn, g.ready = nil, false
}

func (s *Server) serveGateway(w http.ResponseWriter, r *http.Request) {
	upgrader := websocket.Upgrader{}
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	sock, gone := newSocket(conn, s.compresses(r)), make(chan struct{})
	s.mu.Lock()
	if s.closing {
		s.mu.Unlock()
		_ = conn.Close()
		return
	}
	s.wg.Add(2) // hijacked: http.Server.Close does not wait for it
	defer s.wg.Done()
	defer close(gone)
	go func() {
		defer s.wg.Done()
		sock.run(gone)
	}()
	s.gateway.drop(0)
	s.gateway.conn = sock
	s.gateway.opened++
	if !s.gateway.mute {
		s.gateway.write(10, map[string]any{
			"heartbeat_interval": s.opts.Heartbeat.Milliseconds(), "_trace": []string{strings.Repeat("a stretch of the way, ", 40)},
		})
		if s.gateway.unasked {
			s.gateway.write(11, nil)
		}
	}
	s.mu.Unlock()
	for {
		var f frame
		if err := conn.ReadJSON(&f); err != nil {
			s.mu.Lock()
			if s.gateway.conn == sock {
				if websocket.IsCloseError(err, websocket.CloseNormalClosure, websocket.CloseGoingAway) {
					s.gateway.session = "" // a session that the client ends cannot be resumed
				}
				s.gateway.conn, s.gateway.ready = nil, false
				s.change()
			}
			s.mu.Unlock()
			return
		}
		s.mu.Lock()
		if s.gateway.conn == sock {
			s.fromBot(f)
			s.change()
		}
		s.mu.Unlock()
	}
}

func (s *Server) fromBot(f frame) {
	g := &s.gateway
	switch f.Op {
	case 1:
		if !g.deaf {
			g.write(11, nil)
		}
	case 2:
		var d struct {
			Token   string `json:"token"`
			Intents int    `json:"intents"`
		}
		_ = json.Unmarshal(f.Data, &d)
		switch {
		case d.Token != s.opts.Token:
			g.drop(4004)
		case d.Intents&s.opts.DeniedIntents != 0:
			g.drop(4014)
		case g.nextClose != 0:
			code := g.nextClose
			g.nextClose = 0
			g.drop(code)
		default:
			s.begin(d.Intents)
		}
	case 6:
		var d struct {
			Token   string `json:"token"`
			Session string `json:"session_id"`
			Seq     int64  `json:"seq"`
		}
		_ = json.Unmarshal(f.Data, &d)
		if d.Token != s.opts.Token {
			g.drop(4004)
			return
		}
		if g.resumeLater > 0 {
			g.resumeLater--
			g.write(9, true)
			return
		}
		if g.session == "" || d.Session != g.session {
			g.session = ""
			g.write(9, false)
			return
		}
		s.resume(d.Seq)
	}
}

// begin answers IDENTIFY.
func (s *Server) begin(intents int) {
	g := &s.gateway
	g.intents, g.session, g.seq, g.sent, g.kept, g.ready = intents, s.newID(), 0, nil, 0, true
	guilds := make([]any, 0, len(s.guilds))
	for _, guild := range s.guilds {
		guilds = append(guilds, map[string]any{"id": guild.id, "unavailable": true})
	}
	g.dispatch("READY", map[string]any{
		"v": 10, "session_id": g.session, "resume_gateway_url": s.gatewayURL(), "guilds": guilds,
		"user":        map[string]any{"id": botID, "username": botName, "bot": true},
		"application": map[string]any{"id": appID, "flags": 0},
	})
	for _, guild := range s.guilds {
		g.dispatch("GUILD_CREATE", s.guildJSON(guild))
	}
	g.identified++
	g.sessions--
}

func (s *Server) gatewayURL() string { return "ws://" + s.listener.Addr().String() + "/gateway" }

func (s *Server) getGateway(*incoming) answer {
	g := &s.gateway
	limit := map[string]any{"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}
	if g.limited {
		limit["remaining"], limit["reset_after"] = max(g.sessions, 0), g.resetAfter.Milliseconds()
	}
	return answer{http.StatusOK, map[string]any{"url": s.gatewayURL(), "shards": 1, "session_start_limit": limit}}
}

// LimitSessions allows the bot to begin so many sessions more, and says when
// that changes.
func (s *Server) LimitSessions(remaining int, resetAfter time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gateway.limited, s.gateway.sessions, s.gateway.resetAfter = true, remaining, resetAfter
}

func (s *Server) compresses(r *http.Request) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.gateway.plain && r.URL.Query().Get("compress") == "zlib-stream"
}

// DoNotCompress has the gateway send plain text, whatever it is asked for.
func (s *Server) DoNotCompress() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gateway.plain = true
}

// ResumeLater answers so many RESUMEs with: not now, but the session is good.
func (s *Server) ResumeLater(times int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gateway.resumeLater = times
}

// Backlog is how many events have not been written to the bot's connection yet.
func (s *Server) Backlog() int {
	s.mu.Lock()
	conn := s.gateway.conn
	s.mu.Unlock()
	if conn == nil {
		return 0
	}
	return conn.waiting()
}

// resume answers RESUME: what was missed comes first.
func (s *Server) resume(seq int64) {
	g := &s.gateway
	if g.reconnectFirst {
		g.reconnectFirst = false
		g.write(7, nil)
		return
	}
	g.ready = true
	for _, d := range g.sent {
		if d.seq > seq-int64(g.rewind) {
			g.conn.send(d.data)
		}
	}
	g.rewind = 0
	g.resumed++
	g.dispatch("RESUMED", map[string]any{})
}

// Connected reports whether the bot receives events now.
func (s *Server) Connected() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.gateway.ready
}

// Sessions is how often the bot has identified and resumed so far.
func (s *Server) Sessions() (identified, resumed int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.gateway.identified, s.gateway.resumed
}

// Connections is how often the bot has connected so far.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.gateway.opened
}

// Disconnect closes the connection to the bot with a code, or breaks it for 0.
// The next RESUME brings the last again events once more than needed.
func (s *Server) Disconnect(code, again int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gateway.rewind = again
	s.gateway.drop(code)
	s.change()
}

// Reconnect asks the bot to reconnect; with onResume, not now but as the answer
// to its next RESUME.
func (s *Server) Reconnect(onResume bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if onResume {
		s.gateway.reconnectFirst = true
		return
	}
	s.gateway.write(7, nil)
}

// EndSession lets the next RESUME fail.
func (s *Server) EndSession() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gateway.session = ""
}

// RefuseIdentify closes the connection with code when the bot identifies next.
func (s *Server) RefuseIdentify(code int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gateway.nextClose = code
}

// Mute has the gateway say nothing on new connections, not even HELLO.
func (s *Server) Mute(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gateway.mute = on
}

// Deafen has the gateway leave heartbeats unanswered.
func (s *Server) Deafen(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gateway.deaf = on
}

// AnswerUnasked has new connections begin with an answer to a heartbeat that was
// never sent.
func (s *Server) AnswerUnasked() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gateway.unasked = true
}

// Dispatch sends the bot any event, for what people cannot cause.
func (s *Server) Dispatch(event string, data any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gateway.dispatch(event, data)
}
