package bot

import "sync"

// Serial runs work one by one per key, and different keys at once. Adapters use
// it so that what happens in one channel is handled in the order it came.
type Serial struct {
	mu     sync.Mutex
	queues map[string][]func()
	limit  int
	wg     sync.WaitGroup
}

// NewSerial returns a Serial that holds at most limit pieces of waiting work
// per key.
func NewSerial(limit int) *Serial {
	return &Serial{queues: map[string][]func(){}, limit: limit}
}

// Do queues work under the key, and reports false if that queue is full. A key
// costs a goroutine only while it has work.
func (s *Serial) Do(key string, work func()) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	waiting, running := s.queues[key]
	if len(waiting) >= s.limit {
		return false
	}
	s.queues[key] = append(waiting, work)
	if !running {
		s.wg.Add(1)
		go s.run(key)
	}
	return true
}

func (s *Serial) run(key string) {
	defer s.wg.Done()
	for {
		s.mu.Lock()
		waiting := s.queues[key]
		if len(waiting) == 0 {
			delete(s.queues, key)
			s.mu.Unlock()
			return
		}
		s.queues[key] = waiting[1:]
		s.mu.Unlock()
		waiting[0]()
	}
}

// Wait returns when all work that was queued is done. Nothing may be queued
// meanwhile.
func (s *Serial) Wait() { s.wg.Wait() }
