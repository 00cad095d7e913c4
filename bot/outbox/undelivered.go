package outbox

import (
	"context"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// Undelivered is an item that did not arrive, or of which nobody can tell.
type Undelivered struct {
	ID      string // for controls
	Item    Item
	Outcome Outcome
	Reason  bot.Reason // of Failed
}

// Reports says of what was reported when, by place and reason: what has failed is
// reported once a day.
type Reports struct {
	Version int64
	At      map[string]time.Time
}

// UndeliveredStore keeps what was not delivered, for a while and up to a number.
// Its errors have the codes not_found, conflict and unavailable.
type UndeliveredStore interface {
	// Now is the store's time.
	Now(ctx context.Context) (time.Time, error)
	// Unreported gives up to limit posts in channels that no organizer knows of,
	// the oldest first.
	Unreported(ctx context.Context, group string, limit int) (Reports, []Undelivered, error)
	// Reported keeps that these are known now, together with the effects. A
	// conflict means that somebody else has reported meanwhile.
	Reported(ctx context.Context, group string, r Reports, known []Undelivered, e Effects) error
	// FindUndelivered finds one that is not settled, or it is not_found.
	FindUndelivered(ctx context.Context, c bot.CommunityID, id string) (Undelivered, error)
	// Settle keeps that somebody has decided, together with the effects.
	Settle(ctx context.Context, c bot.CommunityID, u Undelivered, e Effects) error
	// Unreached gives the newest direct messages that did not surely reach a
	// person, who does not know of them.
	Unreached(ctx context.Context, c bot.CommunityID, a bot.Account) ([]Undelivered, error)
	// Reached forgets that, unless there are others by now.
	Reached(ctx context.Context, c bot.CommunityID, a bot.Account, known []Undelivered) error
}
