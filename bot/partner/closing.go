package partner

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// close ends the round that is under way: the named point of that name. What came of its
// groups is counted, and they are forgotten, a page at a time: those of a page are not
// found again.
func (s *Service) close(ctx context.Context, p *Program, st *Standing, now time.Time) error {
	signs, err := s.signs(ctx, p, st)
	if err != nil {
		return err
	}
	for st.Open {
		page, err := s.store.Groups(ctx, p.Community, p.ID, "", groupsAtOnce)
		if err != nil {
			return err
		}
		d := Decision{Closed: page}
		var e outbox.Effects
		if len(page) > 0 {
			history, err := s.store.History(ctx, p.Community, p.ID)
			if err != nil {
				return err
			}
			if d.Waves, err = history.noteMet(st.Round, page); err != nil {
				return err
			}
		}
		if e.Posts, err = s.silence(ctx, p, st, page, signs, &d, now); err != nil {
			return err
		}
		for i := range page {
			if page[i].met() {
				st.Figures.Met++
			}
			e.Cancel = append(e.Cancel, groupJobID(&page[i]), RelayJobID(page[i].ID))
			e.Withdraw = append(e.Withdraw, page[i].notices()...)
			e.Posts = append(e.Posts, page[i].waited(now, true)...) // what was written in the round still comes
		}
		if st.Open = len(page) == groupsAtOnce; !st.Open {
			if err := s.freeNobody(ctx, p, &d); err != nil {
				return err
			}
			st.Figures.Left = len(d.Taken)
			d.Past = &Past{Round: st.Round, Began: st.Began, Figures: st.Figures}
			st.Joining = nil
		}
		if err := s.store.Advance(ctx, st, d, e); err != nil {
			return err
		}
	}
	return nil
}

// signs are those who gave a sign in the round, in any of its groups: somebody may have been
// in several, which are not all closed at once.
func (s *Service) signs(ctx context.Context, p *Program, st *Standing) (map[bot.MemberID]bool, error) {
	signs := map[bot.MemberID]bool{}
	if !st.Open {
		return signs, nil
	}
	err := s.everyGroup(ctx, p, func(g *Group) {
		met := g.met()
		for i := range g.Seats {
			if seat := &g.Seats[i]; !seat.Heard.IsZero() || !g.sign(seat).IsZero() || met && seat.there() {
				signs[seat.Member] = true
			}
		}
	})
	return signs, err
}

// mostSilent is after how many rounds in a row without a sign somebody pauses.
const mostSilent = 2

// silence counts for how many rounds people have given no sign, and lets those pause who
// gave none twice. Only who was asked can be silent.
func (s *Service) silence(ctx context.Context, p *Program, st *Standing, page []Group, signs map[bot.MemberID]bool, d *Decision, now time.Time) ([]outbox.Item, error) {
	d.Silent, d.Rest = map[bot.MemberID]int{}, map[bot.MemberID]Rest{}
	var quiet []bot.MemberID
	for i := range page {
		for _, seat := range page[i].Seats {
			asked := seat.Quiet || seat.State == SeatOpen && page[i].Stage == Asked
			switch {
			case signs[seat.Member]:
				d.Silent[seat.Member] = 0
			case seat.Told && asked:
				quiet = append(quiet, seat.Member)
			}
		}
	}
	if len(quiet) == 0 {
		return nil, nil
	}
	slices.Sort(quiet)
	quiet = slices.Compact(quiet)
	st.Figures.Silent += len(quiet)
	who, err := s.gather(ctx, p, &Standing{}, st.Round, now, quiet...)
	if err != nil {
		return nil, err
	}
	var posts []outbox.Item
	for _, m := range quiet {
		one := who.people[m]
		switch {
		case one == nil: // they take part no longer
		case one.Silent+1 < mostSilent || one.Rest.Paused != NotPaused:
			d.Silent[m] = one.Silent + 1
		default:
			d.Silent[m] = 0 // if they come back, they begin anew
			d.Rest[m] = Rest{Paused: Quiet, Round: one.Rest.Round}
			posts = append(posts, s.pausesFor(who, m))
		}
	}
	return posts, nil
}

// pausesFor tells somebody that a program pauses for them.
func (s *Service) pausesFor(who *pool, m bot.MemberID) outbox.Item {
	lang := who.members[m].Language
	return s.toOne(who, m, "pause/"+strconv.Itoa(who.round), s.words.Text(lang, "partner.silent", bot.Str("name", who.program.Name)),
		bot.Control{Label: s.label(lang, "partner.button.stay_in"), Path: backPath + who.program.ID, Style: bot.Primary},
		bot.Control{Label: s.label(lang, "partner.button.leave"), Path: leavePath + who.program.ID})
}

// freeNobody ends that people are free: the next round is for everybody.
func (s *Service) freeNobody(ctx context.Context, p *Program, d *Decision) error {
	free, err := s.store.Free(ctx, p.Community, p.ID)
	for m := range free {
		d.Taken = append(d.Taken, m)
	}
	return err
}
