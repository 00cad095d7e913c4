package discordloop

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"unicode/utf8"
)

// getMessages answers with a page of a channel's history, the latest first, and
// without what only the gateway says.
// https://discord.com/developers/docs/resources/message#get-channel-messages
func (s *Server) getMessages(in *incoming) answer {
	c, ok := s.channels[in.PathValue("channel")]
	if !ok {
		return unknownChannel()
	}
	limit, after := 50, in.URL.Query().Get("after")
	if l := in.URL.Query().Get("limit"); l != "" {
		var err error
		if limit, err = strconv.Atoi(l); err != nil || limit < 1 || limit > 100 {
			return invalidForm("limit")
		}
	}
	var found []*Message
	for _, m := range s.messages {
		if m.Channel == c.id && !m.gone && !m.thinking && m.OnlyFor == "" && laterID(m.ID, after) {
			found = append(found, m)
		}
	}
	if after == "" {
		found = found[max(0, len(found)-limit):]
	}
	found = found[:min(len(found), limit)]
	slices.Reverse(found)
	out := make([]any, 0, len(found))
	for _, m := range found {
		j := s.messageJSON(m)
		delete(j, "guild_id")
		delete(j, "member")
		out = append(out, j)
	}
	return answer{http.StatusOK, out}
}

func laterID(id, other string) bool {
	return cmp.Or(cmp.Compare(len(id), len(other)), cmp.Compare(id, other)) > 0
}

// openThread starts a thread from a message.
// https://discord.com/developers/docs/resources/channel#start-thread-from-message
func (s *Server) openThread(in *incoming) answer {
	from, ok := s.channels[in.PathValue("channel")]
	if !ok {
		return unknownChannel()
	}
	at := slices.IndexFunc(s.messages, func(m *Message) bool {
		return m.ID == in.PathValue("message") && m.Channel == from.id && !m.gone && m.OnlyFor == ""
	})
	if at < 0 {
		return unknownMessage()
	}
	if from.guild == "" || from.kind == kindThread {
		return refuse(http.StatusBadRequest, 50024, "Cannot execute action on this channel type")
	}
	id := s.messages[at].ID
	if _, stands := s.channels[id]; stands {
		return refuse(http.StatusBadRequest, 160004, "A thread has already been created for this message")
	}
	var b struct {
		Name string `json:"name"`
	}
	if err := json.Unmarshal(in.body, &b); err != nil || b.Name == "" || utf8.RuneCountInString(b.Name) > 100 {
		return invalidForm("name: must be between 1 and 100 in length")
	}
	c := &channel{id: id, guild: from.guild, kind: kindThread, name: b.Name, parent: from.id}
	s.channels[id] = c
	s.gateway.dispatch("THREAD_CREATE", s.channelJSON(c))
	s.change()
	return answer{http.StatusCreated, s.channelJSON(c)}
}
