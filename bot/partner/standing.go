package partner

import (
	"strconv"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/partner/match"
)

// Standing is how far a program is. One without a Version was never kept.
type Standing struct {
	ID        string          `json:"-"` // the program's
	Community bot.CommunityID `json:"-"`
	Version   int64           `json:"-"`

	// Round is the number of the latest round, 0 if there was none; rounds count up over
	// the whole life of a program. Occurrence is the one that brought it, so that none
	// brings two.
	Round      int       `json:"round,omitempty"`
	Occurrence string    `json:"occurrence,omitempty"`
	Began      time.Time `json:"began,omitzero"`
	Open       bool      `json:"open,omitempty"` // it goes on: groups of it are there
	// Groups and Waves are how many the round has had: they name the next ones.
	Groups int `json:"groups,omitempty"`
	Waves  int `json:"waves,omitempty"`
	// Numbers is how many numbers were given to participants: see History.
	Numbers int `json:"numbers,omitempty"`
	// Plan is the engine's, by the participants' numbers.
	Plan match.Backbone `json:"plan,omitzero"`
	// Figures are those of the round, as far as it is.
	Figures Figures  `json:"figures,omitzero"`
	Joining *Joining `json:"joining,omitempty"`
}

// Joining is somebody on the way to a pair, who will be a third: see the package comment.
type Joining struct {
	Member bot.MemberID `json:"member"`
	Group  string       `json:"group"`
	Wave   int          `json:"wave"`
	Since  time.Time    `json:"since"` // since when they were free
}

// Figures count what came of a round. Nothing in them is about a single person.
type Figures struct {
	Offered int `json:"offered,omitempty"` // people who got a group
	Nobody  int `json:"nobody,omitempty"`  // people for whom there was none at the beginning
	Away    int `json:"away,omitempty"`    // people who were away, or sat it out
	Left    int `json:"left,omitempty"`    // people for whom there was still none at its end
	Groups  int `json:"groups,omitempty"`  // re-offers included
	Trios   int `json:"trios,omitempty"`
	Again   int `json:"again,omitempty"`   // groups that a wave made, or a third
	Repeats int `json:"repeats,omitempty"` // pairs that had met before
	Short   int `json:"short,omitempty"`   // groups that share fewer hours than asked for
	Met     int `json:"met,omitempty"`     // groups in which somebody said that they met
	Silent  int `json:"silent,omitempty"`  // people who gave no sign
}

// Past is a round that is over.
type Past struct {
	Round int `json:"-"`
	Began time.Time
	Figures
}

// roundOf and groupID make the names of a round's parts: a group is known to belong to
// its program and round by its name.
func groupID(program string, round, n int) string {
	return program + "-" + strconv.FormatInt(int64(round), 36) + "-" + strconv.FormatInt(int64(n), 36)
}
