package app

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

func TestOperatorPages(t *testing.T) {
	var trouble error
	m := newMeter()
	m.Observe("/chat/list", "", 20*time.Millisecond)
	m.Observe("/host/new", bot.Forbidden, time.Millisecond)
	m.Post(outbox.Live, outbox.Sent, 30*time.Millisecond)
	server := httptest.NewServer(m.operatorPages(func(context.Context) error { return trouble }))
	defer server.Close()
	page := func(path string) (int, string) {
		t.Helper()
		response, err := http.Get(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = response.Body.Close() }()
		body, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return response.StatusCode, string(body)
	}
	if code, body := page("/healthz"); code != http.StatusOK || body != "ok\n" {
		t.Errorf("/healthz: %d %q", code, body)
	}
	if code, _ := page("/readyz"); code != http.StatusOK {
		t.Errorf("/readyz: %d", code)
	}
	trouble = errors.New("dial redis://user:secret@host: refused")
	if code, body := page("/readyz"); code != http.StatusServiceUnavailable || strings.Contains(body, "secret") {
		t.Errorf("/readyz without a store: %d %q", code, body)
	}
	if code, _ := page("/healthz"); code != http.StatusOK {
		t.Errorf("/healthz without a store: %d", code)
	}
	_, metrics := page("/metrics")
	for _, want := range []string{
		`staffroom_request_seconds_count{code="ok",route="/chat/list"} 1`,
		`staffroom_request_seconds_count{code="forbidden",route="/host/new"} 1`,
		`staffroom_post_wait_seconds_bucket{class="live",outcome="sent",le="0.05"} 1`,
		"go_goroutines",
	} {
		if !strings.Contains(metrics, want) {
			t.Errorf("the metrics have no %s", want)
		}
	}
}

func TestServeEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	wait, err := serve(ctx, "127.0.0.1:0", http.NotFoundHandler(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	wait()
	if _, err := serve(t.Context(), "256.0.0.1:0", http.NotFoundHandler(), slog.New(slog.DiscardHandler)); err == nil {
		t.Error("an address that cannot be was taken")
	}
}
