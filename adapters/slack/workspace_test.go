package slack

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/staffroom-bot/staffroom/adapters/adaptertest"
	"github.com/staffroom-bot/staffroom/adapters/adaptertest/spec"
	"github.com/staffroom-bot/staffroom/adapters/slack/slackloop"
	"github.com/staffroom-bot/staffroom/bot"
)

const (
	ana     = "UANA"
	joe     = "UJOE"
	channel = "CLOBBY"

	// patience is how long an effect may take to show; a passing test does not
	// wait for it.
	patience = 10 * time.Second
)

func inChannel() bot.Channel { return bot.Channel{Space: space(), ID: channel} }

func space() bot.SpaceID { return bot.SpaceID{Connection: "slack-loop", ID: slackloop.Team} }

func accountOf(user string) bot.Account { return bot.Account{Space: space(), User: user} }

// workspace is a loopback workspace with Ana and Joe in one channel. Every
// payload is checked, and no secret may be in the log.
type workspace struct {
	*slackloop.Server
	t      *testing.T
	client *http.Client
	log    adaptertest.Log
}

func newWorkspace(t *testing.T) *workspace {
	t.Helper()
	return newWorkspaceWith(t, slackloop.Options{Check: spec.Slack(t)})
}

func newWorkspaceWith(t *testing.T, o slackloop.Options) *workspace {
	t.Helper()
	transport := &http.Transport{}
	w := &workspace{Server: slackloop.Start(o), t: t, client: &http.Client{Transport: transport, Timeout: patience}}
	w.AddPerson(slackloop.Person{ID: ana, Name: "Ana", Locale: "es-MX"})
	w.AddPerson(slackloop.Person{ID: joe, Name: "Joe", Admin: true, Locale: "en-US"})
	w.AddChannel(slackloop.Channel{ID: channel, Name: "lobby"})
	t.Cleanup(func() {
		for _, err := range w.Complaints() {
			t.Errorf("Slack would not take it: %v", err)
		}
		for _, secret := range secrets() {
			if strings.Contains(w.log.String(), secret) {
				t.Errorf("%q is in the log:\n%s", secret, w.log.String())
			}
		}
		transport.CloseIdleConnections()
		w.Close()
	})
	return w
}

// secrets must never be logged.
func secrets() []string {
	return []string{slackloop.BotToken, slackloop.AppToken, slackloop.Secret, "/response/", "/upload/", "ticket="}
}

// overHTTP makes an adapter to which Slack sends, at an address that this test
// listens on.
func (w *workspace) overHTTP() *Adapter {
	o := w.options()
	o.AppToken, o.SigningSecret = "", slackloop.Secret
	a := w.adapterWith(o)
	path, h := a.Webhook()
	mux := http.NewServeMux()
	mux.Handle(path, h)
	front := httptest.NewServer(mux)
	w.t.Cleanup(func() {
		w.DeliverTo("")
		front.Close()
	})
	w.DeliverTo(front.URL + path)
	return a
}

// listens waits until an adapter takes what Slack sends.
func (w *workspace) listens(a *Adapter) {
	w.t.Helper()
	w.until("adapter that listens", func() bool { return a.listening.Load() != nil })
}

// runOverHTTP lets an adapter run until the test ends, and waits until it listens.
func (w *workspace) runOverHTTP(a *Adapter, in bot.Inbox) (stop func()) {
	w.t.Helper()
	stop = w.start(a, in)
	w.listens(a)
	return stop
}

func (w *workspace) options() Options {
	return Options{
		Name: "slack-loop", BotToken: slackloop.BotToken, AppToken: slackloop.AppToken, APIURL: w.APIURL(),
		Seal:       bot.NewSeal([]byte("a key of the test")),
		Logger:     slog.New(slog.NewTextHandler(&w.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		HTTPClient: w.client,
	}
}

// adapter makes an adapter that is patient with a slow machine.
func (w *workspace) adapter() *Adapter { return w.adapterWith(w.options()) }

func (w *workspace) adapterWith(o Options) *Adapter {
	a := New(o)
	a.ackWithin, a.profileWithin = patience, patience
	return a
}

// run lets an adapter run until the test ends, and waits until it is connected.
// stop ends it before.
func (w *workspace) run(a *Adapter, in bot.Inbox) (stop func()) {
	w.t.Helper()
	before := w.Connections()
	stop = w.start(a, in)
	w.must(w.AwaitConnection(w.within(patience), before+1))
	return stop
}

// start lets an adapter run until the test ends.
func (w *workspace) start(a *Adapter, in bot.Inbox) (stop func()) {
	w.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx, in) }()
	stop = sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-ended:
			if err != nil {
				w.t.Errorf("Run = %v", err)
			}
		case <-time.After(2 * time.Second):
			w.t.Error("the adapter did not stop within 2 s")
		}
	})
	w.t.Cleanup(stop)
	return stop
}

func (w *workspace) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// within is a context that ends after d, or with the test.
func (w *workspace) within(d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	w.t.Cleanup(cancel)
	return ctx
}

// acked waits until a delivery is acknowledged.
func (w *workspace) acked(id string) slackloop.Delivery {
	w.t.Helper()
	d, err := w.AwaitAck(w.within(patience), id)
	w.must(err)
	return d
}

// delivery finds the last delivery about a message.
func (w *workspace) delivery(ts string) slackloop.Delivery {
	w.t.Helper()
	all := w.Deliveries()
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].MessageTS == ts {
			return all[i]
		}
	}
	w.t.Fatalf("no delivery about message %s", ts)
	return slackloop.Delivery{}
}

// until waits for a condition.
func (w *workspace) until(what string, holds func() bool) {
	w.t.Helper()
	deadline := time.After(patience)
	again := time.NewTicker(5 * time.Millisecond) // for what the workspace cannot know
	defer again.Stop()
	for {
		changed := w.Changed()
		if holds() {
			return
		}
		select {
		case <-changed:
		case <-again.C:
		case <-deadline:
			w.t.Fatalf("no %s within %s", what, patience)
		}
	}
}

// sees waits until a person sees a message that begins so.
func (w *workspace) sees(person, begins string) slackloop.Shown {
	w.t.Helper()
	var found slackloop.Shown
	w.until(person+" seeing "+begins, func() bool {
		for _, s := range w.Screen(person) {
			if strings.HasPrefix(s.Text, begins) {
				found = s
				return true
			}
		}
		return false
	})
	return found
}

// inbox is a bot.Router with two commands, whose events can be held and refused.
type inbox struct {
	*bot.Router
	tell func(context.Context, *bot.Event) error // nil: takes everything in
	seen chan bot.Event
}

func newInbox() *inbox {
	in := &inbox{Router: bot.NewRouter(), seen: make(chan bot.Event, 1_000)}
	in.Command(bot.Command{Name: "staffroom", Subcommands: []bot.Subcommand{
		{Name: "home", Private: true, Handle: saying("The home")},
		{Name: "help", Private: true, Handle: help},
	}})
	return in
}

func (in *inbox) Tell(ctx context.Context, ev *bot.Event) error {
	if in.tell != nil {
		if err := in.tell(ctx, ev); err != nil {
			return err
		}
	}
	in.seen <- *ev
	return nil
}

// next waits for an event.
func (in *inbox) next(t *testing.T) bot.Event {
	t.Helper()
	select {
	case ev := <-in.seen:
		return ev
	case <-time.After(patience):
		t.Fatal("no event came")
		return bot.Event{}
	}
}

func saying(text string) bot.Handler {
	return func(context.Context, *bot.Request) (bot.Reply, error) { return bot.Say(bot.Plain(text)), nil }
}

func help(_ context.Context, req *bot.Request) (bot.Reply, error) {
	return bot.Say(bot.Plain("Help: " + req.Value("unknown"))), nil
}

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// unserved is a route that nothing may lead to.
func (in *inbox) unserved(t *testing.T, path string) {
	in.Handle(bot.Route{Path: path, Handle: func(context.Context, *bot.Request) (bot.Reply, error) {
		t.Errorf("%s was served", path)
		return bot.Reply{}, nil
	}})
}
