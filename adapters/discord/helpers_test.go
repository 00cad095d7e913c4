package discord

import (
	"context"
	"flag"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/adapters/adaptertest"
	"github.com/staffroom-bot/staffroom/adapters/adaptertest/spec"
	"github.com/staffroom-bot/staffroom/adapters/discord/discordloop"
	"github.com/staffroom-bot/staffroom/bot"
)

// patient is how long an effect may take to show on a slow machine.
const patient = 10 * time.Second

// TestMain has many tests run at a time: of what each takes, most is the second
// that discordgo sleeps when it closes a connection.
func TestMain(m *testing.M) {
	flag.Parse()
	if p := flag.Lookup("test.parallel"); p.Value.String() == p.DefValue {
		_ = p.Value.Set("8")
	}
	os.Exit(m.Run())
}

// startLoop starts a Discord that refuses what its specification does not know.
func startLoop(t *testing.T, opts discordloop.Options) *discordloop.Server {
	t.Helper()
	opts.Check = spec.Discord(t)
	loop, err := discordloop.Start(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		loop.Close()
		for _, v := range loop.Violations() {
			t.Error("a request breaks the specification:", v)
		}
	})
	return loop
}

// newAdapter makes an adapter that connects to loop, with a fixed seal.
func newAdapter(t testing.TB, loop *discordloop.Server, words bot.Words, log *slog.Logger, with ...func(*Options)) *Adapter {
	t.Helper()
	transport := http.DefaultTransport.(*http.Transport).Clone()
	t.Cleanup(transport.CloseIdleConnections)
	o := Options{
		Name: "discord-test", Token: loop.Token(), APIURL: loop.URL(), Transport: transport,
		Seal: bot.NewSeal([]byte("thirty-two bytes of chance, once")), Words: words, Logger: log,
	}
	for _, change := range with {
		change(&o)
	}
	a, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	a.gateway.wait = func(int) time.Duration { return time.Millisecond }
	a.patience.tell = []time.Duration{time.Millisecond, 2 * time.Millisecond, 4 * time.Millisecond, 8 * time.Millisecond}
	a.patience.retry = time.Millisecond
	a.patience.seek = 10 * time.Second // on a busy machine too
	return a
}

// house is a loopback Discord with a server, a channel, two people and a
// connected bot.
type house struct {
	*testing.T
	loop           *discordloop.Server
	adapter        *Adapter
	router         *bot.Router
	guild, channel string
	ana, joe       string

	stop  func() error
	ended chan error

	mu       sync.Mutex
	requests []bot.Request
	events   []bot.Event
}

// newHouse makes a house; set changes it before the bot connects.
func newHouse(t *testing.T, set func(*house)) *house {
	t.Helper()
	h := &house{T: t, loop: startLoop(t, discordloop.Options{Heartbeat: 41 * time.Second})}
	h.guild = h.loop.AddGuild("Lincoln")
	h.channel = h.loop.AddChannel(h.guild)
	h.ana = h.loop.AddPerson(discordloop.Person{Name: "Ana", Permissions: manageGuild})
	h.joe = h.loop.AddPerson(discordloop.Person{Name: "Joe", Locale: "es-ES"})
	h.router = bot.NewRouter(h.remember)
	h.router.Listen(h.listen)
	h.adapter = newAdapter(t, h.loop, adaptertest.Words(), slog.New(slog.DiscardHandler))
	set(h)
	h.run()
	return h
}

// overHTTP has interactions come over HTTP, from here to the end of the test.
// serving is asked for the adapter at each request.
func overHTTP(t testing.TB, loop *discordloop.Server, serving func() *Adapter) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path, handler := serving().Webhook()
		if r.URL.Path != path {
			http.NotFound(w, r)
			return
		}
		handler.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	loop.SendTo(server.URL + "/discord/discord-test")
}

func withPublicKey(loop *discordloop.Server) func(*Options) {
	return func(o *Options) { o.PublicKey = loop.PublicKey() }
}

func withoutContent(o *Options) { o.NoContent = true }

// run connects the bot, for the length of the test.
func (h *house) run() {
	h.Helper()
	before, _ := h.loop.Sessions()
	ctx, cancel := context.WithCancel(context.Background())
	h.ended = make(chan error, 1)
	go func() { h.ended <- h.adapter.Run(ctx, h.router) }()
	h.stop = sync.OnceValue(func() error {
		cancel()
		select {
		case err := <-h.ended:
			return err
		case <-time.After(2 * time.Second):
			h.Error("the adapter does not stop within two seconds")
			return nil
		}
	})
	h.Cleanup(func() {
		if err := h.stop(); err != nil {
			h.Errorf("Run = %v, want nil", err)
		}
	})
	h.until("the bot is connected", func() bool {
		n, _ := h.loop.Sessions()
		commands, _ := h.loop.Commands()
		gateway := h.adapter.publicKey == nil || h.adapter.content
		return (n > before || !gateway) && len(commands) == len(h.router.Commands())+len(h.router.Actions())
	})
}

func (h *house) remember(next bot.Handler) bot.Handler {
	return func(ctx context.Context, req *bot.Request) (bot.Reply, error) {
		h.mu.Lock()
		h.requests = append(h.requests, *req)
		h.mu.Unlock()
		return next(ctx, req)
	}
}

func (h *house) listen(_ context.Context, ev *bot.Event) error {
	h.mu.Lock()
	h.events = append(h.events, *ev)
	h.mu.Unlock()
	return nil
}

// until waits until right, which may ask the loop or the house.
func (h *house) until(what string, right func() bool) {
	h.Helper()
	deadline := time.NewTimer(patient)
	defer deadline.Stop()
	again := time.NewTicker(2 * time.Millisecond)
	defer again.Stop()
	for !right() {
		select {
		case <-again.C:
		case <-deadline.C:
			h.Fatalf("waited in vain until %s", what)
		}
	}
}

// told waits for n events and gives all so far.
func (h *house) told(n int) []bot.Event {
	h.Helper()
	var out []bot.Event
	h.until("events are told", func() bool {
		h.mu.Lock()
		defer h.mu.Unlock()
		out = append([]bot.Event(nil), h.events...)
		return len(out) >= n
	})
	return out
}

// asked waits for n requests and gives the last.
func (h *house) asked(n int) bot.Request {
	h.Helper()
	var last bot.Request
	h.until("a request is made", func() bool {
		h.mu.Lock()
		defer h.mu.Unlock()
		if len(h.requests) >= n {
			last = h.requests[n-1]
		}
		return len(h.requests) >= n
	})
	return last
}

func (h *house) requestCount() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.requests)
}

// sees waits until a person sees a message of the bot with this text.
func (h *house) sees(person, text string) discordloop.Seen {
	h.Helper()
	var found discordloop.Seen
	h.until("somebody sees "+text, func() bool {
		for _, s := range h.loop.Seen(person) {
			if s.Author == "" && s.Text == text {
				found = s
				return true
			}
		}
		return false
	})
	return found
}

// form waits until a person has a form open.
func (h *house) form(person string) discordloop.Form {
	h.Helper()
	var form discordloop.Form
	h.until("a form is open", func() bool {
		var ok bool
		form, ok = h.loop.Form(person)
		return ok
	})
	return form
}

func (h *house) command(person, path string, values map[string]string) discordloop.Interaction {
	h.Helper()
	i, err := h.loop.Command(person, h.channel, path, values)
	if err != nil {
		h.Fatal(err)
	}
	return i
}

func (h *house) press(person, messageID, label string) discordloop.Interaction {
	h.Helper()
	i, err := h.loop.Press(person, messageID, label)
	if err != nil {
		h.Fatal(err)
	}
	return i
}

func (h *house) submit(person string, values map[string]string) {
	h.Helper()
	if _, err := h.loop.Submit(person, values); err != nil {
		h.Fatal(err)
	}
}

func (h *house) space() bot.SpaceID { return bot.SpaceID{Connection: "discord-test", ID: h.guild} }

func (h *house) place() bot.Channel { return bot.Channel{Space: h.space(), ID: h.channel} }

func (h *house) account(person string) bot.Account {
	return bot.Account{Space: h.space(), User: person}
}

// post sends text, and fails the test if it cannot be sent.
func (h *house) post(key bot.DeliveryKey, m bot.Message) bot.MessageRef {
	h.Helper()
	ref, err := h.adapter.Send(h.Context(), bot.Post{Key: key, Channel: h.place(), Message: m})
	if err != nil {
		h.Fatalf("Send: %v", err)
	}
	return ref
}

// wordless is a catalogue whose messages read as their keys.
type wordless struct{}

func (wordless) Text(_ string, key bot.Key, _ ...bot.Arg) bot.Text { return bot.Plain(string(key)) }

func silent() *slog.Logger { return slog.New(slog.DiscardHandler) }

// alone is a receiver that reaches nobody, with a command and an action.
func alone(t *testing.T) *receiver {
	t.Helper()
	a, err := New(Options{
		Name: "discord-test", Token: "t", APIURL: "http://127.0.0.1:1", Seal: bot.NewSeal([]byte("k")), Words: wordless{}, Logger: silent(),
	})
	if err != nil {
		t.Fatal(err)
	}
	a.patience.retry, a.patience.tell = 0, nil
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	t.Cleanup(cancel)
	router := bot.NewRouter()
	withCommand(bot.Subcommand{Handle: echo})(&house{router: router})
	router.Action(bot.Action{Path: "/act/on", Label: "act.label", Handle: echo})
	return newReceiver(ctx, a, router)
}
