package slackloop

import (
	"encoding/json"
	"fmt"
)

// menu finds the menu that shows a placeholder on a message that a person sees.
// s.mu is held.
func (s *Server) menu(person, channel, ts, placeholder string) (*Message, button, error) {
	m, ok := s.find(channel, ts)
	if !ok || m.Deleted || m.EphemeralTo != "" && m.EphemeralTo != person {
		return nil, button{}, fmt.Errorf("%s sees no message %s", person, ts)
	}
	for _, b := range buttons(m.Blocks) {
		if b.Placeholder.Text == placeholder {
			return m, b, nil
		}
	}
	return nil, button{}, fmt.Errorf("no menu %q on message %s", placeholder, ts)
}

// Pick picks the choice with this label, the person with this ID or the channel
// with this ID from a menu, whichever it offers, and gives the delivery's ID.
func (s *Server) Pick(person, channel, ts, placeholder, picked string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, b, err := s.menu(person, channel, ts, placeholder)
	if err != nil {
		return "", err
	}
	action := result{"type": b.Type, "action_id": entities.Replace(b.ActionID)}
	switch b.Type {
	case "users_select":
		action["selected_user"] = picked
	case "conversations_select":
		action["selected_conversation"] = picked
	case "static_select":
		for _, o := range b.Options {
			if o.Text.Text == picked {
				action["selected_option"] = result{"value": entities.Replace(o.Value), "text": result{"type": "plain_text", "text": picked}}
			}
		}
		if action["selected_option"] == nil {
			return "", fmt.Errorf("no choice %q in the menu %q", picked, placeholder)
		}
	default:
		return "", fmt.Errorf("a menu of the kind %q", b.Type)
	}
	return s.used(person, m, action), nil
}

// Act chooses the entry with this callback_id from the menu of a message, and
// gives the delivery's ID.
func (s *Server) Act(person, channel, ts, callback string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, ok := s.find(channel, ts)
	if !ok || m.Deleted || m.EphemeralTo != "" {
		return "", fmt.Errorf("%s sees no message %s with a menu", person, ts)
	}
	return s.deliver("interactive", result{
		"type": "message_action", "api_app_id": "ALOOP", "token": "verification", "callback_id": callback,
		"team": result{"id": Team, "domain": "loop"}, "user": s.user(person), "channel": result{"id": channel, "name": "loop"},
		"action_ts": s.nextTS(), "message_ts": ts, "message": s.shown(m, false), "trigger_id": s.newTrigger(person),
		"response_url": s.newResponseURL(responseURL{channel: channel, person: person, message: ts}),
	}).ID, nil
}

// OpenHome opens a person's home of the app, and gives the delivery's ID.
func (s *Server) OpenHome(person string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.event(result{"type": "app_home_opened", "user": person, "channel": DM(person), "tab": "home", "event_ts": s.nextTS()}).ID
}

// Home is what a person's home shows; false if nothing was published.
func (s *Server) Home(person string) (Shown, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, ok := s.homes[person]
	if !ok {
		return Shown{}, false
	}
	var shown Shown
	s.render(&Message{Blocks: v.blocks()}, &shown)
	return shown, true
}

// PressHome presses a button in a person's home and gives the delivery's ID.
func (s *Server) PressHome(person, label string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, ok := s.homes[person]
	if !ok {
		return "", fmt.Errorf("%s has no home", person)
	}
	for _, b := range buttons(v.blocks()) {
		if b.Text.Text != label {
			continue
		}
		payload := s.actions(person, b.action())
		payload["container"] = result{"type": "view", "view_id": v.ID}
		payload["view"] = result{"id": v.ID, "type": "home", "hash": v.Hash, "private_metadata": v.parse().PrivateMetadata}
		return s.deliver("interactive", payload).ID, nil
	}
	return "", fmt.Errorf("no button %q in the home of %s", label, person)
}

func (v *View) blocks() json.RawMessage {
	var d struct {
		Blocks json.RawMessage `json:"blocks"`
	}
	_ = json.Unmarshal(v.Definition, &d) // looked at when it was published
	return d.Blocks
}

// publishView serves views.publish.
func (s *Server) publishView(payload []byte) (result, error) {
	var args struct {
		User string          `json:"user_id"`
		View json.RawMessage `json:"view"`
	}
	if err := json.Unmarshal(payload, &args); err != nil {
		return nil, failure("invalid_arguments")
	}
	if _, ok := s.people[args.User]; !ok {
		return nil, failure("user_not_found")
	}
	v := &View{ID: s.nextID("V"), Hash: s.nextID("hash"), Person: args.User, Definition: args.View}
	var kind struct {
		Type   string            `json:"type"`
		Blocks []json.RawMessage `json:"blocks"`
	}
	if json.Unmarshal(args.View, &kind) != nil || kind.Type != "home" || kind.Blocks == nil || len(kind.Blocks) > 100 {
		return nil, failure("invalid_arguments")
	}
	s.homes[args.User] = v
	return result{"view": result{"id": v.ID, "hash": v.Hash}}, nil
}
