package discord

import (
	"context"
	"sync"

	"github.com/staffroom-bot/staffroom/bot"
)

// waiting is how many pieces of work may wait in a lane.
const waiting = 256

// lanes run work one by one per key. A full lane holds up whoever brings more,
// and so the gateway, rather than lose anything.
type lanes struct {
	serial *bot.Serial
	moved  chan struct{} // gets a value when work leaves a queue

	mu     sync.Mutex
	closed bool
	beside sync.WaitGroup
}

func newLanes() *lanes {
	return &lanes{serial: bot.NewSerial(waiting), moved: make(chan struct{}, 1)}
}

// do queues work, once there is room for it. It gives up when ctx ends.
func (l *lanes) do(ctx context.Context, key string, work func()) {
	queued := func() {
		select {
		case l.moved <- struct{}{}:
		default:
		}
		work()
	}
	for ctx.Err() == nil && !l.try(key, queued) {
		select {
		case <-l.moved:
		case <-ctx.Done():
		}
	}
}

// try reports whether work is queued, or never will be.
func (l *lanes) try(key string, work func()) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.closed || l.serial.Do(key, work)
}

// aside runs work besides the lanes, at once.
func (l *lanes) aside(work func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.closed {
		l.beside.Go(work)
	}
}

// close takes no more work. What it returns is closed when the work is done.
func (l *lanes) close() <-chan struct{} {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	done := make(chan struct{})
	go func() {
		defer close(done)
		l.serial.Wait()
		l.beside.Wait()
	}()
	return done
}
