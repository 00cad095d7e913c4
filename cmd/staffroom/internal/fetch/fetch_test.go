package fetch

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/redis/redistest"
)

func TestMain(m *testing.M) { redistest.Main(m) }

// zoo is a server on the loopback interface that a client may reach, and one
// that it may not.
type zoo struct {
	*http.ServeMux
	url     string
	inside  string       // the address of the server that is out of reach
	reached atomic.Int32 // requests that the latter got
	client  *Client
}

func newZoo(t *testing.T, resolver *net.Resolver) *zoo {
	t.Helper()
	z := &zoo{ServeMux: http.NewServeMux()}
	open := httptest.NewServer(z)
	t.Cleanup(open.Close)
	hidden := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		z.reached.Add(1)
		_, _ = io.WriteString(w, "secrets")
	}))
	t.Cleanup(hidden.Close)
	z.url, z.inside = open.URL, hidden.URL
	reachable := netip.MustParseAddrPort(open.Listener.Addr().String())
	z.client = newClient("Staffroom/test", func(to netip.AddrPort) bool { return to == reachable }, resolver)
	return z
}

func (z *zoo) answer(path string, do http.HandlerFunc) { z.HandleFunc(path, do) }

func say(s string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, s) }
}

func to(address string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, address, http.StatusFound) }
}

// wantCode checks the error's code, and that it does not give the address away.
func wantCode(t *testing.T, err error, want bot.Code) {
	t.Helper()
	var coded *bot.Error
	if !errors.As(err, &coded) || coded.Code != want {
		t.Errorf("got %v, want the code %s", err, want)
	}
	if err != nil && strings.Contains(err.Error(), "s3cret") {
		t.Errorf("the error gives the address away: %v", err)
	}
}

func TestGet(t *testing.T) {
	z := newZoo(t, nil)
	z.answer("/days.ics", func(w http.ResponseWriter, r *http.Request) {
		if got := r.UserAgent(); got != "Staffroom/test" {
			t.Errorf("the client calls itself %q", got)
		}
		w.Header().Set("ETag", `"v1"`)
		w.Header().Set("Last-Modified", "Tue, 10 Mar 2026 10:00:00 GMT")
		if r.Header.Get("If-None-Match") == `"v1"` && r.Header.Get("If-Modified-Since") != "" {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		_, _ = io.WriteString(w, "BEGIN:VCALENDAR")
	})
	z.answer("/moved", to("/days.ics"))
	f, err := z.client.Get(t.Context(), z.url+"/moved", Validators{})
	if err != nil || string(f.Body) != "BEGIN:VCALENDAR" || f.ETag != `"v1"` || f.Modified == "" || f.Unchanged {
		t.Fatalf("got %+v, %v", f, err)
	}
	again, err := z.client.Get(t.Context(), z.url+"/days.ics", f.Validators)
	if err != nil || !again.Unchanged || again.Validators != f.Validators || len(again.Body) > 0 {
		t.Errorf("got %+v, %v", again, err)
	}
}

func TestWhatCannotBeHad(t *testing.T) {
	z := newZoo(t, nil)
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
	}
	for path, answer := range map[string]http.HandlerFunc{
		"/gone": status(410), "/secret": status(401), "/down": status(503), "/odd": status(204), "/busy": status(429),
		"/inside":       to(z.inside + "/s3cret"),
		"/further":      to("/inside"),
		"/file":         to("file:///etc/passwd"),
		"/loop":         to("/loop"),
		"/nowhere":      to("http://[::"),
		"/long":         say(strings.Repeat("x", mostBytes+1)),
		"/bomb":         bomb,
		"/endless":      endless,
		"/broken":       broken,
		"/header":       hugeHeader,
		"/just-enough":  say(strings.Repeat("x", mostBytes)),
		"/by-name":      to("http://localhost:1/s3cret"),
		"/link-local":   to("http://169.254.169.254/latest/meta-data"),
		"/as-v6":        to("http://[::ffff:127.0.0.1]:1/"),
		"/other-scheme": to("gopher://example.org/"),
	} {
		z.answer(path, answer)
	}
	cases := map[string]bot.Code{
		"/gone": bot.NotFound, "/none": bot.NotFound, "/secret": bot.Forbidden, "/down": bot.Unavailable,
		"/busy": bot.Unavailable, "/odd": bot.Permanent, "/inside": bot.Invalid, "/further": bot.Invalid,
		"/file": bot.Invalid, "/other-scheme": bot.Invalid, "/loop": bot.Unavailable, "/nowhere": bot.Unavailable,
		"/long": bot.Permanent, "/bomb": bot.Permanent, "/endless": bot.Permanent, "/broken": bot.Unavailable,
		"/header": bot.Unavailable, "/by-name": bot.Invalid, "/link-local": bot.Invalid, "/as-v6": bot.Invalid,
	}
	for path, want := range cases {
		t.Run(path, func(t *testing.T) {
			_, err := z.client.Get(t.Context(), z.url+path+"?key=s3cret", Validators{})
			wantCode(t, err, want)
		})
	}
	if f, err := z.client.Get(t.Context(), z.url+"/just-enough", Validators{}); err != nil || len(f.Body) != mostBytes {
		t.Errorf("got %d bytes, %v", len(f.Body), err)
	}
	for _, address := range []string{"", "days.ics", "ftp://example.org/", "file:///etc/passwd", "http://", "https:///x", "http://[::", "\x00", "http://a b/"} {
		_, err := z.client.Get(t.Context(), address, Validators{})
		wantCode(t, err, bot.Invalid)
	}
	if n := z.reached.Load(); n > 0 {
		t.Errorf("the server inside was reached %d times", n)
	}
}

// bomb is a megabyte that unpacks to a thousand.
func bomb(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Encoding", "gzip")
	packed := gzip.NewWriter(w)
	zeros := make([]byte, 1<<20)
	for range 64 {
		if _, err := packed.Write(zeros); err != nil {
			return
		}
	}
	_ = packed.Close()
}

func endless(w http.ResponseWriter, _ *http.Request) {
	for {
		if _, err := w.Write(bytes.Repeat([]byte("x"), 1<<16)); err != nil {
			return
		}
	}
}

func broken(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "100")
	_, _ = io.WriteString(w, "half of it")
}

func hugeHeader(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("X-Much", strings.Repeat("x", 128<<10))
}

func TestASecretAddressIsNotToldToTheNextServer(t *testing.T) {
	z := newZoo(t, nil)
	z.answer("/moved", to("/days.ics"))
	z.answer("/days.ics", func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Referer()) })
	f, err := z.client.Get(t.Context(), z.url+"/moved?key=s3cret", Validators{})
	if err != nil || len(f.Body) > 0 {
		t.Errorf("the next server was told %q (%v)", f.Body, err)
	}
}

// A server that lets go of its answer drop by drop is given up after ten
// seconds.
func TestAServerThatIsSlowIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := net.Pipe()
		c := New("Staffroom/test")
		c.http.Transport.(*http.Transport).DialContext = func(context.Context, string, string) (net.Conn, error) { return client, nil }
		var serving sync.WaitGroup
		serving.Go(func() {
			// An answer before the question would be taken for a fault at once.
			if _, err := http.ReadRequest(bufio.NewReader(server)); err != nil {
				t.Error(err)
				return
			}
			_, _ = io.WriteString(server, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
			for {
				time.Sleep(time.Second)
				if _, err := io.WriteString(server, "x"); err != nil {
					return
				}
			}
		})
		begun := time.Now()
		_, err := c.Get(t.Context(), "http://example.org/s3cret", Validators{})
		wantCode(t, err, bot.Unavailable)
		if took := time.Since(begun); took < longest || took > longest+time.Second {
			t.Errorf("it took %s", took)
		}
		_ = server.Close()
		serving.Wait()
	})
}

// names answers every question for an IPv4 address with the next of a list.
func names(addresses ...string) *net.Resolver {
	var asked atomic.Int32
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		client, server := net.Pipe()
		go func() {
			defer func() { _ = server.Close() }()
			for {
				length := make([]byte, 2) // over what looks like TCP, messages come with their length
				if _, err := io.ReadFull(server, length); err != nil {
					return
				}
				question := make([]byte, int(length[0])<<8|int(length[1]))
				if _, err := io.ReadFull(server, question); err != nil {
					return
				}
				reply := answerName(question, func() netip.Addr {
					n := int(asked.Add(1)) - 1
					return netip.MustParseAddr(addresses[min(n, len(addresses)-1)])
				})
				if _, err := server.Write(append([]byte{byte(len(reply) >> 8), byte(len(reply))}, reply...)); err != nil {
					return
				}
			}
		}()
		return client, nil
	}}
}

// answerName answers a DNS question: with an address if it is for one of IPv4,
// with none otherwise (RFC 1035, section 4.1).
func answerName(question []byte, address func() netip.Addr) []byte {
	end := 12
	for question[end] != 0 {
		end += int(question[end]) + 1
	}
	end += 5                             // the root, type and class
	reply := bytes.Clone(question[:end]) // without additional records
	reply[2], reply[3] = 0x81, 0x80      // an answer
	copy(reply[6:12], make([]byte, 6))
	if question[end-3] != 1 { // type A
		return reply
	}
	reply[7] = 1
	reply = append(reply, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4)
	return append(reply, address().AsSlice()...)
}

func TestNamesAreJudgedByWhereTheyLead(t *testing.T) {
	for _, address := range []string{"10.1.2.3", "127.0.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1"} {
		c := newClient("Staffroom/test", isPublic, names(address))
		_, err := c.Get(t.Context(), "http://calendar.example.org/s3cret", Validators{})
		wantCode(t, err, bot.Invalid)
	}
}

// A name may lead to a public address when it is first asked for, and inside
// when the server redirects to it.
func TestANameThatChangesItsMindLeadsNowhere(t *testing.T) {
	z := newZoo(t, names("127.0.0.1", "127.0.0.2"))
	_, port, _ := strings.Cut(strings.TrimPrefix(z.url, "http://"), ":")
	z.answer("/first", to(fmt.Sprintf("http://calendar.example.org:%s/second", port)))
	z.answer("/second", say("inside"))
	_, err := z.client.Get(t.Context(), fmt.Sprintf("http://calendar.example.org:%s/first", port), Validators{})
	wantCode(t, err, bot.Invalid)
}

func TestIsPublic(t *testing.T) {
	for address, want := range map[string]bool{
		"93.184.216.34": true, "8.8.8.8": true, "2606:4700::1111": true, "::ffff:8.8.8.8": true, "100.63.255.255": true, "172.32.0.1": true,
		"0.0.0.0": false, "127.0.0.1": false, "127.8.8.8": false, "10.0.0.1": false, "172.16.0.1": false, "172.31.255.255": false,
		"192.168.1.1": false, "169.254.169.254": false, "100.64.0.1": false, "100.127.255.255": false, "224.0.0.1": false,
		"255.255.255.255": false, "192.0.2.1": false, "198.18.0.1": false,
		"::": false, "::1": false, "fe80::1": false, "fe80::1%eth0": false, "fc00::1": false, "fd12::1": false, "ff02::1": false,
		"::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false, "::127.0.0.1": false, "64:ff9b::7f00:1": false,
		"64:ff9b::808:808": false, "2002:7f00:1::": false, "2001:0:1::": false, "fec0::1": false, "2001:db8::1": false,
	} {
		if got := isPublic(netip.AddrPortFrom(netip.MustParseAddr(address), 443)); got != want {
			t.Errorf("%s: public %t, want %t", address, got, want)
		}
	}
	if isPublic(netip.AddrPort{}) {
		t.Error("no address is public")
	}
}
