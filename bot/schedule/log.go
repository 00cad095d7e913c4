package schedule

import (
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// LogLength is how many occurrences of a series are remembered, the newest.
const LogLength = 200

// Outcome is how an occurrence ended.
type Outcome string

// The outcomes. Every occurrence gets one of them.
const (
	Done      Outcome = "done"
	Skipped   Outcome = "skipped"
	Uncertain Outcome = "uncertain" // whether it happened cannot be found out
)

// Reason says why an occurrence was skipped or is uncertain.
type Reason string

// The reasons.
const (
	Holiday  Reason = "holiday"  // the calendar says so; Entry.Detail is the holiday's name
	Paused   Reason = "paused"   // an organizer had paused the series
	Away     Reason = "away"     // those it is for are away
	Late     Reason = "late"     // it came so late that its grace was over
	Replaced Reason = "replaced" // a later one was due as well
	Moved    Reason = "moved"    // an organizer changed the rule before it happened
	Nothing  Reason = "nothing"  // there was nothing to do or to say
	Failed   Reason = "failed"   // it could not be done
	Refused  Reason = "refused"  // the platform did not take what was to be posted
	Unknown  Reason = "unknown"  // it was begun, and its end is not known
)

// Entry is one line of a series' log.
type Entry struct {
	At      time.Time         `json:"at"`             // when it was due
	Zone    string            `json:"zone,omitempty"` // where, if in another zone than that of the series
	Ended   time.Time         `json:"ended"`
	Outcome Outcome           `json:"outcome"`
	Reason  Reason            `json:"reason,omitempty"`
	Detail  string            `json:"detail,omitempty"` // as typed or fetched: data
	Extra   bool              `json:"extra,omitempty"`  // an organizer let it happen out of turn
	Posts   []bot.DeliveryKey `json:"posts,omitempty"`  // what it posted: see Store.Undelivered
}
