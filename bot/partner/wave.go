package partner

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/bot/partner/match"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// gatherFor is how long people who are free are waited for at most, so that several are
// matched at once: a re-offer comes within a day.
const gatherFor = 4 * time.Hour

// againJob is the job of the next wave. Whoever is free meanwhile waits for the same: its
// time does not move with each of them.
func againJob(c bot.CommunityID, program string, now time.Time) (scheduler.Job, error) {
	return programJob(c, AgainJobKind, program, "again", programPayload{}, now.Truncate(gatherFor).Add(gatherFor))
}

// Again is the scheduler.Handler of AgainJobKind: it makes groups of those who are free.
func (s *Service) Again(ctx context.Context, j scheduler.Job) error {
	return s.onProgram(ctx, j, s.again)
}

func (s *Service) again(ctx context.Context, p *Program, _ programPayload, now time.Time) error {
	st, err := s.store.Standing(ctx, p.Community, p.ID)
	if err != nil {
		return err
	}
	if st.Joining != nil {
		if err := s.takeIn(ctx, p, &st, now); err != nil {
			return err
		}
	}
	if !st.Open {
		return nil
	}
	free, err := s.store.Free(ctx, p.Community, p.ID)
	if err != nil {
		return err
	}
	for _, met := range []bool{false, true} {
		if free, err = s.match(ctx, p, &st, free, met, now); err != nil {
			return err
		}
	}
	return s.tellNobody(ctx, p, &st, free, now)
}

// match finds places for those who are free, among each other or with a pair, and gives those
// who are left. Only if met is set, people are brought together who met in an earlier round.
func (s *Service) match(ctx context.Context, p *Program, st *Standing, free map[bot.MemberID]time.Time, met bool, now time.Time) (left map[bot.MemberID]time.Time, err error) {
	if len(free) == 0 {
		return nil, nil
	}
	who, err := s.gather(ctx, p, st, st.Round, now, slices.Sorted(maps.Keys(free))...)
	if err != nil {
		return nil, err
	}
	alone, err := s.wave(ctx, who, st, free, met)
	if err != nil {
		return nil, err
	}
	left = map[bot.MemberID]time.Time{}
	for _, m := range alone {
		found, err := s.third(ctx, p, st, m, free[m], met, now)
		if err != nil {
			return nil, err
		}
		if !found {
			left[m] = free[m]
		}
	}
	return left, nil
}

// tellNobody tells those who stay free that there is nobody just now.
func (s *Service) tellNobody(ctx context.Context, p *Program, st *Standing, free map[bot.MemberID]time.Time, now time.Time) error {
	if len(free) == 0 {
		return nil
	}
	who, err := s.gather(ctx, p, st, st.Round, now, slices.Sorted(maps.Keys(free))...)
	if err != nil {
		return err
	}
	var e outbox.Effects
	for _, m := range who.present {
		e.Posts = append(e.Posts, s.nobodyYet(who, m))
	}
	return s.store.Apply(ctx, string(p.Community), e)
}

// wave makes groups of those who are free, of whom no two meet who were in a group in this
// round already, and gives those who are left over. Who cannot be introduced now is not
// free any more.
func (s *Service) wave(ctx context.Context, who *pool, st *Standing, free map[bot.MemberID]time.Time, met bool) ([]bot.MemberID, error) {
	wave := st.Waves + 1
	asked, err := who.asked(wave)
	if err != nil {
		return nil, err
	}
	asked.Apart = append(asked.Apart, who.together(asked.History, met)...)
	out := match.Pair(asked)
	var alone []bot.MemberID
	for _, id := range out.Alone {
		alone = append(alone, who.member(id))
	}
	d, e, err := s.made(who, st, &out, wave)
	if err != nil {
		return nil, err
	}
	for m := range free {
		if !slices.Contains(alone, m) {
			d.Taken = append(d.Taken, m)
		}
	}
	if len(d.Taken) == 0 {
		return alone, nil // nothing is changed
	}
	slices.Sort(d.Taken)
	st.Waves = wave
	st.Figures.Again += len(out.Groups)
	return alone, s.store.Advance(ctx, st, d, e)
}

// together are those who are present and were in a group already: in this round, or, unless
// met is set, in any.
func (p *pool) together(history *match.History, met bool) [][2]string {
	var out [][2]string
	for i, a := range p.present {
		out = append(out, p.before(a, p.present[:i], history, met)...)
	}
	return out
}

// before are those of some people with whom somebody was in a group already: in this round,
// or, unless met is set, in any.
func (p *pool) before(m bot.MemberID, of []bot.MemberID, history *match.History, met bool) [][2]string {
	var out [][2]string
	for _, other := range of {
		if round, known := history.Last(p.id(m), p.id(other)); known && (!met || round == p.round) {
			out = append(out, [2]string{p.id(m), p.id(other)})
		}
	}
	return out
}

// waits tells whether somebody who comes now gets a partner in the round that is under way,
// by the job of the next wave, or waits for the next round, since that comes soon or none is
// under way.
func (s *Service) waits(ctx context.Context, p *Program, st *Standing, now time.Time) (yes bool, e outbox.Effects, err error) {
	if !st.Open {
		return false, e, nil
	}
	in, err := s.at(ctx, p)
	if err != nil {
		return false, e, err
	}
	if next, comes := p.Rule.Next(now, in); comes && next.At.Sub(now) < next.At.Sub(st.Began)/lateShare {
		return false, e, nil
	}
	job, err := againJob(p.Community, p.ID, now)
	return true, outbox.Effects{Jobs: []scheduler.Job{job}}, err
}

// lateShare is for how much of a round nobody comes to it any more, at its end: a quarter.
const lateShare = 4
