package schedule

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// JobKind is the kind of the jobs that move series on. Register Service.Step
// for it.
const JobKind = "series"

// People is what the schedule needs to know of people and places.
type People interface {
	// Home gives the community of a space, with its zone.
	Home(ctx context.Context, space bot.SpaceID) (Home, error)
	// Organizers gives the accounts of those who organize.
	Organizers(ctx context.Context, c bot.CommunityID) ([]bot.Account, error)
	// OrganizersRoom gives the channel where they are among themselves, with its
	// language: that of the wanted space if one is chosen there, or else another.
	OrganizersRoom(ctx context.Context, c bot.CommunityID, wanted bot.SpaceID) (ch bot.Channel, language string, ok bool, err error)
	// Member gives the member with an account. name is "" if it is not known.
	Member(ctx context.Context, a bot.Account, name string) (bot.Member, error)
}

// Home is a community as the schedule sees it.
type Home struct {
	Community bot.CommunityID
	Zone      string
}

// Options are what a Service is made of.
type Options struct {
	Store   Store
	People  People
	Words   bot.Words
	Fetcher Fetcher
	Log     *slog.Logger // never gets what members typed
}

// Service keeps series going.
type Service struct {
	store   Store
	people  People
	words   bot.Words
	fetcher Fetcher
	log     *slog.Logger
	kinds   map[string]Kind

	zonesRead sync.Map // name → *time.Location
}

// New returns a service that knows the kind of posts.
func New(o Options) *Service {
	s := &Service{
		store: o.Store, people: o.People, words: o.Words, fetcher: o.Fetcher, log: o.Log,
		kinds: map[string]Kind{},
	}
	s.Kind(s.postKind())
	return s
}

// Kind adds a feature's kind, before anything runs. One that is there already is
// a mistake of the program: it panics.
func (s *Service) Kind(k Kind) {
	if _, taken := s.kinds[k.Name]; taken {
		panic(fmt.Errorf("the kind of series %q is declared twice", k.Name))
	}
	s.kinds[k.Name] = k
}

type stepPayload struct {
	Series string `json:"series"`
	Ends   bool   `json:"ends,omitempty"` // see Series.follow
}

// plan adds the job of the series' next step to the effects, or takes the job
// away if there is none.
func (s *Series) plan(e *outbox.Effects) error {
	_, at, ok := s.soonest()
	if !ok {
		e.Cancel = append(e.Cancel, s.record())
		return nil
	}
	payload, err := json.Marshal(stepPayload{Series: s.ID})
	e.Jobs = append(e.Jobs, scheduler.Job{Group: string(s.Community), ID: s.record(), Kind: JobKind, Due: at, Payload: payload})
	return err
}

// Add takes a new series in: its Kind, Title, Rule, Zone and Payload are set,
// the rest as wanted. It begins with the present. The same input adds one series;
// repeated, it gets outbox.ErrRepeated.
func (s *Service) Add(ctx context.Context, r *Series, in bot.InputID) error {
	number, err := s.store.NextNumber(ctx, r.Community)
	if err != nil {
		return err
	}
	cals, err := s.store.Calendars(ctx, r.Community)
	if err != nil {
		return err
	}
	now, err := s.store.Now(ctx)
	if err != nil {
		return err
	}
	r.ID, r.Number, r.Version, r.Created = bot.NewID(now), number, 0, now
	if r.Grace == 0 {
		r.Grace = DefaultGrace
	}
	r.Grace = max(r.Grace, leastGrace)
	where, err := cals.place(r.Zone, r.Calendars)
	if err != nil {
		return err
	}
	r.Rule = r.Rule.Anchored(now, where.Zone)
	if err := s.lay(ctx, r, cals, now); err != nil {
		return err
	}
	e := outbox.Effects{Input: in}
	if err := r.plan(&e); err != nil {
		return err
	}
	return s.store.Advance(ctx, r, nil, e)
}

// lay brings the courses of a series up to date: those of zones that are new
// begin at now, those of zones that are gone end, and each has its next
// occurrence by the rule and the calendars as they are now.
func (s *Service) lay(ctx context.Context, r *Series, cals Calendars, now time.Time) error {
	zones, err := s.zones(ctx, r)
	if err != nil {
		return err
	}
	courses := make(map[string]Course, len(zones))
	for _, zone := range zones {
		in, err := cals.place(zone, r.Calendars)
		if err != nil {
			return err
		}
		c, known := r.Courses[zone]
		if !known {
			c.Settled = now
		}
		courses[zone] = r.ahead(c, in)
	}
	r.Courses = courses
	return nil
}

// zones are those that the series runs in. They stay as they are where they
// cannot be told: if the kind is not known here, which a newer version may know,
// or is at fault.
func (s *Service) zones(ctx context.Context, r *Series) ([]string, error) {
	k, known := s.kinds[r.Kind]
	if known && k.Zones == nil {
		return []string{r.Zone}, nil
	}
	if known {
		zones, err := guarded(func() ([]string, error) { return k.Zones(ctx, *r) })
		if err == nil || len(r.Courses) == 0 || passes(err) {
			return zones, err
		}
		s.log.ErrorContext(ctx, "the zones of a series cannot be told", "series", r.ID, "kind", r.Kind, "group", string(r.Community), "error", err)
	}
	if len(r.Courses) == 0 {
		return []string{r.Zone}, nil
	}
	return slices.Collect(maps.Keys(r.Courses)), nil
}

// passes reports whether an error may be over later.
func passes(err error) bool {
	code := bot.CodeOf(err)
	return code == bot.Unavailable || code == bot.RateLimited
}

// guarded turns a panic of a kind into an error: a series must not stop for it.
func guarded[T any](f func() (T, error)) (value T, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return f()
}
