package partner

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// Relay is how far it is that messages are passed on in a group whose people have no place
// in common. It is on when all of them have agreed, until one of them stops it or anything
// happens to the group, and at the latest to the end of the round.
type Relay struct {
	On     time.Time `json:"on,omitzero"`      // since when; zero: nothing is passed on
	Number int       `json:"number,omitempty"` // of the last that was said, which names its posts
	Day    string    `json:"day,omitempty"`    // that Today counts, where the program is
	Today  int       `json:"today,omitempty"`  // messages
	// Last says that they were told that the round is nearly over.
	Last bool `json:"last,omitempty"`
	// Waiting is what comes in the morning. Nothing else keeps what somebody wrote.
	Waiting []Waiting `json:"waiting,omitempty"`
}

// Waiting is a post that waits for the morning of its reader.
type Waiting struct {
	At   time.Time    `json:"at"`
	By   bot.MemberID `json:"by,omitempty"` // who wrote it; empty: it is from us
	Item outbox.Item  `json:"item"`
}

const (
	// mostPassed is how many messages are passed on in a group on one day.
	mostPassed = 20
	// mostMessage is how long a message may be, in characters.
	mostMessage = 1500
	// passWorth is how long it is tried to pass a message on.
	passWorth = 24 * time.Hour
	// underWay is how many posts may be on their way at most: those of two days.
	underWay = 2*mostPassed + 20
)

// spread reports whether the people of a group are in different places, so that they can
// have no room there and cannot write to each other.
func (g *Group) spread() bool {
	here := g.here()
	return slices.ContainsFunc(here, func(seat *Seat) bool { return seat.Account.Space != here[0].Account.Space })
}

// passesOn reports whether messages are passed on.
func (g *Group) passesOn() bool { return !g.Relay.On.IsZero() }

// EndRelay ends that messages are passed on, and gives the keys of all posts of messages
// that may be under way: they are to be withdrawn.
func (g *Group) EndRelay() []bot.DeliveryKey {
	g.ended = g.ended || g.passesOn()
	for n := max(g.Relay.Number-underWay, 0) + 1; n <= g.Relay.Number; n++ {
		for i := range g.Seats {
			g.takes(&g.Seats[i], noticeRelay+strconv.Itoa(n))
		}
	}
	g.Relay = Relay{Number: g.Relay.Number, Day: g.Relay.Day, Today: g.Relay.Today}
	for i := range g.Seats {
		if seat := &g.Seats[i]; seat.Agrees {
			seat.Agrees = false
			g.takesWishes()
		}
	}
	return g.taken
}

// takesWishes takes back what waits to tell people that somebody would like it.
func (g *Group) takesWishes() {
	for i := range g.Seats {
		g.takes(&g.Seats[i], noticeWish)
	}
}

// relaying is a step of passing messages on.
type relaying struct {
	*Group
	program *Program
	who     *pool
	course  course
	names   map[bot.MemberID]string
	places  map[bot.SpaceID]string
	effects outbox.Effects
}

func (s *Service) relaying(ctx context.Context, p *Program, g *Group, now time.Time) (*relaying, error) {
	r := &relaying{Group: g, program: p}
	var err error
	if r.who, err = s.gather(ctx, p, &Standing{}, g.Round, now, membersOf(g)...); err != nil {
		return nil, err
	}
	if r.course, err = s.course(ctx, p, r.who, g); err != nil {
		return nil, err
	}
	if r.names, err = s.names(ctx, g); err != nil {
		return nil, err
	}
	r.places, err = s.people.PlaceNames(ctx, g.Community)
	return r, err
}

// reaches reports whether somebody of the group can be written to: they take part, and are
// not away.
func (r *relaying) reaches(seat *Seat) bool {
	return r.who.people[seat.Member] != nil && !away(r.who.places[seat.Member], r.who.now)
}

// hold ends it if not all of the group can be reached any more, and tells those who can.
func (s *Service) hold(r *relaying) (holds bool) {
	if !slices.ContainsFunc(r.here(), func(seat *Seat) bool { return !r.reaches(seat) }) {
		return true
	}
	on := r.passesOn()
	r.EndRelay()
	for _, seat := range r.here() {
		if on && r.reaches(seat) {
			s.relayNews(r, seat, "stopped")
		}
	}
	return false
}

// relayNews tells one of the group something about it.
func (s *Service) relayNews(r *relaying, seat *Seat, message string, controls ...bot.Control) {
	lang := r.who.members[seat.Member].Language
	r.Relay.Number++
	r.comes(seat, "", outbox.Item{Post: bot.Post{Message: bot.Message{Text: s.relayText(r, seat.Member, lang, message), Controls: controls}}})
}

// relayText is a message about the group in the words for two or for three.
func (s *Service) relayText(r *relaying, m bot.MemberID, lang, message string) bot.Text {
	text := s.words.Text(lang, s.by(r.Group, "relay."+message), s.namesOf(lang, r.names, m, r.Group)...)
	if message != "on" && message != "last" || r.course.next.IsZero() {
		return text
	}
	return bot.Join(" ", text, s.words.Text(lang, "partner.relay.until", bot.At("when", r.course.next, r.who.members[m].Zone, bot.DateTime)))
}

// comes lets a post come to one of the group: at once, or, where it is night, in the
// morning. They have asked for it, so it is none of those that are counted (outbox.Unasked).
func (r *relaying) comes(seat *Seat, by bot.MemberID, item outbox.Item) {
	to := seat.Account
	at := daytime(r.who.now, r.who.members[seat.Member].Zone)
	item.Class, item.NotAfter = outbox.Relay, at.Add(passWorth)
	item.Post.Key, item.Post.Direct = noticeKey(r.Group, noticeRelay+strconv.Itoa(r.Relay.Number), seat), &to
	if at.After(r.who.now) {
		r.Relay.Waiting = append(r.Relay.Waiting, Waiting{At: at, By: by, Item: item})
		return
	}
	r.effects.Posts = append(r.effects.Posts, item)
}

// daytime is the earliest time, now or later, at which it is no night in a zone: see
// outbox.Morning. Unlike what nobody has asked for, a message comes at weekends too.
func daytime(now time.Time, zone string) time.Time {
	loc, err := time.LoadLocation(zone)
	if err != nil {
		loc = time.UTC
	}
	local := now.In(loc)
	morning := func(days int) time.Time {
		return time.Date(local.Year(), local.Month(), local.Day()+days, outbox.Morning, 0, 0, 0, loc).UTC()
	}
	switch hour := local.Hour(); {
	case hour < outbox.Morning:
		return morning(0)
	case hour >= outbox.Evening:
		return morning(1)
	}
	return now
}

// waited are the posts that wait no longer. all means that none does.
func (g *Group) waited(now time.Time, all bool) []outbox.Item {
	var out []outbox.Item
	g.Relay.Waiting = slices.DeleteFunc(g.Relay.Waiting, func(w Waiting) bool {
		if !all && w.At.After(now) {
			return false
		}
		out = append(out, w.Item)
		return true
	})
	return out
}

// keepRelay stores a step, with the job of the next one.
func (s *Service) keepRelay(ctx context.Context, r *relaying) error {
	var next time.Time
	if last := r.course.last; r.passesOn() && !r.Relay.Last && last.After(r.who.now) {
		next = last
	}
	for _, w := range r.Relay.Waiting {
		if next.IsZero() || w.At.Before(next) {
			next = w.At
		}
	}
	if next.IsZero() {
		r.effects.Cancel = append(r.effects.Cancel, RelayJobID(r.ID))
		return s.keepGroup(ctx, r.Group, Parted{}, r.effects)
	}
	body, err := json.Marshal(r.ID)
	if err != nil {
		return err
	}
	r.effects.Jobs = append(r.effects.Jobs, scheduler.Job{Group: string(r.Community), ID: RelayJobID(r.ID), Kind: RelayJobKind, Due: next, Payload: body})
	return s.keepGroup(ctx, r.Group, Parted{}, r.effects)
}

// RelayJobID names the job by which messages that wait are passed on in a group.
func RelayJobID(group string) string { return record(group) + "/relay" }

// PassOn is the scheduler.Handler of RelayJobKind: it lets come what has waited for the
// morning, and says a school day before that the round ends, and with it the passing on.
func (s *Service) PassOn(ctx context.Context, j scheduler.Job) error {
	var id string
	if err := json.Unmarshal(j.Payload, &id); err != nil {
		return scheduler.Poisoned(err)
	}
	g, err := s.store.Group(ctx, bot.CommunityID(j.Group), id)
	if bot.CodeOf(err) == bot.NotFound || err == nil && !g.passesOn() && len(g.Relay.Waiting) == 0 {
		return nil
	}
	if err != nil {
		return outbox.Later(err)
	}
	p, err := s.schedule.Get(ctx, g.Community, g.program())
	if bot.CodeOf(err) == bot.NotFound {
		return nil
	}
	if err != nil {
		return outbox.Later(err)
	}
	return outbox.Later(s.passOn(ctx, &p, &g, j.Started))
}

func (s *Service) passOn(ctx context.Context, p *Program, g *Group, now time.Time) error {
	r, err := s.relaying(ctx, p, g, now)
	if err != nil {
		return err
	}
	if s.hold(r) {
		r.effects.Posts = append(r.effects.Posts, r.waited(now, false)...)
		if last := r.course.last; r.passesOn() && !r.Relay.Last && !last.IsZero() && !last.After(now) {
			r.Relay.Last = true
			for _, seat := range r.here() {
				s.relayNews(r, seat, "last", s.relayControls(r.who.members[seat.Member].Language, r.Group, seat.Member, r.names)...)
			}
		}
	}
	return s.keepRelay(ctx, r)
}

// Moved is the job that comes with a change of when a member is away: whoever is away is
// passed nothing.
func (s *Service) Moved(m bot.Member, now time.Time) (scheduler.Job, error) {
	body, err := json.Marshal(m.ID)
	return scheduler.Job{Group: string(m.Community), ID: MovedJobID(m.ID), Kind: MovedJobKind, Due: now, Payload: body}, err
}

// MovedJobID names that job.
func MovedJobID(m bot.MemberID) string { return "partner/moved/" + string(m) }

// LookAnew is the scheduler.Handler of MovedJobKind: it looks whether messages may still be
// passed on in the groups of a member.
func (s *Service) LookAnew(ctx context.Context, j scheduler.Job) error {
	var m bot.MemberID
	if err := json.Unmarshal(j.Payload, &m); err != nil {
		return scheduler.Poisoned(err)
	}
	c := bot.CommunityID(j.Group)
	joined, err := s.store.Joined(ctx, c, m)
	if err != nil {
		return outbox.Later(err)
	}
	for _, id := range joined {
		g, err := s.store.GroupOf(ctx, c, id, m)
		if bot.CodeOf(err) == bot.NotFound || err == nil && !g.passesOn() {
			continue
		}
		if err != nil {
			return outbox.Later(err)
		}
		p, err := s.schedule.Get(ctx, c, id)
		if bot.CodeOf(err) == bot.NotFound {
			continue
		}
		if err != nil {
			return outbox.Later(err)
		}
		if err := s.passOn(ctx, &p, &g, j.Started); err != nil {
			return outbox.Later(err)
		}
	}
	return nil
}
