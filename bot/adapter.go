package bot

import (
	"context"
	"errors"
	"time"
)

// Adapter is a platform, connected.
type Adapter interface {
	// Name is the connection's name in the configuration.
	Name() string
	// Run receives until ctx ends, and hands what comes in to the inbox. It
	// owns connecting, acknowledging and deferring. When ctx has ended it returns
	// nil within 2 s; when going on is pointless, an error that says what to mend.
	Run(ctx context.Context, in Inbox) error
	Messenger
}

// Messenger says things on a platform. Its methods may be called before the
// adapter runs and after it has stopped. Their errors are of type *Error with one
// of the codes rate_limited, permanent, unavailable (nothing was sent),
// unknown_outcome (it may have been sent), not_found.
type Messenger interface {
	// Send posts p. Posting the same Key again gives the same message where the
	// platform can tell (see Deduper).
	Send(ctx context.Context, p Post) (MessageRef, error)
	// Update replaces what a message of ours says. One that is gone is not_found
	// or permanent (gone).
	Update(ctx context.Context, ref MessageRef, m Message) error
	// Delete removes a message of ours. One that is gone already is no error.
	Delete(ctx context.Context, ref MessageRef) error
	// Find looks for the message with this key in ch, posted at since or later.
	// ErrCannotFind means that the platform has no way to tell.
	Find(ctx context.Context, ch Channel, key DeliveryKey, since time.Time) (MessageRef, bool, error)
	// Direct gives the channel of direct messages with a person.
	Direct(ctx context.Context, who Account) (Channel, error)
}

// ErrCannotFind is what Messenger.Find answers where the platform offers no
// lookup by key.
var ErrCannotFind = errors.New("the platform cannot look a message up by its key")

// Deduper is a Messenger whose platform itself recognises a key sent again.
type Deduper interface {
	// DedupeWindow is how long after the first attempt that holds.
	DedupeWindow() time.Duration
}

// Inbox is where an adapter puts what comes in. Router is the only one outside
// of tests.
type Inbox interface {
	// Commands lists what members can type, to register and to parse by.
	Commands() []Command
	// Route finds what serves a concrete path: its privacy and mode must be
	// known before the handler runs. Where nothing does, the answer is private.
	Route(path string) (*Route, bool)
	// Ask serves a request. The error is for the adapter's log; what the member
	// should read is in the reply all the same.
	Ask(ctx context.Context, req *Request) (Reply, error)
	// Tell passes an event on: those of a channel one by one, in the order they
	// came, and never what the bot itself said. An error means that the event was
	// not taken in: where the platform delivers it again, let it.
	Tell(ctx context.Context, ev *Event) error
	// Complete proposes values for the option that is being typed.
	Complete(ctx context.Context, req *Request, option string) ([]Choice, error)
}
