// Package config reads what an operator may decide: one YAML file, overridden by the environment.
//
// The file is read strictly. A setting that does not exist, a value of the wrong kind and a value that cannot work are
// all reported, together, each in words that name the file, the line and what is expected. Whatever Load returns
// without an error can be used as it is: zones are loaded, token files are read, names are unique.
//
// An environment variable wins over the file; one that is set but empty counts as not set. Relative paths, in the file
// and in the environment, start at the directory in which the program was started.
package config

import (
	"log/slog"
	"time"
)

// Config is everything that can be set. Every field has a usable value: what was not set has its default.
type Config struct {
	// Language is what members read until they or their community choose another: "en" or "es".
	Language string
	// Zone is the time zone of a community that has not chosen one.
	Zone *time.Location
	// Redis says where state is kept.
	Redis Redis
	// HTTP is the page for health checks and metrics.
	HTTP HTTP
	// Public is what is open to the internet.
	Public Public
	// Log says what is logged, and how.
	Log Log
	// Shutdown is the longest that an orderly stop may take.
	Shutdown time.Duration
	// Discord has one entry for each bot on Discord, in the order of the file.
	Discord []Discord
	// Slack has one entry for each workspace that the bot is installed in, in the order of the file.
	Slack []Slack
}

// Redis says where state is kept.
type Redis struct {
	// URL names a shared server: redis://, rediss:// or unix://, with +cluster or +sentinel before the colon for those.
	// It may hold a password. Empty: a private server under DataDir where redis-server is installed, else one in memory.
	URL Secret
	// DataDir is the folder that the private server keeps its files in.
	DataDir string
}

// HTTP is the page for health checks and metrics.
type HTTP struct {
	// Listen is a host and a port, "127.0.0.1:8080"; the host may be empty, for every address of the machine.
	// Empty: nothing listens.
	Listen string
}

// Log says what is logged, and how.
type Log struct {
	// Level is the least important level that is still written.
	Level slog.Level
	// JSON writes one JSON object a line, for collectors; otherwise lines are for people.
	JSON bool
}

// DefaultPath is read when no path is given; it may be missing.
const DefaultPath = "config.yaml"

// Defaults is what holds where nothing is set: no file and no environment.
func Defaults() Config {
	l := &loader{env: func(string) (string, bool) { return "", false }}
	return l.config(l.parse(nil))
}

// Load reads the file at path and the environment, which env looks up like os.LookupEnv.
//
// An empty path means config.yaml in the current directory, which need not exist; a path that is given must. The error
// lists every problem found, one a line. Warnings name what works but should be changed, such as a token that every
// user of the machine can read; they come with or without an error.
func Load(path string, env func(string) (string, bool)) (Config, []Warning, error) {
	l := &loader{file: path, env: env, optional: path == ""}
	if path == "" {
		l.file = DefaultPath
	}
	cfg := l.config(l.root())
	if err := l.err(); err != nil {
		return Config{}, l.warnings, err
	}
	return cfg, l.warnings, nil
}
