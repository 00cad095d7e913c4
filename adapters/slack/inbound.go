package slack

import (
	"context"
	"encoding/json"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// delivery is one thing that Slack hands over and wants acknowledged, whichever
// way it came.
type delivery struct {
	kind    string // "events_api", "slash_commands", "interactive"
	payload json.RawMessage
	// ack acknowledges it. A submitted form takes a response, and a command where
	// answers is set: what the person reads. nil is none.
	ack     func(response json.RawMessage) error
	answers bool
	// refuse says that it will not be acknowledged, so that Slack delivers it
	// again. nil: silence says that.
	refuse func()
}

// receiver takes in the deliveries of one Run.
type receiver struct {
	*Adapter
	in bot.Inbox

	events   *bot.Serial    // by channel
	commands sync.WaitGroup // under way or waiting
	waiting  atomic.Int64
	running  chan struct{}

	mu     sync.RWMutex
	closed bool
}

func newReceiver(a *Adapter, in bot.Inbox) *receiver {
	return &receiver{Adapter: a, in: in, events: bot.NewSerial(maxQueued), running: make(chan struct{}, maxRunning)}
}

// receive takes a delivery in. It does not wait: work goes on until ctx ends.
func (r *receiver) receive(ctx context.Context, d delivery) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	receipt := &receipt{delivery: d, log: r.log}
	if r.closed {
		receipt.refuse() // another process gets it
		return
	}
	defer r.survive("reading a delivery", receipt)
	switch d.kind {
	case "events_api":
		r.event(ctx, d.payload, receipt)
	case "slash_commands":
		r.slashCommand(ctx, d.payload, receipt)
	case "interactive":
		r.interaction(ctx, d.payload, receipt)
	default:
		r.ignore(receipt, "a kind that is not known", "kind", d.kind)
	}
}

// ignore acknowledges what the bot has no use for. Slack would deliver it again
// otherwise, and in the end stop delivering at all.
func (r *receiver) ignore(receipt *receipt, why string, args ...any) {
	r.log.Debug("a delivery is of no use", append(args, "why", why)...)
	r.acknowledge(receipt)
}

// acknowledge gives the receipt without holding up who receives.
func (r *receiver) acknowledge(receipt *receipt) {
	r.commands.Go(func() { receipt.give(nil) })
}

// survive keeps a mistake in reading one delivery from ending the process.
func (r *receiver) survive(doing string, receipt *receipt) {
	if p := recover(); p != nil {
		r.log.Error("panicked", "doing", doing, "cause", p)
		receipt.refuse()
	}
}

// serve runs work at the side, and reports false if too much is waiting already.
func (r *receiver) serve(ctx context.Context, receipt *receipt, work func(ctx context.Context)) bool {
	if r.waiting.Add(1) > maxWaiting {
		r.waiting.Add(-1)
		r.log.Error("too many commands at once; one was not taken")
		receipt.refuse()
		return false
	}
	r.commands.Go(func() {
		defer r.waiting.Add(-1)
		defer r.survive("serving a command", receipt)
		select {
		case r.running <- struct{}{}:
			defer func() { <-r.running }()
			work(ctx)
		case <-ctx.Done():
		}
	})
	return true
}

// finish waits for what is under way, ends it after a while, and then waits for
// it to end.
func (r *receiver) finish(end context.CancelFunc) {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	done := make(chan struct{})
	go func() {
		r.events.Wait()
		r.commands.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(stopWithin):
	}
	time.Sleep(ackFlush)
	end()
	select {
	case <-done:
	case <-time.After(stopWithin / 2):
		r.log.Warn("handlers did not end when they were told to")
	}
}

// receipt acknowledges a delivery once.
type receipt struct {
	delivery
	given atomic.Bool
	log   *slog.Logger
}

// give acknowledges, and reports whether this was the first time and went well.
func (r *receipt) give(response json.RawMessage) bool {
	if !r.given.CompareAndSwap(false, true) {
		return false
	}
	if err := r.ack(response); err != nil {
		r.log.Warn("a delivery could not be acknowledged", "error", err)
		return false
	}
	return true
}

// refuse sees to it that nobody acknowledges any more, and reports whether nobody
// had before.
func (r *receipt) refuse() bool {
	if !r.given.CompareAndSwap(false, true) {
		return false
	}
	if r.delivery.refuse != nil {
		r.delivery.refuse()
	}
	return true
}

// giveBy acknowledges at the deadline if nobody has by then. stop takes that back.
func (r *receipt) giveBy(deadline time.Duration) (stop func()) {
	timer := time.AfterFunc(deadline, func() { r.give(nil) })
	return func() { timer.Stop() }
}
