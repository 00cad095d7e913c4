package app

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/staffroom-bot/staffroom/adapters/slack/slackloop"
	"github.com/staffroom-bot/staffroom/cmd/staffroom/internal/config"
)

// overHTTP is a configuration with a connection that Slack sends to, and more.
func overHTTP(t *testing.T, listen, public string, more ...string) config.Config {
	t.Helper()
	file := filepath.Join(t.TempDir(), "config.yaml")
	settings := fmt.Sprintf("public:\n  listen: %q\n  url: %q\nslack:\n- name: lincoln\n  bot_token: %s\n  signing_secret: %s\n",
		listen, public, slackloop.BotToken, slackloop.Secret) + strings.Join(more, "")
	if err := os.WriteFile(file, []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, _, err := config.Load(file, func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// front is a web server that does HTTPS and hands everything on.
func front(t *testing.T, to string) *httptest.Server {
	t.Helper()
	quiet := log.New(io.Discard, "", 0)
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: to})
	proxy.ErrorLog = quiet
	server := httptest.NewUnstartedServer(proxy)
	server.Config.ErrorLog = quiet
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

// trusting is an inspection that accepts the certificate of a web server.
func trusting(server *httptest.Server) *inspection {
	i := newInspection()
	i.transport = server.Client().Transport
	return i
}

func TestCheckOfPublicAddress(t *testing.T) {
	here := unusedAddress(t)
	server := front(t, here)
	elsewhere := front(t, unusedAddress(t))
	noName := newInspection()
	noName.transport = &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "bot.example.org", IsNotFound: true}}
	}}
	for name, tt := range map[string]struct {
		i          *inspection
		listen     string
		public     string
		what, mend string // of what is wrong, "" if nothing is
	}{
		"leads here":         {trusting(server), here, server.URL, "", ""},
		"not told":           {trusting(server), here, "", "", ""},
		"leads elsewhere":    {trusting(elsewhere), here, elsewhere.URL, "something else answers (502)", "hand this path on"},
		"a certificate":      {newInspection(), here, server.URL, "certificate is not accepted", "browsers accept"},
		"no such name":       {noName, here, "https://bot.example.org", "leads nowhere", "DNS"},
		"nothing answers":    {newInspection(), here, "https://" + unusedAddress(t), "cannot be reached from here: connect: connection refused", "web server"},
		"taken by another":   {newInspection(), server.Listener.Addr().String(), server.URL, "address already in use", "another port"},
		"not an address now": {newInspection(), "192.0.2.1:1", server.URL, "cannot be used", "another port"},
	} {
		t.Run(name, func(t *testing.T) {
			var said []finding
			for _, f := range tt.i.publicAddress(t.Context(), overHTTP(t, tt.listen, tt.public)) {
				if !f.OK {
					said = append(said, f)
				}
			}
			switch {
			case tt.what == "" && len(said) == 0:
			case len(said) == 1 && strings.Contains(said[0].What, tt.what) && strings.Contains(said[0].Mend, tt.mend) && strings.Contains(said[0].Mend, pageOfSlack):
			default:
				t.Errorf("found %+v", said)
			}
		})
	}
	if listener, err := net.Listen("tcp", here); err != nil {
		t.Errorf("the address is not free afterwards: %v", err)
	} else {
		_ = listener.Close()
	}
}

// Each address has the page of its own platform.
func TestCheckOfPublicAddressForBoth(t *testing.T) {
	cfg := overHTTP(t, unusedAddress(t), "https://"+unusedAddress(t),
		"discord:\n- name: main\n  token: a.b.c\n  public_key: '"+strings.Repeat("00", 32)+"'\n")
	pages := map[string]string{"/slack/lincoln": pageOfSlack, "/discord/main": pageOfDiscord}
	for _, f := range newInspection().publicAddress(t.Context(), cfg) {
		for path, page := range pages {
			if strings.Contains(f.What, path) && strings.HasSuffix(f.Mend, page) {
				delete(pages, path)
			}
		}
	}
	if len(pages) > 0 {
		t.Errorf("not found: %v", pages)
	}
}

// While Staffroom runs, its addresses are taken by itself, and that is right.
func TestCheckWhileStaffroomRuns(t *testing.T) {
	operators := httptest.NewServer(newMeter().operatorPages(func(context.Context) error { return nil }))
	defer operators.Close()
	public := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && r.URL.Path == "/slack/lincoln" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		http.NotFound(w, r)
	}))
	defer public.Close()
	server := front(t, public.Listener.Addr().String())
	i := trusting(server)
	found := append(i.operatorsPage(t.Context(), operators.Listener.Addr().String()),
		i.publicAddress(t.Context(), overHTTP(t, public.Listener.Addr().String(), server.URL))...)
	if len(found) != 3 {
		t.Errorf("found %+v", found)
	}
	for _, f := range found {
		if !f.OK {
			t.Errorf("found %+v", f)
		}
	}
	if found := i.operatorsPage(t.Context(), public.Listener.Addr().String()); found[0].OK {
		t.Errorf("what another program uses is called free: %+v", found)
	}
}

// Nothing is looked at that no connection needs.
func TestCheckOfPublicAddressWithoutNeed(t *testing.T) {
	cfg := config.Defaults()
	cfg.Public = config.Public{Listen: "127.0.0.1:1", URL: "https://bot.example.org"}
	if found := newInspection().publicAddress(t.Context(), cfg); len(found) > 0 {
		t.Errorf("found %+v", found)
	}
	cfg.Discord = []config.Discord{{Name: "main", PublicKey: strings.Repeat("00", 32)}}
	cfg.Public.Listen = ""
	found := newInspection().publicAddress(t.Context(), cfg)
	if len(found) != 1 || found[0].OK {
		t.Errorf("found %+v", found)
	}
}
