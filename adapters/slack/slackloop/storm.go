package slackloop

import (
	"math/rand/v2"
	"time"
)

// storm delivers each event three times, out of order.
type storm struct {
	waiting []*Delivery
	chance  *rand.Rand
	over    chan struct{}
}

// stormEvery is how long events gather before they are let go in disorder.
const stormEvery = 10 * time.Millisecond

// Storm delivers each event from now on three times, whether or not it is
// acknowledged, in an order that the seed decides: what happens within a few
// milliseconds arrives in any order. stop delivers what is still held back and
// ends the storm.
func (s *Server) Storm(seed uint64) (stop func()) {
	st := &storm{chance: rand.New(rand.NewPCG(seed, seed)), over: make(chan struct{})}
	s.mu.Lock()
	s.storm = st
	s.mu.Unlock()
	ended := make(chan struct{})
	s.running.Go(func() {
		defer close(ended)
		tick := time.NewTicker(stormEvery)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				s.letGo(st)
			case <-st.over:
				s.letGo(st)
				return
			case <-s.closing:
				return
			}
		}
	})
	return func() {
		s.mu.Lock()
		s.storm = nil
		s.mu.Unlock()
		close(st.over)
		<-ended
	}
}

func (s *Server) letGo(st *storm) {
	s.mu.Lock()
	defer s.mu.Unlock()
	st.chance.Shuffle(len(st.waiting), func(i, j int) { st.waiting[i], st.waiting[j] = st.waiting[j], st.waiting[i] })
	for _, d := range st.waiting {
		s.send(d)
	}
	st.waiting = nil
}
