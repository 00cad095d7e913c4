package slackloop

import (
	"encoding/json"
	"slices"
	"strconv"
)

type historyArgs struct {
	Channel   string `json:"channel"`
	TS        string `json:"ts"`
	Oldest    string `json:"oldest"`
	Latest    string `json:"latest"`
	Inclusive bool   `json:"inclusive"`
	Metadata  bool   `json:"include_all_metadata"`
	Limit     int    `json:"limit"`
	Cursor    string `json:"cursor"`
}

func (s *Server) readHistoryArgs(payload []byte) (historyArgs, error) {
	args := historyArgs{Limit: 100}
	if err := json.Unmarshal(payload, &args); err != nil || args.Limit < 1 || args.Limit > 999 {
		return args, failure("invalid_arguments")
	}
	c, ok := s.channel(args.Channel)
	switch {
	case !ok:
		return args, failure("channel_not_found")
	case c.BotOut:
		return args, failure("not_in_channel")
	case channelType(args.Channel) == "mpim" && !slices.Contains(s.options.Scopes, "mpim:history"):
		return args, failure("missing_scope")
	}
	return args, nil
}

// history serves conversations.history: the top of a channel, newest first.
func (s *Server) history(payload []byte) (result, error) {
	args, err := s.readHistoryArgs(payload)
	if err != nil {
		return nil, err
	}
	var all []*Message
	for _, m := range slices.Backward(s.messages) {
		if m.Channel == args.Channel && m.ThreadTS == "" && args.includes(m) {
			all = append(all, m)
		}
	}
	return s.page(args, all)
}

// replies serves conversations.replies: a thread from its first message on.
func (s *Server) replies(payload []byte) (result, error) {
	args, err := s.readHistoryArgs(payload)
	if err != nil {
		return nil, err
	}
	first, ok := s.find(args.Channel, args.TS)
	if !ok {
		return nil, failure("thread_not_found")
	}
	all := []*Message{first}
	for _, m := range s.messages {
		if m.Channel == args.Channel && m.ThreadTS == args.TS && args.includes(m) {
			all = append(all, m)
		}
	}
	return s.page(args, all)
}

func (a historyArgs) includes(m *Message) bool {
	after := a.Oldest == "" || m.TS > a.Oldest || a.Inclusive && m.TS == a.Oldest
	before := a.Latest == "" || m.TS < a.Latest || a.Inclusive && m.TS == a.Latest
	return m.EphemeralTo == "" && !m.Deleted && after && before
}

func (s *Server) page(args historyArgs, all []*Message) (result, error) {
	from := 0
	if args.Cursor != "" {
		var err error
		if from, err = strconv.Atoi(args.Cursor); err != nil || from > len(all) {
			return nil, failure("invalid_cursor")
		}
	}
	to := min(from+args.Limit, len(all))
	next := ""
	if to < len(all) {
		next = strconv.Itoa(to)
	}
	messages := make([]result, 0, to-from)
	for _, m := range all[from:to] {
		messages = append(messages, s.shown(m, args.Metadata))
	}
	return result{"messages": messages, "has_more": next != "", "response_metadata": result{"next_cursor": next}}, nil
}

// shown is a message as the API shows it. s.mu is held.
func (s *Server) shown(m *Message, withMetadata bool) result {
	out := result{"type": "message", "user": m.User, "text": m.Text, "ts": m.TS, "team": Team}
	if m.ThreadTS != "" {
		out["thread_ts"] = m.ThreadTS
	}
	if m.own() {
		out["bot_id"] = BotID
	}
	if m.Blocks != nil {
		out["blocks"] = m.Blocks
	}
	if withMetadata && m.Metadata != nil {
		out["metadata"] = m.Metadata
	}
	if len(m.Files) > 0 {
		var files []result
		for _, id := range m.Files {
			files = append(files, result{"id": id, "name": s.files[id].Name})
		}
		out["files"] = files
	}
	return out
}
