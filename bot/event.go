package bot

import "time"

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
	Name     string  // display name, as data; may be empty, and then the one known before stands
	Message  MessageRef
	ReplyTo  string // ID of the message that this one replies to, or of its thread's first; may be empty
	Text     string // as typed; mentions of people as @name
	At       time.Time
	Posted   time.Time // when the message itself was posted, also for a change; zero if the platform does not say
	Revision int64     // grows with each change of the message, by the platform's count or clock
}
