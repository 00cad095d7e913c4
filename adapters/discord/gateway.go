package discord

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/bwmarrin/discordgo"
	"github.com/gorilla/websocket"
)

// intents are the events that Staffroom asks for. Message content is privileged:
// it must be switched on for the application.
// https://discord.com/developers/docs/events/gateway#gateway-intents
const intents = discordgo.IntentGuilds | discordgo.IntentGuildMessages |
	discordgo.IntentDirectMessages | discordgo.IntentMessageContent

// Close codes of the gateway.
// https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes
const (
	closeBadToken       = 4004
	closeBadSequence    = 4007
	closeTimedOut       = 4009
	closeBadShard       = 4010
	closeNeedsShards    = 4011
	closeBadVersion     = 4012
	closeBadIntents     = 4013
	closeRefusedIntents = 4014
)

// mend says what to do about the close codes after which trying again is
// pointless.
func mend(code int) (string, bool) {
	switch code {
	case closeBadToken:
		return "Discord does not know the bot's token: make a new one (Bot, Reset Token) and put it into the configuration", true
	case closeRefusedIntents:
		return "Discord does not let the bot read messages: switch on the Message Content Intent (Bot, Privileged Gateway Intents)", true
	case closeBadIntents:
		return "Discord does not know the events that this version of Staffroom asks for: update Staffroom", true
	case closeBadVersion:
		return "Discord no longer speaks the protocol of this version of Staffroom: update Staffroom", true
	case closeBadShard, closeNeedsShards:
		return "the bot is in too many servers for one connection: remove it from some, or use a second bot", true
	}
	return "", false
}

// maxResumes is how often Discord may ask to reconnect instead of resuming.
const maxResumes = 3

// gateway keeps a session with Discord's gateway open. It owns reconnecting:
// discordgo by itself would try for ever whatever Discord says.
type gateway struct {
	name   string
	token  string
	client *http.Client
	log    *slog.Logger
	timing timing
	wait   func(failures int) time.Duration // before connecting again
	onto   func(*discordgo.Event)
}

// backoff is 1 s after the first failure, doubled with each to at most a
// minute, and up to a quarter less so that many bots do not come at once.
func backoff(failures int) time.Duration {
	d := min(time.Second<<min(failures-1, 6), time.Minute)
	return d - rand.N(d/4)
}

// link is one discordgo session and the connection that it uses.
type link struct {
	*discordgo.Session
	ctx    context.Context // ends with the link
	cancel context.CancelFunc
	wire   atomic.Pointer[wire]
	lost   chan struct{} // gets a value when the connection is lost
	ready  atomic.Bool   // Discord has accepted the session on this connection
}

// run keeps connected until ctx ends, or until Discord says that it is
// pointless.
func (g *gateway) run(ctx context.Context) error {
	var l *link
	defer func() {
		if l != nil {
			l.cancel()
		}
	}()
	for failures := 0; ; {
		if l == nil {
			l = g.newLink()
		}
		err := g.connect(ctx, l)
		if ctx.Err() != nil {
			g.hangUp(l)
			return nil
		}
		code := l.closeCode()
		if rest, ok := errors.AsType[*discordgo.RESTError](err); ok && rest.Response.StatusCode == http.StatusUnauthorized {
			code = closeBadToken
		}
		if what, fatal := mend(code); fatal {
			return fmt.Errorf("discord connection %q: %s; see docs/discord.md (close code %d)", g.name, what, code)
		}
		failures++
		wait := g.wait(failures)
		accepted := l.ready.Swap(false)
		if accepted {
			failures, wait = 0, g.wait(1)/4
		}
		if !l.resumable(code, accepted || errors.Is(err, errReconnect) && failures < maxResumes) {
			l.cancel()
			l = nil
		}
		g.log.Warn("disconnected from Discord", "code", code, "err", err, "again_in", wait.Round(time.Millisecond))
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return nil
		}
	}
}

// connect opens the link and returns when the connection is lost or ctx ends.
func (g *gateway) connect(ctx context.Context, l *link) error {
	l.wire.Store(nil)
	l.Ratelimiter = discordgo.NewRatelimiter() // one that has seen a limit sleeps through the end of ctx
	select {
	case <-l.lost:
	default:
	}
	var err error
	opened := make(chan struct{})
	go func() {
		defer close(opened)
		err = l.Open()
	}()
	select {
	case <-opened:
	case <-ctx.Done():
		l.cancel()
		<-opened
	}
	if err != nil || ctx.Err() != nil {
		return err
	}
	g.log.Info("connected to Discord")
	select {
	case <-l.lost:
	case <-ctx.Done():
	}
	return nil
}

// hangUp ends the session properly, which takes discordgo a second, or else
// cuts the connection.
func (g *gateway) hangUp(l *link) {
	const within = 1300 * time.Millisecond
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = l.Close()
	}()
	select {
	case <-ended:
	case <-time.After(within):
		l.cancel()
	}
}

func (g *gateway) newLink() *link {
	ctx, cancel := context.WithCancel(context.Background())
	l := &link{ctx: ctx, cancel: cancel, lost: make(chan struct{}, 1)}
	s, _ := discordgo.New("Bot " + g.token) // never fails
	l.Session = s
	s.SyncEvents = true
	s.StateEnabled = false
	s.Compress = false
	s.ShouldReconnectOnError = false
	s.ShouldRetryOnRateLimit = false
	s.MaxRestRetries = 0
	s.LogLevel = discordgo.LogError - 1 // it would write to the process's log, past ours
	s.Identify.Intents = intents
	s.Client = &http.Client{Transport: &bound{ctx, g.client.Transport}, Timeout: g.client.Timeout}
	dial := func(secure bool) func(context.Context, string, string) (net.Conn, error) {
		return func(_ context.Context, network, address string) (net.Conn, error) {
			w, err := dialWire(ctx, network, address, secure, g.timing)
			if err != nil {
				return nil, err
			}
			l.wire.Store(w)
			context.AfterFunc(ctx, func() { _ = w.Close() })
			return w, nil
		}
	}
	s.Dialer = &websocket.Dialer{
		HandshakeTimeout:  g.timing.dial,
		NetDialContext:    dial(false),
		NetDialTLSContext: dial(true),
	}
	s.AddHandler(func(_ *discordgo.Session, e *discordgo.Event) {
		if e.Type == "READY" || e.Type == "RESUMED" {
			l.ready.Store(true)
		}
		g.onto(e)
	})
	s.AddHandler(func(*discordgo.Session, *discordgo.Disconnect) {
		select {
		case l.lost <- struct{}{}:
		default:
		}
	})
	return l
}

// closeCode is the code with which Discord closed the connection, or 0.
func (l *link) closeCode() int {
	if w := l.wire.Load(); w != nil {
		return int(w.closeCode.Load())
	}
	return 0
}

// resumable reports whether the session may go on after a connection that ended
// with code. welcome says that Discord still knew it.
func (l *link) resumable(code int, welcome bool) bool {
	if code == closeBadSequence || code == closeTimedOut {
		return false
	}
	w := l.wire.Load()
	return welcome || w == nil || !w.hello.Load() // Discord has not been asked
}

// bound is a transport whose requests end with ctx: discordgo asks for the
// gateway's address without a context.
type bound struct {
	ctx  context.Context
	next http.RoundTripper
}

func (b *bound) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancel(req.Context())
	stop := context.AfterFunc(b.ctx, cancel)
	resp, err := b.next.RoundTrip(req.WithContext(ctx))
	if err != nil {
		stop()
		cancel()
		return nil, err
	}
	resp.Body = &boundBody{resp.Body, func() { stop(); cancel() }}
	return resp, nil
}

type boundBody struct {
	io.ReadCloser
	end func()
}

func (b *boundBody) Close() error {
	defer b.end()
	return b.ReadCloser.Close()
}
