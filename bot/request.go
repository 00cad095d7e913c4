package bot

import (
	"strings"
	"time"
)

// Request is a member asking for something: by a command, a control or a form.
type Request struct {
	Path    string            // concrete: "/host/next/01h…"
	Params  Params            // what stands for the {names} of the route's path
	Values  map[string]string // a command's options, a form's fields; as typed
	Input   InputID
	Account Account
	Name    string // display name on the platform, as data; may be empty, and then the one known before stands
	Channel Channel
	Message *MessageRef // the message whose control was pressed, or opened the form; nil for a command
	Subject *Subject    // of an Action: the message it was chosen for
	// Said is what somebody wrote to the bot alone, if it may be something else than
	// the command that Path and Values make of it: see Talker.
	Said string
	// Accounts and Channels are what the platform knows the value of that name to
	// mean: of options of that kind and of menus. Either may be nil.
	Accounts map[string]Account
	Channels map[string]Channel
	Manages  bool      // the platform says that this person runs the space
	Language string    // the reader's language if the platform tells it (IETF tag)
	Root     string    // the word before every command where the platform has only one: "staffroom"
	At       time.Time // when it happened, by the platform; zero if it does not say

	Route  *Route // set by the Router
	Member Member // set by the authorizing middleware
}

// Subject is a message that somebody wants something done with.
type Subject struct {
	Message MessageRef
	Author  Account // empty if the platform does not say
	Name    string  // the author's display name, as data
	Text    string  // as typed; mentions of people as @name
	Posted  time.Time
}

// Value is the named option or field, or "".
func (r *Request) Value(name string) string { return r.Values[name] }

// Ticked are the values that were ticked in a field with Many.
func (r *Request) Ticked(name string) []string { return strings.Fields(r.Values[name]) }

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

// Reply is what a handler answers.
type Reply struct {
	Message *Message // says this; private if the route is
	// Replace lets the message take the place of Request.Message. It is a new one where
	// that is nil, and where it is private and others see that.
	Replace bool
	Form    *Form // opens a form; only from a Quick route
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
