package redis

import (
	"slices"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/bot/partner"
	"github.com/staffroom-bot/staffroom/bot/schedule"
	"github.com/staffroom-bot/staffroom/scheduler"
)

const mates = "01mates"

func (b *bench) partners() Partners { return Partners{b.store} }

func (b *bench) takesPart(members ...bot.MemberID) {
	b.Helper()
	for _, m := range members {
		b.ok(b.partners().Join(b.Context(), home, mates, partner.Participant{Member: m, Account: bottest.Account(string(m)), Since: noon}, time.Time{}, outbox.Effects{}))
	}
}

func groupFor(id string, members ...bot.MemberID) partner.Group {
	g := partner.Group{ID: id, Community: home, Round: 1, Stage: partner.Made}
	for _, m := range members {
		g.Seats = append(g.Seats, partner.Seat{Member: m, Account: bottest.Account(string(m)), State: partner.SeatOpen})
	}
	return g
}

// decided stores a round with one group of ana and joe; max is free.
func (b *bench) decided() partner.Standing {
	b.Helper()
	st := partner.Standing{ID: mates, Community: home, Round: 1, Open: true, Numbers: 3}
	b.ok(b.partners().Advance(b.Context(), &st, partner.Decision{
		Groups: []partner.Group{groupFor(mates+"-1-1", "01ana", "01joe")}, Numbers: map[int]bot.MemberID{1: "01ana", 2: "01joe", 3: "01max"},
		Waves: map[string]string{"1.0": "CAEC", "1.1": "BQ"}, Free: map[bot.MemberID]time.Time{"01max": noon}, Silent: map[bot.MemberID]int{"01ana": 1},
	}, outbox.Effects{}))
	return st
}

// partnersLife leaves something of each kind behind.
func (b *bench) partnersLife() {
	b.Helper()
	ctx, s := b.Context(), b.partners()
	b.takesPart("01ana", "01joe", "01max", "01luis")
	b.ok(s.Leave(ctx, home, mates, "01luis"))
	b.ok(s.KeepProfile(ctx, home, "01ana", partner.Profile{Teaches: []string{"math"}}))
	b.ok(s.SetApart(ctx, home, "01ana", "01max", partner.Blocks, true))
	b.ok(s.SetApart(ctx, home, "01joe", "01max", partner.Evaluation, true))
	st := b.decided()
	b.ok(s.KeepRest(ctx, home, mates, "01joe", partner.Rest{Paused: partner.OwnPause}, time.Time{}, outbox.Effects{}))
	b.ok(s.Advance(ctx, &st, partner.Decision{Past: &partner.Past{Round: 1}, Waves: map[string]string{"1.1": ""}, Free: map[bot.MemberID]time.Time{"01joe": noon}}, outbox.Effects{}))
	b.takesPart(ofAnne)
	b.ok(s.Follow(ctx, home, ofAnne, ofAna))
}

// seedPartners gives a place a program in whose round somebody is.
func (t *town) seedPartners(c bot.CommunityID, space bot.SpaceID, who bot.MemberID) {
	t.Helper()
	ctx, s := t.Context(), Partners{t.store}
	id, former, gone := string(c)+"pairs", bot.MemberID(c)+"2", bot.MemberID(c)+"gone"
	r := daily(id, 3)
	r.Community, r.Space, r.Kind, r.Paused = c, space, partner.SeriesKind, false
	r.Courses = map[string]schedule.Course{"America/New_York": {Settled: t.start, Next: t.start.Add(7 * time.Hour)}}
	_, err := t.schedules().NextNumber(ctx, c)
	t.ok(err)
	t.ok(t.schedules().Advance(ctx, &r, nil, outbox.Effects{Jobs: []scheduler.Job{
		{Group: string(c), ID: "series/" + r.ID, Kind: schedule.JobKind, Due: t.start.Add(7 * time.Hour), Payload: []byte(`{"series":"` + r.ID + `"}`)},
	}}))
	for _, m := range []bot.MemberID{who, former} {
		t.ok(s.Join(ctx, c, id, partner.Participant{Member: m, Account: bot.Account{Space: space, User: string(m)}, Since: t.start}, time.Time{}, outbox.Effects{}))
	}
	t.ok(s.KeepProfile(ctx, c, who, partner.Profile{Teaches: []string{"math"}}))
	t.ok(s.SetApart(ctx, c, who, gone, partner.Blocks, true))
	t.ok(s.SetApart(ctx, c, who, gone, partner.Evaluation, true))
	st := partner.Standing{ID: id, Community: c, Round: 1, Open: true, Numbers: 2}
	g := partner.Group{ID: id + "-1-1", Community: c, Round: 1, Stage: partner.Made}
	g.Seats = []partner.Seat{{Member: who, Account: bot.Account{Space: space, User: string(who)}, State: partner.SeatOpen}}
	t.ok(s.Advance(ctx, &st, partner.Decision{
		Groups: []partner.Group{g}, Numbers: map[int]bot.MemberID{1: who, 2: gone}, Waves: map[string]string{"1.0": "CAEC"},
		Free: map[bot.MemberID]time.Time{former: t.start}, Silent: map[bot.MemberID]int{who: 1}, Past: &partner.Past{Round: 1},
	}, outbox.Effects{}))
	t.ok(s.KeepRest(ctx, c, id, who, partner.Rest{Paused: partner.OwnPause}, time.Time{}, outbox.Effects{}))
}

func TestADecisionOfPartnersIsStoredOnceAndWhole(t *testing.T) {
	each(t, func(b *bench) {
		ctx, s := b.Context(), b.partners()
		b.takesPart("01ana", "01joe", "01max")
		st := b.decided()
		again := partner.Standing{ID: mates, Community: home, Round: 1}
		if err := s.Advance(ctx, &again, partner.Decision{Groups: []partner.Group{groupFor(mates+"-1-9", "01ana", "01max")}}, outbox.Effects{}); bot.CodeOf(err) != bot.Conflict {
			b.Errorf("a second decision: %v", err)
		}
		g, err := s.GroupOf(ctx, home, mates, "01ana")
		b.ok(err)
		if g.ID != mates+"-1-1" || g.Version != 1 {
			b.Errorf("%+v", g)
		}
		free, err := s.Free(ctx, home, mates)
		b.ok(err)
		if len(free) != 1 || !free["01max"].Equal(noon) {
			b.Errorf("free: %v", free)
		}

		// Max comes to the two, once.
		g.Seats = append(g.Seats, partner.Seat{Member: "01max", State: partner.SeatOpen})
		old := g
		b.ok(s.AdvanceGroup(ctx, &g, partner.Parted{Came: []bot.MemberID{"01max"}}, outbox.Effects{}))
		if err := s.AdvanceGroup(ctx, &old, partner.Parted{Left: []bot.MemberID{"01ana"}}, outbox.Effects{}); bot.CodeOf(err) != bot.Conflict {
			b.Errorf("an old group: %v", err)
		}
		b.ok(s.Advance(ctx, &st, partner.Decision{Taken: []bot.MemberID{"01max"}}, outbox.Effects{}))

		all, err := s.Groups(ctx, home, mates, "", 10)
		b.ok(err)
		if len(all) != 1 || len(all[0].Seats) != 3 {
			b.Errorf("%+v", all)
		}
		st.Open = false
		b.ok(s.Advance(ctx, &st, partner.Decision{Closed: all, Past: &partner.Past{Round: 1, Figures: partner.Figures{Met: 1}}}, outbox.Effects{}))
		if _, err := s.GroupOf(ctx, home, mates, "01max"); bot.CodeOf(err) != bot.NotFound {
			b.Errorf("the round is over: %v", err)
		}
		if err := s.AdvanceGroup(ctx, &g, partner.Parted{}, outbox.Effects{}); bot.CodeOf(err) != bot.Conflict {
			b.Errorf("a group of a round that is over comes back: %v", err)
		}
		past, err := s.PastRounds(ctx, home, mates, 5)
		b.ok(err)
		if len(past) != 1 || past[0].Round != 1 || past[0].Met != 1 {
			b.Errorf("%+v", past)
		}
		h, err := s.History(ctx, home, mates)
		b.ok(err)
		if len(h.Numbers) != 3 || h.Waves["1.0"] != "CAEC" {
			b.Errorf("%+v", h)
		}
	})
}

func TestTheRollOfPartners(t *testing.T) {
	each(t, func(b *bench) {
		ctx, s := b.Context(), b.partners()
		b.takesPart("01joe", "01ana", "01max")
		b.ok(s.KeepProfile(ctx, home, "01ana", partner.Profile{Teaches: []string{"math"}}))
		b.ok(s.SetApart(ctx, home, "01max", "01ana", partner.Blocks, true))
		b.ok(s.SetApart(ctx, home, "01ana", "01max", partner.Evaluation, true))
		b.ok(s.SetApart(ctx, home, "01ana", "01gone", partner.Blocks, true))
		b.ok(s.KeepRest(ctx, home, mates, "01joe", partner.Rest{Round: 4}, time.Time{}, outbox.Effects{}))
		roll, err := s.Roll(ctx, home, mates)
		b.ok(err)
		if len(roll.People) != 3 || roll.People[0].Member != "01ana" || roll.People[1].Rest.Round != 4 || roll.Profiles["01ana"].Teaches[0] != "math" {
			b.Errorf("%+v", roll)
		}
		if !slices.Equal(roll.Apart["01ana"], []bot.MemberID{"01max"}) || !slices.Equal(roll.Apart["01max"], []bot.MemberID{"01ana"}) || len(roll.Apart) != 2 {
			b.Errorf("%v", roll.Apart)
		}
		b.ok(s.SetApart(ctx, home, "01max", "01ana", partner.Blocks, false))
		b.takesPart("01joe") // again: they rest no longer
		roll, err = s.Roll(ctx, home, mates, "01joe", "01gone")
		b.ok(err)
		if len(roll.People) != 1 || roll.People[0].Rest != (partner.Rest{}) || !roll.People[0].Since.Equal(noon) {
			b.Errorf("%+v", roll)
		}
		apart, err := s.Apart(ctx, home, "01max")
		b.ok(err)
		if len(apart.Blocked) > 0 {
			b.Errorf("%+v", apart)
		}
	})
}

func TestWhoIsKeptApartFollowsALinkedAccount(t *testing.T) {
	each(t, func(b *bench) {
		ctx, s := b.Context(), b.partners()
		b.takesPart(ofAnne, "01joe")
		b.ok(s.KeepProfile(ctx, home, ofAnne, partner.Profile{School: "Lincoln"}))
		b.ok(s.SetApart(ctx, home, ofAnne, "01joe", partner.Blocks, true))
		b.ok(s.SetApart(ctx, home, "01max", ofAnne, partner.Blocks, true))
		st := partner.Standing{ID: mates, Community: home, Round: 1, Open: true}
		b.ok(s.Advance(ctx, &st, partner.Decision{Groups: []partner.Group{groupFor(mates+"-1-1", ofAnne, "01luis")}, Numbers: map[int]bot.MemberID{1: ofAnne}}, outbox.Effects{}))
		for range 2 { // it may be made again
			b.ok(s.Follow(ctx, home, ofAnne, ofAna))
		}
		want := func(m, other bot.MemberID) {
			b.Helper()
			p, err := s.Profile(ctx, home, m)
			b.ok(err)
			apart, err := s.Apart(ctx, home, m)
			b.ok(err)
			h, err := s.History(ctx, home, mates)
			b.ok(err)
			g, err := s.GroupOf(ctx, home, mates, m)
			b.ok(err)
			joined, err := s.Joined(ctx, home, m)
			b.ok(err)
			if p.School != "Lincoln" || !slices.Contains(apart.Blocked, "01joe") || h.Numbers[1] != m || g.Seats[0].Member != m || !slices.Equal(joined, []string{mates}) {
				b.Errorf("%s: %+v %+v %+v %+v %v", m, p, apart, h, g, joined)
			}
			if _, err := s.GroupOf(ctx, home, mates, other); bot.CodeOf(err) != bot.NotFound {
				b.Errorf("%s is in it too: %v", other, err)
			}
		}
		want(ofAna, ofAnne)
		if apart, err := s.Apart(ctx, home, "01max"); err != nil || !slices.Contains(apart.Blocked, ofAna) {
			b.Errorf("who blocked one account: %+v, %v", apart, err)
		}
		for range 2 {
			b.ok(s.GiveBack(ctx, home, ofAnne, ofAna))
		}
		want(ofAnne, ofAna)
		b.ok(s.Disband(ctx, home, mates))
		if _, err := s.GroupOf(ctx, home, mates, ofAnne); bot.CodeOf(err) != bot.NotFound {
			b.Errorf("it was removed: %v", err)
		}
	})
}
