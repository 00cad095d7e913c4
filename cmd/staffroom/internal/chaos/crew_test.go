//go:build unix

package chaos

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/redis/engine"
	"github.com/staffroom-bot/staffroom/bot/redis/redistest"
	"github.com/staffroom-bot/staffroom/cmd/staffroom/internal/worker"
)

const workers = 3

// crew is the workers and the Redis that they share, and who kills them.
type crew struct {
	*testing.T
	random *rand.Rand // used by one goroutine alone
	redis  *redistest.Durable
	orders orders
	at     []string // points at which workers are killed

	running  sync.WaitGroup
	mu       sync.Mutex
	ended    bool // no worker is started any more
	workers  [workers]*worker.Worker
	outages  []outage
	unopened int // starts in vain, while Redis was away

	outside, atPoint int // workers killed
}

// outage is a time without Redis.
type outage struct{ from, to time.Time }

// assemble starts the workers. Whoever dies is replaced at once.
func (c *crew) assemble() {
	for n := range workers {
		c.running.Go(func() { c.man(n) })
	}
	c.Cleanup(func() { c.dismiss((*worker.Worker).Kill) })
}

// man keeps one worker at work. That of the first has a clock that is wrong.
func (c *crew) man(n int) {
	o := c.orders
	o.Astray = n == 0
	for {
		begun := time.Now()
		w, err := c.enlist(n, o)
		if err != nil {
			c.Error(err)
		}
		if w == nil {
			return
		}
		<-w.Died
		if !w.Killed() && !c.over() {
			if w.Begun() || !c.dark(begun, time.Now()) {
				c.Errorf("a worker ended by itself: %v", w.Err())
			}
			c.mu.Lock()
			c.unopened++
			c.mu.Unlock()
			<-time.After(200 * time.Millisecond) // as whoever looks after services would
		}
	}
}

// enlist starts a worker, unless all is over.
func (c *crew) enlist(n int, o orders) (*worker.Worker, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended {
		return nil, nil
	}
	w, err := worker.Start(c.T, o.String())
	c.workers[n] = w
	return w, err
}

func (c *crew) over() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ended
}

// dark reports whether Redis was away at some time between two others.
func (c *crew) dark(from, to time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.ContainsFunc(c.outages, func(o outage) bool {
		return o.from.Before(to) && (o.to.IsZero() || o.to.After(from))
	})
}

// dismiss ends all workers, and none is started after.
func (c *crew) dismiss(end func(*worker.Worker)) {
	c.mu.Lock()
	c.ended = true
	all := c.workers
	c.mu.Unlock()
	for _, w := range all {
		if w != nil {
			end(w)
		}
	}
	c.running.Wait()
}

// strike kills a worker: at a point of its work, if it comes to one soon, or
// wherever it is.
func (c *crew) strike() {
	for !c.strikeAt(c.random.IntN(workers)) {
		<-time.After(10 * time.Millisecond) // that one is just being replaced
	}
}

func (c *crew) strikeAt(n int) bool {
	c.mu.Lock()
	w := c.workers[n]
	c.mu.Unlock()
	if w == nil || w.Dead() {
		return false
	}
	if c.random.IntN(2) == 0 {
		arm(w, c.at[c.random.IntN(len(c.at))], 1+c.random.IntN(3))
		select {
		case <-w.Died:
			if w.Killed() {
				c.atPoint++
			}
			return w.Killed()
		case <-time.After(beat):
		}
	}
	w.Kill()
	if w.Killed() {
		c.outside++
	}
	return w.Killed()
}

// armAll has each worker kill itself when it passes a point the nth time.
func (c *crew) armAll(point string, nth int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, w := range c.workers {
		if w != nil {
			arm(w, point, nth)
		}
	}
}

// darken kills Redis and starts it again after a while.
func (c *crew) darken(lasting time.Duration) {
	c.mu.Lock()
	c.outages = append(c.outages, outage{from: time.Now()})
	c.mu.Unlock()
	c.redis.Kill()
	<-time.After(lasting)
	c.redis.Start()
	c.mu.Lock()
	c.outages[len(c.outages)-1].to = time.Now()
	c.mu.Unlock()
}

// wantNothingLeft: no job was set aside in a community, and no post given up.
func (c *crew) wantNothingLeft(ctx context.Context, e *engine.Engine, home bot.CommunityID) {
	for _, kind := range []string{"aside", "undelivered"} {
		found, err := e.Client().HGetAll(ctx, "sr:{c:"+string(home)+"}:"+kind).Result()
		if err != nil {
			c.Fatal(err)
		}
		for name, report := range found {
			c.Errorf("%s is %s: %s", name, kind, report)
		}
	}
}
