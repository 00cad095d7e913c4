package slack

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/staffroom-bot/staffroom/adapters/adaptertest/spec"
	"github.com/staffroom-bot/staffroom/adapters/slack/slackloop"
)

func TestCheck(t *testing.T) {
	all := strings.Fields("app_mentions:read channels:history chat:write commands files:write groups:history im:history im:write users:read")
	for name, tt := range map[string]struct {
		scopes []string
		method string
		fault  slackloop.Fault
		change func(*Options)
		bad    []string // what the findings that are not OK say and mend
	}{
		"all well":              {},
		"all well, over HTTP":   {change: func(o *Options) { o.AppToken, o.SigningSecret = "", slackloop.Secret }},
		"more than is needed":   {scopes: append([]string{"reactions:read"}, all...)},
		"a wrong bot token":     {change: func(o *Options) { o.BotToken = "xoxb-wrong" }, bad: []string{"bot_token: Slack refuses it (invalid_auth)", pageOfBotToken}},
		"the tokens swapped":    {change: func(o *Options) { o.BotToken, o.AppToken = o.AppToken, o.BotToken }, bad: []string{"not_allowed_token_type", "xoxb-", "app_token", "xapp-"}},
		"a wrong app token":     {change: func(o *Options) { o.AppToken = "xapp-wrong" }, bad: []string{"app_token: Slack refuses it (invalid_auth)", pageOfAppToken}},
		"the app token's scope": {method: "apps.connections.open", fault: slackloop.Fault{Error: "missing_scope"}, bad: []string{"connections:write", pageOfAppToken}},
		"socket mode is off":    {method: "apps.connections.open", fault: slackloop.Fault{Error: "invented_yesterday"}, bad: []string{"Socket Mode", pageOfSocketMode}},
		"scopes are missing":    {scopes: all[:7], bad: []string{"scope im:write: missing; without it nobody can be written to directly", "scope users:read", pageOfScopes}},
		"nothing comes in":      {change: func(o *Options) { o.AppToken = "" }, bad: []string{"neither an app_token nor a signing_secret", pageOfAppToken}},
		"the token is revoked":  {method: "auth.test", fault: slackloop.Fault{Error: "account_inactive"}, bad: []string{"account_inactive", "install the app again", pageOfBotToken}},
		"app token revoked":     {method: "apps.connections.open", fault: slackloop.Fault{Error: "token_revoked"}, bad: []string{"token_revoked", "it was revoked", pageOfAppToken}},
		"tokens are rotated":    {method: "auth.test", fault: slackloop.Fault{Error: "token_expired"}, bad: []string{"token_expired", "make a new app", pageOfManifest}},
		"Slack has trouble":     {method: "auth.test", fault: slackloop.Fault{Error: "fatal_error"}, bad: []string{"Slack answers fatal_error", "again in a minute", pageOfTrouble}},
		"Slack is down":         {method: "auth.test", fault: slackloop.Fault{Status: 502}, bad: []string{"could not be tried", "https://slack.com"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorkspaceWith(t, slackloop.Options{Check: spec.Slack(t), Scopes: tt.scopes})
			if tt.method != "" {
				w.Fail(tt.method, tt.fault, -1)
			}
			o := w.options()
			o.Seal, o.Logger = nil, nil
			if tt.change != nil {
				tt.change(&o)
			}
			var bad []string
			for _, f := range Check(t.Context(), o) {
				if f.What == "" || f.OK == (f.Mend != "") {
					t.Errorf("finding %+v", f)
				}
				if !f.OK {
					bad = append(bad, f.What, f.Mend)
				}
			}
			said := strings.Join(bad, "\n")
			if (said == "") != (tt.bad == nil) {
				t.Errorf("found wrong: %q", said)
			}
			for _, want := range tt.bad {
				if !strings.Contains(said, want) {
					t.Errorf("not said: %s\n%s", want, said)
				}
			}
			for _, secret := range append(secrets(), "xoxb-wrong", "xapp-wrong") {
				if strings.Contains(said, secret) {
					t.Errorf("a secret is in %q", said)
				}
			}
		})
	}
}

// A missing permission is named at the start, and is no reason to stop.
func TestMissingScopeIsNamedAtTheStart(t *testing.T) {
	w := newWorkspaceWith(t, slackloop.Options{Check: spec.Slack(t), Scopes: []string{"chat:write"}})
	w.run(w.adapter(), newInbox())
	log := w.log.String()
	for _, want := range []string{"scope=users:read", "scope=groups:history", pageOfScopes} {
		if !strings.Contains(log, want) {
			t.Errorf("the log does not say %s:\n%s", want, log)
		}
	}
	if strings.Contains(log, "scope=chat:write") {
		t.Error("a scope that is there is called missing")
	}
}

// Where Slack gives no connection out and does not say why, the setting to look
// at is named; the adapter goes on trying.
func TestSocketModeIsSwitchedOff(t *testing.T) {
	w := newWorkspace(t)
	w.Fail("apps.connections.open", slackloop.Fault{Error: "invented_yesterday"}, 1)
	w.run(w.adapter(), newInbox())
	if !strings.Contains(w.log.String(), pageOfSocketMode) {
		t.Errorf("the log does not say where to look:\n%s", w.log.String())
	}
}

// Every page that is pointed at is there.
func TestPagesAreThere(t *testing.T) {
	heading := regexp.MustCompile(`(?m)^#+ (.*)$`)
	other := regexp.MustCompile(`[^a-z0-9 -]`)
	for _, page := range []string{pageOfManifest, pageOfAppToken, pageOfBotToken, pageOfSocketMode, pageOfSecret, pageOfScopes, pageOfTrouble} {
		file, anchor, _ := strings.Cut(page, "#")
		text, err := os.ReadFile("../../" + file)
		if err != nil {
			t.Fatal(err)
		}
		there := false
		for _, found := range heading.FindAllStringSubmatch(string(text), -1) {
			there = there || strings.ReplaceAll(other.ReplaceAllString(strings.ToLower(found[1]), ""), " ", "-") == anchor
		}
		if !there {
			t.Errorf("%s has no heading for #%s", file, anchor)
		}
	}
}

// The page for whoever approves the app says what the manifest asks for, in the
// same words, and nothing else.
func TestApprovalPageSaysWhatIsAskedFor(t *testing.T) {
	page, err := os.ReadFile("../../docs/slack-approval.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for _, s := range append(scopes(), optionalScopes()...) {
		if !strings.Contains(string(page), "| `"+s.Name+"` | "+s.Without+" |") {
			t.Errorf("the page lacks | `%s` | %s |", s.Name, s.Without)
		}
		rows++
	}
	for _, e := range subscriptions() {
		if !strings.Contains(string(page), "| `"+e.Name+"` | "+e.Why+" |") {
			t.Errorf("the page lacks | `%s` | %s |", e.Name, e.Why)
		}
		rows++
	}
	if n := strings.Count(string(page), "\n| `"); n != rows {
		t.Errorf("the page has %d rows, the manifest asks for %d things", n, rows)
	}
}
