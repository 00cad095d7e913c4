package schedule

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

// when is an instant in the reader's zone.
func (s *Service) when(req *bot.Request, name string, at time.Time) bot.Arg {
	return bot.At(name, at, req.Member.Zone, bot.DateTime)
}

// show shows a series with all that can be done with it.
func (s *Service) show(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	r, _, err := s.named(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	return s.reply(ctx, req, &r, nil)
}

// reply shows a series below what just happened to it.
func (s *Service) reply(ctx context.Context, req *bot.Request, r *Series, news bot.Text) (bot.Reply, error) {
	last, err := s.entries(ctx, r, 0, 1)
	if err != nil {
		return bot.Reply{}, err
	}
	lines := []bot.Text{
		news,
		s.line(req, r),
		s.say(req, "schedule.show.rule", bot.Str("rule", r.Rule.Text(req.Member.Language)), bot.Str("zone", r.Zone)),
	}
	all, err := s.store.Calendars(ctx, r.Community)
	if err != nil {
		return bot.Reply{}, err
	}
	if names := all.names(r.Calendars); len(names) > 0 {
		lines = append(lines, s.say(req, "schedule.show.calendars", bot.Str("names", strings.Join(names, ", "))))
	}
	if !r.Until.IsZero() {
		lines = append(lines, s.say(req, "schedule.show.until", bot.Str("day", s.lastDay(req, r))))
	}
	if r.Grace != DefaultGrace {
		lines = append(lines, s.say(req, "schedule.show.grace", bot.Str("late", formatLate(r.Grace))))
	}
	if len(last) > 0 {
		entry, err := s.noted(ctx, req, r, last[0])
		if err != nil {
			return bot.Reply{}, err
		}
		lines = append(lines, s.say(req, "schedule.show.last", bot.Rich("entry", entry)))
	}
	if k := s.kinds[r.Kind]; k.Show != nil {
		lines = append(lines, k.Show(*r, req.Member))
	}
	return replacing(req, bot.Say(bot.Join("\n", lines...), append(s.controls(req, r, len(all) > 1), s.home(req, r)...)...)), nil
}

// home is the control that leads to the feature whose the series is, if there is one.
func (s *Service) home(req *bot.Request, r *Series) []bot.Control {
	if k := s.kinds[r.Kind]; k.Back != nil {
		return []bot.Control{k.Back(req.Member)}
	}
	return nil
}

// controls are what can be done with a series. choice says that there are
// calendars to choose from.
func (s *Service) controls(req *bot.Request, r *Series, choice bool) []bot.Control {
	var out []bot.Control
	if _, _, ok := r.soonest(); ok {
		out = append(out, s.control(req, "schedule.button.preview", seriesPath+"preview/"+r.ID))
		if r.Paused {
			out = append(out, s.control(req, "schedule.button.resume", seriesPath+"resume/"+r.ID))
		} else {
			out = append(out, s.control(req, "schedule.button.pause", seriesPath+"pause/"+r.ID))
		}
	}
	if choice {
		out = append(out, s.control(req, "schedule.button.calendars", seriesPath+"calendars/"+r.ID))
	}
	remove := s.control(req, "schedule.button.remove", seriesPath+"remove/"+r.ID)
	remove.Style = bot.Danger
	return append(out,
		s.control(req, "schedule.button.move", seriesPath+"move/"+r.ID),
		s.control(req, "schedule.button.run", seriesPath+"run/"+r.ID),
		s.control(req, "schedule.button.log", seriesPath+"log/"+r.ID+"/0"),
		remove,
		s.control(req, "schedule.button.all", listPath))
}

// Controls are what an organizer does with a series most, for the page of the feature
// that it belongs to.
func (s *Service) Controls(req *bot.Request, r *Series) []bot.Control {
	pause := s.control(req, "schedule.button.pause", seriesPath+"pause/"+r.ID)
	if r.Paused {
		pause = s.control(req, "schedule.button.resume", seriesPath+"resume/"+r.ID)
	}
	remove := s.control(req, "schedule.button.remove", seriesPath+"remove/"+r.ID)
	remove.Style = bot.Danger
	return []bot.Control{pause, s.control(req, "schedule.button.move", seriesPath+"move/"+r.ID), remove}
}

// Next is when a series happens next, the zero time for never. A series that is paused
// would.
func (s *Series) Next() time.Time {
	_, at, _ := s.soonest()
	return at
}

// back leads to the series' own page.
func (s *Service) back(req *bot.Request, r *Series) bot.Control {
	return s.control(req, "schedule.button.back", seriesPath+r.ID)
}

// lastDay is the last date on which the series may happen.
func (s *Service) lastDay(req *bot.Request, r *Series) string {
	loc, err := time.LoadLocation(r.Zone)
	if err != nil {
		loc = time.UTC
	}
	return bot.Day(req.Member.Language, r.Until.Add(-1).In(loc))
}

// preview shows what comes next, with what holidays skip.
func (s *Service) preview(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	r, cals, err := s.named(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	now, err := s.store.Now(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	in, err := cals.place(r.Zone, r.Calendars)
	if err != nil {
		return bot.Reply{}, err
	}
	head := s.say(req, "schedule.preview", bot.Str("title", r.Title))
	if r.Paused {
		head = s.say(req, "schedule.preview.paused", bot.Str("title", r.Title))
	}
	lines := []bot.Text{head}
	happen := 0
	for o := range r.Rule.After(now, in) {
		if !r.Until.IsZero() && !o.At.Before(r.Until) || happen == previewed || len(lines) > 2*previewed {
			break
		}
		if !o.Skipped {
			happen++
		}
		lines = append(lines, s.occurrence(req, o, in))
	}
	if len(lines) == 1 {
		lines = append(lines, s.say(req, "schedule.preview.none"))
	}
	return replacing(req, bot.Say(bot.Join("\n", lines...), s.back(req, &r))), nil
}

// occurrence is a line of a preview.
func (s *Service) occurrence(req *bot.Request, o rule.Occurrence, in rule.Place) bot.Text {
	when, holiday := s.when(req, "when", o.At), bot.Str("holiday", s.holiday(req, o.Holiday))
	switch {
	case o.Skipped && !o.Instead.IsZero():
		instead, _ := rule.Instant(o.Instead, in.Zone)
		return s.say(req, "schedule.preview.moved", when, holiday, s.when(req, "instead", instead))
	case o.Skipped:
		return s.say(req, "schedule.preview.skipped", when, holiday)
	case !o.StandsFor.IsZero():
		return s.say(req, "schedule.preview.instead", when, holiday)
	case o.Note == rule.AfterGap:
		return s.say(req, "schedule.preview.gap", when)
	default:
		return s.say(req, "schedule.preview.line", when)
	}
}

// showLog shows a page of the log, the newest first.
func (s *Service) showLog(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	r, _, err := s.named(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	skip := number(req, "skip")
	entries, err := s.entries(ctx, &r, skip, logged+1)
	if err != nil {
		return bot.Reply{}, err
	}
	more := len(entries) > logged
	lines := []bot.Text{s.say(req, "schedule.log", bot.Str("title", r.Title))}
	for _, e := range entries[:min(len(entries), logged)] {
		line, err := s.noted(ctx, req, &r, e)
		if err != nil {
			return bot.Reply{}, err
		}
		lines = append(lines, line)
	}
	if len(entries) == 0 {
		lines = append(lines, s.say(req, "schedule.log.empty"))
	}
	var controls []bot.Control
	if more {
		controls = append(controls, s.control(req, "schedule.button.earlier", seriesPath+"log/"+r.ID+"/"+strconv.Itoa(skip+logged)))
	}
	return replacing(req, bot.Say(bot.Join("\n", lines...), append(controls, s.back(req, &r))...)), nil
}

// entries reads a part of the log, with what is known of what was posted.
func (s *Service) entries(ctx context.Context, r *Series, skip, limit int) ([]Entry, error) {
	entries, err := s.store.Log(ctx, r.Community, r.ID, skip, limit)
	if err != nil {
		return nil, err
	}
	return s.delivered(ctx, r.Community, entries)
}

// noted is a line of the log with what the kind of the series adds.
func (s *Service) noted(ctx context.Context, req *bot.Request, r *Series, e Entry) (bot.Text, error) {
	line := s.entry(req, e)
	k := s.kinds[r.Kind]
	if k.Noted == nil || e.Outcome != Done || e.Zone != "" {
		return line, nil
	}
	note, err := k.Noted(ctx, *r, e, req.Member)
	if err != nil || note.Empty() {
		return line, err
	}
	return bot.Join(" · ", line, note), nil
}

// entry is a line of the log.
func (s *Service) entry(req *bot.Request, e Entry) bot.Text {
	key := bot.Key("schedule.ended.done")
	switch {
	case e.Outcome == Done && e.Extra:
		key = "schedule.ended.extra"
	case e.Outcome != Done:
		key = bot.Key("schedule.ended." + string(e.Reason))
	}
	ended := s.say(req, key, bot.Str("holiday", s.holiday(req, e.Detail)))
	if e.Zone != "" {
		ended = bot.Join(" · ", bot.Plain(e.Zone), ended)
	}
	return s.say(req, "schedule.log.entry", s.when(req, "when", e.At), bot.Rich("ended", ended))
}

// holiday is the name of a holiday, or just what it is.
func (s *Service) holiday(req *bot.Request, name string) string {
	if name == "" {
		return s.label(req.Member.Language, "schedule.holiday")
	}
	return bot.Shorten(name, mostTitle)
}
