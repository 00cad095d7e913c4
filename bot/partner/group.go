package partner

import (
	"slices"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/partner/match"
)

// Group is two people who are introduced to each other, or three.
type Group struct {
	ID        string          `json:"-"`
	Community bot.CommunityID `json:"-"`
	Version   int64           `json:"-"`

	Round int    `json:"round"`
	Wave  int    `json:"wave,omitempty"` // 0: it was made when the round began
	Stage Stage  `json:"stage"`
	Seats []Seat `json:"seats"`
	// What they share, as the engine says: it follows from their profiles alone. Hours
	// are those of a week that begins on Monday, 0:00 UTC.
	Traits []match.Trait `json:"traits,omitempty"`
	Unlike []match.Facet `json:"unlike,omitempty"`
	Hours  match.Hours   `json:"hours,omitzero"`

	Made       time.Time `json:"made"`
	Introduced time.Time `json:"introduced,omitzero"`
	// Question is when it was last asked whether they met, and Questions how often.
	Question  time.Time `json:"question,omitzero"`
	Questions int       `json:"questions,omitempty"`
	// Next is when the group's job looks at it again; zero: nothing more comes by itself.
	Next  time.Time `json:"next,omitzero"`
	Relay Relay     `json:"relay,omitzero"`
	// Proposed are times to meet that they have suggested to each other.
	Proposed []Proposal `json:"proposed,omitempty"`

	// ended says that messages were passed on before this step, which ends it, and taken
	// are posts that are withdrawn then.
	ended bool
	taken []bot.DeliveryKey
}

// Stage is how far a group is.
type Stage string

// The stages.
const (
	Made       Stage = "made"       // nobody in it has heard of it yet
	Introduced Stage = "introduced" // they know of each other
	Nudged     Stage = "nudged"
	Asked      Stage = "asked" // whether they met
	Over       Stage = "over"  // nothing more comes of it
)

// Seat is somebody's place in a group.
type Seat struct {
	Member  bot.MemberID `json:"member"`
	Account bot.Account  `json:"account"` // where they are written to
	State   SeatState    `json:"state"`
	// Heard is when they last gave a sign; zero: never. It ends their silence.
	Heard time.Time `json:"heard,omitzero"`
	// Told says that they were introduced.
	Told bool `json:"told,omitempty"`
	// Came is when they came to a pair as a third.
	Came time.Time `json:"came,omitzero"`
	// Quiet says that they are out since they gave no sign.
	Quiet bool `json:"quiet,omitempty"`
	// Agrees says that they agree to messages being passed on, and Passed is how many of
	// theirs were.
	Agrees bool `json:"agrees,omitempty"`
	Passed int  `json:"passed,omitempty"`
}

// SeatState is how it is with a person in a group.
type SeatState string

// The states.
const (
	SeatOpen   SeatState = "open"
	SeatMet    SeatState = "met"    // they said that they met
	SeatMissed SeatState = "missed" // they said that it did not come to it this time
	SeatOut    SeatState = "out"    // they cannot make it, or want somebody else
	SeatGone   SeatState = "gone"   // they take part no longer, or may not meet the others any more
)

// there reports whether the person is still in the group.
func (s *Seat) there() bool { return s.State != SeatOut && s.State != SeatGone }

// seat gives a member's place, or nil.
func (g *Group) seat(m bot.MemberID) *Seat {
	i := slices.IndexFunc(g.Seats, func(s Seat) bool { return s.Member == m })
	if i < 0 {
		return nil
	}
	return &g.Seats[i]
}

// here are those who are still in the group.
func (g *Group) here() []*Seat {
	var out []*Seat
	for i := range g.Seats {
		if g.Seats[i].there() {
			out = append(out, &g.Seats[i])
		}
	}
	return out
}

// others are those who are still in the group, but for one.
func (g *Group) others(m bot.MemberID) []*Seat {
	return slices.DeleteFunc(g.here(), func(s *Seat) bool { return s.Member == m })
}

// program is the program that the group belongs to.
func (g *Group) program() string { return ProgramOf(g.ID) }

// ProgramOf is the program that a group of this ID belongs to.
func ProgramOf(group string) string {
	id, _, _ := strings.Cut(group, "-")
	return id
}

// met reports whether somebody said that they met.
func (g *Group) met() bool {
	return slices.ContainsFunc(g.Seats, func(s Seat) bool { return s.State == SeatMet })
}
