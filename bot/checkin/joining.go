package checkin

import (
	"context"
	"slices"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

// find gives the check-in that a path is about.
func (s *Service) find(ctx context.Context, req *bot.Request) (CheckIn, error) {
	ci, err := s.schedule.Get(ctx, req.Member.Community, req.Params.Get("checkin"))
	if bot.CodeOf(err) == bot.NotFound {
		return ci, bot.Fail(bot.NotFound, s.say(req, "checkin.gone", bot.Str("command", req.Typed("/checkin answer"))))
	}
	return ci, err
}

// join lets a member take part from the next time on.
func (s *Service) join(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	ci, err := s.find(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	if ci.InChannel { // the invitation is older than that
		return bot.Say(s.say(req, "checkin.joined.channel", bot.Str("name", ci.Name),
			bot.Place("channel", ci.Channel, s.label(req.Member.Language, "checkin.channel")))), nil
	}
	now, err := s.store.Now(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	var e outbox.Effects
	if ci.Local {
		e.Jobs = []scheduler.Job{s.schedule.Relay(ci.Community, now)} // their zone may be new
	}
	if err := s.store.Join(ctx, ci.Community, ci.ID, Participant{Member: req.Member.ID, Account: req.Account, Since: now}, e); err != nil {
		return bot.Reply{}, err
	}
	in, err := s.places(&ci).of(ctx, req.Member)
	if err != nil {
		return bot.Reply{}, err
	}
	next := s.say(req, "checkin.joined.never")
	if o, ok := (rule.Track{Since: now}).Next(ci.Rule, in); ok {
		next = s.say(req, "checkin.joined.next", bot.At("when", s.comesTo(&ci, o, now, in, req.Member), req.Member.Zone, bot.DateTime))
	}
	if ci.Paused {
		next = s.say(req, "checkin.joined.paused")
	}
	return bot.Say(bot.Join("\n", bot.Join(" ", s.say(req, "checkin.joined", bot.Str("name", ci.Name)), next), s.sharing(req.Member.Language, &ci.Definition)),
		bot.Control{Label: s.label(req.Member.Language, "checkin.button.leave"), Path: leavePath + ci.ID}), nil
}

// comesTo is when a member hears of the occurrence that comes next: what asks them
// waits for their working hours.
func (s *Service) comesTo(ci *CheckIn, next rule.Occurrence, now time.Time, in rule.Place, m bot.Member) time.Time {
	reader, err := time.LoadLocation(m.Zone)
	if err != nil {
		return next.At
	}
	if at, ok := s.reaches(ci, now, in, reader); ok {
		return at
	}
	return next.At
}

// less says how to get less of a check-in.
func (s *Service) less(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	ci, err := s.find(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	lang := req.Member.Language
	return bot.Say(s.say(req, "checkin.less", bot.Str("name", ci.Name), bot.Str("rule", ci.Rule.Text(lang))),
		bot.Control{Label: s.label(lang, "checkin.button.leave"), Path: leavePath + ci.ID},
		bot.Control{Label: s.label(lang, "checkin.button.away"), Path: awayPath}), nil
}

// leave lets a member take part no longer.
func (s *Service) leave(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	ci, err := s.find(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	if err := s.store.Leave(ctx, ci.Community, ci.ID, req.Member.ID); err != nil {
		return bot.Reply{}, err
	}
	wrote, err := s.wrote(ctx, req.Member, ci.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	key := bot.Key("checkin.left")
	if wrote {
		key = "checkin.left.wrote"
	}
	return bot.Say(s.say(req, key, bot.Str("name", ci.Name)),
		bot.Control{Label: s.label(req.Member.Language, "checkin.button.join"), Path: joinPath + ci.ID}), nil
}

// wrote reports whether a member has answered a check-in by name.
func (s *Service) wrote(ctx context.Context, m bot.Member, checkIn string) (bool, error) {
	entries, err := s.store.Journal(ctx, m.Community, m.ID)
	return slices.ContainsFunc(entries, func(e Entry) bool { return e.CheckIn == checkIn }), err
}

// early opens the next occurrence for somebody before its time: they are not asked
// then.
func (s *Service) early(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	ci, err := s.find(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	now, err := s.store.Now(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	found, err := s.store.Standings(ctx, ci.Community, ci.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	st := &found[0]
	in, err := s.places(&ci).of(ctx, req.Member)
	if err != nil {
		return bot.Reply{}, err
	}
	o, ok := s.comes(&ci, now, in)
	if !ok {
		return bot.Say(s.say(req, "checkin.early.not", bot.Str("name", ci.Name), bot.Num("days", int(earliest/(24*time.Hour))))), nil
	}
	id := occurrenceID(ci.ID, o.Wall)
	if st.open(id) == nil {
		b := newBatch(now)
		if b.Opened[id], err = s.firstAsked(ctx, &ci, st, o.At, o.Wall); err != nil {
			return bot.Reply{}, err
		}
		st.opened(id, &ci.Definition, now, ci.closes(o.At, in, s.stretch))
		job, err := stepJob(Due{Community: ci.Community, CheckIn: ci.ID, At: now, Now: now})
		if err != nil {
			return bot.Reply{}, err
		}
		if err := s.store.Advance(ctx, st, b.Settled, outbox.Effects{Jobs: []scheduler.Job{job}}); err != nil && bot.CodeOf(err) != bot.Conflict {
			return bot.Reply{}, err
		}
	}
	sheet, err := s.store.Sheet(ctx, ci.Community, id, req.Member.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	return s.openForm(ctx, req, &sheet, 0)
}

// comes is the occurrence that comes next, if that is soon enough to answer it now.
func (s *Service) comes(ci *CheckIn, now time.Time, in rule.Place) (rule.Occurrence, bool) {
	for o := range ci.Rule.After(now, in) {
		if o.At.Sub(now) > earliest {
			break
		}
		if !o.Skipped && !o.Away {
			return o, true
		}
	}
	return rule.Occurrence{}, false
}
