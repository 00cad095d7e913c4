package bot

import (
	"context"
	"errors"
	"net/http"
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
// adapter runs and after it has stopped, and several at once. Their errors are of
// type *Error with one of the codes rate_limited, permanent, unavailable (nothing
// was sent), unknown_outcome (it may have been sent), not_found. Where a platform
// has no threads, what is for a thread goes into its channel.
type Messenger interface {
	// Send posts p. Posting the same Key again gives the same message where the
	// platform can tell (see Deduper).
	Send(ctx context.Context, p Post) (MessageRef, error)
	// Update replaces what a message of ours says. One that is gone is not_found
	// or permanent (gone).
	Update(ctx context.Context, ref MessageRef, m Message) error
	// Delete removes a message of ours. One that is gone already is no error.
	Delete(ctx context.Context, ref MessageRef) error
	// Find looks for the message with this key in ch, posted at since or later;
	// one that was deleted is not found. ErrCannotFind means that the platform has
	// no way to tell.
	Find(ctx context.Context, ch Channel, key DeliveryKey, since time.Time) (MessageRef, bool, error)
	// Direct gives the channel of direct messages with a person. Where there is no
	// such person, that is not_found or permanent.
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

// Paced is a Messenger whose platform takes only so many messages in a time.
type Paced interface {
	// Pace is what the platform allows, as far as it says so beforehand. It is
	// always the same.
	Pace() Pace
}

// Pace is how fast a platform takes messages of ours. A zero Rate is no limit.
type Pace struct {
	Channel Rate // in one channel
	Overall Rate // on the whole connection; opening a thread counts like a message
	Updates Rate // changes of messages on the whole connection, within the other two
	Threads bool // a thread counts as a channel of its own
}

// Rate is at most Most messages in any period of length Per. The shorter the
// period, the more evenly they are spread.
type Rate struct {
	Most int
	Per  time.Duration
}

// ThreadOpener is a Messenger whose platform has threads that must be opened. The
// outbox does so for a post with a Thread when the post stands. Its errors are those
// of Messenger.
type ThreadOpener interface {
	// OpenThread opens the thread under a message of ours in a channel. One that is
	// open is no error. The title is plain words, of any length.
	OpenThread(ctx context.Context, ref MessageRef, title string) error
}

// Crowd is people who belong together on a platform: all who are in a channel or,
// with a Role, all who have that role in the channel's space.
type Crowd struct {
	Channel Channel `json:"channel"`
	Role    string  `json:"role,omitempty"` // the platform's ID of a role
}

// MemberLister is a Messenger whose platform tells who is in a channel, and who has
// a role. Its errors are those of Messenger, or ErrCannotList.
type MemberLister interface {
	// Members gives a page of a crowd: people, no bots, and nobody who is gone. page
	// is "" for the first one, and what the page before gave as next for the others;
	// next is "" with the last. A page of which the platform knows no longer is
	// invalid: begin anew.
	Members(ctx context.Context, of Crowd, page string) (people []Account, next string, err error)
	// Roles lists roles of a space to choose from, MaxChoices at most, by their IDs.
	// There are none where the platform has none, or does not tell who has them.
	Roles(ctx context.Context, space SpaceID) ([]Choice, error)
}

// ErrCannotList is what a MemberLister answers where the platform does not tell who
// is there, or does not let this connection know.
var ErrCannotList = errors.New("the platform does not tell who is there")

// Gathering is something that people come together for, as a platform's own
// calendar shows it.
type Gathering struct {
	Title       string
	Description string
	Channel     Channel
	Start, End  time.Time
}

// EventPublisher is a Messenger whose platform has such a calendar. Its errors
// are those of Messenger.
type EventPublisher interface {
	// Publish puts the gathering with this key into the calendar of its channel's
	// space, or changes what is there under the key. Doing it twice changes nothing.
	Publish(ctx context.Context, key DeliveryKey, g Gathering) error
	// Withdraw takes it out again. One that is not there is no error.
	Withdraw(ctx context.Context, space SpaceID, key DeliveryKey) error
}

// Branded is a Messenger of a platform that people know by a name, such as "Slack".
type Branded interface{ Platform() string }

// WebReceiver is an Adapter whose platform sends to an address of ours.
type WebReceiver interface {
	// Webhook gives what answers there, under the path "/<kind>/<connection>" for
	// example "/slack/slack-lincoln"; "" if this connection needs none. It answers
	// 503 while the adapter does not run.
	Webhook() (path string, h http.Handler)
}

// Following is a channel of which no message may be missed.
type Following struct {
	Channel Channel   // or a thread in it
	Since   time.Time // what was posted before has been heard
}

// Inbox is where an adapter puts what comes in. Router is the only one outside
// of tests.
type Inbox interface {
	// Commands lists what members can type, to register and to parse by.
	Commands() []Command
	// Actions lists what can be done with a message, for its menu.
	Actions() []Action
	// Route finds what serves a concrete path: its privacy and mode must be
	// known before the handler runs. Where nothing does, the answer is private.
	Route(path string) (*Route, bool)
	// Ask serves a request. The adapter ends ctx when the handler's time is over:
	// 2 s where the route is Quick, 10 s where it is Deferred, or more if the
	// platform still takes the answer then. The error is for the adapter's log;
	// what the member should read is in the reply all the same.
	Ask(ctx context.Context, req *Request) (Reply, error)
	// Tell passes an event on: those of a channel one by one, in the order they
	// came, and never what the bot itself said. An error means that the event was
	// not taken in. Where the platform delivers it again, let it: later ones may
	// overtake it then. Where it does not, try again for a few seconds, while the
	// later ones of the channel wait.
	Tell(ctx context.Context, ev *Event) error
	// Followed lists the channels of a space of which no message may be missed.
	// An adapter whose platform does not deliver again reads them, and tells what
	// it finds, when it has connected anew and may have missed something.
	Followed(ctx context.Context, space SpaceID) ([]Following, error)
	// Complete proposes values for the option that is being typed.
	Complete(ctx context.Context, req *Request, option string) ([]Choice, error)
}
