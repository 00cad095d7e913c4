package partner

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// ask asks everybody who has not said so whether they met: the named point of that name.
func (s *Service) ask(ctx context.Context, who *pool, c *course, g *Group) error {
	posts, err := s.question(ctx, who, c, g, g.open())
	if err != nil {
		return err
	}
	g.Next = c.look(g, who.now)
	return s.keepGroup(ctx, g, Parted{}, outbox.Effects{Posts: posts})
}

// question asks some people of a group whether they met.
func (s *Service) question(ctx context.Context, who *pool, c *course, g *Group, seats []*Seat) ([]outbox.Item, error) {
	g.Stage, g.Question = Asked, who.now
	g.Questions++
	return s.tell(ctx, who, c, g, seats, noticeAsked+strconv.Itoa(g.Questions), func(lang string, _ *Seat, args []bot.Arg) (bot.Text, []bot.Control) {
		return s.words.Text(lang, s.by(g, "asked"), args...), []bot.Control{
			s.metButton(lang, g),
			{Label: s.label(lang, "partner.button.more_time"), Path: moreTimePath + g.ID},
			{Label: s.label(lang, "partner.button.missed"), Path: missedPath + g.ID},
		}
	})
}

// waits reports whether somebody has asked for more time.
func (seat *Seat) waits() bool { return seat.State == SeatOpen && !seat.Heard.IsZero() }

// waiting are those of a group who have asked for more time.
func (g *Group) waiting() []*Seat {
	var out []*Seat
	for _, seat := range g.open() {
		if seat.waits() {
			out = append(out, seat)
		}
	}
	return out
}

// look is when a group is to be looked at again: only somebody who waits is a reason. They
// wait for who has given no sign yet, and no longer than a day for who will give none or has
// said that it does not come to it, so that nobody can tell one from the other.
func (c *course) look(g *Group, now time.Time) time.Time {
	if g.met() || len(g.waiting()) == 0 {
		return time.Time{}
	}
	next := c.after(g.Question, againDays)
	for _, seat := range g.here() {
		if seat.waits() {
			continue
		}
		at := c.after(now, 1)
		if ends := c.silent(g, seat); ends.After(now) {
			at = ends
		}
		next = earlier(next, at)
	}
	if g.Next.After(now) {
		next = earlier(next, g.Next) // what somebody answers does not let the others wait longer
	}
	return c.inTime(next)
}

// look lets those be free who wait for somebody who gave no sign for too long, or has said
// that it does not come to it; if they wait for each other, they are asked once more when it
// is time.
func (s *Service) look(ctx context.Context, who *pool, c *course, g *Group) error {
	waiting := g.waiting()
	var gone []bot.MemberID
	for _, seat := range g.here() {
		if len(waiting) > 0 && !seat.waits() && !c.silent(g, seat).After(who.now) {
			seat.Quiet = seat.Heard.IsZero()
			gone = append(gone, seat.Member)
		}
	}
	parted := Parted{}
	for _, m := range gone {
		parted.add(g.release(m, SeatOut, who.now))
	}
	var e outbox.Effects
	var err error
	if len(gone) > 0 {
		if e, err = s.without(ctx, who, g, waiting, gone, "", parted); err != nil {
			return err
		}
	}
	if left := g.waiting(); len(left) > 0 && !c.after(g.Question, againDays).After(who.now) {
		posts, err := s.question(ctx, who, c, g, left)
		if err != nil {
			return err
		}
		e.Posts = append(e.Posts, posts...)
	}
	g.Next = c.look(g, who.now)
	return s.keepGroup(ctx, g, parted, e)
}

// metHere notes that a member met their group.
func (s *Service) metHere(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return s.answer(ctx, req, "met.done", func(seat *Seat) { seat.State = SeatMet })
}

// moreTime notes that a member still wants to meet their group.
func (s *Service) moreTime(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return s.answer(ctx, req, "more_time.done", func(seat *Seat) { seat.State = SeatOpen })
}

// missed notes that it did not come to it. The others are not told.
func (s *Service) missed(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return s.answer(ctx, req, "missed.done", func(seat *Seat) { seat.State = SeatMissed })
}

// answer takes what a member says about the group that a path is about. It is theirs: they
// can say something else later, and nobody hears of it.
func (s *Service) answer(ctx context.Context, req *bot.Request, done string, set func(*Seat)) (bot.Reply, error) {
	var err error
	for range conflictTries {
		var reply bot.Reply
		if reply, err = s.answerOnce(ctx, req, done, set); bot.CodeOf(err) != bot.Conflict {
			return reply, err
		}
	}
	return bot.Reply{}, err
}

func (s *Service) answerOnce(ctx context.Context, req *bot.Request, done string, set func(*Seat)) (bot.Reply, error) {
	groups, err := s.groupsOf(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	if len(groups) == 0 {
		return bot.Say(s.say(req, "partner.over")), nil
	}
	p, g := &groups[0].program, &groups[0].Group
	now, err := s.store.Now(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	who, err := s.gather(ctx, p, &Standing{}, g.Round, now, membersOf(g)...)
	if err != nil {
		return bot.Reply{}, err
	}
	c, err := s.course(ctx, p, who, g)
	if err != nil {
		return bot.Reply{}, err
	}
	names, err := s.names(ctx, g)
	if err != nil {
		return bot.Reply{}, err
	}
	reply := bot.Say(s.say(req, s.by(g, done), s.namesOf(req.Member.Language, names, req.Member.ID, g)...))
	seat := g.seat(req.Member.ID)
	set(seat)
	seat.Heard = now
	for i := range g.Seats { // what still waits to ask whoever has answered, or has met
		if other := &g.Seats[i]; other == seat || g.met() {
			g.takesFollowUp(other)
		}
	}
	if g.Stage == Asked || g.met() {
		g.Next = c.look(g, now)
	}
	err = s.keepGroup(ctx, g, Parted{}, outbox.Effects{Input: req.Input})
	if errors.Is(err, outbox.ErrRepeated) {
		err = nil
	}
	return reply, err
}

// without is what comes of it that some have left a group: who is free is matched again, and
// those who waited are told that they are not available, and never why. One of those who
// have left may be nameless: somebody who wants to be forgotten.
func (s *Service) without(ctx context.Context, who *pool, g *Group, told []*Seat, gone []bot.MemberID, nameless bot.MemberID, parted Parted) (outbox.Effects, error) {
	var e outbox.Effects
	if len(parted.Free) > 0 {
		job, err := againJob(g.Community, g.program(), who.now)
		if err != nil {
			return e, err
		}
		e.Jobs = []scheduler.Job{job}
	}
	names, err := s.names(ctx, g)
	if err != nil {
		return e, err
	}
	goals, err := s.goalsOf(ctx, g)
	if err != nil {
		return e, err
	}
	delete(names, nameless)
	for _, seat := range told {
		key := bot.Key("partner.unavailable")
		switch {
		case !seat.Told, seat.there() && g.met() && !g.ended:
			continue // they have heard of nobody, or have met: there is nothing to say
		case seat.there() && g.met():
			key = "partner.relay.off"
		case seat.there():
			key = "partner.unavailable.two"
		case len(gone) > 1:
			key = "partner.unavailable.both"
		}
		lang := who.members[seat.Member].Language
		args := []bot.Arg{bot.Str("name", s.called(lang, names[gone[0]]))}
		if len(gone) > 1 {
			args = append(args, bot.Str("second", s.called(lang, names[gone[1]])))
		}
		text := s.words.Text(lang, key, args...)
		if g.ended && key != "partner.relay.off" {
			text = bot.Join(" ", text, s.words.Text(lang, "partner.relay.off"))
		}
		post := s.unasked(who, g, seat, noticeWithout+g.token(gone[0]), text)
		post.After = heardOf(g, seat, gone[0])
		e.Posts = append(e.Posts, post)
		if seat.there() && !g.met() {
			anew := s.introduction(who, g, seat, names, goals)
			anew.Instead, anew.Post.Key = noticeKey(g, noticeIntro, seat), noticeKey(g, noticeAnew, seat)
			e.Posts = append(e.Posts, anew)
		}
	}
	return e, nil
}

// heardOf is what told somebody of another one in their group. If that was not told yet, it
// is taken back when the other one leaves, and there is nobody to miss.
func heardOf(g *Group, seat *Seat, other bot.MemberID) bot.DeliveryKey {
	if came := g.seat(other).Came; came.After(seat.Came) {
		return noticeKey(g, noticeThird+g.token(other), seat)
	}
	return noticeKey(g, noticeIntro, seat)
}

// token names a member of the group in what is kept of messages to others, where it says
// nothing of whom it names.
func (g *Group) token(m bot.MemberID) string {
	sum := sha256.Sum256([]byte(g.ID + "/" + string(m)))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:10]))
}
