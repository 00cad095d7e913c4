package partner

import (
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// Profile is what somebody has told of themself, one for all programs. Only who is
// introduced to them hears of it, and of that what both share.
type Profile struct {
	Teaches   []string `json:"teaches,omitempty"`   // subjects: see subjectOf
	Grades    []string `json:"grades,omitempty"`    // see gradesOf
	Free      []Slot   `json:"free,omitempty"`      // none: they have not said
	Role      string   `json:"role,omitempty"`      // one of roles, or as typed
	Stage     string   `json:"stage,omitempty"`     // one of stages: how long they have taught
	School    string   `json:"school,omitempty"`    // or district, as typed
	Country   string   `json:"country,omitempty"`   // as typed
	Languages []string `json:"languages,omitempty"` // as typed, in lower case
}

// told reports whether somebody has answered what everybody is asked.
func (p *Profile) told() bool { return len(p.Teaches) > 0 && len(p.Grades) > 0 }

// Participant is a member who takes part in a program.
type Participant struct {
	Member  bot.MemberID `json:"-"`
	Account bot.Account  `json:"account"` // where they are written to
	Since   time.Time    `json:"since"`
	Rest    Rest         `json:"-"`
	Silent  int          `json:"-"` // rounds in a row in which they gave no sign
}

// Rest is that somebody takes part and does not want to be introduced just now.
type Rest struct {
	// Paused lasts until they say so, or join again.
	Paused Pause `json:"paused,omitempty"`
	// Round is one that they sit out.
	Round int `json:"round,omitempty"`
}

// Pause is why somebody pauses.
type Pause string

// The reasons.
const (
	NotPaused Pause = ""
	OwnPause  Pause = "own"    // they said so
	Quiet     Pause = "silent" // they gave no sign for two rounds
)

// in reports whether they are to be introduced in a round.
func (r Rest) in(round int) bool { return r.Paused == NotPaused && r.Round != round }

// Apart is whom somebody is kept apart from, as they said. Only they see it.
type Apart struct {
	Blocked   []bot.MemberID
	Evaluates []bot.MemberID // evaluates them or is evaluated by them: which of the two is nobody's matter
}

// Reason is why two people are kept apart.
type Reason string

// The reasons.
const (
	Blocks     Reason = "block"
	Evaluation Reason = "evaluation"
)

func (a *Apart) of(why Reason) []bot.MemberID {
	if why == Evaluation {
		return a.Evaluates
	}
	return a.Blocked
}
