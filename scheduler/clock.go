package scheduler

import (
	"context"
	"sync"
	"time"
)

// ManualClock is a Clock that moves only when it is told to.
type ManualClock struct {
	mu  sync.Mutex
	now time.Time
}

// NewManualClock returns a clock that stands at now.
func NewManualClock(now time.Time) *ManualClock { return &ManualClock{now: now} }

// Now is the time at which the clock stands.
func (c *ManualClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Set moves the clock to t. A clock never goes back: an earlier t leaves it.
func (c *ManualClock) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t.After(c.now) {
		c.now = t
	}
}

// RunUntil moves the clock to t and runs every job that becomes due on the way,
// each at its time and in order.
func (c *ManualClock) RunUntil(ctx context.Context, r *Runner, t time.Time) error {
	return r.runUntil(ctx, c, t)
}
