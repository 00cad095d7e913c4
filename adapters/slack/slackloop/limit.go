package slackloop

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// Limits are how many messages the workspace takes in any second, by the
// machine's clock. What is above them is answered with 429, and not done. Slack is
// more generous than that: it takes bursts. 0: no limit.
type Limits struct {
	Channel int // chat.postMessage in one channel
	Overall int // chat.postMessage in all
}

// window is the times of what was taken within the last second.
type window []time.Time

// room reports how long it takes until there is room below the limit, 0 if there
// is now.
func (w *window) room(limit int, now time.Time) time.Duration {
	old := 0
	for old < len(*w) && now.Sub((*w)[old]) >= time.Second {
		old++
	}
	*w = (*w)[old:]
	if limit == 0 || len(*w) < limit {
		return 0
	}
	return time.Second - now.Sub((*w)[len(*w)-limit])
}

// limited answers a call with 429 if it is above the limits.
func (s *Server) limited(w http.ResponseWriter, method string, payload []byte) bool {
	var args struct {
		Channel string `json:"channel"`
	}
	if s.options.Limits == (Limits{}) || method != "chat.postMessage" || json.Unmarshal(payload, &args) != nil {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	here, ok := s.windows[args.Channel]
	if !ok {
		here = &window{}
		s.windows[args.Channel] = here
	}
	now := time.Now()
	wait := max(here.room(s.options.Limits.Channel, now), s.overall.room(s.options.Limits.Overall, now))
	if wait == 0 {
		*here, s.overall = append(*here, now), append(s.overall, now)
		s.taken++
		return false
	}
	s.refused++
	w.Header().Set("Retry-After", strconv.Itoa(int((wait+time.Second-1)/time.Second)))
	w.WriteHeader(http.StatusTooManyRequests)
	return true
}

// Limited tells how many calls were within the limits and how many above them.
func (s *Server) Limited() (taken, refused int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.taken, s.refused
}
