package partner

import (
	"context"
	"slices"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/bot/partner/match"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// third lets somebody who is left over come to a pair, a re-offer's if possible. If there
// is none that may take them in, they stay free. Only if met is set, they may have met one of
// the pair in an earlier round.
func (s *Service) third(ctx context.Context, p *Program, st *Standing, m bot.MemberID, since time.Time, met bool, now time.Time) (found bool, err error) {
	pairs, err := s.openPairs(ctx, p)
	if err != nil {
		return false, err
	}
	of := []bot.MemberID{m}
	for i := range pairs {
		for _, seat := range pairs[i].here() {
			of = append(of, seat.Member)
		}
	}
	who, err := s.gather(ctx, p, st, st.Round, now, of...)
	if err != nil {
		return false, err
	}
	g, err := s.best(who, st, m, pairs, met)
	if err != nil || g == nil {
		return false, err
	}
	st.Waves++
	st.Joining = &Joining{Member: m, Group: g.ID, Wave: st.Waves, Since: since}
	note := noted{joined: true, numbers: []int{who.numbers[m]}}
	for _, seat := range g.here() {
		note.numbers = append(note.numbers, who.numbers[seat.Member])
	}
	job, err := programJob(p.Community, AgainJobKind, p.ID, "again", programPayload{}, now)
	if err != nil {
		return false, err
	}
	err = s.store.Advance(ctx, st, Decision{
		Numbers: who.fresh, Waves: map[string]string{waveKey(st.Round, st.Waves): encodeWave([]noted{note})}, Taken: []bot.MemberID{m},
	}, outbox.Effects{Jobs: []scheduler.Job{job}})
	if err != nil {
		return false, err
	}
	return true, s.takeIn(ctx, p, st, now)
}

// groupsAtOnce is how many groups are read together.
const groupsAtOnce = 200

// openPairs are those of the round to which somebody can come: they know of each other, and
// have not said how it went.
func (s *Service) openPairs(ctx context.Context, p *Program) ([]Group, error) {
	var out []Group
	err := s.everyGroup(ctx, p, func(g *Group) {
		if g.takesIn() {
			out = append(out, *g)
		}
	})
	return out, err
}

// everyGroup gives all groups of the round that is under way.
func (s *Service) everyGroup(ctx context.Context, p *Program, of func(*Group)) error {
	for after := ""; ; {
		page, err := s.store.Groups(ctx, p.Community, p.ID, after, groupsAtOnce)
		if err != nil {
			return err
		}
		for i := range page {
			after = page[i].ID
			of(&page[i])
		}
		if len(page) < groupsAtOnce {
			return nil
		}
	}
}

// takesIn reports whether somebody can come to the group. Once it was asked whether they
// met, one of them at least wants to.
func (g *Group) takesIn() bool {
	goesOn := g.Stage == Introduced || g.Stage == Nudged || g.Stage == Asked && len(g.waiting()) > 0
	return goesOn && len(g.here()) == 2 && len(g.open()) == 2
}

// best is the pair that suits somebody best, among re-offers first; nil if none may take
// them in.
func (s *Service) best(who *pool, st *Standing, m bot.MemberID, pairs []Group, met bool) (*Group, error) {
	if !slices.Contains(who.present, m) {
		return nil, nil
	}
	asked, err := who.asked(st.Waves + 1)
	if err != nil {
		return nil, err
	}
	asked.Apart = append(asked.Apart, who.before(m, who.present, asked.History, met)...)
	for _, reoffers := range []bool{true, false} {
		var ids [][2]string
		var of []*Group
		for i := range pairs {
			if here := pairs[i].here(); !reoffers || pairs[i].Wave > 0 {
				ids = append(ids, [2]string{who.id(here[0].Member), who.id(here[1].Member)})
				of = append(of, &pairs[i])
			}
		}
		if at, _, ok := match.Third(asked, who.id(m), ids); ok {
			return of[at], nil
		}
	}
	return nil, nil
}

// takeIn brings whoever is on the way to their group, and notes that they have arrived; if
// the group has changed meanwhile, they are free again. It can be made again at any point.
func (s *Service) takeIn(ctx context.Context, p *Program, st *Standing, now time.Time) error {
	on := *st.Joining
	g, err := s.store.Group(ctx, p.Community, on.Group)
	gone := bot.CodeOf(err) == bot.NotFound
	if err != nil && !gone {
		return err
	}
	who, err := s.gather(ctx, p, st, st.Round, now, append(membersOf(&g), on.Member)...)
	if err != nil {
		return err
	}
	arrived := !gone && g.seat(on.Member) != nil
	if !arrived && !gone && g.takesIn() {
		if arrived, err = s.seatThird(ctx, who, &g, on); err != nil {
			return err
		}
	}
	st.Joining = nil
	d := Decision{Taken: []bot.MemberID{on.Member}} // they may have joined once more meanwhile
	var e outbox.Effects
	if arrived {
		st.Figures.Again++
		st.Figures.Trios++
		st.Figures.Offered++
	} else {
		d.Waves = map[string]string{waveKey(st.Round, on.Wave): ""}
		if slices.Contains(who.present, on.Member) {
			d.Free = map[bot.MemberID]time.Time{on.Member: on.Since}
			job, err := againJob(p.Community, p.ID, now)
			if err != nil {
				return err
			}
			e.Jobs = []scheduler.Job{job}
		}
	}
	return s.store.Advance(ctx, st, d, e)
}

func membersOf(g *Group) []bot.MemberID {
	var out []bot.MemberID
	for _, seat := range g.Seats {
		out = append(out, seat.Member)
	}
	return out
}

// seatThird gives somebody a place in a pair, if all three still may meet, and tells them.
func (s *Service) seatThird(ctx context.Context, who *pool, g *Group, on Joining) (bool, error) {
	asked, err := who.asked(on.Wave)
	if err != nil {
		return false, err
	}
	here := g.here()
	asked.History = nil // it knows of this already
	_, found, ok := match.Third(asked, who.id(on.Member), [][2]string{{who.id(here[0].Member), who.id(here[1].Member)}})
	if !ok {
		return false, nil
	}
	g.EndRelay() // they have not agreed
	g.Traits, g.Unlike, g.Hours = found.Traits, found.Unlike, found.Hours
	g.Seats = append(g.Seats, who.seat(on.Member))
	seat := g.seat(on.Member)
	seat.Told, seat.Came = true, who.now
	told, err := s.comesToYou(ctx, who, g, on.Member)
	if err != nil {
		return false, err
	}
	err = s.keepGroup(ctx, g, Parted{Came: []bot.MemberID{on.Member}}, told)
	return err == nil, err // after a conflict it is done anew, since they may have arrived
}
