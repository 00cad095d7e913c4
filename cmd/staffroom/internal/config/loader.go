package config

import (
	"fmt"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// loader collects what one call of Load finds.
type loader struct {
	file     string
	optional bool // the file may be missing
	exposed  bool // every user of the machine can read the file, and nobody was told yet
	env      func(string) (string, bool)
	problems []problem
	warnings []Warning
}

const (
	defaultShutdown = 10 * time.Second
	minShutdown     = time.Second
	maxShutdown     = 5 * time.Minute
)

// config reads and checks every setting there is.
func (l *loader) config(root *section) Config {
	var cfg Config
	cfg.Language = l.oneOf(root, setting{key: "language", env: "STAFFROOM_LANGUAGE", fallback: "en"}, "en", "es")
	cfg.Zone = l.zone(root)

	redis := root.section("redis")
	cfg.Redis.URL = l.redisURL(redis)
	cfg.Redis.DataDir = l.dataDir(redis)
	redis.finish()

	http := root.section("http")
	cfg.HTTP.Listen = l.listen(http, setting{key: "listen", env: "STAFFROOM_HTTP_LISTEN", fallback: "127.0.0.1:8080"})
	http.finish()

	cfg.Public = l.public(root, cfg.HTTP.Listen)

	log := root.section("log")
	level := l.oneOf(log, setting{key: "level", env: "STAFFROOM_LOG_LEVEL", fallback: "info"}, "debug", "info", "warn", "error")
	_ = cfg.Log.Level.UnmarshalText([]byte(level)) // it knows these four, and oneOf has reported any other
	cfg.Log.JSON = l.oneOf(log, setting{key: "format", env: "STAFFROOM_LOG_FORMAT", fallback: "text"}, "text", "json") == "json"
	log.finish()

	cfg.Shutdown = l.shutdown(root)

	taken := map[string]place{}
	for _, item := range root.list("discord", "name: discord-main") {
		cfg.Discord = append(cfg.Discord, l.discord(item, taken))
		item.finish()
	}
	for _, item := range root.list("slack", "name: slack-lincoln") {
		cfg.Slack = append(cfg.Slack, l.slack(item, taken, cfg.Public.Listen != ""))
		item.finish()
	}
	root.finish()
	return cfg
}

// oneOf reads a setting that has a few possible values.
func (l *loader) oneOf(s *section, set setting, choices ...string) string {
	set.want = list(choices, "or")
	v := s.text(set)
	if !slices.Contains(choices, v.text) {
		l.expects(v, set.want)
	}
	return v.text
}

func (l *loader) zone(s *section) *time.Location {
	const want = "the name of a time zone, such as America/New_York"
	v := s.text(setting{key: "zone", env: "STAFFROOM_ZONE", fallback: "UTC", want: want})
	zone, err := time.LoadLocation(v.text)
	// "" and "Local" load too, but mean something else on each machine.
	if err != nil || v.text == "" || v.text == "Local" {
		l.expects(v, want)
		return time.UTC
	}
	return zone
}

// redisForm is how an address of Redis begins; what follows is for the engine to understand.
var redisForm = regexp.MustCompile(`^(rediss?|unix)(\+[a-z]+)?://.`)

func (l *loader) redisURL(s *section) Secret {
	const want = "an address that begins with redis://, rediss:// or unix://"
	v := l.secret(s, setting{key: "url", env: "STAFFROOM_REDIS_URL", want: want})
	if v.text != "" && !redisForm.MatchString(v.text) {
		l.expectsSecret(v, want)
	}
	return newSecret(v.text)
}

func (l *loader) dataDir(s *section) string {
	const want = "the path of a folder"
	v := s.text(setting{key: "data_dir", env: "STAFFROOM_DATA_DIR", fallback: "data", want: want})
	if v.text == "" || strings.ContainsRune(v.text, 0) {
		l.expects(v, want)
	}
	return v.text
}

func (l *loader) listen(s *section, set setting) string {
	const want = `an address and a port, such as "127.0.0.1:8080"`
	set.want = want
	v := s.text(set)
	if v.text == "" {
		return ""
	}
	host, port, err := net.SplitHostPort(v.text)
	if _, portErr := strconv.ParseUint(port, 10, 16); err != nil || portErr != nil || strings.ContainsFunc(host, unicode.IsSpace) {
		l.expects(v, want)
	}
	return v.text
}

func (l *loader) shutdown(s *section) time.Duration {
	want := fmt.Sprintf("a time between %s and %s, such as %s", minShutdown, "5m", defaultShutdown)
	v := s.text(setting{key: "shutdown", fallback: defaultShutdown.String(), want: want})
	d, err := time.ParseDuration(v.text)
	if err != nil || d < minShutdown || d > maxShutdown {
		l.expects(v, want)
	}
	return d
}

var nameForm = regexp.MustCompile(`^[a-z0-9-]{1,24}$`)

// name reads a connection's name. The result is empty if there is none that can be used.
func (l *loader) name(s *section, example string, taken map[string]place) string {
	want := "a name of 1 to 24 small letters (a to z), digits and hyphens, such as " + example
	reported := len(l.problems)
	v := s.text(setting{key: "name", want: want})
	switch first, again := taken[v.text]; {
	case len(l.problems) > reported: // one problem for each name is enough
	case v.text == "":
		l.report(v.at, "%s is missing: each connection needs %s", v.at.setting, want)
	case !nameForm.MatchString(v.text):
		l.expects(v, want)
	case again:
		l.report(v.at, "%s '%s' is taken by the connection in line %d; give each its own", v.at.setting, v.text, first.line)
	default:
		taken[v.text] = v.at
		return v.text
	}
	return ""
}

func (l *loader) apiURL(s *section) string {
	const want = "an address that begins with https:// or http://"
	v := s.text(setting{key: "api_url", want: want})
	if v.text == "" {
		return ""
	}
	u, err := url.Parse(v.text)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") || u.User != nil {
		l.expectsSecret(v, want)
	}
	return v.text
}

// token reads a secret that a connection cannot do without.
func (l *loader) token(s *section, connection, key, prefix string) Secret {
	reported := len(l.problems)
	secret, at := l.readToken(s, connection, key, prefix)
	switch {
	case len(l.problems) > reported || secret != (Secret{}): // one problem for each token is enough
	case connection != "":
		l.report(at, "%s is missing: set %s, %s_file or the variable %s", at.setting, key, key, variable(s, connection, key))
	default:
		l.report(at, "%s is missing: set %s or %s_file", at.setting, key, key)
	}
	return secret
}

// optionalToken reads a secret that may be left out.
func (l *loader) optionalToken(s *section, connection, key, prefix string) Secret {
	secret, _ := l.readToken(s, connection, key, prefix)
	return secret
}

func (l *loader) readToken(s *section, connection, key, prefix string) (Secret, place) {
	want := "the token alone, without spaces"
	if prefix != "" {
		want = "a token that begins with " + prefix + ", the whole of it and nothing else"
	}
	set := setting{key: key, env: variable(s, connection, key), want: want}
	reported := len(l.problems)
	v := l.secret(s, set)
	switch {
	case len(l.problems) > reported || v.text == "": // one problem for each token is enough
	case strings.Contains(v.text, placeholder):
		l.report(v.at, "%s is not filled in yet: put the token in the place of what config.example.yaml says there", v.at.setting)
	case !strings.HasPrefix(v.text, prefix) || len(v.text) == len(prefix) || strings.ContainsFunc(v.text, notInToken):
		if other := kindOfToken(v.text); prefix != "" && other != "" && other != prefix {
			want += "; the one that is given begins with " + other
		}
		l.expectsSecret(v, want)
	}
	return newSecret(v.text), v.at
}

// placeholder is in every token of config.example.yaml.
const placeholder = "paste-the-"

// kindOfToken is how a token of Slack begins, by which people know the two that they need from others. It is no secret.
// https://docs.slack.dev/authentication/tokens
func kindOfToken(text string) string {
	for _, kind := range []string{"xoxb-", "xapp-", "xoxp-", "xoxe"} {
		if strings.HasPrefix(text, kind) {
			return kind
		}
	}
	return ""
}

// variable names the variable of a connection's setting; "" if the connection has no name.
func variable(s *section, connection, key string) string {
	if connection == "" {
		return ""
	}
	platform := s.at.setting // the list that the connection stands in
	return "STAFFROOM_" + strings.ToUpper(strings.ReplaceAll(platform+"_"+connection+"_"+key, "-", "_"))
}

func notInToken(r rune) bool { return r <= ' ' || r > '~' }
