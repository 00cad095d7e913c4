package community

import (
	"context"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// Community is the people who share chats, a library and rounds. At first it is
// the people of one space.
type Community struct {
	ID       bot.CommunityID `json:"id"`
	Language string          `json:"language"` // IETF tag of what is said in channels
	Zone     string          `json:"zone"`     // IANA zone
	// Moves says how far the space that was asked for is on its way to another
	// community.
	Moves Moves `json:"-"`
}

// Moves is how far a space is on its way to another community.
type Moves string

// The stages. While a space is Leaving nothing has changed yet, but it may at any
// moment: nobody may remember where it belongs. While it is Moving nothing of it
// can be read or changed.
const (
	Settled Moves = ""
	Leaving Moves = "leaving"
	Moving  Moves = "moving"
)

// Record is a member as stored.
type Record struct {
	bot.Member
	Version int64 // 0: never changed
}

// Store keeps communities and members. Its errors have the code unavailable,
// and others where a method says so.
type Store interface {
	// Community gives the community of a space, with the language and zone that are
	// set for the space. A space without one gets fresh.
	Community(ctx context.Context, space bot.SpaceID, fresh Community) (Community, error)
	// Member gives the member with this account. If there is none, fresh becomes
	// one, with the next Number of the community. If the account's space has left
	// the community, that is a conflict.
	Member(ctx context.Context, c bot.CommunityID, a bot.Account, fresh bot.Member) (Record, error)
	// SaveMember replaces what is stored of a member, found by Community and ID.
	// One that does not exist is a not_found. If another version is stored, that is
	// a conflict and nothing is changed. Jobs come with it, or not at all.
	SaveMember(ctx context.Context, r Record, jobs ...scheduler.Job) error
	// Members gives the members with these IDs, in the order asked for; those
	// that do not exist are left out.
	Members(ctx context.Context, c bot.CommunityID, ids []bot.MemberID) ([]bot.Member, error)
	// NoteOrganizer keeps whether the account acts as an organizer.
	NoteOrganizer(ctx context.Context, c bot.CommunityID, a bot.Account, organizes bool) error
	// Organizers gives the accounts that act as organizers.
	Organizers(ctx context.Context, c bot.CommunityID) ([]bot.Account, error)
	// Places gives the spaces of a community with their settings, in an order that
	// stays the same.
	Places(ctx context.Context, c bot.CommunityID) ([]Place, error)
	// SavePlace stores p, whose Version must be the stored one, and sets the new
	// Version. If the version is another one, or the space has left the community,
	// that is a conflict and nothing is stored.
	SavePlace(ctx context.Context, c bot.CommunityID, p *Place) error
	// Staff gives the members who are more than members.
	Staff(ctx context.Context, c bot.CommunityID) ([]bot.Member, error)
	// Called gives the members of that name, whatever the case of its letters.
	Called(ctx context.Context, c bot.CommunityID, name string) ([]bot.Member, error)
	// Accounts gives the accounts that lead to a member.
	Accounts(ctx context.Context, c bot.CommunityID, id bot.MemberID) ([]bot.Account, error)
}
