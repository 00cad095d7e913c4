package discussion

import (
	"slices"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// State is where a discussion stands in its life.
type State string

// The states, in the order of a life. A discussion that is scheduled can be
// cancelled instead of opened.
const (
	Scheduled State = "scheduled"
	Open      State = "open"    // the doors are open, people introduce themselves
	Asking    State = "asking"  // question number Asked is out
	Closing   State = "closing" // the hour is over, late answers are welcome
	Archived  State = "archived"
	Cancelled State = "cancelled"
)

// LateAnswers is how long after the end answers are still taken in.
const LateAnswers = 72 * time.Hour

// lingering is how long after the end remarks still belong to the discussion;
// later only answers and replies do.
const lingering = time.Hour

// Discussion is a script in a channel, or in several at once: what is posted goes to
// each, and what is said in any of them belongs to the one discussion.
type Discussion struct {
	ID        string          `json:"id"`
	Community bot.CommunityID `json:"-"`
	Version   int64           `json:"-"`
	Number    int             `json:"number"` // short, per community, for people
	Script    Script          `json:"script"`
	// Channel is where it was made, and what people call that. Alongside are its
	// other places. None changes once it is open.
	Channel     bot.Channel    `json:"channel"`
	ChannelName string         `json:"channel_name,omitempty"`
	Alongside   []Place        `json:"alongside,omitempty"`
	Language    string         `json:"language"` // of its posts
	Hosts       []bot.MemberID `json:"hosts"`    // who created it, and who hosts it with them

	State State `json:"state"`
	// Base is what the script's times count from: its start, moved when a host
	// goes faster or slower. Zero: it waits for the host to start it.
	Base    time.Time   `json:"base,omitzero"`
	Asked   int         `json:"asked"` // number of the question asked last, 0 for none
	AskedAt []time.Time `json:"asked_at,omitempty"`
	Opened  time.Time   `json:"opened,omitzero"`
	Closed  time.Time   `json:"closed,omitzero"`

	// Copies are the latest copies for the public that were made of its archive.
	Copies []PublicCopy `json:"copies,omitempty"`
	// Relaying are the numbers of those places whose organizers had relaying switched on
	// at one of its steps.
	Relaying []int `json:"relaying,omitempty"`
}

// Running reports whether messages of the channel belong to the discussion.
func (d *Discussion) Running() bool {
	return d.State == Open || d.State == Asking || d.State == Closing
}

// Over reports whether nothing will be asked any more.
func (d *Discussion) Over() bool {
	return d.State == Closing || d.State == Archived || d.State == Cancelled
}

// hostedBy reports whether a member hosts the discussion. The names in the script
// are for people to read: a name proves nothing.
func (d *Discussion) hostedBy(m bot.Member) bool { return slices.ContainsFunc(d.Hosts, m.Is) }

// hostName is whom an announcement names.
func (d *Discussion) hostName() string { return strings.Join(d.Script.Hosts, ", ") }

// step is one move in a discussion's life.
type step struct {
	to  State
	ask int // to Asking: the question's number
	at  time.Time
}

// next is the step that comes by itself, and when. There is none for a
// discussion that waits for its host or is over.
func (d *Discussion) next() (step, bool) {
	switch {
	case d.State == Closing:
		return step{to: Archived, at: d.Closed.Add(LateAnswers)}, true
	case d.Over() || d.Base.IsZero():
		return step{}, false
	case d.State == Scheduled:
		return step{to: Open, at: d.Base}, true
	case d.Asked < len(d.Script.Questions):
		n := d.Asked + 1
		return step{to: Asking, ask: n, at: d.Base.Add(d.Script.Questions[n-1].At)}, true
	default:
		return step{to: Closing, at: d.Base.Add(d.Script.Length)}, true
	}
}

// take makes a step: now is when it really happens.
func (d *Discussion) take(s step, now time.Time) {
	d.State = s.to
	switch s.to {
	case Open:
		d.Opened = now
	case Asking:
		d.Asked = s.ask
		d.AskedAt = append(d.AskedAt, now)
	case Closing:
		d.Closed = now
	}
}

// startNow opens the doors at once: the script's times count from now.
func (d *Discussion) startNow(now time.Time) step {
	d.Base = now
	return step{to: Open, at: now}
}

// askNow asks the next question at once; those after it keep their distances.
func (d *Discussion) askNow(now time.Time) (step, bool) {
	n := d.Asked + 1
	if n > len(d.Script.Questions) {
		return step{}, false
	}
	d.Base = now.Add(-d.Script.Questions[n-1].At)
	return step{to: Asking, ask: n, at: now}, true
}
