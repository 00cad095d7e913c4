package community

import (
	"context"
	"errors"
	"sync"
	"time"
)

// cache remembers what was loaded, for a while and up to a number of entries. It
// may be used by several goroutines.
type cache[K comparable, V any] struct {
	limit    int
	lifetime time.Duration
	now      func() time.Time

	mu      sync.Mutex
	entries map[K]*entry[V]
}

type entry[V any] struct {
	loaded chan struct{} // closed once the rest is set
	value  V
	err    error
	gaveUp bool      // whoever was loading did not wait for the end
	until  time.Time // set from the start, by the time when loading began
}

func newCache[K comparable, V any](limit int, lifetime time.Duration, now func() time.Time) *cache[K, V] {
	return &cache[K, V]{limit: limit, lifetime: lifetime, now: now, entries: map[K]*entry[V]{}}
}

// get gives the value of key, by load if it is not remembered. Whoever asks while
// it is being loaded waits for that. An error is not remembered.
func (c *cache[K, V]) get(ctx context.Context, key K, load func(context.Context) (V, error)) (V, error) {
	for {
		e, mine := c.entry(key)
		if mine {
			c.load(ctx, key, e, load)
			return e.value, e.err
		}
		select {
		case <-e.loaded:
		case <-ctx.Done():
			var none V
			return none, ctx.Err()
		}
		if e.gaveUp && ctx.Err() == nil {
			continue
		}
		return e.value, e.err
	}
}

// recall gives the value of key if it is remembered at all, however old.
func (c *cache[K, V]) recall(key K) (value V, ok bool) {
	c.mu.Lock()
	e := c.entries[key]
	c.mu.Unlock()
	if e == nil {
		return value, false
	}
	select {
	case <-e.loaded:
		return e.value, e.err == nil
	default: // the one before it is gone, this one is not there yet
		return value, false
	}
}

// entry gives the entry of key, and whether the caller has to load it.
func (c *cache[K, V]) entry(key K) (e *entry[V], mine bool) {
	now := c.now()
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.entries[key]; ok && now.Before(e.until) {
		return e, false
	}
	e = &entry[V]{loaded: make(chan struct{}), until: now.Add(c.lifetime)}
	c.keep(key, e)
	return e, true
}

// errLoadDied is what those who wait see when loading panicked.
var errLoadDied = errors.New("loading did not come to an end")

func (c *cache[K, V]) load(ctx context.Context, key K, e *entry[V], load func(context.Context) (V, error)) {
	e.err = errLoadDied
	defer func() {
		if e.err != nil {
			e.gaveUp = ctx.Err() != nil
			c.forget(key, e)
		}
		close(e.loaded)
	}()
	e.value, e.err = load(ctx)
}

// put remembers a value that was just stored. What is being loaded meanwhile may
// be older, so it is not remembered.
func (c *cache[K, V]) put(key K, value V) {
	e := &entry[V]{loaded: make(chan struct{}), value: value, until: c.now().Add(c.lifetime)}
	close(e.loaded)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.keep(key, e)
}

// drop lets the value of key be loaded anew.
func (c *cache[K, V]) drop(key K) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.entries, key)
}

func (c *cache[K, V]) forget(key K, e *entry[V]) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.entries[key] == e {
		delete(c.entries, key)
	}
}

// sampled is how many entries are looked at to find one that can go.
const sampled = 8

// keep makes room first, by the oldest of a few entries picked at random: nearly
// as good as the oldest of all, and of constant cost.
func (c *cache[K, V]) keep(key K, e *entry[V]) {
	if _, replaces := c.entries[key]; !replaces && len(c.entries) >= c.limit {
		var oldest K
		var until time.Time
		seen := 0
		for k, candidate := range c.entries {
			if seen == 0 || candidate.until.Before(until) {
				oldest, until = k, candidate.until
			}
			if seen++; seen == sampled {
				break
			}
		}
		delete(c.entries, oldest)
	}
	c.entries[key] = e
}
