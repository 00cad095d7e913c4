package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"

	"github.com/bwmarrin/discordgo"
	"github.com/gorilla/websocket"
)

// link is a session of discordgo's, and the connections that it goes through one
// after the other.
type link struct {
	*gateway
	*discordgo.Session
	ctx   context.Context // ends the link
	relay *relay          // of the last connection; nil if it was never open

	welcome  atomic.Bool            // the session has begun, or gone on, over this connection
	resumeAt atomic.Pointer[string] // nil before the session has begun; empty where Discord must be asked
}

// progress is how far a connection came.
type progress int

const (
	unheard    progress = iota
	notResumed          // Discord heard RESUME, but did not go on
	accepted            // the session began, or went on
)

func (g *gateway) newLink(ctx context.Context) *link {
	l := &link{gateway: g, ctx: ctx}
	l.Session, _ = discordgo.New(g.token) // never fails
	l.SyncEvents = true
	l.StateEnabled = false
	l.Compress = false // the relay sees to it, for all of the connection
	l.ShouldReconnectOnError = false
	l.LogLevel = discordgo.LogError - 1 // it would write to the process's log, past ours
	l.Identify.Intents = g.intents
	l.Client = &http.Client{Transport: nowhere{}}
	l.Dialer = &websocket.Dialer{NetDialContext: func(context.Context, string, string) (net.Conn, error) { return l.dial() }}
	l.AddHandler(func(_ *discordgo.Session, e *discordgo.Event) { l.take(e) })
	return l
}

// nowhere answers discordgo's only request, which asks where the gateway is. That
// is found out later: discordgo would see neither whether one more session may
// begin nor where Discord wants this one resumed.
type nowhere struct{}

func (nowhere) RoundTrip(req *http.Request) (*http.Response, error) {
	body := io.NopCloser(strings.NewReader(`{"url":"ws://relay/"}`))
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: body, Request: req}, nil
}

// connect opens a connection and returns when it is over, with the reason.
func (l *link) connect() (progress, error) {
	l.relay = nil
	l.welcome.Store(false)
	resuming := l.resumeAt.Load() != nil
	err := l.Open()
	if l.relay == nil {
		return unheard, err
	}
	if err != nil {
		l.relay.end(err)
	}
	<-l.relay.over
	_ = l.Close() // waits for discordgo to notice, or makes it
	switch {
	case l.welcome.Load():
		return accepted, l.relay.cause
	case resuming && l.relay.greeted():
		return notResumed, l.relay.cause
	}
	return unheard, l.relay.cause
}

// dial opens a connection to where the session goes on, or begins. What it
// returns is discordgo's end of the relay.
func (l *link) dial() (net.Conn, error) {
	discord, err := l.dialGateway()
	if err != nil {
		if l.resumeAt.Load() != nil {
			l.resumeAt.Store(new(string))
		}
		return nil, err
	}
	ours, discordgos := net.Pipe()
	l.relay = newRelay(l.timing, l.log, discord, ours)
	go l.relay.run(l.ctx)
	return discordgos, nil
}

func (l *link) dialGateway() (*websocket.Conn, error) {
	var address string
	at := l.resumeAt.Load()
	if at != nil {
		address = *at
	}
	if address == "" {
		var err error
		if address, err = l.address(l.ctx, at == nil); err != nil {
			return nil, err
		}
	}
	u, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("the gateway's address cannot be read")
	}
	// https://discord.com/developers/docs/events/gateway#connecting
	u.RawQuery = url.Values{"v": {apiVersion}, "encoding": {"json"}, "compress": {"zlib-stream"}}.Encode()
	if u.Path == "" {
		u.Path = "/"
	}
	dialer := websocket.Dialer{Proxy: http.ProxyFromEnvironment, HandshakeTimeout: l.timing.dial}
	conn, resp, err := dialer.DialContext(l.ctx, u.String(), http.Header{"User-Agent": {userAgent}})
	if resp != nil && err != nil {
		return nil, fmt.Errorf("the gateway answered %d", resp.StatusCode)
	}
	return conn, err
}

// take hands an event on in its raw form: what discordgo has made of it may be
// half filled.
func (l *link) take(e *discordgo.Event) {
	switch e.Type {
	case "READY":
		var ready struct {
			URL string `json:"resume_gateway_url"`
		}
		_ = json.Unmarshal(e.RawData, &ready) // without it, Discord is asked
		l.resumeAt.Store(&ready.URL)
		l.begun()
	case "RESUMED":
		l.begun()
	}
	l.onto(e.Type, e.RawData)
}

func (l *link) begun() {
	l.welcome.Store(true)
	l.log.Info("connected to Discord")
}
