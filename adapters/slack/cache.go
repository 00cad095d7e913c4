package slack

import (
	"sync"
	"time"
)

// cache remembers at most limit things, each for a while. When it is full, it
// forgets the older half of its time at once and, if that is not enough, all:
// what it holds can always be asked for again.
type cache[T any] struct {
	mu    sync.Mutex
	limit int
	keep  time.Duration
	items map[string]cached[T]
}

type cached[T any] struct {
	value T
	since time.Time
}

func newCache[T any](limit int, keep time.Duration) *cache[T] {
	return &cache[T]{limit: limit, keep: keep, items: map[string]cached[T]{}}
}

// get gives what was put under key, and whether it is still fresh.
func (c *cache[T]) get(key string, now time.Time) (value T, known, fresh bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	item, known := c.items[key]
	return item.value, known, known && now.Sub(item.since) < c.keep
}

func (c *cache[T]) put(key string, value T, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.makeRoom(now)
	c.items[key] = cached[T]{value, now}
}

// forget drops what was put under key.
func (c *cache[T]) forget(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.items, key)
}

// claim puts key if it is not there fresh, and reports whether it did.
func (c *cache[T]) claim(key string, now time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if item, known := c.items[key]; known && now.Sub(item.since) < c.keep {
		return false
	}
	c.makeRoom(now)
	var value T
	c.items[key] = cached[T]{value, now}
	return true
}

func (c *cache[T]) makeRoom(now time.Time) {
	if len(c.items) < c.limit {
		return
	}
	for key, item := range c.items {
		if now.Sub(item.since) >= c.keep/2 {
			delete(c.items, key)
		}
	}
	if len(c.items) >= c.limit {
		clear(c.items)
	}
}
