package report

import (
	"context"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// KeptFor is how long a case is kept after the last report of it.
const KeptFor = 365 * 24 * time.Hour

// DraftFor is how long a report that was begun can be sent.
const DraftFor = time.Hour

// Subject is what is reported: a message, or without one something else.
type Subject struct {
	Message bot.MessageRef `json:"message,omitzero"`
	Author  bot.MemberID   `json:"author,omitempty"` // empty: not known, or no person
	Name    string         `json:"name,omitempty"`   // the author's, as data
	Text    string         `json:"text,omitempty"`   // as typed
	Kept    Kept           `json:"kept,omitzero"`
	Thing   Thing          `json:"thing,omitzero"` // of what is no message
}

// Thing is something of another feature that is reported. The zero Thing is none.
type Thing struct {
	Text string `json:"text"` // what it is, as data
	Path string `json:"path"` // of the control that shows it to an organizer
}

// Kept names a message in the chat that keeps it. The zero Kept is in none.
type Kept struct {
	Chat  string `json:"chat"`
	Entry string `json:"entry"`
}

// Case is all that is reported of one message. Its ID is named by the message, or
// where there is none by the report.
type Case struct {
	ID        string          `json:"id"`
	Community bot.CommunityID `json:"-"`
	Version   int64           `json:"-"`
	Subject   Subject         `json:"subject"`
	Said      []Said          `json:"said"`
	Told      []Told          `json:"told"`
	Settled   Settled         `json:"settled,omitzero"`
}

// Said is what one person reports.
type Said struct {
	By   bot.MemberID `json:"by"`
	Name string       `json:"name,omitempty"` // empty: the organizers are not told
	Why  string       `json:"why,omitempty"`  // as typed
	At   time.Time    `json:"at"`
}

// Told is a message that tells organizers of one of the reports.
type Told struct {
	Post     bot.Post `json:"post"` // without its message
	Language string   `json:"language"`
	Said     int      `json:"said"` // which report
}

// Settled is what an organizer has decided; the zero Settled is nothing yet.
type Settled struct {
	As Decision  `json:"as"`
	By string    `json:"by"` // name
	At time.Time `json:"at"`
}

// Decision is what organizers can decide.
type Decision string

// The decisions: the first two where no archive keeps the message, the others
// where one does.
const (
	Seen    Decision = "seen"
	Nothing Decision = "nothing" // to do
	Out     Decision = "out"     // it stays out of the archive
	Shown   Decision = "shown"   // it is in the archive again
)

// Store keeps cases. Its errors have the codes not_found, conflict and
// unavailable.
type Store interface {
	// Now is the store's time.
	Now(ctx context.Context) (time.Time, error)
	// Begin keeps what somebody is about to report, for DraftFor.
	Begin(ctx context.Context, c bot.CommunityID, id string, s Subject) error
	// Begun gives it, or not_found.
	Begun(ctx context.Context, c bot.CommunityID, id string) (Subject, error)
	// Case gives a case, or not_found.
	Case(ctx context.Context, c bot.CommunityID, id string) (Case, error)
	// Save stores a case, whose Version must be the stored one (0: it is new), with
	// the effects, and sets the new Version. If the version is another one, that is a
	// conflict. It is kept for KeptFor after it is saved with a new report. Where all
	// places have left the community, only a new case is a conflict.
	Save(ctx context.Context, cs *Case, e outbox.Effects) error
	// Of gives the cases in which a member has reported something, or of which an
	// account, by its String, was told.
	Of(ctx context.Context, c bot.CommunityID, who string) ([]Case, error)
	// Amend stores a case by the rules of Save, and keeps it no longer for that.
	Amend(ctx context.Context, cs *Case) error
	// Forget forgets which these are, and how often somebody has reported.
	Forget(ctx context.Context, c bot.CommunityID, who string) error
	// Count counts one more report by a member, and gives how many there were in the
	// last hour or less.
	Count(ctx context.Context, c bot.CommunityID, m bot.MemberID) (int, error)
}

// People is what reports need to know of people and places.
type People interface {
	// Organizers gives the accounts of those who organize.
	Organizers(ctx context.Context, c bot.CommunityID) ([]bot.Account, error)
	// OrganizersRoom gives the channel where they are among themselves, with its
	// language: that of the wanted space if one is chosen there, or else another.
	OrganizersRoom(ctx context.Context, c bot.CommunityID, wanted bot.SpaceID) (ch bot.Channel, language string, ok bool, err error)
	// Origins gives the communities that places of this one were before they were
	// linked. What was reported there has stayed there.
	Origins(ctx context.Context, c bot.CommunityID) ([]bot.CommunityID, error)
	// Member gives the member with an account. name is "" if it is not known.
	Member(ctx context.Context, a bot.Account, name string) (bot.Member, error)
	// Names gives the names of members; those unknown are left out.
	Names(ctx context.Context, c bot.CommunityID, ids []bot.MemberID) (map[bot.MemberID]string, error)
}

// Archives keep what was said in chats.
type Archives interface {
	// Said finds a message among what they keep, and who wrote it. posted is when
	// that was, zero if it is not known. ok is false if none keeps it.
	Said(ctx context.Context, c bot.CommunityID, ref bot.MessageRef, posted time.Time) (k Kept, author bot.MemberID, ok bool, err error)
	// Withhold leaves a message out of the archive, or lets it in again. One that is
	// not there any more is no error.
	Withhold(ctx context.Context, c bot.CommunityID, k Kept, out bool) error
}
