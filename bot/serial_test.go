package bot_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/staffroom-bot/staffroom/bot"
)

func TestSerialKeepsOrder(t *testing.T) {
	s := bot.NewSerial(1000)
	var mu sync.Mutex
	done := map[string][]int{}
	for i := range 500 {
		for _, key := range []string{"a", "b", "c"} {
			if !s.Do(key, func() {
				mu.Lock()
				defer mu.Unlock()
				done[key] = append(done[key], i)
			}) {
				t.Fatal("the queue is full")
			}
		}
	}
	s.Wait()
	for key, order := range done {
		if len(order) != 500 {
			t.Errorf("%s: %d done", key, len(order))
		}
		for i, n := range order {
			if n != i {
				t.Fatalf("%s: %d came at place %d", key, n, i)
			}
		}
	}
}

func TestSerialRunsOneAtATimePerKey(t *testing.T) {
	s := bot.NewSerial(1000)
	var running, most atomic.Int32
	for range 200 {
		s.Do("a", func() {
			if n := running.Add(1); n > most.Load() {
				most.Store(n)
			}
			running.Add(-1)
		})
	}
	s.Wait()
	if most.Load() != 1 {
		t.Errorf("%d ran at once", most.Load())
	}
}

// One key's slow work holds no other key up.
func TestSerialRunsKeysAtOnce(*testing.T) {
	s := bot.NewSerial(1)
	const keys = 20
	var here sync.WaitGroup
	here.Add(keys)
	for i := range keys {
		s.Do(fmt.Sprint(i), func() {
			here.Done()
			here.Wait() // for all others
		})
	}
	s.Wait()
}

func TestSerialRefusesWhenFull(t *testing.T) {
	s := bot.NewSerial(2)
	started, release := make(chan struct{}), make(chan struct{})
	var done atomic.Int32
	s.Do("a", func() {
		close(started)
		<-release
	})
	<-started // running, so it waits no more
	count := func() { done.Add(1) }
	for i, want := range []bool{true, true, false, false} {
		if got := s.Do("a", count); got != want {
			t.Errorf("piece %d: taken %v, want %v", i+1, got, want)
		}
	}
	if !s.Do("b", count) {
		t.Error("another key is full too")
	}
	close(release)
	s.Wait()
	if done.Load() != 3 {
		t.Errorf("%d done, want what was taken: 3", done.Load())
	}
	if !s.Do("a", count) {
		t.Error("the key stays full")
	}
	s.Wait()
}

func TestSerialWorkMayQueueWork(t *testing.T) {
	s := bot.NewSerial(1)
	var done atomic.Bool
	s.Do("a", func() { s.Do("a", func() { done.Store(true) }) })
	s.Wait()
	if !done.Load() {
		t.Error("not done")
	}
}
