package partner

import (
	"context"
	"encoding/json"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

// SeriesKind is the kind of series that programs are. Occur serves it.
const SeriesKind = "partner"

// Grace is how late, after an outage, a round still begins.
const Grace = 12 * time.Hour

// The kinds of jobs: Service.Begin, Service.Again, Service.StepGroup and Service.Call are
// their handlers, as are Service.PassOn and Service.LookAnew.
const (
	RoundJobKind = "partner-round"
	AgainJobKind = "partner-again"
	GroupJobKind = "partner-group"
	CallJobKind  = "partner-call"
	RelayJobKind = "partner-relay"
	MovedJobKind = "partner-moved"
)

// Schedule is what partners need of what happens by rule.
type Schedule interface {
	// Add takes a new program in, and sets its ID and Number. Repeated, it is
	// outbox.ErrRepeated.
	Add(ctx context.Context, p *Program, in bot.InputID) error
	// Define changes the Name and the Definition, with jobs and an input. One that is not
	// there is not_found.
	Define(ctx context.Context, p *Program, e outbox.Effects) error
	// Get gives a program, or not_found.
	Get(ctx context.Context, c bot.CommunityID, id string) (Program, error)
	// List gives all programs of a community, by their numbers.
	List(ctx context.Context, c bot.CommunityID) ([]Program, error)
	// Places gives what tells where members live by rules, as holidays are now. They have a
	// Zone.
	Places(ctx context.Context, c bot.CommunityID, calendars []string) (func(bot.Member) (rule.Place, error), error)
}

// People is what partners need to know of people and places.
type People interface {
	// Home gives the community of a space, with its language and zone.
	Home(ctx context.Context, space bot.SpaceID) (Home, error)
	// Members gives those who have these accounts, with language and zone, in as few calls
	// as possible. Who is a member no more is left out.
	Members(ctx context.Context, c bot.CommunityID, who map[bot.MemberID]bot.Account) (map[bot.MemberID]bot.Member, error)
	// Enter gives the members with these accounts, who become members if need be. Those
	// who belong elsewhere are left out.
	Enter(ctx context.Context, c bot.CommunityID, accounts []bot.Account) (map[bot.Account]bot.MemberID, error)
	// Names gives the names of members. Those who are gone are left out.
	Names(ctx context.Context, c bot.CommunityID, ids []bot.MemberID) (map[bot.MemberID]string, error)
	// PlaceNames gives what people call the places of a community.
	PlaceNames(ctx context.Context, c bot.CommunityID) (map[bot.SpaceID]string, error)
	// Called gives the members with a name.
	Called(ctx context.Context, c bot.CommunityID, name string) ([]bot.Member, error)
}

// Home is a community as partners see it.
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
	Words    bot.Words
	Courtesy Courtesy // nil: nobody has a room, and everybody is written to alone
	Goals    Goals    // nil: nobody shares any
}

// Service introduces people to each other.
type Service struct {
	store    Store
	schedule Schedule
	people   People
	words    bot.Words
	courtesy Courtesy
	goals    Goals
}

// New returns the service.
func New(o Options) *Service {
	return &Service{store: o.Store, schedule: o.Schedule, people: o.People, words: o.Words, courtesy: o.Courtesy, goals: o.Goals}
}

// label is a message as plain words, for a button or a field.
func (s *Service) label(language string, key bot.Key, args ...bot.Arg) string {
	return s.words.Text(language, key, args...).String()
}

func (s *Service) say(req *bot.Request, key bot.Key, args ...bot.Arg) bot.Text {
	return s.words.Text(req.Member.Language, key, args...)
}

// replacing lets a reply take the place of the message whose button was pressed.
func replacing(req *bot.Request, reply bot.Reply) bot.Reply {
	reply.Replace = req.Message != nil
	return reply
}

// Due is an occurrence of the series: a round is to begin.
type Due struct {
	Community  bot.CommunityID
	Program    string
	Occurrence string // names it among all of the program
	Now        time.Time
}

// programPayload is the payload of the jobs of a program.
type programPayload struct {
	Program    string `json:"program"`
	Occurrence string `json:"occurrence,omitempty"` // of RoundJobKind
}

func programJob(c bot.CommunityID, kind, program, what string, p programPayload, due time.Time) (scheduler.Job, error) {
	p.Program = program
	body, err := json.Marshal(p)
	return scheduler.Job{Group: string(c), ID: record(program) + "/" + what, Kind: kind, Due: due, Payload: body}, err
}

// Occur says what happens at an occurrence of the series: a round begins.
func (s *Service) Occur(_ context.Context, d Due) (outbox.Effects, error) {
	job, err := programJob(d.Community, RoundJobKind, d.Program, "round", programPayload{Occurrence: d.Occurrence}, d.Now)
	return outbox.Effects{Jobs: []scheduler.Job{job}}, err
}

// onProgram runs the step of a program's job.
func (s *Service) onProgram(ctx context.Context, j scheduler.Job, step func(context.Context, *Program, programPayload, time.Time) error) error {
	var p programPayload
	if err := json.Unmarshal(j.Payload, &p); err != nil {
		return scheduler.Poisoned(err)
	}
	c := bot.CommunityID(j.Group)
	program, err := s.schedule.Get(ctx, c, p.Program)
	if bot.CodeOf(err) == bot.NotFound { // it was removed
		return outbox.Later(s.store.Disband(ctx, c, p.Program))
	}
	if err != nil {
		return outbox.Later(err)
	}
	return outbox.Later(step(ctx, &program, p, j.Started))
}

// at is where the program's own clock is.
func (s *Service) at(ctx context.Context, p *Program) (rule.Place, error) {
	where, err := s.schedule.Places(ctx, p.Community, p.Calendars)
	if err != nil {
		return rule.Place{}, err
	}
	return where(bot.Member{Community: p.Community, Zone: p.Zone})
}

// groupJob is the job that looks at a group when it is time.
func groupJob(g *Group) (scheduler.Job, error) {
	body, err := json.Marshal(g.ID)
	return scheduler.Job{Group: string(g.Community), ID: groupJobID(g), Kind: GroupJobKind, Due: g.Next, Payload: body}, err
}

func groupJobID(g *Group) string { return record(g.ID) }
