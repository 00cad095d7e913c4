package discordloop

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"
)

// interaction is a person using a command, a button or a form.
type interaction struct {
	id, token     string
	kind          int
	user, channel string
	message       *Message // with the button, or the one that the form came from
	at            time.Time
	given         int      // the type of the first answer; 0: none
	original      *Message // what @original names
	expired       bool
	failed        string // why the answer over HTTP was none
	choices       []Choice
}

// Types of interactions and of first answers.
const (
	kindCommand  = 2
	kindPress    = 3
	kindComplete = 4
	kindForm     = 5

	giveMessage     = 4
	giveDefer       = 5
	giveDeferUpdate = 6
	giveUpdate      = 7
	giveChoices     = 8
	giveForm        = 9
)

// answerWithin is how long Discord waits for the first answer.
// https://discord.com/developers/docs/interactions/receiving-and-responding#responding-to-an-interaction
const answerWithin = 3 * time.Second

func (s *Server) callback(in *incoming) answer {
	i, ok := s.interactions[in.PathValue("token")]
	switch {
	case !ok || i.id != in.PathValue("id") || i.given == 0 && time.Since(i.at) > answerWithin:
		return notThere(10062, "Unknown interaction")
	case i.given != 0:
		return refuse(http.StatusBadRequest, 40060, "Interaction has already been acknowledged.")
	}
	var c struct {
		Type int             `json:"type"`
		Data json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal(in.body, &c); err != nil {
		return invalidForm(err.Error())
	}
	if why := s.give(i, c.Type, c.Data, in.files); why != "" {
		return invalidForm(why)
	}
	i.given = c.Type
	s.change()
	return answer{http.StatusNoContent, nil}
}

// give takes the first answer, or says why it is none.
func (s *Server) give(i *interaction, kind int, data json.RawMessage, files []File) string {
	if (kind == giveChoices) != (i.kind == kindComplete) {
		return "this type of answer does not fit this interaction"
	}
	switch kind {
	case giveMessage, giveDefer:
		b, err := decodeBody(data, files)
		if err != nil {
			return err.Error()
		}
		if kind == giveMessage && b.empty() {
			return "the message is empty"
		}
		i.original = s.reply(i, b, files, b.Flags&flagEphemeral != 0)
		i.original.thinking = kind == giveDefer
		s.publish(i.original)
	case giveDeferUpdate, giveUpdate:
		if i.message == nil {
			return "there is no message to update"
		}
		i.original = i.message
		if kind == giveUpdate {
			b, err := decodeBody(data, files)
			if err != nil {
				return err.Error()
			}
			s.rewrite(i.message, b, files)
		}
	case giveChoices:
		var d struct {
			Choices []Choice `json:"choices"`
		}
		if err := json.Unmarshal(data, &d); err != nil || len(d.Choices) > 25 {
			return "choices"
		}
		i.choices = d.Choices
	case giveForm:
		if i.kind == kindForm {
			return "a form cannot be answered with a form"
		}
		f, why := parseForm(data)
		if why != "" {
			return why
		}
		f.from, f.channel = i.message, i.channel
		s.forms[i.user] = f
	default:
		return "type"
	}
	return ""
}

// reply adds a message that answers an interaction.
func (s *Server) reply(i *interaction, b *messageBody, files []File, hidden bool) *Message {
	m := s.botSays(i.channel, b, files)
	if hidden {
		m.OnlyFor = i.user
	}
	return m
}

// publish tells the bot of its own message, as Discord does.
func (s *Server) publish(m *Message) {
	if m.OnlyFor == "" && !m.thinking {
		s.gateway.dispatch("MESSAGE_CREATE", s.messageJSON(m))
	}
}

// later finds the interaction of a request that follows the first answer.
func (s *Server) later(in *incoming) (*interaction, answer) {
	i, ok := s.interactions[in.PathValue("token")]
	switch {
	case !ok || in.PathValue("app") != appID || i.given == 0:
		return nil, notThere(10015, "Unknown Webhook")
	case i.expired:
		return nil, refuse(http.StatusUnauthorized, 50027, "Invalid Webhook Token")
	}
	return i, answer{}
}

func (s *Server) followUp(in *incoming) answer {
	i, refusal := s.later(in)
	if i == nil {
		return refusal
	}
	b, err := parseBody(in)
	if err != nil {
		return invalidForm(err.Error())
	}
	if b.empty() {
		return refuse(http.StatusBadRequest, 50006, "Cannot send an empty message")
	}
	if i.original != nil && i.original.thinking && !i.original.gone {
		// The first message after a deferral takes its place, and is as private.
		s.rewrite(i.original, b, in.files)
		return answer{http.StatusOK, s.messageJSON(i.original)}
	}
	m := s.reply(i, b, in.files, b.Flags&flagEphemeral != 0)
	s.publish(m)
	return answer{http.StatusOK, s.messageJSON(m)}
}

func (s *Server) editOriginal(in *incoming) answer {
	i, refusal := s.later(in)
	if i == nil {
		return refusal
	}
	if i.original == nil || i.original.gone {
		return unknownMessage()
	}
	b, err := parseBody(in)
	if err != nil {
		return invalidForm(err.Error())
	}
	s.rewrite(i.original, b, in.files)
	return answer{http.StatusOK, s.messageJSON(i.original)}
}

func (s *Server) deleteOriginal(in *incoming) answer {
	i, refusal := s.later(in)
	if i == nil {
		return refusal
	}
	if i.original == nil || i.original.gone {
		return unknownMessage()
	}
	s.remove(i.original)
	return answer{http.StatusNoContent, nil}
}

// parseForm reads a modal, and says what Discord would refuse in it.
func parseForm(data json.RawMessage) (*Form, string) {
	var m struct {
		CustomID   string `json:"custom_id"`
		Title      string `json:"title"`
		Components []struct {
			Type      int    `json:"type"`
			Label     string `json:"label"`
			Component struct {
				Type        int    `json:"type"`
				CustomID    string `json:"custom_id"`
				Style       int    `json:"style"`
				Value       string `json:"value"`
				Placeholder string `json:"placeholder"`
				Required    *bool  `json:"required"`
				MaxLength   int    `json:"max_length"`
				Min         *int   `json:"min_values"`
				Max         int    `json:"max_values"`
				Options     []struct {
					Label   string `json:"label"`
					Value   string `json:"value"`
					Default bool   `json:"default"`
				} `json:"options"`
			} `json:"component"`
		} `json:"components"`
	}
	if err := json.Unmarshal(data, &m); err != nil {
		return nil, err.Error()
	}
	if n := utf8.RuneCountInString(m.Title); n == 0 || n > 45 || m.CustomID == "" || len(m.CustomID) > 100 {
		return nil, "title or custom_id"
	}
	if len(m.Components) == 0 || len(m.Components) > 5 {
		return nil, "a form has 1 to 5 fields"
	}
	f := &Form{Title: m.Title, customID: m.CustomID}
	for n, c := range m.Components {
		in := c.Component
		if l := utf8.RuneCountInString(c.Label); c.Type != 18 || l == 0 || l > 45 || in.CustomID == "" || len(in.CustomID) > 100 {
			return nil, "a field's label"
		}
		field := Field{
			Label: c.Label, Name: in.CustomID, Placeholder: in.Placeholder, Value: in.Value,
			Required: in.Required == nil || *in.Required, Long: in.Style == 2, MaxLength: in.MaxLength, id: n + 1,
			Boxes: in.Type == 22,
		}
		for _, o := range in.Options {
			field.Options = append(field.Options, Choice{Name: o.Label, Value: o.Value})
			switch {
			case o.Default && field.Boxes:
				field.Value = strings.TrimSpace(field.Value + "\n" + o.Value)
			case o.Default:
				field.Value = o.Value
			}
		}
		// https://docs.discord.com/developers/components/reference#checkbox-group
		isBoxes := field.Boxes && len(in.Options) > 0 && len(in.Options) <= 10 && in.Max >= 1 && in.Max <= len(in.Options) &&
			field.Required == (in.Min == nil || *in.Min > 0)
		isSelect := in.Type == 3 && len(in.Options) > 0 && len(in.Options) <= 25
		isText := in.Type == 4 && (in.Style == 1 || in.Style == 2) && in.MaxLength <= 4000 &&
			utf8.RuneCountInString(in.Value) <= max(in.MaxLength, 1) && utf8.RuneCountInString(in.Placeholder) <= 100
		if !isSelect && !isText && !isBoxes {
			return nil, "a field's input"
		}
		f.Fields = append(f.Fields, field)
	}
	return f, ""
}
