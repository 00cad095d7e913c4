package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"github.com/staffroom-bot/staffroom/adapters/console"
	"github.com/staffroom-bot/staffroom/bot/discussion"
	"github.com/staffroom-bot/staffroom/bot/redis"
	"github.com/staffroom-bot/staffroom/bot/redis/engine"
	"github.com/staffroom-bot/staffroom/scheduler"
)

type rehearseCommand struct {
	Script   string `arg:"" help:"The chat's script, a YAML file." type:"existingfile"`
	Messages string `help:"What people say: a CSV file of second, author, id, thread_of, text." type:"existingfile" placeholder:"FILE"`
	Speed    speed  `help:"How fast: max, or how many times as fast as a clock, and then it is shown." default:"max"`
	Out      string `help:"Folder for the archive: archive.html, .md, .csv and .json." required:"" type:"path" placeholder:"DIR"`
	Language string `help:"Language of the bot's posts: en or es." enum:"en,es" default:"en"`

	watch func(script string, done bool) // sees the calls of Redis; for tests
}

// speed is how many times as fast as a clock; 0 is as fast as can be.
type speed float64

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *speed) UnmarshalText(text []byte) error {
	if string(text) == "max" {
		*s = 0
		return nil
	}
	f, err := strconv.ParseFloat(string(text), 64)
	if err != nil || !(f > 0 && f <= 1e6) {
		return fmt.Errorf("expected max, or a number such as 60 for an hour in a minute, got %q", text)
	}
	*s = speed(f)
	return nil
}

// channelOfRehearsal is where the people of a rehearsal are.
const channelOfRehearsal = "chat"

// Run plays the chat.
func (c *rehearseCommand) Run(ctx context.Context, a *App) (err error) {
	data, err := os.ReadFile(c.Script)
	if err != nil {
		return err
	}
	script, err := discussion.ParseScript(data)
	if err != nil {
		return fmt.Errorf("%s:\n%w", c.Script, err)
	}
	messages, err := c.messages()
	if err != nil {
		return err
	}
	if c.Out == "" {
		return errors.New("--out: expected a folder")
	}
	if err := os.MkdirAll(c.Out, 0o755); err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	clock := scheduler.NewManualClock(script.Start.Add(-time.Minute))
	e, err := engine.Open(ctx, engine.Options{InProcess: true, Start: clock.Now()})
	if err != nil {
		return err
	}
	defer func() { _ = closeEngine(e) }()
	if c.watch != nil {
		redis.Watch(e.Client(), c.watch)
	}
	out := io.Discard
	if c.Speed > 0 {
		out = a.Out
	}
	t, err := newTerminal(ctx, terminalOptions{
		engine: e, manual: clock, language: c.Language, zone: script.Zone, log: quietly(a.Err),
		console: console.Options{
			Channel: channelOfRehearsal, Out: out, Color: isTerminal(out), FirstNumber: firstFree(messages),
		},
	})
	if err != nil {
		return err
	}
	p := &player{terminal: t, until: c.pace(t)}
	begun := time.Now()
	var archive discussion.Archive
	err = t.start(ctx, func(ctx context.Context) error {
		if err := p.join(ctx, script.Hosts, messages); err != nil {
			return err
		}
		if err := p.schedule(ctx, script, channelOfRehearsal); err != nil {
			return err
		}
		if err := p.play(ctx, messages); err != nil {
			return err
		}
		if err := p.until(ctx, script.Start.Add(script.Length)); err != nil {
			return err
		}
		// Late answers end three days later. Nobody waits for that.
		if err := t.wait(ctx, discussion.LateAnswers+time.Second); err != nil {
			return err
		}
		return nil
	})
	if err != nil && (ctx.Err() == nil || p.said == 0) {
		return err
	}
	// Ctrl-C ends the rehearsal, not its archive.
	archive, err = p.write(context.WithoutCancel(ctx), c.Out)
	if err != nil {
		return err
	}
	return c.report(a.Out, p, archive, time.Since(begun))
}

func (c *rehearseCommand) messages() ([]imported, error) {
	if c.Messages == "" {
		return nil, nil
	}
	f, err := os.Open(c.Messages)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	messages, err := readImported(f)
	if err != nil {
		return nil, fmt.Errorf("%s:\n%w", c.Messages, err)
	}
	return messages, nil
}

// firstFree is a message number above every imported one.
func firstFree(messages []imported) int {
	first := 1
	for _, m := range messages {
		if n, err := strconv.Atoi(m.id); err == nil && n >= first && n < 1<<40 {
			first = n + 1
		}
	}
	return first
}

// pace gives the function that moves the clock: at once, or with pauses.
func (c *rehearseCommand) pace(t *terminal) func(context.Context, time.Time) error {
	return func(ctx context.Context, until time.Time) error {
		for c.Speed > 0 {
			left := until.Sub(t.manual.Now())
			if left <= 0 {
				break
			}
			step := min(left, time.Duration(float64(100*time.Millisecond)*float64(c.Speed)))
			if err := pause(ctx, time.Duration(float64(step)/float64(c.Speed))); err != nil {
				return err
			}
			if err := t.wait(ctx, step); err != nil {
				return err
			}
		}
		return t.wait(ctx, max(0, until.Sub(t.manual.Now())))
	}
}

// pause waits for d, or for the end of ctx.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// report sums the rehearsal up.
func (c *rehearseCommand) report(w io.Writer, p *player, archive discussion.Archive, took time.Duration) error {
	kinds := map[discussion.Kind]int{}
	byQuestion := map[int]int{}
	for _, m := range archive.Messages {
		kinds[m.Kind]++
		if m.Kind == discussion.Answer {
			for _, q := range m.Questions {
				byQuestion[q]++
			}
		}
	}
	out := &lines{w: w}
	out.line("%s: %d of %d questions asked, %d messages from %d people",
		archive.Title, len(archive.Questions), len(p.chat.Script.Questions), p.said, len(archive.Participants))
	for _, q := range archive.Questions {
		out.line("  Q%d at %s: %d answers", q.Number, time.Duration(q.Second)*time.Second, byQuestion[q.Number])
	}
	out.line("  filed: %d answers, %d replies, %d remarks",
		kinds[discussion.Answer], kinds[discussion.Reply], kinds[discussion.Remark])
	if missing := p.said - len(archive.Messages); missing > 0 {
		out.line("  %d messages are not in the archive: they came before the doors opened or long after the end", missing)
	}
	for _, m := range p.loose {
		out.line("  line %d: message %s replies to %s, which was not there yet; it counts as a message of its own", m.line, m.id, m.threadOf)
	}
	if p.chat.Script.StartMoved {
		out.line("  the start falls into the hour that the clocks skip: the doors open right after it")
	}
	out.line("  archive.html, .md, .csv and .json are in %s (took %s)", c.Out, took.Round(time.Millisecond))
	return out.err
}

// lines writes lines until one fails.
type lines struct {
	w   io.Writer
	err error
}

func (l *lines) line(format string, args ...any) {
	if l.err == nil {
		_, l.err = fmt.Fprintf(l.w, format+"\n", args...)
	}
}
