package slackloop

import (
	"encoding/json"
	"net/http"
	"unicode/utf8"
)

// maxText is where Slack cuts a message's text off.
// https://docs.slack.dev/changelog/2018-04-truncating-really-long-messages
const maxText = 40_000

// body is what the methods that say something take.
type body struct {
	Channel  string          `json:"channel"`
	User     string          `json:"user"`
	TS       string          `json:"ts"`
	ThreadTS string          `json:"thread_ts"`
	Text     string          `json:"text"`
	Blocks   json.RawMessage `json:"blocks"`
	Metadata json.RawMessage `json:"metadata"`
	FileIDs  *[]string       `json:"file_ids"`
}

func readBody(payload []byte) (body, error) {
	var b body
	if err := json.Unmarshal(payload, &b); err != nil {
		return b, failure("invalid_arguments")
	}
	var blocks []json.RawMessage
	if len(b.Blocks) > 0 && json.Unmarshal(b.Blocks, &blocks) != nil {
		return b, failure("invalid_blocks_format")
	}
	switch {
	case b.Text == "" && len(blocks) == 0:
		return b, failure("no_text")
	case utf8.RuneCountInString(b.Text) > maxText:
		return b, failure("msg_too_long")
	case len(blocks) > 50:
		return b, failure("invalid_blocks")
	}
	return b, nil
}

// mayPost says whether the bot can post in a channel. s.mu is held.
func (s *Server) mayPost(channel, thread string) error {
	c, ok := s.channel(channel)
	switch {
	case !ok:
		return failure("channel_not_found")
	case c.Archived:
		return failure("is_archived")
	case c.BotOut:
		return failure("not_in_channel")
	}
	if thread != "" {
		if _, ok := s.find(channel, thread); !ok {
			return failure("thread_not_found")
		}
	}
	return nil
}

// add puts a message into the ledger. s.mu is held.
func (s *Server) add(m Message) *Message {
	m.TS = s.nextTS()
	if m.ThreadTS == m.TS {
		m.ThreadTS = ""
	}
	s.messages = append(s.messages, &m)
	return &m
}

func (s *Server) postMessage(payload []byte) (result, error) {
	b, err := readBody(payload)
	if err != nil {
		return nil, err
	}
	if err := s.mayPost(b.Channel, b.ThreadTS); err != nil {
		return nil, err
	}
	m := s.add(Message{Channel: b.Channel, ThreadTS: b.ThreadTS, User: BotUser, Text: b.Text, Blocks: b.Blocks, Metadata: b.Metadata})
	s.tellOfPost(m)
	return result{"channel": m.Channel, "ts": m.TS}, nil
}

func (s *Server) postEphemeral(payload []byte) (result, error) {
	b, err := readBody(payload)
	if err != nil {
		return nil, err
	}
	if err := s.mayPost(b.Channel, b.ThreadTS); err != nil {
		return nil, err
	}
	if _, ok := s.people[b.User]; !ok {
		return nil, failure("user_not_in_channel")
	}
	m := s.add(Message{Channel: b.Channel, ThreadTS: b.ThreadTS, User: BotUser, EphemeralTo: b.User, Text: b.Text, Blocks: b.Blocks})
	return result{"message_ts": m.TS}, nil
}

// ownMessage finds a message that the bot may change. s.mu is held.
func (s *Server) ownMessage(channel, ts, refusal string) (*Message, error) {
	if _, ok := s.channel(channel); !ok {
		return nil, failure("channel_not_found")
	}
	m, ok := s.find(channel, ts)
	switch {
	case !ok || m.Deleted || m.EphemeralTo != "":
		return nil, failure("message_not_found")
	case !m.own():
		return nil, failure(refusal)
	}
	return m, nil
}

func (s *Server) updateMessage(payload []byte) (result, error) {
	b, err := readBody(payload)
	if err != nil {
		return nil, err
	}
	m, err := s.ownMessage(b.Channel, b.TS, "cant_update_message")
	if err != nil {
		return nil, err
	}
	if b.FileIDs != nil {
		if err := s.attach(m, *b.FileIDs); err != nil {
			return nil, err
		}
	}
	m.Text, m.Blocks, m.Edits = b.Text, b.Blocks, m.Edits+1
	return result{"channel": m.Channel, "ts": m.TS, "message": s.shown(m, false)}, nil
}

func (s *Server) deleteMessage(payload []byte) (result, error) {
	var args struct{ Channel, TS string }
	if err := json.Unmarshal(payload, &args); err != nil {
		return nil, failure("invalid_arguments")
	}
	m, err := s.ownMessage(args.Channel, args.TS, "cant_delete_message")
	if err != nil {
		return nil, err
	}
	m.Deleted = true
	return result{"channel": m.Channel, "ts": m.TS}, nil
}

// responseURL is an address for answers to one interaction.
type responseURL struct {
	channel, person, message string
	uses                     int
	expired                  bool
}

// maxUses is how often a response_url can be used.
// https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
const maxUses = 5

// newResponseURL makes an address. s.mu is held.
func (s *Server) newResponseURL(u responseURL) string {
	id := s.nextID("R")
	s.responses[id] = &u
	return s.http.URL + "/response/" + id
}

// ExpireResponseURLs makes every response_url so far useless, as time does.
func (s *Server) ExpireResponseURLs() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, u := range s.responses {
		u.expired = true
	}
}

// serveResponseURL serves POST /response/{id}.
func (s *Server) serveResponseURL(w http.ResponseWriter, r *http.Request) {
	payload, token, err := readPayload(r)
	if err == nil && token != "" {
		err = failure("a token has no business here")
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	u, ok := s.responses[r.PathValue("id")]
	usable := ok && !u.expired && u.uses < maxUses
	if usable {
		u.uses++
	}
	s.mu.Unlock()
	if !usable {
		http.Error(w, "used_url", http.StatusNotFound)
		return
	}
	s.serve(w, r, "response_url", payload, func() (result, error) { return s.respond(u, payload) })
}

func (s *Server) respond(u *responseURL, payload []byte) (result, error) {
	var how struct {
		Type    string `json:"response_type"`
		Replace bool   `json:"replace_original"`
	}
	b, err := readBody(payload)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(payload, &how); err != nil {
		return nil, failure("invalid_arguments")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.touch()
	if how.Replace {
		m, ok := s.find(u.channel, u.message)
		if !ok || m.Deleted {
			return nil, failure("message_not_found")
		}
		m.Text, m.Blocks, m.Edits = b.Text, b.Blocks, m.Edits+1
		return nil, nil
	}
	m := Message{Channel: u.channel, ThreadTS: b.ThreadTS, User: BotUser, Text: b.Text, Blocks: b.Blocks}
	if how.Type != "in_channel" {
		m.EphemeralTo = u.person
	}
	s.add(m)
	return nil, nil
}
