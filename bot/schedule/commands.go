package schedule

import (
	"context"
	"strconv"
	"strings"

	"github.com/staffroom-bot/staffroom/bot"
)

// The paths that other parts of the feature lead to.
const (
	listPath     = "/organize/schedule"
	holidaysPath = "/organize/holidays" // everybody's
	calendarPath = "/organize/calendar" // with a name
	seriesPath   = "/organize/series/"
)

// Subcommands are the feature's share of /organize, whose parts come from
// several features.
func (s *Service) Subcommands() []bot.Subcommand {
	name := bot.Option{Name: "name", Summary: "schedule.option.name", Complete: s.completeName}
	return []bot.Subcommand{{
		Name: "schedule", Summary: "schedule.command", Example: "schedule.example", Options: []bot.Option{name},
		Access: bot.OrganizersOnly, Private: true, Handle: s.open,
	}, {
		Name: "holidays", Summary: "holidays.command", Example: "holidays.example",
		Options: []bot.Option{{Name: "for", Summary: "holidays.option.for", Complete: s.completeCalendar}},
		Access:  bot.OrganizersOnly, Private: true, Handle: s.openHolidays,
	}}
}

// Register declares the controls and forms that belong to the subcommands.
func (s *Service) Register(r *bot.Router) {
	for path, handle := range map[string]bot.Handler{
		"/organize/schedule-from/{skip}":              s.list,
		"/organize/post":                              s.askPost,
		"/organize/post-add":                          s.addPost,
		"/organize/series/{series}":                   s.show,
		"/organize/series/preview/{series}":           s.preview,
		"/organize/series/pause/{series}":             s.pause,
		"/organize/series/resume/{series}":            s.resume,
		"/organize/series/move/{series}":              s.askMove,
		"/organize/series/move-now/{series}":          s.moveForm,
		"/organize/series/moved/{series}":             s.move,
		"/organize/series/run/{series}":               s.askRun,
		"/organize/series/run-now/{series}/{version}": s.run,
		"/organize/series/remove/{series}":            s.askRemove,
		"/organize/series/remove-now/{series}":        s.removeNow,
		"/organize/series/log/{series}/{skip}":        s.showLog,
		"/organize/series/calendars/{series}":         s.showCalendars,
		"/organize/series/use/{series}/{calendar}":    s.use,
		"/organize/series/unuse/{series}/{calendar}":  s.unuse,
		"/organize/calendar/{calendar}":               s.showHolidays,
		"/organize/calendar-new":                      s.addCalendar,
		"/organize/calendar-forget/{calendar}":        s.askRemoveCalendar,
		"/organize/calendar-forget-now/{calendar}":    s.removeCalendar,
	} {
		r.Handle(bot.Route{Path: path, Access: bot.OrganizersOnly, Private: true, Handle: handle})
	}
	for word, handle := range map[string]bot.Handler{
		"add":       s.askHolidays,
		"added":     s.addHolidays,
		"remove":    s.askRemoveHoliday,
		"removed":   s.removeHoliday,
		"address":   s.askAddress,
		"addressed": s.keepAddress,
	} {
		for _, cal := range []Calendar{{ID: Everybody}, {ID: "{calendar}"}} {
			r.Handle(bot.Route{Path: cal.path(word), Access: bot.OrganizersOnly, Private: true, Handle: handle})
		}
	}
}

// How much is shown at once, as much as fits a phone and a platform's limits.
const (
	listed     = 8   // series in a list, each with a button
	searched   = 200 // series that a name is looked for in
	previewed  = 10  // occurrences that happen in a preview
	logged     = 10  // entries of a log
	mostShown  = 300 // characters of a text
	mostTitle  = 80
	mostButton = 40
)

// open shows the list, or the series that is named.
func (s *Service) open(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	typed := strings.TrimSpace(req.Value("name"))
	if typed == "" {
		return s.list(ctx, req)
	}
	all, err := s.store.List(ctx, req.Member.Community, 0, searched)
	if err != nil {
		return bot.Reply{}, err
	}
	for i := range all {
		if matches(&all[i], typed) {
			return s.reply(ctx, req, &all[i], nil)
		}
	}
	return bot.Reply{}, bot.Fail(bot.NotFound, s.say(req, "schedule.unknown",
		bot.Str("name", bot.Shorten(typed, mostTitle)), bot.Str("command", req.Typed("/organize schedule"))))
}

// matches takes a series' number (12 or #12), or a part of its title.
func matches(r *Series, typed string) bool {
	if n, err := strconv.Atoi(strings.TrimPrefix(typed, "#")); err == nil {
		return n == r.Number
	}
	return strings.Contains(strings.ToLower(r.Title), strings.ToLower(typed))
}

// completeName proposes titles that contain what is typed. Discord takes 25.
func (s *Service) completeName(ctx context.Context, req *bot.Request) ([]bot.Choice, error) {
	all, err := s.store.List(ctx, req.Member.Community, 0, searched)
	if err != nil {
		return nil, err
	}
	var choices []bot.Choice
	for i := range all {
		if typed := req.Value("name"); len(choices) < 25 && (typed == "" || matches(&all[i], typed)) {
			choices = append(choices, bot.Choice{Label: all[i].Title, Value: "#" + strconv.Itoa(all[i].Number)})
		}
	}
	return choices, nil
}

// list shows a page of the series.
func (s *Service) list(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	skip := number(req, "skip")
	page, err := s.store.List(ctx, req.Member.Community, skip, listed+1)
	if err != nil {
		return bot.Reply{}, err
	}
	more := len(page) > listed
	page = page[:min(len(page), listed)]
	var lines []bot.Text
	var controls []bot.Control
	if len(page) == 0 {
		lines = append(lines, s.say(req, "schedule.list.empty"))
	} else {
		lines = append(lines, s.say(req, "schedule.list"))
	}
	for i := range page {
		r := &page[i]
		lines = append(lines, s.line(req, r))
		controls = append(controls, bot.Control{Label: bot.Shorten(r.Title, mostButton), Path: seriesPath + r.ID})
	}
	if more {
		controls = append(controls, s.control(req, "schedule.button.more", "/organize/schedule-from/"+strconv.Itoa(skip+listed)))
	}
	add := s.control(req, "schedule.button.add", "/organize/post")
	add.Style = bot.Primary
	controls = append(controls, add, s.control(req, "schedule.button.holidays", holidaysPath))
	return replacing(req, bot.Say(bot.Join("\n", lines...), controls...)), nil
}

// line is a series in a list: number, title, and when it comes next.
func (s *Service) line(req *bot.Request, r *Series) bot.Text {
	return s.say(req, "schedule.line", bot.Num("number", r.Number), bot.Str("title", r.Title), bot.Rich("state", s.state(req, r)))
}

func (s *Service) state(req *bot.Request, r *Series) bot.Text {
	_, next, ok := r.soonest()
	switch {
	case !ok:
		return s.say(req, "schedule.state.over")
	case r.Paused:
		return s.say(req, "schedule.state.paused")
	default:
		return s.say(req, "schedule.state.next", s.when(req, "when", next))
	}
}

// named finds the series that a path means.
func (s *Service) named(ctx context.Context, req *bot.Request) (Series, Calendars, error) {
	r, cals, err := s.store.Load(ctx, req.Member.Community, req.Params.Get("series"))
	return r, cals, s.explained(req, err)
}

// explained is an error in words for the organizer: a series that is not there
// was removed.
func (s *Service) explained(req *bot.Request, err error) error {
	if bot.CodeOf(err) == bot.NotFound {
		return bot.Fail(bot.NotFound, s.say(req, "schedule.gone", bot.Str("command", req.Typed("/organize schedule"))))
	}
	return err
}

func (s *Service) say(req *bot.Request, key bot.Key, args ...bot.Arg) bot.Text {
	return s.words.Text(req.Member.Language, key, args...)
}

// label is a message as plain words, for a button or a field.
func (s *Service) label(language string, key bot.Key, args ...bot.Arg) string {
	return s.words.Text(language, key, args...).String()
}

func (s *Service) control(req *bot.Request, key bot.Key, path string) bot.Control {
	return bot.Control{Label: s.label(req.Member.Language, key), Path: path}
}

// number is a number in the path, 0 where there is none.
func number(req *bot.Request, name string) int {
	n, err := strconv.Atoi(req.Params.Get(name))
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// replacing lets a reply take the place of the message whose button was pressed.
func replacing(req *bot.Request, reply bot.Reply) bot.Reply {
	reply.Replace = req.Message != nil
	return reply
}
