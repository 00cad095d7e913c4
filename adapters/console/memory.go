package console

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// memory is what the platform knows. It changes by records only, so that the
// journal brings it back.
type memory struct {
	space    bot.SpaceID
	platform string // names this memory in the IDs of events
	people   map[string]*Person
	messages []*message
	byID     map[string]*message
	byKey    map[placedKey]*message
	number   int         // the next message's number, if it is free
	pending  []bot.Event // not taken in yet, in order
}

type placedKey struct {
	channel string
	key     bot.DeliveryKey
}

// record is one change. Exactly one field is set.
type record struct {
	Run     string   `json:"run,omitempty"` // the first process, which names the platform
	Person  *Person  `json:"person,omitempty"`
	Message *message `json:"message,omitempty"`
	Edit    *edit    `json:"edit,omitempty"`
	Taken   *taken   `json:"taken,omitempty"`
}

// message is a message as it stands.
type message struct {
	ID       string          `json:"id"`
	Channel  string          `json:"channel"` // "lounge", or "@maria" for direct messages with her, or "+ana+joe" for a room
	Thread   string          `json:"thread,omitempty"`
	Author   string          `json:"author,omitempty"` // user of the person; empty: the bot
	Only     string          `json:"only,omitempty"`   // user of the only person who sees it
	ReplyTo  string          `json:"reply_to,omitempty"`
	Key      bot.DeliveryKey `json:"key,omitempty"`
	Text     string          `json:"text,omitempty"` // what a person typed
	Body     *bot.Message    `json:"body,omitempty"` // what the bot says
	At       time.Time       `json:"at"`
	Revision int64           `json:"revision"` // how often it was said, changed or deleted
	Deleted  bool            `json:"deleted,omitempty"`
}

// edit replaces what a message says, or takes it away.
type edit struct {
	ID      string       `json:"id"`
	Text    string       `json:"text,omitempty"`
	Body    *bot.Message `json:"body,omitempty"`
	At      time.Time    `json:"at"`
	Deleted bool         `json:"deleted,omitempty"`
}

// taken says that the first pending event has been taken in, or given up.
type taken struct {
	Input bot.InputID `json:"input"`
}

func newMemory(space bot.SpaceID, firstNumber int) *memory {
	return &memory{
		space:  space,
		people: map[string]*Person{},
		byID:   map[string]*message{},
		byKey:  map[placedKey]*message{},
		number: max(firstNumber, 1),
	}
}

// apply makes a change that is known to be possible.
func (m *memory) apply(r record) {
	switch {
	case r.Run != "":
		m.platform = r.Run
	case r.Person != nil:
		p := *r.Person
		m.people[userOf(p.Name)] = &p
	case r.Message != nil:
		msg := *r.Message
		m.messages = append(m.messages, &msg)
		m.byID[msg.ID] = &msg
		if msg.Key != "" {
			m.byKey[placedKey{msg.Channel, msg.Key}] = &msg
		}
		m.happened(&msg, bot.MessagePosted, msg.At)
	case r.Edit != nil:
		msg := m.byID[r.Edit.ID]
		if msg == nil {
			return
		}
		msg.Text, msg.Body, msg.Deleted = r.Edit.Text, r.Edit.Body, r.Edit.Deleted
		msg.Revision++
		kind := bot.MessageEdited
		if msg.Deleted {
			kind = bot.MessageDeleted
		}
		m.happened(msg, kind, r.Edit.At)
	case r.Taken != nil:
		if len(m.pending) > 0 && m.pending[0].Input == r.Taken.Input {
			m.pending = m.pending[1:]
		}
	}
}

// happened makes the event of what a person did pending.
func (m *memory) happened(msg *message, kind bot.EventKind, at time.Time) {
	if msg.Author != "" {
		m.pending = append(m.pending, m.event(msg, kind, at))
	}
}

// again makes the event of a message pending once more, as long as nobody has
// changed the message since.
func (m *memory) again(msg *message) {
	ev := m.event(msg, bot.MessagePosted, msg.At)
	known := slices.ContainsFunc(m.pending, func(p bot.Event) bool { return p.Input == ev.Input })
	if msg.Revision == 1 && !known {
		m.pending = append(m.pending, ev)
	}
}

func (m *memory) event(msg *message, kind bot.EventKind, at time.Time) bot.Event {
	return bot.Event{
		Kind:     kind,
		Input:    bot.InputID(m.platform + "-" + msg.ID + "-" + strconv.FormatInt(msg.Revision, 10)),
		Account:  m.account(msg.Author),
		Name:     m.name(msg.Author),
		Message:  m.ref(msg),
		ReplyTo:  msg.ReplyTo,
		Text:     msg.Text,
		At:       at,
		Posted:   msg.At,
		Revision: msg.Revision,
	}
}

// nextID is the number of the next message.
func (m *memory) nextID() string {
	for {
		id := strconv.Itoa(m.number)
		if _, used := m.byID[id]; !used {
			return id
		}
		m.number++
	}
}

func (m *memory) channel(name string) bot.Channel { return bot.Channel{Space: m.space, ID: name} }

func (m *memory) account(name string) bot.Account {
	return bot.Account{Space: m.space, User: userOf(name)}
}

// name is how a person is shown.
func (m *memory) name(user string) string {
	if p, ok := m.people[user]; ok {
		return p.Name
	}
	return user
}

func (m *memory) ref(msg *message) bot.MessageRef {
	ch := m.channel(msg.Channel)
	ch.Thread = msg.Thread
	return bot.MessageRef{Channel: ch, ID: msg.ID}
}

// of finds a message of ours or of a person's by its reference.
func (m *memory) of(ref bot.MessageRef) (*message, bool) {
	msg, ok := m.byID[ref.ID]
	return msg, ok && msg.Channel == ref.Channel.ID && ref.Channel.Space == m.space
}

// visibleTo reports whether the person sees the message.
func (msg *message) visibleTo(user string) bool {
	switch {
	case msg.Deleted:
		return false
	case msg.Only != "":
		return msg.Only == user
	case isDirect(msg.Channel):
		return msg.Channel == directChannel(user)
	case isRoom(msg.Channel):
		return inRoom(msg.Channel, user)
	}
	return true
}

func isDirect(channel string) bool { return strings.HasPrefix(channel, "@") }

func directChannel(user string) string { return "@" + user }
