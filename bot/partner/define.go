package partner

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

const (
	organizePath = "/organize/partners"
	showPath     = "/organize/partners/show/"
	editPath     = "/organize/partners/edit/"
	changePath   = "/organize/partners/change/"
	openToPath   = "/organize/partners/open/" // and who may join
	roomPath     = "/organize/partners/room/"
	figuresPath  = "/organize/partners/figures/"
)

// anybody and byCall are who may join, as paths name it.
const (
	anybody = "everybody"
	byCall  = "channel"
)

// leastHours is how many free hours a week a group shares unless organizers say otherwise.
const leastHours = 1

// Organizing is the feature's share of /organize.
func (s *Service) Organizing() bot.Subcommand {
	return bot.Subcommand{
		Name: "partners", Summary: "partner.organize.command",
		Access: bot.OrganizersOnly, Private: true, Handle: s.organize,
	}
}

// organize lists the programs.
func (s *Service) organize(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	all, err := s.schedule.List(ctx, req.Member.Community)
	if err != nil {
		return bot.Reply{}, err
	}
	lines := []bot.Text{s.say(req, "partner.organize")}
	var controls []bot.Control
	for i := range all {
		lines = append(lines, s.programLine(req, &all[i]))
		if len(controls) < mostListed {
			controls = append(controls, bot.Control{Label: bot.Shorten(all[i].Name, 40), Path: showPath + all[i].ID})
		}
	}
	return replacing(req, bot.Say(bot.Join("\n", lines...), append(controls, s.button(req, "partner.button.new", organizePath+"/new"))...)), nil
}

func (s *Service) programLine(req *bot.Request, p *Program) bot.Text {
	return s.say(req, "partner.organize.line", bot.Num("number", p.Number), bot.Str("name", p.Name), bot.Str("rule", p.Rule.Text(req.Member.Language)))
}

// askNew opens the form of a new program.
func (s *Service) askNew(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	home, err := s.people.Home(ctx, req.Channel.Space)
	if err != nil {
		return bot.Reply{}, err
	}
	lang := req.Member.Language
	p := Program{Name: s.label(home.Language, "partner.new.name.value"), Definition: Definition{Style: Alike, Hours: leastHours}}
	fields := s.programFields(lang, &p)
	when := s.newField(lang, "when", bot.Field{Value: s.label(home.Language, "partner.new.when.value"), Max: 200})
	who := s.newField(lang, "who", bot.Field{Value: anybody, Choices: []bot.Choice{
		{Label: s.label(lang, "partner.new.who.everybody"), Value: anybody}, {Label: s.label(lang, "partner.new.who.channel"), Value: byCall},
	}})
	return bot.Ask(bot.Form{
		Title: s.label(lang, "partner.new"), Path: organizePath + "/create", Submit: s.label(lang, "partner.about.submit"),
		Fields: []bot.Field{fields[0], when, fields[1], fields[2], who},
	}), nil
}

func (s *Service) newField(lang, name string, f bot.Field) bot.Field {
	f.Name, f.Label, f.Hint = name, s.label(lang, bot.Key("partner.new."+name)), s.label(lang, bot.Key("partner.new."+name+".hint"), bot.Num("most", mostHours))
	return f
}

// programFields are the fields of what can be changed later, too.
func (s *Service) programFields(lang string, p *Program) []bot.Field {
	choices := make([]bot.Choice, len(styles))
	for i, style := range styles {
		choices[i] = bot.Choice{Label: s.label(lang, bot.Key("partner.style."+string(style))), Value: string(style)}
	}
	return []bot.Field{
		s.newField(lang, "name", bot.Field{Value: p.Name, Max: mostName}),
		s.newField(lang, "style", bot.Field{Value: string(p.Style), Choices: choices}),
		s.newField(lang, "hours", bot.Field{Value: strconv.Itoa(p.Hours), Max: 2}),
	}
}

// readProgram reads these fields, and says what is wrong with them.
func (s *Service) readProgram(req *bot.Request, p *Program) map[string]bot.Text {
	faults := map[string]bot.Text{}
	p.Name = oneLine(req.Value("name"))
	if p.Name == "" || len([]rune(p.Name)) > mostName {
		faults["name"] = s.say(req, "partner.new.name.fault", bot.Num("most", mostName))
	}
	p.Style = Style(s.oneOf(req, "style", stylesTyped(), "partner.style."))
	if p.Style == "" {
		faults["style"] = s.say(req, "partner.new.style.fault")
	}
	hours, err := strconv.Atoi(strings.TrimSpace(req.Value("hours")))
	if p.Hours = hours; err != nil || hours < 0 || hours > mostHours {
		faults["hours"] = s.say(req, "partner.new.hours.fault", bot.Num("most", mostHours))
	}
	return faults
}

func stylesTyped() []string {
	out := make([]string, len(styles))
	for i, style := range styles {
		out[i] = string(style)
	}
	return out
}

// create takes the form.
func (s *Service) create(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	home, err := s.people.Home(ctx, req.Channel.Space)
	if err != nil {
		return bot.Reply{}, err
	}
	now, err := s.store.Now(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	p := Program{
		Community: req.Member.Community, Zone: home.Zone, By: req.Member.ID, Space: req.Account.Space,
		Definition: Definition{Channel: req.Channel.Root(), Language: home.Language},
	}
	faults := s.readProgram(req, &p)
	if fault := s.readRule(req, &p, now); !fault.Empty() {
		faults["when"] = fault
	}
	if who := s.oneOf(req, "who", []string{anybody, byCall}, "partner.new.who."); who == byCall {
		p.Who = ByCall
	}
	if len(faults) > 0 {
		return bot.Reply{FieldErrors: faults}, nil
	}
	err = s.schedule.Add(ctx, &p, req.Input)
	if errors.Is(err, outbox.ErrRepeated) {
		return s.organize(ctx, req) // it is there since the first time
	}
	if err != nil {
		return bot.Reply{}, err
	}
	job, err := callJob(&p, now)
	if err != nil {
		return bot.Reply{}, err
	}
	// Without it the first round would come uncalled; the round itself plans the next call.
	if err := s.store.Apply(ctx, string(p.Community), outbox.Effects{Jobs: []scheduler.Job{job}}); err != nil {
		return bot.Reply{}, err
	}
	return s.showReply(ctx, req, &p, s.say(req, "partner.new.saved"))
}

// readRule reads when rounds come: at least once, and not twice a week.
func (s *Service) readRule(req *bot.Request, p *Program, now time.Time) bot.Text {
	typed := strings.TrimSpace(req.Value("when"))
	r, err := rule.Parse(typed)
	if wrong := (*rule.Error)(nil); errors.As(err, &wrong) {
		return s.say(req, "partner.new.when.fault", bot.Str("typed", bot.Shorten(typed, mostName)), bot.Str("nearest", wrong.Nearest))
	}
	zone, err := time.LoadLocation(p.Zone)
	if err != nil {
		zone = time.UTC
	}
	p.Rule = r.Anchored(now, zone)
	switch apart, comes := p.Rule.Apart(now, rule.Place{Zone: zone}); {
	case !comes:
		return s.say(req, "partner.new.when.never")
	case apart > 0 && apart < leastApart:
		return s.say(req, "partner.new.when.often")
	}
	return nil
}

// show shows a program to an organizer.
func (s *Service) show(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	p, err := s.find(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	return s.showReply(ctx, req, &p, nil)
}

func (s *Service) showReply(ctx context.Context, req *bot.Request, p *Program, news bot.Text) (bot.Reply, error) {
	n, err := s.store.Count(ctx, p.Community, p.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	lang := req.Member.Language
	who, other := bot.Key("partner.show.everybody"), bot.Key("partner.button.by_call")
	next := openToPath + p.ID + "/" + byCall
	if p.Who == ByCall {
		who, other, next = "partner.show.channel", "partner.button.everybody", openToPath+p.ID+"/"+anybody
	}
	where := bot.Place("channel", p.Channel, s.label(lang, "partner.channel"))
	lines := []bot.Text{
		news, s.programLine(req, p), s.say(req, bot.Key("partner.show.style."+string(p.Style))), s.say(req, "partner.show.hours", bot.Count("hours", p.Hours)),
		s.say(req, who, where), s.say(req, "partner.show.count", bot.Count("n", n)), s.say(req, "partner.show.schedule", bot.Str("command", req.Typed("/organize schedule"))),
	}
	room := s.button(req, "partner.menu.room", roomPath+p.ID)
	room.Pick = bot.PickChannel
	return replacing(req, bot.Say(bot.Join("\n", lines...), s.button(req, "partner.button.edit", editPath+p.ID), s.button(req, other, next),
		s.button(req, "partner.button.figures", figuresPath+p.ID), s.button(req, "partner.button.all", organizePath), room)), nil
}

// askEdit opens the form of what can be changed.
func (s *Service) askEdit(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	p, err := s.find(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	lang := req.Member.Language
	return bot.Ask(bot.Form{
		Title: s.label(lang, "partner.new"), Path: changePath + p.ID, Submit: s.label(lang, "partner.about.submit"), Fields: s.programFields(lang, &p),
	}), nil
}

// change takes it: from the next round on.
func (s *Service) change(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return s.define(ctx, req, func(p *Program) map[string]bot.Text { return s.readProgram(req, p) })
}

// openTo changes who may join.
func (s *Service) openTo(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return s.define(ctx, req, func(p *Program) map[string]bot.Text {
		p.Who = Everybody
		if req.Params.Get("who") == byCall {
			p.Who = ByCall
		}
		return nil
	})
}

// room changes the program's channel.
func (s *Service) room(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	ch, ok := req.Channels[bot.Picked]
	if !ok {
		return bot.Reply{}, bot.Fail(bot.Invalid, s.say(req, "partner.room.fault"))
	}
	home, err := s.people.Home(ctx, ch.Space)
	if err != nil {
		return bot.Reply{}, err
	}
	return s.define(ctx, req, func(p *Program) map[string]bot.Text {
		p.Channel, p.Language = ch.Root(), home.Language
		return nil
	})
}

// define changes a program and shows it.
func (s *Service) define(ctx context.Context, req *bot.Request, change func(*Program) map[string]bot.Text) (bot.Reply, error) {
	p, err := s.find(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	if faults := change(&p); len(faults) > 0 {
		return bot.Reply{FieldErrors: faults}, nil
	}
	if err := s.schedule.Define(ctx, &p, outbox.Effects{Input: req.Input}); err != nil && !errors.Is(err, outbox.ErrRepeated) {
		return bot.Reply{}, err
	}
	return s.showReply(ctx, req, &p, s.say(req, "partner.new.changed"))
}
