// Package discord connects Staffroom with Discord.
//
// What comes in arrives over the gateway (gateway.go, link.go, relay.go) or as a
// request of Discord's (webhook.go), is decoded from its raw form (messages.go,
// interaction.go, resolved.go) and handed to the inbox in order (receiver.go,
// lanes.go). What goes out is put in Discord's terms (render.go, escape.go,
// payload.go, controls.go, form.go) and sent over the HTTP API (rest.go), which
// classifies every failure (errors.go) and repeats none.
//
// A session that could not go on after a broken connection has missed something:
// the channels that the inbox follows are read then (missed.go), in their lanes,
// before what is live.
//
// Order: messages of a channel are told one by one. Interactions of a person
// are served one by one, but not behind messages or other people: Discord gives
// three seconds for an answer.
//
// Forms: Discord closes a form when it is sent, so what is wrong in it is said
// in a private message, field by field, with a button that opens the form again
// as it was filled in. The same button stands in for a form that came too late
// to be opened, or that was asked for with a typed command. What was filled in
// is kept in memory only, for draftsKept; after a restart the button says that
// the form must be asked for anew.
//
// Answers: what Discord takes no more as an answer, because it came too late,
// goes to the asker's direct messages.
//
// With a public key, interactions may come over HTTP; messages come over the
// gateway all the same. Without message content there are none to come, and with
// both no gateway is opened.
//
// What the bot needs in a server is listed, with the reasons, by Permissions.
package discord

import (
	"context"
	"crypto/ed25519"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// Options says how to connect. Name, Token, Seal, Words and Logger are needed.
type Options struct {
	Name      string // the connection's
	Token     string // the bot's
	PublicKey string // the application's, 64 hexadecimal digits, if interactions shall come over HTTP
	APIURL    string // a host that stands in for https://discord.com
	// NoContent does without the privileged intent of message content. What people
	// write in channels is not heard then; commands, buttons and forms are.
	NoContent bool
	// ListMembers lets check-ins be for everybody in a channel, or who has a role. It
	// needs the privileged intent of server members.
	ListMembers bool
	Seal        *bot.Seal // marks controls and forms as ours
	Words       bot.Words // the message catalogue
	Language    string    // of command descriptions and of words where the reader's is not known; default "en"
	Logger      *slog.Logger
	Transport   http.RoundTripper // of the HTTP API; default http.DefaultTransport
	Now         func() time.Time  // default time.Now
}

// Adapter is a connection to Discord. It implements bot.Adapter, bot.Deduper,
// bot.Paced, bot.ThreadOpener, bot.RoomOpener, bot.EventPublisher, bot.MemberLister and
// bot.WebReceiver.
type Adapter struct {
	name      string
	content   bool // of messages is heard
	lists     bool // who is a member of a server
	publicKey ed25519.PublicKey
	language  string
	seal      *bot.Seal
	words     bot.Words
	log       *slog.Logger
	now       func() time.Time
	rest      *rest
	gateway   gateway
	patience  patience

	running atomic.Pointer[receiver]
	self    atomic.Pointer[string] // the bot's own ID, once it is known

	places *places
	drafts *recent[bot.Form] // forms as they were filled in, by person and path
	direct *recent[string]   // channels of direct messages, by person
	rooms  *recent[string]   // threads of a few people's own, by the room's key
	seen   *recent[string]   // the server where a person was last seen
	sought *recent[struct{}] // people of whom nobody knows in which server they are
	served *recent[struct{}] // interactions, by their ID

	roomless sync.Once // that rooms are refused is said
}

// patience is how long things may take.
type patience struct {
	first  time.Duration   // until an interaction is deferred, if it has no answer yet
	handle time.Duration   // for a handler
	seek   time.Duration   // to find the server of a person; an interaction waits for it
	tell   []time.Duration // between attempts to tell an event
	retry  time.Duration   // before an answer to an interaction is sent again
	stop   time.Duration   // for work in progress when the adapter stops
}

const (
	remembered = 2000      // people
	draftsHeld = 500       // forms
	draftsKept = time.Hour // a form as it was filled in
	peopleKept = 30 * 24 * time.Hour
	// What comes again after a resumed session, or is sent again by who has recorded
	// it, comes within minutes.
	requestsHeld = 5000
	requestsKept = 2 * signatureValid
	stopHandler  = 300 * time.Millisecond // for handlers to end, once they have been told to
)

// New returns an adapter, which connects when it runs. It can send before that.
func New(o Options) (*Adapter, error) {
	if o.Name == "" || o.Token == "" || o.Seal == nil || o.Words == nil || o.Logger == nil {
		return nil, errors.New("discord: name, token, seal, words and logger are needed")
	}
	if o.Language == "" {
		o.Language = "en"
	}
	if o.Transport == nil {
		o.Transport = http.DefaultTransport
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	key, err := publicKey(o.PublicKey)
	if err != nil {
		return nil, err
	}
	c, err := client(o.APIURL, o.Transport)
	if err != nil {
		return nil, err
	}
	log := o.Logger.With("connection", o.Name)
	r := &rest{client: c, token: o.Token}
	return &Adapter{
		name: o.Name, content: !o.NoContent, lists: o.ListMembers, publicKey: key, language: o.Language, seal: o.Seal, words: o.Words, log: log, now: o.Now,
		rest: r,
		gateway: gateway{
			token: o.Token, intents: intents(!o.NoContent), rest: r, log: log, wait: backoff,
			timing: timing{
				dial: 10 * time.Second, hello: 10 * time.Second, ready: 30 * time.Second,
				write: 10 * time.Second, leave: 300 * time.Millisecond,
			},
		},
		patience: patience{
			first:  callbackWithin - 700*time.Millisecond,
			handle: 10 * time.Second,
			seek:   time.Second,
			tell:   []time.Duration{100 * time.Millisecond, 500 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second},
			retry:  200 * time.Millisecond,
			stop:   time.Second,
		},
		places: newPlaces(r),
		drafts: newRecent[bot.Form](draftsHeld, draftsKept, o.Now),
		direct: newRecent[string](remembered, peopleKept, o.Now),
		rooms:  newRecent[string](remembered, peopleKept, o.Now),
		seen:   newRecent[string](remembered, peopleKept, o.Now),
		sought: newRecent[struct{}](remembered, soughtAgain, o.Now),
		served: newRecent[struct{}](requestsHeld, requestsKept, o.Now),
	}, nil
}

var (
	_ bot.Adapter        = (*Adapter)(nil)
	_ bot.Deduper        = (*Adapter)(nil)
	_ bot.ThreadOpener   = (*Adapter)(nil)
	_ bot.EventPublisher = (*Adapter)(nil)
	_ bot.WebReceiver    = (*Adapter)(nil)
)

// Name is the connection's name in the configuration.
func (a *Adapter) Name() string { return a.name }

// Platform implements bot.Branded.
func (*Adapter) Platform() string { return "Discord" }

// DedupeWindow is how long Discord surely recognises a nonce.
func (a *Adapter) DedupeWindow() time.Duration { return dedupeWindow }

// Run connects, and hands what comes in to the inbox until ctx ends. It then
// lets work in progress end and is back within two seconds. Its error says what
// to mend.
func (a *Adapter) Run(ctx context.Context, in bot.Inbox) error {
	r := newReceiver(ctx, a, in)
	receive := r.standBy
	if a.publicKey == nil || a.content {
		g := a.gateway
		g.onto = r.receive
		receive = g.run
	}
	a.running.Store(r)
	var err error
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		err = receive(ctx)
	}()
	select {
	case <-ended:
	case <-ctx.Done():
	}
	a.running.Store(nil)
	r.finish()
	<-ended
	return err
}

// say is a message of the catalogue in the reader's language.
func (a *Adapter) say(language string, key bot.Key) bot.Text {
	if language == "" {
		language = a.language
	}
	return a.words.Text(language, key)
}

func (a *Adapter) space(guild string) bot.SpaceID { return bot.SpaceID{Connection: a.name, ID: guild} }
