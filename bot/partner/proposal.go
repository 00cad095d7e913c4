package partner

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler/ical"
)

// Proposal is a time to meet that somebody of a group has suggested to the others. People
// are named by their seats.
type Proposal struct {
	At    time.Time `json:"at"`
	By    int       `json:"by"`
	Made  time.Time `json:"made"`
	Suits []int     `json:"suits,omitempty"`
}

// What follows these paths is a group and, but for proposePath, a time in minutes since
// 1970 to the base of 36.
const (
	proposePath = "/partner/propose/"
	timePath    = "/partner/time/"
	suitsPath   = "/partner/suits/"
)

const (
	// offered is how many times there are to choose from.
	offered = 5
	// mostProposed is how many times are suggested in a group at most.
	mostProposed = 10
	// meeting is how long a meeting takes in a calendar.
	meeting = 30 * time.Minute
)

func stamp(at time.Time) string { return strconv.FormatInt(at.Unix()/60, 36) }

func stamped(s string) time.Time {
	minutes, err := strconv.ParseInt(s, 36, 40)
	if err != nil {
		return time.Time{}
	}
	return time.Unix(minutes*60, 0).UTC()
}

// proposal is what was said of a time, or nil.
func (g *Group) proposal(at time.Time) *Proposal {
	i := slices.IndexFunc(g.Proposed, func(p Proposal) bool { return p.At.Equal(at) })
	if i < 0 {
		return nil
	}
	return &g.Proposed[i]
}

// agreed reports whether a time that is to come suits somebody besides who proposed it.
func (g *Group) agreed(now time.Time) bool {
	return slices.ContainsFunc(g.Proposed, func(p Proposal) bool { return p.At.After(now) && len(p.Suits) > 0 })
}

// sign is when somebody last suggested a time, or said that one suits them.
func (g *Group) sign(seat *Seat) time.Time {
	n := g.number(seat.Member)
	var last time.Time
	for _, p := range g.Proposed {
		if (p.By == n || slices.Contains(p.Suits, n)) && p.Made.After(last) {
			last = p.Made
		}
	}
	return last
}

// number is which seat is a member's.
func (g *Group) number(m bot.MemberID) int {
	return slices.IndexFunc(g.Seats, func(s Seat) bool { return s.Member == m })
}

// timeControls offer to propose a time, if there is one.
func (s *Service) timeControls(lang string, who *pool, g *Group) []bot.Control {
	if len(who.free(g, 1)) == 0 {
		return nil
	}
	return []bot.Control{{Label: s.label(lang, "partner.button.propose"), Path: proposePath + g.ID, Style: bot.Primary}}
}

// proposing is a step about a time in a group.
type proposing struct {
	*Group
	who   *pool
	names map[bot.MemberID]string
	seat  *Seat // of who takes it
	e     outbox.Effects
}

// proposed makes a step in the group that a path is about; again if it was overtaken. step
// says whether it changes anything.
func (s *Service) proposed(ctx context.Context, req *bot.Request, step func(p *proposing) (reply bot.Reply, changes bool, err error)) (bot.Reply, error) {
	var reply bot.Reply
	var err error
	for range conflictTries {
		if reply, err = s.proposedOnce(ctx, req, step); bot.CodeOf(err) != bot.Conflict {
			break
		}
	}
	if errors.Is(err, outbox.ErrRepeated) {
		return reply, nil // it had its effect the first time
	}
	return reply, err
}

func (s *Service) proposedOnce(ctx context.Context, req *bot.Request, step func(*proposing) (bot.Reply, bool, error)) (bot.Reply, error) {
	groups, err := s.groupsOf(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	if len(groups) == 0 {
		return bot.Say(s.say(req, "partner.over")), nil
	}
	g := &groups[0].Group
	now, err := s.store.Now(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	p := proposing{Group: g, seat: g.seat(req.Member.ID)}
	if p.who, err = s.gather(ctx, &groups[0].program, &Standing{}, g.Round, now, membersOf(g)...); err != nil {
		return bot.Reply{}, err
	}
	if p.names, err = s.names(ctx, g); err != nil {
		return bot.Reply{}, err
	}
	reply, changes, err := step(&p)
	if err != nil || !changes {
		return reply, err
	}
	p.e.Input = req.Input
	return reply, s.keepGroup(ctx, g, Parted{}, p.e)
}

// propose shows times to choose from, in the reader's zone.
func (s *Service) propose(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return s.proposed(ctx, req, func(p *proposing) (bot.Reply, bool, error) { return s.times(req, p, "partner.propose"), false, nil })
}

func (s *Service) times(req *bot.Request, p *proposing, message bot.Key) bot.Reply {
	lang := req.Member.Language
	var controls []bot.Control
	for _, at := range p.who.free(p.Group, offered) {
		controls = append(controls, bot.Control{Label: s.clock(lang, at, req.Member.Zone), Path: timePath + p.ID + "/" + stamp(at)})
	}
	if len(controls) == 0 {
		return bot.Say(s.say(req, "partner.propose.none"))
	}
	return bot.Say(s.say(req, message), controls...)
}

// proposeTime suggests a time to the others. Who does so twice has done so once; what
// somebody else has suggested already suits them then.
func (s *Service) proposeTime(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	at := stamped(req.Params.Get("at"))
	return s.proposed(ctx, req, func(p *proposing) (bot.Reply, bool, error) {
		own := p.number(p.seat.Member)
		made := p.proposal(at)
		switch {
		case !at.After(p.who.now):
			return s.times(req, p, "partner.propose.past"), false, nil
		case made != nil && made.By != own:
			return s.accept(ctx, req, p, made)
		case made != nil:
			return s.timeReply(req, p, "proposed", at), false, nil
		case len(p.Proposed) >= mostProposed:
			return bot.Say(s.say(req, "partner.propose.enough")), false, nil
		}
		p.Proposed = append(p.Proposed, Proposal{At: at, By: own, Made: p.who.now})
		err := s.tellTime(ctx, p, at, "time/"+stamp(at), "partner.time.proposed", "", func(lang string) []bot.Control {
			return []bot.Control{
				{Label: s.label(lang, "partner.button.suits"), Path: suitsPath + p.ID + "/" + stamp(at), Style: bot.Primary},
				{Label: s.label(lang, "partner.button.another"), Path: proposePath + p.ID},
			}
		})
		return s.timeReply(req, p, "proposed", at), true, err
	})
}

// suitsMe tells the others that a time suits somebody.
func (s *Service) suitsMe(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	at := stamped(req.Params.Get("at"))
	return s.proposed(ctx, req, func(p *proposing) (bot.Reply, bool, error) {
		made := p.proposal(at)
		switch {
		case made == nil || !at.After(p.who.now):
			return s.times(req, p, "partner.propose.past"), false, nil
		case made.By == p.number(p.seat.Member):
			return s.timeReply(req, p, "proposed.own", at), false, nil
		}
		return s.accept(ctx, req, p, made)
	})
}

// accept notes that a proposal suits somebody, once.
func (s *Service) accept(ctx context.Context, req *bot.Request, p *proposing, made *Proposal) (bot.Reply, bool, error) {
	own := p.number(p.seat.Member)
	done := s.timeReply(req, p, "suits.done", made.At)
	if slices.Contains(made.Suits, own) {
		return done, false, nil
	}
	made.Suits = append(made.Suits, own)
	asked := p.Seats[made.By].Member // they wait for it
	err := s.tellTime(ctx, p, made.At, "suits/"+stamp(made.At)+"/"+string(p.seat.Member), "partner.time.suits", asked, func(string) []bot.Control { return nil })
	return done, true, err
}

// timeReply answers who takes a step.
func (s *Service) timeReply(req *bot.Request, p *proposing, message string, at time.Time) bot.Reply {
	lang := req.Member.Language
	args := append(s.namesOf(lang, p.names, req.Member.ID, p.Group), bot.Str("time", s.clock(lang, at, req.Member.Zone)))
	return bot.Say(s.say(req, s.by(p.Group, message), args...))
}

// tellTime tells the others of a time, which is worth nothing once that has come. In the
// group's room it is somebody's own word to their partners, and so it comes at once, unless
// it is night for one of them. Else each gets it by direct message, as what they have not
// asked for; but whoever has asked, at once by day.
func (s *Service) tellTime(ctx context.Context, p *proposing, at time.Time, what string, message bot.Key, asked bot.MemberID, controls func(lang string) []bot.Control) error {
	say := func(lang string) bot.Message {
		return bot.Message{
			Text:     s.words.Text(lang, message, bot.Str("name", s.called(lang, p.names[p.seat.Member])), bot.Rich("times", s.everyonesTime(lang, p, at))),
			Controls: controls(lang), Files: []bot.File{s.calendarFile(lang, p, at)},
		}
	}
	var alone []outbox.Item
	night := false
	for _, other := range p.others(p.seat.Member) {
		day := !daytime(p.who.now, p.who.members[other.Member].Zone).After(p.who.now)
		night = night || !day
		m := say(p.who.members[other.Member].Language)
		item := s.unasked(p.who, p.Group, other, what, m.Text, m.Controls...)
		item.Post.Message.Files, item.NotAfter = m.Files, at
		if other.Member == asked && day {
			item.Unasked = nil
		}
		alone = append(alone, item)
	}
	if night {
		p.e = outbox.Effects{Posts: alone}
		return nil
	}
	e, _, err := s.toRoom(ctx, p.who, p.Group, p.names, nil, what, say(s.roomLanguage(p.who, p.Group)), alone)
	p.e = e
	return err
}

// clock is a time in words, as it is in a zone.
func (s *Service) clock(lang string, at time.Time, zone string) string {
	return s.words.Text(lang, "partner.time", bot.At("time", at, zone, bot.DateTime))[0].Clock(zone)
}

// everyonesTime is a time as each of a group has it: once, where all have the same.
func (s *Service) everyonesTime(lang string, p *proposing, at time.Time) bot.Text {
	here := p.here()
	clock := func(seat *Seat) string { return s.clock(lang, at, p.who.members[seat.Member].Zone) }
	same := !slices.ContainsFunc(here, func(seat *Seat) bool { return clock(seat) != clock(here[0]) })
	if same {
		return bot.Plain(clock(here[0]))
	}
	var all []bot.Text
	for _, seat := range here {
		all = append(all, s.words.Text(lang, "partner.time.for", bot.Str("time", clock(seat)), bot.Str("name", s.called(lang, p.names[seat.Member]))))
	}
	return bot.Join(" · ", all...)
}

// calendarFile is a meeting for people's own calendars.
func (s *Service) calendarFile(lang string, p *proposing, at time.Time) bot.File {
	var called []string
	for _, seat := range p.here() {
		called = append(called, s.called(lang, p.names[seat.Member]))
	}
	made := p.who.now
	if known := p.proposal(at); known != nil {
		made = known.Made
	}
	sum := sha256.Sum256([]byte(string(p.Community) + "/" + p.ID + "/" + stamp(at)))
	m := ical.Meeting{UID: hex.EncodeToString(sum[:12]) + "@staffroom", Made: made, Start: at, End: at.Add(meeting), Title: strings.Join(called, ", ")}
	return bot.File{Name: "meeting.ics", Data: m.File()}
}
