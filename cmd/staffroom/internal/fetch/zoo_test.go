package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/library"
	"github.com/staffroom-bot/staffroom/bot/library/page"
)

// open is a pace that lets everybody go, and notes who was asked.
type open struct {
	mu    sync.Mutex
	asked []string
	held  int
}

func (p *open) BeginTurn(_ context.Context, host string) (string, time.Duration, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = append(p.asked, host)
	p.held++
	return "turn", 0, nil
}

func (p *open) EndTurn(context.Context, string, string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.held--
	return nil
}

// visitor is a visitor to a zoo.
func (z *zoo) visitor() (*Visitor, *open) {
	p := &open{}
	return newVisitor(z.client, p, time.Now, sleep), p
}

func html(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, body)
	}
}

func code(n int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(n) }
}

func forGood(address string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, address, http.StatusMovedPermanently)
	}
}

// drip lets go of an answer byte by byte, without an end.
func drip(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html")
	for r.Context().Err() == nil {
		_, _ = io.WriteString(w, "<")
		_ = http.NewResponseController(w).Flush()
		select {
		case <-r.Context().Done():
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func asHTML(do http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		do(w, r)
	}
}

// animal is one that lives in the zoo.
type animal struct {
	name, path string
	answer     http.HandlerFunc
	want       library.Outcome
	title      string // of what is found
	at         string // the path where it is found, if elsewhere
	moved      bool
	slow       bool // it is given up after its time
}

func animals(z *zoo, badTLS string) []animal {
	return []animal{
		{"a page", "/page", html("<title>Strips</title>"), library.Found, "Strips", "", false, false},
		{"a page that is not there", "/none", nil, library.Missing, "", "", false, false},
		{"a page that is gone", "/gone", code(410), library.Missing, "", "", false, false},
		{"a page for some", "/login", code(403), library.Refused, "", "", false, false},
		{"too many ask", "/busy", code(429), library.Silent, "", "", false, false},
		{"a site that is down", "/down", code(503), library.Silent, "", "", false, false},
		{"four redirects for good", "/4", forGood("/3"), library.Found, "Strips", "/page", true, false},
		{"three redirects for good", "/3", forGood("/2"), library.Found, "Strips", "/page", true, false},
		{"two redirects for good", "/2", forGood("/1"), library.Found, "Strips", "/page", true, false},
		{"a redirect for good", "/1", forGood("/page"), library.Found, "Strips", "/page", true, false},
		{"one of the redirects for now", "/now", to("/1"), library.Found, "Strips", "/page", false, false},
		{"six redirects", "/6", to("/5"), library.Refused, "", "", false, false},
		{"five redirects", "/5", to("/4"), library.Found, "Strips", "/page", false, false},
		{"a redirect to itself", "/self", to("/self"), library.Refused, "", "", false, false},
		{"two that lead to each other", "/ping", to("/pong"), library.Refused, "", "", false, false},
		{"the other one", "/pong", to("/ping"), library.Refused, "", "", false, false},
		{"redirects without an end", "/more/{x...}", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, r.URL.Path+"x", http.StatusFound)
		}, library.Refused, "", "", false, false},
		{"a redirect to nowhere", "/nowhere", to("http://[::"), library.Silent, "", "", false, false},
		{"a redirect inside", "/inside", to(z.inside + "/secret"), library.Refused, "", "", false, false},
		{"to where clouds keep secrets", "/metadata", to("http://169.254.169.254/latest/meta-data"), library.Refused, "", "", false, false},
		{"inside as IPv6", "/v6", to("http://[::ffff:127.0.0.1]:1/"), library.Refused, "", "", false, false},
		{"inside through a gateway", "/nat64", to("http://[64:ff9b::7f00:1]/"), library.Refused, "", "", false, false},
		{"inside at the provider", "/cgnat", to("http://100.64.0.1/"), library.Refused, "", "", false, false},
		{"inside by name", "/by-name", to("http://localhost:1/"), library.Refused, "", "", false, false},
		{"to a file", "/file", to("file:///etc/passwd"), library.Refused, "", "", false, false},
		{"a certificate that nobody knows", "/tls", to(badTLS), library.Silent, "", "", false, false},
		{"bytes one by one", "/drip", drip, library.Silent, "", "", false, true},
		{"silence", "/silence", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, library.Silent, "", "", false, true},
		{"a body without an end", "/endless", asHTML(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, "<title>Endless</title>")
			endless(w, r)
		}), library.Found, "Endless", "", false, false},
		{"64 MB packed small", "/bomb", asHTML(bomb), library.Found, "", "", false, false},
		{"half an answer", "/broken", asHTML(broken), library.Silent, "", "", false, false},
		{"large headers", "/header", hugeHeader, library.Silent, "", "", false, false},
		{"many cookies", "/cookies", func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Cookie") != "" {
				w.WriteHeader(http.StatusTeapot)
				return
			}
			http.SetCookie(w, &http.Cookie{Name: "a", Value: "b"})
			html("<title>Crumbs</title>")(w, r)
		}, library.Found, "Crumbs", "", false, false},
		{"a wrong charset", "/charset", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=klingon")
			_, _ = io.WriteString(w, "<meta charset=iso-8859-1><title>Lecci\xf3n</title>")
		}, library.Found, "Lección", "", false, false},
		{"UTF-16 that says it is UTF-8", "/utf16", html("<\x00t\x00i\x00t\x00l\x00e\x00>\x00"), library.Found, "", "", false, false},
		{"no title", "/untitled", html("<p>Some text"), library.Found, "", "", false, false},
		{"a hostile title", "/hostile", html("<title>\u202e<@everyone> [x](javascript:1)\n\n@here \x07" + strings.Repeat("A", 100_000) + "</title>"), library.Found, "<@everyone> [x](javascript:1) @here " + strings.Repeat("A", 163) + "…", "", false, false},
		{"a picture", "/picture", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "image/png")
			_, _ = w.Write(bytes.Repeat([]byte{1}, 1<<20))
		}, library.Found, "", "", false, false},
		{"no type", "/typeless", func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Content-Type"] = nil
			_, _ = io.WriteString(w, "<!DOCTYPE html><title>Typeless</title>")
		}, library.Found, "Typeless", "", false, false},
		{"nothing", "/nothing", code(204), library.Found, "", "", false, false},
		{"what robots may not see", "/barred/x", html("<title>Secret</title>"), library.Barred, "", "", false, false},
		{"a redirect to it", "/to-barred", to("/barred/x"), library.Barred, "", "", false, false},
		{"an answer that is none", "/nonsense", func(w http.ResponseWriter, _ *http.Request) {
			c, _, err := http.NewResponseController(w).Hijack()
			if err == nil {
				_, _ = io.WriteString(c, "SSH-2.0-OpenSSH_9.6\r\n")
				_ = c.Close()
			}
		}, library.Silent, "", "", false, false},
	}
}

// Whatever a page does, it has the right outcome, in seconds and little memory.
func TestZoo(t *testing.T) {
	z := newZoo(t, nil)
	bad := httptest.NewUnstartedServer(html("<title>x</title>"))
	bad.Config.ErrorLog = log.New(io.Discard, "", 0)
	bad.StartTLS()
	t.Cleanup(bad.Close)
	z.answer("/robots.txt", say("User-agent: *\nDisallow: /barred/\nUser-agent: other\nDisallow: /\n"))
	first, second := netip.MustParseAddrPort(strings.TrimPrefix(z.url, "http://")), netip.MustParseAddrPort(bad.Listener.Addr().String())
	z.client.allowed = func(to netip.AddrPort) bool { return to == first || to == second }
	all := animals(z, bad.URL+"/x")
	for _, a := range all {
		if a.answer != nil {
			z.answer(a.path, a.answer)
		}
	}
	v, pace := z.visitor()
	for _, a := range all {
		t.Run(a.name, func(t *testing.T) {
			if a.slow {
				t.Parallel()
			}
			path := strings.ReplaceAll(a.path, "{x...}", "")
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			begun := time.Now()
			got, err := v.Visit(t.Context(), z.url+path, library.Validators{})
			took := time.Since(begun)
			runtime.ReadMemStats(&after)
			if err != nil || got.Outcome != a.want {
				t.Fatalf("%q, %v", got.Outcome, err)
			}
			used := (after.TotalAlloc - before.TotalAlloc) >> 10
			t.Logf("| %s | %s | %s | %d kB |", a.name, got.Outcome, took.Round(10*time.Millisecond), used)
			if !a.slow && used > 20<<10 {
				t.Errorf("%d kB allocated", used)
			}
			if a.slow && (took < longestVisit-time.Second || took > longestVisit+10*time.Second) {
				t.Errorf("it took %s", took)
			}
			if len(got.Body) > mostBytes {
				t.Errorf("%d bytes", len(got.Body))
			}
			if title := page.Read(got.Body, got.Type, got.Address).Title; title != a.title {
				t.Errorf("it is called %q", title)
			}
			at := path
			if a.at != "" {
				at = a.at
			}
			if got.Address != z.url+at || got.Moved != a.moved {
				t.Errorf("it is at %s, moved %v", got.Address, got.Moved)
			}
		})
	}
	if n := z.reached.Load(); n > 0 {
		t.Errorf("the server inside was reached %d times", n)
	}
	t.Cleanup(func() {
		if pace.held != 0 {
			t.Errorf("%d turns were not ended", pace.held)
		}
	})
}

// A name that leads to the public web when robots.txt is asked for leads inside for
// the page, or for the redirect after it.
func TestAVisitOfANameThatChangesItsMind(t *testing.T) {
	for n := 1; n <= 2; n++ {
		z := newZoo(t, names(append(slices.Repeat([]string{"127.0.0.1"}, n), "127.0.0.2")...))
		_, port, _ := strings.Cut(strings.TrimPrefix(z.url, "http://"), ":")
		z.answer("/first", to("/second"))
		z.answer("/second", html("inside"))
		v, _ := z.visitor()
		got, err := v.Visit(t.Context(), fmt.Sprintf("http://page.example.org:%s/first", port), library.Validators{})
		if err != nil || got.Outcome != library.Refused {
			t.Errorf("after %d: %q, %v", n, got.Outcome, err)
		}
	}
}

func TestValidators(t *testing.T) {
	z := newZoo(t, nil)
	z.answer("/page", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("If-None-Match") == `"1"` && r.Header.Get("If-Modified-Since") == "Tue" {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("ETag", `"1"`)
		w.Header().Set("Last-Modified", "Tue")
	})
	z.answer("/long", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("ETag", strings.Repeat("x", 1000)) })
	v, _ := z.visitor()
	first, err := v.Visit(t.Context(), z.url+"/page", library.Validators{})
	if err != nil || first.ETag != `"1"` || first.Modified != "Tue" {
		t.Fatalf("%+v, %v", first, err)
	}
	again, err := v.Visit(t.Context(), z.url+"/page", first.Validators)
	if err != nil || again.Outcome != library.Unchanged || again.Validators != first.Validators {
		t.Errorf("%+v, %v", again, err)
	}
	if long, err := v.Visit(t.Context(), z.url+"/long", library.Validators{}); err != nil || long.ETag != "" {
		t.Errorf("%d bytes, %v", len(long.ETag), err)
	}
}

// turns is a pace that says what it is told to.
type turns struct {
	wait time.Duration
	err  error
}

func (p turns) BeginTurn(context.Context, string) (string, time.Duration, error) {
	return "", p.wait, p.err
}
func (p turns) EndTurn(context.Context, string, string) error { return nil }

// A host that others ask all the time is left for later, which says nothing of the
// page; nor does a store that does not answer, or somebody who does not want to know
// any more.
func TestAVisitThatCannotBegin(t *testing.T) {
	z := newZoo(t, nil)
	visit := func(ctx context.Context, p Pace) (waits []time.Duration, err error) {
		v := newVisitor(z.client, p, time.Now, func(_ context.Context, d time.Duration) error {
			waits = append(waits, d)
			return nil
		})
		got, err := v.Visit(ctx, z.url+"/page", library.Validators{})
		if err == nil {
			t.Errorf("%+v", got)
		}
		return waits, err
	}
	waits, err := visit(t.Context(), turns{wait: 8 * time.Second})
	var later *bot.Error
	if !errors.As(err, &later) || later.Code != bot.RateLimited || later.After != 8*time.Second || len(waits) != 2 {
		t.Errorf("%v after %v", err, waits)
	}
	if _, err := visit(t.Context(), turns{err: &bot.Error{Code: bot.Unavailable}}); bot.CodeOf(err) != bot.Unavailable {
		t.Error(err)
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := visit(over, &open{}); bot.CodeOf(err) != bot.Unavailable {
		t.Error(err)
	}
}

// There is no such site, or it takes no calls.
func TestSitesThatAreNotThere(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := closed.Addr().String()
	_ = closed.Close()
	none := &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.DNSError{Err: "no such host", IsNotFound: true}
	}}
	for address, want := range map[string]library.Outcome{"http://" + at + "/x": library.Silent, "gopher://example.org/": library.Refused, "": library.Refused} {
		c := newClient("Staffroom/test", func(netip.AddrPort) bool { return true }, none)
		got, err := newVisitor(c, &open{}, time.Now, sleep).Visit(t.Context(), address, library.Validators{})
		if err != nil || got.Outcome != want {
			t.Errorf("%s: %q, %v", address, got.Outcome, err)
		}
	}
	if o := outcome(failed(&net.DNSError{IsNotFound: true})); o != library.NoSite {
		t.Errorf("no such name: %q", o)
	}
	if o := outcome(failed(&net.DNSError{IsTemporary: true})); o != library.Silent {
		t.Errorf("a name that cannot be looked up now: %q", o)
	}
}
