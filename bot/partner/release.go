package partner

import (
	"context"
	"errors"
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
	return out
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
