package discordloop

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Options sets a Server up. The zero value is fine.
type Options struct {
	Token     string        // the bot's; default "loop-token"
	Heartbeat time.Duration // what HELLO asks for; default 41.25 s
	// Intents that the bot may not ask for: identifying with one ends with close
	// code 4014.
	DeniedIntents int
	ThreadsInPage int // of those that were put away; default 100
	// Check sees every request to the HTTP API before it is served. path begins
	// after the API's version and has the query in it; body is JSON (of an upload,
	// its payload_json) or empty. An answer to an interaction that came over HTTP is
	// checked as if it had been posted. An error is answered with 400 and kept in Violations.
	Check func(method, path string, body []byte) error
}

// Server is a Discord with one bot.
type Server struct {
	opts     Options
	listener net.Listener
	http     *http.Server
	wg       sync.WaitGroup

	mu           sync.Mutex
	closing      bool
	changed      chan struct{} // closed and renewed with every change
	lastID       uint64
	guilds       []*guild
	roles        []role
	channels     map[string]*channel
	people       map[string]*Person
	messages     []*Message // all, oldest first
	nonces       map[string]*Message
	interactions map[string]*interaction // by token
	forms        map[string]*Form        // by user
	events       []*Event
	mayIn        map[string]uint64 // permissions of the bot by server, where they are not all
	signing      ed25519.PrivateKey
	endpoint     string       // where interactions are sent; "" for the gateway
	client       *http.Client // sends them
	commands     []command
	commandPuts  int
	faults       []*Fault
	violations   []string
	requests     []Request
	gateway      gateway
}

// Request is one call of the HTTP API.
type Request struct {
	Method, Path string // without the API's version and the query
	Status       int    // of the answer; 0 if none was given
}

type guild struct {
	id, name string
	without  []string // people who are no members
}

type channel struct {
	id     string
	guild  string // "" for direct messages
	kind   int
	name   string
	parent string   // of a thread
	hidden bool     // from everybody but
	seenBy []string // these roles and people
	with   string   // the person of direct messages

	// Of a private thread: who made it, who is in it besides the bot, and how it stands.
	owner                       string
	members                     []string
	archived, locked, invitable bool
}

// Kinds of channels.
const (
	kindText    = 0
	kindDirect  = 1
	kindThread  = 11
	kindPrivate = 12
)

// Person is somebody on Discord. Everybody is a member of every server.
type Person struct {
	ID          string
	Name        string
	Locale      string   // default "en-US"
	Permissions uint64   // in every server
	NoDirect    bool     // takes no direct messages from the bot
	Roles       []string // their IDs
}

// The bot and its application.
const (
	botID   = "1000"
	botName = "Staffroom"
	appID   = "2000"
)

// Start starts a Server on the loopback interface. Close ends it.
func Start(opts Options) (*Server, error) {
	if opts.Token == "" {
		opts.Token = "loop-token"
	}
	if opts.Heartbeat == 0 {
		opts.Heartbeat = 41250 * time.Millisecond
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &Server{
		opts: opts, listener: listener,
		changed:      make(chan struct{}),
		channels:     map[string]*channel{},
		people:       map[string]*Person{},
		nonces:       map[string]*Message{},
		interactions: map[string]*interaction{},
		forms:        map[string]*Form{},
		mayIn:        map[string]uint64{},
		client:       &http.Client{Transport: http.DefaultTransport.(*http.Transport).Clone()},
	}
	if _, s.signing, err = ed25519.GenerateKey(nil); err != nil {
		return nil, err
	}
	s.http = &http.Server{Handler: s.routes(), ReadHeaderTimeout: 10 * time.Second}
	s.wg.Go(func() { _ = s.http.Serve(listener) })
	return s, nil
}

// Close ends the server and all its connections.
func (s *Server) Close() {
	s.mu.Lock()
	s.closing = true
	s.gateway.drop(0)
	s.mu.Unlock()
	_ = s.http.Close()
	s.wg.Wait()
	s.client.CloseIdleConnections()
}

// URL is the address that stands in for https://discord.com.
func (s *Server) URL() string { return "http://" + s.listener.Addr().String() }

// Token is the bot's.
func (s *Server) Token() string { return s.opts.Token }

// BotMention is what people type to call the bot.
func (s *Server) BotMention() string { return "<@" + botID + ">" }

// Wait waits until right, which may ask the Server anything. It asks again
// after every change.
func (s *Server) Wait(ctx context.Context, right func() bool) error {
	for {
		s.mu.Lock()
		changed := s.changed
		s.mu.Unlock()
		if right() {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// change tells those who wait. The caller holds mu.
func (s *Server) change() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// newID is a snowflake. The caller holds mu.
func (s *Server) newID() string {
	const epoch = 1420070400000
	id := uint64(time.Now().UnixMilli()-epoch) << 22
	s.lastID = max(id, s.lastID+1)
	return strconv.FormatUint(s.lastID, 10)
}

// AddGuild adds a Discord server that the bot is in. It returns its ID.
func (s *Server) AddGuild(name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := &guild{id: s.newID(), name: name}
	s.guilds = append(s.guilds, g)
	s.gateway.dispatch("GUILD_CREATE", s.guildJSON(g))
	return g.id
}

// AddChannel adds a text channel. It returns its ID.
func (s *Server) AddChannel(guildID string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := &channel{id: s.newID(), guild: guildID, kind: kindText}
	c.name = "channel-" + c.id
	s.channels[c.id] = c
	s.gateway.dispatch("CHANNEL_CREATE", s.channelJSON(c))
	return c.id
}

// AddPerson adds somebody, and gives the ID if there is none yet.
func (s *Server) AddPerson(p Person) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p.ID == "" {
		p.ID = s.newID()
	}
	if p.Locale == "" {
		p.Locale = "en-US"
	}
	s.people[p.ID] = &p
	return p.ID
}

// StartThread starts a thread from a message. It returns the thread's ID, which
// is the message's. The bot is told only if announced: threads that were
// archived while it was away become active without a word.
func (s *Server) StartThread(messageID string, announced bool) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.mustFind(messageID)
	from := s.channels[m.Channel]
	c := &channel{id: m.ID, guild: from.guild, kind: kindThread, name: "thread", parent: from.id}
	s.channels[c.id] = c
	if announced {
		s.gateway.dispatch("THREAD_CREATE", s.channelJSON(c))
	}
	return c.id
}

// ChannelName is what a channel or thread is called; "" for what there is not.
func (s *Server) ChannelName(id string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c, ok := s.channels[id]; ok {
		return c.name
	}
	return ""
}

// DirectChannel is the channel of direct messages between a person and the bot.
func (s *Server) DirectChannel(personID string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.direct(personID).id
}

func (s *Server) direct(personID string) *channel {
	for _, c := range s.channels {
		if c.with == personID {
			return c
		}
	}
	c := &channel{id: s.newID(), kind: kindDirect, with: personID}
	s.channels[c.id] = c
	return c
}

// Fault is something that goes wrong with requests.
type Fault struct {
	Method string // "" for any
	Path   string // a part of it; "" for any
	Times  int    // how often; default once

	Refuse     bool          // the connection breaks before the request is served
	Drop       bool          // the request is served, and the connection breaks before the answer
	Status     int           // it is not served but answered with this,
	Code       int           // Discord's code of the error
	Body       string        // or these words,
	RetryAfter time.Duration // of a 429
	Hold       chan struct{} // it is served after this is closed
}

// Fail has requests go wrong.
func (s *Server) Fail(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f.Times = max(f.Times, 1)
	s.faults = append(s.faults, &f)
}

// fault is what goes wrong with this request, or nil.
func (s *Server) fault(method, path string) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.faults {
		if f.Times > 0 && (f.Method == "" || f.Method == method) && strings.Contains(path, f.Path) {
			f.Times--
			return f
		}
	}
	return nil
}

// Violations are what Options.Check refused.
func (s *Server) Violations() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.violations...)
}

// Requests are the calls so far, oldest first.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Request(nil), s.requests...)
}

// ForgetNonces lets Discord's memory of nonces run out.
func (s *Server) ForgetNonces() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.nonces)
}

func (s *Server) mustFind(messageID string) *Message {
	for _, m := range s.messages {
		if m.ID == messageID {
			return m
		}
	}
	panic(fmt.Sprintf("discordloop: no message %s", messageID))
}

func (s *Server) mustPerson(id string) *Person {
	p, ok := s.people[id]
	if !ok {
		panic(fmt.Sprintf("discordloop: no person %s", id))
	}
	return p
}

func (s *Server) mustChannel(id string) *channel {
	c, ok := s.channels[id]
	if !ok {
		panic(fmt.Sprintf("discordloop: no channel %s", id))
	}
	return c
}
