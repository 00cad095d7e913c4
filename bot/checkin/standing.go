package checkin

import (
	"slices"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

// Standing is how far a check-in is with its people. One without a Version was
// never kept.
type Standing struct {
	ID        string          `json:"-"`
	Community bot.CommunityID `json:"-"`
	Version   int64           `json:"-"`

	// Rule is the rule that counts since Since: what it would have brought before
	// is nobody's matter.
	Rule  string    `json:"rule,omitempty"`
	Since time.Time `json:"since,omitzero"`
	Wall  time.Time `json:"wall,omitzero"` // of the latest that has come: see rule.Track
	Look  *Look     `json:"look,omitempty"`

	Open []Occurrence `json:"open,omitempty"` // of which something is still to come
}

// Look is a look at everybody who takes part, which is under way.
type Look struct {
	Since time.Time    `json:"since"`           // when it began
	After bot.MemberID `json:"after,omitempty"` // who was looked at last
}

// Occurrence is one time that a check-in comes, for everybody.
type Occurrence struct {
	ID      string    `json:"id"`
	First   time.Time `json:"first"`            // when it was first asked, or answered
	Closes  time.Time `json:"closes"`           // when the last window ends
	Final   time.Time `json:"final"`            // from then on nothing is taken any more
	Posted  bool      `json:"posted,omitempty"` // its summary stands in the channel
	Extra   *Look     `json:"extra,omitempty"`  // it comes out of turn, and people are being asked
	Sharing Sharing   `json:"sharing"`
}

// Asked is what was asked at an occurrence: a copy that stays as it was.
type Asked struct {
	CheckIn string    `json:"checkin"`
	Number  int       `json:"number"`
	Name    string    `json:"name"`
	At      time.Time `json:"at"` // when it was due where it came first
	// Wall is when it was due by each person's own clock; zero if it came at once for
	// everybody.
	Wall time.Time `json:"wall,omitzero"`
	// Widened says that more people see it than people were told before: the time
	// before, or when they began to take part.
	Widened bool `json:"widened,omitempty"`
	// Weekly says that it comes once a week, by its rule as it was then.
	Weekly bool `json:"weekly,omitempty"`
	// People is how many have answered, where it was anonymous and is over: it stays,
	// whoever is forgotten.
	People int `json:"people,omitempty"`
	Definition
}

// open gives the occurrence with an ID, or nil.
func (s *Standing) open(id string) *Occurrence {
	i := slices.IndexFunc(s.Open, func(o Occurrence) bool { return o.ID == id })
	if i < 0 {
		return nil
	}
	return &s.Open[i]
}

// opened gives the occurrence with an ID, which is new if need be, open at least
// until closes.
func (s *Standing) opened(id string, d *Definition, now, closes time.Time) (o *Occurrence, fresh bool) {
	if o = s.open(id); o == nil {
		s.Open = append(s.Open, Occurrence{ID: id, First: now, Sharing: d.Sharing})
		o, fresh = &s.Open[len(s.Open)-1], true
	}
	if closes.After(o.Closes) {
		o.Closes = closes
		o.Final = closes
		if d.Sharing != Anonymous {
			o.Final = closes.Add(lateAnswers)
		}
	}
	return o, fresh
}

// State is how a person's turn stands.
type State string

// The states. All but the first four are reasons why somebody was not asked.
const (
	IsAsked    State = "asked"
	IsAnswered State = "answered"
	IsSkipped  State = "skipped" // they said so
	IsUnsent   State = "unsent"  // the message was held until their window was over: see outbox.Unasked
	IsAway     State = "away"
	IsHoliday  State = "holiday"
	IsPaused   State = "paused"
	IsLate     State = "late"     // there was hardly any time left to answer
	IsReplaced State = "replaced" // a later one was due as well
)

// Turn is what an occurrence came to for one person.
type Turn struct {
	State  State
	Opened time.Time // when it began for them; zero: it did not
	Closes time.Time // the end of their window
}

// Participant is a member who takes part, and how far they are.
type Participant struct {
	Member  bot.MemberID `json:"-"`
	Account bot.Account  `json:"account"` // where they are asked
	Since   time.Time    `json:"since"`   // when they joined
	Wall    time.Time    `json:"-"`       // see rule.Track
	Untold  bool         `json:"-"`       // taken in by a list, and not told yet
}

func (p *Participant) track(s *Standing) rule.Track {
	t := rule.Track{Since: p.Since, Wall: p.Wall}
	if s.Since.After(t.Since) {
		t.Since = s.Since
	}
	return t
}

// end is the end of one occurrence for one person.
type end struct {
	at    time.Time // when it was due
	wall  time.Time
	state State
}

// mostEnds is how many occurrences are settled for one person at a time, the
// latest: a daily check-in is that often missed in two months.
const mostEnds = 60

// ends settles what is due by now for somebody, the oldest first: of those that
// can be asked, the latest is.
func (c *CheckIn) ends(t rule.Track, now time.Time, in rule.Place, stretch Stretch) []end {
	missed, _ := t.Missed(c.Rule, now, in, mostEnds)
	out := make([]end, len(missed))
	asked := -1
	for i, o := range missed {
		out[i] = end{at: o.At, wall: o.Wall, state: IsAsked}
		switch {
		case o.Away:
			out[i].state = IsAway
		case o.Skipped:
			out[i].state = IsHoliday
		case c.Paused:
			out[i].state = IsPaused
		case c.closes(o.At, in, stretch).Sub(now) < leastOpen:
			out[i].state = IsLate
		default:
			if asked >= 0 {
				out[asked].state = IsReplaced
			}
			asked = i
		}
	}
	return out
}
