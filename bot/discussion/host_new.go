package discussion

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// askNew opens the form for a new discussion.
func (s *Service) askNew(_ context.Context, req *bot.Request) (bot.Reply, error) {
	lang := req.Member.Language
	return bot.Ask(bot.Form{
		Title: s.label(lang, "host.form"), Path: "/host/create", Submit: s.label(lang, "host.form.submit"),
		Fields: s.planFields(lang),
	}), nil
}

// planFields are those of a form in which a host plans. A file that is pasted has a
// title of its own.
func (s *Service) planFields(lang string) []bot.Field {
	return []bot.Field{
		formField(s, lang, "title", bot.Field{Optional: true, Max: maxTitle}),
		formField(s, lang, "questions", bot.Field{Optional: true, Long: true, Max: maxPasted}),
		formField(s, lang, "start", bot.Field{Optional: true, Max: 40}),
		formField(s, lang, "length", bot.Field{Optional: true, Max: 10}),
		formField(s, lang, "welcome", bot.Field{Optional: true, Long: true, Max: maxText}),
	}
}

// formField is a field with its label and hint.
func formField(s *Service, lang, name string, f bot.Field) bot.Field {
	f.Name = name
	f.Label = s.label(lang, bot.Key("host.form."+name))
	f.Hint = s.label(lang, bot.Key("host.form."+name+".hint"))
	return f
}

// maxPasted is how much a host can paste into a form: Discord takes 4,000
// characters, Slack 3,000, and the adapters lower it to that.
const maxPasted = 4000

// create takes the form. Without a start the discussion waits for its host.
func (s *Service) create(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	home, loc, err := s.home(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	now := s.clock.Now()
	script, byHand, faults := s.typed(req, loc, now)
	if len(faults) > 0 {
		return bot.Reply{FieldErrors: faults}, nil
	}
	d := Discussion{
		Community: req.Member.Community, Script: script, Channel: req.Channel.Root(),
		Language: home.Language, Hosts: []bot.MemberID{req.Member.ID}, Contacts: map[bot.MemberID]bot.Account{req.Member.ID: req.Account},
	}
	known, err := s.places.ChatChannels(ctx, d.Community)
	if err != nil {
		return bot.Reply{}, err
	}
	d.ChannelName = nameIn(known, d.Channel)
	if !byHand {
		d.Base = script.Start
	}
	err = s.Schedule(ctx, &d, req.Input)
	if errors.Is(err, outbox.ErrRepeated) {
		return s.list(ctx, req) // it is there since the first time
	}
	if err != nil {
		return bot.Reply{}, err
	}
	lang := req.Member.Language
	news := bot.Join("\n", s.words.Text(lang, "host.created", bot.Str("title", d.heading())), s.preview(lang, &d))
	return s.panelReply(ctx, &d, req, news)
}

// typed is the script that the form describes: a list of questions, or a file. Without a
// start it waits for its host.
func (s *Service) typed(req *bot.Request, loc *time.Location, now time.Time) (script Script, byHand bool, faults map[string]bot.Text) {
	lang, pasted := req.Member.Language, req.Value("questions")
	draft := ScriptDraft{
		Title: req.Value("title"), Hosts: []string{req.Member.Name}, Zone: loc.String(),
		Start: strings.TrimSpace(req.Value("start")), Length: minutes(req.Value("length")), Welcome: req.Value("welcome"),
	}
	byHand = draft.Start == ""
	here := now.In(loc).Format("2006-01-02T15:04:05")
	var err error
	if isFile(pasted) {
		if _, table := tableComma([]byte(pasted)); !table {
			byHand = false // it says its start itself
		}
		if byHand {
			draft.Start = here
		}
		script, err = ImportScript([]byte(pasted), draft)
		if wrong := (*ScriptError)(nil); errors.As(err, &wrong) {
			return script, byHand, map[string]bot.Text{"questions": s.faults(lang, wrong)}
		}
	} else {
		shortIntroductions(&draft)
		if byHand {
			draft.Start = here
		}
		draft.Questions = QuestionsFromText(pasted)
		script, err = draft.Script()
		if wrong := (*ScriptError)(nil); errors.As(err, &wrong) {
			return script, byHand, s.fieldErrors(lang, wrong)
		}
	}
	if !byHand && script.Start.Before(now) {
		return script, byHand, s.past(lang, now, loc)
	}
	return script, byHand, nil
}

// shortIntroductions gives a short chat short introductions.
func shortIntroductions(draft *ScriptDraft) {
	if d, err := time.ParseDuration(draft.Length); err == nil && d < introducedLength {
		draft.Introductions = (d / introducedShare).Truncate(time.Second).String()
	}
}

// home is the community of a request, and the zone in which its times are meant.
func (s *Service) home(ctx context.Context, req *bot.Request) (Home, *time.Location, error) {
	home, err := s.members.Home(ctx, req.Channel.Space)
	if err != nil {
		return home, nil, err
	}
	zone := req.Member.Zone
	if zone == "" {
		zone = home.Zone
	}
	loc, err := time.LoadLocation(zone)
	return home, loc, err
}

// From this length on a chat has the usual introductions; a shorter one has this
// part of its length.
const (
	introducedShare  = 6
	introducedLength = introducedShare * defaultIntroductions
)

// minutes lets a host write 60 for 60m.
func minutes(typed string) string {
	typed = strings.TrimSpace(typed)
	if n, err := strconv.Atoi(typed); err == nil && n > 0 {
		return typed + "m"
	}
	return typed
}

// fieldErrors puts a script's problems next to the fields of the form, in the
// reader's language. What exactly is expected in a file, with lines and indices,
// is in ScriptError; a form says it field by field.
func (s *Service) fieldErrors(lang string, e *ScriptError) map[string]bot.Text {
	out := map[string]bot.Text{}
	for _, p := range e.Problems {
		name, _, _ := strings.Cut(p.Field, "[")
		if strings.HasSuffix(p.Field, ".at") {
			name = "length" // the form has no times of its own: they do not fit
		}
		switch name {
		case "questions":
			out["questions"] = s.words.Text(lang, "host.form.questions.problem", bot.Num("most", maxQuestions), bot.Num("long", maxText))
		case "start", "zone":
			out["start"] = s.words.Text(lang, "host.form.start.problem")
		case "length", "introductions":
			out["length"] = s.words.Text(lang, "host.form.length.problem")
		case "welcome":
			out["welcome"] = s.words.Text(lang, "host.form.welcome.problem", bot.Num("long", maxText))
		default:
			out["title"] = s.words.Text(lang, "host.form.title.problem", bot.Num("long", maxTitle))
		}
	}
	return out
}
