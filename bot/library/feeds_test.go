package library_test

import (
	"encoding/xml"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/library"
	"github.com/staffroom-bot/staffroom/bot/library/feed"
)

// addresses are those that a reply shows, without where they are.
func addresses(t *testing.T, r bot.Reply) (atom, rss string) {
	t.Helper()
	for _, span := range r.Message.Text {
		if at, ok := strings.CutPrefix(span.Text, "https://bot.example.org"); ok && span.Kind == bot.SpanCode {
			if strings.HasSuffix(at, "/atom.xml") {
				atom = at
			} else {
				rss = at
			}
		}
	}
	if atom == "" || rss == "" {
		t.Fatalf("there is no address in %q", r.Message.Text.String())
	}
	return atom, rss
}

// get asks for an address, with headers.
func (o *room) get(at string, headers ...string) *httptest.ResponseRecorder {
	o.Helper()
	req := httptest.NewRequest(http.MethodGet, at, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	o.feeds.ServeHTTP(w, req)
	return w
}

func (o *room) wantStatus(at string, want int, headers ...string) *httptest.ResponseRecorder {
	o.Helper()
	w := o.get(at, headers...)
	if w.Code != want {
		o.Errorf("%s answers with %d, want %d", at, w.Code, want)
	}
	return w
}

// begun has a library with a feed.
func begun(t *testing.T) (o *room, atom, rss string) {
	t.Helper()
	o = newRoom(t)
	o.roles["olga"] = bot.RoleOrganizer
	o.must("ana", "/library/save", "link", "https://example.org/strips", "note", "Skip *part* two", "tags", "fractions", "grade", "4")
	atom, rss = addresses(t, o.must("olga", control(t, o.must("olga", "/organize/library/feed"), "library.feed.button.on")))
	return o, atom, rss
}

// A feed has what was saved last, and nothing that people said of it.
func TestFeed(t *testing.T) {
	o, atom, rss := begun(t)
	o.must("kim", "/library/tried/"+library.IDOf("example.org/strips"), "again", "yes", "worked", "The paper")
	for at, want := range map[string]string{atom: feed.AtomType, rss: feed.RSSType} {
		w := o.wantStatus(at, http.StatusOK)
		if got := w.Header().Get("Content-Type"); got != want+"; charset=utf-8" {
			t.Errorf("the type is %q", got)
		}
		body := w.Body.String()
		for _, part := range []string{"https://example.org/strips", "#fractions", "grades=4", "https://bot.example.org" + at} {
			if !strings.Contains(body, part) {
				t.Errorf("%q is not in %s", part, body)
			}
		}
		for _, part := range []string{"ana", "kim", "Skip", "The paper", "olga"} {
			if strings.Contains(body, part) {
				t.Errorf("%q is in %s", part, body)
			}
		}
		if err := xml.Unmarshal(w.Body.Bytes(), &struct{}{}); err != nil {
			t.Error(err)
		}
	}
	if head := httptest.NewRecorder(); true {
		o.feeds.ServeHTTP(head, httptest.NewRequest(http.MethodHead, atom, nil))
		if head.Code != http.StatusOK || head.Body.Len() > 0 {
			t.Errorf("HEAD is answered with %d and %d bytes", head.Code, head.Body.Len())
		}
	}
	o.wantStatus(strings.TrimSuffix(atom, "atom.xml")+"other.xml", http.StatusNotFound)
	post := httptest.NewRecorder()
	o.feeds.ServeHTTP(post, httptest.NewRequest(http.MethodPost, atom, nil))
	if post.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST is answered with %d", post.Code)
	}
}

// Who has no address gets nothing, and does not make anybody look into the store.
func TestFeedAddresses(t *testing.T) {
	o, atom, _ := begun(t)
	before := o.store.reads.Load()
	parts := strings.Split(atom, "/") // "", library, community, number, mark, form
	for name, at := range map[string]string{
		"another mark":      strings.Replace(atom, parts[4], strings.Repeat("a", len(parts[4])), 1),
		"a shorter mark":    strings.Replace(atom, parts[4], parts[4][1:], 1),
		"another community": strings.Replace(atom, parts[2], "01other", 1),
		"another number":    strings.Replace(atom, "/1/", "/2/", 1),
		"no number":         strings.Replace(atom, "/1/", "/x/", 1),
		"no mark":           "/library/01home/1/atom.xml",
	} {
		if w := o.get(at); w.Code != http.StatusNotFound {
			t.Errorf("%s is answered with %d", name, w.Code)
		}
	}
	if n := o.store.reads.Load(); n != before {
		t.Errorf("the store was read %d times", n-before)
	}
}

// A new address makes the old one worthless at once, and so does turning the feed off.
// No address ever comes back.
func TestAFeedIsRenewedAndEnds(t *testing.T) {
	o, atom, rss := begun(t)
	first := o.wantStatus(atom, http.StatusOK)
	ask := o.must("olga", control(t, o.must("olga", "/organize/library/feed"), "library.feed.button.renew"))
	o.wantStatus(atom, http.StatusOK) // it was only asked
	next, _ := addresses(t, o.must("olga", control(t, ask, "library.feed.button.renew.yes")))
	o.wantStatus(atom, http.StatusGone, "If-None-Match", first.Header().Get("ETag"))
	o.wantStatus(rss, http.StatusGone)
	second := o.wantStatus(next, http.StatusOK)
	if id := func(w *httptest.ResponseRecorder) string {
		_, rest, _ := strings.Cut(w.Body.String(), "<id>")
		id, _, _ := strings.Cut(rest, "</id>")
		return id
	}; id(first) != id(second) || id(first) == "" {
		t.Errorf("the feed was called %q and is called %q", id(first), id(second))
	}
	o.must("olga", control(t, o.must("olga", "/organize/library/feed"), "library.feed.button.off"))
	o.wantStatus(next, http.StatusGone)
	for _, path := range []string{control(t, ask, "library.feed.button.renew.yes"), "/organize/library/feed/for/members"} { // from an old message
		late := o.must("olga", path)
		says(t, late, "library.feed.unchanged", "library.feed.off")
		control(t, late, "library.feed.button.on")
	}
	third, _ := addresses(t, o.must("olga", control(t, o.must("olga", "/organize/library/feed"), "library.feed.button.on")))
	again, _ := addresses(t, o.must("olga", "/organize/library/feed/on")) // another organizer does the same
	if third == next || third == atom || again != third {
		t.Errorf("the addresses were %s, %s, %s, %s", atom, next, third, again)
	}
	o.wantStatus(third, http.StatusOK)
	o.wantStatus(atom, http.StatusGone)
	o.wantStatus(next, http.StatusGone)
}

// Who has read a feed is told that nothing has changed, until something has. What is
// hidden or dead is out with the next request.
func TestAFeedSaysWhatHasChanged(t *testing.T) {
	o, atom, _ := begun(t)
	tag := o.wantStatus(atom, http.StatusOK).Header().Get("ETag")
	if w := o.wantStatus(atom, http.StatusNotModified, "If-None-Match", tag); w.Body.Len() > 0 {
		t.Errorf("nothing has changed, and it says %q", w.Body.String())
	}
	o.wantStatus(atom, http.StatusNotModified, "If-None-Match", `"other", W/`+tag)
	o.must("ana", "/library/save", "link", "https://example.org/cards")
	w := o.wantStatus(atom, http.StatusOK, "If-None-Match", tag)
	if !strings.Contains(w.Body.String(), "example.org/cards") {
		t.Errorf("what is new is not in %s", w.Body.String())
	}
	o.must("olga", "/library/hide/"+library.IDOf("example.org/strips")+"/yes")
	w = o.wantStatus(atom, http.StatusOK, "If-None-Match", w.Header().Get("ETag"))
	if strings.Contains(w.Body.String(), "strips") {
		t.Errorf("what is hidden is in %s", w.Body.String())
	}
	o.must("ana", "/library/undo/"+library.IDOf("example.org/cards"))
	w = o.wantStatus(atom, http.StatusOK)
	if strings.Contains(w.Body.String(), "<entry>") {
		t.Errorf("what was taken back is in %s", w.Body.String())
	}
	o.must("olga", "/library/hide/"+library.IDOf("example.org/strips")+"/no")
	r, _ := o.resource("example.org/strips")
	r.Health.State = library.Dead
	if err := o.store.Library.Advance(t.Context(), &r, noEffects); err != nil {
		t.Fatal(err)
	}
	if w = o.wantStatus(atom, http.StatusOK); strings.Contains(w.Body.String(), "<entry>") {
		t.Errorf("what is dead is in %s", w.Body.String())
	}
	if got := w.Header().Get("Cache-Control"); got != "private, no-cache" {
		t.Errorf("it may be kept: %q", got)
	}
}

// Who asks too often waits, and costs the store nothing; others do not wait for them.
// Readers of an old address are no hindrance for those of the new one.
func TestAFeedIsNotAskedTooOften(t *testing.T) {
	o, atom, rss := begun(t)
	served := 0
	for range 100 {
		if o.get(atom).Code == http.StatusOK {
			served++
		}
	}
	if served != 30 {
		t.Errorf("%d of 100 requests were answered", served)
	}
	before := o.store.reads.Load()
	if got := o.wantStatus(rss, http.StatusTooManyRequests).Header().Get("Retry-After"); got != "2" {
		t.Errorf("it says to wait for %q seconds", got)
	}
	if n := o.store.reads.Load(); n != before {
		t.Errorf("the store was read %d times", n-before)
	}
	o.clock.Set(o.clock.Now().Add(2 * time.Second))
	o.wantStatus(atom, http.StatusOK)
	o.wantStatus(atom, http.StatusTooManyRequests)
	next, _ := addresses(t, o.must("olga", "/organize/library/feed/renew"))
	o.wantStatus(next, http.StatusOK)
}

// A text is written once for all who ask while nothing changes.
func TestAFeedIsWrittenOnce(t *testing.T) {
	o, atom, rss := begun(t)
	o.wantStatus(atom, http.StatusOK)
	before := o.store.news.Load()
	for range 5 {
		o.wantStatus(atom, http.StatusOK)
		o.wantStatus(rss, http.StatusOK)
	}
	if n := o.store.news.Load(); n != before {
		t.Errorf("the library was looked through %d times", n-before)
	}
}

// Where the store does not answer, neither does the feed, without saying why.
func TestAFeedWithoutAStore(t *testing.T) {
	o, atom, _ := begun(t)
	trouble := errors.New("secret trouble")
	o.store.trouble.Store(&trouble)
	w := o.wantStatus(atom, http.StatusServiceUnavailable)
	if strings.Contains(w.Body.String(), "secret") || w.Header().Get("Retry-After") != "60" {
		t.Errorf("it says %q", w.Body.String())
	}
}

// Members see the address if organizers let them, and nobody without an address on the
// internet.
func TestWhoSeesTheAddress(t *testing.T) {
	o, _, _ := begun(t)
	if _, err := o.ask("ana", "/library/feed"); bot.CodeOf(err) != bot.Forbidden {
		t.Errorf("a member is told: %v", err)
	}
	for _, path := range []string{"", "/on", "/renew", "/off", "/ask", "/for/members"} {
		if _, err := o.ask("ana", "/organize/library/feed"+path); bot.CodeOf(err) != bot.Forbidden {
			t.Errorf("a member may %q: %v", path, err)
		}
	}
	hasFeed := func(user string) bool {
		for _, c := range o.must(user, "/library/mine").Message.Controls {
			if c.Path == "/library/feed" {
				return true
			}
		}
		return false
	}
	if hasFeed("ana") || !hasFeed("olga") {
		t.Error("before, members find it, or organizers do not")
	}
	o.must("olga", control(t, o.must("olga", "/organize/library/feed"), "library.feed.button.members"))
	if !hasFeed("ana") || !hasFeed("joe") {
		t.Error("members do not find it")
	}
	addresses(t, o.must("ana", "/library/feed"))
	o.must("olga", control(t, o.must("olga", "/organize/library/feed"), "library.feed.button.organizers"))
	if hasFeed("ana") {
		t.Error("members still find it")
	}
}

// Without an address on the internet there is no feed, and organizers hear why.
func TestNoAddressOnTheInternet(t *testing.T) {
	o := newRoom(t, func(f *library.FeedOptions) { f.At = "" })
	o.roles["olga"] = bot.RoleOrganizer
	reply := o.must("olga", "/organize/library/feed")
	says(t, reply, "library.feed.nowhere", "public.url")
	o.must("olga", "/organize/library/feed/on") // from an old message
	o.wantStatus("/library/01home/1/"+feed.NewKeys([]byte("a secret of thirty-two bytes ...")).Mark("01home", 1)+"/atom.xml", http.StatusNotFound)
}
