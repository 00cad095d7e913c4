package bot

import (
	"strings"
	"time"
)

// Message is what the bot says, without saying where.
type Message struct {
	Text     Text      `json:"text,omitempty"`
	Image    *Image    `json:"image,omitempty"`
	Controls []Control `json:"controls,omitempty"`
	Files    []File    `json:"files,omitempty"`
}

// Image is a picture by address.
type Image struct {
	URL string `json:"url"`
	Alt string `json:"alt"` // for readers who do not see it; never empty
}

// File is a document that comes with a message.
type File struct {
	Name string `json:"name"` // with its ending, for example "archive.md"
	Data []byte `json:"data"`
}

// Control is a button. Pressing it asks for Path, as a command would. To a
// platform outside this process Path is given as a token of a Seal.
type Control struct {
	Label string       `json:"label"`
	Path  string       `json:"path"` // a concrete path, for example "/host/next/01h…"; at most MaxPath bytes
	Style ControlStyle `json:"style,omitempty"`
}

// ControlStyle is how much a control stands out.
type ControlStyle string

// The styles. Ordinary is the zero value.
const (
	Ordinary ControlStyle = ""
	Primary  ControlStyle = "primary"
	Danger   ControlStyle = "danger"
)

// DeliveryKey names one thing to be said, whatever happens on the way. A post
// with the key of an earlier one is that earlier one.
type DeliveryKey string

// Post is a message with a place.
type Post struct {
	Key     DeliveryKey `json:"key"`
	Channel Channel     `json:"channel"`
	Direct  *Account    `json:"direct,omitempty"` // a direct message: Channel is found out when it is sent
	Message Message     `json:"message"`
}

// Form asks a person for several things at once. Discord allows five fields.
type Form struct {
	Title  string // plain, short: Slack shows 24 characters, Discord 45
	Path   string // the route that takes the answers
	Submit string // label of the button that sends it
	Fields []Field
}

// MaxFields is how many fields a form may have.
// https://discord.com/developers/docs/components/reference#text-input
const MaxFields = 5

// Field is one input of a form.
type Field struct {
	Name     string // key of the value in Request.Values
	Label    string
	Hint     string // shown in the empty input
	Value    string // what stands in it at first
	Long     bool   // several lines
	Optional bool
	Max      int      // most characters taken; 0: the platform's own limit
	Choices  []Choice // pick one of these instead of typing
}

// Choice is one of several values to pick from.
type Choice struct {
	Label string
	Value string
}

// Reply is what a handler answers.
type Reply struct {
	Message *Message // says this; private if the route is
	Replace bool     // the message takes the place of Request.Message; where that is nil, it is a new one
	Form    *Form    // opens a form; only from a Quick route
	// FieldErrors says what to change in which field of the form that was
	// submitted. The form stays open and what was typed stays in it.
	FieldErrors map[string]Text
}

// Say is the reply that says text.
func Say(text Text, controls ...Control) Reply {
	return Reply{Message: &Message{Text: text, Controls: controls}}
}

// Ask is the reply that opens a form.
func Ask(f Form) Reply { return Reply{Form: &f} }

// Request is a member asking for something: by a command, a control or a form.
type Request struct {
	Path     string            // concrete: "/host/next/01h…"
	Params   Params            // what stands for the {names} of the route's path
	Values   map[string]string // a command's options, a form's fields; as typed
	Input    InputID
	Account  Account
	Name     string // display name on the platform, as data
	Channel  Channel
	Message  *MessageRef // the message whose control was pressed, or opened the form; nil for a command
	Manages  bool        // the platform says that this person runs the space
	Language string      // the reader's language if the platform tells it (IETF tag)
	Root     string      // the word before every command where the platform has only one: "staffroom"
	At       time.Time   // when it happened, by the platform; zero if it does not say

	Route  *Route // set by the Router
	Member Member // set by the authorizing middleware
}

// Value is the named option or field, or "".
func (r *Request) Value(name string) string { return r.Values[name] }

// Typed is a command as a member types it on their platform: "/chat list", or
// "/staffroom chat list" where there is a root.
func (r *Request) Typed(command string) string {
	if r.Root == "" || command == "/"+r.Root || strings.HasPrefix(command, "/"+r.Root+" ") {
		return command
	}
	return "/" + r.Root + " " + strings.TrimPrefix(command, "/")
}

// Params are the values of a path's {names}, in order.
type Params struct {
	names  []string
	values [maxParams]string
}

// Get is the value of the named part of the path, or "".
func (p *Params) Get(name string) string {
	for i, n := range p.names {
		if n == name {
			return p.values[i]
		}
	}
	return ""
}

// EventKind says what happened.
type EventKind string

// The kinds of events that are told. Adapters add kinds with the feature that
// listens for them.
const (
	MessagePosted  EventKind = "message_posted"
	MessageEdited  EventKind = "message_edited"
	MessageDeleted EventKind = "message_deleted"
)

// Event is something that happened, which nobody asked an answer for.
type Event struct {
	Kind     EventKind
	Input    InputID
	Account  Account // who did it; of a deletion it may be empty
	Name     string  // display name, as data
	Message  MessageRef
	ReplyTo  string // ID of the message that this one replies to, or of its thread's first; may be empty
	Text     string // as typed; mentions of people as @name
	At       time.Time
	Posted   time.Time // when the message itself was posted, also for a change; zero if the platform does not say
	Revision int64     // grows with each change of the message, by the platform's count or clock
}
