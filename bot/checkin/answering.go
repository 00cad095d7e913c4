package checkin

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// write opens the form of an occurrence, with what somebody has answered in it.
func (s *Service) write(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	sheet, err := s.sheet(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	return s.openForm(ctx, req, &sheet, 0)
}

// openForm opens a step of the form, or says why there is nothing to be done with it any
// more: nobody writes an answer that is then refused.
func (s *Service) openForm(ctx context.Context, req *bot.Request, sheet *Sheet, from int) (bot.Reply, error) {
	switch {
	case !sheet.Open:
		return bot.Say(s.say(req, "checkin.over", bot.Str("name", sheet.Name))), nil
	case sheet.Sharing == Anonymous && sheet.Turn.State == IsAnswered:
		return bot.Say(s.say(req, "checkin.answered.sealed")), nil
	}
	late, err := s.late(ctx, req, sheet)
	if err != nil {
		return bot.Reply{}, err
	}
	if late && sheet.Sharing == Anonymous {
		return bot.Say(s.say(req, "checkin.over", bot.Str("name", sheet.Name))), nil
	}
	if late && sheet.Turn.State == IsAnswered {
		return bot.Say(s.say(req, "checkin.final")), nil
	}
	return s.form(ctx, req, sheet, from)
}

// late reports whether somebody's window is over, who may get it longer, being or
// having been away.
func (s *Service) late(ctx context.Context, req *bot.Request, sheet *Sheet) (bool, error) {
	now, err := s.store.Now(ctx)
	closes := cmp.Or(sheet.Turn.Closes, sheet.Closes)
	if err != nil || closes.After(now) {
		return false, err
	}
	if longer, err := s.longer(ctx, req.Member, sheet); err != nil || longer.After(now) {
		return false, err
	}
	return true, nil
}

// longer is the end of somebody's window with what their days away give back; the
// zero time if they give nothing.
func (s *Service) longer(ctx context.Context, m bot.Member, sheet *Sheet) (time.Time, error) {
	if m.Away == (bot.Away{}) || sheet.Turn.Opened.IsZero() {
		return time.Time{}, nil
	}
	ci, err := s.schedule.Get(ctx, m.Community, sheet.CheckIn)
	if bot.CodeOf(err) == bot.NotFound {
		return time.Time{}, nil // it was removed
	}
	if err != nil {
		return time.Time{}, err
	}
	in, err := s.places(&ci).of(ctx, m)
	return sheet.closes(sheet.Turn.Opened, in, s.stretch), err // as it was asked
}

// sheet reads what the path is about.
func (s *Service) sheet(ctx context.Context, req *bot.Request) (Sheet, error) {
	sheet, err := s.store.Sheet(ctx, req.Member.Community, req.Params.Get("occurrence"), req.Member.ID)
	if bot.CodeOf(err) == bot.NotFound {
		return sheet, bot.Fail(bot.NotFound, s.say(req, "checkin.gone", bot.Str("command", req.Typed("/checkin answer"))))
	}
	return sheet, err
}

// form is one step of answering: the questions from one on, as many as a form
// takes. One's open goal stands above a question of a goal, and what one has begun
// to answer in direct messages in the fields.
func (s *Service) form(ctx context.Context, req *bot.Request, sheet *Sheet, from int) (bot.Reply, error) {
	lang := req.Member.Language
	goal := ""
	until := min(from+bot.MaxFields, len(sheet.Questions))
	before := sheet.Answer
	if before == nil && sheet.Sharing != Anonymous {
		values, err := s.begun(ctx, req.Member, sheet.Occurrence)
		if err != nil {
			return bot.Reply{}, err
		}
		before = &Answer{Values: values}
	}
	f := bot.Form{
		Title: bot.Shorten(sheet.Name, 40), Path: "/checkin/save/" + sheet.Occurrence + "/" + strconv.Itoa(from),
		Submit: s.label(lang, "checkin.form.submit"),
	}
	if until < len(sheet.Questions) {
		f.Submit = s.label(lang, "checkin.form.next")
	}
	for i := from; i < until; i++ {
		q := &sheet.Questions[i]
		if q.Kind == GoalOf && goal == "" {
			var err error
			if goal, err = s.openGoal(ctx, req.Member, sheet.Occurrence); err != nil {
				return bot.Reply{}, err
			}
		}
		f.Fields = append(f.Fields, s.field(lang, q, i, before, goal))
	}
	s.sees(lang, &sheet.Asked, f.Fields)
	return bot.Ask(f), nil
}

// sees says in the hint of the first field that has room who sees the answers.
func (s *Service) sees(lang string, a *Asked, fields []bot.Field) {
	text := s.label(lang, bot.Key("checkin.form.sees."+string(a.Sharing)))
	if a.Widened {
		text = s.label(lang, "checkin.sharing.new", bot.Str("sharing", text))
	}
	for i := range fields {
		hint := strings.TrimSpace(text + " " + fields[i].Hint)
		if len([]rune(hint)) <= longestHint || i == len(fields)-1 {
			fields[i].Hint = bot.Shorten(hint, longestHint)
			return
		}
	}
}

// longestHint is how much of a hint every platform shows:
// https://discord.com/developers/docs/components/reference#text-input
const longestHint = 100

func (s *Service) field(lang string, q *Question, i int, before *Answer, goal string) bot.Field {
	f := bot.Field{Name: fieldName(i), Label: bot.Shorten(q.Text, 45), Optional: true, Max: mostAnswer}
	hint := ""
	if len([]rune(q.Text)) > 45 {
		hint = q.Text
	}
	switch q.Kind {
	case Scale:
		hint = s.label(lang, "checkin.form.scale", bot.Num("least", leastScale), bot.Num("most", mostScale))
	case GoalOf:
		if hint == "" && goal != "" {
			hint = s.label(lang, "checkin.form.goal", bot.Str("goal", goal))
		}
		f.Long = true
	case Text:
		f.Long = true
	}
	f.Hint = bot.Shorten(hint, longestHint)
	for _, value := range q.values() {
		f.Choices = append(f.Choices, bot.Choice{Label: s.shown(lang, q, value), Value: value})
	}
	if before != nil && i < len(before.Values) {
		f.Value = before.Values[i]
	}
	return f
}

func fieldName(i int) string { return "q" + strconv.Itoa(i+1) }

// save takes a step of the form. With the last question answered, or the first
// step where there is a second, all that is there is kept, so that nothing is lost
// between the two.
func (s *Service) save(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	c := req.Member.Community
	id := req.Params.Get("occurrence")
	from, _ := strconv.Atoi(req.Params.Get("from")) // nonsense is the beginning
	asked, err := s.askedAt(ctx, c, id)
	if bot.CodeOf(err) == bot.NotFound {
		return bot.Reply{}, bot.Fail(bot.NotFound, s.say(req, "checkin.gone", bot.Str("command", req.Typed("/checkin answer"))))
	}
	if err != nil {
		return bot.Reply{}, err
	}
	if from < 0 || from >= len(asked.Questions) || from%bot.MaxFields != 0 {
		from = 0
	}
	values := make([]string, len(asked.Questions))
	if len(values) > bot.MaxFields { // what the other step has brought, or is to bring
		sheet, err := s.sheet(ctx, req)
		if err != nil {
			return bot.Reply{}, err
		}
		if sheet.Answer != nil {
			copy(values, sheet.Answer.Values)
		} else if asked.Sharing != Anonymous {
			begun, err := s.begun(ctx, req.Member, id)
			if err != nil {
				return bot.Reply{}, err
			}
			copy(values, begun)
		}
	}
	if faults := s.readFields(req, &asked, from, values); len(faults) > 0 {
		return bot.Reply{FieldErrors: faults}, nil
	}
	return s.keep(ctx, req, id, &asked, values, from)
}

// readFields puts what was typed into values, and says what is wrong with it.
func (s *Service) readFields(req *bot.Request, asked *Asked, from int, values []string) map[string]bot.Text {
	lang := req.Member.Language
	faults := map[string]bot.Text{}
	some := false
	for i := from; i < min(from+bot.MaxFields, len(values)); i++ {
		q := &asked.Questions[i]
		value, wrong := q.read(req.Value(fieldName(i)), s.label(lang, "checkin.word.yes"), s.label(lang, "checkin.word.no"))
		values[i] = value
		some = some || value != ""
		if wrong != "" {
			faults[fieldName(i)] = bot.Join(" ", s.fault(lang, q, wrong), s.say(req, "checkin.fault.kept"))
		}
	}
	if !some && len(faults) == 0 && !anything(values) {
		at := from
		if i := slices.IndexFunc(asked.Questions[from:], func(q Question) bool { return q.values() == nil }); i >= 0 && i < bot.MaxFields {
			at += i // words are typed there, and platforms show a fault best below what is typed
		}
		faults[fieldName(at)] = s.fault(lang, &asked.Questions[at], noneAnswers)
	}
	return faults
}

func anything(values []string) bool { return strings.Join(values, "") != "" }

func (s *Service) fault(lang string, q *Question, wrong problem) bot.Text {
	return s.words.Text(lang, bot.Key("checkin.fault."+string(wrong)),
		bot.Num("least", leastScale), bot.Num("most", mostScale), bot.Num("long", mostAnswer), bot.Str("choices", strings.Join(q.Choices, ", ")), bot.Str("question", q.Text))
}

// keep stores an answer, and what comes of it, in one call.
func (s *Service) keep(ctx context.Context, req *bot.Request, id string, asked *Asked, values []string, from int) (bot.Reply, error) {
	c, lang := req.Member.Community, req.Member.Language
	now, err := s.store.Now(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	t := Taking{
		Community: c, Occurrence: id, Member: req.Member.ID, Input: req.Input, State: IsAnswered,
		Answer: Answer{At: now.Truncate(time.Second), Values: values},
	}
	if asked.Sharing == Anonymous {
		if t.Sealed, err = s.seal.close(id, Answer{Values: values}); err != nil {
			return bot.Reply{}, err
		}
		t.Answer = Answer{}
	} else if t.Goals, t.Jobs, t.Gone, err = s.goalsOf(ctx, req, id, asked, values, now); err != nil {
		return bot.Reply{}, err
	}
	if t.Summary, err = summaryJob(c, id, asked.Sharing, later(now, asked.At)); err != nil {
		return bot.Reply{}, err
	}
	taken, err := s.take(ctx, req, t)
	if errors.Is(err, outbox.ErrRepeated) {
		taken, err = Taken{Outcome: TakenNew}, nil
	}
	if err != nil {
		return bot.Reply{}, err
	}
	if from > 0 && taken.Outcome == TakenOver {
		taken.Outcome = TakenNew // what it replaces is the first step
	}
	// What is late cannot be changed, so nobody is asked for the rest of it.
	if !taken.Late && (taken.Outcome == TakenNew || taken.Outcome == TakenOver) {
		if next := from + bot.MaxFields; next < len(asked.Questions) {
			return bot.Say(bot.Join(" ", s.say(req, "checkin.half"), s.told(lang, asked)), bot.Control{
				Label: s.label(lang, "checkin.button.next"), Path: "/checkin/next/" + id + "/" + strconv.Itoa(next), Style: bot.Primary,
			}), nil
		}
	}
	return s.answered(req, asked, id, taken, now), nil
}

// later is the later of two instants: what is answered early is shown in the channel
// when the check-in comes.
func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// take stores an answer. Where somebody's window is over, it is found out whether
// they get it longer, being or having been away.
func (s *Service) take(ctx context.Context, req *bot.Request, t Taking) (Taken, error) {
	taken, err := s.store.Take(ctx, t)
	over := taken.Outcome == IsFinal || taken.Late
	if t.Sealed != "" {
		over = taken.Outcome == TooLate
	}
	if err != nil || !over || req.Member.Away == (bot.Away{}) {
		return taken, err
	}
	sheet, err := s.store.Sheet(ctx, t.Community, t.Occurrence, t.Member)
	if err != nil {
		return taken, err
	}
	if t.Until, err = s.longer(ctx, req.Member, &sheet); err != nil || t.Until.IsZero() {
		return taken, err
	}
	t.Input += "/again"
	again, err := s.store.Take(ctx, t)
	if again.Outcome == TakenOver && taken.Outcome == TakenNew {
		again.Outcome = TakenNew // what it replaces was taken a moment ago
	}
	return again, err
}

// answered is what somebody hears who has answered.
func (s *Service) answered(req *bot.Request, asked *Asked, id string, taken Taken, now time.Time) bot.Reply {
	lang := req.Member.Language
	who := s.told(lang, asked)
	switch {
	case taken.Outcome == TooLate:
		return bot.Say(s.say(req, "checkin.over", bot.Str("name", asked.Name)))
	case taken.Outcome == IsFinal && asked.Sharing == Anonymous:
		return bot.Say(s.say(req, "checkin.answered.sealed"))
	case taken.Outcome == IsFinal:
		return bot.Say(s.say(req, "checkin.final"))
	case asked.Sharing == Anonymous:
		return bot.Say(s.say(req, "checkin.saved.anonymous", bot.Num("fewest", fewest)))
	case taken.Late:
		return bot.Say(bot.Join(" ", s.say(req, "checkin.saved.late"), who))
	}
	key := bot.Key("checkin.saved")
	if taken.Outcome == TakenOver {
		key = "checkin.changed"
	}
	return bot.Say(bot.Join(" ", s.say(req, key, s.until(lang, taken.Closes, now, req.Member.Zone)), who),
		bot.Control{Label: s.label(lang, "checkin.button.change"), Path: writePath + id})
}

// next opens the second step.
func (s *Service) next(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	sheet, err := s.sheet(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	from, _ := strconv.Atoi(req.Params.Get("from"))
	if !sheet.Open || from <= 0 || from >= len(sheet.Questions) || from%bot.MaxFields != 0 {
		return s.write(ctx, req)
	}
	return s.openForm(ctx, req, &sheet, from)
}
