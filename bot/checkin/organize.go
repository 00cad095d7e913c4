package checkin

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

const (
	organizePath = "/organize/checkins"
	setPath      = "/organize/checkins/new/"
	createPath   = "/organize/checkins/create"
	showPath     = "/organize/checkins/show/"
	askPath      = "/organize/checkins/ask/"
	invitePath   = "/organize/checkins/invite/"
	filePath     = "/organize/checkins/file/"
	askFilePath  = "/organize/checkins/from-file"
	takeInPath   = "/organize/checkins/take-in"
)

// Organizing is the feature's share of /organize.
func (s *Service) Organizing() bot.Subcommand {
	return bot.Subcommand{
		Name: "checkins", Summary: "checkin.organize.command",
		Access: bot.OrganizersOnly, Private: true, Handle: s.organize,
	}
}

// organize lists the check-ins, and what a new one can start from.
func (s *Service) organize(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	all, err := s.schedule.List(ctx, req.Member.Community)
	if err != nil {
		return bot.Reply{}, err
	}
	lang := req.Member.Language
	var lines []bot.Text
	var controls []bot.Control
	if len(all) > 0 {
		lines = append(lines, s.say(req, "checkin.organize.list"))
	}
	for i := range all {
		lines = append(lines, s.say(req, "checkin.organize.line", bot.Num("number", all[i].Number), bot.Str("name", all[i].Name),
			bot.Str("rule", all[i].Rule.Text(lang))))
		if len(controls) < listed {
			controls = append(controls, bot.Control{Label: bot.Shorten(all[i].Name, 40), Path: showPath + all[i].ID})
		}
	}
	lines = append(lines, s.say(req, "checkin.organize.sets"))
	for _, of := range sets {
		lines = append(lines, s.say(req, "checkin.organize.set", bot.Str("name", s.setWords(lang, of, "name")), bot.Str("about", s.setWords(lang, of, "about"))))
		label := s.setWords(lang, of, "name")
		if len(all) > 0 { // one of them may be called the same
			label = s.label(lang, "checkin.organize.set.new", bot.Str("name", label))
		}
		controls = append(controls, bot.Control{Label: label, Path: setPath + of.id})
	}
	controls = append(controls, bot.Control{Label: s.label(lang, "checkin.organize.own"), Path: setPath + ownSet.id},
		bot.Control{Label: s.label(lang, "checkin.organize.file"), Path: askFilePath})
	return replacing(req, bot.Say(bot.Join("\n", lines...), controls...)), nil
}

// askNew opens the form for a new check-in, filled in with a set.
func (s *Service) askNew(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	home, err := s.people.Home(ctx, req.Channel.Space)
	if err != nil {
		return bot.Reply{}, err
	}
	lang := req.Member.Language
	of := setOf(req.Params.Get("set"))
	// What is said in the channel is in the community's language, and so are the
	// questions.
	fields := s.definitionFields(lang, s.setWords(home.Language, of, "name"), s.setWords(home.Language, of, "questions"), strconv.Itoa(of.days), of.sharing)
	when := s.newField(lang, "when", bot.Field{Value: s.setWords(home.Language, of, "when"), Max: 200})
	return bot.Ask(bot.Form{
		Title: s.label(lang, "checkin.new"), Path: createPath, Submit: s.label(lang, "checkin.form.next"),
		Fields: slices.Insert(fields, 2, when),
	}), nil
}

func (s *Service) newField(lang, name string, f bot.Field) bot.Field {
	f.Name, f.Label, f.Hint = name, s.label(lang, bot.Key("checkin.new."+name)), s.label(lang, bot.Key("checkin.new."+name+".hint"), bot.Num("most", mostDays))
	return f
}

// definitionFields are the fields of what is asked and who sees it, filled in.
func (s *Service) definitionFields(lang, name, questions, days string, sharing Sharing) []bot.Field {
	return []bot.Field{
		s.newField(lang, "name", bot.Field{Value: name, Max: mostName}),
		s.newField(lang, "questions", bot.Field{Value: questions, Long: true, Max: mostLines}),
		s.newField(lang, "days", bot.Field{Value: days, Max: 2}),
		s.newField(lang, "sharing", bot.Field{Value: string(sharing), Choices: s.sharingChoices(lang)}),
	}
}

func (s *Service) sharingChoices(lang string) []bot.Choice {
	out := make([]bot.Choice, len(sharings))
	for i, v := range sharings {
		out[i] = bot.Choice{Label: s.label(lang, bot.Key("checkin.new.sharing."+string(v))), Value: string(v)}
	}
	return out
}

// create takes the form, and goes on to how it is asked.
func (s *Service) create(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	ci, faults, err := s.fresh(ctx, req)
	if err != nil || len(faults) > 0 {
		return bot.Reply{FieldErrors: faults}, err
	}
	err = s.schedule.Add(ctx, &ci, req.Input)
	if errors.Is(err, outbox.ErrRepeated) {
		return s.organize(ctx, req) // it is there since the first time
	}
	if err != nil {
		return bot.Reply{}, err
	}
	return s.savedReply(ctx, req, &ci, "checkin.new.saved")
}

// savedReply shows a check-in that was saved, with what there is to warn of.
func (s *Service) savedReply(ctx context.Context, req *bot.Request, ci *CheckIn, news bot.Key) (bot.Reply, error) {
	warning, err := s.Crowded(ctx, *ci, req.Member)
	return s.showReply(req, ci, bot.Join("\n", s.say(req, news), warning)), err
}

// fresh is a new check-in as the form says, or what is wrong with the form.
func (s *Service) fresh(ctx context.Context, req *bot.Request) (CheckIn, map[string]bot.Text, error) {
	home, err := s.people.Home(ctx, req.Channel.Space)
	if err != nil {
		return CheckIn{}, nil, err
	}
	now, err := s.store.Now(ctx)
	if err != nil {
		return CheckIn{}, nil, err
	}
	ci := CheckIn{
		Community: req.Member.Community, Zone: home.Zone, By: req.Member.ID, Space: req.Account.Space,
		Definition: Definition{Channel: req.Channel.Root(), Language: home.Language, Local: true},
	}
	faults := s.readDefinition(req, &ci)
	if fault := s.readRule(req, &ci, now); !fault.Empty() {
		faults["when"] = fault
	}
	return ci, faults, nil
}

// readDefinition reads what is asked and who sees it from a form, and says what is
// wrong with it.
func (s *Service) readDefinition(req *bot.Request, ci *CheckIn) map[string]bot.Text {
	faults := map[string]bot.Text{}
	ci.Name = oneLine(req.Value("name"))
	if ci.Name == "" || len([]rune(ci.Name)) > mostName {
		faults["name"] = s.say(req, "checkin.new.name.fault", bot.Num("most", mostName))
	}
	ci.Sharing = Sharing(req.Value("sharing"))
	for _, v := range sharings { // where choices are typed, the words are as good as the value
		if strings.EqualFold(req.Value("sharing"), s.label(req.Member.Language, bot.Key("checkin.new.sharing."+string(v)))) {
			ci.Sharing = v
		}
	}
	if !slices.Contains(sharings[:], ci.Sharing) {
		faults["sharing"] = s.say(req, "checkin.new.sharing.fault")
	}
	var err error
	if ci.Questions, err = parseQuestions(req.Value("questions")); err == nil {
		err = ci.check()
	}
	if wrong := (*questionsError)(nil); errors.As(err, &wrong) {
		faults["questions"] = s.wrongQuestions(req, wrong)
	}
	days, err := strconv.Atoi(strings.TrimSpace(req.Value("days")))
	if err != nil || days < 0 || days > mostDays {
		faults["days"] = s.say(req, "checkin.new.days.fault", bot.Num("most", mostDays))
	}
	ci.Days = days
	return faults
}

// wrongQuestions says what is wrong with questions, and with which line.
func (s *Service) wrongQuestions(req *bot.Request, wrong *questionsError) bot.Text {
	fault := s.say(req, bot.Key("checkin.new.questions."+string(wrong.Problem)), bot.Num("most", mostQuestions),
		bot.Num("long", mostQuestion), bot.Num("choices", mostChoices), bot.Num("low", leastScale), bot.Num("high", mostScale))
	if wrong.Line == 0 {
		return fault
	}
	return s.say(req, "checkin.new.questions.line", bot.Num("line", wrong.Line), bot.Str("text", bot.Shorten(wrong.Text, mostName)), bot.Rich("fault", fault))
}

// readRule reads when a check-in comes: at least once, and not twice a day.
func (s *Service) readRule(req *bot.Request, ci *CheckIn, now time.Time) bot.Text {
	typed := strings.TrimSpace(req.Value("when"))
	r, err := rule.Parse(typed)
	if wrong := (*rule.Error)(nil); errors.As(err, &wrong) {
		return s.say(req, "checkin.new.when.fault", bot.Str("typed", bot.Shorten(typed, mostName)), bot.Str("nearest", wrong.Nearest))
	}
	zone, err := time.LoadLocation(ci.Zone)
	if err != nil {
		zone = time.UTC
	}
	ci.Rule = r.Anchored(now, zone)
	var last time.Time
	n := 0
	for o := range ci.Rule.After(now, rule.Place{Zone: zone}) {
		if n++; n > 50 {
			break
		}
		if !last.IsZero() && o.At.Sub(last) < leastApart {
			return s.say(req, "checkin.new.when.often")
		}
		last = o.At
	}
	if n == 0 {
		return s.say(req, "checkin.new.when.never")
	}
	return nil
}

// leastApart is how often a check-in may come: once a day, also on the short day
// on which clocks go forward.
const leastApart = 22 * time.Hour

// show shows a check-in to an organizer.
func (s *Service) show(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	ci, err := s.find(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	return s.showReply(req, &ci, nil), nil
}

// The ways to ask, as the paths of controls name them.
const (
	wayLocal    = "local"
	wayTogether = "together"
	wayChannel  = "channel"
)

func (c *CheckIn) way() string {
	switch {
	case c.InChannel:
		return wayChannel
	case c.Local:
		return wayLocal
	default:
		return wayTogether
	}
}

func (s *Service) showReply(req *bot.Request, ci *CheckIn, news bot.Text) bot.Reply {
	lang := req.Member.Language
	where := bot.Place("channel", ci.Channel, s.label(lang, "checkin.channel"))
	lines := []bot.Text{news, s.say(req, "checkin.organize.line", bot.Num("number", ci.Number), bot.Str("name", ci.Name), bot.Str("rule", ci.Rule.Text(lang)))}
	lines = append(lines, s.questionLines(lang, &ci.Definition)...)
	lines = append(lines, s.say(req, bot.Key("checkin.show.way."+ci.way()), where))
	if !ci.InChannel {
		lines = append(lines, s.audience(lang, &ci.Definition))
	}
	lines = append(lines, s.openFor(req, ci),
		s.sharingShown(lang, &ci.Definition), s.say(req, "checkin.show.schedule", bot.Str("command", req.Typed("/organize schedule"))))
	var controls []bot.Control
	if !ci.InChannel {
		controls = append(controls, bot.Control{Label: s.label(lang, "checkin.button.invite"), Path: invitePath + ci.ID, Style: bot.Primary},
			bot.Control{Label: s.label(lang, "checkin.button.who"), Path: whoPath + ci.ID})
	}
	for _, way := range []string{wayLocal, wayTogether, wayChannel} {
		if way != ci.way() {
			controls = append(controls, bot.Control{Label: s.label(lang, bot.Key("checkin.button.way."+way)), Path: askPath + ci.ID + "/" + way})
		}
	}
	controls = append(controls, bot.Control{Label: s.label(lang, "checkin.button.edit"), Path: editPath + ci.ID + "/now"},
		bot.Control{Label: s.label(lang, "checkin.button.results"), Path: resultsPath + ci.ID},
		bot.Control{Label: s.label(lang, "checkin.button.file"), Path: filePath + ci.ID},
		bot.Control{Label: s.label(lang, "checkin.button.all"), Path: organizePath},
		bot.Control{Label: s.label(lang, "checkin.menu.room"), Path: roomPath + ci.ID, Pick: bot.PickChannel})
	return replacing(req, bot.Say(bot.Join("\n", lines...), controls...))
}

// sharingShown says to an organizer who sees the answers.
func (s *Service) sharingShown(lang string, d *Definition) bot.Text {
	if d.Sharing == Private {
		return s.words.Text(lang, "checkin.show.private")
	}
	return s.sharing(lang, d)
}

// openFor says how long it stays open.
func (s *Service) openFor(req *bot.Request, ci *CheckIn) bot.Text {
	days := ci.daysOpen(s.stretch)
	if days == 0 {
		return s.say(req, "checkin.show.same_day", bot.Num("hour", closingHour))
	}
	return s.say(req, "checkin.show.days", bot.Count("days", days), bot.Num("hour", closingHour))
}

// way changes how a check-in is asked, from the next time on.
func (s *Service) way(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	ci, err := s.find(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	way := req.Params.Get("way")
	ci.InChannel, ci.Local = way == wayChannel, way == wayLocal
	e := outbox.Effects{Input: req.Input}
	if ci.Audience.Kind != WhoJoins {
		if e, err = s.listed(ctx, &ci, e); err != nil {
			return bot.Reply{}, err
		}
	}
	if err := s.schedule.Define(ctx, &ci, e); err != nil && !errors.Is(err, outbox.ErrRepeated) {
		return bot.Reply{}, err
	}
	return s.savedReply(ctx, req, &ci, "checkin.way.saved")
}

// invite posts in the channel what people can take part in.
func (s *Service) invite(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	ci, err := s.find(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	key := bot.Key("checkin.invite.together")
	if ci.Local {
		key = "checkin.invite.local"
	}
	text := bot.Join("\n", s.words.Text(ci.Language, key, bot.Str("name", ci.Name), bot.Str("rule", ci.Rule.Text(ci.Language))), s.sharing(ci.Language, &ci.Definition))
	err = s.store.Apply(ctx, string(ci.Community), outbox.Effects{Input: req.Input, Posts: []outbox.Item{{
		Class: outbox.Bulk,
		Post: bot.Post{
			Key: bot.DeliveryKey(record(ci.ID) + "/invite/" + string(req.Input)), Channel: ci.Channel,
			Message: bot.Message{Text: text, Controls: []bot.Control{{Label: s.label(ci.Language, "checkin.button.join"), Path: joinPath + ci.ID, Style: bot.Primary}}},
		},
	}}})
	if err != nil && !errors.Is(err, outbox.ErrRepeated) {
		return bot.Reply{}, err
	}
	return s.showReply(req, &ci, s.say(req, "checkin.invite.sent", bot.Place("channel", ci.Channel, s.label(req.Member.Language, "checkin.channel")))), nil
}
