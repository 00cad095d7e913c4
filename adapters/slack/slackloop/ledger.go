package slackloop

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Message is a message as it stands, or stood.
type Message struct {
	Channel     string
	TS          string
	ThreadTS    string // of the thread that it replies in; "" at the top
	User        string // BotUser for the bot's
	EphemeralTo string // the one person who sees it; "" for all
	Text        string // as Slack keeps it, with its escapes
	Blocks      json.RawMessage
	Metadata    json.RawMessage
	Files       []string // IDs
	Edits       int
	Deleted     bool
}

// own reports whether the bot wrote it.
func (m *Message) own() bool { return m.User == BotUser }

// At is when it was said.
func (m Message) At() time.Time {
	micro, _ := strconv.ParseInt(strings.ReplaceAll(m.TS, ".", ""), 10, 64)
	return time.UnixMicro(micro)
}

// File is a file that was uploaded.
type File struct {
	ID, Name  string
	Alt       string // what it says to readers who do not see it; "" for what is no picture
	Data      []byte
	Completed bool
}

// Call is a call that the bot made.
type Call struct {
	Method  string // "chat.postMessage"; "response_url"
	Payload json.RawMessage
	At      time.Time
}

// Messages lists everything said in a channel in order, threads, ephemeral and
// deleted messages included.
func (s *Server) Messages(channel string) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Message
	for _, m := range s.messages {
		if m.Channel == channel {
			out = append(out, *m)
		}
	}
	return out
}

// Posts lists what the bot said in a channel for all to see and did not delete.
func (s *Server) Posts(channel string) []Message {
	return slices.DeleteFunc(s.Messages(channel), func(m Message) bool {
		return !m.own() || m.EphemeralTo != "" || m.Deleted
	})
}

// File gives a file by its ID.
func (s *Server) File(id string) (File, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, ok := s.files[id]
	if !ok {
		return File{}, false
	}
	return *f, true
}

// Calls lists the calls of a method in order; of all methods for "".
func (s *Server) Calls(method string) []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Call
	for _, c := range s.calls {
		if method == "" || c.Method == method {
			out = append(out, c)
		}
	}
	return out
}

// Complaints lists what Check found wrong so far.
func (s *Server) Complaints() []error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.complaints)
}

// find gives a message by its channel and ts. s.mu is held.
func (s *Server) find(channel, ts string) (*Message, bool) {
	for _, m := range s.messages {
		if m.Channel == channel && m.TS == ts {
			return m, true
		}
	}
	return nil, false
}
