package partner

import (
	"context"
	"slices"
	"strings"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/grade"
)

const (
	aboutPath = "/partner/about"
	morePath  = "/partner/more"
	slotPath  = "/partner/free/"
)

// mostWords is how long what is told in a field may be, in characters.
const mostWords = 80

// anySlot is the choice of all slots.
const anySlot = "any"

// roles are those that are known: partner.role.<name> is what they are called.
var roles = [...]string{"teacher", "leader", "coach", "support", "trainee"}

// stages are how long somebody has taught: partner.stage.<name>. A mentorship joins one with
// the other.
var stages = [...]string{"new", "experienced"}

// aboutForm asks what everybody is asked, filled in. free asks when they are free too.
func (s *Service) aboutForm(req *bot.Request, p *Profile, path string, free bool) bot.Reply {
	lang := req.Member.Language
	f := bot.Form{
		Title: s.label(lang, "partner.about"), Path: path, Submit: s.label(lang, "partner.about.submit"),
		Fields: []bot.Field{
			s.field(lang, "teaches", bot.Field{Value: s.subjectsShown(lang, p.Teaches), Max: mostSubjects * mostSubject}),
			s.field(lang, "grades", bot.Field{Value: grade.Text(p.Grades), Max: mostWords}),
		},
	}
	if free {
		choices := make([]bot.Choice, 0, len(slots)+1)
		for _, slot := range slots {
			choices = append(choices, bot.Choice{Label: s.label(lang, bot.Key("partner.slot."+string(slot))), Value: string(slot)})
		}
		choices = append(choices, bot.Choice{Label: s.label(lang, "partner.slot.any"), Value: anySlot})
		f.Fields = append(f.Fields, s.field(lang, "free", bot.Field{Choices: choices, Optional: true}))
	}
	return bot.Ask(f)
}

func (s *Service) field(lang, name string, f bot.Field) bot.Field {
	f.Name, f.Label, f.Hint = name, s.label(lang, bot.Key("partner.field."+name)), s.label(lang, bot.Key("partner.field."+name+".hint"))
	return f
}

// slotsIn are the slots that a choice means.
func slotsIn(choice string) []Slot {
	if choice == anySlot {
		return slots[:]
	}
	if slot := Slot(choice); slices.Contains(slots[:], slot) {
		return []Slot{slot}
	}
	return nil
}

// readAbout reads what everybody is asked, and says what is wrong with it.
func (s *Service) readAbout(req *bot.Request, p *Profile) map[string]bot.Text {
	faults := map[string]bot.Text{}
	p.Teaches = s.subjectsOf(req.Value("teaches"))
	if len(p.Teaches) == 0 || len(p.Teaches) > mostSubjects || slices.ContainsFunc(p.Teaches, func(one string) bool { return len([]rune(one)) > mostSubject }) {
		faults["teaches"] = s.say(req, "partner.field.teaches.fault", bot.Num("most", mostSubjects), bot.Num("long", mostSubject))
	}
	var unknown string
	if p.Grades, unknown = grade.Parse(req.Value("grades")); unknown != "" || len(p.Grades) == 0 {
		faults["grades"] = s.say(req, "partner.field.grades.fault", bot.Str("typed", bot.Shorten(oneLine(req.Value("grades")), mostSubject)))
	}
	return faults
}

// askAbout opens the form of what everybody is asked.
func (s *Service) askAbout(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	p, err := s.store.Profile(ctx, req.Member.Community, req.Member.ID)
	return s.aboutForm(req, &p, aboutPath+"/save", false), err
}

// about takes it.
func (s *Service) about(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return s.changeProfile(ctx, req, s.readAbout)
}

// changeProfile changes what somebody has told of themself, and shows all of it.
func (s *Service) changeProfile(ctx context.Context, req *bot.Request, change func(*bot.Request, *Profile) map[string]bot.Text) (bot.Reply, error) {
	p, err := s.store.Profile(ctx, req.Member.Community, req.Member.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	if faults := change(req, &p); len(faults) > 0 {
		return bot.Reply{FieldErrors: faults}, nil
	}
	if err := s.store.KeepProfile(ctx, req.Member.Community, req.Member.ID, p); err != nil {
		return bot.Reply{}, err
	}
	return s.me(ctx, req)
}

// askMore opens the form of what people tell by choice.
func (s *Service) askMore(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	p, err := s.store.Profile(ctx, req.Member.Community, req.Member.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	lang := req.Member.Language
	choices := func(of []string, key string) []bot.Choice {
		out := make([]bot.Choice, len(of))
		for i, v := range of {
			out[i] = bot.Choice{Label: s.label(lang, bot.Key(key+v)), Value: v}
		}
		return out
	}
	return bot.Ask(bot.Form{
		Title: s.label(lang, "partner.more"), Path: morePath + "/save", Submit: s.label(lang, "partner.about.submit"),
		Fields: []bot.Field{
			s.field(lang, "role", bot.Field{Value: p.Role, Choices: choices(roles[:], "partner.role."), Optional: true}),
			s.field(lang, "stage", bot.Field{Value: p.Stage, Choices: choices(stages[:], "partner.stage."), Optional: true}),
			s.field(lang, "school", bot.Field{Value: p.School, Max: mostWords, Optional: true}),
			s.field(lang, "country", bot.Field{Value: p.Country, Max: mostWords, Optional: true}),
			s.field(lang, "languages", bot.Field{Value: strings.Join(p.Languages, ", "), Max: mostWords, Optional: true}),
		},
	}), nil
}

// more takes it.
func (s *Service) more(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return s.changeProfile(ctx, req, func(req *bot.Request, p *Profile) map[string]bot.Text {
		p.Role = s.oneOf(req, "role", roles[:], "partner.role.")
		p.Stage = s.oneOf(req, "stage", stages[:], "partner.stage.")
		p.School = bot.Shorten(oneLine(req.Value("school")), mostWords)
		p.Country = bot.Shorten(oneLine(req.Value("country")), mostWords)
		p.Languages = listed(bot.Shorten(req.Value("languages"), mostWords))
		return nil
	})
}

// oneOf is the known value that was chosen, or typed as it is called; "" for none.
func (s *Service) oneOf(req *bot.Request, field string, of []string, key string) string {
	typed := strings.TrimSpace(req.Value(field))
	for _, v := range of {
		if typed == v || strings.EqualFold(typed, s.label(req.Member.Language, bot.Key(key+v))) {
			return v
		}
	}
	return ""
}

// slot turns a part of the day on or off.
func (s *Service) slot(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return s.changeProfile(ctx, req, func(req *bot.Request, p *Profile) map[string]bot.Text {
		slot := Slot(req.Params.Get("slot"))
		if i := slices.Index(p.Free, slot); i >= 0 {
			p.Free = slices.Delete(p.Free, i, i+1)
		} else if slices.Contains(slots[:], slot) {
			p.Free = append(p.Free, slot)
		}
		return nil
	})
}

// me shows what somebody has told of themself, and who hears of it.
func (s *Service) me(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	c, lang := req.Member.Community, req.Member.Language
	p, err := s.store.Profile(ctx, c, req.Member.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	joined, err := s.store.Joined(ctx, c, req.Member.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	lines := append([]bot.Text{s.say(req, "partner.me")}, s.profileLines(lang, &p)...)
	apart, controls, err := s.apartLines(ctx, req, Evaluation)
	if err != nil {
		return bot.Reply{}, err
	}
	lines = append(append(lines, apart...), s.say(req, "partner.me.knows"))
	buttons := []bot.Control{s.button(req, "partner.button.about", aboutPath), s.button(req, "partner.button.more", morePath)}
	for _, slot := range slots {
		key := bot.Key("partner.button.free.on")
		if slices.Contains(p.Free, slot) {
			key = "partner.button.free.off"
		}
		buttons = append(buttons, s.button(req, key, slotPath+string(slot), bot.Str("slot", s.label(lang, bot.Key("partner.slot."+string(slot))))))
	}
	if len(joined) == 1 {
		roll, err := s.store.Roll(ctx, c, joined[0], req.Member.ID)
		if err != nil {
			return bot.Reply{}, err
		}
		if len(roll.People) > 0 && roll.People[0].Rest.Paused != NotPaused {
			buttons = append(buttons, s.button(req, "partner.button.back", backPath+joined[0]))
		} else {
			buttons = append(buttons, s.button(req, "partner.button.pause", pausePath+joined[0]))
		}
		buttons = append(buttons, s.button(req, "partner.button.leave", leavePath+joined[0]))
	}
	return replacing(req, bot.Say(bot.Join("\n", lines...), append(buttons, controls...)...)), nil
}

// profileLines are what somebody has told, one a line.
func (s *Service) profileLines(lang string, p *Profile) []bot.Text {
	var lines []bot.Text
	add := func(field, value string) {
		if value != "" {
			lines = append(lines, s.words.Text(lang, "partner.me.line", bot.Str("what", s.label(lang, bot.Key("partner.field."+field))), bot.Str("value", value)))
		}
	}
	add("teaches", s.subjectsShown(lang, p.Teaches))
	add("grades", grade.Text(p.Grades))
	add("free", s.slotsShown(lang, p.Free))
	if p.Role != "" {
		add("role", s.label(lang, bot.Key("partner.role."+p.Role)))
	}
	if p.Stage != "" {
		add("stage", s.label(lang, bot.Key("partner.stage."+p.Stage)))
	}
	add("school", p.School)
	add("country", p.Country)
	add("languages", strings.Join(p.Languages, ", "))
	return lines
}

func (s *Service) slotsShown(lang string, free []Slot) string {
	var out []string
	for _, slot := range slots {
		if slices.Contains(free, slot) {
			out = append(out, s.label(lang, bot.Key("partner.slot."+string(slot))))
		}
	}
	return strings.Join(out, ", ")
}
