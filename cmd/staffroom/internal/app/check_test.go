package app

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/adapters/discord/discordloop"
	"github.com/staffroom-bot/staffroom/adapters/slack/slackloop"
)

// checked is how `staffroom check` went.
type checked struct {
	*testing.T
	code     int
	out, err string
	findings []finding
}

// check runs the command with a configuration, for people and for programs, and
// compares the two. It looks for secrets in all of it.
func check(t *testing.T, settings string, secrets ...string) checked {
	t.Helper()
	file := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(file, []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) (int, string, string) {
		var out, errs bytes.Buffer
		a := App{In: strings.NewReader(""), Out: &out, Err: &errs, Env: func(string) (string, bool) { return "", false }}
		code := a.Main(append([]string{"check", "--config", file}, args...))
		for _, secret := range append(secrets, slackloop.BotToken, slackloop.AppToken, slackloop.Secret) {
			if strings.Contains(out.String()+errs.String(), secret) {
				t.Errorf("a secret is in the output:\n%s%s", out.String(), errs.String())
			}
		}
		return code, out.String(), errs.String()
	}
	c := checked{T: t}
	c.code, c.out, c.err = run()
	code, out, _ := run("--json")
	var whole struct {
		OK       bool
		Findings []finding
	}
	if err := json.Unmarshal([]byte(out), &whole); err != nil {
		t.Fatalf("%v:\n%s", err, out)
	}
	c.findings = whole.Findings
	if lines := strings.Count(c.out, "\n"); code != c.code || whole.OK != (code == 0) || len(c.findings) != lines {
		t.Errorf("for programs it is code %d, ok %v, %d findings; for people code %d and\n%s", code, whole.OK, len(c.findings), c.code, c.out)
	}
	for _, f := range c.findings {
		if f.About == "" || f.What == "" || f.OK != (f.Mend == "") {
			t.Errorf("found %+v", f)
		}
		if !f.OK && !pageNamed.MatchString(f.Mend) {
			t.Errorf("no page is named: %+v", f)
		}
	}
	return c
}

var pageNamed = regexp.MustCompile(`docs/[a-z-]+\.md|README\.md|config\.example\.yaml`)

// wrong wants exactly one finding that is not right, about this and in these
// words; about nothing: none at all.
func (c checked) wrong(about, what, mend string) {
	c.Helper()
	if about == "" {
		if c.code != 0 || c.err != "" {
			c.Errorf("code %d, %s\n%s", c.code, c.err, c.out)
		}
		return
	}
	found := 0
	for _, f := range c.findings {
		switch {
		case f.OK:
		case f.About == about && strings.Contains(f.What, what) && strings.Contains(f.Mend, mend):
			found++
		default:
			c.Errorf("found %+v", f)
		}
	}
	if found != 1 || c.code != 1 || !strings.Contains(c.err, "must be mended") {
		c.Errorf("found %d of %s: %s; code %d, %s\n%s", found, about, what, c.code, c.err, c.out)
	}
}

// right wants a finding that is right.
func (c checked) right(about, what string) {
	c.Helper()
	if !strings.Contains(c.out, "OK    "+about+": "+what) {
		c.Errorf("%s: %q is not among\n%s", about, what, c.out)
	}
}

// platforms are a Slack and a Discord, with the bot in both.
type platforms struct {
	slack   *slackloop.Server
	discord *discordloop.Server
	// What the configuration says of them.
	botToken, appToken, token    string
	slackURL, discordURL, extras string
}

func newPlatforms(t *testing.T, s slackloop.Options, d discordloop.Options) *platforms {
	t.Helper()
	p := &platforms{slack: slackloop.Start(s), botToken: slackloop.BotToken, appToken: slackloop.AppToken}
	t.Cleanup(p.slack.Close)
	var err error
	if p.discord, err = discordloop.Start(d); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.discord.Close)
	p.discord.AddGuild("Lincoln")
	p.slackURL, p.discordURL, p.token = p.slack.APIURL(), p.discord.URL(), p.discord.Token()
	return p
}

// settings are a configuration with both.
func (p *platforms) settings(t *testing.T) string {
	t.Helper()
	return fmt.Sprintf("redis:\n  data_dir: %s\nhttp:\n  listen: \"\"\n%s"+
		"slack:\n- name: lincoln\n  bot_token: %s\n  app_token: %s\n  api_url: %s\n"+
		"discord:\n- name: main\n  token: %s\n  api_url: %s\n",
		t.TempDir(), p.extras, p.botToken, p.appToken, p.slackURL, p.token, p.discordURL)
}

// messageContent is the intent without which a bot on Discord reads no messages.
// https://discord.com/developers/docs/events/gateway#list-of-intents
const messageContent = 1 << 15

func TestCheckOfConnections(t *testing.T) {
	needServer(t)
	closed := unusedAddress(t)
	for name, tt := range map[string]struct {
		slack             slackloop.Options
		discord           discordloop.Options
		change            func(*testing.T, *platforms)
		about, what, mend string
	}{
		"all well":             {},
		"wrong token of Slack": {change: func(_ *testing.T, p *platforms) { p.botToken = "xoxb-wrong" }, about: "lincoln", what: "invalid_auth", mend: "docs/slack.md#4-the-bot-token"},
		"wrong app token":      {change: func(_ *testing.T, p *platforms) { p.appToken = "xapp-wrong" }, about: "lincoln", what: "invalid_auth", mend: "docs/slack.md#3-the-app-token"},
		"missing scope": {
			slack: slackloop.Options{Scopes: strings.Fields("app_mentions:read channels:history chat:write commands files:write groups:history im:history im:write")},
			about: "lincoln", what: "scope users:read: missing", mend: "Reinstall",
		},
		"Slack is unreachable":   {change: func(_ *testing.T, p *platforms) { p.slackURL = "http://" + closed }, about: "lincoln", what: "could not be tried", mend: "can this machine reach"},
		"wrong token of Discord": {change: func(_ *testing.T, p *platforms) { p.token = "wrong-token" }, about: "main", what: "refuses the token", mend: "docs/discord.md"},
		"missing intent": {
			discord: discordloop.Options{DeniedIntents: messageContent},
			about:   "main", what: "may not read messages", mend: "Message Content Intent",
		},
		"Discord is unreachable": {change: func(_ *testing.T, p *platforms) { p.discordURL = "http://" + closed }, about: "main", what: "cannot be reached", mend: "docs/discord.md"},
		"Slack's clock is ahead": {change: func(t *testing.T, p *platforms) { p.slackURL = shifted(t, p.slackURL, 2*time.Minute) }, about: "clock", what: "behind that of lincoln", mend: "time synchronisation"},
		"Discord's is behind":    {change: func(t *testing.T, p *platforms) { p.discordURL = shifted(t, p.discordURL, -2*time.Minute) }, about: "clock", what: "ahead of that of main", mend: pageOfCheck},
		"nearly right": {change: func(t *testing.T, p *platforms) {
			p.slackURL, p.discordURL = shifted(t, p.slackURL, 3*time.Second), shifted(t, p.discordURL, -3*time.Second)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlatforms(t, tt.slack, tt.discord)
			if tt.change != nil {
				tt.change(t, p)
			}
			c := check(t, p.settings(t), p.botToken, p.appToken, p.token)
			if strings.Contains(tt.what, "could not be tried") {
				// Both tokens are tried at an address that does not answer.
				if n := strings.Count(c.out, "MEND  lincoln: "); n != 2 || c.code != 1 {
					t.Errorf("code %d, and\n%s", c.code, c.out)
				}
				return
			}
			c.wrong(tt.about, tt.what, tt.mend)
			if tt.about == "" {
				c.right("clock", "agrees with lincoln, main")
				c.right("lincoln", "scopes: all 9 that are needed are there")
				c.right("main", "the bot may read messages")
			}
		})
	}
}

// shifted is a host that hands on to another, with a clock that is off.
func shifted(t *testing.T, to string, by time.Duration) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		req, err := http.NewRequestWithContext(r.Context(), r.Method, strings.TrimSuffix(to, "/")+r.URL.RequestURI(), r.Body)
		if err != nil {
			t.Error(err)
			return
		}
		req.Header = r.Header
		resp, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Error(err)
			return
		}
		defer func() { _ = resp.Body.Close() }()
		for key, values := range resp.Header {
			w.Header()[key] = values
		}
		w.Header().Set("Date", time.Now().Add(by).UTC().Format(http.TimeFormat))
		w.WriteHeader(resp.StatusCode)
		_, _ = io.Copy(w, resp.Body)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// unusedAddress is one where nothing listens.
func unusedAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	return listener.Addr().String()
}

// A platform that takes a call and never answers holds up nothing but its own
// line, and that not for long.
func TestCheckDoesNotWaitForEver(t *testing.T) {
	needServer(t)
	p := newPlatforms(t, slackloop.Options{}, discordloop.Options{})
	silent, err := net.Listen("tcp", "127.0.0.1:0") // nobody accepts
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = silent.Close() }()
	p.discordURL = "http://" + silent.Addr().String()
	file := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(file, []byte(p.settings(t)), 0o600); err != nil {
		t.Fatal(err)
	}
	i := newInspection()
	defer i.end()
	i.within = time.Second
	var out bytes.Buffer
	if err := printFindings(&out, i.inspect(t.Context(), file, os.LookupEnv)); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"MEND  main: Discord cannot be reached", "OK    lincoln: bot_token: works"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in\n%s", want, out.String())
		}
	}
}

func TestCheckOfConfiguration(t *testing.T) {
	needServer(t)
	folder := "redis:\n  data_dir: " + t.TempDir() + "\nhttp:\n  listen: \"\"\n"
	check(t, folder).wrong("configuration", "no connection", pageOfStart)
	c := check(t, "language: fr\nslack:\n- name: lincoln\n  bot_token: hunter2\n", "hunter2")
	if n := strings.Count(c.out, "MEND  configuration: "); n != 3 || c.code != 1 {
		t.Errorf("code %d, %d problems in\n%s", c.code, n, c.out)
	}
}

// Whoever starts it in another folder reads that.
func TestWithoutConfiguration(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, command := range []string{"check", "run"} {
		var out, errs bytes.Buffer
		a := App{In: strings.NewReader(""), Out: &out, Err: &errs, Env: func(string) (string, bool) { return "", false }}
		code := a.Main([]string{command})
		said := out.String() + errs.String()
		if code != 1 || !strings.Contains(said, "there is no config.yaml in ") || !strings.Contains(said, "copy config.example.yaml") {
			t.Errorf("%s: code %d, and\n%s", command, code, said)
		}
	}
}

// Every page that is pointed at is there.
func TestPagesOfCheckAreThere(t *testing.T) {
	heading := regexp.MustCompile(`(?m)^#+ (.*)$`)
	other := regexp.MustCompile(`[^a-z0-9 -]`)
	for _, page := range []string{pageOfConfig, pageOfCheck, pageOfData, pageOfSlack, pageOfDiscord, pageOfStart, "docs/slack.md#the-address", "docs/discord.md#4-invite-the-bot"} {
		file, anchor, _ := strings.Cut(page, "#")
		text, err := os.ReadFile("../../../../" + file)
		if err != nil {
			t.Fatal(err)
		}
		there := anchor == ""
		for _, found := range heading.FindAllStringSubmatch(string(text), -1) {
			there = there || strings.ReplaceAll(other.ReplaceAllString(strings.ToLower(found[1]), ""), " ", "-") == anchor
		}
		if !there {
			t.Errorf("%s has no heading for #%s", file, anchor)
		}
	}
}
