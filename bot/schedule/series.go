package schedule

import (
	"encoding/json"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

// DefaultGrace is how late an occurrence may still happen where nobody chose
// otherwise.
const DefaultGrace = 2 * time.Hour

// leastGrace is what an occurrence is late at times with nothing out of order.
const leastGrace = time.Minute

// Series is something that happens again and again by a rule.
type Series struct {
	ID        string          `json:"id"`
	Community bot.CommunityID `json:"-"`
	Version   int64           `json:"-"`
	Number    int             `json:"number"` // short, per community, for people
	Kind      string          `json:"kind"`   // whose it is: Kind.Name
	Title     string          `json:"title"`  // as typed
	// Space is where it was made, and goes along with when that changes its
	// community.
	Space bot.SpaceID `json:"space,omitzero"`

	Rule rule.Rule `json:"rule"`
	Zone string    `json:"zone"` // IANA zone that the rule's times are in
	// Calendars are the IDs of the named calendars whose holidays count besides
	// everybody's. One that is there no longer has none.
	Calendars []string `json:"calendars,omitempty"`
	// Grace is how late an occurrence may still happen, after an outage. Of
	// several that were missed the latest happens, if it is in time.
	Grace  time.Duration `json:"grace"`
	Until  time.Time     `json:"until,omitzero"` // nothing happens from then on
	Paused bool          `json:"paused,omitempty"`

	Created time.Time       `json:"created"`
	By      bot.MemberID    `json:"by,omitempty"` // who created it
	Payload json.RawMessage `json:"payload,omitempty"`

	// Courses says for each zone how far the series is. There is one, for Zone,
	// unless its kind runs by the zones of members (Kind.Zones).
	Courses map[string]Course `json:"courses"`
}

// Course is how far a series is in one zone.
type Course struct {
	Settled time.Time `json:"settled"`       // every occurrence up to here has its end
	Next    time.Time `json:"next,omitzero"` // the first after that; unset: there is none
}

// soonest is the zone in which the next occurrence is due first. ok is false if
// there is no next one.
func (s *Series) soonest() (zone string, at time.Time, ok bool) {
	for z, c := range s.Courses {
		if c.Next.IsZero() {
			continue
		}
		if !ok || c.Next.Before(at) || c.Next.Equal(at) && z < zone {
			zone, at, ok = z, c.Next, true
		}
	}
	return zone, at, ok
}
