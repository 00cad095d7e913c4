package library

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// Organizing is the feature's share of /organize.
func (s *Service) Organizing() bot.Subcommand {
	return bot.Subcommand{
		Name: "library", Summary: "library.command.organize",
		Access: bot.OrganizersOnly, Private: true, Mode: bot.Deferred, Handle: s.organize,
	}
}

func (s *Service) registerOrganizing(r *bot.Router) {
	for path, handle := range map[string]bot.Handler{
		hidePath + "{id}/{hide}":   s.hide,
		organizePath + "/blocked":  s.askBlocked,
		organizePath + "/adds":     s.setAdds,
		organizePath + "/block":    s.block,
		organizePath + "/hide":     s.hidePicked,
		organizePath + "/overview": s.organize,
	} {
		r.Handle(bot.Route{Path: path, Access: bot.OrganizersOnly, Private: true, Handle: handle})
	}
}

// organize shows the rules, what was added last, and what is wanted.
func (s *Service) organize(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return s.organizeReply(ctx, req, nil)
}

func (s *Service) organizeReply(ctx context.Context, req *bot.Request, news bot.Text) (bot.Reply, error) {
	c := req.Member.Community
	got, err := s.store.Read(ctx, c, req.Member.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	wishes, err := s.store.Wishes(ctx, c)
	if err != nil {
		return bot.Reply{}, err
	}
	count := 0
	var latest, hidden []*Resource
	err = s.shelves.look(ctx, c, func(sh *shelf) error {
		count = len(sh.resources)
		latest = sh.newest(mostListed, func(r *Resource) bool { return r.Hidden == (Hidden{}) })
		hidden = sh.newest(bot.MaxChoices, func(r *Resource) bool { return r.Hidden != (Hidden{}) })
		return nil
	})
	if err != nil {
		return bot.Reply{}, err
	}
	open, _ := openOnes(wishes, req.Member, got.Now)
	lines := []bot.Text{
		news, s.say(req, "library.organize", bot.Count("count", count)),
		s.say(req, "library.organize.adds", bot.Rich("who", s.say(req, bot.Key("library.adds."+string(got.Rules.adders()))))),
		s.blockedLine(req, &got.Rules),
		s.wantedLine(req, open),
	}
	if len(latest) > 0 {
		lines = append(append(lines, s.say(req, "library.organize.latest")), s.lines(req, latest)...)
	}
	adds := bot.Control{Label: s.label(req, "library.button.adds"), Path: organizePath + "/adds", Pick: bot.PickChoice}
	for _, role := range []bot.Role{bot.RoleMember, bot.RoleHost, bot.RoleOrganizer} {
		adds.Choices = append(adds.Choices, bot.Choice{Label: s.label(req, bot.Key("library.adds."+string(role))), Value: string(role)})
	}
	controls := []bot.Control{
		adds, s.control(req, "library.button.blocked", organizePath+"/blocked"), s.control(req, "library.button.wishes", listPath),
		s.control(req, "library.digest.button.open", digestPath), s.control(req, "library.feed.button.open", feedsPath),
		s.control(req, "export.button.open", exchangePath),
	}
	controls = append(controls, s.menuOf(req, "library.button.hide.one", organizePath+"/hide", latest)...)
	controls = append(controls, s.menuOf(req, "library.button.hidden", pickedPath, hidden)...)
	return replacing(req, bot.Say(bot.Join("\n", lines...), controls...)), nil
}

// mostSites is how many blocked sites are named.
const mostSites = 10

func (s *Service) blockedLine(req *bot.Request, rules *Rules) bot.Text {
	sites := rules.Blocked
	if len(sites) == 0 {
		return s.say(req, "library.organize.blocked.none")
	}
	named := strings.Join(sites[:min(len(sites), mostSites)], ", ")
	if len(sites) > mostSites {
		named += " …"
	}
	return s.say(req, "library.organize.blocked", bot.Count("count", len(sites)), bot.Str("sites", named))
}

func (s *Service) wantedLine(req *bot.Request, count int) bot.Text {
	if count == 0 {
		return s.say(req, "library.organize.wanted.none")
	}
	return s.say(req, "library.organize.wanted", bot.Count("count", count))
}

// hidePicked hides the resource that was picked.
func (s *Service) hidePicked(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	a, err := s.hidden(ctx, req, req.Value(bot.Picked), true)
	if err != nil {
		return bot.Reply{}, err
	}
	return s.organizeReply(ctx, req, s.say(req, "library.organize.hidden", bot.Str("title", bot.Shorten(a.r.Called(), mostShown))))
}

// setAdds takes who may add.
func (s *Service) setAdds(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	role := bot.Role(req.Value(bot.Picked))
	if role != bot.RoleMember && role != bot.RoleHost && role != bot.RoleOrganizer {
		return bot.Reply{}, &bot.Error{Code: bot.Invalid, Err: errors.New("there is no such role")}
	}
	return s.rule(ctx, req, "library.organize.saved", func(r *Rules) { r.Adds = role })
}

// mostSiteText is how long the blocked sites may be as they are typed, in characters.
const mostSiteText = 4000

// mostUnread is how much of what could not be read is told again, in characters.
const mostUnread = 300

const sitesField = "sites"

// askBlocked opens the form with the sites that are blocked.
func (s *Service) askBlocked(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	got, err := s.store.Read(ctx, req.Member.Community, req.Member.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	return bot.Ask(bot.Form{
		Title: s.label(req, "library.form.blocked"), Path: organizePath + "/block", Submit: s.label(req, "library.form.submit"),
		Fields: []bot.Field{{
			Name: sitesField, Label: s.label(req, "library.form.sites"), Hint: s.label(req, "library.form.sites.hint"),
			Value: strings.Join(got.Rules.Blocked, "\n"), Long: true, Optional: true, Max: mostSiteText,
		}},
	}), nil
}

// block takes the form.
func (s *Service) block(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	sites, unknown := sitesOf(req.Value(sitesField))
	switch {
	case len(unknown) > 0:
		return s.faults(req, []fault{{sitesField, "library.fault.site", []bot.Arg{bot.Str("typed", bot.Shorten(strings.Join(unknown, "; "), mostUnread))}}}), nil
	case len(sites) > MostBlocked:
		return s.faults(req, []fault{{sitesField, "library.fault.sites", []bot.Arg{bot.Num("most", MostBlocked)}}}), nil
	}
	return s.rule(ctx, req, "library.organize.saved", func(r *Rules) { r.Blocked = sites })
}

// rule changes the rules and shows how they are now.
func (s *Service) rule(ctx context.Context, req *bot.Request, news bot.Key, change func(*Rules)) (bot.Reply, error) {
	if _, err := s.changeRules(ctx, req, func(r *Rules, _ time.Time) { change(r) }); err != nil {
		return bot.Reply{}, err
	}
	return s.organizeReply(ctx, req, s.say(req, news))
}

// changeRules changes the rules and gives them as they are now. A repeated input
// changes nothing.
func (s *Service) changeRules(ctx context.Context, req *bot.Request, change func(*Rules, time.Time)) (Rules, error) {
	for range mostTries {
		got, err := s.store.Read(ctx, req.Member.Community, req.Member.ID)
		if err != nil {
			return Rules{}, err
		}
		rules := got.Rules
		change(&rules, got.Now)
		err = s.store.KeepRules(ctx, &rules, outbox.Effects{Input: req.Input})
		switch {
		case bot.CodeOf(err) == bot.Conflict:
			continue
		case errors.Is(err, outbox.ErrRepeated):
			return got.Rules, nil
		default:
			return rules, err
		}
	}
	return Rules{}, &bot.Error{Code: bot.Conflict, Err: errTooMany}
}
