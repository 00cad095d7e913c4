package app

import (
	"context"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/staffroom-bot/staffroom/adapters/console"
	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/redis/engine"
	"github.com/staffroom-bot/staffroom/cmd/staffroom/internal/house"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// terminal is a house whose only platform is the console: what demo, console
// and rehearse have in common.
type terminal struct {
	*house.House
	console *console.Adapter
	engine  *engine.Engine
	manual  *scheduler.ManualClock // nil: the clock goes by itself
}

// terminalOptions say how the terminal is to be.
type terminalOptions struct {
	engine   *engine.Engine
	manual   *scheduler.ManualClock
	language string
	zone     string
	log      *slog.Logger
	console  console.Options
}

func newTerminal(ctx context.Context, o terminalOptions) (*terminal, error) {
	t := &terminal{engine: o.engine, manual: o.manual}
	var clock scheduler.Clock = systemClock{}
	if o.manual != nil {
		clock = o.manual
	}
	var err error
	t.House, err = house.Build(ctx, house.Options{
		Engine: o.engine, Clock: clock, Manual: o.manual != nil,
		Language: o.language, Zone: o.zone, Version: version(), Log: o.log,
		Adapters: func(tools house.Tools) ([]bot.Adapter, error) {
			c := o.console
			c.Now, c.Zone, c.Log = clock.Now, o.zone, o.log
			c.Words, c.Language = tools.Words, o.language
			c.Settle = t.settle
			if o.manual != nil {
				c.Wait = t.wait
			}
			c.Joined = func(ctx context.Context, p console.Person) error {
				_, err := tools.Directory.Appoint(ctx, t.console.Account(p.Name), p.Name, func(m *bot.Member) {
					m.Role, m.Zone, m.Language = p.Role, p.Zone, p.Language
				})
				return err
			}
			t.console, err = console.New(c)
			return []bot.Adapter{t.console}, err
		},
	})
	return t, err
}

// wait moves the manual clock and runs what is due on the way.
func (t *terminal) wait(ctx context.Context, d time.Duration) error {
	if err := t.manual.RunUntil(ctx, t.Runner, t.manual.Now().Add(d)); err != nil {
		return err
	}
	t.engine.Elapse(d)
	return nil
}

// settled is how long a script waits, on a real clock, for what is due.
const settled = 3 * time.Second

// settle returns when nothing is due any more.
func (t *terminal) settle(ctx context.Context) error {
	if t.manual != nil {
		return t.Runner.RunDue(ctx)
	}
	err := t.settleReal(ctx)
	if bot.CodeOf(err) == bot.Unavailable {
		// The log says so; what is due happens when the store is back.
		return nil
	}
	return err
}

func (t *terminal) settleReal(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, settled)
	defer cancel()
	for ctx.Err() == nil {
		now, err := t.Store.Now(ctx)
		if err != nil {
			return ended(ctx, err)
		}
		due, ok, err := t.Store.NextDue(ctx)
		if err != nil || (!ok || due.After(now)) && !t.Runner.Active() {
			return ended(ctx, err)
		}
		timer := time.NewTimer(2 * time.Millisecond)
		select {
		case <-timer.C:
		case <-ctx.Done():
		}
		timer.Stop()
	}
	return nil
}

// start runs the house beside the work, and stops it when the work is done.
func (t *terminal) start(ctx context.Context, work func(context.Context) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ran := make(chan error, 1)
	go func() { ran <- t.Run(ctx) }()
	err := work(ctx)
	stop()
	if ranErr := <-ran; err == nil {
		err = ranErr
	}
	return err
}

// quietly is a log for commands whose output is for people: warnings and errors
// only.
func quietly(w io.Writer) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelWarn}))
}

// isTerminal reports whether w is a screen, which may show colours.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
