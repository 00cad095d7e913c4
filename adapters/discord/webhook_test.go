package discord

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/adapters/adaptertest"
	"github.com/staffroom-bot/staffroom/adapters/discord/discordloop"
	"github.com/staffroom-bot/staffroom/bot"
)

// webHouse is a house whose bot takes interactions over HTTP.
func webHouse(t *testing.T, set func(*house), with ...func(*Options)) *house {
	return newHouse(t, func(h *house) {
		h.adapter = newAdapter(h.T, h.loop, adaptertest.Words(), silent(), append(with, withPublicKey(h.loop))...)
		overHTTP(h.T, h.loop, func() *Adapter { return h.adapter })
		set(h)
	})
}

// knock sends a request to the adapter's handler and gives the answer.
func knock(t *testing.T, a *Adapter, req *http.Request) (int, string) {
	t.Helper()
	_, handler := a.Webhook()
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, req)
	body, err := io.ReadAll(w.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	return w.Code, string(body)
}

func TestWhoMayKnock(t *testing.T) {
	t.Parallel()
	h := webHouse(t, withCommand(bot.Subcommand{Handle: saying("x")}))
	const ping, address = `{"id":"1","type":1}`, "http://localhost/discord/discord-test"
	signed := func(body string, at time.Time) *http.Request {
		req, err := h.loop.Sign(t.Context(), address, []byte(body), at)
		if err != nil {
			t.Fatal(err)
		}
		return req
	}
	now := time.Now()
	for _, c := range []struct {
		name string
		req  func() *http.Request
		want int
	}{
		{"a ping", func() *http.Request { return signed(ping, now) }, http.StatusOK},
		{"another method", func() *http.Request {
			req := signed(ping, now)
			req.Method = http.MethodGet
			return req
		}, http.StatusMethodNotAllowed},
		{"no signature", func() *http.Request {
			req := signed(ping, now)
			req.Header.Del("X-Signature-Ed25519")
			return req
		}, http.StatusUnauthorized},
		{"another's signature", func() *http.Request {
			req := signed(ping, now)
			req.Header.Set("X-Signature-Ed25519", strings.Repeat("00", 64))
			return req
		}, http.StatusUnauthorized},
		{"a changed body", func() *http.Request {
			req := signed(ping, now)
			req.Body = io.NopCloser(strings.NewReader(`{"id":"2","type":1}`))
			return req
		}, http.StatusUnauthorized},
		{"a changed time", func() *http.Request {
			req := signed(ping, now)
			req.Header.Set("X-Signature-Timestamp", "1")
			return req
		}, http.StatusUnauthorized},
		{"sent again later", func() *http.Request { return signed(ping, now.Add(-6*time.Minute)) }, http.StatusUnauthorized},
		{"a clock that is wrong", func() *http.Request { return signed(ping, now.Add(6*time.Minute)) }, http.StatusUnauthorized},
		{"too large", func() *http.Request { return signed(strings.Repeat(" ", maxInteraction+1), now) }, http.StatusRequestEntityTooLarge},
		{"too large without saying so", func() *http.Request {
			req := signed(strings.Repeat(" ", maxInteraction+1), now)
			req.ContentLength = -1
			return req
		}, http.StatusUnauthorized},
		{"no JSON", func() *http.Request { return signed("hello", now) }, http.StatusBadRequest},
		{"half of an interaction", func() *http.Request { return signed(`{"id":"1","type":2}`, now) }, http.StatusBadRequest},
		{"an unknown type", func() *http.Request {
			return signed(`{"id":"1","token":"t","type":9,"channel_id":"2","user":{"id":"4"},"data":{}}`, now)
		}, http.StatusBadRequest},
	} {
		status, body := knock(t, h.adapter, c.req())
		if status != c.want || c.name == "a ping" && body != `{"type":1}` {
			t.Errorf("%s: %d %s, want %d", c.name, status, body, c.want)
		}
	}
	if err := h.stop(); err != nil {
		t.Fatal(err)
	}
	if status, _ := knock(t, h.adapter, signed(ping, now)); status != http.StatusServiceUnavailable {
		t.Errorf("while it does not run: %d", status)
	}
	h.loop.SendTo("")
}

func TestNoPublicKeyNoWebhook(t *testing.T) {
	t.Parallel()
	h := sender(t)
	if path, handler := h.adapter.Webhook(); path != "" || handler != nil {
		t.Errorf("Webhook = %q", path)
	}
}

// TestSlowHandlerOverHTTP: the request is answered in time with a deferral, and
// what follows reaches Discord after it.
func TestSlowHandlerOverHTTP(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	h := webHouse(t, func(h *house) {
		withCommand(bot.Subcommand{Private: true, Handle: func(context.Context, *bot.Request) (bot.Reply, error) {
			<-release
			return bot.Say(bot.Plain("Here at last")), nil
		}})(h)
		h.adapter.patience.first = 5 * time.Millisecond
	})
	// Discord has not read the first answer when the next comes.
	h.loop.Fail(discordloop.Fault{Path: "/@original", Status: 404, Code: unknownWebhook})
	i := h.command(h.ana, "/chat/sub", nil)
	h.until("the answer is deferred", i.Deferred)
	close(release)
	if got := h.sees(h.ana, "Here at last"); got.OnlyFor != h.ana {
		t.Errorf("seen by %q", got.OnlyFor)
	}
	if f := i.Failed(); f != "" {
		t.Error(f)
	}
}

// TestFilesOverHTTP: they cannot be in the first answer.
func TestFilesOverHTTP(t *testing.T) {
	t.Parallel()
	for _, private := range []bool{true, false} {
		reply := bot.Reply{Message: &bot.Message{Text: bot.Plain("Your archive"), Files: []bot.File{{Name: "a.md", Data: []byte("# A")}}}}
		h := webHouse(t, withCommand(bot.Subcommand{Private: private, Handle: answering(reply, nil)}))
		h.command(h.ana, "/chat/sub", nil)
		got := h.sees(h.ana, "Your archive")
		if len(got.Files) != 1 || string(got.Files[0].Data) != "# A" || (got.OnlyFor == h.ana) != private {
			t.Errorf("private %t: %+v", private, got.Message)
		}
	}
}

// TestDiscordHungUp: what no longer has a place as an answer goes to direct
// messages.
func TestDiscordHungUp(t *testing.T) {
	t.Parallel()
	h := webHouse(t, withCommand(bot.Subcommand{Private: true, Handle: func(context.Context, *bot.Request) (bot.Reply, error) {
		return bot.Say(bot.Plain("Too late")), nil
	}}))
	req, err := h.loop.Sign(t.Context(), "http://localhost/", []byte(`{"id":"1","token":"t","type":2,"channel_id":"`+h.channel+
		`","guild_id":"`+h.guild+`","member":{"user":{"id":"`+h.ana+`"}},"data":{"type":1,"name":"chat","options":[{"type":1,"name":"sub"}]}}`), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if status, _ := knock(t, h.adapter, req.WithContext(gone)); status == http.StatusOK {
		return // the handler was quicker
	}
	if got := h.sees(h.ana, "Too late"); !got.Direct {
		t.Errorf("said in %+v", got)
	}
}

func TestCompletionOverHTTP(t *testing.T) {
	t.Parallel()
	h := webHouse(t, withCommand(bot.Subcommand{
		Handle: saying("x"),
		Options: []bot.Option{{Name: "name", Summary: "o", Complete: func(_ context.Context, req *bot.Request) ([]bot.Choice, error) {
			return []bot.Choice{{Label: req.Value("name") + "els", Value: "7"}}, nil
		}}},
	}))
	i, err := h.loop.Complete(h.ana, h.channel, "/chat/sub", map[string]string{"name": "Mod"}, "name")
	if err != nil {
		t.Fatal(err)
	}
	h.until("values are proposed", i.Answered)
	if got := i.Choices(); len(got) != 1 || got[0] != (discordloop.Choice{Name: "Models", Value: "7"}) {
		t.Errorf("proposed %+v", got)
	}
}

// TestOnlyHTTP: with nothing to come over the gateway, none is opened.
func TestOnlyHTTP(t *testing.T) {
	t.Parallel()
	h := webHouse(t, withCommand(bot.Subcommand{Private: true, Handle: saying("Between us")}), withoutContent)
	h.command(h.ana, "/chat/sub", nil)
	h.sees(h.ana, "Between us")
	if n := h.loop.Connections(); n != 0 {
		t.Errorf("%d connections to the gateway", n)
	}
}

func TestOnlyHTTPTrouble(t *testing.T) {
	t.Parallel()
	h := webHouse(t, func(h *house) {
		withCommand(bot.Subcommand{Handle: saying("Here")})(h)
		h.loop.Fail(discordloop.Fault{Path: "/applications/@me", Status: 503, Times: 2})
	}, withoutContent)
	h.command(h.ana, "/chat/sub", nil)
	h.sees(h.ana, "Here")

	loop := startLoop(t, discordloop.Options{})
	a := newAdapter(t, loop, wordless{}, silent(), withoutContent, withPublicKey(loop), func(o *Options) { o.Token = "wrong" })
	if err := a.Run(t.Context(), bot.NewRouter()); err == nil || !strings.Contains(err.Error(), "token") || strings.Contains(err.Error(), "wrong") {
		t.Errorf("Run = %v", err)
	}
}

func FuzzInteraction(f *testing.F) {
	for _, body := range []string{
		`{"id":"1","type":1}`,
		`{"id":"1","token":"t","type":2,"channel_id":"2","guild_id":"3","member":{"user":{"id":"4"}},"data":{"type":1,"name":"chat","options":[{"type":1,"name":"sub","options":[{"type":6,"name":"who","value":"5"}]}],"resolved":{"users":{"5":{"username":"x"}}}}}`,
		`{"id":"1","token":"t","type":2,"channel_id":"2","user":{"id":"4"},"data":{"type":3,"name":"act.label","target_id":"6","resolved":{"messages":{"6":{"content":"<@5>","author":null}}}}}`,
		`{"id":"1","token":"t","type":3,"channel_id":"2","user":{"id":"4"},"data":{"component_type":8,"custom_id":"x","values":["7"],"resolved":{"channels":{"7":null}}}}`,
		`{"id":"1","token":"t","type":4,"channel_id":"2","user":{"id":"4"},"data":{"type":1,"name":"chat","options":[{"name":"a","value":1,"focused":true}]}}`,
	} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		r := alone(t)
		var i interactionInfo
		if decode([]byte(body), func(got *interactionInfo) { i = *got }) != nil {
			return
		}
		i.web = newWebAnswer()
		w := httptest.NewRecorder()
		if r.interactionCreated(&i) {
			i.web.await(r.ctx, r.work, w)
			if w.Code != http.StatusOK {
				t.Errorf("answered with %d", w.Code)
			}
		}
		r.finish()
	})
}
