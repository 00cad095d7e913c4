package partner

import (
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/partner/match"
	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

// Program is a rhythm in which people are introduced to each other.
type Program struct {
	ID        string // its series'
	Community bot.CommunityID
	Number    int    // short, per community, for people
	Name      string // as typed
	Rule      rule.Rule
	Zone      string   // IANA zone of the rule's times
	Calendars []string // whose holidays count besides everybody's
	Paused    bool
	By        bot.MemberID
	Space     bot.SpaceID
	Definition
}

// Definition is what kind of partners a program looks for, and where.
type Definition struct {
	Style Style `json:"style"`
	// Hours of the week are free for everybody in a group, if that is possible for all.
	Hours int `json:"hours"`
	Who   Who `json:"who,omitempty"`
	// Channel is where the program is at home: the calls come there. Language is that of
	// what is said there.
	Channel  bot.Channel `json:"channel"`
	Language string      `json:"language"`
}

// Style says who suits whom.
type Style string

// The styles.
const (
	Alike     Style = "alike"     // the same subject and grades
	Different Style = "different" // another school, another country
	Mentor    Style = "mentor"    // somebody new and somebody experienced
	Surprise  Style = "surprise"
)

var styles = [...]Style{Alike, Different, Mentor, Surprise}

// wishes is the style as the engine knows it.
func (s Style) wishes() match.Style {
	switch s {
	case Different:
		return match.Different()
	case Mentor:
		return match.Mentor()
	case Surprise:
		return match.Surprise()
	default:
		return match.Alike()
	}
}

// Who says who may join.
type Who string

// Who may join.
const (
	Everybody Who = ""        // every member of the community
	ByCall    Who = "channel" // who sees a call, in the program's channel
)

// How much a program may ask for.
const (
	mostName  = 80
	mostHours = 10
)

// leastApart is how often rounds may come: every week.
const leastApart = 6 * 24 * time.Hour

// longestSeason bounds for how many rounds is planned ahead.
const longestSeason = 60

// season is how many rounds a program has in a year: so far ahead is planned.
func (p *Program) season(now time.Time, in rule.Place) int {
	n := 0
	for o := range p.Rule.After(now, in) {
		if n == longestSeason || o.At.Sub(now) > 365*24*time.Hour {
			break
		}
		if !o.Skipped {
			n++
		}
	}
	return n + 1 // that which is due
}

// record is the name under which a program or a group is known to jobs and posts.
func record(id string) string { return "partner/" + id }
