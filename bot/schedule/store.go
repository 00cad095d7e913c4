package schedule

import (
	"context"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// Store keeps series, their logs and the calendars. Its errors have the codes
// not_found, conflict and unavailable, or are outbox.ErrRepeated.
type Store interface {
	// Now is the store's time.
	Now(ctx context.Context) (time.Time, error)
	// NextNumber gives the next short number of the community.
	NextNumber(ctx context.Context, c bot.CommunityID) (int, error)
	// Advance stores s, whose Version must be the stored one (0: it is new),
	// together with new entries of its log, the oldest first, and the effects, and
	// sets the new Version. If the version is another one, that is a conflict and
	// nothing is stored. The log keeps the newest LogLength entries.
	Advance(ctx context.Context, s *Series, entries []Entry, e outbox.Effects) error
	// Revise replaces entries of the log, which are counted from the newest on, by
	// the same rules.
	Revise(ctx context.Context, s *Series, entries map[int]Entry) error
	// Remove forgets s and its log, by the same rules.
	Remove(ctx context.Context, s *Series, e outbox.Effects) error
	// Load gives a series, or not_found, and the calendars whose holidays count for
	// it, that for everybody first.
	Load(ctx context.Context, c bot.CommunityID, id string) (Series, Calendars, error)
	// List gives up to limit series by their number, after the first skip of them.
	List(ctx context.Context, c bot.CommunityID, skip, limit int) ([]Series, error)
	// Log gives up to limit entries of a series, the newest first, after the first
	// skip of them.
	Log(ctx context.Context, c bot.CommunityID, id string, skip, limit int) ([]Entry, error)
	// Undelivered gives how those of the posts ended that did not arrive.
	Undelivered(ctx context.Context, c bot.CommunityID, keys []bot.DeliveryKey) (map[bot.DeliveryKey]outbox.Outcome, error)
	// Calendar gives a calendar, or not_found. Everybody's is empty if it was never
	// kept.
	Calendar(ctx context.Context, c bot.CommunityID, id string) (Calendar, error)
	// Calendars gives all of them: everybody's, then the others by their names.
	Calendars(ctx context.Context, c bot.CommunityID) (Calendars, error)
	// KeepCalendar stores the calendar with effects, by the rules of Advance.
	KeepCalendar(ctx context.Context, cal *Calendar, e outbox.Effects) error
	// RemoveCalendar forgets a calendar with a name, by the same rules.
	RemoveCalendar(ctx context.Context, cal *Calendar, e outbox.Effects) error
}
