package partner

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/staffroom-bot/staffroom/bot"
)

// The paths of controls and forms. What follows is a program, or for cantPath, otherPath, swapPath,
// whyPath and the answers about a meeting a group.
const (
	joinPath   = "/partner/enter/"
	toldPath   = "/partner/told/"
	sitOutPath = "/partner/sit-out/" // and the round
	pausePath  = "/partner/pause/"
	backPath   = "/partner/back/"
	lessPath   = "/partner/less/"
	leavePath  = "/partner/quit/"
	cantPath   = "/partner/cant/"
	otherPath  = "/partner/other/"
	swapPath   = "/partner/other-now/"
	whyPath    = "/partner/reason/"
	mePath     = "/partner/me"

	metPath      = "/partner/met/"
	moreTimePath = "/partner/more-time/"
	missedPath   = "/partner/missed/"
)

// awayPath is where somebody says that they are away, once for everything.
const awayPath = "/my/away/ask"

// Register declares the command /partner, and the controls and forms of the feature.
func (s *Service) Register(r *bot.Router) {
	name := bot.Option{Name: "name", Summary: "partner.option.name", Complete: s.completeName}
	person := bot.Option{Name: personOption, Kind: bot.OptionPerson, Summary: "partner.option.person"}
	r.Command(bot.Command{Name: "partner", Summary: "partner.command", Subcommands: []bot.Subcommand{
		{Name: "join", Summary: "partner.command.join", Options: []bot.Option{name}, Access: bot.MembersOnly, Private: true, Handle: s.join},
		{Name: "current", Summary: "partner.command.current", Access: bot.MembersOnly, Private: true, Handle: s.current},
		{Name: "why", Summary: "partner.command.why", Access: bot.MembersOnly, Private: true, Handle: s.why},
		{Name: "swap", Summary: "partner.command.swap", Access: bot.MembersOnly, Private: true, Handle: s.askSwap},
		{Name: "leave", Summary: "partner.command.leave", Options: []bot.Option{name}, Access: bot.MembersOnly, Private: true, Handle: s.leave},
		{Name: "block", Summary: "partner.command.block", Options: []bot.Option{person}, Access: bot.MembersOnly, Private: true, Handle: s.block},
	}})
	for path, handle := range map[string]bot.Handler{
		joinPath + "{program}":           s.joinOne,
		toldPath + "{program}":           s.told,
		sitOutPath + "{program}/{round}": s.sitOut,
		pausePath + "{program}":          s.pause,
		backPath + "{program}":           s.back,
		lessPath + "{program}":           s.less,
		leavePath + "{program}":          s.leaveOne,
		cantPath + "{group}":             s.cant,
		metPath + "{group}":              s.metHere,
		moreTimePath + "{group}":         s.moreTime,
		missedPath + "{group}":           s.missed,
		otherPath + "{group}":            s.askSwap,
		swapPath + "{group}":             s.swap,
		whyPath + "{group}":              s.why,
		relayPath + "{group}":            s.askRelay,
		relayAgreePath + "{group}":       s.agreeRelay,
		relayWritePath + "{group}":       s.write,
		relaySendPath + "{group}":        s.pass,
		relayStopPath + "{group}":        s.stopRelay,
		proposePath + "{group}":          s.propose,
		timePath + "{group}/{at}":        s.proposeTime,
		suitsPath + "{group}/{at}":       s.suitsMe,
		mePath:                           s.me,
		aboutPath:                        s.askAbout,
		aboutPath + "/save":              s.about,
		morePath:                         s.askMore,
		morePath + "/save":               s.more,
		slotPath + "{slot}":              s.slot,
		apartPath + "{why}":              s.addApart,
		fromPath + "{why}/{member}":      s.addApart,
		notPath + "{why}/{member}":       s.removeApart,
	} {
		r.Handle(bot.Route{Path: path, Access: bot.MembersOnly, Private: true, Handle: handle})
	}
	for path, handle := range map[string]bot.Handler{
		organizePath + "/new":          s.askNew,
		organizePath + "/create":       s.create,
		showPath + "{program}":         s.show,
		figuresPath + "{program}":      s.figures,
		editPath + "{program}":         s.askEdit,
		changePath + "{program}":       s.change,
		openToPath + "{program}/{who}": s.openTo,
		roomPath + "{program}":         s.room,
	} {
		r.Handle(bot.Route{Path: path, Access: bot.OrganizersOnly, Private: true, Handle: handle})
	}
}

// mostListed is how many programs a reply has buttons for.
const mostListed = 8

// chosen are the programs that a request means, among those that a member may join or is
// in: all, or those with a part of their names as typed.
func (s *Service) chosen(ctx context.Context, req *bot.Request) (all []Program, joined []string, err error) {
	if all, err = s.schedule.List(ctx, req.Member.Community); err != nil {
		return nil, nil, err
	}
	if joined, err = s.store.Joined(ctx, req.Member.Community, req.Member.ID); err != nil {
		return nil, nil, err
	}
	typed := strings.TrimSpace(req.Value("name"))
	all = slices.DeleteFunc(all, func(p Program) bool {
		return p.Who == ByCall && !slices.Contains(joined, p.ID) || typed != "" && !p.matches(typed)
	})
	if len(all) == 0 && typed != "" {
		return nil, joined, bot.Fail(bot.NotFound, s.say(req, "partner.unknown", bot.Str("name", bot.Shorten(typed, mostName)), bot.Str("command", req.Typed("/partner join"))))
	}
	return all, joined, nil
}

// matches takes a program's number (12 or #12), or a part of its name.
func (p *Program) matches(typed string) bool {
	if n, err := strconv.Atoi(strings.TrimPrefix(typed, "#")); err == nil {
		return n == p.Number
	}
	return strings.Contains(strings.ToLower(p.Name), strings.ToLower(typed))
}

// completeName proposes names that contain what is typed.
func (s *Service) completeName(ctx context.Context, req *bot.Request) ([]bot.Choice, error) {
	all, _, err := s.chosen(ctx, req)
	if bot.CodeOf(err) == bot.NotFound {
		return nil, nil
	}
	var choices []bot.Choice
	for _, p := range all[:min(len(all), bot.MaxChoices)] {
		choices = append(choices, bot.Choice{Label: p.Name, Value: "#" + strconv.Itoa(p.Number)})
	}
	return choices, err
}

// find gives the program that a path is about.
func (s *Service) find(ctx context.Context, req *bot.Request) (Program, error) {
	p, err := s.schedule.Get(ctx, req.Member.Community, req.Params.Get("program"))
	if bot.CodeOf(err) == bot.NotFound {
		return p, bot.Fail(bot.NotFound, s.say(req, "partner.gone", bot.Str("command", req.Typed("/partner join"))))
	}
	return p, err
}

// button is a control of ours, in the reader's language.
func (s *Service) button(req *bot.Request, key bot.Key, path string, args ...bot.Arg) bot.Control {
	return bot.Control{Label: s.label(req.Member.Language, key, args...), Path: path}
}

// which asks which program is meant.
func (s *Service) which(req *bot.Request, all []Program, path string) bot.Reply {
	var controls []bot.Control
	for _, p := range all[:min(len(all), mostListed)] {
		controls = append(controls, bot.Control{Label: bot.Shorten(p.Name, 40), Path: path + p.ID})
	}
	return bot.Say(s.say(req, "partner.which"), controls...)
}
