package discordloop

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

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

// Failed says why the bot's answer over HTTP was none; "" while there is no
// failure.
func (i Interaction) Failed() string {
	i.s.mu.Lock()
	defer i.s.mu.Unlock()
	return i.i.failed
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
	s.deliver(i, s.interactionJSON(i, data))
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
	options, resolved := []any{}, map[string]any{}
	for _, option := range slices.Sorted(maps.Keys(values)) {
		at := slices.IndexFunc(known.Options, func(o commandOption) bool { return o.Name == option })
		if at < 0 || option == focused && !known.Options[at].Autocomplete {
			return nil, fmt.Errorf("/%s %s has no such option %q", name, sub, option)
		}
		o := map[string]any{"type": known.Options[at].Type, "name": option, "value": values[option]}
		if option != focused {
			resolve(s, known.Options[at].Type, values[option], resolved)
		}
		if option == focused {
			o["focused"] = true
		}
		options = append(options, o)
	}
	return map[string]any{
		"id": "3000", "name": name, "type": 1, "resolved": resolved,
		"options": []any{map[string]any{"type": 1, "name": sub, "options": options}},
	}, nil
}

// resolve says what Discord knows about somebody or a channel.
func resolve(s *Server, option int, id string, into map[string]any) {
	switch option {
	case optionPerson:
		p := s.mustPerson(id)
		into["users"] = map[string]any{id: userJSON(p)}
		into["members"] = map[string]any{id: map[string]any{"nick": nil, "roles": []any{}, "permissions": "0"}}
	case optionChannel:
		into["channels"] = map[string]any{id: s.channelJSON(s.mustChannel(id))}
	}
}

// Action has a person choose an entry of a message's menu.
func (s *Server) Action(personID, messageID, name string) (Interaction, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.mustFind(messageID)
	known := slices.ContainsFunc(s.commands, func(c command) bool { return c.Type == commandOnMessage && c.Name == name })
	if !known || m.gone || !s.sees(personID, m) {
		return Interaction{}, fmt.Errorf("no entry %q in sight", name)
	}
	target := s.messageJSON(m)
	delete(target, "guild_id")
	delete(target, "member")
	target["content"] = m.Content // whoever acts on it shows it
	data := map[string]any{
		"id": "3000", "name": name, "type": commandOnMessage, "target_id": m.ID,
		"resolved": map[string]any{"messages": map[string]any{m.ID: target}},
	}
	return s.interact(kindCommand, personID, m.Channel, nil, data), nil
}

// Pick has a person pick from the menu with this label on a message that they
// see: the value of a choice, or the ID of a person or channel.
func (s *Server) Pick(personID, messageID, label, value string) (Interaction, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.mustFind(messageID)
	at := slices.IndexFunc(m.Menus, func(n Menu) bool { return n.Label == label })
	if at < 0 || m.gone || m.thinking || !s.sees(personID, m) {
		return Interaction{}, fmt.Errorf("no menu %q in sight", label)
	}
	menu, resolved := m.Menus[at], map[string]any{}
	switch menu.Kind {
	case kindPeople:
		resolve(s, optionPerson, value, resolved)
	case kindChannels:
		resolve(s, optionChannel, value, resolved)
	default:
		if !slices.ContainsFunc(menu.Options, func(o Choice) bool { return o.Value == value }) {
			return Interaction{}, fmt.Errorf("the menu %q has no such choice", label)
		}
	}
	data := map[string]any{"component_type": menu.Kind, "custom_id": menu.CustomID, "values": []string{value}, "resolved": resolved}
	return s.interact(kindPress, personID, m.Channel, m, data), nil
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
		values = append(values, f.Value)
	}
	c["type"] = 3
	if f.Boxes {
		c["type"], values = 22, strings.Fields(f.Value)
	}
	for _, v := range values {
		if !slices.ContainsFunc(f.Options, func(o Choice) bool { return o.Value == v }) {
			return nil, fmt.Errorf("the field %q has no such choice", f.Label)
		}
	}
	c["values"] = values
	return c, nil
}
