package discussion

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// What keeps a host from going on as they wish.
var (
	errManyQuestions = errors.New("the discussion has as many questions as it can")
	errNotRunning    = errors.New("the discussion does not run")
)

// steerReply changes how a discussion goes on and shows the panel as it is then.
func (s *Service) steerReply(ctx context.Context, req *bot.Request, id string, change func(*Discussion, time.Time) ([]outbox.Item, error)) (bot.Reply, error) {
	d, err := s.steer(ctx, req.Member.Community, id, req.Input, change)
	return s.steered(ctx, req, &d, err)
}

// steered shows the panel after a change, and says above it what kept it from being
// made.
func (s *Service) steered(ctx context.Context, req *bot.Request, d *Discussion, err error) (bot.Reply, error) {
	lang := req.Member.Language
	var news bot.Text
	switch {
	case err == nil:
	case errors.Is(err, errNothingToDo):
		news = s.words.Text(lang, "host.already")
	case errors.Is(err, errNotRunning):
		news = s.words.Text(lang, "host.not_running", bot.Str("title", d.heading()))
	case errors.Is(err, errManyQuestions):
		news = s.words.Text(lang, "host.questions.full", bot.Num("most", maxQuestions))
	default:
		return bot.Reply{}, err
	}
	return s.panelReply(ctx, d, req, news)
}

// live reports whether questions are asked in the discussion.
func (d *Discussion) live() bool { return d.State == Open || d.State == Asking }

// laterBy is by how much a host lets everything come later.
const laterBy = 5 * time.Minute

// later moves what is yet to come, the end included. The path says when the next step
// was to come when the button was made, so two hosts who press at once move it once.
func (s *Service) later(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return s.steerReply(ctx, req, req.Params.Get("chat"), func(d *Discussion, _ time.Time) ([]outbox.Item, error) {
		st, ok := d.following()
		if !ok || !d.live() || !d.Paused.IsZero() || d.Script.Pace != PaceClock || stamp(st.at) != req.Params.Get("due") {
			return nil, errNothingToDo
		}
		d.delay(laterBy)
		return nil, nil
	})
}

// pause stops the clock, or lets it go on.
func (s *Service) pause(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	on := req.Params.Get("on") == "on"
	return s.steerReply(ctx, req, req.Params.Get("chat"), func(d *Discussion, now time.Time) ([]outbox.Item, error) {
		switch {
		case !d.live() || on != d.Paused.IsZero():
			return nil, errNothingToDo
		case on:
			d.Paused = now
		default:
			d.resume(now)
		}
		return nil, nil
	})
}

// skip leaves the next question out. The others keep their numbers and times.
func (s *Service) skip(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	n, err := strconv.Atoi(req.Params.Get("question"))
	if err != nil {
		return bot.Reply{}, bot.Fail(bot.NotFound, s.gone(req))
	}
	return s.steerReply(ctx, req, req.Params.Get("chat"), func(d *Discussion, _ time.Time) ([]outbox.Item, error) {
		if !d.live() || d.upcoming() != n {
			return nil, errNothingToDo
		}
		d.Skipped = append(slices.Clone(d.Skipped), n)
		return nil, nil
	})
}

const textField = "text"

// askExtra opens the form for a question that is not in the plan.
func (s *Service) askExtra(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	d, err := s.named(ctx, req, (*Discussion).live)
	if err != nil {
		return bot.Reply{}, err
	}
	if !d.live() {
		return s.steered(ctx, req, &d, errNotRunning)
	}
	lang := req.Member.Language
	return bot.Ask(bot.Form{
		Title: s.label(lang, "host.form.extra"), Path: "/host/extra-now/" + d.ID, Submit: s.label(lang, "host.form.extra.submit"),
		Fields: []bot.Field{formField(s, lang, textField, bot.Field{Long: true, Max: maxText})},
	}), nil
}

// extraCommand asks what was typed, or opens the form.
func (s *Service) extraCommand(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	if strings.TrimSpace(req.Value(textField)) == "" {
		return s.askExtra(ctx, req)
	}
	d, err := s.named(ctx, req, (*Discussion).live)
	if err != nil {
		return bot.Reply{}, err
	}
	return s.extraIn(ctx, req, d.ID)
}

// extra takes the form.
func (s *Service) extra(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return s.extraIn(ctx, req, req.Params.Get("chat"))
}

func (s *Service) extraIn(ctx context.Context, req *bot.Request, id string) (bot.Reply, error) {
	text, fault := s.questionText(req.Member.Language, req.Value(textField), 0)
	if fault != nil {
		if req.Path == "/host/ask" {
			return bot.Say(fault), nil
		}
		return bot.Reply{FieldErrors: map[string]bot.Text{textField: fault}}, nil
	}
	d, err := s.act(ctx, req.Member.Community, id, req.Input, func(d *Discussion, now time.Time) (step, error) {
		switch {
		case !d.live():
			return step{}, errNotRunning
		case len(d.Script.Questions) >= maxQuestions:
			return step{}, errManyQuestions
		}
		return d.askExtra(Question{Text: text}, now), nil
	})
	return s.steered(ctx, req, &d, err)
}

// questionText checks a question that a host typed; n is its number, 0 if it has none
// yet.
func (s *Service) questionText(lang, typed string, n int) (string, bot.Text) {
	c := checker{}
	if n > 0 {
		typed = unlabelled(typed, n)
	}
	text := c.text(textField, typed)
	if text == "" || len(c.problems) > 0 {
		return "", s.words.Text(lang, "host.form.text.problem", bot.Num("long", maxText))
	}
	return text, nil
}

// askExtra asks a question now that was not planned. Those after it get the next
// numbers, and come as much later as it takes for each to have its time.
func (d *Discussion) askExtra(q Question, now time.Time) step {
	d.resume(now)
	n := d.Asked + 1
	gap := defaultGap
	if st, ok := d.following(); ok && d.Asked > 0 {
		gap = max(d.dueAt(st)-d.Script.Questions[d.Asked-1].At, time.Second)
	}
	at := max(now.Sub(d.Base).Truncate(time.Second), 0)
	if d.Asked > 0 {
		at = max(at, d.Script.Questions[d.Asked-1].At+time.Second)
	}
	q.At = at
	questions := slices.Clone(d.Script.Questions)
	if d.Script.Pace != PaceSlow {
		next := d.Script.Length
		if d.Asked < len(questions) {
			next = questions[d.Asked].At
		}
		if shift := at + gap - next; shift > 0 {
			for i := d.Asked; i < len(questions); i++ {
				questions[i].At += shift
			}
			d.Script.Length += shift
		}
	}
	d.Script.Questions = slices.Insert(questions, d.Asked, q)
	skipped := slices.Clone(d.Skipped)
	for i := range skipped {
		if skipped[i] >= n {
			skipped[i]++
		}
	}
	d.Skipped = skipped
	return step{to: Asking, ask: n, at: now}
}
