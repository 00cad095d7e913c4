package library

import (
	"context"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// Store keeps libraries. Its errors have the codes not_found, conflict and
// unavailable. What changes something with effects answers a repeated input with
// outbox.ErrRepeated.
type Store interface {
	WishStore
	DigestStore
	// Now is the store's time.
	Now(ctx context.Context) (time.Time, error)
	// Read tells of some resources, in one call, with all that a member must know to
	// do something with them.
	Read(ctx context.Context, c bot.CommunityID, m bot.MemberID, ids ...string) (Reading, error)
	// Advance stores r, whose Version must be the stored one (0: it is new), with
	// the effects, and sets the new Version. If the version is another one, that is a
	// conflict.
	Advance(ctx context.Context, r *Resource, e outbox.Effects) error
	// AdvanceAll stores resources of one community, each by the rules of Advance but in
	// one call, with jobs. The people who stand in them must stand there already. It
	// sets the new Versions, and gives the IDs of those that are in conflict.
	AdvanceAll(ctx context.Context, rs []*Resource, jobs ...scheduler.Job) (conflicts []string, err error)
	// Remove forgets r, whose Version must be the stored one, with the effects.
	Remove(ctx context.Context, r *Resource, e outbox.Effects) error
	// Page gives resources in the order of their IDs, after one of them, up to limit.
	Page(ctx context.Context, c bot.CommunityID, after string, limit int) ([]Resource, error)
	// Mark is where the log of changes stands.
	Mark(ctx context.Context, c bot.CommunityID) (Mark, error)
	// News gives what has changed since a mark, in one call, and what is gone. Where
	// the log does not go back so far, all is true, and everything must be read again.
	News(ctx context.Context, c bot.CommunityID, since Mark) (n News, all bool, err error)
	// KeepRules stores the rules, whose Version must be the stored one (0: there are
	// none).
	KeepRules(ctx context.Context, r *Rules, e outbox.Effects) error

	// Keep lets a member have a resource for themselves, or not any more.
	Keep(ctx context.Context, c bot.CommunityID, m bot.MemberID, id string, keep bool) error
	// Kept gives what a member has for themselves, the latest first, up to limit.
	Kept(ctx context.Context, c bot.CommunityID, m bot.MemberID, limit int) ([]string, error)
	// Keepers gives the members who have a resource for themselves.
	Keepers(ctx context.Context, c bot.CommunityID, id string) ([]bot.MemberID, error)
	// Of gives the IDs of the resources in which a member stands, or has stood.
	Of(ctx context.Context, c bot.CommunityID, m bot.MemberID) ([]string, error)
	// KeepSearch keeps what a member has looked for under a mark, for SearchFor.
	KeepSearch(ctx context.Context, c bot.CommunityID, m bot.MemberID, mark string, q Search) error
	// Search gives it, or not_found.
	Search(ctx context.Context, c bot.CommunityID, m bot.MemberID, mark string) (Search, error)
	// Forget forgets what a member has for themselves and has looked for, which
	// resources they stand in, and that they are not told.
	Forget(ctx context.Context, c bot.CommunityID, m bot.MemberID) error
}

// WishStore keeps what people are looking for, and who of them is told.
type WishStore interface {
	// Wishes gives all wishes of a community, the oldest first.
	Wishes(ctx context.Context, c bot.CommunityID) ([]Wish, error)
	// Wish gives one, or not_found.
	Wish(ctx context.Context, c bot.CommunityID, id string) (Wish, error)
	// AdvanceWish and RemoveWish go by the rules of Store.Advance and Store.Remove.
	AdvanceWish(ctx context.Context, w *Wish, e outbox.Effects) error
	RemoveWish(ctx context.Context, w *Wish, e outbox.Effects) error
	// Tell says whether a member is told when somebody has what they are looking for.
	// They are until they do not want it.
	Tell(ctx context.Context, c bot.CommunityID, m bot.MemberID, tell bool) error
	// Untold gives those who do not want it.
	Untold(ctx context.Context, c bot.CommunityID) ([]bot.MemberID, error)
}

// DigestStore keeps what digests have told, whatever becomes of them.
type DigestStore interface {
	// KeepTold keeps what those of a place have told.
	KeepTold(ctx context.Context, c bot.CommunityID, space bot.SpaceID, told Told) error
	// Told gives it: the zero Told if there were none.
	Told(ctx context.Context, c bot.CommunityID, space bot.SpaceID) (Told, error)
}

// Reading is what the store tells in one call.
type Reading struct {
	Now   time.Time           // the store's
	Rules Rules               // of the community
	Found map[string]Resource // by ID; what is not there is left out
	Kept  map[string]bool     // those of them that the member has for themselves
}

// SearchFor is how long a list of what was found can be gone through.
const SearchFor = time.Hour

// Mark is a place in the log of changes of a community's library.
type Mark struct {
	Entry string // the latest; "" before the first
	Count int64  // how many there were
}

// News is what has changed since a mark.
type News struct {
	Mark    Mark // where the log stands now
	Changed []Resource
	Gone    []string // IDs
}
