// Package app is the program: its commands, and how each puts the house
// together. It is a package of its own so that tests can run it whole.
package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"github.com/staffroom-bot/staffroom/cmd/staffroom/internal/config"
	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

// App is the program with what it takes from its surroundings.
type App struct {
	In       io.Reader
	Out, Err io.Writer
	Env      func(string) (string, bool)
	Exit     func(int) // ends the process at once: the second signal
}

type cli struct {
	Demo     demoCommand     `cmd:"" help:"See a short chat happen, and join in. Needs nothing else."`
	Run      runCommand      `cmd:"" help:"Connect to Discord and Slack, and stay up."`
	Check    checkCommand    `cmd:"" help:"Look at everything that running needs, and say what to mend."`
	Manifest manifestCommand `cmd:"" help:"Print what a platform wants to know of the bot: permissions and commands."`
	Console  consoleCommand  `cmd:"" help:"Use the bot in this terminal, as one or several people."`
	Rehearse rehearseCommand `cmd:"" help:"Play a whole chat from a script, and write its archive."`
	Chat     chatCommand     `cmd:"" help:"Set up a chat from a file."`
	Schedule scheduleCommand `cmd:"" help:"Try out when a rule applies."`
	Library  libraryCommand  `cmd:"" help:"Take lists of links into a library, and write it into a file."`
	Version  versionCommand  `cmd:"" help:"Tell which version this is."`
}

// Main runs the program with these arguments and gives its exit code.
func (a *App) Main(args []string) int {
	var c cli
	exited := -1
	parser, err := kong.New(&c,
		kong.Name("staffroom"),
		kong.Description("A chat bot that runs a professional learning network for educators."),
		kong.UsageOnError(),
		kong.Writers(a.Out, a.Err),
		kong.Exit(func(code int) { exited = code }),
	)
	if err != nil {
		panic(err) // the commands above are declared wrongly
	}
	parsed, err := parser.Parse(args)
	if exited >= 0 {
		return exited // --help
	}
	if err != nil {
		parser.FatalIfErrorf(err)
		return 2
	}
	ctx, stop := a.untilSignal()
	defer stop()
	parsed.BindTo(ctx, (*context.Context)(nil))
	if err := parsed.Run(a); err != nil {
		_, _ = fmt.Fprintln(a.Err, "staffroom: "+err.Error())
		return 1
	}
	return 0
}

// untilSignal gives a context that ends with the first interrupt or request to
// terminate. A second one ends the process at once.
func (a *App) untilSignal() (context.Context, func()) {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	done := make(chan struct{})
	go func() {
		for count := 0; ; count++ {
			select {
			case <-signals:
				if count > 0 {
					a.Exit(130)
				}
				cancel()
			case <-done:
				return
			}
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		close(done)
		cancel()
	}
}

// config reads the configuration; path may be empty. Warnings go to the log.
func (a *App) config(path string) (config.Config, *slog.Logger, error) {
	c, warnings, err := config.Load(path, a.Env)
	if err != nil {
		return c, nil, err
	}
	options := &slog.HandlerOptions{Level: c.Log.Level}
	var handler slog.Handler = slog.NewTextHandler(a.Err, options)
	if c.Log.JSON {
		handler = slog.NewJSONHandler(a.Err, options)
	}
	log := slog.New(handler)
	for _, w := range warnings {
		log.Warn("configuration", "warning", string(w))
	}
	return c, log, nil
}

// noConfiguration says that the configuration is looked for where there is none,
// "" if there is one: somebody may have started Staffroom in another folder. An
// empty path is where it is looked for.
func noConfiguration(path string) string {
	if path != "" {
		return "" // it must be there, and was read
	}
	if _, err := os.Stat(config.DefaultPath); !errors.Is(err, fs.ErrNotExist) {
		return ""
	}
	folder, err := os.Getwd()
	if err != nil {
		folder = "this folder"
	}
	return fmt.Sprintf("there is no %s in %s", config.DefaultPath, folder)
}

// makeConfiguration is what to do then.
const makeConfiguration = "copy config.example.yaml to " + config.DefaultPath + " there, or name the file with --config"

type versionCommand struct{}

func (versionCommand) Run(a *App) error {
	_, err := fmt.Fprintln(a.Out, "staffroom", version())
	return err
}

// version is the module's version, or the revision that was built.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return "development, " + s.Value[:min(12, len(s.Value))]
		}
	}
	return "development"
}

// systemClock is the machine's clock.
type systemClock struct{}

func (systemClock) Now() time.Time { return time.Now() }

// ended tells the end of a context from a real failure.
func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return nil
	}
	return err
}

// localTime reads a time such as 2026-03-08T19:55 in a zone. One that its clocks
// skip means right after, as it does in a rule.
func localTime(s string, loc *time.Location) (time.Time, error) {
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05"} {
		if wall, err := time.Parse(layout, strings.Replace(s, " ", "T", 1)); err == nil {
			at, _ := rule.Instant(wall, loc)
			return at, nil
		}
	}
	return time.Time{}, fmt.Errorf("expected a local time such as 2026-03-08T19:55, got %q", s)
}
