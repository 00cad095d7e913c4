package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/staffroom-bot/staffroom/adapters/console"
	"github.com/staffroom-bot/staffroom/bot/redis/engine"
	"github.com/staffroom-bot/staffroom/cmd/staffroom/internal/config"
	"github.com/staffroom-bot/staffroom/scheduler"
)

type consoleCommand struct {
	Config    string `help:"Configuration file; none is read otherwise." type:"path" placeholder:"FILE"`
	Ephemeral bool   `help:"Keep nothing: all is lost at the end."`
	Clock     string `help:"Whether time goes by itself (real) or by !wait (manual)." enum:"real,manual" default:"real"`
	At        string `help:"Where a manual clock begins: a local time such as 2026-03-08T19:55." placeholder:"TIME"`
	Zone      string `help:"IANA time zone of the community. Otherwise the configured one." placeholder:"ZONE"`
	Files     string `help:"Folder for files that the bot sends, such as an archive." default:"chat-files" placeholder:"DIR"`
	Language  string `help:"Language of the community: en or es. Otherwise the configured one." enum:",en,es" default:""`
}

// Run executes lines until the input ends.
func (c *consoleCommand) Run(ctx context.Context, a *App) (err error) {
	// Without being told to, the console does not touch what a running bot uses.
	cfg := config.Defaults()
	if c.Config != "" {
		var err error
		if cfg, _, err = a.config(c.Config); err != nil {
			return err
		}
	}
	loc := cfg.Zone
	if c.Zone != "" {
		if loc, err = time.LoadLocation(c.Zone); err != nil || c.Zone == "Local" {
			return fmt.Errorf("--zone: expected an IANA zone such as America/New_York, got %q", c.Zone)
		}
	}
	if c.Language != "" {
		cfg.Language = c.Language
	}
	clock, err := c.clock(loc)
	if err != nil {
		return err
	}
	e, err := engine.Open(ctx, c.engine(cfg.Redis.URL.Reveal(), cfg.Redis.DataDir, clock))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeEngine(e)) }()
	o := console.Options{Out: a.Out, Color: isTerminal(a.Out), Files: c.Files}
	if e.Durable() {
		// The store keeps the discussions, so the platform must keep its messages.
		if err := os.MkdirAll(cfg.Redis.DataDir, 0o700); err != nil {
			return err
		}
		o.Journal = filepath.Join(cfg.Redis.DataDir, "console.jsonl")
	}
	t, err := newTerminal(ctx, terminalOptions{
		engine: e, manual: clock, language: cfg.Language, zone: loc.String(), log: quietly(a.Err), console: o,
	})
	if err != nil {
		return err
	}
	return ended(ctx, t.start(ctx, func(ctx context.Context) error { return t.console.Lines(ctx, a.In) }))
}

// engine chooses the engine. A manual clock stands beside the real one, so what
// it does is not kept among real data.
func (c *consoleCommand) engine(url, dataDir string, clock *scheduler.ManualClock) engine.Options {
	if clock != nil {
		return engine.Options{InProcess: true, Start: clock.Now()}
	}
	return engine.Options{URL: url, DataDir: dataDir, InProcess: c.Ephemeral}
}

func (c *consoleCommand) clock(loc *time.Location) (*scheduler.ManualClock, error) {
	switch {
	case c.Clock == "real" && c.At != "":
		return nil, errors.New("--at goes with --clock manual")
	case c.Clock == "real":
		return nil, nil
	case c.At == "":
		return scheduler.NewManualClock(time.Now()), nil
	}
	at, err := localTime(c.At, loc)
	if err != nil {
		return nil, fmt.Errorf("--at: %w", err)
	}
	return scheduler.NewManualClock(at), nil
}
