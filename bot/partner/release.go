package partner

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// release takes somebody out of a group, for good. Who is left over by that is free, unless
// the group has met.
func (g *Group) release(m bot.MemberID, state SeatState, now time.Time) Parted {
	seat := g.seat(m)
	if seat == nil || !seat.there() {
		return Parted{}
	}
	met := g.met()
	g.EndRelay()
	seat.State = state
	out := Parted{Left: []bot.MemberID{m}}
	if rest := g.here(); len(rest) == 1 && !met {
		rest[0].State = SeatOut
		out.Left = append(out.Left, rest[0].Member)
		out.Free = map[bot.MemberID]time.Time{rest[0].Member: now}
	}
	if len(g.here()) == 0 {
		g.Stage, g.Next = Over, time.Time{}
	}
	g.takeBack(m)
	return out
}

// What is told to one person of a group when it suits them, and is named by: see unasked.
const (
	noticeIntro   = "intro"
	noticeAnew    = "intro/two" // instead of one that named somebody who has left
	noticeThird   = "third/"    // and who comes
	noticeNudge   = "nudge"
	noticeAsked   = "asked/"   // and how often
	noticeWithout = "without/" // and who has left
	noticeWish    = "relay/wish"
	noticeRelay   = "relay/" // and Relay.Number
)

// noticeKey names what is told to one person among all of a group. It stays the same when
// their account becomes another member's.
func noticeKey(g *Group, what string, seat *Seat) bot.DeliveryKey {
	return bot.DeliveryKey(record(g.ID) + "/" + what + "/" + seat.Account.String())
}

// takeBack takes back what waits for people of the group and names somebody who has left:
// for whoever is in it no longer all of it, for the others their introduction to who has.
func (g *Group) takeBack(left bot.MemberID) {
	for i := range g.Seats {
		seat := &g.Seats[i]
		g.takes(seat, noticeIntro, noticeAnew, noticeThird+g.token(left))
		if !seat.there() {
			g.takesFollowUp(seat)
		}
	}
}

func (g *Group) takes(seat *Seat, what ...string) {
	for _, w := range what {
		g.taken = append(g.taken, noticeKey(g, w, seat))
	}
}

// takesFollowUp takes back the nudge, and what asks somebody whether they met.
func (g *Group) takesFollowUp(seat *Seat) {
	g.takes(seat, noticeNudge)
	for n := range g.Questions {
		g.takes(seat, noticeAsked+strconv.Itoa(n+1))
	}
}

// notices are the keys of what may still wait for people of a group whose round is over.
func (g *Group) notices() []bot.DeliveryKey {
	last := Group{ID: g.ID, Questions: g.Questions}
	for _, seat := range g.here() {
		last.takes(seat, noticeIntro, noticeAnew, noticeWish)
		last.takesFollowUp(seat)
	}
	return last.taken
}

// add adds what becomes of more people. Who was free and is released then is not.
func (p *Parted) add(q Parted) {
	p.Left = append(p.Left, q.Left...)
	if p.Free == nil {
		p.Free = map[bot.MemberID]time.Time{}
	}
	for m, since := range q.Free {
		p.Free[m] = since
	}
}

// conflictTries is how often something is done anew that was overtaken.
const conflictTries = 4

// part releases a member of a group that has heard of itself, with what the others are
// told: that they are not available, and never why. again lets the member be free too.
func (s *Service) part(ctx context.Context, p *Program, m bot.Member, state SeatState, again bool, in bot.InputID) (found bool, err error) {
	for range conflictTries {
		found, err = s.partOnce(ctx, p, m, state, again, in)
		if bot.CodeOf(err) != bot.Conflict {
			break
		}
	}
	if errors.Is(err, outbox.ErrRepeated) {
		return true, nil
	}
	return found, err
}

func (s *Service) partOnce(ctx context.Context, p *Program, m bot.Member, state SeatState, again bool, in bot.InputID) (bool, error) {
	g, err := s.store.GroupOf(ctx, m.Community, p.ID, m.ID)
	if bot.CodeOf(err) == bot.NotFound {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	now, err := s.store.Now(ctx)
	if err != nil {
		return false, err
	}
	who, err := s.gather(ctx, p, &Standing{}, g.Round, now, membersOf(&g)...)
	if err != nil {
		return false, err
	}
	others := g.others(m.ID)
	parted := g.release(m.ID, state, now)
	if again {
		parted.add(Parted{Free: map[bot.MemberID]time.Time{m.ID: now}})
	}
	if seat := g.seat(m.ID); seat != nil && state == SeatOut {
		seat.Heard = now
	}
	nameless := bot.MemberID("")
	if m.Name == "" {
		nameless = m.ID
	}
	e, err := s.without(ctx, who, &g, others, []bot.MemberID{m.ID}, nameless, parted)
	if err != nil {
		return false, err
	}
	e.Input = in
	return true, s.keepGroup(ctx, &g, parted, e)
}
