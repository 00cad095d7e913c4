package partner

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// join lets a member take part, or shows what is known of who takes part already.
func (s *Service) join(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	all, joined, err := s.chosen(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	others := slices.DeleteFunc(slices.Clone(all), func(p Program) bool { return slices.Contains(joined, p.ID) })
	switch {
	case len(all) == 0:
		return bot.Say(s.say(req, "partner.none")), nil
	case len(others) == 0:
		return s.me(ctx, req)
	case len(others) == 1:
		return s.enter(ctx, req, &others[0])
	default:
		return s.which(req, others, joinPath), nil
	}
}

// joinOne is join by a control.
func (s *Service) joinOne(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	p, err := s.find(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	return s.enter(ctx, req, &p)
}

// enter lets a member into a program, once they have told what everybody tells.
func (s *Service) enter(ctx context.Context, req *bot.Request, p *Program) (bot.Reply, error) {
	profile, err := s.store.Profile(ctx, req.Member.Community, req.Member.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	if !profile.told() {
		return s.aboutForm(req, &profile, toldPath+p.ID, true), nil
	}
	return s.takePart(ctx, req, p)
}

// told takes the form of joining.
func (s *Service) told(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	p, err := s.find(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	profile, err := s.store.Profile(ctx, req.Member.Community, req.Member.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	if faults := s.readAbout(req, &profile); len(faults) > 0 {
		return bot.Reply{FieldErrors: faults}, nil
	}
	if free := slotsIn(req.Value("free")); len(free) > 0 {
		profile.Free = free
	}
	if err := s.store.KeepProfile(ctx, req.Member.Community, req.Member.ID, profile); err != nil {
		return bot.Reply{}, err
	}
	return s.takePart(ctx, req, &p)
}

// takePart lets a member take part from now on: in the round that is under way, if it goes
// on for long enough.
func (s *Service) takePart(ctx context.Context, req *bot.Request, p *Program) (bot.Reply, error) {
	now, soon, free, e, err := s.comes(ctx, req, p)
	if err != nil {
		return bot.Reply{}, err
	}
	one := Participant{Member: req.Member.ID, Account: req.Account, Since: now}
	if err := s.store.Join(ctx, p.Community, p.ID, one, free, e); err != nil {
		return bot.Reply{}, err
	}
	when, err := s.whenNext(ctx, req, p, now, soon)
	if err != nil {
		return bot.Reply{}, err
	}
	return bot.Say(bot.Join("\n", bot.Join(" ", s.say(req, "partner.joined", bot.Str("name", p.Name)), when), s.say(req, "partner.joined.knows")),
		s.button(req, "partner.button.more", morePath), s.button(req, "partner.button.me", mePath), s.button(req, "partner.button.leave", leavePath+p.ID)), nil
}

// comes finds out whether a member who comes now, or comes back, gets a partner in the round
// that is under way: then they are free.
func (s *Service) comes(ctx context.Context, req *bot.Request, p *Program) (now time.Time, soon bool, free time.Time, e outbox.Effects, err error) {
	if now, err = s.store.Now(ctx); err != nil {
		return now, soon, free, e, err
	}
	_, err = s.store.GroupOf(ctx, p.Community, p.ID, req.Member.ID)
	if bot.CodeOf(err) != bot.NotFound {
		return now, soon, free, e, err // they have a partner
	}
	st, err := s.store.Standing(ctx, p.Community, p.ID)
	if err != nil {
		return now, soon, free, e, err
	}
	if soon, e, err = s.waits(ctx, p, &st, now); err == nil && soon {
		free = now
	}
	return now, soon, free, e, err
}

// whenNext says when somebody gets a partner.
func (s *Service) whenNext(ctx context.Context, req *bot.Request, p *Program, now time.Time, soon bool) (bot.Text, error) {
	if soon {
		return s.say(req, "partner.soon"), nil
	}
	in, err := s.at(ctx, p)
	if err != nil {
		return nil, err
	}
	if at, ok := coming(p, now, in); ok && !p.Paused {
		return s.say(req, "partner.next", bot.At("when", at, req.Member.Zone, bot.DateTime)), nil
	}
	return s.say(req, "partner.next.never"), nil
}

// leave lets a member take part no longer.
func (s *Service) leave(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	all, joined, err := s.chosen(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	all = slices.DeleteFunc(all, func(p Program) bool { return !slices.Contains(joined, p.ID) })
	switch len(all) {
	case 0:
		return bot.Say(s.say(req, "partner.not_in")), nil
	case 1:
		return s.goes(ctx, req, &all[0])
	default:
		return s.which(req, all, leavePath), nil
	}
}

func (s *Service) leaveOne(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	p, err := s.find(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	return s.goes(ctx, req, &p)
}

// goes ends that a member takes part. Only then is their group looked at: one that is made
// meanwhile finds that they take part no longer.
func (s *Service) goes(ctx context.Context, req *bot.Request, p *Program) (bot.Reply, error) {
	if err := s.store.Leave(ctx, p.Community, p.ID, req.Member.ID); err != nil {
		return bot.Reply{}, err
	}
	if _, err := s.part(ctx, p, req.Member, SeatGone, false, req.Input); err != nil {
		return bot.Reply{}, err
	}
	return bot.Say(s.say(req, "partner.left", bot.Str("name", p.Name)), s.button(req, "partner.button.join", joinPath+p.ID)), nil
}

// resting is a change of whether a member rests in a program that they take part in.
func (s *Service) resting(ctx context.Context, req *bot.Request, change func(p *Program, r *Rest) (bot.Reply, error)) (bot.Reply, error) {
	p, err := s.find(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	roll, err := s.store.Roll(ctx, p.Community, p.ID, req.Member.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	if len(roll.People) == 0 {
		return bot.Say(s.say(req, "partner.not_in"), s.button(req, "partner.button.join", joinPath+p.ID)), nil
	}
	return change(&p, &roll.People[0].Rest)
}

// sitOut lets a member sit a round out.
func (s *Service) sitOut(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return s.resting(ctx, req, func(p *Program, r *Rest) (bot.Reply, error) {
		r.Round, _ = strconv.Atoi(req.Params.Get("round")) // we made it
		if err := s.store.KeepRest(ctx, p.Community, p.ID, req.Member.ID, *r, time.Time{}, outbox.Effects{}); err != nil {
			return bot.Reply{}, err
		}
		return bot.Say(s.say(req, "partner.sits_out", bot.Str("name", p.Name)), s.button(req, "partner.button.back", backPath+p.ID)), nil
	})
}

// pause lets a member be introduced to nobody until they say so. Who has a partner keeps
// them.
func (s *Service) pause(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return s.resting(ctx, req, func(p *Program, r *Rest) (bot.Reply, error) {
		r.Paused = OwnPause
		if err := s.store.KeepRest(ctx, p.Community, p.ID, req.Member.ID, *r, time.Time{}, outbox.Effects{}); err != nil {
			return bot.Reply{}, err
		}
		return bot.Say(s.say(req, "partner.paused", bot.Str("name", p.Name)), s.button(req, "partner.button.back", backPath+p.ID)), nil
	})
}

// back ends that a member rests.
func (s *Service) back(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return s.resting(ctx, req, func(p *Program, _ *Rest) (bot.Reply, error) {
		now, soon, free, e, err := s.comes(ctx, req, p)
		if err != nil {
			return bot.Reply{}, err
		}
		if err := s.store.KeepRest(ctx, p.Community, p.ID, req.Member.ID, Rest{}, free, e); err != nil {
			return bot.Reply{}, err
		}
		when, err := s.whenNext(ctx, req, p, now, soon)
		return bot.Say(bot.Join(" ", s.say(req, "partner.back", bot.Str("name", p.Name)), when)), err
	})
}

// less says how to get less of a program.
func (s *Service) less(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	p, err := s.find(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	return bot.Say(s.say(req, "partner.less", bot.Str("name", p.Name), bot.Str("rule", p.Rule.Text(req.Member.Language))),
		s.button(req, "partner.button.pause", pausePath+p.ID), s.button(req, "partner.button.leave", leavePath+p.ID), s.button(req, "partner.button.away", awayPath)), nil
}
