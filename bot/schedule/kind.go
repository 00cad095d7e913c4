package schedule

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// Kind is what a feature does in series: it posts a check-in, begins a round.
type Kind struct {
	// Name is kept with the series: it never changes.
	Name string
	// Occur says what happens at an occurrence. It changes nothing itself: the
	// effects are stored in one step with the end of the occurrence, so that it
	// happens once; they have no Input. Occur may be asked again for an occurrence
	// whose effects came to nothing.
	//
	// A Skip says that nothing happens this time, and why. After an error of code
	// unavailable or rate_limited it is asked again until the grace is over, after
	// unknown_outcome the occurrence ends uncertain, after any other error it is
	// asked a few times more.
	Occur func(ctx context.Context, o Occurrence) (outbox.Effects, error)
	// Remember is Occur for a kind that must know later what happened: payload is that
	// of the series from then on, and is stored in the same step. Either Occur or
	// Remember is set.
	Remember func(ctx context.Context, o Occurrence) (e outbox.Effects, payload json.RawMessage, err error)
	// Zones gives the zones in which the series runs: by the clocks of members
	// rather than by one clock for all. May be nil. It is asked whenever the series
	// moves on. A zone that is new begins with the present, one that is left out
	// ends.
	Zones func(ctx context.Context, s Series) ([]string, error)
	// Show describes the series to an organizer, below its title and times. May be
	// nil.
	Show func(s Series, reader bot.Member) bot.Text
	// Back is the control that leads an organizer from the series to the feature whose it
	// is, also when it has been removed. May be nil.
	Back func(reader bot.Member) bot.Control
	// Leaving tells an organizer who is about to remove a series what goes with it, and
	// has controls for what they may want to do before. May be nil.
	Leaving func(ctx context.Context, s Series, reader bot.Member) (bot.Message, error)
	// Moving warns an organizer who is about to give a series other times of what would
	// not happen then; it is nil if there is nothing to warn of. May be nil.
	Moving warning
	// Moved warns an organizer who has given a series other times of what they bring about;
	// it is nil if there is nothing to warn of. May be nil.
	Moved warning
	// Noted adds to a line of the log what has become since of an occurrence that is
	// done; it is nil if there is nothing to add. It is asked about those in the zone of
	// the series. May be nil.
	Noted func(ctx context.Context, s Series, e Entry, reader bot.Member) (bot.Text, error)
}

// A warning says to an organizer what they may not have thought of, or nothing.
type warning func(ctx context.Context, s Series, reader bot.Member) (bot.Text, error)

// happening is what an occurrence brings about.
type happening struct {
	outbox.Effects
	payload json.RawMessage // of the series from now on; nil: as it was
}

// happen says what happens at an occurrence.
func (k *Kind) happen(ctx context.Context, o Occurrence) (h happening, err error) {
	if k.Remember != nil {
		h.Effects, h.payload, err = k.Remember(ctx, o)
		return h, err
	}
	h.Effects, err = k.Occur(ctx, o)
	return h, err
}

// keep lets the series remember what happened.
func (s *Series) keep(h happening) {
	if h.payload != nil {
		s.Payload = h.payload
	}
}

// Occurrence is one time that a series happens.
type Occurrence struct {
	Series Series
	// Key names it and no other: it is for the delivery keys of its posts and the
	// IDs of its jobs.
	Key  string
	At   time.Time // when it was due
	Now  time.Time // by the store's clock
	Zone string    // where its time has come
	// Extra says that an organizer lets it happen out of turn, everywhere at once.
	Extra bool
}

// key is the Key of the occurrence of a series at an instant.
func (s *Series) key(at time.Time, zone string) string {
	k := s.record() + "/" + strconv.FormatInt(at.Unix(), 36)
	if zone = s.elsewhere(zone); zone != "" {
		k += "/" + zone
	}
	return k
}

// extraKey is the Key of an occurrence out of turn: no two of them begin from
// the same version.
func (s *Series) extraKey() string {
	return s.record() + "/x" + strconv.FormatInt(s.Version, 36)
}

// record is the name under which the series is known to jobs and posts.
func (s *Series) record() string { return "series/" + s.ID }

// Skip is what Kind.Occur answers when nothing happens this time.
type Skip struct {
	Reason Reason
	Detail string // data
}

// Error implements error.
func (s *Skip) Error() string { return "nothing happens: " + string(s.Reason) }

// ending is how an occurrence ended for which Occur answered err, or, with an
// empty outcome, that it is to be asked again.
func ending(err error) (o Outcome, why Reason, detail string) {
	var skip *Skip
	switch {
	case err == nil:
		return Done, "", ""
	case errors.As(err, &skip):
		return Skipped, skip.Reason, skip.Detail
	case bot.CodeOf(err) == bot.UnknownOutcome:
		return Uncertain, Unknown, ""
	default:
		return "", "", ""
	}
}
