package partner

import (
	"context"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// Holdings gives all that is kept about a member: what they have told, in which programs
// they take part, whom they are kept apart from by their own wish, and with whom they are in
// a group. The history holds numbers; that they are this member's ends with forgetting.
func (s *Service) Holdings(ctx context.Context, m bot.Member) ([]bot.Holding, error) {
	var all []bot.Holding
	for _, id := range m.IDs() {
		for _, part := range []func(context.Context, bot.Member, bot.MemberID) ([]bot.Holding, error){s.toldBy, s.joinedBy, s.apartBy} {
			some, err := part(ctx, m, id)
			if err != nil {
				return nil, err
			}
			all = append(all, some...)
		}
	}
	return all, nil
}

func (s *Service) toldBy(ctx context.Context, m bot.Member, id bot.MemberID) ([]bot.Holding, error) {
	p, err := s.store.Profile(ctx, m.Community, id)
	if err != nil {
		return nil, err
	}
	var all []bot.Holding
	for _, line := range s.profileLines(m.Language, &p) {
		all = append(all, bot.Holding{Part: "partner.part.profile", Text: line.String()})
	}
	return all, nil
}

func (s *Service) joinedBy(ctx context.Context, m bot.Member, id bot.MemberID) ([]bot.Holding, error) {
	joined, err := s.store.Joined(ctx, m.Community, id)
	if err != nil {
		return nil, err
	}
	var all []bot.Holding
	for _, program := range joined {
		p, err := s.schedule.Get(ctx, m.Community, program)
		if bot.CodeOf(err) == bot.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		roll, err := s.store.Roll(ctx, m.Community, program, id)
		if err != nil {
			return nil, err
		}
		since := time.Time{}
		for _, one := range roll.People {
			since = one.Since
		}
		all = append(all, bot.Holding{Part: "partner.part.joined", About: p.Name, At: since, Text: s.label(m.Language, "partner.part.joined.text", bot.Str("rule", p.Rule.Text(m.Language)))})
		g, err := s.store.GroupOf(ctx, m.Community, program, id)
		if bot.CodeOf(err) == bot.NotFound || err == nil && g.Stage == Made {
			continue
		}
		if err != nil {
			return nil, err
		}
		if seat := g.seat(id); seat != nil {
			all = append(all, s.relayBy(m, &p, &g, seat)...)
			all = append(all, bot.Holding{Part: "partner.part.group", About: p.Name, At: g.Introduced, Text: s.label(m.Language, bot.Key("partner.seat."+string(seat.State)))})
		}
	}
	return all, nil
}

// relayBy says whether messages are passed on, how many of a member's were, and what of theirs
// waits for somebody's morning.
func (s *Service) relayBy(m bot.Member, p *Program, g *Group, seat *Seat) []bot.Holding {
	if !seat.Agrees && seat.Passed == 0 {
		return nil
	}
	key := bot.Key("partner.part.relay.agreed")
	switch {
	case g.passesOn():
		key = "partner.part.relay.on"
	case !seat.Agrees:
		key = "partner.part.relay.off"
	}
	all := []bot.Holding{{Part: "partner.part.relay", About: p.Name, At: g.Relay.On, Text: s.label(m.Language, key, bot.Count("n", seat.Passed))}}
	for _, w := range g.Relay.Waiting {
		if w.By == seat.Member {
			all = append(all, bot.Holding{Part: "partner.part.relay.waiting", About: p.Name, At: w.At, Text: w.Item.Post.Message.Text.String()})
		}
	}
	return all
}

func (s *Service) apartBy(ctx context.Context, m bot.Member, id bot.MemberID) ([]bot.Holding, error) {
	apart, err := s.store.Apart(ctx, m.Community, id)
	if err != nil {
		return nil, err
	}
	var all []bot.Holding
	for _, why := range []Reason{Blocks, Evaluation} {
		of := apart.of(why)
		names, err := s.people.Names(ctx, m.Community, of)
		if err != nil {
			return nil, err
		}
		for _, other := range of {
			all = append(all, bot.Holding{Part: "partner.part.apart", Text: s.label(m.Language, bot.Key("partner.apart."+string(why)+".line"), bot.Str("name", s.called(m.Language, names[other])))})
		}
	}
	return all, nil
}

// Forget forgets all that Holdings gives. Partners hear what everybody hears who loses one.
func (s *Service) Forget(ctx context.Context, p bot.Parting) error {
	c := p.Member.Community
	for _, id := range p.Member.IDs() {
		joined, err := s.store.Joined(ctx, c, id)
		if err != nil {
			return err
		}
		m := p.Member
		m.ID, m.Name = id, "" // what waits to be told to others must not name them
		for _, program := range joined {
			in, err := s.schedule.Get(ctx, c, program)
			if bot.CodeOf(err) == bot.NotFound {
				continue
			}
			if err != nil {
				return err
			}
			if _, err := s.part(ctx, &in, m, SeatGone, false, ""); err != nil {
				return err
			}
		}
		if err := s.store.Forget(ctx, c, id); err != nil {
			return err
		}
	}
	return nil
}
