package schedule

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

// Calendars with a name are for communities whose groups have days off of their
// own. An organizer who never asks for one by its name never hears of them.

const mostCalendars = 15 // with a name, each with a button

// openHolidays shows everybody's holidays, or those of the calendar that is
// named; one that is not there can be made.
func (s *Service) openHolidays(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	all, err := s.store.Calendars(ctx, req.Member.Community)
	if err != nil {
		return bot.Reply{}, err
	}
	name := oneLine(req.Value("for"))
	meant := withName(name)
	if name == "" {
		meant = withID(Everybody)
	}
	if cal, ok := all.find(meant); ok {
		return s.holidaysReply(ctx, req, cal, nil)
	}
	if len(all) > mostCalendars {
		return bot.Reply{}, bot.Fail(bot.Invalid, s.say(req, "holidays.named.too_many", bot.Num("most", mostCalendars)))
	}
	return s.form(req, "holidays.named.form", "holidays.named.", "/organize/calendar-new", "",
		bot.Field{Name: "name", Value: bot.Shorten(name, mostButton), Max: mostButton},
		bot.Field{Name: "days", Long: true, Max: mostPasted}), nil
}

func oneLine(typed string) string { return strings.Join(strings.Fields(typed), " ") }

// completeCalendar proposes names of calendars.
func (s *Service) completeCalendar(ctx context.Context, req *bot.Request) ([]bot.Choice, error) {
	all, err := s.store.Calendars(ctx, req.Member.Community)
	if err != nil {
		return nil, err
	}
	var choices []bot.Choice
	for _, c := range all {
		if c.ID != Everybody && strings.Contains(strings.ToLower(c.Name), strings.ToLower(req.Value("for"))) {
			choices = append(choices, bot.Choice{Label: c.Name, Value: c.Name})
		}
	}
	return choices, nil
}

// addCalendar takes the form.
func (s *Service) addCalendar(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	all, err := s.store.Calendars(ctx, req.Member.Community)
	if err != nil {
		return bot.Reply{}, err
	}
	name := oneLine(req.Value("name"))
	faults := map[string]bot.Text{}
	_, taken := all.find(withName(name))
	if fault := s.needed(req, name, mostButton); !fault.Empty() {
		faults["name"] = fault
	} else if taken {
		faults["name"] = s.say(req, "holidays.named.taken", bot.Str("name", name))
	} else if len(all) > mostCalendars {
		faults["name"] = s.say(req, "holidays.named.too_many", bot.Num("most", mostCalendars))
	}
	days, fault := s.readDays(req)
	if !fault.Empty() {
		faults["days"] = fault
	}
	if len(faults) > 0 {
		return bot.Reply{FieldErrors: faults}, nil
	}
	now, err := s.store.Now(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	cal := Calendar{Community: req.Member.Community, ID: bot.NewID(now), Name: name, Space: req.Account.Space, Days: days.sorted()}
	err = s.store.KeepCalendar(ctx, &cal, outbox.Effects{Input: req.Input})
	if errors.Is(err, outbox.ErrRepeated) { // it is there since the first time
		req.Values["for"] = name
		return s.openHolidays(ctx, req)
	}
	if err != nil {
		return bot.Reply{}, err
	}
	return s.holidaysReply(ctx, req, &cal, s.say(req, "holidays.added", bot.Count("n", len(days))))
}

// besides gives the calendars with a name, on the page of everybody's.
func (s *Service) besides(ctx context.Context, cal *Calendar) (Calendars, error) {
	if cal.ID != Everybody {
		return nil, nil
	}
	all, err := s.store.Calendars(ctx, cal.Community)
	if err != nil {
		return nil, err
	}
	return all[1:], nil
}

// holidaysHead says whose holidays are shown.
func (s *Service) holidaysHead(req *bot.Request, cal *Calendar, coming int) bot.Text {
	name := bot.Str("name", cal.Name)
	switch {
	case cal.ID != Everybody && coming == 0:
		return s.say(req, "holidays.named.empty", name)
	case cal.ID != Everybody:
		return s.say(req, "holidays.named.list", name)
	case coming == 0:
		return s.say(req, "holidays.list.empty")
	default:
		return s.say(req, "holidays.list")
	}
}

// calendarControls lead from one calendar to the others.
func (s *Service) calendarControls(req *bot.Request, cal *Calendar, others Calendars) []bot.Control {
	if cal.ID != Everybody {
		return []bot.Control{
			s.control(req, "holidays.button.forget", "/organize/calendar-forget/"+cal.ID),
			s.control(req, "holidays.button.everybody", holidaysPath),
		}
	}
	var out []bot.Control
	for _, c := range others {
		out = append(out, bot.Control{Label: c.Name, Path: c.path()})
	}
	return out
}

// askRemoveCalendar asks once.
func (s *Service) askRemoveCalendar(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	cal, err := s.meant(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	yes := s.control(req, "holidays.button.forget.yes", "/organize/calendar-forget-now/"+cal.ID)
	yes.Style = bot.Danger
	return replacing(req, bot.Say(s.say(req, "holidays.named.remove.ask", bot.Str("name", cal.Name)),
		yes, s.control(req, "schedule.button.no", cal.path()))), nil
}

// removeCalendar forgets a calendar. What used it goes on with everybody's.
func (s *Service) removeCalendar(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	const tries = 5
	for try := 1; ; try++ {
		cal, err := s.meant(ctx, req)
		if err != nil {
			return bot.Reply{}, err
		}
		now, err := s.store.Now(ctx)
		if err != nil {
			return bot.Reply{}, err
		}
		everybody, err := s.store.Calendar(ctx, cal.Community, Everybody)
		if err != nil {
			return bot.Reply{}, err
		}
		follow, err := everybody.job(now) // lets the series follow
		if err != nil {
			return bot.Reply{}, err
		}
		err = s.store.RemoveCalendar(ctx, &cal, outbox.Effects{
			Input: req.Input, Cancel: []string{cal.jobID()}, Jobs: []scheduler.Job{follow},
		})
		switch {
		case err == nil, errors.Is(err, outbox.ErrRepeated):
			return s.holidaysReply(ctx, req, &everybody, s.say(req, "holidays.named.removed", bot.Str("name", cal.Name)))
		case bot.CodeOf(err) != bot.Conflict || try == tries:
			return bot.Reply{}, err
		}
	}
}

// showCalendars shows whose holidays count for a series, and what else there is.
func (s *Service) showCalendars(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	r, _, err := s.named(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	all, err := s.store.Calendars(ctx, r.Community)
	if err != nil {
		return bot.Reply{}, err
	}
	title := bot.Str("title", r.Title)
	lines := []bot.Text{s.say(req, "schedule.calendars.none", title)}
	if names := all.names(r.Calendars); len(names) > 0 {
		lines[0] = s.say(req, "schedule.calendars", title, bot.Str("names", strings.Join(names, ", ")))
	}
	if r.Rule.OnHoliday == rule.Ignore {
		lines = append(lines, s.say(req, "schedule.calendars.ignored"))
	}
	var controls []bot.Control
	for _, c := range all[1:] {
		path, key := "use/", bot.Key("schedule.button.use")
		if slices.Contains(r.Calendars, c.ID) {
			path, key = "unuse/", "schedule.button.unuse"
		}
		controls = append(controls, bot.Control{
			Label: s.label(req.Member.Language, key, bot.Str("name", c.Name)), Path: seriesPath + path + r.ID + "/" + c.ID,
		})
	}
	return replacing(req, bot.Say(bot.Join("\n", lines...), append(controls, s.back(req, &r))...)), nil
}

func (s *Service) use(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	if _, err := s.meant(ctx, req); err != nil {
		return bot.Reply{}, err
	}
	return s.choose(ctx, req, true)
}

func (s *Service) unuse(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return s.choose(ctx, req, false)
}

// choose lets a calendar count for a series, or no longer, and shows how it
// stands then.
func (s *Service) choose(ctx context.Context, req *bot.Request, on bool) (bot.Reply, error) {
	_, err := s.act(ctx, req, req.Params.Get("series"), func(c *change) error { return c.use(calendarID(req), on) })
	if err != nil && !errors.Is(err, errNothingToDo) {
		return bot.Reply{}, s.explained(req, err)
	}
	return s.showCalendars(ctx, req)
}
