package partner

import (
	"context"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// placing is a group in which a member is, with its program.
type placing struct {
	Group
	program Program
}

// groupsOf are the groups in which a member is; of one that nobody has heard of yet
// nothing is said.
func (s *Service) groupsOf(ctx context.Context, req *bot.Request) ([]placing, error) {
	joined, err := s.store.Joined(ctx, req.Member.Community, req.Member.ID)
	if err != nil {
		return nil, err
	}
	var out []placing
	for _, id := range joined {
		g, err := s.store.GroupOf(ctx, req.Member.Community, id, req.Member.ID)
		if bot.CodeOf(err) == bot.NotFound || err == nil && (g.Stage == Made || len(g.others(req.Member.ID)) == 0) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if named := req.Params.Get("group"); named != "" && named != g.ID {
			continue
		}
		p, err := s.schedule.Get(ctx, req.Member.Community, id)
		if bot.CodeOf(err) == bot.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, placing{g, p})
	}
	return out, nil
}

// each says something of each of a member's groups; of none, when they get one.
func (s *Service) each(ctx context.Context, req *bot.Request, of func(g *placing, who *pool, names map[bot.MemberID]string) (bot.Text, []bot.Control)) (bot.Reply, error) {
	groups, err := s.groupsOf(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	if len(groups) == 0 {
		return s.partnerless(ctx, req)
	}
	now, err := s.store.Now(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	var lines []bot.Text
	var controls []bot.Control
	for i := range groups {
		g := &groups[i]
		who, err := s.gather(ctx, &g.program, &Standing{}, g.Round, now, membersOf(&g.Group)...)
		if err != nil {
			return bot.Reply{}, err
		}
		names, err := s.names(ctx, &g.Group)
		if err != nil {
			return bot.Reply{}, err
		}
		text, some := of(g, who, names)
		lines, controls = append(lines, text), append(controls, some...)
	}
	return bot.Say(bot.Join("\n\n", lines...), controls...), nil
}

// partnerless says when a member gets a partner who has none.
func (s *Service) partnerless(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	all, joined, err := s.chosen(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	now, err := s.store.Now(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	var lines []bot.Text
	var controls []bot.Control
	for i := range all {
		p := &all[i]
		roll, err := s.store.Roll(ctx, p.Community, p.ID, req.Member.ID)
		if err != nil {
			return bot.Reply{}, err
		}
		name := bot.Str("name", p.Name)
		switch {
		case len(roll.People) == 0:
			continue
		case roll.People[0].Rest.Paused != NotPaused:
			lines = append(lines, s.say(req, "partner.current.paused", name))
			controls = append(controls, s.button(req, "partner.button.back", backPath+p.ID))
			continue
		}
		free, err := s.store.Free(ctx, p.Community, p.ID)
		if err != nil {
			return bot.Reply{}, err
		}
		_, soon := free[req.Member.ID]
		when, err := s.whenNext(ctx, req, p, now, soon)
		if err != nil {
			return bot.Reply{}, err
		}
		lines = append(lines, bot.Join(" ", s.say(req, "partner.current.none", name), when))
	}
	if len(joined) == 0 || len(lines) == 0 {
		return bot.Say(s.say(req, "partner.not_in_any", bot.Str("command", req.Typed("/partner join")))), nil
	}
	return bot.Say(bot.Join("\n", lines...), controls...), nil
}

// current shows who somebody's partner is.
func (s *Service) current(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return s.each(ctx, req, func(g *placing, who *pool, names map[bot.MemberID]string) (bot.Text, []bot.Control) {
		lang := req.Member.Language
		text := bot.Join(" ",
			s.say(req, s.by(&g.Group, "current"), append(s.namesOf(lang, names, req.Member.ID, &g.Group), bot.Str("program", g.program.Name))...),
			s.shares(lang, who.profile(req.Member.ID), &g.Group), s.suits(lang, who, &g.Group, req.Member.ID))
		return text, append(append(s.timeControls(lang, who, &g.Group),
			s.metButton(lang, &g.Group), s.button(req, "partner.button.cant", cantPath+g.ID), s.button(req, "partner.button.swap", otherPath+g.ID), s.button(req, "partner.button.why", whyPath+g.ID),
		), s.relayControls(lang, &g.Group, req.Member.ID, names)...)
	})
}

// why says why somebody was introduced to their partner: in good reasons only.
func (s *Service) why(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return s.each(ctx, req, func(g *placing, who *pool, names map[bot.MemberID]string) (bot.Text, []bot.Control) {
		lang := req.Member.Language
		return bot.Join(" ",
			s.say(req, s.by(&g.Group, "why"), s.namesOf(lang, names, req.Member.ID, &g.Group)...),
			s.shares(lang, who.profile(req.Member.ID), &g.Group), s.suits(lang, who, &g.Group, req.Member.ID),
			s.say(req, bot.Key("partner.why.style."+string(g.program.Style))), s.say(req, "partner.why.new")), nil
	})
}

// askSwap asks once whether somebody else is to be looked for.
func (s *Service) askSwap(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return s.each(ctx, req, func(g *placing, _ *pool, names map[bot.MemberID]string) (bot.Text, []bot.Control) {
		return s.say(req, s.by(&g.Group, "swap.ask"), s.namesOf(req.Member.Language, names, req.Member.ID, &g.Group)...),
			[]bot.Control{s.button(req, "partner.button.swap.yes", swapPath+g.ID)}
	})
}

// swap looks for somebody else.
func (s *Service) swap(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return s.out(ctx, req, true, "swapped")
}

// cant says that it does not come to it this time.
func (s *Service) cant(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return s.out(ctx, req, false, "cant.done")
}

// out releases a member from the group that a path is about. again looks for somebody else.
func (s *Service) out(ctx context.Context, req *bot.Request, again bool, done string) (bot.Reply, error) {
	groups, err := s.groupsOf(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	if len(groups) == 0 {
		return s.outOfNone(ctx, req, again)
	}
	names, err := s.names(ctx, &groups[0].Group)
	if err != nil {
		return bot.Reply{}, err
	}
	found, err := s.part(ctx, &groups[0].program, req.Member, SeatOut, again, req.Input)
	if err != nil {
		return bot.Reply{}, err
	}
	if !found { // the others were quicker
		return s.outOfNone(ctx, req, again)
	}
	return bot.Say(s.say(req, s.by(&groups[0].Group, done), s.namesOf(req.Member.Language, names, req.Member.ID, &groups[0].Group)...)), nil
}

// outOfNone is out of somebody whose group is over. Whoever cannot make it, and was left over
// by another who could not either, is not looked for a partner any more in this round.
func (s *Service) outOfNone(ctx context.Context, req *bot.Request, again bool) (bot.Reply, error) {
	c, m := req.Member.Community, req.Member.ID
	g, err := s.store.Group(ctx, c, req.Params.Get("group"))
	if gone := bot.CodeOf(err) == bot.NotFound; gone || err == nil && (again || g.seat(m) == nil) {
		return bot.Say(s.say(req, "partner.over")), nil
	}
	if err != nil {
		return bot.Reply{}, err
	}
	free, err := s.store.Free(ctx, c, g.program())
	if err != nil {
		return bot.Reply{}, err
	}
	if _, waits := free[m]; !waits {
		return bot.Say(s.say(req, "partner.over")), nil
	}
	p, err := s.schedule.Get(ctx, c, g.program())
	if bot.CodeOf(err) == bot.NotFound {
		return bot.Say(s.say(req, "partner.over")), nil
	}
	if err != nil {
		return bot.Reply{}, err
	}
	roll, err := s.store.Roll(ctx, c, p.ID, m)
	if err != nil {
		return bot.Reply{}, err
	}
	for _, one := range roll.People {
		one.Rest.Round = g.Round
		if err := s.store.KeepRest(ctx, c, p.ID, m, one.Rest, time.Time{}, outbox.Effects{}); err != nil {
			return bot.Reply{}, err
		}
	}
	return bot.Say(s.say(req, "partner.sits_out", bot.Str("name", p.Name)), s.button(req, "partner.button.back", backPath+p.ID)), nil
}
