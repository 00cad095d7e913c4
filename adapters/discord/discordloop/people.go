package discordloop

import (
	"time"
)

// Say has a person write in a channel, a thread or their direct messages. It
// returns the message's ID.
func (s *Server) Say(personID, channelID, text string) string {
	return s.post(&Message{Author: personID, Channel: channelID, Content: text})
}

// Reply has a person write in reply to a message.
func (s *Server) Reply(personID, messageID, text string) string {
	s.mu.Lock()
	channelID := s.mustFind(messageID).Channel
	s.mu.Unlock()
	return s.post(&Message{Author: personID, Channel: channelID, Content: text, ReplyTo: messageID})
}

// SayByWebhook has a webhook write in a person's name.
func (s *Server) SayByWebhook(personID, channelID, text string) string {
	return s.post(&Message{Author: personID, Channel: channelID, Content: text, WebhookID: "4000"})
}

func (s *Server) post(m *Message) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.mustChannel(m.Channel)
	s.mustPerson(m.Author)
	m.ID, m.at = s.newID(), time.Now().UTC()
	s.messages = append(s.messages, m)
	if s.gateway.hears(c) {
		s.gateway.dispatch("MESSAGE_CREATE", s.messageJSON(m))
	}
	s.change()
	return m.ID
}

// hears reports whether the bot asked for the messages of such a channel.
func (g *gateway) hears(c *channel) bool {
	if c.guild == "" {
		return g.intents&intentDirectMessages != 0
	}
	return g.intents&intentGuildMessages != 0
}

// Edit has its author change a message.
func (s *Server) Edit(messageID, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.mustFind(messageID)
	m.Content = text
	s.touch(m)
	s.gateway.dispatch("MESSAGE_UPDATE", s.messageJSON(m))
	s.change()
}

// Unfurl has Discord add a preview to a message: an update that is no edit.
func (s *Server) Unfurl(messageID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	j := s.messageJSON(s.mustFind(messageID))
	j["embeds"] = []any{map[string]any{"type": "link", "url": "https://example.org"}}
	s.gateway.dispatch("MESSAGE_UPDATE", j)
}

// Delete has people or moderators delete messages, several in bulk.
func (s *Server) Delete(messageIDs ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(messageIDs) == 1 {
		s.remove(s.mustFind(messageIDs[0]))
		return
	}
	var last *Message
	for _, id := range messageIDs {
		last = s.mustFind(id)
		last.gone = true
	}
	s.gateway.dispatch("MESSAGE_DELETE_BULK", map[string]any{
		"ids": messageIDs, "channel_id": last.Channel, "guild_id": s.channels[last.Channel].guild,
	})
	s.change()
}

// Again dispatches a person's message once more, as if it were new.
func (s *Server) Again(messageID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gateway.dispatch("MESSAGE_CREATE", s.messageJSON(s.mustFind(messageID)))
}
