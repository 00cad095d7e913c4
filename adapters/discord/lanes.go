package discord

import (
	"context"
	"slices"
	"sync"

	"github.com/staffroom-bot/staffroom/bot"
)

// waiting is how many pieces of work may wait in a lane.
const waiting = 256

// lanes run work one by one per key. A full lane holds up whoever brings more,
// and so the gateway, rather than lose anything.
type lanes struct {
	serial *bot.Serial

	mu     sync.Mutex
	held   map[string][]*held // what there is no room for yet, by key: first come, first in
	closed bool
	beside sync.WaitGroup
}

// held is work whose lane is full.
type held struct {
	work func()
	in   chan struct{} // closed when it is queued
}

func newLanes() *lanes {
	return &lanes{serial: bot.NewSerial(waiting), held: map[string][]*held{}}
}

// do queues work, once there is room for it and for all that came before: discordgo
// may still be bringing an event of the connection that it gave up when it brings
// the first of the next one. It gives up when ctx ends.
func (l *lanes) do(ctx context.Context, key string, work func()) {
	h := &held{work: l.leaving(key, work), in: make(chan struct{})}
	if ctx.Err() != nil || !l.hold(key, h) {
		return
	}
	select {
	case <-h.in:
	case <-ctx.Done():
		l.letGo(key, h)
	}
}

// try queues work if there is room for it now. It reports whether that is so, or no
// work is taken any more.
func (l *lanes) try(key string, work func()) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.queue(key, l.leaving(key, work))
}

// leaving is work that makes room when it begins.
func (l *lanes) leaving(key string, work func()) func() {
	return func() { l.left(key); work() }
}

// queue is try for who holds the lock.
func (l *lanes) queue(key string, work func()) bool {
	return l.closed || len(l.held[key]) == 0 && l.serial.Do(key, work)
}

// hold reports whether work has to wait. Otherwise it is queued, or never will be.
func (l *lanes) hold(key string, h *held) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.queue(key, h.work) {
		return false
	}
	l.held[key] = append(l.held[key], h)
	return true
}

// left says that work has left the lane's queue: the first that is held takes its
// place.
func (l *lanes) left(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if all := l.held[key]; len(all) > 0 && !l.closed && l.serial.Do(key, all[0].work) {
		close(all[0].in)
		l.keep(key, all[1:])
	}
}

// letGo gives up work, if it is held still.
func (l *lanes) letGo(key string, h *held) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.keep(key, slices.DeleteFunc(l.held[key], func(other *held) bool { return other == h }))
}

func (l *lanes) keep(key string, all []*held) {
	if l.held[key] = all; len(all) == 0 {
		delete(l.held, key)
	}
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
