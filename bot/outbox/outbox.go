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
}

// Lane is where the item queues: one place and class.
func (i Item) Lane() string {
	if i.Post.Direct != nil {
		return string(i.Class) + ":@" + i.Post.Direct.String()
	}
	return string(i.Class) + ":" + i.Post.Channel.String()
}

// Effects are what a change of a record brings about. The store applies them in
// the same script as the change, or not at all.
type Effects struct {
	Input  bot.InputID     // what caused the change; a second time it changes nothing
	Jobs   []scheduler.Job // scheduled, or moved if they exist
	Cancel []string        // IDs of jobs that are not wanted any more
	Posts  []Item          // queued; one whose delivery key is queued, or has ended, already is left out
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
}

// Store keeps the items. Groups are communities; lanes are Item.Lane.
//
// Only one worker at a time moves a lane: the one that called Begin last. One
// that has lost its job without noticing cannot get in its way.
type Store interface {
	// Begin takes the lane's first item and notes that it is being sent. ok is
	// false if the lane is empty.
	Begin(ctx context.Context, group, lane string) (a Attempt, ok bool, err error)
	// End takes the item off the lane and begins the next one, as Begin does. If
	// another worker has begun meanwhile it only notes what was sent, and ok is
	// false.
	End(ctx context.Context, group, lane string, a Attempt, e Ending) (next Attempt, ok bool, err error)
	// Pause leaves the item at the head of its lane after a failed attempt, if
	// no other worker has begun. doubt says whether it may have been sent.
	Pause(ctx context.Context, group, lane string, a Attempt, doubt bool) error
}

// JobKind is the kind of the jobs that drain lanes. The store schedules one
// with the item: its group is the community's, its payload is the lane's name
// as a JSON string.
const JobKind = "outbox"

// JobID names the job that drains a lane.
func JobID(lane string) string { return JobKind + "/" + lane }

// ErrRepeated is what a store answers to a change whose input had its effect
// before: nothing was changed now. A handler answers as it did then.
var ErrRepeated = errors.New("this input has had its effect already")
