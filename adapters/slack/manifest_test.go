package slack

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/staffroom-bot/staffroom/adapters/adaptertest"
	"github.com/staffroom-bot/staffroom/adapters/adaptertest/spec"
	"github.com/staffroom-bot/staffroom/bot"
)

func manifestOptions() ManifestOptions {
	return ManifestOptions{
		Commands: []bot.Command{
			{Name: "chat", Summary: "chat", Subcommands: []bot.Subcommand{{Name: "end", Access: bot.HostsOnly}, {Name: "list"}}},
			{Name: "staffroom", Summary: "start.here", Subcommands: []bot.Subcommand{{Name: "home"}, {Name: "help"}}},
			{Name: "host", Summary: "host", Subcommands: []bot.Subcommand{{Name: "new", Access: bot.HostsOnly}}},
		},
		Actions:  []bot.Action{{Path: "/library/keep", Label: "a label that is longer than Slack shows"}},
		Words:    adaptertest.Words(),
		Language: "en",
	}
}

func TestManifest(t *testing.T) {
	const address = "https://bot.example.org/slack/slack-lincoln"
	for name, url := range map[string]string{"socket mode": "", "http": address} {
		t.Run(name, func(t *testing.T) {
			o := manifestOptions()
			o.URL = url
			got, err := Manifest(o)
			if err != nil {
				t.Fatal(err)
			}
			var m manifest
			d := json.NewDecoder(bytes.NewReader(got))
			d.DisallowUnknownFields()
			if err := d.Decode(&m); err != nil {
				t.Fatal(err)
			}
			if m.Settings.SocketMode != (url == "") || m.Settings.Events.URL != url || m.Settings.Interactivity.URL != url || m.Features.Commands[0].URL != url {
				t.Errorf("where Slack sends to is not one address:\n%s", got)
			}
			if m.Display.Description != "slack.about" {
				t.Errorf("the app is described as %q", m.Display.Description)
			}
			c := m.Features.Commands[0]
			if c.Command != "/staffroom" || c.Description != "start.here" || c.UsageHint != "home | help | chat list" || !c.ShouldEscape {
				t.Errorf("the command is %+v", c)
			}
			s := m.Features.Shortcuts[0]
			if s.CallbackID != "/library/keep" || s.Name != "a label that is longer…" || s.Type != "message" {
				t.Errorf("the shortcut is %+v", s)
			}
			if !m.Features.Home.HomeTab || !m.Features.Home.MessagesTab || m.Features.Home.ReadOnly || !m.Settings.Interactivity.Enabled {
				t.Errorf("something is switched off:\n%s", got)
			}
			conforms(t, got)
		})
	}
}

var lookahead = regexp.MustCompile(`\(\?![^)]*\)`)

// conforms checks a manifest against Slack's own schema.
func conforms(t *testing.T, manifest []byte) {
	t.Helper()
	shared := os.Getenv("STAFFROOM_SHARED")
	if shared == "" {
		t.Skip("STAFFROOM_SHARED is not set: the manifest is not checked against the schema of Slack")
	}
	c := jsonschema.NewCompiler()
	c.UseRegexpEngine(func(pattern string) (jsonschema.Regexp, error) {
		return regexp.Compile(lookahead.ReplaceAllString(pattern, "")) // Go has none; no such pattern is about what we use
	})
	for _, version := range []string{"1.0.0", "2.0.0"} {
		f, err := os.Open(filepath.Join(shared, "specs", "slack-manifest.schema."+version+".json"))
		if err != nil {
			t.Fatal(err)
		}
		schema, err := jsonschema.UnmarshalJSON(f)
		_ = f.Close()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.AddResource("https://raw.githubusercontent.com/slackapi/manifest-schema/v0.5.0/schemas/manifest.schema."+version+".json", schema); err != nil {
			t.Fatal(err)
		}
	}
	schema, err := c.Compile(filepath.Join(shared, "specs", "slack-manifest.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(manifest))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(value); err != nil {
		t.Error(err)
	}
	value.(map[string]any)["colour"] = "red"
	if schema.Validate(value) == nil {
		t.Error("the schema takes everything")
	}
}

func TestManifestsThatCannotBe(t *testing.T) {
	for name, change := range map[string]func(*ManifestOptions){
		"too many actions": func(o *ManifestOptions) { o.Actions = make([]bot.Action, 11) },
		"no TLS":           func(o *ManifestOptions) { o.URL = "http://bot.example.org" },
		"a long address":   func(o *ManifestOptions) { o.URL = "https://" + strings.Repeat("x", 3_000) },
	} {
		o := manifestOptions()
		change(&o)
		if got, err := Manifest(o); err == nil {
			t.Errorf("%s: no error, but %s", name, got)
		}
	}
}

func TestUsageHintFits(t *testing.T) {
	var many []bot.Command
	for range 30 {
		many = append(many, bot.Command{Name: "command", Subcommands: []bot.Subcommand{{Name: "word"}}})
	}
	if hint := usageHint(many); length(hint) > maxUsageHint || length(hint) < maxUsageHint/2 || strings.HasSuffix(hint, "| ") {
		t.Errorf("the hint is %q", hint)
	}
}

// Every method that the adapter calls is allowed by the scopes that it asks for,
// and it asks for none that no method and no event needs.
// https://docs.slack.dev/reference/scopes
func TestScopesAreTheLeast(t *testing.T) {
	needed := map[string]string{
		"chat.postMessage": "chat:write", "chat.postEphemeral": "chat:write", "chat.update": "chat:write", "chat.delete": "chat:write",
		"conversations.open": "im:write", "conversations.history": "channels:history", "conversations.replies": "groups:history",
		"conversations.members": "channels:read", "usergroups.list": "usergroups:read", "usergroups.users.list": "usergroups:read",
		"users.info": "users:read", "files.getUploadURLExternal": "files:write", "files.completeUploadExternal": "files:write", "files.delete": "files:write",
		"views.open": "", "views.publish": "", "auth.test": "", "apps.connections.open": "", "response_url": "", "ack": "",
		"a slash command": "commands",
	}
	used := map[string]bool{}
	for _, method := range spec.SlackMethods() {
		scope, known := needed[method]
		if !known {
			t.Errorf("nobody has looked up what scope %s needs", method)
		}
		used[scope] = true
	}
	used["commands"], used["groups:read"], used["mpim:write"] = true, true, true // members of private channels, and group messages
	for _, s := range append(scopes(), optionalScopes()...) {
		if !used[s.Name] && len(s.Events) == 0 {
			t.Errorf("%s is asked for without need", s.Name)
		}
		delete(used, s.Name)
		if s.Without == "" {
			t.Errorf("%s has no reason", s.Name)
		}
	}
	delete(used, "")
	if len(used) > 0 {
		t.Errorf("not asked for: %v", used)
	}
	var names []string
	for _, e := range subscriptions() {
		names = append(names, e.Name)
	}
	for _, want := range []string{"app_home_opened", "app_mention", "message.channels", "message.groups", "message.im"} {
		if !slices.Contains(names, want) {
			t.Errorf("%s is not subscribed to", want)
		}
	}
}
