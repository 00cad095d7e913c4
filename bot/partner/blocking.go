package partner

import (
	"context"
	"strings"

	"github.com/staffroom-bot/staffroom/bot"
)

const (
	apartPath    = "/partner/apart/"      // and the reason
	fromPath     = "/partner/apart-from/" // and the member
	notPath      = "/partner/apart-not/"
	personOption = "person"
)

// mostApart is how many people have a button each.
const mostApart = 12

// block blocks somebody, or shows who is blocked.
func (s *Service) block(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	typed := strings.TrimPrefix(strings.TrimSpace(req.Value(personOption)), "@")
	a, known := req.Accounts[personOption]
	switch {
	case known:
		return s.keepApart(ctx, req, Blocks, a)
	case typed == "":
		return s.blocked(ctx, req, nil)
	}
	found, err := s.people.Called(ctx, req.Member.Community, typed)
	if err != nil {
		return bot.Reply{}, err
	}
	if len(found) != 1 {
		return bot.Reply{}, bot.Fail(bot.Invalid, s.say(req, "partner.apart.unknown", bot.Str("name", bot.Shorten(typed, mostSubject))))
	}
	return s.keepApartFrom(ctx, req, Blocks, found[0].ID)
}

// reasonIn is the reason that a path is about.
func reasonIn(req *bot.Request) Reason {
	if Reason(req.Params.Get("why")) == Evaluation {
		return Evaluation
	}
	return Blocks
}

// addApart takes whoever was picked from a menu, or whose button was pressed.
func (s *Service) addApart(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	if m := bot.MemberID(req.Params.Get("member")); m != "" {
		return s.keepApartFrom(ctx, req, reasonIn(req), m)
	}
	a, ok := req.Accounts[bot.Picked]
	if !ok {
		return bot.Reply{}, bot.Fail(bot.Invalid, s.say(req, "partner.apart.unknown", bot.Str("name", bot.Shorten(req.Value(bot.Picked), mostSubject))))
	}
	return s.keepApart(ctx, req, reasonIn(req), a)
}

func (s *Service) keepApart(ctx context.Context, req *bot.Request, why Reason, a bot.Account) (bot.Reply, error) {
	found, err := s.people.Enter(ctx, req.Member.Community, []bot.Account{a})
	if err != nil {
		return bot.Reply{}, err
	}
	m, ok := found[a]
	if !ok {
		return bot.Reply{}, bot.Fail(bot.Invalid, s.say(req, "partner.apart.elsewhere"))
	}
	return s.keepApartFrom(ctx, req, why, m)
}

// keepApartFrom keeps a member apart from somebody from now on. If they are in a group with
// them, they leave it, and somebody else is looked for; the other one hears what everybody
// hears who loses a partner.
func (s *Service) keepApartFrom(ctx context.Context, req *bot.Request, why Reason, other bot.MemberID) (bot.Reply, error) {
	if other == req.Member.ID {
		return bot.Reply{}, bot.Fail(bot.Invalid, s.say(req, "partner.apart.self"))
	}
	c := req.Member.Community
	if err := s.store.SetApart(ctx, c, req.Member.ID, other, why, true); err != nil {
		return bot.Reply{}, err
	}
	joined, err := s.store.Joined(ctx, c, req.Member.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	news := s.say(req, bot.Key("partner.apart."+string(why)+".done"))
	for _, id := range joined {
		g, err := s.store.GroupOf(ctx, c, id, req.Member.ID)
		if bot.CodeOf(err) == bot.NotFound || err == nil && (g.seat(other) == nil || !g.seat(other).there()) {
			continue
		}
		if err != nil {
			return bot.Reply{}, err
		}
		p, err := s.schedule.Get(ctx, c, id)
		if bot.CodeOf(err) == bot.NotFound {
			continue
		}
		if err != nil {
			return bot.Reply{}, err
		}
		if _, err := s.part(ctx, &p, req.Member, SeatOut, true, req.Input+"/"+bot.InputID(id)); err != nil {
			return bot.Reply{}, err
		}
		news = bot.Join(" ", news, s.say(req, "partner.soon"))
	}
	return s.apartReply(ctx, req, why, news)
}

func (s *Service) removeApart(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	why := reasonIn(req)
	if err := s.store.SetApart(ctx, req.Member.Community, req.Member.ID, bot.MemberID(req.Params.Get("member")), why, false); err != nil {
		return bot.Reply{}, err
	}
	return s.apartReply(ctx, req, why, s.say(req, "partner.apart.undone"))
}

func (s *Service) apartReply(ctx context.Context, req *bot.Request, why Reason, news bot.Text) (bot.Reply, error) {
	if why == Blocks {
		return s.blocked(ctx, req, news)
	}
	reply, err := s.me(ctx, req)
	if err == nil {
		reply.Message.Text = bot.Join("\n", news, reply.Message.Text)
	}
	return reply, err
}

// blocked shows a member whom they have blocked.
func (s *Service) blocked(ctx context.Context, req *bot.Request, news bot.Text) (bot.Reply, error) {
	lines, controls, err := s.apartLines(ctx, req, Blocks)
	if err != nil {
		return bot.Reply{}, err
	}
	partners, err := s.partnerButtons(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	all := append([]bot.Text{news, s.say(req, "partner.apart.block")}, lines...)
	return replacing(req, bot.Say(bot.Join("\n", all...), append(partners, controls...)...)), nil
}

// apartLines are whom a member is kept apart from for a reason, with what ends it, and a
// menu to pick somebody else from.
func (s *Service) apartLines(ctx context.Context, req *bot.Request, why Reason) ([]bot.Text, []bot.Control, error) {
	apart, err := s.store.Apart(ctx, req.Member.Community, req.Member.ID)
	if err != nil {
		return nil, nil, err
	}
	of := apart.of(why)
	names, err := s.people.Names(ctx, req.Member.Community, of)
	if err != nil {
		return nil, nil, err
	}
	var lines []bot.Text
	var controls []bot.Control
	for _, m := range of {
		name := bot.Str("name", s.called(req.Member.Language, names[m]))
		lines = append(lines, s.say(req, bot.Key("partner.apart."+string(why)+".line"), name))
		if len(controls) < mostApart {
			controls = append(controls, s.button(req, "partner.button.apart.off", notPath+string(why)+"/"+string(m), name))
		}
	}
	menu := s.button(req, bot.Key("partner.menu."+string(why)), apartPath+string(why))
	menu.Pick = bot.PickPerson
	return lines, append(controls, menu), nil
}

// partnerButtons block those whom a member is introduced to just now: they may be on
// another platform, where nobody can pick them.
func (s *Service) partnerButtons(ctx context.Context, req *bot.Request) ([]bot.Control, error) {
	groups, err := s.groupsOf(ctx, req)
	if err != nil {
		return nil, err
	}
	var out []bot.Control
	for i := range groups {
		names, err := s.names(ctx, &groups[i].Group)
		if err != nil {
			return nil, err
		}
		for _, seat := range groups[i].others(req.Member.ID) {
			out = append(out, s.button(req, "partner.button.apart.on", fromPath+string(Blocks)+"/"+string(seat.Member),
				bot.Str("name", s.called(req.Member.Language, names[seat.Member]))))
		}
	}
	return out, nil
}
