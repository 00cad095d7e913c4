package discordloop

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
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

// Interaction is something that a person began.
type Interaction struct {
	s *Server
	i *interaction
}

// Answered reports whether the bot has given a first answer; a deferral counts.
func (i Interaction) Answered() bool {
	i.s.mu.Lock()
	defer i.s.mu.Unlock()
	return i.i.given != 0
}

// Deferred reports whether the first answer was a deferral.
func (i Interaction) Deferred() bool {
	i.s.mu.Lock()
	defer i.s.mu.Unlock()
	return i.i.given == giveDefer || i.i.given == giveDeferUpdate
}

// Choices are the values proposed to a person who types.
func (i Interaction) Choices() []Choice {
	i.s.mu.Lock()
	defer i.s.mu.Unlock()
	return slices.Clone(i.i.choices)
}

// Expire lets the interaction's token run out.
func (i Interaction) Expire() {
	i.s.mu.Lock()
	defer i.s.mu.Unlock()
	i.i.expired = true
}

func (s *Server) interact(kind int, personID, channelID string, from *Message, data map[string]any) Interaction {
	s.mustPerson(personID)
	s.mustChannel(channelID)
	i := &interaction{
		id: s.newID(), token: "interaction-" + s.newID(), kind: kind,
		user: personID, channel: channelID, message: from, at: time.Now(),
	}
	s.interactions[i.token] = i
	s.gateway.dispatch("INTERACTION_CREATE", s.interactionJSON(i, data))
	return Interaction{s, i}
}

// Command has a person use a command, such as "/chat/archive", in a channel.
// It must be registered, with all the options that are given.
func (s *Server) Command(personID, channelID, path string, values map[string]string) (Interaction, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	data, err := s.commandData(path, values, "")
	if err != nil {
		return Interaction{}, err
	}
	return s.interact(kindCommand, personID, channelID, nil, data), nil
}

// Complete has a person type a value of a command's option.
func (s *Server) Complete(personID, channelID, path string, values map[string]string, option string) (Interaction, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	data, err := s.commandData(path, values, option)
	if err != nil {
		return Interaction{}, err
	}
	return s.interact(kindComplete, personID, channelID, nil, data), nil
}

func (s *Server) commandData(path string, values map[string]string, focused string) (map[string]any, error) {
	name, sub, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	known, ok := s.registered(name, sub)
	if !ok {
		return nil, fmt.Errorf("the bot has not registered /%s %s", name, sub)
	}
	options := []any{}
	for _, option := range slices.Sorted(maps.Keys(values)) {
		at := slices.IndexFunc(known.Options, func(o commandOption) bool { return o.Name == option })
		if at < 0 || option == focused && !known.Options[at].Autocomplete {
			return nil, fmt.Errorf("/%s %s has no such option %q", name, sub, option)
		}
		o := map[string]any{"type": 3, "name": option, "value": values[option]}
		if option == focused {
			o["focused"] = true
		}
		options = append(options, o)
	}
	return map[string]any{
		"id": "3000", "name": name, "type": 1,
		"options": []any{map[string]any{"type": 1, "name": sub, "options": options}},
	}, nil
}

func (s *Server) registered(name, sub string) (commandOption, bool) {
	for _, c := range s.commands {
		for _, o := range c.Options {
			if c.Name == name && o.Name == sub && o.Type == 1 {
				return o, true
			}
		}
	}
	return commandOption{}, false
}

// Press has a person press the button with this label on a message that they
// see.
func (s *Server) Press(personID, messageID, label string) (Interaction, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.mustFind(messageID)
	at := slices.IndexFunc(m.Buttons, func(b Button) bool { return b.Label == label })
	if at < 0 || m.gone || m.thinking || !s.sees(personID, m) {
		return Interaction{}, fmt.Errorf("no button %q in sight", label)
	}
	data := map[string]any{"component_type": 2, "custom_id": m.Buttons[at].CustomID}
	return s.interact(kindPress, personID, m.Channel, m, data), nil
}

// Forge has a person press a button that the bot never made.
func (s *Server) Forge(personID, messageID, customID string) Interaction {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.mustFind(messageID)
	return s.interact(kindPress, personID, m.Channel, m, map[string]any{"component_type": 2, "custom_id": customID})
}

// Submit has a person send the form that they have open, with values by the
// fields' labels. What is not given stays as it stands. The form closes.
func (s *Server) Submit(personID string, values map[string]string) (Interaction, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, ok := s.forms[personID]
	if !ok {
		return Interaction{}, fmt.Errorf("no form is open")
	}
	for label := range values {
		if !slices.ContainsFunc(f.Fields, func(f Field) bool { return f.Label == label }) {
			return Interaction{}, fmt.Errorf("the form has no field %q", label)
		}
	}
	components := []any{}
	for _, field := range f.Fields {
		if v, ok := values[field.Label]; ok {
			field.Value = v
		}
		c, err := field.filled()
		if err != nil {
			return Interaction{}, err
		}
		components = append(components, map[string]any{"type": 18, "id": 2*field.id - 1, "component": c})
	}
	delete(s.forms, personID)
	s.change()
	return s.interact(kindForm, personID, f.channel, f.from, map[string]any{"custom_id": f.customID, "components": components}), nil
}

// filled is the field as Discord sends it.
func (f Field) filled() (map[string]any, error) {
	if f.Required && f.Value == "" {
		return nil, fmt.Errorf("the field %q is required", f.Label)
	}
	c := map[string]any{"id": 2 * f.id, "custom_id": f.Name}
	if f.Options == nil {
		if n := utf8.RuneCountInString(f.Value); f.MaxLength > 0 && n > f.MaxLength {
			return nil, fmt.Errorf("the field %q takes %d characters", f.Label, f.MaxLength)
		}
		c["type"], c["value"] = 4, f.Value
		return c, nil
	}
	values := []string{}
	if f.Value != "" {
		if !slices.ContainsFunc(f.Options, func(o Choice) bool { return o.Value == f.Value }) {
			return nil, fmt.Errorf("the field %q has no such choice", f.Label)
		}
		values = append(values, f.Value)
	}
	c["type"], c["values"] = 3, values
	return c, nil
}
