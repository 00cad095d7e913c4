package slack

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// Options say which workspace to connect and how.
type Options struct {
	Name     string // the connection's name in the configuration
	BotToken string // begins with xoxb-
	AppToken string // begins with xapp-; needs the scope connections:write
	// SigningSecret is what Slack signs its requests with. With it and without
	// an AppToken Slack sends to an address of ours (see Webhook) and there is no
	// Socket Mode.
	SigningSecret string
	// APIURL is where the Web API is, for a proxy or another host that speaks
	// it; with or without a slash at the end. Empty: Slack's own.
	APIURL string
	Seal   *bot.Seal // makes the tokens of controls and forms
	Logger *slog.Logger
	Now    func() time.Time // nil: the machine's clock
	// HTTPClient makes the calls of the Web API. nil: one with a time limit of
	// 15 s for each.
	HTTPClient *http.Client
}

// Adapter is a connected Slack workspace. It is a bot.Adapter.
type Adapter struct {
	name     string
	appToken string
	secret   string // that requests are signed with; empty: Socket Mode
	api      *client
	seal     *bot.Seal
	log      *slog.Logger
	now      func() time.Time

	selfMu  sync.Mutex
	self    self
	missing []scope   // that the token lacks
	named   sync.Once // that these were

	roomless sync.Once // that group messages may not be opened is said

	listening atomic.Pointer[listening] // nil while Slack's requests are not taken

	people *cache[profile]
	direct *cache[string]
	claims *cache[struct{}]
	// pictures are those that messages have, by pictureKey.
	pictures *cache[picture]

	ackWithin     time.Duration
	profileWithin time.Duration
	pictureWithin time.Duration
}

// New returns an adapter that is not connected yet. It can say things at once;
// Run receives.
func New(o Options) *Adapter {
	if o.HTTPClient == nil {
		o.HTTPClient = &http.Client{Timeout: callWithin}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.AppToken != "" {
		o.SigningSecret = ""
	}
	return &Adapter{
		name:     o.Name,
		appToken: o.AppToken,
		secret:   o.SigningSecret,
		api:      &client{base: baseURL(o.APIURL), token: o.BotToken, http: o.HTTPClient},
		seal:     o.Seal,
		log:      o.Logger.With("connection", o.Name),
		now:      o.Now,

		people: newCache[profile](maxPeople, profileFor),
		direct: newCache[string](maxDirect, directFor),
		claims: newCache[struct{}](maxClaims, claimFor),

		pictures: newCache[picture](maxPictures, pictureFor),

		ackWithin:     ackWithin,
		profileWithin: profileWithin,
		pictureWithin: pictureWithin,
	}
}

// Name is the connection's name in the configuration.
func (a *Adapter) Name() string { return a.name }

// Platform implements bot.Branded.
func (*Adapter) Platform() string { return "Slack" }

// introduce finds out who the bot is before it receives, and says what the token
// may not do. Its error is Disconnected if the token must be mended.
func (a *Adapter) introduce(ctx context.Context) error {
	if _, err := a.whoami(ctx); err != nil {
		if mend := unusable("bot_token", err); mend != nil {
			return mend
		}
		return err
	}
	a.named.Do(func() {
		for _, s := range a.missing {
			a.log.Warn("the app lacks a permission", "scope", s.Name, "without_it", s.Without, "mend", pageOfScopes)
		}
	})
	return nil
}

// Run receives until ctx ends. It connects again whenever the connection is
// lost, and gives up only where a token or a setting must be mended first; the
// error says how. Handlers that are under way when ctx ends have a second to
// finish.
func (a *Adapter) Run(ctx context.Context, in bot.Inbox) error {
	// What is under way outlives ctx a little, and so does the socket, which
	// carries its acknowledgements.
	lasting, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	r := newReceiver(a, in)
	receive := a.keepConnected
	if a.secret != "" {
		receive = a.keepListening
	}
	ended := make(chan error, 1)
	go func() { ended <- receive(ctx, lasting, r) }()
	var failure error
	select {
	case <-ctx.Done():
		r.finish(end)
		failure = <-ended
	case failure = <-ended:
		r.finish(end)
	}
	return failure
}
