package slackloop

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// trigger opens one view. In Slack it does so for 3 s; here a test says when they
// are over, so that a slow machine changes nothing.
// https://docs.slack.dev/interactivity/handling-user-interaction#modal_responses
type trigger struct {
	person        string
	used, expired bool
}

// newTrigger makes a trigger_id. s.mu is held.
func (s *Server) newTrigger(person string) string {
	id := s.nextID("trigger")
	s.triggers[id] = &trigger{person: person}
	return id
}

// ExpireTriggers makes every trigger_id so far useless, as time does.
func (s *Server) ExpireTriggers() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.triggers {
		t.expired = true
	}
}

// View is a modal in front of a person.
type View struct {
	ID         string
	Hash       string
	Person     string
	Definition json.RawMessage
	Open       bool
	Values     map[string]string // what stands in the inputs, by block_id
	Errors     map[string]string // what the bot says is wrong, by block_id
}

// Input is one input of a View.
type Input struct {
	BlockID string
	Label   string
	Hint    string   // shown while it is empty
	Choices []Choice // of a select, or boxes to tick: their values stand one a line
}

// Choice is one of several values to pick from.
type Choice struct{ Label, Value string }

type definition struct {
	Title struct {
		Text string `json:"text"`
	} `json:"title"`
	PrivateMetadata string            `json:"private_metadata"`
	CallbackID      string            `json:"callback_id"`
	Blocks          []json.RawMessage `json:"blocks"`
}

type inputBlock struct {
	Type    string `json:"type"`
	BlockID string `json:"block_id"`
	Label   struct {
		Text string `json:"text"`
	} `json:"label"`
	Element struct {
		Type        string `json:"type"`
		ActionID    string `json:"action_id"`
		Initial     string `json:"initial_value"`
		Placeholder struct {
			Text string `json:"text"`
		} `json:"placeholder"`
		Options []struct {
			Text struct {
				Text string `json:"text"`
			} `json:"text"`
			Value string `json:"value"`
		} `json:"options"`
		InitialOption  option   `json:"initial_option"`
		InitialOptions []option `json:"initial_options"`
	} `json:"element"`
}

type option struct {
	Value string `json:"value"`
}

// Title is the view's title.
func (v View) Title() string { return v.parse().Title.Text }

// Inputs lists the view's inputs.
func (v View) Inputs() []Input {
	var out []Input
	for _, b := range v.inputs() {
		in := Input{BlockID: b.BlockID, Label: b.Label.Text, Hint: b.Element.Placeholder.Text}
		for _, o := range b.Element.Options {
			in.Choices = append(in.Choices, Choice{Label: o.Text.Text, Value: o.Value})
		}
		out = append(out, in)
	}
	return out
}

func (v View) parse() definition {
	var d definition
	_ = json.Unmarshal(v.Definition, &d) // looked at when it was opened
	return d
}

func (v View) inputs() []inputBlock {
	var out []inputBlock
	for _, raw := range v.parse().Blocks {
		var b inputBlock
		if json.Unmarshal(raw, &b) == nil && b.Type == "input" {
			out = append(out, b)
		}
	}
	return out
}

// begin fills the inputs with what stands in them at first.
func (v *View) begin() {
	v.Values, v.Errors = map[string]string{}, nil
	for _, b := range v.inputs() {
		v.Values[b.BlockID] = b.Element.Initial + b.Element.InitialOption.Value
		for _, o := range b.Element.InitialOptions {
			v.Values[b.BlockID] = strings.TrimSpace(v.Values[b.BlockID] + "\n" + o.Value)
		}
	}
}

// OpenView gives the view that is open in front of a person.
func (s *Server) OpenView(person string) (View, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if v := s.front(person); v != nil {
		return *v, true
	}
	return View{}, false
}

// front is the view that is open in front of a person, or nil. s.mu is held.
func (s *Server) front(person string) *View {
	for _, v := range slices.Backward(s.views) {
		if v.Person == person && v.Open {
			return v
		}
	}
	return nil
}

// openView serves views.open.
func (s *Server) openView(payload []byte) (result, error) {
	var args struct {
		Trigger string          `json:"trigger_id"`
		View    json.RawMessage `json:"view"`
	}
	if err := json.Unmarshal(payload, &args); err != nil {
		return nil, failure("invalid_arguments")
	}
	t, ok := s.triggers[args.Trigger]
	switch {
	case !ok:
		return nil, failure("invalid_trigger_id")
	case t.used:
		return nil, failure("exchanged_trigger_id")
	case t.expired:
		return nil, failure("expired_trigger_id")
	}
	v := &View{ID: s.nextID("V"), Hash: s.nextID("hash"), Person: t.person, Definition: args.View, Open: true}
	if err := v.valid(); err != nil {
		return nil, err
	}
	t.used = true
	v.begin()
	s.views = append(s.views, v)
	return result{"view": result{"id": v.ID, "hash": v.Hash}}, nil
}

// valid refuses what Slack refuses of a modal.
func (v View) valid() error {
	d := v.parse()
	if n := len([]rune(d.Title.Text)); n < 1 || n > 24 || len(d.PrivateMetadata) > 3000 || len(d.Blocks) > 100 {
		return failure("invalid_arguments")
	}
	seen := map[string]bool{}
	for _, b := range v.inputs() {
		if seen[b.BlockID] || b.Label.Text == "" {
			return failure("invalid_arguments")
		}
		seen[b.BlockID] = true
	}
	return nil
}

// Submit sends the view that is open in front of a person, with values by label
// or block_id, and gives the delivery's ID. What is not named stays as it is.
func (s *Server) Submit(person string, values map[string]string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.front(person)
	if v == nil {
		return "", fmt.Errorf("%s has no view open", person)
	}
	known := map[string]bool{}
	for _, b := range v.inputs() {
		for _, name := range []string{b.Label.Text, b.BlockID} {
			if value, ok := values[name]; ok {
				v.Values[b.BlockID], known[name] = value, true
			}
		}
	}
	for name := range values {
		if !known[name] {
			return "", fmt.Errorf("no input %q in the view", name)
		}
	}
	d := v.parse()
	view := result{
		"id": v.ID, "hash": v.Hash, "type": "modal", "team_id": Team, "private_metadata": d.PrivateMetadata, "callback_id": d.CallbackID,
		"blocks": d.Blocks, "state": result{"values": v.state()}, "bot_id": BotID, "app_id": "ALOOP",
	}
	delivery := s.deliver("interactive", result{
		"type": "view_submission", "api_app_id": "ALOOP", "token": "verification", "team": result{"id": Team, "domain": "loop"},
		"user": s.user(person), "trigger_id": s.newTrigger(person), "view": view, "response_urls": []result{},
	})
	delivery.view = v
	return delivery.ID, nil
}

// state is what stands in the inputs, as a submission carries it.
func (v *View) state() result {
	state := result{}
	for _, b := range v.inputs() {
		value := v.Values[b.BlockID]
		input := result{"type": b.Element.Type}
		picked := func(value string) result {
			return result{"value": value, "text": result{"type": "plain_text", "text": value}}
		}
		switch b.Element.Type {
		case "plain_text_input":
			input["value"] = nil
			if value != "" {
				input["value"] = value
			}
		case "checkboxes":
			ticked := []result{}
			for _, v := range strings.Fields(value) {
				ticked = append(ticked, picked(v))
			}
			input["selected_options"] = ticked
		default:
			input["selected_option"] = nil
			if value != "" {
				input["selected_option"] = picked(value)
			}
		}
		state[b.BlockID] = result{b.Element.ActionID: input}
	}
	return state
}

// concludeSubmission does what the acknowledgement of a submission says. s.mu is
// held.
func (s *Server) concludeSubmission(v *View, response json.RawMessage) {
	var r struct {
		Action string            `json:"response_action"`
		Errors map[string]string `json:"errors"`
		View   json.RawMessage   `json:"view"`
	}
	if len(response) > 0 && json.Unmarshal(response, &r) != nil {
		s.complaints = append(s.complaints, fmt.Errorf("ack: a response to a submission that is no JSON"))
		return
	}
	switch r.Action {
	case "errors":
		for block := range r.Errors {
			if _, ok := v.Values[block]; !ok {
				s.complaints = append(s.complaints, fmt.Errorf("ack: an error for %q, which is no input", block))
			}
		}
		v.Errors = r.Errors
	case "update":
		v.Definition, v.Hash = r.View, s.nextID("hash")
		if err := v.valid(); err != nil {
			s.complaints = append(s.complaints, fmt.Errorf("ack: %w", err))
		}
		v.begin()
	default:
		v.Open = false
	}
}
