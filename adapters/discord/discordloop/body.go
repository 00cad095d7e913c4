package discordloop

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// messageBody is a message as the bot sends it. What an edit does not name
// stays as it was.
type messageBody struct {
	Content    *string  `json:"content"`
	Embeds     *[]Embed `json:"embeds"`
	Components *[]struct {
		Type       int           `json:"type"`
		Components []controlBody `json:"components"`
	} `json:"components"`
	Attachments *[]struct {
		ID       json.Number `json:"id"`
		Filename string      `json:"filename"`
		Alt      string      `json:"description"`
	} `json:"attachments"`
	Allowed   *allowed `json:"allowed_mentions"`
	Flags     int      `json:"flags"`
	Nonce     string   `json:"nonce"`
	Enforce   bool     `json:"enforce_nonce"`
	Reference *struct {
		MessageID string `json:"message_id"`
	} `json:"message_reference"`

	files int
}

// controlBody is a button or a menu.
type controlBody struct {
	Type        int    `json:"type"`
	Style       int    `json:"style"`
	Label       string `json:"label"`
	CustomID    string `json:"custom_id"`
	URL         string `json:"url"`
	Placeholder string `json:"placeholder"`
	Options     []struct {
		Label string `json:"label"`
		Value string `json:"value"`
	} `json:"options"`
}

const flagEphemeral = 1 << 6

func parseBody(in *incoming) (*messageBody, error) { return decodeBody(in.body, in.files) }

func decodeBody(raw []byte, files []File) (*messageBody, error) {
	var b messageBody
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &b); err != nil {
			return nil, err
		}
	}
	b.files = len(files)
	if err := b.check(); err != nil {
		return nil, err
	}
	return &b, b.describe(files)
}

// describe gives the files what is said of them, and refuses an embed that shows a
// file that does not come with the message. Discord takes such an embed and shows
// nothing.
// https://discord.com/developers/docs/reference#uploading-files-using-attachments-within-embeds
func (b *messageBody) describe(files []File) error {
	if b.Attachments != nil {
		for i, a := range *b.Attachments {
			if utf8.RuneCountInString(a.Alt) > 1024 {
				return errors.New("attachments: description must be 1024 or fewer in length")
			}
			files[i].Alt = a.Alt
		}
	}
	if b.Embeds == nil {
		return nil
	}
	for _, e := range *b.Embeds {
		if e.Image == nil {
			continue
		}
		name, own := strings.CutPrefix(e.Image.URL, "attachment://")
		at := slices.IndexFunc(files, func(f File) bool { return f.Name == name })
		if own && at < 0 {
			return errors.New("embeds: no such attachment")
		}
		if own {
			files[at].Embedded = true
		}
	}
	return nil
}

func (b *messageBody) empty() bool {
	return (b.Content == nil || *b.Content == "") && (b.Embeds == nil || len(*b.Embeds) == 0) && b.files == 0
}

// check keeps Discord's limits. Characters are code points here.
// https://discord.com/developers/docs/resources/message#create-message
func (b *messageBody) check() error {
	if b.Content != nil && utf8.RuneCountInString(*b.Content) > 2000 {
		return errors.New("content: must be 2000 or fewer in length")
	}
	if len(b.Nonce) > 25 {
		return errors.New("nonce: must be 25 or fewer in length")
	}
	total := 0
	if b.Embeds != nil {
		if len(*b.Embeds) > 10 {
			return errors.New("embeds: at most 10")
		}
		for _, e := range *b.Embeds {
			n := utf8.RuneCountInString(e.Description)
			if total += n; n > 4096 {
				return errors.New("embeds: description must be 4096 or fewer in length")
			}
			if e.Description == "" && e.Image == nil {
				return errors.New("embeds: an embed is empty")
			}
		}
	}
	if total > 6000 {
		return errors.New("embeds: more than 6000 characters in all")
	}
	if b.Attachments != nil && len(*b.Attachments) != b.files {
		return fmt.Errorf("attachments: %d named, %d sent", len(*b.Attachments), b.files)
	}
	return b.checkButtons()
}

func (b *messageBody) checkButtons() error {
	if b.Components == nil {
		return nil
	}
	if len(*b.Components) > 5 {
		return errors.New("components: at most 5 rows")
	}
	ids := map[string]bool{}
	for _, row := range *b.Components {
		if row.Type != 1 || len(row.Components) == 0 || len(row.Components) > 5 {
			return errors.New("components: 1 to 5 buttons in a row")
		}
		for _, c := range row.Components {
			switch {
			case c.link():
				if err := c.checkLink(); err != nil {
					return err
				}
				continue
			case c.URL != "":
				return errors.New("components: url of what is no link")
			case c.CustomID == "" || len(c.CustomID) > 100:
				return errors.New("components: custom_id must be between 1 and 100 in length")
			case ids[c.CustomID]:
				return errors.New("components: custom_id is there twice")
			case c.Type != 2 && len(row.Components) > 1:
				return errors.New("components: a menu stands alone in its row")
			}
			ids[c.CustomID] = true
			if err := c.check(); err != nil {
				return err
			}
		}
	}
	return nil
}

// link reports whether it is a button that leads to an address.
// https://discord.com/developers/docs/components/reference#button-button-styles
func (c *controlBody) link() bool { return c.Type == 2 && c.Style == 5 }

func (c *controlBody) checkLink() error {
	u, err := url.Parse(c.URL)
	switch n := utf8.RuneCountInString(c.Label); {
	case c.CustomID != "":
		return errors.New("components: custom_id of a link")
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || utf8.RuneCountInString(c.URL) > 512:
		return errors.New("components: url must be well formed, and 512 or fewer in length")
	case n == 0 || n > 80:
		return errors.New("components: label must be between 1 and 80 in length")
	}
	return nil
}

func (c *controlBody) check() error {
	switch n := utf8.RuneCountInString(c.Label); {
	case c.Type == 2 && (c.Style < 1 || c.Style > 4):
		return errors.New("components: no such style of button")
	case c.Type == 2 && (n == 0 || n > 80):
		return errors.New("components: label must be between 1 and 80 in length")
	case c.Type == 2:
		return nil
	case c.Type != kindChoices && c.Type != kindPeople && c.Type != kindChannels:
		return errors.New("components: neither a button nor a menu")
	case utf8.RuneCountInString(c.Placeholder) > 150 || (c.Type == kindChoices) != (len(c.Options) > 0) || len(c.Options) > 25:
		return errors.New("components: placeholder or options")
	}
	values := map[string]bool{}
	for _, o := range c.Options {
		if n := utf8.RuneCountInString(o.Label); n == 0 || n > 100 || o.Value == "" || len(o.Value) > 100 || values[o.Value] {
			return errors.New("components: an option's label or value")
		}
		values[o.Value] = true
	}
	return nil
}

// Types of menus.
const (
	kindChoices  = 3
	kindPeople   = 5
	kindChannels = 8
)

// botSays adds a message of the bot's. The caller holds mu.
func (s *Server) botSays(channelID string, b *messageBody, files []File) *Message {
	m := &Message{ID: s.newID(), Channel: channelID, at: time.Now().UTC()}
	if b.Reference != nil {
		m.ReplyTo = b.Reference.MessageID
	}
	m.apply(b, files)
	s.messages = append(s.messages, m)
	s.change()
	return m
}

// rewrite edits a message of the bot's. The caller holds mu.
func (s *Server) rewrite(m *Message, b *messageBody, files []File) {
	m.apply(b, files)
	m.thinking = false
	s.touch(m)
	if m.OnlyFor == "" {
		s.gateway.dispatch("MESSAGE_UPDATE", s.messageJSON(m))
	}
	s.change()
}

// touch notes an edit, later than the one before.
func (s *Server) touch(m *Message) {
	last := m.edited
	if last.IsZero() {
		last = m.at
	}
	m.edited = time.Now().UTC()
	if least := last.Add(time.Millisecond); m.edited.Before(least) {
		m.edited = least
	}
}

// remove deletes a message. The caller holds mu.
func (s *Server) remove(m *Message) {
	m.gone = true
	if m.OnlyFor == "" {
		j := map[string]any{"id": m.ID, "channel_id": m.Channel}
		if g := s.channels[m.Channel].guild; g != "" {
			j["guild_id"] = g
		}
		s.gateway.dispatch("MESSAGE_DELETE", j)
	}
	s.change()
}

func (m *Message) apply(b *messageBody, files []File) {
	if b.Content != nil {
		m.Content = *b.Content
	}
	if b.Embeds != nil {
		m.Embeds = *b.Embeds
	}
	if b.Components != nil {
		m.Buttons, m.Menus, m.leads = nil, nil, nil
		for _, row := range *b.Components {
			for _, c := range row.Components {
				if c.link() {
					m.leads = append(m.leads, c.URL)
					continue
				}
				if c.Type == 2 {
					m.Buttons = append(m.Buttons, Button{Label: c.Label, Style: c.Style, CustomID: c.CustomID})
					continue
				}
				menu := Menu{Label: c.Placeholder, Kind: c.Type, CustomID: c.CustomID}
				for _, o := range c.Options {
					menu.Options = append(menu.Options, Choice{Name: o.Label, Value: o.Value})
				}
				m.Menus = append(m.Menus, menu)
			}
		}
	}
	if b.Attachments != nil {
		m.Files = nil
	}
	m.Files = append(m.Files, files...)
	m.allowed = allowed{}
	if b.Allowed != nil {
		m.allowed = *b.Allowed
		m.allowed.given = true
	}
	m.Guarded = m.allowed.given && m.allowed.Parse != nil && len(m.allowed.Parse) == 0
}

// notThere is what an interaction that is not known (any more) gets.
func notThere(code int, what string) answer { return refuse(http.StatusNotFound, code, what) }
