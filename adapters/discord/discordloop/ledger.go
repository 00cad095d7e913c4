package discordloop

import (
	"regexp"
	"slices"
	"time"
)

// Message is a message as it stands now.
type Message struct {
	ID        string
	Channel   string
	Author    string // a person; "" for the bot
	Content   string // as sent
	Embeds    []Embed
	Buttons   []Button
	Menus     []Menu
	Files     []File
	ReplyTo   string
	OnlyFor   string // the person who alone sees it, if it is ephemeral
	WebhookID string // of what a webhook posted in a person's place
	Nonce     string
	Guarded   bool // the bot said who may be notified, and nobody by a whole kind

	at       time.Time
	edited   time.Time
	gone     bool
	thinking bool     // announced by a deferral
	allowed  allowed  // who may be notified
	leads    []string // addresses of its buttons that are links
}

// At is when it was said.
func (m Message) At() time.Time { return m.at }

// Embed is an embed of a message.
type Embed struct {
	Description string `json:"description"`
	Image       *Image `json:"image"`
}

// Image is the picture of an embed.
type Image struct {
	URL string `json:"url"`
	Alt string `json:"description"`
}

// Button is a button of a message.
type Button struct {
	Label    string
	Style    int
	CustomID string
}

// Menu is a menu of a message, to pick from.
type Menu struct {
	Label    string // what stands in it while nothing is picked
	Kind     int    // Discord's type of component: 3 choices, 5 people, 8 channels
	CustomID string
	Options  []Choice
}

// File is an attachment.
type File struct {
	Name     string
	Data     []byte
	Alt      string // what it says to readers who do not see it
	Embedded bool   // an embed shows it, and so it is not listed below the message
}

type allowed struct {
	Parse []string `json:"parse"`
	Users []string `json:"users"`
	given bool
}

// Seen is a message as a person sees it.
type Seen struct {
	Message
	Reading          // of the content and then the embeds, a line each
	Pings   []string // the IDs of those whom it notifies; "everyone" for a crowd
	Direct  bool
	Room    bool // in a private thread
}

// Channel lists what stands in a channel for all to see, oldest first.
func (s *Server) Channel(channelID string) []Seen {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen(func(m *Message) bool { return m.Channel == channelID && m.OnlyFor == "" })
}

// Seen lists what a person can see, oldest first: the channels of all servers,
// the messages that are only for them, and their direct messages.
func (s *Server) Seen(personID string) []Seen {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen(func(m *Message) bool { return s.sees(personID, m) })
}

// Message is a message by its ID, whoever sees it.
func (s *Server) Message(id string) (Seen, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := s.seen(func(m *Message) bool { return m.ID == id })
	if len(found) == 0 {
		return Seen{}, false
	}
	return found[0], true
}

func (s *Server) sees(personID string, m *Message) bool {
	if m.OnlyFor != "" {
		return m.OnlyFor == personID
	}
	in := s.channels[m.Channel]
	return (in.with == "" || in.with == personID) && in.inThread(personID)
}

func (s *Server) seen(wanted func(*Message) bool) []Seen {
	var out []Seen
	for _, m := range s.messages {
		if m.gone || m.thinking || !wanted(m) {
			continue
		}
		copied := *m
		copied.Buttons, copied.Menus = slices.Clone(m.Buttons), slices.Clone(m.Menus)
		reading := s.read(m.Content)
		for _, e := range m.Embeds {
			reading.add(s.read(e.Description))
		}
		reading.Links = append(reading.Links, m.leads...)
		out = append(out, Seen{Message: copied, Reading: reading, Pings: m.pings(), Direct: s.channels[m.Channel].with != "", Room: s.channels[m.Channel].kind == kindPrivate})
	}
	return out
}

var (
	rawPerson = regexp.MustCompile(`<@!?(\d+)>`)
	rawCrowd  = regexp.MustCompile(`@everyone|@here|<@&\d+>`)
)

// pings says whom a message notifies: who is mentioned in its content, as far
// as the sender allows it. Escapes and code count for nothing here.
// https://discord.com/developers/docs/resources/message#allowed-mentions-object
func (m *Message) pings() []string {
	may := func(kind string) bool { return !m.allowed.given || slices.Contains(m.allowed.Parse, kind) }
	var out []string
	for _, match := range rawPerson.FindAllStringSubmatch(m.Content, -1) {
		if id := match[1]; (may("users") || slices.Contains(m.allowed.Users, id)) && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	if rawCrowd.MatchString(m.Content) && (may("everyone") || may("roles")) {
		out = append(out, "everyone")
	}
	return out
}

func (s *Server) read(content string) Reading {
	return Read(content, func(id string) string {
		if id == botID {
			return botName
		}
		if p, ok := s.people[id]; ok {
			return p.Name
		}
		return "unknown-user"
	})
}

// Form is a form that a person has open.
type Form struct {
	Title  string
	Fields []Field

	customID string
	from     *Message // with the button that opened it
	channel  string
}

// Field is one input of a form.
type Field struct {
	Label       string
	Name        string
	Placeholder string
	Value       string // what stands in it
	Required    bool
	Long        bool
	MaxLength   int
	Options     []Choice // of a select, or boxes to tick
	Boxes       bool     // the Value has those that are ticked, one a line

	id int
}

// Choice is one of several values to pick from.
type Choice struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Form is the form that a person has open.
func (s *Server) Form(personID string) (Form, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, ok := s.forms[personID]
	if !ok {
		return Form{}, false
	}
	copied := *f
	copied.Fields = slices.Clone(f.Fields)
	return copied, true
}
