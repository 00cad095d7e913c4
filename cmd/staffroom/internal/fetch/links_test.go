package fetch

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"hash/fnv"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/library"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/bot/redis"
	"github.com/staffroom-bot/staffroom/bot/redis/engine"
	"github.com/staffroom-bot/staffroom/bot/redis/redistest"
	"github.com/staffroom-bot/staffroom/scheduler"
)

var (
	manyLinks = flag.Int("links.count", 300, "how many links there are")
	manyHosts = flag.Int("links.hosts", 30, "on how many hosts")
)

// foundWithin is within how many days a dead link is found (docs/library-links.md).
const foundWithin = 40

const day = 24 * time.Hour

// fate is what becomes of a link.
type fate struct {
	kind string
	from time.Time // since when
}

// web is the web of the test: hosts by name, on a few listeners.
type simulated struct {
	*testing.T
	clock   *scheduler.ManualClock
	begun   time.Time
	hosts   int
	fates   []fate               // by number of the link
	gone    map[string]time.Time // hosts that have no name since
	servers []*httptest.Server

	mu     sync.Mutex
	chance *rand.Rand
	last   map[string]time.Time // when a host was asked last
	asked  int
	same   int // answers that a page is as known
	soon   int // requests that came too soon
	least  time.Duration
}

func (w *simulated) host(link int) string { return fmt.Sprintf("h%d.example.org", link%w.hosts) }

// flaky are a tenth of the hosts: of their answers three in ten are none, or wrong.
func (w *simulated) flaky(host string) bool {
	n, err := strconv.Atoi(strings.TrimPrefix(strings.TrimSuffix(host, ".example.org"), "h"))
	return err == nil && n%10 == 3
}

func (w *simulated) now() time.Time { return w.clock.Now() }

// note counts that a host was asked, and says whether it fails just now, and how.
func (w *simulated) note(host string) (failure int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked++
	now := w.now()
	if last, before := w.last[host]; before {
		gap := now.Sub(last)
		w.least = min(w.least, gap)
		if gap < 2*time.Second {
			w.soon++
		}
	}
	w.last[host] = now
	if w.flaky(host) {
		// Every other month it has lost everything for two days.
		if int(now.Sub(w.begun)/day)%60 > 57 {
			return 404
		}
		return []int{0, 0, 0, 0, 0, 0, 0, 404, 503, cmp.Or(w.chance.IntN(2), 429)}[w.chance.IntN(10)]
	}
	return 0
}

func (w *simulated) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	failure := w.note(r.Host)
	switch {
	case failure == 1: // it hangs up
		panic(http.ErrAbortHandler)
	case failure > 0:
		rw.WriteHeader(failure)
		return
	case r.Host == "archive.org" && r.URL.Path == "/wayback/available":
		rw.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(rw, `{"archived_snapshots":{"closest":{"available":true,"status":"200","url":"http://web.archive.org/web/2026/%s"}}}`, r.URL.Query().Get("url"))
		return
	case r.URL.Path == "/robots.txt":
		_, _ = io.WriteString(rw, "User-agent: *\nDisallow: /search\n")
		return
	}
	name, number, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	i, err := strconv.Atoi(number)
	if err != nil || i >= len(w.fates) || name != "lesson" && name != "new" {
		if r.URL.Path == "/" || w.flaky(r.Host) {
			w.show(rw, r, "Welcome")
			return
		}
		// Some sites say so, and some do not.
		if sum(r.Host)%3 == 0 {
			w.show(rw, r, "Lessons for everybody")
			return
		}
		http.NotFound(rw, r)
		return
	}
	f := w.fates[i]
	kind := f.kind
	if w.now().Before(f.from) {
		kind = "well"
	}
	switch kind {
	case "gone", "briefly":
		if kind == "briefly" && w.now().After(f.from.Add(3*day)) {
			w.show(rw, r, "Lesson "+number)
			return
		}
		http.NotFound(rw, r)
	case "says so":
		w.show(rw, r, "Page not found | Lessons")
	case "home":
		http.Redirect(rw, r, "/", http.StatusFound)
	case "as anything":
		w.show(rw, r, "Lessons for everybody")
	case "members":
		rw.WriteHeader(http.StatusForbidden)
	case "moved":
		if name == "lesson" {
			http.Redirect(rw, r, "/new/"+number, http.StatusMovedPermanently)
			return
		}
		fallthrough
	default:
		w.show(rw, r, "Lesson "+number)
	}
}

// show shows a page, unless it is known.
func (w *simulated) show(rw http.ResponseWriter, r *http.Request, title string) {
	etag := `"` + strconv.FormatUint(uint64(sum(title)), 36) + `"`
	rw.Header().Set("ETag", etag)
	if r.Header.Get("If-None-Match") == etag {
		w.mu.Lock()
		w.same++
		w.mu.Unlock()
		rw.WriteHeader(http.StatusNotModified)
		return
	}
	rw.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = io.WriteString(rw, "<title>"+title+"</title>")
}

func sum(s string) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(s))
	return h.Sum32()
}

// dial calls a host of the test.
func (w *simulated) dial(ctx context.Context, _, address string) (net.Conn, error) {
	host, _, _ := net.SplitHostPort(address)
	if since, ok := w.gone[host]; ok && !w.now().Before(since) {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	at := w.servers[int(sum(host))%len(w.servers)].Listener.Addr().String()
	return new(net.Dialer).DialContext(ctx, "tcp", at)
}

func (w *simulated) visitor(pace Pace) *Visitor {
	c := New("Staffroom/test (+https://example.org)")
	transport := c.http.Transport.(*http.Transport)
	transport.DialContext, transport.DialTLSContext = w.dial, w.dial
	return newVisitor(c, pace, w.clock.Now, func(_ context.Context, d time.Duration) error {
		w.clock.Set(w.now().Add(d))
		return nil
	})
}

// kinds are the fates of links, a hundred of them.
func kinds() []string {
	return slices.Concat(slices.Repeat([]string{"well"}, 80), []string{
		"gone", "gone", "gone", "says so", "says so", "home", "home", "as anything", "as anything",
		"briefly", "briefly", "briefly", "members", "members", "members", "moved", "moved", "moved", "moved", "moved",
	})
}

// watched notes when links are taken for dead.
type watched struct {
	redis.Library
	clock scheduler.Clock
	mu    *sync.Mutex
	dead  map[string]time.Time // by key
}

func (s watched) Advance(ctx context.Context, r *library.Resource, e outbox.Effects) error {
	err := s.Library.Advance(ctx, r, e)
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, known := s.dead[r.Key]; err == nil && !known && r.Health.State == library.Dead {
		s.dead[r.Key] = s.clock.Now()
	}
	return err
}

// Links on many hosts, in three communities whose jobs two processes do, over a
// hundred days: no host is asked more than once in two seconds, no link is taken for
// dead that is not, and those that are dead are found in the days that are promised.
func TestLinksOverMonths(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes some seconds")
	}
	started := time.Now()
	begun := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	w := &simulated{
		T: t, clock: scheduler.NewManualClock(begun), begun: begun, hosts: *manyHosts, gone: map[string]time.Time{}, chance: rand.New(rand.NewPCG(4, 2)),
		last: map[string]time.Time{}, least: time.Hour,
	}
	for range 8 {
		server := httptest.NewServer(w)
		server.Config.ErrorLog = log.New(io.Discard, "", 0)
		t.Cleanup(server.Close)
		w.servers = append(w.servers, server)
	}
	en, err := engine.Open(t.Context(), engine.Options{URL: redistest.URL(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = en.Close(context.Background()) })
	store, err := redis.Open(t.Context(), en.Client(), w.clock)
	if err != nil {
		t.Fatal(err)
	}
	links := watched{redis.Library{Store: store}, w.clock, &sync.Mutex{}, map[string]time.Time{}}
	one, other := library.NewCaretaker(links, w.visitor(links)), library.NewCaretaker(links, w.visitor(links))
	runner := scheduler.NewRunner(store, scheduler.Options{Workers: 1})
	runner.Handle(library.LinksJobKind, func(ctx context.Context, j scheduler.Job) error {
		if j.Group == "c0" {
			return one.CheckLinks(ctx, j)
		}
		return other.CheckLinks(ctx, j)
	})

	w.gone["h7.example.org"] = begun.Add(20 * day)
	all := kinds()
	numbers := map[string]int{} // of links, by key
	for i := range *manyLinks {
		f := fate{all[w.chance.IntN(len(all))], begun.Add(day * time.Duration(5+w.chance.IntN(50)))}
		if f.kind == "as anything" && sum(w.host(i))%3 != 0 {
			f.kind = "well"
		}
		w.fates = append(w.fates, f)
		k := w.host(i) + "/lesson/" + strconv.Itoa(i)
		numbers[k] = i
		r := &library.Resource{
			ID: library.IDOf(k), Community: bot.CommunityID(fmt.Sprint("c", i/w.hosts%3)), Key: k, Address: "http://" + k, Created: begun, Space: bot.SpaceID{Connection: "x", ID: "y"},
			Health: library.Health{Next: begun}, Credits: []library.Credit{{Member: "ana", At: begun}},
		}
		if err := links.Advance(t.Context(), r, outbox.Effects{Jobs: []scheduler.Job{library.LinksJob(r.Community, begun)}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.clock.RunUntil(t.Context(), runner, begun.Add(100*day)); err != nil {
		t.Fatal(err)
	}

	w.judge(links, numbers)
	t.Logf("%d links, %d hosts: %d requests, %d pages as known, %s", len(w.fates), w.hosts, w.asked, w.same, time.Since(started).Round(time.Second))
}

// judge compares what was found with what is so.
func (w *simulated) judge(links watched, numbers map[string]int) {
	w.Helper()
	if w.soon > 0 || w.least < 2*time.Second {
		w.Errorf("%d requests came too soon, one after %s", w.soon, w.least)
	}
	alarms, found, late, flaky := 0, map[string]int{}, 0, 0
	var took []time.Duration
	for k, at := range links.dead {
		i, known := numbers[k]
		f := w.fates[i]
		host := w.host(i)
		if since, gone := w.gone[host]; gone && (f.kind == "well" || since.Before(f.from) || !slices.Contains(deadly, f.kind)) {
			f = fate{"no host", since}
		}
		if !known || at.Before(f.from) || !slices.Contains(deadly, f.kind) {
			alarms++
			w.Errorf("%s (%s) was taken for dead on day %d", k, f.kind, at.Sub(w.begun)/day)
			continue
		}
		found[f.kind]++
		if w.flaky(host) {
			flaky++
			continue
		}
		took = append(took, at.Sub(f.from))
		if at.Sub(f.from) > foundWithin*day {
			late++
			w.Errorf("%s (%s) was found %d days late", k, f.kind, at.Sub(f.from)/day-foundWithin)
		}
	}
	missed, moved := map[string]int{}, 0
	for k, i := range numbers {
		f := w.fates[i]
		_, dead := links.dead[k]
		_, gone := w.gone[w.host(i)]
		if !dead && !w.flaky(w.host(i)) && (gone || slices.Contains(deadly, f.kind)) {
			missed[f.kind]++
		}
		if f.kind == "moved" && !gone {
			reading, err := links.Read(w.Context(), bot.CommunityID(fmt.Sprint("c", i/w.hosts%3)), "", library.IDOf(k))
			r := reading.Found[library.IDOf(k)]
			if err != nil || len(r.Credits) != 1 {
				w.Errorf("%s is lost: %v", k, err)
			}
			if strings.Contains(r.Key, "/new/") {
				moved++
			} else if !w.flaky(w.host(i)) {
				w.Errorf("%s has not moved: %+v", k, r.Health)
			}
		}
	}
	if len(missed) > 0 {
		w.Errorf("dead, and not found: %v", missed)
	}
	if len(took) == 0 || flaky == 0 && len(w.fates) > 1000 {
		w.Error("nothing was found")
		return
	}
	slices.Sort(took)
	w.Logf("false alarms %d; dead found %v, %d of them on flaky hosts; after %.1f days commonly, %.1f at most; moved %d; least gap %s",
		alarms, found, flaky, took[len(took)/2].Hours()/24, took[len(took)-1].Hours()/24, moved, w.least)
}

// deadly are the fates after which a link is dead.
var deadly = []string{"gone", "says so", "home", "as anything", "no host"}
