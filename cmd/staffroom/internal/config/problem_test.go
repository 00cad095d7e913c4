package config

import (
	"strings"
	"testing"
)

func TestProblems(t *testing.T) {
	for _, c := range []struct {
		name, text string
		env        map[string]string
		want       []string // the error's lines
	}{
		{
			name: "unknown setting with a likely meaning",
			text: "discord:\n  - name: d\n    tokn: abc\n",
			want: []string{
				"config.yaml:2: discord.token is missing: set token, token_file or the variable STAFFROOM_DISCORD_D_TOKEN",
				"config.yaml:3: unknown setting 'tokn'; did you mean 'token'?",
			},
		},
		{
			name: "unknown setting without one",
			text: "log:\n  colour: red\n",
			want: []string{"config.yaml:2: unknown setting 'colour'; the settings here are level and format"},
		},
		{
			name: "capitals",
			text: "Language: en\n",
			want: []string{"config.yaml:1: unknown setting 'Language'; did you mean 'language'?"},
		},
		{
			name: "given twice",
			text: "language: en\nzone: UTC\nlanguage: es\n",
			want: []string{`config.yaml:3: the setting "language" is given twice, first in line 1`},
		},
		{
			name: "wrong kinds",
			text: "language: [en]\nzone: 5\nredis: data\nhttp:\n  - listen\nlog:\n  level: true\n  format: {a: b}\ndiscord:\n  name: d\nslack:\n  - xoxb-1\n",
			want: []string{
				"config.yaml:1: language expects en or es, found a list",
				"config.yaml:2: zone expects the name of a time zone, such as America/New_York, found a number (in quotes it would be a text)",
				"config.yaml:3: redis expects settings below it, indented, found a text",
				"config.yaml:4: http expects settings below it, indented, found a list",
				"config.yaml:7: log.level expects debug, info, warn or error, found true or false (in quotes it would be a text)",
				"config.yaml:8: log.format expects text or json, found settings below it",
				"config.yaml:9: discord expects a list whose entries begin with '- name: discord-main', found settings below it",
				"config.yaml:12: slack expects each entry to begin with '- name: slack-lincoln', found a text",
			},
		},
		{
			name: "anchors and aliases",
			text: "language: &a en\nzone: *a\n",
			want: []string{
				"config.yaml:1: language expects en or es, found a YAML anchor, alias or tag, which this file does not use",
				"config.yaml:2: zone expects the name of a time zone, such as America/New_York, found a YAML anchor, alias or tag, which this file does not use",
			},
		},
		{
			name: "wrong values",
			text: "language: fr\nzone: Mars/Olympus\nredis:\n  url: http://sam:pa55@host\n  data_dir: ''\nhttp:\n  listen: localhost\nlog:\n  level: loud\nshutdown: 1h\n",
			want: []string{
				`config.yaml:1: language expects en or es, found "fr"`,
				`config.yaml:2: zone expects the name of a time zone, such as America/New_York, found "Mars/Olympus"`,
				"config.yaml:4: redis.url expects an address that begins with redis://, rediss:// or unix://",
				`config.yaml:5: redis.data_dir expects the path of a folder, found ""`,
				`config.yaml:7: http.listen expects an address and a port, such as "127.0.0.1:8080", found "localhost"`,
				`config.yaml:9: log.level expects debug, info, warn or error, found "loud"`,
				`config.yaml:10: shutdown expects a time between 1s and 5m, such as 10s, found "1h"`,
			},
		},
		{
			name: "a zone that differs between machines",
			text: "zone: Local\n",
			want: []string{`config.yaml:1: zone expects the name of a time zone, such as America/New_York, found "Local"`},
		},
		{
			name: "a port that is none",
			text: "http:\n  listen: \":65536\"\n",
			want: []string{`config.yaml:2: http.listen expects an address and a port, such as "127.0.0.1:8080", found ":65536"`},
		},
		{
			name: "names",
			text: "discord:\n- {name: Main, token: t}\n- {token: t}\n- {name: 7, token: t}\n- {name: same, token: t}\nslack:\n- {name: same, bot_token: xoxb-1, app_token: xapp-1}\n",
			want: []string{
				`config.yaml:2: discord.name expects a name of 1 to 24 small letters (a to z), digits and hyphens, such as discord-main, found "Main"`,
				"config.yaml:3: discord.name is missing: each connection needs a name of 1 to 24 small letters (a to z), digits and hyphens, such as discord-main",
				"config.yaml:4: discord.name expects a name of 1 to 24 small letters (a to z), digits and hyphens, such as discord-main, found a number (in quotes it would be a text)",
				"config.yaml:7: slack.name 'same' is taken by the connection in line 5; give each its own",
			},
		},
		{
			name: "tokens",
			text: "discord:\n- {name: d, token: Bot abc}\nslack:\n- {name: s, bot_token: xapp-1, app_token: xoxb-1}\n- {name: t, bot_token: 'xoxb-', app_token: 9}\n- {bot_token: xoxb-1}\n" +
				"- {name: u, bot_token: xoxb-paste-the-token-here, app_token: 'xapp-…'}\n",
			want: []string{
				"config.yaml:2: discord.token expects the token alone, without spaces",
				"config.yaml:4: slack.bot_token expects a token that begins with xoxb-, the whole of it and nothing else; the one that is given begins with xapp-",
				"config.yaml:4: slack.app_token expects a token that begins with xapp-, the whole of it and nothing else; the one that is given begins with xoxb-",
				"config.yaml:5: slack.bot_token expects a token that begins with xoxb-, the whole of it and nothing else",
				"config.yaml:5: slack.app_token expects a token that begins with xapp-, the whole of it and nothing else, found a number (in quotes it would be a text)",
				"config.yaml:6: slack.name is missing: each connection needs a name of 1 to 24 small letters (a to z), digits and hyphens, such as slack-lincoln",
				"config.yaml:6: slack.app_token is missing: set app_token or app_token_file",
				"config.yaml:7: slack.bot_token is not filled in yet: put the token in the place of what config.example.yaml says there",
				"config.yaml:7: slack.app_token expects a token that begins with xapp-, the whole of it and nothing else",
			},
		},
		{
			name: "where Slack sends to",
			text: "http:\n  listen: \":80\"\npublic:\n  listen: \":80\"\n  url: http://bot.example.org\nslack:\n- {name: s, bot_token: xoxb-1, signing_secret: abc}\n",
			want: []string{
				"config.yaml:3: public.listen and http.listen are the same; the page for health and metrics must not be open to the internet",
				"config.yaml:5: public.url expects an address that begins with https://",
			},
		},
		{
			name: "a signing secret and no address",
			text: "slack:\n- {name: s, bot_token: xoxb-1, signing_secret: abc}\n- {name: t, bot_token: xoxb-1, signing_secret: 'a b', app_token: xapp-1}\n",
			want: []string{
				"config.yaml:2: slack.signing_secret without an app_token means that Slack sends to an address of yours: set public.listen",
				"config.yaml:3: slack.signing_secret expects the token alone, without spaces",
			},
		},
		{
			name: "token and file",
			text: "slack:\n- name: s\n  bot_token: xoxb-1\n  bot_token_file: ./none\n  app_token_file: ./none\n",
			want: []string{
				"config.yaml:4: slack.bot_token and slack.bot_token_file are both given; remove one",
				"config.yaml:4: slack.bot_token_file: ./none cannot be read: no such file or directory",
				"config.yaml:5: slack.app_token_file: ./none cannot be read: no such file or directory",
			},
		},
		{
			name: "files that hold no token",
			text: "slack:\n- name: s\n  bot_token_file: ./empty\n  app_token_file: ./\n",
			want: []string{
				"config.yaml:3: slack.bot_token_file: ./empty is empty",
				"config.yaml:4: slack.app_token_file: ./ is not a file",
			},
		},
		{
			name: "addresses",
			text: "discord:\n- {name: a, token: t, api_url: discord.com}\n- {name: b, token: t, api_url: 'https://sam:pa55@host'}\n- {name: c, token: t, api_url: 'ftp://host'}\n",
			want: []string{
				"config.yaml:2: discord.api_url expects an address that begins with https:// or http://",
				"config.yaml:3: discord.api_url expects an address that begins with https:// or http://",
				"config.yaml:4: discord.api_url expects an address that begins with https:// or http://",
			},
		},
		{
			name: "how Discord is connected",
			text: "discord:\n- {name: a, token: t, public_key: abc}\n- {name: b, token: t, public_key: 'zz'}\n- {name: c, token: t, message_content: 'no'}\n- {name: d, token: t, message_content: 0}\n",
			want: []string{
				"config.yaml:2: discord.public_key expects the 64 digits and letters of the application's public key, in quotes, found \"abc\"",
				"config.yaml:3: discord.public_key expects the 64 digits and letters of the application's public key, in quotes, found \"zz\"",
				"config.yaml:4: discord.message_content expects true or false, found a text",
				"config.yaml:5: discord.message_content expects true or false, found a number (in quotes it would be a text)",
			},
		},
		{
			name: "environment, after the file's problems",
			text: "language: fr\nslack:\n- {name: a-b, bot_token: xoxb-1, app_token: xapp-1}\n",
			env: map[string]string{
				"STAFFROOM_LOG_LEVEL":           "loud",
				"STAFFROOM_SLACK_A_B_APP_TOKEN": "xoxb-2",
			},
			want: []string{
				`config.yaml:1: language expects en or es, found "fr"`,
				`environment: STAFFROOM_LOG_LEVEL expects debug, info, warn or error, found "loud"`,
				"environment: STAFFROOM_SLACK_A_B_APP_TOKEN expects a token that begins with xapp-, the whole of it and nothing else; the one that is given begins with xoxb-",
			},
		},
		{
			name: "not YAML",
			text: "language: en\nlog: {level: info\n",
			want: []string{"config.yaml:2: not readable as YAML: could not find flow mapping end token '}'"},
		},
		{
			name: "tab",
			text: "log:\n\tlevel: info\n",
			want: []string{"config.yaml:2: not readable as YAML: there is a tab; indent with spaces"},
		},
		{
			name: "no settings",
			text: "language\n",
			want: []string{"config.yaml:1: the file expects settings such as 'language: en', found a text"},
		},
		{
			name: "two documents",
			text: "language: en\n---\nlanguage: es\n",
			want: []string{"config.yaml:3: everything after a second '---' would be ignored; remove that line"},
		},
		{
			name: "too large",
			text: strings.Repeat("# a line of notes\n", 1<<16),
			want: []string{"config.yaml: has more than 1024 kB"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			write(t, map[string]string{"config.yaml": c.text, "empty": " \n"})
			_, _, err := Load("config.yaml", vars(c.env))
			if err == nil {
				t.Fatal("no error")
			}
			if got, want := err.Error(), strings.Join(c.want, "\n"); got != want {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

// TestSecretsStayOutOfMessages puts a token everywhere that a person might paste it by mistake.
func TestSecretsStayOutOfMessages(t *testing.T) {
	const token = "xoxb-123456789012-1234567890123-AbCdEfGhIjKlMnOpQrStUvWx"
	for _, text := range []string{
		token,
		token + ": x",
		"language: " + token,
		"zone: " + token,
		"shutdown: " + token,
		"http:\n  listen: " + token,
		"redis: " + token,
		"redis:\n  url: " + token,
		"redis:\n  url_file: " + token,
		"redis:\n  " + token + ": 1\n  " + token + ": 2",
		"slack: " + token,
		"slack:\n- " + token,
		"slack:\n- name: " + token,
		"slack:\n- name: s\n  bot_token: \"" + token,
		"slack:\n- name: s\n  bot_token: " + token + ": x",
		"slack:\n- name: s\n  bot_token: " + token + "\n    app_token: x",
		"slack:\n- name: s\n  bot_token: {" + token + "\n",
		"slack:\n- name: s\n  app_token: " + token,
		"slack:\n- name: s\n  bot_token_file: " + token,
		"slack:\n- name: s\n  api_url: https://" + token + "@host",
	} {
		write(t, map[string]string{"config.yaml": text})
		_, _, err := Load("config.yaml", noEnv)
		if err == nil {
			t.Errorf("no error for %q", text)
		} else if strings.Contains(err.Error(), token) {
			t.Errorf("the token is shown for %q: %v", text, err)
		}
	}
}

func TestEdits(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"token", "token", 0},
		{"tokn", "token", 1},
		{"tokken", "token", 1},
		{"taken", "token", 1},
		{"url", "zone", 4},
		{"ñame", "name", 1},
		{"a", "abcdef", 6},
	} {
		if got := edits(c.a, c.b); got != c.want {
			t.Errorf("edits(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
	}
}
