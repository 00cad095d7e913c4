package outbox

import (
	"context"
	"errors"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// Class is how pressing a post is. Posts keep their order within a channel and
// class, and a post that has to wait holds up its own class only.
type Class string

// The classes.
const (
	Live  Class = "live"  // part of what is happening now: a question of a running chat
	Relay Class = "relay" // what people said, carried to another place
	Bulk  Class = "bulk"  // everything else
)

// Item is a post on its way.
type Item struct {
	Post     bot.Post  `json:"post"`
	Class    Class     `json:"class"`
	NotAfter time.Time `json:"not_after,omitzero"` // worthless later than this; zero: never
	// Record names the record that the post belongs to: once sent, the message
	// is known under it (see the features' stores).
	Record string `json:"record,omitempty"`
	// Update makes it a change of the message that the earlier post with this key
	// has become. Its place and class are that post's, so that it cannot come
	// before it. Of several changes that wait only the newest is made. None is made
	// where the post did not arrive, or is held (see Unasked).
	Update bool `json:"update,omitempty"`
	// Early says what becomes of the post that an Update changes while nobody has begun
	// to send it. Empty: it is sent, and then changed.
	Early Early `json:"early,omitempty"`
	// Repeats is the earlier post in whose place this one is sent, because nobody
	// knows whether it arrived. The message is known under that key.
	Repeats bot.DeliveryKey `json:"repeats,omitempty"`
	// Unasked is set for a direct message that the person has not asked for. It is
	// held until it suits them (see Unasked).
	Unasked *Unasked `json:"unasked,omitempty"`
	// Fleeting is set for what people wrote to each other, of which nothing is kept
	// once it has ended (see Fleeting).
	Fleeting *Fleeting `json:"fleeting,omitempty"`
	// Calendar makes the item a change of the platform's calendar instead of a
	// message: in the space of Post.Channel. Made twice, it has one effect, so it is
	// never in doubt.
	Calendar *CalendarEntry `json:"calendar,omitempty"`
	// Together makes it a post to several people in a room of theirs.
	Together *Together `json:"together,omitempty"`
	// After and Instead name a post that the same change takes back (see Effects.Withdraw).
	// This one is queued only if that one was not there to be taken back any more, or only
	// if it was. Once it is queued they mean nothing.
	After   bot.DeliveryKey `json:"-"`
	Instead bot.DeliveryKey `json:"-"`
}

// Fleeting marks a direct message whose words are kept until it has ended and no longer,
// however it ends. Until then it can be taken back: see Effects.Withdraw.
type Fleeting struct {
	// Instead is what its reader is told if it did not surely arrive (see Notices).
	Instead bot.Text `json:"instead"`
}

// Early is what a change does to a post that nobody has begun to send.
type Early string

// What it does. The item is in all else what the post was.
const (
	Rewritten Early = "rewritten" // it is sent as the change says
	Withdrawn Early = "withdrawn" // it is not sent at all, and nothing is kept of it
)

// Lane is where the item queues: one place and class. What a person has not asked
// for has a lane of its own, where it waits for its time, and so has a channel's
// calendar, so that no message waits for it.
func (i Item) Lane() string {
	switch {
	case i.Held():
		return unaskedLane(*i.Post.Direct)
	case i.Post.Direct != nil:
		return directLane(i.Class, *i.Post.Direct)
	case i.Together != nil:
		return roomLane(i.Class, i.Together.Room)
	case i.Calendar != nil:
		return "calendar:" + i.Post.Channel.String()
	default:
		return string(i.Class) + ":" + i.Post.Channel.String()
	}
}

// Held reports whether the item waits for its reader's time before it is sent.
func (i Item) Held() bool { return i.Unasked != nil && i.Post.Direct != nil && !i.Update }

// DirectLanes are all lanes for a person.
func DirectLanes(a bot.Account) []string {
	return []string{directLane(Live, a), directLane(Relay, a), directLane(Bulk, a), unaskedLane(a)}
}

func directLane(c Class, a bot.Account) string { return string(c) + ":@" + a.String() }

func unaskedLane(a bot.Account) string { return "unasked:@" + a.String() }

// Effects are what a change of a record brings about. The store applies them in
// the same script as the change, or not at all.
type Effects struct {
	Input  bot.InputID     // what caused the change; a second time it changes nothing
	Jobs   []scheduler.Job // scheduled, or moved if they exist; one without a time is due at once
	Cancel []string        // IDs of jobs that are not wanted any more
	// Withdraw takes back posts that are held, or Fleeting and not being sent just now.
	// Nothing is kept of them.
	Withdraw []bot.DeliveryKey
	Posts    []Item // queued; one whose delivery key is queued, or has ended, already is left out
	// Written are people to whom a post comes in a room unasked. If one of them was
	// written to meanwhile, that is a conflict and nothing changes.
	Written []Written
}

// Attempt is an item that is being sent.
type Attempt struct {
	Item
	Now    time.Time // the store's
	Since  time.Time // when the first attempt began that may have sent it
	Tries  int       // attempts before this one
	Holder string    // who moves the lane: set by Begin, and the same after End
	// Doubt says that an earlier attempt began and its end is not known: the
	// message may stand on the platform already.
	Doubt bool
	// Entry is what the store calls the item.
	Entry  string
	Queued time.Time      // when it was queued; zero if that is not known
	Target bot.MessageRef // of an Update: the message to change
}

// Outcome is what became of an item.
type Outcome string

// The outcomes that end an item.
const (
	Sent      Outcome = "sent"
	Expired   Outcome = "expired"   // NotAfter had passed
	Failed    Outcome = "failed"    // the platform refuses it for good
	Uncertain Outcome = "uncertain" // it may have been sent, and there is no way to tell
)

// Ending tells the store how an item ended.
type Ending struct {
	Outcome Outcome
	Ref     bot.MessageRef // Sent: the message
	Cause   string         // otherwise: why, without any message text
	Reason  bot.Reason     // Failed: why the platform refuses it
}

// Store keeps the items. Groups are communities; lanes are Item.Lane.
//
// Only one worker at a time moves a lane: the one that called Begin last. One
// that has lost its job without noticing cannot get in its way.
type Store interface {
	// Begin takes the lane's first item and notes that it is being sent. ok is
	// false if the lane is empty. ErrNotYet means that the first item changes a
	// message that another lane has yet to send.
	Begin(ctx context.Context, group, lane string) (a Attempt, ok bool, err error)
	// End takes the item off the lane and begins the next one, as Begin does. If
	// another worker has begun meanwhile it only notes what was sent, and ok is
	// false.
	End(ctx context.Context, group, lane string, a Attempt, e Ending) (next Attempt, ok bool, err error)
	// Pause leaves the item at the head of its lane after a failed attempt, if
	// no other worker has begun. doubt says whether it may have been sent.
	Pause(ctx context.Context, group, lane string, a Attempt, doubt bool) error
	// Release leaves the item at the head of its lane as it was before the
	// attempt, which was not made, if no other worker has begun.
	Release(ctx context.Context, group, lane string, a Attempt) error
	// Apply brings about effects that belong to no change of a record.
	Apply(ctx context.Context, group string, e Effects) error
}

// ErrNotYet is what a store answers where a lane begins with a change of a
// message that is not sent yet.
var ErrNotYet = errors.New("the message to change is not sent yet")

// The kinds of jobs that the store schedules: Sender.Drain, Courtesy.Release and
// Reporter.Report are their handlers. The group is the community's.
const (
	JobKind        = "outbox"         // with an item; the payload is the lane's name as a JSON string
	UnaskedJobKind = "outbox-unasked" // the same, with an item that is held
	ReportJobKind  = "outbox-report"  // when something could not be delivered; no payload
)

// JobID names the job that drains a lane.
func JobID(lane string) string { return JobKind + "/" + lane }

// ReportJobID names the job that reports what could not be delivered.
const ReportJobID = JobKind + "/report"

// ErrRepeated is what a store answers to a change whose input had its effect
// before: nothing was changed now. A handler answers as it did then.
var ErrRepeated = errors.New("this input has had its effect already")
