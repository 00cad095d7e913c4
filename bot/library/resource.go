package library

import (
	"crypto/sha256"
	"encoding/base32"
	"slices"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// Resource is one thing in a library.
type Resource struct {
	ID        string          `json:"-"` // from Key: see IDOf
	Community bot.CommunityID `json:"-"`
	Version   int64           `json:"-"`

	Key     string      `json:"key"`     // link.Link.Key
	Address string      `json:"address"` // to open
	Space   bot.SpaceID `json:"space"`   // where it was saved first: it goes along with that place
	Created time.Time   `json:"created"`

	// What people wrote. An empty Title is that of the page.
	Title   string   `json:"title,omitempty"`
	Subject string   `json:"subject,omitempty"`
	Tags    []string `json:"tags,omitempty"`   // without "#", as typed first
	Grades  []string `json:"grades,omitempty"` // "K", "4"; see package grade
	Licence string   `json:"licence,omitempty"`
	// About is what a list said of it that it was imported from; nobody's words.
	About string `json:"about,omitempty"`
	// Import is that which made it, if it came through a chat.
	Import Batch `json:"import,omitzero"`

	Page    Page     `json:"page,omitzero"`
	Credits []Credit `json:"credits"` // who saved it, the first first
	Tries   []Try    `json:"tries,omitempty"`
	// Thanks are from whom; nobody's own resource thanks them.
	Thanks []bot.MemberID `json:"thanks,omitempty"`

	Hidden Hidden `json:"hidden,omitzero"`
	Health Health `json:"health,omitzero"`
}

// Page is what a page on the web says of itself. All of it is data.
type Page struct {
	Read        time.Time `json:"read,omitzero"` // when; zero: not yet
	Title       string    `json:"title,omitempty"`
	Description string    `json:"description,omitempty"`
	Site        string    `json:"site,omitempty"`
	Author      string    `json:"author,omitempty"`
	Picture     string    `json:"picture,omitempty"`  // address
	Language    string    `json:"language,omitempty"` // "en", "es-MX"
	Licence     string    `json:"licence,omitempty"`  // "CC BY-NC 4.0"
}

// Credit is that somebody saved it.
type Credit struct {
	Member bot.MemberID `json:"member"`
	At     time.Time    `json:"at"`
	Note   string       `json:"note,omitempty"` // as typed
	From   Origin       `json:"from,omitzero"`
	Last   Step         `json:"last,omitzero"` // what they added last
}

// Step is what somebody added by saving, so that it can be undone for UndoFor. The
// zero Step is nothing.
type Step struct {
	At time.Time `json:"at"`
	// By is who had it added for whoever the credit is of: a host, who can undo it too.
	By      bot.MemberID `json:"by,omitempty"`
	Undone  bool         `json:"undone,omitempty"`  // and there is nothing else in it
	Changed bool         `json:"changed,omitempty"` // they have changed it since: there is nothing else in it
	Made    bool         `json:"made,omitempty"`    // the resource itself
	First   bool         `json:"first,omitempty"`   // their credit
	Note    string       `json:"note,omitempty"`    // what their note was before
	Title   bool         `json:"title,omitempty"`
	Subject bool         `json:"subject,omitempty"`
	Tags    []string     `json:"tags,omitempty"`
	Grades  []string     `json:"grades,omitempty"`
	// Wish is the ID of the one that it answered.
	Wish string `json:"wish,omitempty"`
}

// UndoFor is how long what was saved can be undone with one tap.
const UndoFor = time.Hour

// Origin is where in a discussion a link came up. The zero Origin is nowhere.
type Origin struct {
	Chat     string `json:"chat"`     // the discussion's ID
	Name     string `json:"name"`     // its name
	Question int    `json:"question"` // from 1
}

// Try is that somebody tried it, and how it went. Nobody has two.
type Try struct {
	Member bot.MemberID `json:"member"`
	At     time.Time    `json:"at"`
	Again  Again        `json:"again"`
	Grade  string       `json:"grade,omitempty"`
	Worked string       `json:"worked,omitempty"` // what worked, as typed
	Change string       `json:"change,omitempty"` // what they would change, as typed
}

// Again is whether somebody would use it again.
type Again string

// The answers.
const (
	AsItIs      Again = "yes"
	WithChanges Again = "changes"
	NotAgain    Again = "no"
)

// Hidden is that an organizer took it out of sight. The zero Hidden is in sight.
type Hidden struct {
	By bot.MemberID `json:"by"`
	At time.Time    `json:"at"`
}

// Health is how its link does.
type Health struct {
	State    HealthState `json:"state,omitempty"`
	Checked  time.Time   `json:"checked,omitzero"`
	Next     time.Time   `json:"next,omitzero"`
	Failed   int         `json:"failed,omitempty"` // checks in a row that did not find it
	Since    time.Time   `json:"since,omitzero"`   // when the first of them was
	Silent   int         `json:"silent,omitempty"` // checks in a row that told nothing
	Moved    string      `json:"moved,omitempty"`  // the address to which the last check was led for good
	ETag     string      `json:"etag,omitempty"`
	Modified string      `json:"modified,omitempty"` // as the server wrote it
	Archived string      `json:"archived,omitempty"` // the address of an archived copy
	// Works is who said last, and when, that it works for them.
	Works   bot.MemberID `json:"works,omitempty"`
	WorksAt time.Time    `json:"works_at,omitzero"`
}

// HealthState is how a link does. The zero value is well.
type HealthState string

// The states.
const (
	Well HealthState = ""
	Dead HealthState = "dead" // it was not found several times, over days
)

// The limits of a resource. What goes beyond is refused with a message, save that
// of MostCredits and MostThanks, beyond which nothing more is kept.
const (
	MostTitle   = 200 // characters
	MostNote    = 1000
	MostTags    = 12
	MostTag     = 40
	MostGrades  = 16
	MostCredits = 50
	MostTries   = 100
	MostThanks  = 500
)

// People are the members of whom the resource says something, each once, in their
// order.
func (r *Resource) People() []bot.MemberID {
	var all []bot.MemberID
	for _, c := range r.Credits {
		all = append(all, c.Member, c.Last.By)
	}
	for _, t := range r.Tries {
		all = append(all, t.Member)
	}
	all = append(all, r.Thanks...)
	all = append(all, r.Hidden.By, r.Health.Works)
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(m bot.MemberID) bool { return m == "" })
}

// IDOf names the resource with a Key among those of its community: 80 bits of the
// Key's hash.
func IDOf(key string) string {
	sum := sha256.Sum256([]byte(key))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:10]))
}
