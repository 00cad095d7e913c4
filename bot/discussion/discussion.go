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
	// Contacts are where hosts are written to. Of one who is not in it nothing is known.
	Contacts map[bot.MemberID]bot.Account `json:"contacts,omitempty"`

	State State `json:"state"`
	// Base is what the script's times count from: its start, moved when a host
	// goes faster or slower. Zero: it waits for the host to start it.
	Base    time.Time   `json:"base,omitzero"`
	Asked   int         `json:"asked"`              // number of the question asked last, 0 for none
	AskedAt []time.Time `json:"asked_at,omitempty"` // by question; zero for one that was skipped
	Skipped []int       `json:"skipped,omitempty"`  // numbers of questions that are left out
	Opened  time.Time   `json:"opened,omitzero"`
	Closed  time.Time   `json:"closed,omitzero"`

	// Notices are what is yet to be told around the discussion, the next first. Only
	// one that is scheduled or cancelled has some.
	Notices   []Notice  `json:"notices,omitempty"`
	Announced time.Time `json:"announced,omitzero"` // when its channels heard of it
	Ready     bool      `json:"ready,omitempty"`    // a host has said that they are there

	Paused  time.Time `json:"paused,omitzero"`   // since when a host keeps it waiting
	Moved   time.Time `json:"moved,omitzero"`    // when it, or a host, last moved
	Offered bool      `json:"offered,omitempty"` // its hosts were told since that it waits
	Edit    *Edit     `json:"edit,omitempty"`    // what a host has written and not saved

	// Relaying are the numbers of those places whose organizers had relaying switched on
	// at one of its steps.
	Relaying []int `json:"relaying,omitempty"`
	// Copies are the latest copies for the public that were made of its archive.
	Copies []PublicCopy `json:"copies,omitempty"`
}

// Edit is another plan for a discussion that has not begun.
type Edit struct {
	Script Script    `json:"script"`
	Base   time.Time `json:"base,omitzero"`
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

// leads reports whether a member is the first of the hosts.
func (d *Discussion) leads(m bot.Member) bool { return len(d.Hosts) > 0 && m.Is(d.Hosts[0]) }
