package community

import (
	"context"

	"github.com/staffroom-bot/staffroom/bot"
)

// Community is the people who share chats, a library and rounds. At first it is
// the people of one space.
type Community struct {
	ID       bot.CommunityID `json:"id"`
	Language string          `json:"language"` // IETF tag of what is said in channels
	Zone     string          `json:"zone"`     // IANA zone
}

// Store keeps communities and members. Its errors have the code unavailable,
// and others where a method says so.
type Store interface {
	// Community gives the community of a space. A space without one gets fresh.
	Community(ctx context.Context, space bot.SpaceID, fresh Community) (Community, error)
	// Member gives the member with this account. If there is none, fresh becomes
	// one, with the next Number of the community.
	Member(ctx context.Context, c bot.CommunityID, a bot.Account, fresh bot.Member) (bot.Member, error)
	// SaveMember replaces what is stored of a member, found by Community and ID.
	// One that does not exist is a not_found.
	SaveMember(ctx context.Context, m bot.Member) error
	// Members gives the members with these IDs, in the order asked for; those
	// that do not exist are left out.
	Members(ctx context.Context, c bot.CommunityID, ids []bot.MemberID) ([]bot.Member, error)
	// NoteOrganizer keeps whether the account acts as an organizer.
	NoteOrganizer(ctx context.Context, c bot.CommunityID, a bot.Account, organizes bool) error
	// Organizers gives the accounts that act as organizers.
	Organizers(ctx context.Context, c bot.CommunityID) ([]bot.Account, error)
}
