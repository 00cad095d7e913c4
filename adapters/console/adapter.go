// Package console is the terminal as a platform: several people in one window,
// who say things, give commands, press buttons and fill in forms. Lines drives
// it from a person or a script (docs/console.md lists every form of a line), and
// As drives it from a program. Input is worked off one by one, in order.
//
// The platform's own memory, its people and numbered messages, is kept in this
// process, and with Options.Journal in a file too.
package console

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// Options are what a console may be told. The zero value of each is usable.
type Options struct {
	Name    string           // the connection; "console" if empty
	Channel string           // where people are at first; "lounge" if empty
	Out     io.Writer        // gets what is shown, one Write for each thing; nil: nothing is shown
	Color   bool             // whether Out understands ANSI colours
	Now     func() time.Time // dates what is said and shown; nil: the real time
	Zone    string           // IANA zone of the times shown; UTC if empty

	// FirstNumber is the number of the first message; 1 if 0. Numbers go up from
	// there, past those that imported messages have.
	FirstNumber int
	// Journal is the file that keeps people and messages, so that a later
	// process goes on where this one ended. Empty: nothing is kept. It suits a
	// durable store; a store that outlives the console's memory would otherwise
	// meet the same message numbers again.
	Journal string
	// Files is the folder that files which come with a message are written to, for
	// people to open. Empty: only their names are shown.
	Files string
	// Words name the entries of a message's menu, in Language for people who have
	// none of their own; nil: their keys do.
	Words    bot.Words
	Language string // IETF tag
	// Log gets what goes wrong, without a word of what was said; nil: nothing.
	Log *slog.Logger

	// Wait moves a manual clock by d and runs what is due on the way, in order.
	// nil: the clock goes by itself.
	Wait func(ctx context.Context, d time.Duration) error
	// Settle is called after every line of input and returns when everything
	// that is due now has been done and shown. nil: nothing is waited for.
	Settle func(ctx context.Context) error
	// Joined hears of each person who joins or is given another role, zone or
	// language, before their next input. nil: only the console knows.
	Joined func(ctx context.Context, p Person) error
}

// Adapter is a console. Its methods may be called from several goroutines.
type Adapter struct {
	options Options
	screen  *screen
	run     string // names this process in the IDs of requests

	turn     chan struct{} // held by the one input that is being worked off
	attached chan struct{} // closed when Run has begun
	stopped  chan struct{} // closed when Run has ended

	mu      sync.Mutex
	memory  *memory
	journal *journal // nil if nothing is kept
	inbox   bot.Inbox
	inputs  int              // requests made so far
	forms   map[string]*form // by the person who has it open
	current string           // the channel that people are in
	refused int              // how often the first pending event was not taken in
}

// New returns a console. It fails if the zone is unknown or the journal cannot
// be read.
func New(o Options) (*Adapter, error) {
	if o.Name == "" {
		o.Name = "console"
	}
	if o.Channel == "" {
		o.Channel = "lounge"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	zone, err := time.LoadLocation(o.Zone)
	if err != nil {
		return nil, fmt.Errorf("console: unknown zone %q: use an IANA name such as America/New_York", o.Zone)
	}
	run := bot.NewID(o.Now())
	a := &Adapter{
		options:  o,
		screen:   newScreen(o.Out, o.Color, zone),
		run:      run,
		turn:     make(chan struct{}, 1),
		attached: make(chan struct{}),
		stopped:  make(chan struct{}),
		memory:   newMemory(bot.SpaceID{Connection: o.Name, ID: "console"}, o.FirstNumber),
		forms:    map[string]*form{},
		current:  o.Channel,
	}
	if o.Journal == "" {
		a.memory.apply(record{Run: run})
		return a, nil
	}
	a.journal, err = openJournal(o.Journal, a.memory, run)
	if err != nil {
		return nil, fmt.Errorf("console: %w", err)
	}
	return a, nil
}

// Name is the connection's name.
func (a *Adapter) Name() string { return a.options.Name }

// Channel is the channel of that name.
func (a *Adapter) Channel(name string) bot.Channel { return a.memory.channel(name) }

// Account is the account of the person of that name, whether joined or not.
func (a *Adapter) Account(name string) bot.Account { return a.memory.account(name) }

// Run lets input in until ctx ends, and returns when the input under way then is
// done. It begins with what an earlier process was told and did not take in. It
// may be called once.
func (a *Adapter) Run(ctx context.Context, in bot.Inbox) error {
	a.mu.Lock()
	if a.inbox != nil {
		a.mu.Unlock()
		return errors.New("console: it runs already")
	}
	a.inbox = in
	a.mu.Unlock()
	close(a.attached)

	err := a.inTurn(ctx, func() error { return a.deliver(ctx) })
	if err == nil {
		<-ctx.Done()
	}
	close(a.stopped)
	a.turn <- struct{}{} // and nobody takes it any more
	if a.journal != nil {
		err = errors.Join(err, a.journal.Close())
	}
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return nil
	}
	return err
}

var errStopped = errors.New("console: it has stopped")

// answered does the work of one input that the bot hears of, when those before
// are done. It waits until Run has begun.
func (a *Adapter) answered(ctx context.Context, work func() error) error {
	select {
	case <-a.attached:
		return a.inTurn(ctx, work)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// inTurn does the work of one input when those before are done.
func (a *Adapter) inTurn(ctx context.Context, work func() error) error {
	select {
	case a.turn <- struct{}{}:
		defer func() { <-a.turn }()
	case <-a.stopped:
		return errStopped
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-a.stopped:
		return errStopped
	default:
		return work()
	}
}

// commit keeps a change of the platform's memory: in the journal first.
// a.mu is held.
func (a *Adapter) commit(r record) error {
	if a.journal != nil {
		if err := a.journal.append(r); err != nil {
			return fmt.Errorf("console: %w", err)
		}
	}
	a.memory.apply(r)
	return nil
}
