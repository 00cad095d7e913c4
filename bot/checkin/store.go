package checkin

import (
	"context"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// Store keeps how far check-ins are, who takes part, and what they answer. Its
// errors have the codes not_found, conflict and unavailable, or are
// outbox.ErrRepeated.
type Store interface {
	TalkStore

	// Now is the store's time.
	Now(ctx context.Context) (time.Time, error)
	// Apply brings about effects.
	Apply(ctx context.Context, group string, e outbox.Effects) error

	// Standings gives how far check-ins are, in the order asked for. One of which
	// nothing is kept has no Version.
	Standings(ctx context.Context, c bot.CommunityID, ids ...string) ([]Standing, error)
	// Advance stores s, whose Version must be the stored one (0: it is new),
	// together with what a step has settled and the effects, and sets the new
	// Version. If the version is another one, that is a conflict and nothing is
	// stored.
	Advance(ctx context.Context, s *Standing, b Settled, e outbox.Effects) error
	// Disband forgets who takes part in a check-in.
	Disband(ctx context.Context, c bot.CommunityID, id string) error

	// Join lets somebody take part. Who does so already stays as they are.
	Join(ctx context.Context, c bot.CommunityID, id string, p Participant, e outbox.Effects) error
	// Leave lets somebody take part no longer. No list takes them in again, but Join
	// does.
	Leave(ctx context.Context, c bot.CommunityID, id string, m bot.MemberID) error
	// Enrol lets those take part who were found by the list that began at an instant.
	// Who does so already stays as they are, who has left stays away.
	Enrol(ctx context.Context, c bot.CommunityID, id string, list time.Time, found []Participant, e outbox.Effects) error
	// Prune lets those take part no longer who were taken in by a list and are not in
	// the one that began at an instant.
	Prune(ctx context.Context, c bot.CommunityID, id string, list time.Time, e outbox.Effects) error
	// KeepRevision keeps what a member wants a check-in to be, for RevisionFor.
	KeepRevision(ctx context.Context, c bot.CommunityID, id string, m bot.MemberID, r Revision) error
	// Revision gives it, or not_found.
	Revision(ctx context.Context, c bot.CommunityID, id string, m bot.MemberID) (Revision, error)
	// Joined gives the check-ins in which somebody takes part.
	Joined(ctx context.Context, c bot.CommunityID, m bot.MemberID) ([]string, error)
	// Participants gives up to limit of those who take part, by their IDs, after one
	// of them.
	Participants(ctx context.Context, c bot.CommunityID, id string, after bot.MemberID, limit int) ([]Participant, error)
	// Zones gives the zones that those who take part have set, each once, and the
	// spaces in which those are asked who have set none.
	Zones(ctx context.Context, c bot.CommunityID, id string) (zones []string, unset []bot.SpaceID, err error)

	// Sheet gives what somebody has to do with an occurrence; not_found if it is not
	// known.
	Sheet(ctx context.Context, c bot.CommunityID, occurrence string, m bot.MemberID) (Sheet, error)
	// Turns gives the turns of members in an occurrence; of all who have one if none
	// is named.
	Turns(ctx context.Context, c bot.CommunityID, occurrence string, of ...bot.MemberID) (map[bot.MemberID]Turn, error)
	// Take takes an answer in, or that somebody skips.
	Take(ctx context.Context, t Taking) (Taken, error)
	// Answers gives the answers of an occurrence by their authors, or, where it was
	// anonymous, without, in no order that means anything: then there are none
	// before its end.
	Answers(ctx context.Context, c bot.CommunityID, occurrence string) ([]Answer, error)
	// Sealed gives the anonymous answers to an occurrence that is open.
	Sealed(ctx context.Context, c bot.CommunityID, occurrence string) ([]string, error)
	// Past gives the occurrences of a check-in, the latest first, which were first
	// asked before an instant.
	Past(ctx context.Context, c bot.CommunityID, id string, before time.Time, limit int) ([]string, error)
	// Asked gives what was asked at occurrences. Those that are not known are left out.
	Asked(ctx context.Context, c bot.CommunityID, occurrences ...string) (map[string]Asked, error)

	// Journal gives the occurrences that somebody has answered by name, the oldest
	// first, with the answers.
	Journal(ctx context.Context, c bot.CommunityID, m bot.MemberID) ([]Entry, error)
	// Goals gives the goals of a member.
	Goals(ctx context.Context, c bot.CommunityID, m bot.MemberID) ([]Goal, error)
	// KeepGoal stores a goal, whose Version must be the stored one (0: it is new), by
	// the rules of Advance.
	KeepGoal(ctx context.Context, c bot.CommunityID, g *Goal, e outbox.Effects) error

	// TurnsOf gives the turns of a member, by occurrence.
	TurnsOf(ctx context.Context, c bot.CommunityID, m bot.MemberID) (map[string]Turn, error)
	// Forget forgets a member: that they took part, their turns, what they answered by
	// name, their journal and goals. The effects come with the last of it; repeated, it
	// goes on where it was interrupted.
	Forget(ctx context.Context, c bot.CommunityID, m bot.MemberID, e outbox.Effects) error
}

// Settled is what a step has settled besides the Standing.
type Settled struct {
	At        time.Time                        // when
	Walls     map[bot.MemberID]time.Time       // how far participants are: see rule.Track
	Turns     map[string]map[bot.MemberID]Turn // by occurrence
	Told      []bot.MemberID                   // who is told now why they are asked
	Opened    map[string]Asked                 // occurrences that are new
	Unsealed  map[string][]string              // anonymous answers, by occurrence, in the place of the sealed ones
	Over      []string                         // occurrences that take no answers any more
	Forgotten []string                         // occurrences of which nothing is kept
}

// Sheet is what somebody has to do with an occurrence.
type Sheet struct {
	Occurrence string
	Asked
	Open   bool
	Closes time.Time // of the occurrence
	Turn   Turn      // without a State: they have none
	Held   bool      // what asks them by direct message still waits for its time
	Answer *Answer   // nil: none, or an anonymous one
}

// Answer is what somebody wrote.
type Answer struct {
	Author bot.MemberID `json:"-"` // none if it is anonymous
	Name   string       `json:"-"` // the author's; filled in to be shown
	At     time.Time    `json:"at,omitzero"`
	Late   bool         `json:"late,omitempty"`
	Values []string     `json:"values"` // one a question; "" for none
}

// Entry is an answer in somebody's journal.
type Entry struct {
	Occurrence string
	Asked
	Answer Answer
}

// Taking is an answer on its way to the store.
type Taking struct {
	Community  bot.CommunityID
	Occurrence string
	Member     bot.MemberID
	Input      bot.InputID
	State      State     // IsAnswered or IsSkipped
	Until      time.Time // their window is known to last until then at least; may be zero
	Answer     Answer
	Sealed     string // the answer instead, if it is anonymous
	// Goals come of it, and Jobs ask about them. A goal that is there with the same words
	// stays as it is, with its job; one with other words takes its place, beside which an
	// earlier one that has an end stays.
	Goals []Goal
	Jobs  []scheduler.Job
	// Gone are the IDs of goals of which the answer says nothing: those that are open are
	// forgotten, with their jobs.
	Gone []string
	// Summary is scheduled only if it does not wait already, so that it is not put off
	// by every answer. May be nil.
	Summary *scheduler.Job
}

// Taken is what became of a Taking.
type Taken struct {
	Outcome Outcome
	Late    bool
	Closes  time.Time // the end of their window
}

// Outcome says whether an answer was taken.
type Outcome string

// The outcomes.
const (
	TakenNew  Outcome = "new"
	TakenOver Outcome = "changed"  // it takes the place of an earlier one
	IsFinal   Outcome = "final"    // they have answered, and it can be changed no more
	TooLate   Outcome = "too_late" // nothing is taken any more
)
