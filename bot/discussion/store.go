package discussion

import (
	"context"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// Entry is a message of a discussion.
type Entry struct {
	ID        string       `json:"id"`              // the message's, by its platform; outside the first place with a mark in front
	Place     int          `json:"place,omitempty"` // the number of the place it was said in, from 0
	Author    bot.MemberID `json:"author"`
	Kind      Kind         `json:"kind"`
	Questions []int        `json:"questions,omitempty"`
	ReplyTo   string       `json:"reply_to,omitempty"` // message ID
	Asked     int          `json:"asked"`              // the question that was out when it came
	At        time.Time    `json:"at"`
	Text      string       `json:"text,omitempty"`
	Outcome   string       `json:"outcome,omitempty"` // of a Commitment: what came of it, as typed
	Posted    bool         `json:"posted,omitempty"`  // a Commitment: a post of ours shows it
	Deleted   bool         `json:"deleted,omitempty"` // only the place is left of it
	Revision  int64        `json:"-"`

	// Fixed: Kind and Questions are what a person has said, whatever recognition
	// made of the message or makes of its edits.
	Fixed bool `json:"-"`
	// Withheld: the archive leaves it out until organizers have looked at it, or
	// for good.
	Withheld bool `json:"-"`
	// Highlighted: a host has picked it to remember.
	Highlighted bool `json:"-"`

	manner manner // how the text speaks; unread when it comes from the store
}

// Fix is how a person files an entry.
type Fix struct {
	Kind      Kind  `json:"kind"`
	Questions []int `json:"questions,omitempty"`
}

// Filing is an entry on its way into a discussion.
type Filing struct {
	Discussion *Discussion // as known; its version must be the current one
	Running    string      // Live.Running of the entry's place as known; it must be the current one
	Entry      Entry
	Carried    bool // it, or its change, may be of interest in other places: see RelayStore
}

// Filed says what became of an entry.
type Filed string

// What can become of an entry.
const (
	FiledNew     Filed = "filed"
	FiledChanged Filed = "changed" // it was there, this is a newer revision
	FiledOlder   Filed = "older"   // it was there, as this revision or a newer one
	FiledStale   Filed = "stale"   // the discussion has moved on: look again; nothing was filed
)

// Live is a running discussion, with what recognition needs of its messages.
type Live struct {
	Running    string // all that run in the channel, for Filing to compare
	Discussion Discussion
	Entries    []Entry                      // in the order they came, of all places
	Sent       []map[string]bot.DeliveryKey // our own posts: for each place, by message ID
}

// Store keeps discussions. Its errors have the codes not_found, conflict and
// unavailable, or are outbox.ErrRepeated.
type Store interface {
	// NextNumber gives the next short number of the community.
	NextNumber(ctx context.Context, c bot.CommunityID) (int, error)
	// Advance stores d, whose Version must be the stored one (0: it is new),
	// together with the effects, and sets the new Version. If the version is
	// another one, that is a conflict and nothing is stored.
	Advance(ctx context.Context, d *Discussion, e outbox.Effects) error
	// Get gives a discussion, or not_found.
	Get(ctx context.Context, c bot.CommunityID, id string) (Discussion, error)
	// List gives up to limit discussions by their start, the latest first, after
	// the first skip of them.
	List(ctx context.Context, c bot.CommunityID, skip, limit int) ([]Discussion, error)
	// Live gives the discussions that run in a channel, the one opened last first:
	// the others take late answers. Of each it gives the entries after the first
	// known[ID] of them.
	Live(ctx context.Context, c bot.CommunityID, ch bot.Channel, known map[string]int) ([]Live, error)
	// LiveChannels gives the channels of a space in which discussions run.
	LiveChannels(ctx context.Context, c bot.CommunityID, space bot.SpaceID) ([]bot.Channel, error)
	// File keeps an entry, in one round trip.
	File(ctx context.Context, f Filing) (Filed, error)
	// Add keeps an entry that did not come as a message, with its effects, also
	// after the end. It is keyed by the effects' input.
	Add(ctx context.Context, f Filing, e outbox.Effects) error
	// Replace keeps entries in the place of those with their IDs, with the effects.
	Replace(ctx context.Context, d *Discussion, effects outbox.Effects, entries ...Entry) error
	// With gives all discussions in which one of these members has said something, or
	// which one of them hosts.
	With(ctx context.Context, c bot.CommunityID, ids []bot.MemberID) ([]Discussion, error)
	// Attend keeps that somebody will come to d, or will not.
	Attend(ctx context.Context, d *Discussion, a Attendance, coming bool) error
	// Attending gives who will come to d, in no particular order.
	Attending(ctx context.Context, d *Discussion) ([]Attendance, error)
	// Known gives those of some members who have said something in another discussion
	// than d.
	Known(ctx context.Context, d *Discussion, ids []bot.MemberID) (map[bot.MemberID]bool, error)
	// Unknow forgets that they have said something in d: nothing there is theirs any more.
	Unknow(ctx context.Context, d *Discussion, ids []bot.MemberID) error
	// Now is the store's time.
	Now(ctx context.Context) (time.Time, error)
	// Entry gives an entry of d, or not_found.
	Entry(ctx context.Context, d *Discussion, id string) (Entry, error)
	// Shown gives the entry that a message in a place of d shows, or not_found: the
	// message's own, or the one that a form gave and a post of ours shows.
	Shown(ctx context.Context, d *Discussion, place int, message string) (Entry, error)
	// Refile keeps how a person files an entry of d; nil: as it was recognised. It
	// is kept beside the entry, so that no change of the message can undo it.
	Refile(ctx context.Context, d *Discussion, entry string, fix *Fix, e outbox.Effects) error
	// Withhold keeps an entry of d out of the archive, or lets it in again.
	Withhold(ctx context.Context, d *Discussion, entry string, out bool) error
	// Highlight keeps that a host has picked an entry of d to remember, or no longer
	// does. It names nobody.
	Highlight(ctx context.Context, d *Discussion, entry string, on bool, e outbox.Effects) error
	// Entries gives all entries in the order they came.
	Entries(ctx context.Context, c bot.CommunityID, id string) ([]Entry, error)
}
