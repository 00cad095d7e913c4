package slackloop

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"
)

// What identifies the app and its workspace.
const (
	BotToken = "xoxb-loop-bot-token"
	AppToken = "xapp-loop-app-token"
	Secret   = "8f742231b10e8888abcd99yyyzzz85a5" // that requests are signed with
	Team     = "TLOOP"
	BotUser  = "UBOT"
	BotID    = "BBOT"
	BotName  = "staffroom"
)

// Options of a Server.
type Options struct {
	// Now is the workspace's clock, by which messages get their ts. nil: the
	// machine's.
	Now func() time.Time
	// Check looks at the JSON payload of every call, of every response_url
	// ("response_url") and of every acknowledgement that carries one ("ack").
	// What it returns is answered as an error of Slack and kept in Complaints.
	Check func(method string, payload []byte) error
	// RedeliverAfter delivers events that were not acknowledged again, each time
	// that it has passed. 0: only Redeliver does.
	RedeliverAfter time.Duration
	// Limits are refused beyond.
	Limits Limits
	// Scopes are those of the bot's token. nil: all that the bot asks for.
	Scopes []string
}

// Person is a person of the workspace.
type Person struct {
	ID     string
	Name   string // also what is typed after an @
	Admin  bool
	Locale string
	Team   string // the workspace that they are of; "": this one
	Gone   bool   // deactivated
	Bot    bool
}

// Channel is a channel of the workspace. Everybody is in it who has not left (Leave).
type Channel struct {
	ID       string
	Name     string // also what is typed after a #
	BotOut   bool   // the bot is no member
	Archived bool
}

// Server is the workspace. Its methods may be called at any time from anywhere.
type Server struct {
	options Options
	http    *httptest.Server
	closing chan struct{}
	running sync.WaitGroup

	mu       sync.Mutex
	changed  chan struct{} // closed and made anew whenever something changes
	people   map[string]Person
	channels map[string]Channel
	rooms    map[string][]string // group direct messages: who is in them
	absent   map[string]bool     // channel/person: they have left
	groups   map[string]userGroup
	lastTS   int64
	serial   int

	messages   []*Message
	views      []*View
	homes      map[string]*View // by person
	files      map[string]*File
	calls      []Call
	complaints []error
	faults     []*plannedFault
	triggers   map[string]*trigger
	responses  map[string]*responseURL

	windows map[string]*window
	overall window
	taken   int
	refused int

	sockets     []*socket
	connections int
	deliveries  []*Delivery
	hook        *hook // where deliveries go by HTTP; nil: over the sockets
	storm       *storm
}

// Start starts a workspace with the bot in it. Close ends it.
func Start(o Options) *Server {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Scopes == nil {
		o.Scopes = strings.Fields("app_mentions:read channels:history chat:write commands files:write groups:history im:history im:write users:read channels:read groups:read usergroups:read mpim:write")
	}
	s := &Server{
		options:   o,
		closing:   make(chan struct{}),
		changed:   make(chan struct{}),
		people:    map[string]Person{BotUser: {ID: BotUser, Name: BotName}},
		channels:  map[string]Channel{},
		rooms:     map[string][]string{},
		absent:    map[string]bool{},
		groups:    map[string]userGroup{},
		files:     map[string]*File{},
		triggers:  map[string]*trigger{},
		responses: map[string]*responseURL{},
		windows:   map[string]*window{},
		homes:     map[string]*View{},
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/{method}", s.serveMethod)
	mux.HandleFunc("POST /response/{id}", s.serveResponseURL)
	mux.HandleFunc("POST /upload/{id}", s.serveUpload)
	mux.HandleFunc("GET /socket", s.serveSocket)
	s.http = httptest.NewServer(mux)
	if o.RedeliverAfter > 0 {
		s.running.Go(s.redeliverForEver)
	}
	return s
}

// Close ends every connection and waits for what is under way.
func (s *Server) Close() {
	s.mu.Lock()
	select {
	case <-s.closing:
		s.mu.Unlock()
		return
	default:
	}
	close(s.closing)
	s.mu.Unlock()
	s.Drop()
	s.http.CloseClientConnections()
	s.http.Close()
	s.running.Wait()
	s.unhook()
}

// APIURL is where the Web API is, with a slash at the end.
func (s *Server) APIURL() string { return s.http.URL + "/api/" }

// AddPerson adds or changes a person.
func (s *Server) AddPerson(p Person) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.people[p.ID] = p
}

// AddChannel adds or changes a channel.
func (s *Server) AddChannel(c Channel) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.channels[c.ID] = c
}

// DM is the channel of direct messages between the bot and a person.
func DM(person string) string { return "D" + person }

// channel finds a channel; direct messages are always there. s.mu is held.
func (s *Server) channel(id string) (Channel, bool) {
	if c, ok := s.channels[id]; ok {
		return c, true
	}
	if len(id) > 1 && id[0] == 'D' {
		_, ok := s.people[id[1:]]
		return Channel{ID: id}, ok
	}
	return Channel{}, false
}

// nextTS gives the time of a new message, later than any other's. s.mu is held.
func (s *Server) nextTS() string {
	s.lastTS = max(s.lastTS+1, s.options.Now().UnixMicro())
	return fmt.Sprintf("%d.%06d", s.lastTS/1e6, s.lastTS%1e6)
}

// nextID gives a new ID. s.mu is held.
func (s *Server) nextID(prefix string) string {
	s.serial++
	return fmt.Sprintf("%s%d", prefix, s.serial)
}

// touch wakes everybody who waits for a change. s.mu is held.
func (s *Server) touch() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// Changed is closed at the next change of anything: an acknowledgement, a call, a
// message. Take it before looking.
func (s *Server) Changed() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}
