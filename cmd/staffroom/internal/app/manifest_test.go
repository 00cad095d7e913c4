package app

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
)

// printed runs the program in a folder of its own and gives what it prints.
func printed(t *testing.T, settings string, args ...string) (out string, code int, errs string) {
	t.Helper()
	t.Chdir(t.TempDir())
	if settings != "" {
		if err := os.WriteFile("config.yaml", []byte(settings), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var o, e bytes.Buffer
	a := App{In: strings.NewReader(""), Out: &o, Err: &e, Env: func(string) (string, bool) { return "", false }}
	code = a.Main(args)
	return o.String(), code, e.String()
}

const public = "public:\n  listen: 127.0.0.1:1\n  url: https://bot.example.org/\n"

func TestManifestForSlack(t *testing.T) {
	schema := slackSchema(t)
	for name, tt := range map[string]struct {
		settings string
		args     []string
		url      string // that Slack sends to
		words    string
	}{
		"nothing is configured": {"", nil, "", "Start here"},
		"something is wrong":    {"slack:\n- name: lincoln\n", nil, "", "Start here"},
		"Spanish":               {"language: es\n", nil, "", "Empieza"},
		"asked for in Spanish":  {"", []string{"--language", "es"}, "", "Empieza"},
		"asked for in English":  {"language: es\n", []string{"--language", "en"}, "", "Start here"},
		"over HTTP":             {public, []string{"--http", "slack-lincoln"}, "https://bot.example.org/slack/slack-lincoln", "Start here"},
		"over HTTP, configured": {
			public + "slack:\n- name: lincoln\n  bot_token: xoxb-hunter2\n  signing_secret: hunter2\n",
			[]string{"--http", "lincoln", "--config", "config.yaml"}, "https://bot.example.org/slack/lincoln", "Start here",
		},
	} {
		t.Run(name, func(t *testing.T) {
			out, code, errs := printed(t, tt.settings, append([]string{"manifest", "slack"}, tt.args...)...)
			if code != 0 || strings.Contains(out+errs, "hunter2") || !strings.Contains(out, tt.words) {
				t.Fatalf("code %d, %s\n%s", code, errs, out)
			}
			if n := strings.Count(out, `"`+tt.url+`"`); tt.url != "" && n != 3 || tt.url == "" && strings.Contains(out, `url"`) {
				t.Errorf("%s is there %d times:\n%s", tt.url, n, out)
			}
			conforms(t, schema, []byte(out))
		})
	}
}

// What the app is, whoever must approve it reads whole, and before anything else.
func TestManifestSaysWhatTheAppIs(t *testing.T) {
	for language, words := range map[string][]string{
		"en": {"teachers", "answers", "only channels it is invited to"},
		"es": {"docentes", "respuestas", "solo los canales a los que se le invita"},
	} {
		out, _, errs := printed(t, "", "manifest", "slack", "--language", language)
		var got struct {
			Display struct{ Description string } `json:"display_information"`
		}
		if err := json.Unmarshal([]byte(out), &got); err != nil {
			t.Fatal(err, errs)
		}
		about := got.Display.Description
		for _, want := range words {
			if !strings.Contains(about, want) {
				t.Errorf("%s: %q does not say %q", language, about, want)
			}
		}
		if strings.Contains(about, "…") {
			t.Errorf("%s: %q is cut", language, about)
		}
	}
}

func TestManifestsThatCannotBePrinted(t *testing.T) {
	for name, tt := range map[string]struct {
		settings string
		args     []string
		says     string
	}{
		"no address":            {"", []string{"--http", "lincoln"}, "docs/slack.md#the-address"},
		"another connection":    {public + "slack:\n- name: north\n  bot_token: xoxb-hunter2\n  signing_secret: hunter2\n", []string{"--http", "lincoln"}, "there is north"},
		"no name":               {public, []string{"--http", "a b"}, "small letters"},
		"a wrong configuration": {"language: fr\n", []string{"--config", "config.yaml"}, "language expects"},
		"no configuration":      {"", []string{"--config", "other.yaml"}, "other.yaml"},
		"no language":           {"", []string{"--language", "fr"}, "--language"},
	} {
		t.Run(name, func(t *testing.T) {
			out, code, errs := printed(t, tt.settings, append([]string{"manifest", "slack"}, tt.args...)...)
			if code == 0 || !strings.Contains(errs, tt.says) || strings.Contains(out+errs, "hunter2") || strings.Contains(out, "{") {
				t.Errorf("code %d, %s\n%s", code, errs, out)
			}
		})
	}
}

func TestManifestForNoApplication(t *testing.T) {
	out, code, errs := printed(t, "", "manifest", "discord", "--application", "Staffroom")
	if code == 0 || out != "" || !strings.Contains(errs, "docs/discord.md#4-invite-the-bot") {
		t.Errorf("code %d, %s\n%s", code, errs, out)
	}
}

func TestManifestForDiscord(t *testing.T) {
	out, code, errs := printed(t, "", "manifest", "discord", "--application", "42")
	if code != 0 {
		t.Fatalf("code %d, %s", code, errs)
	}
	var got struct {
		Invitation string
		Commands   []struct {
			Name, Description string
			Type              int
		}
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	if want := "https://discord.com/oauth2/authorize?client_id=42&scope=bot+applications.commands&permissions=17970143284224"; got.Invitation != want || !strings.Contains(out, want) {
		t.Errorf("the invitation is %s", got.Invitation)
	}
	var names []string
	for _, c := range got.Commands {
		if c.Type == 1 {
			names = append(names, c.Name)
		}
	}
	for _, want := range []string{"staffroom", "chat", "host", "my", "organize"} {
		if !slices.Contains(names, want) {
			t.Errorf("%s is not among the commands: %v", want, names)
		}
	}
	var raw struct{ Commands json.RawMessage }
	if err := json.Unmarshal([]byte(out), &raw); err != nil {
		t.Fatal(err)
	}
	if inSpanish, _, _ := printed(t, "language: es\n", "manifest", "discord"); !strings.Contains(inSpanish, `"description": "Empieza`) || !strings.Contains(inSpanish, `client_id=APPLICATION_ID&`) {
		t.Errorf("in Spanish it begins\n%.300s", inSpanish)
	}
	conforms(t, discordSchema(t), raw.Commands)
}

// conforms checks JSON against a schema, if there is one, and the schema against
// something that is wrong.
func conforms(t *testing.T, schema *jsonschema.Schema, text []byte) {
	t.Helper()
	if schema == nil {
		t.Skip("STAFFROOM_SHARED is not set: what is printed is not compared with the platform's schema")
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(value); err != nil {
		t.Error(err)
	}
	if wrong, err := jsonschema.UnmarshalJSON(strings.NewReader(`[{"name": ""}]`)); err != nil || schema.Validate(wrong) == nil {
		t.Error("the schema takes everything")
	}
}

var lookahead = regexp.MustCompile(`\(\?![^)]*\)`)

// compiler reads schemas with patterns that Go's regular expressions lack; none
// of those is about what is printed here.
func compiler() *jsonschema.Compiler {
	c := jsonschema.NewCompiler()
	c.UseRegexpEngine(func(pattern string) (jsonschema.Regexp, error) {
		return regexp.Compile(lookahead.ReplaceAllString(pattern, ""))
	})
	return c
}

func spec(t *testing.T, shared, name string) any {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(shared, "specs", name))
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// slackSchema is that of Slack's manifests; nil where it is not at hand.
func slackSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	shared := os.Getenv("STAFFROOM_SHARED")
	if shared == "" {
		return nil
	}
	c := compiler()
	for _, version := range []string{"1.0.0", "2.0.0"} {
		address := "https://raw.githubusercontent.com/slackapi/manifest-schema/v0.5.0/schemas/manifest.schema." + version + ".json"
		if err := c.AddResource(address, spec(t, shared, "slack-manifest.schema."+version+".json")); err != nil {
			t.Fatal(err)
		}
	}
	return compile(t, c, filepath.Join(shared, "specs", "slack-manifest.schema.json"))
}

// discordSchema is that of the commands that Discord is given all at once.
func discordSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	shared := os.Getenv("STAFFROOM_SHARED")
	if shared == "" {
		return nil
	}
	c := compiler()
	if err := c.AddResource("https://discord.example/openapi.json", spec(t, shared, "discord-openapi.json")); err != nil {
		t.Fatal(err)
	}
	return compile(t, c, "https://discord.example/openapi.json#/paths/~1applications~1%7Bapplication_id%7D~1commands/put/requestBody/content/application~1json/schema")
}

func compile(t *testing.T, c *jsonschema.Compiler, address string) *jsonschema.Schema {
	t.Helper()
	schema, err := c.Compile(address)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}
