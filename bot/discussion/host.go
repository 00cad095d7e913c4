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
		Fields: []bot.Field{
			formField(s, lang, "title", bot.Field{Max: maxTitle}),
			formField(s, lang, "questions", bot.Field{Long: true, Max: maxPasted}),
			formField(s, lang, "start", bot.Field{Optional: true, Max: 40}),
			formField(s, lang, "length", bot.Field{Optional: true, Max: 10}),
			formField(s, lang, "welcome", bot.Field{Optional: true, Long: true, Max: maxText}),
		},
	}), nil
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
	draft := ScriptDraft{
		Title: req.Value("title"), Hosts: []string{req.Member.Name}, Zone: loc.String(),
		Start: strings.TrimSpace(req.Value("start")), Length: minutes(req.Value("length")), Welcome: req.Value("welcome"),
		Questions: QuestionsFromText(req.Value("questions")),
	}
	if d, err := time.ParseDuration(draft.Length); err == nil && d < introducedLength {
		// A short chat has short introductions.
		draft.Introductions = (d / introducedShare).Truncate(time.Second).String()
	}
	byHand := draft.Start == ""
	if byHand {
		draft.Start = now.In(loc).Format("2006-01-02T15:04:05")
	}
	script, err := draft.Script()
	var wrong *ScriptError
	if errors.As(err, &wrong) {
		return bot.Reply{FieldErrors: s.fieldErrors(req.Member.Language, wrong)}, nil
	}
	if err != nil {
		return bot.Reply{}, err
	}
	d := Discussion{
		Community: req.Member.Community, Script: script, Channel: req.Channel.Root(),
		Language: home.Language, Hosts: []bot.MemberID{req.Member.ID},
	}
	known, err := s.places.ChatChannels(ctx, d.Community)
	if err != nil {
		return bot.Reply{}, err
	}
	d.ChannelName = nameIn(known, d.Channel)
	if !byHand {
		if script.Start.Before(now) {
			return bot.Reply{FieldErrors: s.past(req.Member.Language, now, loc)}, nil
		}
		d.Base = script.Start
	}
	err = s.Schedule(ctx, &d, req.Input)
	if errors.Is(err, outbox.ErrRepeated) {
		return s.list(ctx, req) // it is there since the first time
	}
	if err != nil {
		return bot.Reply{}, err
	}
	return s.panelReply(ctx, &d, req, s.words.Text(req.Member.Language, "host.created", bot.Str("title", d.heading())))
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

// panel shows a host how the discussion stands, with everything they need to
// run it as buttons.
func (s *Service) panel(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	d, err := s.named(ctx, req, unfinished)
	if err != nil {
		return bot.Reply{}, err
	}
	return s.panelReply(ctx, &d, req, nil)
}

func (s *Service) panelReply(ctx context.Context, d *Discussion, req *bot.Request, news bot.Text) (bot.Reply, error) {
	lang := req.Member.Language
	lines := []bot.Text{news, s.line(d, req.Member)}
	if names := d.placeNames(); len(names) > 0 {
		lines = append(lines, s.words.Text(lang, "host.panel.places", bot.Str("places", strings.Join(names, ", "))))
	}
	if d.Script.Threads && !d.Over() {
		lines = append(lines, s.words.Text(lang, "host.panel.threads"))
	}
	if d.Running() {
		entries, err := s.store.Entries(ctx, d.Community, d.ID)
		if err != nil {
			return bot.Reply{}, err
		}
		t := count(entries)
		lines = append(lines, s.words.Text(lang, "host.panel.people", bot.Count("people", t.people)))
		for n := 1; n <= d.Asked; n++ {
			lines = append(lines, s.words.Text(lang, "host.panel.answers", bot.Num("n", n), bot.Count("answers", t.byQuestion[n])))
		}
	}
	if next, ok := d.next(); ok && !d.Over() {
		key := bot.Key("host.panel.next.close")
		switch next.to {
		case Open:
			key = "host.panel.next.open"
		case Asking:
			key = "host.panel.next.question"
		}
		lines = append(lines, s.words.Text(lang, key, bot.Num("n", next.ask), bot.At("when", next.at, zoneOf(req.Member, d), bot.ClockTime)))
		if next.to == Asking {
			lines = append(lines, s.hostNote(lang, d, next.ask))
		}
	}
	controls := append(s.panelControls(lang, d), s.highlightControls(lang, d)...)
	controls = append(controls, s.linkControls(req, d)...)
	if d.State == Scheduled {
		more, err := s.placeControls(ctx, lang, d)
		if err != nil {
			return bot.Reply{}, err
		}
		controls = append(controls, more...)
	}
	reply := bot.Say(bot.Join("\n", lines...), controls...)
	reply.Replace = req.Message != nil
	return reply, nil
}

// hostNote is the next question and what the host noted with it.
func (s *Service) hostNote(lang string, d *Discussion, n int) bot.Text {
	q := d.Script.Questions[n-1]
	text := s.words.Text(lang, "chat.show.question", bot.Num("n", n), bot.Str("text", q.Text))
	if q.Note == "" {
		return text
	}
	return bot.Join("\n", text, s.words.Text(lang, "host.panel.note", bot.Str("note", q.Note)))
}

func (s *Service) panelControls(lang string, d *Discussion) []bot.Control {
	control := func(key bot.Key, path string, style bot.ControlStyle) bot.Control {
		return bot.Control{Label: s.label(lang, key), Path: path, Style: style}
	}
	switch d.State {
	case Scheduled:
		threads := control("host.button.threads", "/host/threads/"+d.ID+"/on", bot.Ordinary)
		if d.Script.Threads {
			threads = control("host.button.threads.off", "/host/threads/"+d.ID+"/off", bot.Ordinary)
		}
		return []bot.Control{
			control("host.button.start", "/host/start/"+d.ID, bot.Primary),
			control("host.button.move", "/host/move/"+d.ID, bot.Ordinary),
			threads,
			control("host.button.cancel", "/host/call-off/"+d.ID, bot.Danger),
		}
	case Open, Asking:
		var out []bot.Control
		if d.Asked < len(d.Script.Questions) {
			out = append(out, control("host.button.next", "/host/next/"+d.ID+"/"+strconv.Itoa(d.Asked), bot.Primary))
		}
		return append(out,
			control("host.button.refresh", "/host/watch/"+d.ID, bot.Ordinary),
			control("host.button.end", "/host/end/"+d.ID, bot.Danger))
	case Cancelled:
		return nil
	default:
		return []bot.Control{control("chat.button.read", "/chat/read/"+d.ID, bot.Ordinary)}
	}
}

// start opens the doors now.
func (s *Service) start(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return s.actReply(ctx, req, func(d *Discussion, now time.Time) (step, error) {
		if d.State != Scheduled {
			return step{}, errNothingToDo
		}
		return d.startNow(now), nil
	})
}

// nextQuestion asks the next question now. The path says which question was out
// when the button was made, so two hosts who press at once ask one question.
func (s *Service) nextQuestion(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	asked, err := strconv.Atoi(req.Params.Get("asked"))
	if err != nil {
		return bot.Reply{}, bot.Fail(bot.NotFound, s.gone(req))
	}
	return s.actReply(ctx, req, func(d *Discussion, now time.Time) (step, error) {
		if d.Asked != asked || d.State != Open && d.State != Asking {
			return step{}, errNothingToDo
		}
		st, ok := d.askNow(now)
		if !ok {
			return step{}, errNothingToDo
		}
		return st, nil
	})
}

// askEnd asks once before a discussion is ended.
func (s *Service) askEnd(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	d, err := s.named(ctx, req, unfinished)
	if err != nil {
		return bot.Reply{}, err
	}
	lang := req.Member.Language
	reply := bot.Say(s.words.Text(lang, "host.end.ask", bot.Str("title", d.heading())),
		bot.Control{Label: s.label(lang, "host.button.end.yes"), Path: "/host/end-now/" + d.ID, Style: bot.Danger},
		bot.Control{Label: s.label(lang, "host.button.end.no"), Path: "/host/watch/" + d.ID})
	reply.Replace = req.Message != nil
	return reply, nil
}

func (s *Service) end(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return s.actReply(ctx, req, func(d *Discussion, now time.Time) (step, error) {
		if d.State != Open && d.State != Asking {
			return step{}, errNothingToDo
		}
		return step{to: Closing, at: now}, nil
	})
}

// askCancel asks once before a discussion is cancelled.
func (s *Service) askCancel(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	d, err := s.named(ctx, req, unfinished)
	if err != nil {
		return bot.Reply{}, err
	}
	lang := req.Member.Language
	switch d.State {
	case Scheduled:
	case Cancelled:
		return s.panelReply(ctx, &d, req, s.words.Text(lang, "host.already"))
	default:
		return s.panelReply(ctx, &d, req, s.words.Text(lang, "host.cancel.late", bot.Str("title", d.heading())))
	}
	reply := bot.Say(s.words.Text(lang, "host.cancel.ask", bot.Rich("chat", s.line(&d, req.Member))),
		bot.Control{Label: s.label(lang, "host.button.cancel.yes"), Path: "/host/cancel-now/" + d.ID, Style: bot.Danger},
		bot.Control{Label: s.label(lang, "host.button.cancel.no"), Path: "/host/watch/" + d.ID})
	reply.Replace = req.Message != nil
	return reply, nil
}

func (s *Service) cancel(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return s.actReply(ctx, req, func(d *Discussion, now time.Time) (step, error) {
		if d.State != Scheduled {
			return step{}, errNothingToDo
		}
		return step{to: Cancelled, at: now}, nil
	})
}

// errNothingToDo says that what a host asked for is so already.
var errNothingToDo = errors.New("nothing to do")

// actReply does what a host asked for and shows the panel as it is then. If
// somebody else was quicker, the panel says how things stand.
func (s *Service) actReply(ctx context.Context, req *bot.Request, change func(*Discussion, time.Time) (step, error)) (bot.Reply, error) {
	if _, err := s.named(ctx, req, unfinished); err != nil {
		return bot.Reply{}, err
	}
	d, err := s.act(ctx, req.Member.Community, req.Params.Get("chat"), req.Input, change)
	if errors.Is(err, errNothingToDo) {
		return s.panelReply(ctx, &d, req, s.words.Text(req.Member.Language, "host.already"))
	}
	if err != nil {
		return bot.Reply{}, err
	}
	return s.panelReply(ctx, &d, req, nil)
}
