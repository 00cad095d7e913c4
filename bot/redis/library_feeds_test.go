package redis

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/library"
	"github.com/staffroom-bot/staffroom/bot/library/feed"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/bot/redis/redistest"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// The time of the last change is told once it is old enough to tell changes apart.
func TestAFeedSaysWhenItChanged(t *testing.T) {
	redistest.Each(t, feedSaysWhenItChanged)
}

func feedSaysWhenItChanged(t *testing.T, client redis.UniversalClient) {
	store, err := Open(t.Context(), client, nil) // its own clock, by which its log goes
	if err != nil {
		t.Fatal(err)
	}
	ahead := &later{Library: Library{Store: store}}
	s := library.New(library.Options{Store: ahead, Words: bottest.Words{}, Feeds: library.FeedOptions{
		At: "https://bot.example.org", Secret: []byte("secret"), Clock: scheduler.NewManualClock(time.Date(2026, 3, 10, 14, 0, 0, 0, time.UTC)),
	}})
	t.Cleanup(s.Close)
	now, err := store.Now(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	rules := library.Rules{Community: home, Feed: library.FeedRules{On: true, Number: 1, Since: now.Add(-time.Hour)}}
	if err := ahead.KeepRules(t.Context(), &rules, outbox.Effects{}); err != nil {
		t.Fatal(err)
	}
	r := library.Resource{ID: library.IDOf("example.org/a"), Community: home, Key: "example.org/a", Address: "https://example.org/a", Created: now}
	if err := ahead.Advance(t.Context(), &r, outbox.Effects{}); err != nil {
		t.Fatal(err)
	}
	at := "/library/" + string(home) + "/1/" + feed.NewKeys([]byte("secret")).Mark(string(home), 1) + "/rss.xml"
	ask := func(since string) *httptest.ResponseRecorder {
		req, w := httptest.NewRequest(http.MethodGet, at, nil), httptest.NewRecorder()
		req.Header.Set("If-Modified-Since", since)
		s.Feeds().ServeHTTP(w, req)
		return w
	}
	if got := ask("").Header().Get("Last-Modified"); got != "" {
		t.Errorf("it changed just now, and says %q", got)
	}
	ahead.by = 10 * time.Second
	changed, err := http.ParseTime(ask("").Header().Get("Last-Modified"))
	if err != nil || changed.Sub(now).Abs() > 2*time.Minute {
		t.Fatalf("it changed %v: %v", changed, err)
	}
	if w := ask(changed.Format(http.TimeFormat)); w.Code != http.StatusNotModified {
		t.Errorf("nothing has changed, and it answers with %d", w.Code)
	}
	if w := ask(changed.Add(-time.Second).Format(http.TimeFormat)); w.Code != http.StatusOK {
		t.Errorf("it has changed, and it answers with %d", w.Code)
	}
}

// later is a store whose time is ahead.
type later struct {
	Library
	by time.Duration
}

func (h *later) Read(ctx context.Context, c bot.CommunityID, m bot.MemberID, ids ...string) (library.Reading, error) {
	got, err := h.Library.Read(ctx, c, m, ids...)
	got.Now = got.Now.Add(h.by)
	return got, err
}
