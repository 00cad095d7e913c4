package partner

import (
	"context"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// Store keeps profiles, who takes part, and how far programs and groups are. Its errors
// have the codes not_found, conflict and unavailable, or are outbox.ErrRepeated.
type Store interface {
	PeopleStore
	RoundStore

	// Now is the store's time.
	Now(ctx context.Context) (time.Time, error)
	// Apply brings about effects.
	Apply(ctx context.Context, group string, e outbox.Effects) error
}

// PeopleStore keeps what people say of themselves, and who takes part.
type PeopleStore interface {
	// Profile gives what somebody has told of themself: the zero Profile if nothing.
	Profile(ctx context.Context, c bot.CommunityID, m bot.MemberID) (Profile, error)
	// KeepProfile stores it.
	KeepProfile(ctx context.Context, c bot.CommunityID, m bot.MemberID, p Profile) error

	// Apart gives whom somebody is kept apart from by what they have said themself.
	Apart(ctx context.Context, c bot.CommunityID, m bot.MemberID) (Apart, error)
	// SetApart says that somebody is kept apart from another for a reason, or no longer.
	SetApart(ctx context.Context, c bot.CommunityID, m, from bot.MemberID, why Reason, on bool) error

	// Join lets somebody take part. Who does so already keeps the day since when, but is
	// written to at the new account and rests no longer. They are free from an instant on,
	// or, if it is the zero time, not.
	Join(ctx context.Context, c bot.CommunityID, program string, p Participant, free time.Time, e outbox.Effects) error
	// Leave lets somebody take part no longer. They are free no longer either.
	Leave(ctx context.Context, c bot.CommunityID, program string, m bot.MemberID) error
	// KeepRest stores whether somebody rests, and since when they are free; they are not,
	// if that is the zero time. Whoever rests no longer has given a sign.
	KeepRest(ctx context.Context, c bot.CommunityID, program string, m bot.MemberID, r Rest, free time.Time, e outbox.Effects) error
	// Joined gives the programs in which somebody takes part.
	Joined(ctx context.Context, c bot.CommunityID, m bot.MemberID) ([]string, error)
	// Count gives how many take part.
	Count(ctx context.Context, c bot.CommunityID, program string) (int, error)
	// Roll gives those who take part, with all that a decision needs; only those named, if
	// any are.
	Roll(ctx context.Context, c bot.CommunityID, program string, of ...bot.MemberID) (Roll, error)
	// Disband forgets who takes part in a program, and all that is kept of it.
	Disband(ctx context.Context, c bot.CommunityID, program string) error

	// Forget forgets a member: profile, whom they are kept apart from and who from them,
	// where they take part, and whose number they had in the history. A decision that was
	// begun before is a conflict. Repeated, it goes on where it was interrupted.
	Forget(ctx context.Context, c bot.CommunityID, m bot.MemberID) error
}

// RoundStore keeps rounds and groups.
type RoundStore interface {
	// Standing gives how far a program is.
	Standing(ctx context.Context, c bot.CommunityID, program string) (Standing, error)
	// Advance stores st, whose Version must be the stored one (0: it is new), together
	// with what was decided and the effects, and sets the new Version. If the version is
	// another one, that is a conflict and nothing is stored.
	Advance(ctx context.Context, st *Standing, d Decision, e outbox.Effects) error
	// History gives who was introduced to whom: see History.
	History(ctx context.Context, c bot.CommunityID, program string) (History, error)
	// PastRounds gives up to limit rounds that are over, the latest first.
	PastRounds(ctx context.Context, c bot.CommunityID, program string, limit int) ([]Past, error)

	// Group gives a group, or not_found.
	Group(ctx context.Context, c bot.CommunityID, id string) (Group, error)
	// GroupOf gives the group in which somebody is, or not_found.
	GroupOf(ctx context.Context, c bot.CommunityID, program string, m bot.MemberID) (Group, error)
	// Groups gives up to limit groups of a program, by their IDs, after one of them.
	Groups(ctx context.Context, c bot.CommunityID, program, after string, limit int) ([]Group, error)
	// AdvanceGroup stores g by the rules of Advance, together with what becomes of people.
	AdvanceGroup(ctx context.Context, g *Group, p Parted, e outbox.Effects) error
	// Free gives those who are free and in no group, and since when.
	Free(ctx context.Context, c bot.CommunityID, program string) (map[bot.MemberID]time.Time, error)
}

// Decision is what a step has decided besides the Standing.
type Decision struct {
	Groups  []Group              // that are new: everybody in them is in no other and not free
	Numbers map[int]bot.MemberID // that were given
	// Waves are stored in the history, by WaveKey; an empty one is removed.
	Waves map[string]string
	// Free are free from now on, Taken no longer.
	Free  map[bot.MemberID]time.Time
	Taken []bot.MemberID
	// Closed are groups that are forgotten, with whom they had.
	Closed []Group
	Past   *Past // a round that is over: nobody is free any more
	// Silent is for how many rounds in a row people have given no sign.
	Silent map[bot.MemberID]int
	Rest   map[bot.MemberID]Rest // of people who begin or end to rest
}

// Parted is what becomes of people with a step of their group.
type Parted struct {
	Left []bot.MemberID             // are in the group no longer
	Came []bot.MemberID             // are in it from now on
	Free map[bot.MemberID]time.Time // are free from now on
	Rest map[bot.MemberID]Rest      // begin or end to rest
}

// Roll is who takes part, by member.
type Roll struct {
	People   []Participant // by their IDs
	Profiles map[bot.MemberID]Profile
	Apart    map[bot.MemberID][]bot.MemberID // who is kept apart from whom, by either's wish
}
