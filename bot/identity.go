package bot

import (
	"net/url"
	"slices"
	"strings"
	"time"
)

// SpaceID names one Discord server or one Slack workspace as reached over one
// connection.
type SpaceID struct {
	Connection string `json:"conn"` // as named in the configuration, for example "slack-lincoln"
	ID         string `json:"id"`   // the platform's own: guild, workspace
}

// Account is a person on a platform. One member may have several.
type Account struct {
	Space SpaceID `json:"space"`
	User  string  `json:"user"`
}

// Channel is a place where messages stand: a channel, a direct message, or a
// thread in a channel.
type Channel struct {
	Space  SpaceID `json:"space"`
	ID     string  `json:"id"`
	Thread string  `json:"thread,omitempty"`
}

// MessageRef points at one message on a platform.
type MessageRef struct {
	Channel Channel `json:"channel"`
	ID      string  `json:"id"`
}

// MemberID and CommunityID are ours: sortable by time, at most 20 characters of
// [0-9a-z]. People never see them; they see names, titles and short numbers.
type (
	// MemberID names a member.
	MemberID string
	// CommunityID names a community.
	CommunityID string
)

// InputID is the platform's own name for one thing that came in. The same
// input, delivered again, has the same ID and must have no second effect.
type InputID string

// String gives the account as one line, unambiguous whatever its parts contain.
func (a Account) String() string { return joinEscaped(a.Space.Connection, a.Space.ID, a.User) }

// String gives the space as one line, unambiguous whatever its parts contain.
func (s SpaceID) String() string { return joinEscaped(s.Connection, s.ID) }

// String gives the channel as one line, unambiguous whatever its parts contain.
func (c Channel) String() string {
	if c.Thread == "" {
		return joinEscaped(c.Space.Connection, c.Space.ID, c.ID)
	}
	return joinEscaped(c.Space.Connection, c.Space.ID, c.ID, c.Thread)
}

// Root is the channel itself, without the thread.
func (c Channel) Root() Channel {
	c.Thread = ""
	return c
}

func joinEscaped(parts ...string) string {
	var b strings.Builder
	for i, p := range parts {
		if i > 0 {
			b.WriteByte('/')
		}
		b.WriteString(url.PathEscape(p))
	}
	return b.String()
}

// Role is what a member may do in a community. A higher role includes the
// lower ones.
type Role string

// The roles, from least to most.
const (
	RoleMember    Role = "member"
	RoleHost      Role = "host"
	RoleOrganizer Role = "organizer"
)

func (r Role) rank() int {
	switch r {
	case RoleOrganizer:
		return 2
	case RoleHost:
		return 1
	default:
		return 0
	}
}

// Includes reports whether a member with role r may do what role other may.
func (r Role) Includes(other Role) bool { return r.rank() >= other.rank() }

// Member is a person in a community, as the core and the features see them.
type Member struct {
	ID        MemberID    `json:"id"`
	Community CommunityID `json:"-"`
	Number    int         `json:"number"` // short, per community, for people
	Name      string      `json:"name"`
	Language  string      `json:"language,omitempty"` // IETF tag; empty: the community's
	Zone      string      `json:"zone,omitempty"`     // IANA zone; empty: the community's
	Role      Role        `json:"role"`
	Away      Away        `json:"away,omitzero"`
	// Former are the IDs that the member had under accounts which were linked
	// later, with blanks between: what they wrote then is still under them.
	Former string `json:"former,omitempty"`
	// Public says whether what they said in chats may stand in copies for the public.
	Public Consent `json:"public,omitzero"`
	// Relay says whether what they say in chats may be shown in other places of the
	// community where the chat runs; RelayAsked, whether they were asked.
	Relay      Consent `json:"relay,omitzero"`
	RelayAsked bool    `json:"relay_asked,omitempty"`
}

// Consent is a yes to something, or none. It can be compared with ==.
type Consent struct {
	At      int64 `json:"at"`                // when it was given, Unix seconds; 0: it was not
	Earlier bool  `json:"earlier,omitempty"` // it is about what was there before too
}

// Given reports whether it was given.
func (c Consent) Given() bool { return c.At > 0 }

// From is when it was given.
func (c Consent) From() time.Time { return time.Unix(c.At, 0).UTC() }

// About is from when on that counts which it is about: the zero time for all.
func (c Consent) About() time.Time {
	if c.Earlier {
		return time.Time{}
	}
	return c.From()
}

// And is what both say yes to.
func (c Consent) And(other Consent) Consent {
	if !c.Given() || !other.Given() {
		return Consent{}
	}
	return Consent{At: max(c.At, other.At), Earlier: c.Earlier && other.Earlier}
}

// Is reports whether the member has this ID, or had it.
func (m Member) Is(id MemberID) bool {
	return id != "" && (m.ID == id || slices.Contains(strings.Fields(m.Former), string(id)))
}

// Away is when a member is away: from the first day to the last, which are dates
// of their own calendar such as 2026-12-07, by their own clock wherever it is. The
// zero Away is never.
type Away struct {
	From  string `json:"from"`
	Until string `json:"until"` // included
}
