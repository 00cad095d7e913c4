package checkin

import (
	"context"
	"errors"
	"slices"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
)

const (
	whoPath   = "/organize/checkins/who/"
	amongPath = "/organize/checkins/among/"
)

// Audience says who is asked by direct message besides those who join by themselves.
type Audience struct {
	Kind   AudienceKind `json:"kind,omitempty"`
	Role   string       `json:"role,omitempty"`   // of WithRole: the platform's ID
	Called string       `json:"called,omitempty"` // of WithRole: as people call it, as data
	By     bot.Account  `json:"by,omitzero"`      // who chose it, and hears of it if people cannot be listed
}

// AudienceKind is a kind of Audience.
type AudienceKind string

// The kinds.
const (
	WhoJoins  AudienceKind = ""        // nobody else
	InTheRoom AudienceKind = "channel" // everybody in Definition.Channel
	WithRole  AudienceKind = "role"    // everybody there who has a role
)

// Crowds tells who is in a channel, or has a role: see bot.MemberLister.
type Crowds interface {
	Members(ctx context.Context, of bot.Crowd, page string) (people []bot.Account, next string, err error)
	Roles(ctx context.Context, space bot.SpaceID) ([]bot.Choice, error)
}

// lists reports whether people are taken in by lists.
func (c *CheckIn) lists() bool { return c.Audience.Kind != WhoJoins && !c.InChannel }

func (c *CheckIn) crowd() bot.Crowd { return bot.Crowd{Channel: c.Channel, Role: c.Audience.Role} }

// audience says in words who takes part.
func (s *Service) audience(lang string, d *Definition) bot.Text {
	key := bot.Key("checkin.who.joined")
	if d.Audience.Kind != WhoJoins {
		key = bot.Key("checkin.who." + string(d.Audience.Kind))
	}
	return s.words.Text(lang, key, bot.Place("channel", d.Channel, s.label(lang, "checkin.channel")), bot.Str("role", d.Audience.Called))
}

// because says to somebody who was taken in by a list why they are asked.
func (s *Service) because(lang string, d *Definition) bot.Text {
	key := bot.Key("checkin.because." + string(d.Audience.Kind))
	return s.words.Text(lang, key, bot.Place("channel", d.Channel, s.label(lang, "checkin.channel")), bot.Str("role", d.Audience.Called))
}

// askWho shows who takes part, and who else could.
func (s *Service) askWho(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	ci, err := s.find(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	roles, err := s.crowds.Roles(ctx, ci.Channel.Space)
	if err != nil && !errors.Is(err, bot.ErrCannotList) && bot.CodeOf(err) == bot.Internal {
		return bot.Reply{}, err
	}
	lang := req.Member.Language
	var controls []bot.Control
	add := func(kind AudienceKind, name string) {
		if ci.Audience.Kind != kind {
			controls = append(controls, bot.Control{Label: s.label(lang, bot.Key("checkin.button.who."+name)), Path: amongPath + ci.ID + "/" + name})
		}
	}
	add(WhoJoins, "joined")
	add(InTheRoom, "channel")
	if len(roles) > 0 {
		controls = append(controls, bot.Control{
			Label: s.label(lang, "checkin.menu.role"), Path: amongPath + ci.ID + "/role", Pick: bot.PickChoice, Choices: roles,
		})
	}
	controls = append(controls, bot.Control{Label: s.label(lang, "checkin.button.back"), Path: showPath + ci.ID})
	return replacing(req, bot.Say(bot.Join("\n", s.audience(lang, &ci.Definition), s.say(req, "checkin.who.about")), controls...)), nil
}

// choose changes who takes part. Where people cannot be listed it says so, and
// offers the invitation in its place.
func (s *Service) choose(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	ci, err := s.find(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	a, fault, err := s.chosenAudience(ctx, req, &ci)
	if err != nil {
		return bot.Reply{}, err
	}
	if !fault.Empty() {
		return s.showReply(req, &ci, fault), nil
	}
	ci.Audience = a
	e, err := s.listed(ctx, &ci, outbox.Effects{Input: req.Input})
	if err != nil {
		return bot.Reply{}, err
	}
	if err := s.schedule.Define(ctx, &ci, e); err != nil && !errors.Is(err, outbox.ErrRepeated) {
		return bot.Reply{}, err
	}
	return s.showReply(req, &ci, s.say(req, "checkin.who.saved")), nil
}

// chosenAudience is who the path and what was picked mean, or what stands in the
// way.
func (s *Service) chosenAudience(ctx context.Context, req *bot.Request, ci *CheckIn) (a Audience, fault bot.Text, err error) {
	a = Audience{By: req.Account}
	switch req.Params.Get("who") {
	case "channel":
		a.Kind = InTheRoom
	case "role":
		roles, err := s.crowds.Roles(ctx, ci.Channel.Space)
		if err != nil && !errors.Is(err, bot.ErrCannotList) {
			return a, s.cannotList(req, err), nil
		}
		i := slices.IndexFunc(roles, func(c bot.Choice) bool { return c.Value == req.Value(bot.Picked) })
		if i < 0 {
			return a, s.say(req, "checkin.who.role.gone"), nil
		}
		a.Kind, a.Role, a.Called = WithRole, roles[i].Value, roles[i].Label
	default:
		return Audience{}, nil, nil
	}
	if _, _, err := s.crowds.Members(ctx, bot.Crowd{Channel: ci.Channel, Role: a.Role}, ""); err != nil {
		return a, s.cannotList(req, err), nil
	}
	return a, nil, nil
}

// cannotList says why people cannot be listed, and what to do.
func (s *Service) cannotList(req *bot.Request, err error) bot.Text {
	return s.say(req, bot.Key("checkin.who."+string(troubleOf(err))))
}

// trouble is why people cannot be listed.
type trouble string

// The troubles.
const (
	notAllowed  trouble = "not_allowed"
	roomGone    trouble = "gone"
	unreachable trouble = "unreachable"
)

func troubleOf(err error) trouble {
	var e *bot.Error
	switch {
	case errors.Is(err, bot.ErrCannotList):
		return notAllowed
	case !errors.As(err, &e):
		return unreachable
	case e.Code == bot.NotFound, e.Code == bot.Permanent && e.Reason == bot.Gone:
		return roomGone
	case e.Code == bot.Permanent, e.Code == bot.Forbidden:
		return notAllowed
	default:
		return unreachable
	}
}

// listed adds to effects that people are listed at once.
func (s *Service) listed(ctx context.Context, ci *CheckIn, e outbox.Effects) (outbox.Effects, error) {
	now, err := s.store.Now(ctx)
	if err != nil {
		return e, err
	}
	job, err := listJob(ci, listPayload{AtOnce: true}, now)
	e.Jobs = append(append([]scheduler.Job(nil), e.Jobs...), job)
	return e, err
}
