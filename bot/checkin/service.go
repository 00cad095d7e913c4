package checkin

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

// SeriesKind is the kind of series that check-ins are. Occur and Zones serve it.
const SeriesKind = "checkin"

// Grace is how late, after an outage, a check-in still comes.
const Grace = 12 * time.Hour

// The kinds of jobs: Service.Step, Service.Summarise and Service.AskGoal are their
// handlers.
const (
	JobKind        = "checkin"
	SummaryJobKind = "checkin-summary"
	GoalJobKind    = "goal"
)

// Schedule is what check-ins need of what happens by rule.
type Schedule interface {
	// Add takes a new check-in in, and sets its ID, Number and Created. Repeated, it
	// is outbox.ErrRepeated.
	Add(ctx context.Context, ci *CheckIn, in bot.InputID) error
	// Define changes the Name and the Definition, with jobs and an input. One that is
	// not there is not_found.
	Define(ctx context.Context, ci *CheckIn, e outbox.Effects) error
	// Get gives a check-in, or not_found.
	Get(ctx context.Context, c bot.CommunityID, id string) (CheckIn, error)
	// List gives all check-ins of a community, by their numbers.
	List(ctx context.Context, c bot.CommunityID) ([]CheckIn, error)
	// Place is where a member lives by rules. m has a Zone.
	Place(ctx context.Context, m bot.Member, calendars []string) (rule.Place, error)
	// Places is Place for many members of a community, in one call: what it gives asks
	// nothing more.
	Places(ctx context.Context, c bot.CommunityID, calendars []string) (func(bot.Member) (rule.Place, error), error)
	// Relay is a job that looks anew at the zones in which the community's check-ins
	// come.
	Relay(c bot.CommunityID, now time.Time) scheduler.Job
}

// People is what check-ins need to know of people and places.
type People interface {
	// Home gives the community of a space, with its language and zone.
	Home(ctx context.Context, space bot.SpaceID) (Home, error)
	// Members gives those who have these accounts, with language and zone, in as few
	// calls as possible. Who is a member no more is left out.
	Members(ctx context.Context, c bot.CommunityID, who map[bot.MemberID]bot.Account) (map[bot.MemberID]bot.Member, error)
	// Enter gives the members with these accounts, who become members if need be, with
	// no more than the account. Those who belong elsewhere are left out.
	Enter(ctx context.Context, c bot.CommunityID, accounts []bot.Account) (map[bot.Account]bot.MemberID, error)
	// Names gives the names of members. Those who are gone are left out.
	Names(ctx context.Context, c bot.CommunityID, ids []bot.MemberID) (map[bot.MemberID]string, error)
}

// Home is a community as check-ins see it.
type Home struct {
	Community bot.CommunityID
	Language  string
	Zone      string
}

// Options are what a Service is made of.
type Options struct {
	Store    Store
	Schedule Schedule
	People   People
	Shares   Shares
	Crowds   Crowds
	Words    bot.Words
	Stretch  Stretch
	Secret   []byte // 32 bytes of chance that stay the same: what is anonymous is sealed with it
}

// Service asks and keeps.
type Service struct {
	store    Store
	schedule Schedule
	people   People
	shares   Shares
	crowds   Crowds
	words    bot.Words
	stretch  Stretch
	seal     *seal
	asked    *memory
}

// New returns the service.
func New(o Options) (*Service, error) {
	sealed, err := newSeal(o.Secret)
	return &Service{
		store: o.Store, schedule: o.Schedule, people: o.People, shares: o.Shares, crowds: o.Crowds, words: o.Words, stretch: o.Stretch,
		seal: sealed, asked: newMemory(),
	}, err
}

// Due is an occurrence of the series: the time has come somewhere.
type Due struct {
	Community bot.CommunityID
	CheckIn   string
	At        time.Time
	Now       time.Time
	Extra     string // out of turn: what names it among all of its check-in; "" otherwise
}

type stepPayload struct {
	CheckIn string    `json:"checkin"`
	At      time.Time `json:"at"`
	Extra   string    `json:"extra,omitempty"`
}

// Occur says what happens at an occurrence of the series: everybody is looked at.
func (s *Service) Occur(_ context.Context, d Due) (outbox.Effects, error) {
	job, err := stepJob(d)
	return outbox.Effects{Jobs: []scheduler.Job{job}}, err
}

func stepJob(d Due) (scheduler.Job, error) {
	payload, err := json.Marshal(stepPayload{CheckIn: d.CheckIn, At: d.At, Extra: d.Extra})
	id := record(d.CheckIn)
	if d.Extra != "" {
		id += "/" + d.Extra
	}
	return scheduler.Job{Group: string(d.Community), ID: id, Kind: JobKind, Due: d.Now, Payload: payload}, err
}

// Zones are those in which a check-in comes: that of the community, and, if each
// is asked by their own clock, those of all who take part.
func (s *Service) Zones(ctx context.Context, ci CheckIn) ([]string, error) {
	zones := []string{ci.Zone}
	if !ci.Local || ci.InChannel {
		return zones, nil
	}
	set, unset, err := s.store.Zones(ctx, ci.Community, ci.ID)
	if err != nil {
		return nil, err
	}
	for _, space := range unset {
		home, err := s.people.Home(ctx, space)
		if err != nil {
			return nil, err
		}
		set = append(set, home.Zone)
	}
	for _, zone := range set {
		if !slices.Contains(zones, zone) {
			zones = append(zones, zone)
		}
	}
	return zones, nil
}

// lookAtOnce is how many people are looked at together.
const lookAtOnce = 100

// page gives the participants after one of them, with what is known of them.
func (s *Service) page(ctx context.Context, ci *CheckIn, after bot.MemberID) ([]Participant, map[bot.MemberID]bot.Member, error) {
	page, err := s.store.Participants(ctx, ci.Community, ci.ID, after, lookAtOnce)
	if err != nil || len(page) == 0 {
		return nil, nil, err
	}
	who := make(map[bot.MemberID]bot.Account, len(page))
	for _, p := range page {
		who[p.Member] = p.Account
	}
	members, err := s.people.Members(ctx, ci.Community, who)
	return page, members, err
}

// The longest that a step waits until it looks again, while something is open, for
// those whose clocks have jumped; and how long it waits for what cannot be reached.
const (
	lookAgain  = 6 * time.Hour
	storePause = 5 * time.Second
)

// Step is the scheduler.Handler of JobKind: it asks those whose time has come, and
// closes what is over.
func (s *Service) Step(ctx context.Context, j scheduler.Job) error {
	var p stepPayload
	if err := json.Unmarshal(j.Payload, &p); err != nil {
		return scheduler.Poisoned(err)
	}
	next, err := s.step(ctx, bot.CommunityID(j.Group), p, j.Started)
	switch {
	case err == nil && next.IsZero():
		return nil
	case err == nil:
		return scheduler.After(next.Sub(j.Started), nil)
	default:
		return waiting(err)
	}
}

// waiting gives a job back for what may be over later.
func waiting(err error) error {
	switch bot.CodeOf(err) {
	case bot.Conflict: // somebody was quicker; what comes next is in the record
		return scheduler.After(0, err)
	case bot.Unavailable, bot.RateLimited:
		return scheduler.After(storePause, err)
	default:
		return err
	}
}

// step does what is due and gives when to look again, the zero time for never.
func (s *Service) step(ctx context.Context, c bot.CommunityID, p stepPayload, now time.Time) (next time.Time, err error) {
	found, err := s.store.Standings(ctx, c, p.CheckIn)
	if err != nil {
		return next, err
	}
	st := &found[0]
	ci, err := s.schedule.Get(ctx, c, p.CheckIn)
	removed := bot.CodeOf(err) == bot.NotFound
	switch {
	case removed:
		err = s.store.Disband(ctx, c, p.CheckIn)
	case err == nil && p.Extra != "":
		return next, s.extra(ctx, &ci, st, p, now)
	case err == nil:
		err = s.look(ctx, &ci, st, p.At, now)
	}
	if err != nil || p.Extra != "" {
		return next, err
	}
	if err := s.close(ctx, st, now); err != nil {
		return next, err
	}
	for _, o := range st.Open {
		for _, at := range []time.Time{o.Closes, o.Final, now.Add(lookAgain)} {
			if at.After(now) && (next.IsZero() || at.Before(next)) {
				next = at
			}
		}
	}
	return next, nil
}

// places finds where people live by rules, each place once.
type places struct {
	service *Service
	checkIn *CheckIn
	find    func(bot.Member) (rule.Place, error) // nil until somebody's is wanted
	known   map[placeName]rule.Place
}

type placeName struct {
	zone string
	away bot.Away
}

func (s *Service) places(ci *CheckIn) *places {
	return &places{service: s, checkIn: ci, known: map[placeName]rule.Place{}}
}

// of is a member's place: with the check-in's own clock if it comes at once for
// all.
func (p *places) of(ctx context.Context, m bot.Member) (rule.Place, error) {
	if !p.checkIn.Local || p.checkIn.InChannel {
		m.Zone = p.checkIn.Zone
	}
	name := placeName{m.Zone, m.Away}
	if in, ok := p.known[name]; ok {
		return in, nil
	}
	if p.find == nil {
		find, err := p.service.schedule.Places(ctx, p.checkIn.Community, p.checkIn.Calendars)
		if err != nil {
			return rule.Place{}, fmt.Errorf("the places of members: %w", err)
		}
		p.find = find
	}
	in, err := p.find(m)
	if err != nil {
		return in, fmt.Errorf("the place of a member: %w", err)
	}
	p.known[name] = in
	return in, nil
}
