package partner

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// What follows these paths is a group.
const (
	relayPath      = "/partner/relay/"
	relayAgreePath = "/partner/relay-agree/"
	relayWritePath = "/partner/relay-write/"
	relaySendPath  = "/partner/relay-send/"
	relayStopPath  = "/partner/relay-stop/"
)

// messageField is the one field of the form in which somebody writes to their group. Nothing
// else that anybody types is passed on: it could be for themselves alone.
const messageField = "message"

// relayed makes a step in the group that a path is about; again if it was overtaken. step
// says whether it changes anything.
func (s *Service) relayed(ctx context.Context, req *bot.Request, step func(r *relaying, seat *Seat) (reply bot.Reply, changes bool)) (bot.Reply, error) {
	var reply bot.Reply
	var err error
	for range conflictTries {
		if reply, err = s.relayedOnce(ctx, req, step); bot.CodeOf(err) != bot.Conflict {
			break
		}
	}
	if errors.Is(err, outbox.ErrRepeated) {
		return reply, nil // it had its effect the first time
	}
	return reply, err
}

func (s *Service) relayedOnce(ctx context.Context, req *bot.Request, step func(*relaying, *Seat) (bot.Reply, bool)) (bot.Reply, error) {
	groups, err := s.groupsOf(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	if len(groups) == 0 || !groups[0].spread() {
		return s.unsaid(req, s.say(req, "partner.relay.off")), nil
	}
	now, err := s.store.Now(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	r, err := s.relaying(ctx, &groups[0].program, &groups[0].Group, now)
	if err != nil {
		return bot.Reply{}, err
	}
	r.effects.Input = req.Input
	if on := r.passesOn(); !s.hold(r) {
		why := bot.Key("partner.relay.not_now")
		if on {
			why = "partner.relay.off"
		}
		return s.unsaid(req, s.say(req, why)), s.keepRelay(ctx, r)
	}
	reply, changes := step(r, r.seat(req.Member.ID))
	if !changes {
		return reply, nil
	}
	return reply, s.keepRelay(ctx, r)
}

// unsaid says why something was not done. What somebody has written stays in their form.
func (s *Service) unsaid(req *bot.Request, why bot.Text) bot.Reply {
	if _, written := req.Values[messageField]; written {
		return bot.Reply{FieldErrors: map[string]bot.Text{messageField: why}}
	}
	return bot.Say(why)
}

// askRelay says what it means that messages are passed on, and asks to agree.
func (s *Service) askRelay(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return s.relayed(ctx, req, func(r *relaying, seat *Seat) (bot.Reply, bool) {
		if r.passesOn() || seat.Agrees {
			return s.agreed(req, r, seat), false
		}
		return bot.Say(s.relayText(r, seat.Member, req.Member.Language, "ask"), bot.Control{
			Label: s.label(req.Member.Language, "partner.button.relay.agree"), Path: relayAgreePath + r.ID, Style: bot.Primary,
		}), false
	})
}

// agreeRelay notes that a member agrees. When all do, messages are passed on; until then the
// others are told once that somebody would like it.
func (s *Service) agreeRelay(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return s.relayed(ctx, req, func(r *relaying, seat *Seat) (bot.Reply, bool) {
		if r.passesOn() || seat.Agrees {
			return s.agreed(req, r, seat), false
		}
		seat.Agrees = true
		r.takes(seat, noticeWish)
		all := true
		for _, other := range r.here() {
			all = all && other.Agrees
		}
		if all {
			r.Relay.On, r.Relay.Last = r.who.now, !r.course.last.After(r.who.now)
		}
		for _, other := range r.others(seat.Member) {
			lang := r.who.members[other.Member].Language
			switch {
			case all:
				s.relayNews(r, other, "on", s.relayControls(lang, r.Group, other.Member, r.names)...)
			case !other.Agrees:
				text := s.words.Text(lang, s.by(r.Group, "relay.wish"), bot.Str("name", s.called(lang, r.names[seat.Member])))
				wish := s.unasked(r.who, r.Group, other, noticeWish, text, s.relayControls(lang, r.Group, other.Member, r.names)...)
				r.effects.Posts = append(r.effects.Posts, wish)
			}
		}
		return s.agreed(req, r, seat), true
	})
}

// agreed says how it is when a member has agreed.
func (s *Service) agreed(req *bot.Request, r *relaying, seat *Seat) bot.Reply {
	lang := req.Member.Language
	if r.passesOn() {
		return bot.Say(s.relayText(r, seat.Member, lang, "on"), s.relayControls(lang, r.Group, seat.Member, r.names)...)
	}
	return bot.Say(s.relayText(r, seat.Member, lang, "agreed"), s.button(req, "partner.button.relay.take_back", relayStopPath+r.ID))
}

// relayControls are what somebody can do about passing messages on in their group.
func (s *Service) relayControls(lang string, g *Group, m bot.MemberID, names map[bot.MemberID]string) []bot.Control {
	switch {
	case !g.spread():
		return nil
	case !g.passesOn():
		return []bot.Control{{Label: s.label(lang, "partner.button.relay"), Path: relayPath + g.ID}}
	}
	label := s.label(lang, "partner.button.relay.write.both")
	if others := g.others(m); len(others) == 1 {
		label = s.label(lang, "partner.button.relay.write", bot.Str("name", bot.Shorten(s.called(lang, names[others[0].Member]), 40)))
	}
	return []bot.Control{{Label: label, Path: relayWritePath + g.ID, Style: bot.Primary}, s.stopButton(lang, g)}
}

func (s *Service) stopButton(lang string, g *Group) bot.Control {
	return bot.Control{Label: s.label(lang, "partner.button.relay.stop"), Path: relayStopPath + g.ID}
}

// relayOffer says of a group in different places that messages can be passed on.
func (s *Service) relayOffer(lang string, g *Group) bot.Text {
	if !g.spread() {
		return nil
	}
	return s.words.Text(lang, s.by(g, "relay.offer"))
}

// write opens the form in which a member writes to their group.
func (s *Service) write(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return s.relayed(ctx, req, func(r *relaying, seat *Seat) (bot.Reply, bool) {
		if no, may := s.mayPass(req, r); !may {
			return bot.Say(no), false
		}
		lang := req.Member.Language
		return bot.Ask(bot.Form{
			Title: s.label(lang, "partner.relay.form"), Path: relaySendPath + r.ID, Submit: s.label(lang, "partner.relay.form.submit"),
			Fields: []bot.Field{{
				Name: messageField, Label: s.relayText(r, seat.Member, lang, "form.to").String(), Hint: s.label(lang, "partner.relay.form.hint"), Long: true, Max: mostMessage,
			}},
		}), false
	})
}

// mayPass reports whether one more message may be passed on today, or says why not.
func (s *Service) mayPass(req *bot.Request, r *relaying) (bot.Text, bool) {
	switch {
	case !r.passesOn():
		return s.say(req, "partner.relay.off"), false
	case r.Relay.Day == r.today() && r.Relay.Today >= mostPassed:
		return s.say(req, "partner.relay.enough", bot.Num("most", mostPassed)), false
	}
	return nil, true
}

// today is the day where the program is.
func (r *relaying) today() string {
	loc, err := time.LoadLocation(r.program.Zone)
	if err != nil {
		loc = time.UTC
	}
	return r.who.now.In(loc).Format(time.DateOnly)
}

// pass passes on what a member has written.
func (s *Service) pass(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	typed := strings.TrimSpace(req.Value(messageField))
	return s.relayed(ctx, req, func(r *relaying, seat *Seat) (bot.Reply, bool) {
		if no, may := s.mayPass(req, r); !may {
			return s.unsaid(req, no), false
		}
		if n := utf8.RuneCountInString(typed); n == 0 || n > mostMessage {
			return s.unsaid(req, s.say(req, "partner.relay.form.fault", bot.Num("most", mostMessage))), false
		}
		if today := r.today(); r.Relay.Day != today {
			r.Relay.Day, r.Relay.Today = today, 0
		}
		r.Relay.Today++
		r.Relay.Number++
		seat.Passed++
		for _, other := range r.others(seat.Member) {
			lang := r.who.members[other.Member].Language
			from := []bot.Arg{
				bot.Str("name", s.called(lang, r.names[seat.Member])), bot.Str("place", r.places[seat.Account.Space]), bot.Str("text", typed),
			}
			r.comes(other, seat.Member, outbox.Item{
				Fleeting: &outbox.Fleeting{Instead: s.words.Text(lang, "partner.relay.lost", from[0])},
				Post: bot.Post{Message: bot.Message{Text: s.words.Text(lang, "partner.relay.message", from...), Controls: []bot.Control{
					{Label: s.label(lang, "partner.button.relay.answer"), Path: relayWritePath + r.ID, Style: bot.Primary}, s.stopButton(lang, r.Group),
				}}},
			})
		}
		lang := req.Member.Language
		return bot.Say(s.relayText(r, seat.Member, lang, "sent"), s.relayControls(lang, r.Group, seat.Member, r.names)...), true
	})
}

// stopRelay ends it, or takes back that a member has agreed. Among three nobody is told who
// it was.
func (s *Service) stopRelay(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return s.relayed(ctx, req, func(r *relaying, seat *Seat) (bot.Reply, bool) {
		reply := bot.Say(s.say(req, "partner.relay.off"))
		switch {
		case r.passesOn():
			r.EndRelay()
			for _, other := range r.others(seat.Member) {
				s.relayNews(r, other, "stopped")
			}
			return reply, true
		case seat.Agrees:
			seat.Agrees = false
			r.takesWishes()
			return reply, true
		}
		return reply, false
	})
}
