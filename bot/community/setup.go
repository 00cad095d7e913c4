package community

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/staffroom-bot/staffroom/bot"
)

const setupPath = "/organize/setup"

// The steps of setting up, in their order.
const (
	languageStep = "language"
	chatsStep    = "chats"
	privateStep  = "private"
	peopleStep   = "people"
	testStep     = "test"
)

var steps = [...]string{languageStep, chatsStep, privateStep, peopleStep, testStep}

// rooms are the steps that choose a channel.
var rooms = [...]string{chatsStep, privateStep}

// through reports whether a step is done or passed over.
func (s *Setting) through(step string) bool {
	switch {
	case slices.Contains(strings.Fields(s.Done), step):
		return true
	case step == languageStep:
		return s.Language != "" || s.Zone != ""
	case step == chatsStep:
		return s.Chats != bot.Channel{}
	case step == privateStep:
		return s.Private != bot.Channel{}
	default:
		return false
	}
}

// pass notes that a step is done or passed over.
func (s *Setting) pass(step string) {
	if !slices.Contains(strings.Fields(s.Done), step) {
		s.Done = strings.TrimSpace(s.Done + " " + step)
	}
}

// next is the step that comes next, "" if none does.
func (s *Setting) next() string {
	for _, step := range steps {
		if !s.through(step) {
			return step
		}
	}
	return ""
}

func (o *Organizing) setupSubcommand() bot.Subcommand {
	return bot.Subcommand{
		Name: "setup", Summary: "setup.command", Example: "setup.example",
		Options: []bot.Option{
			{Name: chatsStep, Kind: bot.OptionChannel, Summary: "setup.option.chats"},
			{Name: privateStep, Kind: bot.OptionChannel, Summary: "setup.option.private"},
			{Name: relayOption, Summary: "setup.option.relay"},
		},
		Access: bot.OrganizersOnly, Private: true, Handle: o.openSetup,
	}
}

// openSetup takes the channels that are named, or shows how things stand.
func (o *Organizing) openSetup(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	chosen := map[string]bot.Channel{}
	for _, room := range rooms {
		typed := strings.TrimSpace(req.Value(room))
		if _, known := req.Channels[room]; typed == "" && !known {
			continue
		}
		ch, err := o.meant(req, room, typed, room)
		if err != nil {
			return bot.Reply{}, err
		}
		chosen[room] = ch
	}
	if len(chosen) == 0 && req.Value(relayOption) != "" {
		return o.setRelay(ctx, req, req.Value(relayOption))
	}
	if len(chosen) == 0 {
		return o.showSetup(ctx, req)
	}
	return o.chosen(ctx, req, chosen)
}

// showSetup shows how things stand.
func (o *Organizing) showSetup(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	_, p, err := o.directory.place(ctx, req.Account.Space)
	if err != nil {
		return bot.Reply{}, err
	}
	return o.setupReply(ctx, req, &p, nil)
}

// setupReply shows how things stand: what is set, and what is next. news stands
// above it, with what takes the change back.
func (o *Organizing) setupReply(ctx context.Context, req *bot.Request, p *Place, news bot.Text, undo ...bot.Control) (bot.Reply, error) {
	home, err := o.directory.Community(ctx, p.Space)
	if err != nil {
		return bot.Reply{}, err
	}
	_, organizers, hosts, err := o.staff(ctx, home.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	trial, err := o.trial(ctx, home.ID, &p.Set)
	if err != nil {
		return bot.Reply{}, err
	}
	next := p.Set.next()
	if next == "" && trial.state == trialFailed {
		next = testStep
	}
	lines := []bot.Text{
		news,
		o.say(req, "setup.head", bot.Str("place", p.Called())),
		o.say(req, "setup.line.language", bot.Str("language", o.settings.languageName(home.Language)), bot.Str("zone", home.Zone)),
		o.roomLine(req, "setup.line.chats", "setup.line.chats.none", p.Set.Chats),
		o.roomLine(req, "setup.line.private", "setup.line.private.none", p.Set.Private),
		o.say(req, "setup.line.people", bot.Count("n", len(organizers)+len(hosts))),
	}
	lines = append(lines, o.trialLines(req, trial, home.Zone)...)
	controls := slices.Clone(undo)
	relay, choice, err := o.relay(ctx, req, home.ID, &p.Set)
	if err != nil {
		return bot.Reply{}, err
	}
	lines = append(lines, relay...)
	if trial.state == trialWaits {
		controls = append(controls, o.control(req, "setup.button.arrived", setupPath+"/arrived"))
	}
	controls = append(controls, choice...)
	for _, step := range steps {
		c := o.control(req, bot.Key("setup.button."+step), setupPath+"/"+stepPath(step))
		if step == next {
			c.Style = bot.Primary
		}
		controls = append(controls, c)
	}
	switch {
	case next == "" && trial.state == trialWaits: // nobody knows yet
	case next == "":
		lines = append(lines, o.say(req, "setup.ready"))
	default:
		lines = append(lines, o.say(req, bot.Key("setup.next."+next)))
		if !p.Set.through(next) {
			controls = append(controls, o.control(req, "setup.button.skip", setupPath+"/skip/"+next))
		}
	}
	return replacing(req, bot.Say(bot.Join("\n", lines...), controls...)), nil
}

func (o *Organizing) roomLine(req *bot.Request, key, none bot.Key, ch bot.Channel) bot.Text {
	if ch == (bot.Channel{}) {
		return o.say(req, none)
	}
	return o.say(req, key, o.roomArg(req, ch))
}

func (o *Organizing) roomArg(req *bot.Request, ch bot.Channel) bot.Arg {
	return bot.Place("channel", ch, o.label(req, "setup.channel"))
}

func stepPath(step string) string {
	if step == chatsStep || step == privateStep {
		return "choose/" + step
	}
	return step
}

// changed changes what is set for the place where it is asked for, and shows how
// things stand then, with the way back.
func (o *Organizing) changed(ctx context.Context, req *bot.Request, change func(*Setting)) (bot.Reply, error) {
	did := false
	p, err := o.directory.changePlace(ctx, req.Account.Space, func(p *Place) error {
		before := p.Set
		change(&p.Set)
		did = p.Set != before
		return nil
	})
	if err != nil {
		return bot.Reply{}, err
	}
	if !did {
		return o.setupReply(ctx, req, &p, nil)
	}
	return o.setupReply(ctx, req, &p, o.say(req, "setup.saved"),
		o.control(req, "setup.button.undo", setupPath+"/undo/"+strconv.FormatInt(p.Version, 10)))
}

// undo restores what was set before a change, if nothing has changed since.
func (o *Organizing) undo(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	undone := false
	p, err := o.directory.changePlace(ctx, req.Account.Space, func(p *Place) error {
		undone = strconv.FormatInt(p.Version, 10) == req.Params.Get("version") && p.Before != nil
		if undone {
			p.Set = *p.Before
		}
		return nil
	})
	if err != nil {
		return bot.Reply{}, err
	}
	if !undone {
		return o.setupReply(ctx, req, &p, o.say(req, "setup.undo.late"))
	}
	return o.setupReply(ctx, req, &p, o.say(req, "setup.undone"))
}

// skip passes over a step.
func (o *Organizing) skip(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	step := req.Params.Get("step")
	if !slices.Contains(steps[:], step) {
		return o.showSetup(ctx, req)
	}
	return o.changed(ctx, req, func(s *Setting) { s.pass(step) })
}

// setupPeople shows the people: looking is the step.
func (o *Organizing) setupPeople(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	_, err := o.directory.changePlace(ctx, req.Account.Space, func(p *Place) error {
		p.Set.pass(peopleStep)
		return nil
	})
	if err != nil {
		return bot.Reply{}, err
	}
	return o.peopleReply(ctx, req, nil, o.control(req, "setup.button.back", setupPath+"/home"))
}
