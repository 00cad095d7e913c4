//go:build unix

package chaos

import (
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// weather is a bad way to one platform: what is posted, or looked up, comes late,
// is refused in bursts, is lost, or is done without an answer. Everything else
// passes.
type weather struct {
	platform string
	through  http.Handler
	begun    time.Time
	storms   storms

	mu      sync.Mutex
	random  *rand.Rand
	figures figures
}

// storms are times in which nearly everything is refused.
type storms struct {
	every, last time.Duration
	refusal     func(w http.ResponseWriter)
}

// figures count what the weather did.
type figures struct{ calls, refused, half, lost int }

// newWeather gives the address at which a platform is to be had in this weather.
func newWeather(t *testing.T, platform, address string, stream uint64, s storms) (*weather, string) {
	to, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(&url.URL{Scheme: to.Scheme, Host: to.Host})
			r.Out.Host = to.Host
		},
		// Who gave up is gone; anything else shows as a lost answer.
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	}
	w := &weather{platform: platform, through: proxy, begun: time.Now(), storms: s, random: chance(stream)}
	server := httptest.NewServer(w)
	t.Cleanup(server.Close)
	return w, server.URL
}

// Shares of the calls, in percent, that end in each way.
const (
	lostShare  = 2 // the platform never hears of it
	halfShare  = 5 // the platform does it, and the answer is lost
	stormShare = 85
)

type fate int

const (
	passes fate = iota
	refused
	half
	lost
)

// ServeHTTP implements http.Handler.
func (w *weather) ServeHTTP(to http.ResponseWriter, r *http.Request) {
	if !matters(r) {
		w.through.ServeHTTP(to, r)
		return
	}
	body, err := io.ReadAll(r.Body) // so that the server sees when the caller dies
	if err != nil {
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	end, before, after := w.decide()
	if !pause(r.Context(), before) {
		return
	}
	switch end {
	case refused:
		w.storms.refusal(to)
		return
	case lost:
		panic(http.ErrAbortHandler)
	}
	answer := httptest.NewRecorder()
	w.through.ServeHTTP(answer, r)
	if !pause(r.Context(), after) {
		return
	}
	if end == half {
		panic(http.ErrAbortHandler)
	}
	for name, values := range answer.Header() {
		to.Header()[name] = values
	}
	to.WriteHeader(answer.Code)
	_, _ = to.Write(answer.Body.Bytes())
}

// matters reports whether a call posts a message or looks one up.
func matters(r *http.Request) bool {
	path := r.URL.Path
	return strings.HasSuffix(path, "/chat.postMessage") || strings.HasSuffix(path, "/conversations.history") ||
		r.Method == http.MethodPost && strings.HasSuffix(path, "/messages")
}

// decide says how a call ends, and how long it takes to get there and back.
func (w *weather) decide() (end fate, before, after time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.figures.calls++
	before, after = w.delay(), w.delay()
	roll := w.random.IntN(100)
	switch {
	case w.storming() && roll < stormShare:
		w.figures.refused++
		return refused, 0, 0
	case roll < lostShare:
		w.figures.lost++
		end = lost
	case roll < lostShare+halfShare:
		w.figures.half++
		end = half
	}
	return end, before, after
}

func (w *weather) storming() bool {
	return time.Since(w.begun)%w.storms.every > w.storms.every-w.storms.last
}

// delay is mostly some milliseconds, and now and then a second. w.mu is held.
func (w *weather) delay() time.Duration {
	most := 30 * time.Millisecond
	switch roll := w.random.IntN(100); {
	case roll < 3:
		most = 1500 * time.Millisecond
	case roll < 25:
		most = 250 * time.Millisecond
	}
	return time.Duration(w.random.Int64N(int64(most)))
}

func (w *weather) count() figures {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.figures
}

// pause waits, unless whoever called is gone.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// How each platform says that there is too much.
// https://docs.slack.dev/apis/web-api/rate-limits
// https://discord.com/developers/docs/topics/rate-limits#exceeding-a-rate-limit
func slackRefusal(w http.ResponseWriter) {
	w.Header().Set("Retry-After", "1")
	w.WriteHeader(http.StatusTooManyRequests)
}

func discordRefusal(w http.ResponseWriter) {
	w.Header().Set("Retry-After", "1")
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusTooManyRequests)
	_, _ = io.WriteString(w, `{"message":"You are being rate limited.","retry_after":0.6,"global":false}`)
}
