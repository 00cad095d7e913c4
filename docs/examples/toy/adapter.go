// Package toy connects a Toy server, a chat platform that was made up to show
// what an adapter is.
//
// A Toy server listens on TCP. Both sides write lines, each a JSON object. The
// bot begins each connection with a request and gets one line of response. After
// "listen" more lines follow, an event each, for as long as the connection lasts.
// The bot acknowledges each event with "ack". What is not acknowledged comes
// again, at the latest when the bot listens again.
//
// What people type is plain text. What the bot says has markup: <b>, <i>,
// <code>, <a href="…">, and <at>ana</at>, which notifies Ana; the characters
// & < > and quotes stand there as in HTML.
//
// A command, a press or a submission is answered once, by "answer". Whether all
// in the channel see the answer is settled by the acknowledgement before it.
package toy

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

const (
	callWithin   = 10 * time.Second       // most time for a call and its response
	quickWithin  = 2 * time.Second        // most time for a handler
	slowWithin   = 10 * time.Second       // the same, of a deferred route
	firstWait    = 500 * time.Millisecond // before connecting again; doubled each time
	longestWait  = 30 * time.Second
	finishWithin = time.Second // for what is under way when Run is to end
	maxWaiting   = 100         // events that wait in one channel
	maxRequests  = 100         // requests under way
)

// Options say which server to connect and how.
type Options struct {
	Name    string    // the connection's name in the configuration
	Address string    // of the server: host and port
	Token   string    // the bot's password
	Seal    *bot.Seal // makes the tokens of buttons and forms
	Logger  *slog.Logger
}

// Adapter is a connected Toy server. It is a bot.Adapter.
type Adapter struct {
	name, address, token string
	space                bot.SpaceID
	seal                 *bot.Seal
	log                  *slog.Logger
}

// New returns an adapter that is not connected yet. It can say things at once;
// Run receives.
func New(o Options) *Adapter {
	return &Adapter{
		name: o.Name, address: o.Address, token: o.Token,
		space: bot.SpaceID{Connection: o.Name, ID: "toy"}, // a server is one space
		seal:  o.Seal,
		log:   o.Logger.With("connection", o.Name),
	}
}

// Name is the connection's name in the configuration.
func (a *Adapter) Name() string { return a.name }

// Run receives until ctx ends. It connects again when the connection is lost,
// and gives up only when the server refuses the token.
func (a *Adapter) Run(ctx context.Context, in bot.Inbox) error {
	// What is under way when ctx ends may finish, so it has a context of its own.
	work, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	r := &receiver{Adapter: a, in: in, serial: bot.NewSerial(maxWaiting), room: make(chan struct{}, maxRequests)}
	err := r.keepListening(ctx, work)
	timer := time.AfterFunc(finishWithin, end)
	defer timer.Stop()
	r.serial.Wait()
	return err
}

func (r *receiver) keepListening(ctx, work context.Context) error {
	for wait := firstWait; ; wait = min(2*wait, longestWait) {
		began := time.Now()
		err := r.listen(ctx, work)
		switch {
		case ctx.Err() != nil:
			return nil
		case hasReason(err, bot.Disconnected):
			return fmt.Errorf("the server refuses the token; put the right one into the configuration: %w", err)
		case time.Since(began) > longestWait: // it worked until now
			wait = firstWait
		}
		r.log.Warn("no connection; trying again", "wait", wait, "error", err)
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return nil
		}
	}
}

// listen receives over one connection until that ends.
func (r *receiver) listen(ctx, work context.Context) error {
	l, err := r.connect(ctx)
	if err != nil {
		return err
	}
	defer l.close()
	if _, err := l.exchange(request{Do: "listen", Token: r.token}); err != nil {
		return err
	}
	if err := l.SetDeadline(time.Time{}); err != nil { // from here on silence is no fault
		return err
	}
	for {
		var ev event
		if err := l.read(&ev); err != nil {
			return err
		}
		r.take(work, ev)
	}
}
