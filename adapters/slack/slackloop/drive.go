package slackloop

import (
	"encoding/json"
	"fmt"
	"strings"
)

// SayOptions say more about a message.
type SayOptions struct {
	Thread string // ts of the message whose thread it replies in
	Raw    bool   // the text is as Slack writes it already
}

// Say posts a message of a person and gives its ts.
func (s *Server) Say(person, channel, text string, o SayOptions) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !o.Raw {
		text = s.encode(text)
	}
	m := s.add(Message{Channel: channel, ThreadTS: o.Thread, User: person, Text: text})
	e := s.shown(m, false)
	e["channel"], e["channel_type"], e["event_ts"] = channel, channelType(channel), m.TS
	e["client_msg_id"] = "client-" + m.TS
	e["blocks"] = []result{{"type": "rich_text", "block_id": "b", "elements": []result{}}}
	if channelType(channel) == "mpim" { // the app has no scope to hear of it
		return m.TS
	}
	d := s.event(e)
	d.said, d.MessageTS = true, m.TS
	if strings.Contains(text, "<@"+BotUser+">") && channelType(channel) != "im" {
		d = s.event(result{"type": "app_mention", "user": person, "text": text, "ts": m.TS, "thread_ts": m.ThreadTS, "channel": channel, "event_ts": m.TS})
		d.said, d.MessageTS = true, m.TS
	}
	return m.TS
}

func channelType(channel string) string {
	if strings.HasPrefix(channel, "D") {
		return "im"
	}
	if strings.HasPrefix(channel, "G") {
		return "mpim"
	}
	return "channel"
}

// event delivers an event. s.mu is held.
func (s *Server) event(inner any) *Delivery {
	now := s.options.Now()
	return s.deliver("events_api", result{
		"token": "verification", "team_id": Team, "api_app_id": "ALOOP", "type": "event_callback",
		"event_id": s.nextID("Ev"), "event_time": now.Unix(), "event": inner,
		"authorizations": []result{{"team_id": Team, "user_id": BotUser, "is_bot": true}},
	})
}

// tellOfPost delivers the event about a message of the bot itself. s.mu is held.
func (s *Server) tellOfPost(m *Message) {
	e := s.shown(m, false)
	e["channel"], e["channel_type"], e["event_ts"] = m.Channel, channelType(m.Channel), m.TS
	s.event(e)
}

// Edit changes what a person said.
func (s *Server) Edit(channel, ts, text string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, ok := s.find(channel, ts)
	if !ok || m.Deleted {
		return fmt.Errorf("no message %s to edit", ts)
	}
	before := s.shown(m, false)
	m.Text, m.Edits = s.encode(text), m.Edits+1
	at := s.nextTS()
	after := s.shown(m, false)
	// Slack marks edits by the second only.
	after["edited"] = result{"user": m.User, "ts": strings.Split(at, ".")[0] + ".000000"}
	s.event(result{
		"type": "message", "subtype": "message_changed", "hidden": true, "channel": channel, "channel_type": channelType(channel),
		"ts": at, "event_ts": at, "message": after, "previous_message": before,
	}).MessageTS = ts
	return nil
}

// Unfurl adds a preview to what a person said, which Slack tells of as a change.
func (s *Server) Unfurl(channel, ts string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, ok := s.find(channel, ts)
	if !ok || m.Deleted {
		return fmt.Errorf("no message %s to show a preview of", ts)
	}
	at := s.nextTS()
	after := s.shown(m, false)
	after["attachments"] = []result{{"id": 1, "from_url": "https://example.org", "title": "Example"}}
	s.event(result{
		"type": "message", "subtype": "message_changed", "hidden": true, "channel": channel, "channel_type": channelType(channel),
		"ts": at, "event_ts": at, "message": after, "previous_message": s.shown(m, false),
	})
	return nil
}

// Delete deletes a message. One with replies leaves a tombstone, which Slack
// tells of as a change.
func (s *Server) Delete(channel, ts string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, ok := s.find(channel, ts)
	if !ok || m.Deleted {
		return fmt.Errorf("no message %s to delete", ts)
	}
	m.Deleted = true
	at := s.nextTS()
	e := result{"type": "message", "hidden": true, "channel": channel, "channel_type": channelType(channel), "ts": at, "event_ts": at,
		"previous_message": s.shown(m, false)}
	if s.hasReplies(m) {
		e["subtype"] = "message_changed"
		e["message"] = result{"type": "message", "subtype": "tombstone", "text": "This message was deleted.", "user": "USLACKBOT", "hidden": true,
			"ts": ts, "thread_ts": ts}
	} else {
		e["subtype"], e["deleted_ts"] = "message_deleted", ts
	}
	s.event(e).MessageTS = ts
	return nil
}

func (s *Server) hasReplies(m *Message) bool {
	for _, other := range s.messages {
		if other.Channel == m.Channel && other.ThreadTS == m.TS && !other.Deleted {
			return true
		}
	}
	return false
}

// SlashCommand types "/staffroom text" and gives the delivery's ID.
func (s *Server) SlashCommand(person, channel, text string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.deliver("slash_commands", result{
		"token": "verification", "team_id": Team, "team_domain": "loop", "channel_id": channel, "channel_name": "loop",
		"user_id": person, "user_name": strings.ToLower(s.people[person].Name), "command": "/staffroom", "text": s.encodeCommand(text),
		"api_app_id": "ALOOP", "is_enterprise_install": "false",
		"response_url": s.newResponseURL(responseURL{channel: channel, person: person}),
		"trigger_id":   s.newTrigger(person),
	}).ID
}

// Press presses the button with this label on a message and gives the delivery's
// ID.
func (s *Server) Press(person, channel, ts, label string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, ok := s.find(channel, ts)
	if !ok || m.Deleted || m.EphemeralTo != "" && m.EphemeralTo != person {
		return "", fmt.Errorf("%s sees no message %s", person, ts)
	}
	for _, b := range buttons(m.Blocks) {
		if b.Text.Text == label {
			return s.pressed(person, m, b), nil
		}
	}
	return "", fmt.Errorf("no button %q on message %s", label, ts)
}

// PressForged presses a button that the bot never showed.
func (s *Server) PressForged(person, channel, ts, value string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, ok := s.find(channel, ts)
	if !ok {
		return "", fmt.Errorf("no message %s", ts)
	}
	return s.pressed(person, m, button{ActionID: "control-0", Value: value}), nil
}

// pressed delivers a press. s.mu is held.
func (s *Server) pressed(person string, m *Message, b button) string {
	return s.used(person, m, b.action())
}

// action is a press of the button.
func (b button) action() result {
	return result{"type": "button", "action_id": b.ActionID, "value": entities.Replace(b.Value),
		"text": result{"type": "plain_text", "text": entities.Replace(b.Text.Text)}}
}

// used delivers the use of one control of a message. s.mu is held.
func (s *Server) used(person string, m *Message, action result) string {
	container := result{"type": "message", "message_ts": m.TS, "channel_id": m.Channel, "is_ephemeral": m.EphemeralTo != ""}
	message := s.shown(m, false)
	if m.ThreadTS != "" {
		container["thread_ts"] = m.ThreadTS
	}
	if s.hasReplies(m) {
		message["thread_ts"] = m.TS
	}
	payload := s.actions(person, action)
	payload["channel"], payload["container"] = result{"id": m.Channel, "name": "loop"}, container
	payload["response_url"] = s.newResponseURL(responseURL{channel: m.Channel, person: person, message: m.TS})
	if m.EphemeralTo == "" {
		payload["message"] = message
	}
	return s.deliver("interactive", payload).ID
}

// actions is the use of one control, wherever it stands. s.mu is held.
func (s *Server) actions(person string, action result) result {
	action["block_id"], action["action_ts"] = "b", s.nextTS()
	return result{
		"type": "block_actions", "api_app_id": "ALOOP", "token": "verification",
		"team": result{"id": Team, "domain": "loop"}, "user": s.user(person), "trigger_id": s.newTrigger(person),
		"actions": []result{action},
	}
}

func (s *Server) user(person string) result {
	name := strings.ToLower(s.people[person].Name)
	return result{"id": person, "username": name, "name": name, "team_id": Team}
}

// button is a button of Block Kit, or a menu.
type button struct {
	Text struct {
		Text string `json:"text"`
	} `json:"text"`
	Type        string   `json:"type"`
	ActionID    string   `json:"action_id"`
	Value       string   `json:"value"`
	URL         string   `json:"url"`
	Placeholder struct { // of a menu
		Text string `json:"text"`
	} `json:"placeholder"`
	Options []struct {
		Text struct {
			Text string `json:"text"`
		} `json:"text"`
		Value string `json:"value"`
	} `json:"options"`
}

// buttons lists the buttons in blocks.
func buttons(blocks json.RawMessage) []button {
	var all []struct {
		Type     string            `json:"type"`
		Elements []json.RawMessage `json:"elements"`
	}
	if json.Unmarshal(blocks, &all) != nil {
		return nil
	}
	var out []button
	for _, b := range all {
		if b.Type != "actions" {
			continue
		}
		for _, e := range b.Elements {
			var found button
			if json.Unmarshal(e, &found) == nil {
				out = append(out, found)
			}
		}
	}
	return out
}
