package discord

import (
	"container/list"
	"sync"
	"time"
)

// recent keeps the values used last, at most size of them and none for longer
// than keep after it was put.
type recent[V any] struct {
	size int
	keep time.Duration
	now  func() time.Time

	mu    sync.Mutex
	order list.List // of *kept[V], the latest first
	byKey map[string]*list.Element
}

type kept[V any] struct {
	key   string
	value V
	until time.Time
}

func newRecent[V any](size int, keep time.Duration, now func() time.Time) *recent[V] {
	return &recent[V]{size: size, keep: keep, now: now, byKey: map[string]*list.Element{}}
}

func (r *recent[V]) get(key string) (V, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.find(key)
}

func (r *recent[V]) put(key string, value V) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.set(key, value)
}

// claim puts a key that is not there, and reports whether it did.
func (r *recent[V]) claim(key string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, taken := r.find(key); taken {
		return false
	}
	var none V
	r.set(key, none)
	return true
}

func (r *recent[V]) find(key string) (V, bool) {
	var none V
	e, ok := r.byKey[key]
	if !ok {
		return none, false
	}
	k := e.Value.(*kept[V])
	if r.now().After(k.until) {
		r.order.Remove(e)
		delete(r.byKey, key)
		return none, false
	}
	r.order.MoveToFront(e)
	return k.value, true
}

func (r *recent[V]) set(key string, value V) {
	if e, ok := r.byKey[key]; ok {
		r.order.Remove(e)
	}
	r.byKey[key] = r.order.PushFront(&kept[V]{key: key, value: value, until: r.now().Add(r.keep)})
	for r.order.Len() > r.size {
		last := r.order.Back()
		r.order.Remove(last)
		delete(r.byKey, last.Value.(*kept[V]).key)
	}
}
