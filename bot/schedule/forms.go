package schedule

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

// mostText is how long a post may be: every platform takes it whole.
const mostText = 1500

// mostRule is ample for any phrase.
const mostRule = 200

// leastInterval is how often a post may come: who wants it more often has
// mistaken the rule.
const leastInterval = 15 * time.Minute

// form opens a form. For each field there is a label and a hint whose keys begin
// with prefix; in the hint {zone} stands for the zone.
func (s *Service) form(req *bot.Request, title bot.Key, prefix, path, zone string, fields ...bot.Field) bot.Reply {
	lang := req.Member.Language
	for i := range fields {
		f := &fields[i]
		f.Label = s.label(lang, bot.Key(prefix+f.Name))
		f.Hint = s.label(lang, bot.Key(prefix+f.Name+".hint"), bot.Str("zone", zone))
	}
	return bot.Ask(bot.Form{
		Title: s.label(lang, title), Path: path, Submit: s.label(lang, "schedule.form.submit"), Fields: fields,
	})
}

// timeFields are the fields that say when a series happens.
func timeFields() []bot.Field {
	return []bot.Field{
		{Name: "when", Max: mostRule},
		{Name: "until", Optional: true, Max: 20},
		{Name: "late", Optional: true, Max: 10},
	}
}

// askPost opens the form for a new post.
func (s *Service) askPost(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	home, err := s.people.Home(ctx, req.Channel.Space)
	if err != nil {
		return bot.Reply{}, err
	}
	fields := append([]bot.Field{{Name: "title", Max: mostTitle}, {Name: "text", Long: true, Max: mostText}}, timeFields()...)
	return s.form(req, "schedule.post.form", "schedule.post.", "/organize/post-add", home.Zone, fields...), nil
}

// addPost takes the form: the post comes in the channel where it was filled in.
func (s *Service) addPost(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	home, err := s.people.Home(ctx, req.Channel.Space)
	if err != nil {
		return bot.Reply{}, err
	}
	now, err := s.store.Now(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	r := Series{Community: req.Member.Community, Kind: postKind, Space: req.Account.Space, Zone: home.Zone, By: req.Member.ID}
	faults, err := s.readTimes(req, &r, now)
	if err != nil {
		return bot.Reply{}, err
	}
	text := strings.TrimSpace(req.Value("text"))
	r.Title = strings.Join(strings.Fields(req.Value("title")), " ")
	for field, fault := range map[string]bot.Text{
		"title": s.needed(req, r.Title, mostTitle),
		"text":  s.needed(req, text, mostText),
	} {
		if !fault.Empty() {
			faults[field] = fault
		}
	}
	if len(faults) > 0 {
		return bot.Reply{FieldErrors: faults}, nil
	}
	if r.Payload, err = json.Marshal(post{Channel: req.Channel.Root(), Text: text}); err != nil {
		return bot.Reply{}, err
	}
	err = s.Add(ctx, &r, req.Input)
	if errors.Is(err, outbox.ErrRepeated) {
		return s.list(ctx, req) // it is there since the first time
	}
	if err != nil {
		return bot.Reply{}, err
	}
	return s.reply(ctx, req, &r, s.say(req, "schedule.post.saved"))
}

// needed is the fault of a text that is missing or too long.
func (s *Service) needed(req *bot.Request, text string, most int) bot.Text {
	if text == "" || len([]rune(text)) > most {
		return s.say(req, "schedule.form.needed", bot.Num("most", most))
	}
	return nil
}

// readTimes reads the time fields into a series. faults says what is wrong with
// them, field by field.
func (s *Service) readTimes(req *bot.Request, r *Series, now time.Time) (faults map[string]bot.Text, err error) {
	in, err := Calendars{}.place(r.Zone, nil)
	if err != nil {
		return nil, err
	}
	var when, until, late bot.Text
	r.Until, until = s.readUntil(req, now, in.Zone)
	r.Grace, late = s.readLate(req)
	r.Rule, when = s.readRule(req, now, r.Until, in)
	faults = map[string]bot.Text{}
	for field, fault := range map[string]bot.Text{"when": when, "until": until, "late": late} {
		if !fault.Empty() {
			faults[field] = fault
		}
	}
	return faults, nil
}

// readRule reads when something happens. What it gives is understood and comes
// at least once before until, if that is set.
func (s *Service) readRule(req *bot.Request, now, until time.Time, in rule.Place) (rule.Rule, bot.Text) {
	typed := strings.TrimSpace(req.Value("when"))
	r, err := rule.Parse(typed)
	var wrong *rule.Error
	if errors.As(err, &wrong) {
		return r, s.ruleFault(req, typed, wrong)
	}
	r = r.Anchored(now, in.Zone)
	first, ok := r.Next(now, in)
	switch {
	case !ok || !until.IsZero() && !first.At.Before(until):
		return r, s.say(req, "schedule.when.never", s.when(req, "now", now))
	case tooOften(r, now, in):
		return r, s.say(req, "schedule.when.often", bot.Num("minutes", int(leastInterval/time.Minute)))
	}
	return r, nil
}

// tooOften looks at the next hundred occurrences: as many as a day of times.
func tooOften(r rule.Rule, now time.Time, in rule.Place) bool {
	var last time.Time
	n := 0
	for o := range r.After(now, in) {
		if n++; n > 100 {
			break
		}
		// Clocks that go forward bring two times together.
		if !last.IsZero() && o.At.Sub(last) < leastInterval && o.Note != rule.AfterGap {
			return true
		}
		last = o.At
	}
	return false
}

// ruleFault says what was not understood, what may have been meant, and how else
// it can be said.
func (s *Service) ruleFault(req *bot.Request, typed string, e *rule.Error) bot.Text {
	const shown = 3
	others := slices.DeleteFunc(slices.Clone(e.Examples), func(example string) bool { return example == e.Nearest })
	return bot.Join(" ",
		s.say(req, bot.Key("schedule.when."+string(e.Problem)), bot.Str("typed", bot.Shorten(typed, mostTitle)),
			bot.Num("field", e.Field), bot.Num("first", e.First), bot.Num("last", e.Last)),
		s.say(req, "schedule.when.nearest", bot.Str("nearest", e.Nearest)),
		s.say(req, "schedule.when.examples", bot.Str("examples", strings.Join(others[:min(shown, len(others))], "; "))))
}

// readUntil reads the last day. It gives the end of that day.
func (s *Service) readUntil(req *bot.Request, now time.Time, zone *time.Location) (time.Time, bot.Text) {
	typed := strings.TrimSpace(req.Value("until"))
	if typed == "" {
		return time.Time{}, nil
	}
	day, err := time.ParseInLocation(time.DateOnly, typed, zone)
	if err != nil {
		return time.Time{}, s.say(req, "schedule.until.problem")
	}
	end, _ := rule.Instant(day.AddDate(0, 0, 1), zone)
	if !end.After(now) {
		return time.Time{}, s.say(req, "schedule.until.past")
	}
	return end, nil
}

// mostLate is the most that somebody may let a post be late.
const mostLate = 7 * 24 * time.Hour

// readLate reads how late something may come: 30m, 2h, 1d. Empty is the default.
func (s *Service) readLate(req *bot.Request) (time.Duration, bot.Text) {
	typed := strings.ToLower(strings.TrimSpace(req.Value("late")))
	if typed == "" {
		return DefaultGrace, nil
	}
	parsed := typed
	if days, ok := strings.CutSuffix(typed, "d"); ok {
		if n, err := strconv.Atoi(days); err == nil && n <= 7 {
			parsed = strconv.Itoa(24*n) + "h"
		}
	}
	if d, err := time.ParseDuration(parsed); err == nil && d >= leastGrace && d <= mostLate {
		return d, nil
	}
	return 0, s.say(req, "schedule.late.problem")
}

// formatLate is a duration as readLate reads it.
func formatLate(d time.Duration) string {
	switch {
	case d%(24*time.Hour) == 0:
		return strconv.Itoa(int(d/(24*time.Hour))) + "d"
	case d%time.Hour == 0:
		return strconv.Itoa(int(d/time.Hour)) + "h"
	default:
		return strings.TrimSuffix(d.Round(time.Minute).String(), "0s")
	}
}
