package discussion

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// RelayJobKind is the kind of the jobs that carry what was said to the other places
// of a discussion. Register Service.Relay for it.
const RelayJobKind = "chat-relay"

// Voice is somebody as the people of other places may know them.
type Voice struct {
	Name   string
	Agreed bool      // what they say may be shown in other places
	Since  time.Time // Agreed: what they said from then on
}

// Voices knows what organizers and members want of relaying: a place takes part if
// its organizers have switched it on, a member if they have agreed.
type Voices interface {
	// Relaying gives the spaces of a community that take part, with all their channels.
	Relaying(ctx context.Context, c bot.CommunityID) ([]bot.SpaceID, error)
	// Voices gives members, as who they are by now. Those unknown are left out.
	Voices(ctx context.Context, c bot.CommunityID, ids []bot.MemberID) (map[bot.MemberID]Voice, error)
	// Asked notes that somebody was asked whether they agree, so that they are not
	// asked again.
	Asked(ctx context.Context, a bot.Account) error
	// Platform is the name of the platform that a connection leads to, "" if that is
	// not known.
	Platform(connection string) string
}

// Relayed is how far what was said has been carried to the places of a discussion.
type Relayed struct {
	Version int64     `json:"-"`
	Heard   []int     `json:"heard"` // for each place: so much of what is to be looked at has been
	Posts   []int     `json:"posts"` // for each place: so many posts have been made
	Moved   time.Time `json:"moved"` // when something was carried last, or found to stay
}

// RelayedPost is a post that shows what was said in another place.
type RelayedPost struct {
	Place   int      `json:"-"`
	Number  int      `json:"-"`              // from 1, in its place
	Entries []string `json:"entries"`        // in the order in which they are shown
	Print   string   `json:"print"`          // of what it says
	Gone    bool     `json:"gone,omitempty"` // it shows nothing any more: its entries are in no post
}

// RelayStore keeps what is carried where. It grows with what is carried; each of its
// calls costs the same however much there is. Its errors are those of Store.
type RelayStore interface {
	// Relayed gives how far d has come.
	Relayed(ctx context.Context, d *Discussion) (Relayed, error)
	// Unheard gives for each place up to limit IDs of entries that are to be looked at,
	// in the order in which they were said or changed, and whether a post of r is still
	// on its way there.
	Unheard(ctx context.Context, d *Discussion, r Relayed, limit int) (ids [][]string, waiting []bool, err error)
	// RelayedIn gives the number of the post in a place that shows each of these
	// entries, 0 for none.
	RelayedIn(ctx context.Context, d *Discussion, place int, entries []string) ([]int, error)
	// RelayedPosts gives posts in a place by their numbers.
	RelayedPosts(ctx context.Context, d *Discussion, place int, numbers []int) ([]RelayedPost, error)
	// Some gives the entries with these IDs that there are.
	Some(ctx context.Context, d *Discussion, ids []string) (map[string]Entry, error)
	// Relay stores r, whose Version must be the stored one, with posts that are new or
	// show something else than before, with entries that are to be looked at again, and
	// with the effects.
	Relay(ctx context.Context, d *Discussion, r Relayed, posts []RelayedPost, again []string, e outbox.Effects) error
	// ShownBy gives the entries that a message of ours in a place shows, if it carries
	// what was said elsewhere.
	ShownBy(ctx context.Context, d *Discussion, place int, message string) ([]string, error)
	// LookAgain lets these entries be looked at again.
	LookAgain(ctx context.Context, d *Discussion, entries []string) error
	// Apply brings about effects.
	Apply(ctx context.Context, group string, e outbox.Effects) error
}

// relays is what relaying needs.
type relays struct {
	store  RelayStore
	voices Voices
}

// CarryOver lets what is said in one place of a discussion be shown in the others,
// where the organizers of both and the author want that.
func (s *Service) CarryOver(store RelayStore, voices Voices) { s.relays = &relays{store, voices} }

// Relays reports whether relaying was on in several of its places at one of its steps,
// so that there may be something to carry.
func (d *Discussion) Relays() bool { return len(d.Relaying) > 1 }

// carries reports whether what is said in a place may be of interest in another.
func (d *Discussion) carries(place int) bool { return d.Relays() && slices.Contains(d.Relaying, place) }

// RelayJob is the job that carries what was said in d to its other places.
func (d *Discussion) RelayJob() (scheduler.Job, error) {
	payload, err := json.Marshal(stepPayload{d.ID})
	return scheduler.Job{Group: string(d.Community), ID: Record(d.ID) + "/relay", Kind: RelayJobKind, Payload: payload}, err
}

// joinRelay notes at a step which places take part by now, and lets the job run that
// serves them. A place that has left the round once it was in it stays noted: what
// stands there follows what becomes of it.
func (s *Service) joinRelay(ctx context.Context, d *Discussion, e *outbox.Effects) error {
	if s.relays == nil || len(d.Alongside) == 0 || !d.Running() {
		return nil
	}
	now, err := s.relaying(ctx, d)
	if err != nil {
		return err
	}
	d.Relaying = slices.Clone(d.Relaying)
	for place, on := range now {
		if on && !slices.Contains(d.Relaying, place) {
			d.Relaying = append(d.Relaying, place)
		}
	}
	slices.Sort(d.Relaying)
	if !d.Relays() {
		return nil
	}
	job, err := d.RelayJob()
	e.Jobs = append(e.Jobs, job)
	return err
}

// relaying says which places take part just now.
func (s *Service) relaying(ctx context.Context, d *Discussion) ([]bool, error) {
	spaces, err := s.relays.voices.Relaying(ctx, d.Community)
	if err != nil {
		return nil, err
	}
	on := make([]bool, len(d.Places()))
	for i, p := range d.Places() {
		on[i] = slices.Contains(spaces, p.Channel.Space)
	}
	return on, nil
}

// How often it is looked for what is to be carried: while people talk, and when they
// have been silent for restAfter. Whoever breaks the silence wakes the job.
const (
	relayEvery = time.Second
	relayRest  = 5 * time.Minute
	restAfter  = time.Minute
)

// Relay is the scheduler.Handler of RelayJobKind. It looks at what was said or changed
// since it last did, and carries it.
func (s *Service) Relay(ctx context.Context, j scheduler.Job) error {
	var p stepPayload
	if err := json.Unmarshal(j.Payload, &p); err != nil {
		return scheduler.Poisoned(err)
	}
	d, err := s.store.Get(ctx, bot.CommunityID(j.Group), p.Chat)
	if bot.CodeOf(err) == bot.NotFound || err == nil && !d.Relays() {
		return nil
	}
	if err != nil {
		return outbox.Later(err)
	}
	c := carrier{Service: s, discussion: &d, now: j.Started}
	more, err := c.carry(ctx)
	switch {
	case err != nil:
		return outbox.Later(err)
	case more || j.Started.Sub(c.done.Moved) < restAfter:
		return scheduler.After(relayEvery, nil)
	case d.Running():
		return scheduler.After(relayRest, nil)
	default:
		return nil
	}
}
