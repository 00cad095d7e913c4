package discord

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/staffroom-bot/staffroom/bot"
)

// TestCommandReplayed: an interaction that a resumed session brings again is served
// once. What its handler says the second time would take the place of its answer.
func TestCommandReplayed(t *testing.T) {
	t.Parallel()
	var served, ended atomic.Int32
	counting := func(n *atomic.Int32) bot.Handler {
		return func(context.Context, *bot.Request) (bot.Reply, error) {
			n.Add(1)
			return bot.Say(bot.Plain("Counted")), nil
		}
	}
	h := quickHouse(t, func(h *house) {
		h.router.Command(bot.Command{Name: "count", Summary: "c", Subcommands: []bot.Subcommand{
			{Name: "up", Summary: "s", Private: true, Handle: counting(&served)},
			{Name: "end", Summary: "s", Private: true, Handle: counting(&ended)},
		}})
	})
	h.command(h.ana, "/count/up", nil)
	h.sees(h.ana, "Counted")
	h.loop.Disconnect(0, 1)
	h.until("the session goes on", func() bool {
		_, resumed := h.loop.Sessions()
		return resumed == 1
	})
	h.command(h.ana, "/count/end", nil) // behind what was brought again
	h.until("what came again is served, or not", func() bool { return ended.Load() == 1 })
	if n := served.Load(); n != 1 {
		t.Errorf("served %d times", n)
	}
}

// TestRequestReplayed: who has recorded a request of Discord's cannot have it served,
// and read the private answer, by sending it again.
func TestRequestReplayed(t *testing.T) {
	t.Parallel()
	h := webHouse(t, withCommand(bot.Subcommand{Private: true, Handle: saying("Between us")}))
	var recorded []byte
	_, handler := h.adapter.Webhook()
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		recorded = body
		r.Body = io.NopCloser(bytes.NewReader(body))
		handler.ServeHTTP(w, r)
	}))
	defer front.Close()
	h.loop.SendTo(front.URL)
	h.command(h.ana, "/chat/sub", nil)
	h.sees(h.ana, "Between us")
	req, err := h.loop.Sign(t.Context(), front.URL, recorded, h.adapter.now())
	if err != nil {
		t.Fatal(err)
	}
	if status, body := knock(t, h.adapter, req); status == http.StatusOK || strings.Contains(body, "Between us") {
		t.Errorf("answered with %d %s", status, body)
	}
	if n := h.requestCount(); n != 1 {
		t.Errorf("served %d times", n)
	}
	h.loop.SendTo("")
}
