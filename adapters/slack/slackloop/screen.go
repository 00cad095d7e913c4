package slackloop

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
)

// Everyone stands in Shown.Pings for any kind of crowd.
const Everyone = "everyone"

// Shown is a message of the bot as a person sees it.
type Shown struct {
	Channel, TS string
	Text        string // without buttons; mentions as @name, times by their fallback
	Buttons     []string
	Menus       []string // their placeholders
	Links       []string // their addresses
	Images      []string // their alternative texts
	Files       []string // their names
	Pings       []string // IDs of people, or Everyone
	Ephemeral   bool
	Direct      bool
	Room        bool // in a group direct message
}

// Screen is what the bot has said that a person can see now, oldest first.
func (s *Server) Screen(person string) []Shown {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Shown
	for _, m := range s.messages {
		direct := channelType(m.Channel) == "im"
		if !m.own() || m.Deleted || m.EphemeralTo != "" && m.EphemeralTo != person || direct && m.Channel != DM(person) || !s.inRoom(person, m.Channel) {
			continue
		}
		shown := Shown{Channel: m.Channel, TS: m.TS, Ephemeral: m.EphemeralTo != "", Direct: direct, Room: channelType(m.Channel) == "mpim"}
		s.render(m, &shown)
		out = append(out, shown)
	}
	return out
}

// block is as much of Block Kit as can be shown here.
type block struct {
	Type     string          `json:"type"`
	Elements []element       `json:"elements"`
	AltText  string          `json:"alt_text"`
	Text     json.RawMessage `json:"text"`
}

type element struct {
	Type     string          `json:"type"`
	Text     json.RawMessage `json:"text"` // a string, or a text object
	URL      string          `json:"url"`
	UserID   string          `json:"user_id"`
	Fallback string          `json:"fallback"`
	Elements []element       `json:"elements"`
}

// notifies finds what pings in text that Slack parses.
// https://docs.slack.dev/messaging/formatting-message-text#advanced
var notifies = regexp.MustCompile(`<([@!])([^|>^]+)`)

func (s *Server) render(m *Message, shown *Shown) {
	for _, id := range m.Files {
		if f := s.files[id]; f.Alt != "" {
			shown.Images = append(shown.Images, f.Alt)
		} else {
			shown.Files = append(shown.Files, f.Name)
		}
	}
	for _, b := range buttons(m.Blocks) {
		if b.Placeholder.Text != "" {
			shown.Menus = append(shown.Menus, b.Placeholder.Text)
			continue
		}
		if b.URL != "" {
			shown.Links = append(shown.Links, b.URL)
			continue
		}
		shown.Buttons = append(shown.Buttons, b.Text.Text)
	}
	s.pingsOf(m.Text, shown)
	var blocks []block
	if len(m.Blocks) == 0 || json.Unmarshal(m.Blocks, &blocks) != nil {
		shown.Text = decode(m.Text)
		return
	}
	var lines []string
	for _, b := range blocks {
		switch b.Type {
		case "rich_text":
			var text strings.Builder
			s.renderElements(b.Elements, &text, shown)
			lines = append(lines, text.String())
		case "image":
			shown.Images = append(shown.Images, b.AltText)
		case "actions":
		default: // text objects, whose mrkdwn Slack parses
			text := textOf(b.Text)
			s.pingsOf(text, shown)
			lines = append(lines, decode(text))
		}
	}
	shown.Text = strings.Join(lines, "\n")
}

func (s *Server) renderElements(elements []element, text *strings.Builder, shown *Shown) {
	for _, e := range elements {
		switch e.Type {
		case "text":
			text.WriteString(textOf(e.Text))
		case "link":
			label := textOf(e.Text)
			if label == "" {
				label = e.URL
			}
			text.WriteString(label)
			shown.Links = append(shown.Links, e.URL)
		case "date":
			text.WriteString(e.Fallback)
		case "user":
			text.WriteString("@" + s.people[e.UserID].Name)
			shown.ping(e.UserID)
		case "broadcast", "usergroup":
			shown.ping(Everyone)
		default:
			s.renderElements(e.Elements, text, shown)
		}
	}
}

func (s *Server) pingsOf(text string, shown *Shown) {
	for _, found := range notifies.FindAllStringSubmatch(text, -1) {
		switch {
		case found[1] == "@":
			shown.ping(found[2])
		case found[2] != "date":
			shown.ping(Everyone)
		}
	}
}

func (s *Shown) ping(whom string) {
	if !slices.Contains(s.Pings, whom) {
		s.Pings = append(s.Pings, whom)
	}
}

// textOf reads a string or a text object.
func textOf(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	var object struct {
		Text string `json:"text"`
	}
	_ = json.Unmarshal(raw, &object) // neither: nothing to show
	return object.Text
}

func decode(text string) string {
	return strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">").Replace(text)
}
