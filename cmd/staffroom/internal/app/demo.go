package app

import (
	"bufio"
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/staffroom-bot/staffroom/adapters/console"
	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/discussion"
	"github.com/staffroom-bot/staffroom/bot/redis/engine"
)

type demoCommand struct {
	Out string `help:"Folder for the archive that is written at the end." default:"staffroom-demo" type:"path" placeholder:"DIR"`
}

//go:embed demo/script.yaml
var demoScript []byte

//go:embed demo/messages.csv
var demoMessages []byte

// demoVisitor is who sits at the keyboard.
const demoVisitor = "you"

const demoWelcome = `This is Staffroom with a short sample chat. Maria hosts, four educators answer, and you.
Try, one line at a time:
  A1 A wrong graph taught me most        answer question 1
  /chat mine                             see where your answers are filed
  !press Answer                          answer by a form, then: !fill answer="Quiet time first"
  /chat list     /staffroom help         look around
  !reply d2 What did he draw?            reply to message d2
Ctrl-C ends it and writes the archive to %s.

`

// Run plays the sample chat until a signal or the end of the input.
func (c *demoCommand) Run(ctx context.Context, a *App) error {
	script, err := discussion.ParseScript(demoScript)
	if err != nil {
		return err
	}
	messages, err := readImported(bytes.NewReader(demoMessages))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(c.Out, 0o755); err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	if _, err := fmt.Fprintf(a.Out, demoWelcome, c.Out); err != nil {
		return err
	}
	e, err := engine.Open(ctx, engine.Options{InProcess: true})
	if err != nil {
		return err
	}
	defer func() { _ = closeEngine(e) }()
	script.Start = time.Now().Add(time.Second).Truncate(time.Second)
	t, err := newTerminal(ctx, terminalOptions{
		engine: e, language: "en", zone: localZone(), log: quietly(a.Err),
		console: console.Options{Channel: "teachtalk", Out: a.Out, Color: isTerminal(a.Out), Files: c.Out},
	})
	if err != nil {
		return err
	}
	p := &player{terminal: t, until: func(ctx context.Context, at time.Time) error { return pause(ctx, time.Until(at)) }}
	err = t.start(ctx, func(ctx context.Context) error { return c.hold(ctx, a, p, script, messages) })
	if err != nil && ctx.Err() == nil {
		return err
	}
	// The chat ended with ctx; writing its archive must not.
	archive, err := p.write(context.WithoutCancel(ctx), c.Out)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.Out, "\nThe archive of %q (%d messages) is in %s: archive.html and archive.md to read, archive.csv for a spreadsheet, archive.json for programs.\n",
		archive.Title, len(archive.Messages), c.Out)
	return err
}

// hold plays the chat with the visitor typing along.
func (c *demoCommand) hold(ctx context.Context, a *App, p *player, script discussion.Script, messages []imported) error {
	for _, person := range []console.Person{
		{Name: demoVisitor, Role: bot.RoleHost}, {Name: "Maria", Role: bot.RoleOrganizer},
		{Name: "Ana"}, {Name: "Joe"}, {Name: "Priya"}, {Name: "Sam"},
	} {
		if err := p.console.Join(ctx, person); err != nil {
			return err
		}
	}
	if err := p.schedule(ctx, script, "teachtalk"); err != nil {
		return err
	}
	playing, stop := context.WithCancel(ctx)
	defer stop()
	played := make(chan error, 1)
	go func() {
		err := p.play(playing, messages)
		if err == nil {
			err = p.until(playing, script.Start.Add(script.Length+time.Second))
		}
		played <- err
	}()
	in := &watched{Reader: a.In}
	err := p.console.Lines(ctx, asVisitor(in))
	if err == nil && in.ended.Load() {
		// With nobody to end the chat, it plays to its end.
		return <-played
	}
	stop()
	return errors.Join(err, ended(playing, <-played))
}

// watched tells whether a reader has come to its end.
type watched struct {
	io.Reader
	ended atomic.Bool
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.Reader.Read(p)
	if err != nil {
		w.ended.Store(true)
	}
	return n, err
}

// asVisitor puts the visitor's name before what they type, unless it is about
// the console itself.
func asVisitor(in io.Reader) io.Reader {
	r, w := io.Pipe()
	go func() {
		scanner := bufio.NewScanner(in)
		scanner.Buffer(nil, 1<<20)
		for scanner.Scan() {
			line := scanner.Text()
			if !aboutConsole(line) {
				line = demoVisitor + ": " + line
			}
			if _, err := io.WriteString(w, line+"\n"); err != nil {
				return
			}
		}
		_ = w.CloseWithError(scanner.Err())
	}()
	return r
}

func aboutConsole(line string) bool {
	line = strings.TrimSpace(line)
	if line == "" {
		return true
	}
	for _, word := range []string{"!dm", "!join", "!in", "!help", "!quit", "!wait"} {
		if strings.HasPrefix(line, word) {
			return true
		}
	}
	return false
}

// localZone is the machine's zone, if it has an IANA name.
func localZone() string {
	if name := time.Local.String(); name != "Local" {
		return name
	}
	return "UTC"
}
