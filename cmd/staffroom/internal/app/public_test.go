package app

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"testing"

	"github.com/staffroom-bot/staffroom/adapters/slack"
	"github.com/staffroom-bot/staffroom/bot"
)

// Each connection that is sent to has an address of its own; the others have
// none, and nothing else is found.
func TestWebhooks(t *testing.T) {
	quiet := slog.New(slog.DiscardHandler)
	h := webhooks([]bot.Adapter{
		slack.New(slack.Options{Name: "sent-to", SigningSecret: "s", Logger: quiet}),
		slack.New(slack.Options{Name: "connects", AppToken: "xapp-1", Logger: quiet}),
	}, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }))
	for path, want := range map[string]int{
		"/slack/sent-to":  http.StatusServiceUnavailable, // it does not run yet
		"/slack/connects": http.StatusNotFound,
		"/slack/sent-to/": http.StatusNotFound,
		"/library/a/1/b":  http.StatusTeapot,
		"/library":        http.StatusTemporaryRedirect,
		"/":               http.StatusNotFound,
		"/metrics":        http.StatusNotFound,
	} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, path, nil))
		if w.Code != want {
			t.Errorf("%s answers with %d, want %d", path, w.Code, want)
		}
	}
}

// What is under way when the end comes is still answered.
func TestPublicAddressFinishesWhatIsUnderWay(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	entered, release := make(chan struct{}), make(chan struct{})
	var log bytes.Buffer
	finish, err := servePublic(ctx, "127.0.0.1:0", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(entered)
		<-release
		w.WriteHeader(http.StatusTeapot)
	}), slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	address := regexp.MustCompile(`127\.0\.0\.1:\d+`).FindString(log.String())
	code := make(chan int, 1)
	go func() {
		response, err := http.Post("http://"+address, "", nil)
		if err != nil {
			code <- 0
			return
		}
		_ = response.Body.Close()
		code <- response.StatusCode
	}()
	<-entered
	cancel()
	close(release)
	finish()
	if got := <-code; got != http.StatusTeapot {
		t.Errorf("what was under way was answered with %d", got)
	}
	if _, err := servePublic(t.Context(), "256.0.0.1:0", http.NotFoundHandler(), slog.New(slog.DiscardHandler)); err == nil {
		t.Error("an address that cannot be was taken")
	}
	if finish, err := servePublic(t.Context(), "", nil, nil); err != nil {
		t.Error(err)
	} else {
		finish()
	}
}
