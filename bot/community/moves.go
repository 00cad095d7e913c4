package community

import (
	"context"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// Whereabouts is where a space belongs, and, while Moves is not Settled, where it
// is going and since when.
type Whereabouts struct {
	Community bot.CommunityID
	Moves     Moves
	Since     time.Time
	To        bot.CommunityID
}

// MoveStore keeps how far spaces are on their way, and the codes by which their
// organizers agree. Its errors have the codes not_found, conflict and unavailable.
// Every change may be repeated.
type MoveStore interface {
	// Now is the store's time.
	Now(ctx context.Context) (time.Time, error)
	// Whereabouts says where a space belongs.
	Whereabouts(ctx context.Context, space bot.SpaceID) (Whereabouts, error)
	// Announce lets a settled space be leaving for another community. If it is not
	// where it is expected, or on its way already, that is a conflict.
	Announce(ctx context.Context, space bot.SpaceID, from, to bot.CommunityID) (Whereabouts, error)
	// About gives a community by its ID.
	About(ctx context.Context, c bot.CommunityID) (Community, error)
	// Found makes a community, if it is not there, without a place.
	Found(ctx context.Context, c Community) error
	// Part lets a space that is leaving be moving. From then on nothing of it can be
	// changed in the community that it leaves.
	Part(ctx context.Context, space bot.SpaceID, w Whereabouts) (Whereabouts, error)
	// Stay lets a space that is leaving be settled where it was.
	Stay(ctx context.Context, space bot.SpaceID, w Whereabouts) error
	// TakeIn makes p a place of the community that its space is moving to, and of
	// the one that it leaves no longer.
	TakeIn(ctx context.Context, w Whereabouts, p Place) error
	// Arrive lets a space that was moving be settled where it has gone.
	Arrive(ctx context.Context, space bot.SpaceID, w Whereabouts) error

	// KeepCode keeps what a code with this hash stands for.
	KeepCode(ctx context.Context, hash string, o Offer) error
	// Code gives what a code stands for, or not_found if there is none or its time
	// is over.
	Code(ctx context.Context, hash string) (Offer, error)
	// TakeCode is Code, once.
	TakeCode(ctx context.Context, hash string) (Offer, error)
	// Try counts tries of somebody within a time that begins with the first, and
	// gives how many there are. more may be -1.
	Try(ctx context.Context, c bot.CommunityID, who string, within time.Duration, more int) (int, error)
}

// Offer is what a code stands for: somebody offers to link with whoever has it.
type Offer struct {
	Kind      string          `json:"kind"`
	Community bot.CommunityID `json:"community"`
	Account   bot.Account     `json:"account"` // who offers
	Until     time.Time       `json:"until"`
}

// Keeper keeps records that go along when a place changes its community.
type Keeper interface {
	// Records is the message that says how many there are: "{n} chats".
	Records() bot.Key
	// Count gives how many go along.
	Count(ctx context.Context, t bot.Transfer) (int, error)
	// Busy reports whether something is going on that must not be moved, and until
	// when.
	Busy(ctx context.Context, t bot.Transfer, now time.Time) (until time.Time, busy bool, err error)
	// Move moves them. It can be interrupted anywhere, and goes on when it is called
	// again; where everything has been moved, it does nothing.
	Move(ctx context.Context, t bot.Transfer) error
}
