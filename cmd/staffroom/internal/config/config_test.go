package config

import (
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"
)

const (
	botToken     = "xoxb-1-bot"
	appToken     = "xapp-1-app"
	discordToken = "MTA.discord.token"
)

// full sets everything, each to a value that is not its default.
const full = `language: es
zone: Europe/Madrid
redis:
  url: rediss://sam:pa55@redis.example.org:6379/2
  data_dir: /var/lib/staffroom
http:
  listen: ":9090"
public:
  listen: ":8443"
  url: https://bot.example.org/
log:
  level: debug
  format: json
shutdown: 30s
discord:
  - name: discord-main
    token: MTA.discord.token
    public_key: '00f1e2d3c4b5a6978800f1e2d3c4b5a6978800f1e2d3c4b5a6978800f1e2d3c4'
    message_content: false
    list_members: true
    api_url: https://discord.example.org
slack:
  - name: slack-lincoln
    bot_token: xoxb-1-bot
    app_token: xapp-1-app
    signing_secret: 8f742231b10e
    api_url: http://127.0.0.1:9999/api/
`

func noEnv(string) (string, bool) { return "", false }

func vars(pairs map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		text, ok := pairs[name]
		return text, ok
	}
}

// write makes the test's folder the current one and puts files in it, for the owner's eyes only.
func write(t *testing.T, files map[string]string) {
	t.Helper()
	t.Chdir(t.TempDir())
	for name, text := range files {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestDefaults(t *testing.T) {
	write(t, nil)
	cfg, warnings, err := Load("", noEnv)
	if err != nil || warnings != nil {
		t.Fatalf("Load: %v, warnings %v", err, warnings)
	}
	want := Config{
		Language: "en",
		Zone:     time.UTC,
		Redis:    Redis{DataDir: "data"},
		HTTP:     HTTP{Listen: "127.0.0.1:8080"},
		Log:      Log{Level: slog.LevelInfo},
		Shutdown: 10 * time.Second,
	}
	if !reflect.DeepEqual(cfg, want) {
		t.Errorf("got %+v, want %+v", cfg, want)
	}
}

func TestFile(t *testing.T) {
	for _, path := range []string{"", "config.yaml", "./config.yaml"} {
		write(t, map[string]string{"config.yaml": full})
		cfg, warnings, err := Load(path, noEnv)
		if err != nil || warnings != nil {
			t.Fatalf("Load(%q): %v, warnings %v", path, err, warnings)
		}
		madrid, err := time.LoadLocation("Europe/Madrid")
		if err != nil {
			t.Fatal(err)
		}
		want := Config{
			Language: "es",
			Zone:     madrid,
			Redis:    Redis{URL: newSecret("rediss://sam:pa55@redis.example.org:6379/2"), DataDir: "/var/lib/staffroom"},
			HTTP:     HTTP{Listen: ":9090"},
			Public:   Public{Listen: ":8443", URL: "https://bot.example.org"},
			Log:      Log{Level: slog.LevelDebug, JSON: true},
			Shutdown: 30 * time.Second,
			Discord: []Discord{
				{
					Name: "discord-main", Token: newSecret(discordToken), APIURL: "https://discord.example.org",
					PublicKey: "00f1e2d3c4b5a6978800f1e2d3c4b5a6978800f1e2d3c4b5a6978800f1e2d3c4", NoContent: true, ListMembers: true,
				},
			},
			Slack: []Slack{
				{Name: "slack-lincoln", BotToken: newSecret(botToken), AppToken: newSecret(appToken), SigningSecret: newSecret("8f742231b10e"), APIURL: "http://127.0.0.1:9999/api/"},
			},
		}
		if !reflect.DeepEqual(cfg, want) {
			t.Errorf("Load(%q) = %+v, want %+v", path, cfg, want)
		}
	}
}

func TestForms(t *testing.T) {
	for name, text := range map[string]string{
		"empty":                "",
		"only notes":           "# nothing yet\n",
		"sections without any": "redis:\nhttp:\ndiscord:\n# - name: x\nslack:\n",
		"byte order mark":      "\ufefflanguage: en\n",
		"Windows line ends":    "language: en\r\nredis:\r\n  data_dir: data\r\n",
		"document marker":      "---\nlanguage: en\n",
		"flow style":           "{language: en, log: {level: info}, discord: [], slack: []}\n",
		"quotes":               "language: 'en'\nredis: {\"data_dir\": \"data\"}\n",
	} {
		t.Run(name, func(t *testing.T) {
			write(t, map[string]string{"config.yaml": text})
			cfg, warnings, err := Load("config.yaml", noEnv)
			if err != nil || warnings != nil {
				t.Fatalf("Load: %v, warnings %v", err, warnings)
			}
			if cfg.Language != "en" || cfg.Redis.DataDir != "data" || cfg.Log.Level != slog.LevelInfo || cfg.Discord != nil {
				t.Errorf("got %+v", cfg)
			}
		})
	}
}

func TestEnvironment(t *testing.T) {
	write(t, map[string]string{
		"config.yaml": strings.Replace(full, "bot_token: xoxb-1-bot", "bot_token_file: missing", 1),
	})
	cfg, _, err := Load("", vars(map[string]string{
		"STAFFROOM_REDIS_URL":                            "redis://env:6379",
		"STAFFROOM_DATA_DIR":                             "env-data",
		"STAFFROOM_HTTP_LISTEN":                          "[::1]:80",
		"STAFFROOM_PUBLIC_LISTEN":                        "[::1]:443",
		"STAFFROOM_PUBLIC_URL":                           "https://env.example.org",
		"STAFFROOM_SLACK_SLACK_LINCOLN_SIGNING_SECRET":   "env-secret",
		"STAFFROOM_LOG_LEVEL":                            "warn",
		"STAFFROOM_LOG_FORMAT":                           "text",
		"STAFFROOM_LANGUAGE":                             "en",
		"STAFFROOM_ZONE":                                 "America/Chicago",
		"STAFFROOM_DISCORD_DISCORD_MAIN_TOKEN":           " env.discord.token\r\n",
		"STAFFROOM_DISCORD_DISCORD_MAIN_PUBLIC_KEY":      strings.Repeat("ab", 32),
		"STAFFROOM_DISCORD_DISCORD_MAIN_MESSAGE_CONTENT": "true",
		"STAFFROOM_DISCORD_DISCORD_MAIN_LIST_MEMBERS":    "false",
		"STAFFROOM_SLACK_SLACK_LINCOLN_BOT_TOKEN":        "xoxb-env",
		"STAFFROOM_SLACK_SLACK_LINCOLN_APP_TOKEN":        "",
		"STAFFROOM_SLACK_SLACK_LINCOLN_BOT_TOKEN_FILE":   "no such variable",
	}))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ setting, got, want string }{
		{"redis.url", cfg.Redis.URL.Reveal(), "redis://env:6379"},
		{"redis.data_dir", cfg.Redis.DataDir, "env-data"},
		{"http.listen", cfg.HTTP.Listen, "[::1]:80"},
		{"log.level", cfg.Log.Level.String(), "WARN"},
		{"language", cfg.Language, "en"},
		{"zone", cfg.Zone.String(), "America/Chicago"},
		{"discord.token", cfg.Discord[0].Token.Reveal(), "env.discord.token"},
		{"discord.public_key", cfg.Discord[0].PublicKey, strings.Repeat("ab", 32)},
		{"discord.message_content", strconv.FormatBool(!cfg.Discord[0].NoContent), "true"},
		{"discord.list_members", strconv.FormatBool(cfg.Discord[0].ListMembers), "false"},
		{"public.listen", cfg.Public.Listen, "[::1]:443"},
		{"public.url", cfg.Public.URL, "https://env.example.org"},
		{"slack.signing_secret", cfg.Slack[0].SigningSecret.Reveal(), "env-secret"},
		{"slack.bot_token", cfg.Slack[0].BotToken.Reveal(), "xoxb-env"},
		{"slack.app_token: empty counts as not set", cfg.Slack[0].AppToken.Reveal(), appToken},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %q, want %q", c.setting, c.got, c.want)
		}
	}
	if cfg.Log.JSON {
		t.Error("log.format: got JSON, want text")
	}
}

func TestRedisAddresses(t *testing.T) {
	for _, url := range []string{
		"redis://127.0.0.1:6379",
		"rediss://sam:pa55@redis.example.org:6379/2",
		"unix:///run/redis.sock",
		"redis+cluster://a:1,b:2",
		"redis+cluster://a:1, redis+cluster://b:2",
		"rediss+sentinel://a:1,b:2/main",
	} {
		write(t, nil)
		cfg, _, err := Load("", vars(map[string]string{"STAFFROOM_REDIS_URL": url}))
		if err != nil || cfg.Redis.URL.Reveal() != url {
			t.Errorf("%s: got %q, %v", url, cfg.Redis.URL.Reveal(), err)
		}
	}
}

func TestListenOff(t *testing.T) {
	write(t, map[string]string{"config.yaml": "http:\n  listen: \"\"\n"})
	cfg, _, err := Load("", noEnv)
	if err != nil || cfg.HTTP.Listen != "" {
		t.Errorf("got %q, %v", cfg.HTTP.Listen, err)
	}
}

func TestSecretFiles(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no permission bits to test")
	}
	write(t, map[string]string{
		"closed":      botToken + "\n",
		"open":        "\n " + appToken + " \r\n",
		"redis":       "redis://:pa55@127.0.0.1:6379\n",
		"config.yaml": "redis:\n  url_file: redis\ndiscord:\n  - name: d\n    token: " + discordToken + "\n  - name: e\n    token: " + discordToken + "\nslack:\n  - name: s\n    bot_token_file: closed\n    app_token_file: open\n",
	})
	for _, name := range []string{"open", "config.yaml"} {
		if err := os.Chmod(name, 0o604); err != nil {
			t.Fatal(err)
		}
	}
	cfg, warnings, err := Load("", noEnv)
	if err != nil {
		t.Fatal(err)
	}
	if got := cfg.Slack[0].BotToken.Reveal(); got != botToken {
		t.Errorf("bot token %q", got)
	}
	if got := cfg.Slack[0].AppToken.Reveal(); got != appToken {
		t.Errorf("app token %q", got)
	}
	if got := cfg.Redis.URL.Reveal(); got != "redis://:pa55@127.0.0.1:6379" {
		t.Errorf("Redis address %q", got)
	}
	want := []Warning{
		"config.yaml:5: discord.token is a secret, but every user of this machine can read the file; run: chmod 600 config.yaml",
		`config.yaml:11: slack.app_token_file: every user of this machine can read "open"; run: chmod 600 "open"`,
	}
	if !slices.Equal(warnings, want) {
		t.Errorf("warnings:\n%v\nwant:\n%v", warnings, want)
	}
}

func TestOpenFileWithoutSecrets(t *testing.T) {
	write(t, map[string]string{"config.yaml": "redis:\n  url: redis://127.0.0.1:6379\n"})
	if err := os.Chmod("config.yaml", 0o644); err != nil {
		t.Fatal(err)
	}
	if _, warnings, err := Load("", noEnv); err != nil || warnings != nil {
		t.Errorf("got %v, warnings %v; an address without a password is no secret", err, warnings)
	}
}

func TestExample(t *testing.T) {
	example := filepath.Join("..", "..", "..", "..", "config.example.yaml")
	data, err := os.ReadFile(example)
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)

	l := &loader{file: "config.example.yaml", env: noEnv}
	cfg := l.config(l.parse(data))
	if err := l.err(); err != nil {
		t.Fatalf("the example does not load as it is: %v", err)
	}
	if cfg.Zone.String() != "America/New_York" || cfg.Discord != nil || cfg.Slack != nil {
		t.Errorf("got %+v", cfg)
	}

	// As its reader would: take the # and the space away from each setting, but not from the notes.
	used := regexp.MustCompile(`(?m)^# ((?:- |  )\w+: )`).ReplaceAllString(text, "$1")
	l = &loader{file: "config.example.yaml", env: noEnv}
	l.config(l.parse([]byte(used)))
	if err := l.err(); err == nil || strings.Count(err.Error(), "is not filled in yet") != 3 || strings.Count(err.Error(), "\n") != 2 {
		t.Errorf("of three tokens that are to be filled in it is said: %v", err)
	}
	l = &loader{file: "config.example.yaml", env: noEnv}
	cfg = l.config(l.parse([]byte(strings.ReplaceAll(used, "paste-the-token-here", "filled-in"))))
	if err := l.err(); err != nil {
		t.Fatalf("the example does not load with its connections: %v", err)
	}
	if len(cfg.Discord) != 1 || len(cfg.Slack) != 1 {
		t.Errorf("got %d Discord and %d Slack connections, want one each", len(cfg.Discord), len(cfg.Slack))
	}

	for _, key := range knownKeys(t) {
		if !regexp.MustCompile(`(?m)^[# -]*` + key + `:`).MatchString(text) {
			t.Errorf("the example does not mention %s", key)
		}
	}
	for _, name := range askedVariables(t) {
		if !strings.Contains(text, name) {
			t.Errorf("the example does not mention %s", name)
		}
	}
}

// TestEveryFieldIsSet fails when a field is added to Config that the settings in full, and so the test of the example,
// do not reach.
func TestEveryFieldIsSet(t *testing.T) {
	l := &loader{file: "full", env: noEnv}
	cfg := l.config(l.parse([]byte(full)))
	var check func(path string, v reflect.Value)
	check = func(path string, v reflect.Value) {
		switch {
		case v.IsZero():
			t.Errorf("%s is not set by any setting", path)
		case v.Type().PkgPath() == reflect.TypeFor[Config]().PkgPath() && v.Kind() == reflect.Struct && v.Type() != reflect.TypeFor[Secret]():
			for i := range v.NumField() {
				check(path+"."+v.Type().Field(i).Name, v.Field(i))
			}
		case v.Kind() == reflect.Slice:
			check(path+"[0]", v.Index(0))
		}
	}
	check("Config", reflect.ValueOf(cfg))
}

// knownKeys lists every key that the loader asks for.
func knownKeys(t *testing.T) []string {
	t.Helper()
	l := &loader{file: "keys", env: noEnv}
	l.config(l.parse([]byte("#: 1\nredis: {'#': 1}\nhttp: {'#': 1}\npublic: {'#': 1}\nlog: {'#': 1}\ndiscord: [{'#': 1}]\nslack: [{'#': 1}]\n'#': 1\n")))
	var keys []string
	for _, p := range l.problems {
		if _, all, ok := strings.Cut(p.text, "the settings here are "); ok {
			keys = append(keys, strings.FieldsFunc(strings.ReplaceAll(all, " and ", ", "), func(r rune) bool { return r == ',' || r == ' ' })...)
		}
	}
	if len(keys) < 20 {
		t.Fatalf("only %d keys found: %v", len(keys), keys)
	}
	return keys
}

// askedVariables lists every variable that the loader looks up for the connections of the example.
func askedVariables(t *testing.T) []string {
	t.Helper()
	var names []string
	l := &loader{file: "variables", env: func(name string) (string, bool) {
		names = append(names, name)
		return "", false
	}}
	l.config(l.parse([]byte(full)))
	return names
}

func TestFileThatCannotBeRead(t *testing.T) {
	write(t, nil)
	for path, want := range map[string]string{
		"other.yaml": "other.yaml: there is no such file; copy config.example.yaml to it, or name another file with --config",
		".":          ".: is not a file",
	} {
		if _, _, err := Load(path, noEnv); err == nil || err.Error() != want {
			t.Errorf("Load(%q): got %v, want %s", path, err, want)
		}
	}
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte(full))
	f.Add([]byte("slack:\n- name: &a x\n  bot_token: *a\n  <<: *a\n"))
	f.Add([]byte("? [a]\n: b\n---\n!!str x: |\n  y\n"))
	f.Add([]byte("{a: [b, {c: 'd"))
	f.Add([]byte("%YAML 1.2\n---\nzone: \"\\x00\"\n"))
	path := filepath.Join(f.TempDir(), "config.yaml")
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		cfg, _, err := Load(path, noEnv)
		if err == nil && cfg.Zone == nil {
			t.Error("loaded without a zone")
		}
		if err != nil && !reflect.DeepEqual(cfg, Config{}) {
			t.Error("an error came with a configuration")
		}
	})
}

func TestWhatHoldsWhereNothingIsSet(t *testing.T) {
	c := Defaults()
	if c.Language != "en" || c.Zone.String() != "UTC" || c.Redis.DataDir != "data" || c.Redis.URL.Reveal() != "" || len(c.Discord)+len(c.Slack) != 0 {
		t.Errorf("got %+v", c)
	}
}
