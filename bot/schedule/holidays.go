package schedule

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

// How much of the holidays is kept and shown.
const (
	mostDays      = 400  // given by organizers
	mostFeedDays  = 1000 // read from the web
	mostPasted    = 3000 // characters in a form: what every platform takes
	shownHolidays = 15
	mostAddress   = 500
	mostOffered   = 25 // to choose from: Discord's limit
)

// path leads to the calendar's own page, or, with a word, to what that does
// with it.
func (c *Calendar) path(word ...string) string {
	if c.ID == Everybody {
		return strings.Join(append([]string{holidaysPath}, word...), "-")
	}
	return strings.Join(append([]string{calendarPath}, word...), "-") + "/" + c.ID
}

// calendarID is the calendar that a path means: everybody's if it names none.
func calendarID(req *bot.Request) string {
	if id := req.Params.Get("calendar"); id != "" {
		return id
	}
	return Everybody
}

// meant finds the calendar that a path means.
func (s *Service) meant(ctx context.Context, req *bot.Request) (Calendar, error) {
	cal, err := s.store.Calendar(ctx, req.Member.Community, calendarID(req))
	return cal, s.calendarGone(req, err)
}

// calendarGone is an error in words for the organizer: a calendar that is not
// there was removed.
func (s *Service) calendarGone(req *bot.Request, err error) error {
	if bot.CodeOf(err) == bot.NotFound {
		return bot.Fail(bot.NotFound, s.say(req, "holidays.named.gone", bot.Str("command", req.Typed(holidaysPath))))
	}
	return err
}

// showHolidays shows what is coming, and where it comes from.
func (s *Service) showHolidays(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	cal, err := s.meant(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	return s.holidaysReply(ctx, req, &cal, nil)
}

func (s *Service) holidaysReply(ctx context.Context, req *bot.Request, cal *Calendar, news bot.Text) (bot.Reply, error) {
	today, err := s.today(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	others, err := s.besides(ctx, cal)
	if err != nil {
		return bot.Reply{}, err
	}
	coming := cal.all().from(today)
	lines := []bot.Text{news, s.holidaysHead(req, cal, len(coming))}
	for _, h := range coming[:min(len(coming), shownHolidays)] {
		lines = append(lines, s.say(req, "holidays.line", bot.Str("days", s.days(req, h)), bot.Str("name", s.holiday(req, h.Name))))
	}
	if more := len(coming) - shownHolidays; more > 0 {
		lines = append(lines, s.say(req, "holidays.more", bot.Count("n", more)))
	}
	controls := []bot.Control{s.control(req, "holidays.button.add", cal.path("add"))}
	if len(cal.Days.from(today)) > 0 {
		controls = append(controls, s.control(req, "holidays.button.remove", cal.path("remove")))
	}
	controls = append(controls, s.control(req, "holidays.button.address", cal.path("address")))
	controls = append(append(controls, s.calendarControls(req, cal, others)...), s.control(req, "holidays.button.schedule", listPath))
	if f := cal.Feed; f != nil {
		lines = append(lines, s.feedLine(req, f))
	}
	if cal.ID != Everybody {
		lines = append(lines, s.say(req, "holidays.named.how"))
	}
	return replacing(req, bot.Say(bot.Join("\n", lines...), controls...)), nil
}

// today is the date where the community is.
func (s *Service) today(ctx context.Context, req *bot.Request) (rule.Date, error) {
	home, err := s.people.Home(ctx, req.Channel.Space)
	if err != nil {
		return 0, err
	}
	loc, err := time.LoadLocation(home.Zone)
	if err != nil {
		return 0, err
	}
	now, err := s.store.Now(ctx)
	return rule.DateOf(now.In(loc)), err
}

// days is a holiday's date, or its first and last.
func (s *Service) days(req *bot.Request, h rule.Holiday) string {
	first := bot.Day(req.Member.Language, h.First.Midnight())
	if h.First == h.Last {
		return first
	}
	return first + " – " + bot.Day(req.Member.Language, h.Last.Midnight())
}

// feedLine says how it stands with the calendar on the web.
func (s *Service) feedLine(req *bot.Request, f *Feed) bot.Text {
	host := bot.Str("host", hostOf(f.Address))
	switch {
	case f.Trouble != "":
		return s.feedTrouble(f, req.Member)
	case f.Read.IsZero():
		return s.say(req, "holidays.feed.soon", host)
	case f.LeftOut > 0:
		return bot.Join(" ", s.say(req, "holidays.feed.read", host, s.when(req, "when", f.Read)),
			s.say(req, "holidays.feed.left_out", bot.Count("n", f.LeftOut)))
	default:
		return s.say(req, "holidays.feed.read", host, s.when(req, "when", f.Read))
	}
}

// feedTrouble says that the calendar cannot be read, why, and what counts
// meanwhile.
func (s *Service) feedTrouble(f *Feed, reader bot.Member) bot.Text {
	say := func(key bot.Key, args ...bot.Arg) bot.Text { return s.words.Text(reader.Language, key, args...) }
	meanwhile := say("holidays.feed.never")
	if !f.Read.IsZero() {
		meanwhile = say("holidays.feed.last", bot.At("when", f.Read, reader.Zone, bot.DateTime))
	}
	return bot.Join(" ",
		say("holidays.feed.trouble", bot.Str("host", hostOf(f.Address)), bot.Rich("why", say(bot.Key("holidays.trouble."+string(f.Trouble))))),
		meanwhile)
}

// hostOf is the part of an address that is no secret.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return bot.Shorten(u.Hostname(), mostTitle)
}

// changeCalendar makes a change of the calendar that the path means: it is decided on a fresh one,
// and again when somebody else was quicker. The series follow by a job.
func (s *Service) changeCalendar(ctx context.Context, req *bot.Request, decide func(cal *Calendar, now time.Time) error) (Calendar, error) {
	const tries = 5
	var last error
	for range tries {
		cal, err := s.meant(ctx, req)
		if err != nil {
			return cal, err
		}
		now, err := s.store.Now(ctx)
		if err != nil {
			return cal, err
		}
		if err := decide(&cal, now); err != nil {
			return cal, err
		}
		follow, err := cal.job(now)
		if err != nil {
			return cal, err
		}
		err = s.store.KeepCalendar(ctx, &cal, outbox.Effects{Input: req.Input, Jobs: []scheduler.Job{follow}})
		switch {
		case errors.Is(err, outbox.ErrRepeated):
			return s.meant(ctx, req)
		case bot.CodeOf(err) != bot.Conflict:
			return cal, err
		}
		last = err
	}
	return Calendar{}, last
}

// askHolidays opens the form for pasted days.
func (s *Service) askHolidays(_ context.Context, req *bot.Request) (bot.Reply, error) {
	cal := Calendar{ID: calendarID(req)}
	return s.form(req, "holidays.add.form", "holidays.add.", cal.path("added"), "",
		bot.Field{Name: "days", Long: true, Max: mostPasted}), nil
}

// addHolidays takes the form.
func (s *Service) addHolidays(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	days, fault := s.readDays(req)
	if !fault.Empty() {
		return bot.Reply{FieldErrors: map[string]bot.Text{"days": fault}}, nil
	}
	cal, err := s.changeCalendar(ctx, req, func(cal *Calendar, now time.Time) error {
		// What is long over makes room.
		kept := cal.Days.from(rule.DateOf(now.AddDate(0, -1, 0)))
		cal.Days = append(kept, days...).sorted()
		if len(cal.Days) > mostDays {
			return errTooMany
		}
		return nil
	})
	if errors.Is(err, errTooMany) {
		return bot.Reply{FieldErrors: map[string]bot.Text{"days": s.say(req, "holidays.add.too_many", bot.Num("most", mostDays))}}, nil
	}
	if err != nil {
		return bot.Reply{}, err
	}
	return s.holidaysReply(ctx, req, &cal, s.say(req, "holidays.added", bot.Count("n", len(days))))
}

var errTooMany = errors.New("too many holidays")

// askRemoveHoliday offers those to come that organizers gave.
func (s *Service) askRemoveHoliday(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	cal, err := s.meant(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	today, err := s.today(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	coming := cal.Days.from(today)
	if len(coming) == 0 {
		return s.holidaysReply(ctx, req, &cal, s.say(req, "holidays.remove.none"))
	}
	var choices []bot.Choice
	for _, h := range coming[:min(len(coming), mostOffered)] {
		choices = append(choices, bot.Choice{
			Label: bot.Shorten(s.days(req, h)+" · "+s.holiday(req, h.Name), mostTitle), Value: mark(h),
		})
	}
	return s.form(req, "holidays.remove.form", "holidays.remove.", cal.path("removed"), "",
		bot.Field{Name: "which", Choices: choices}), nil
}

// removeHoliday takes the form.
func (s *Service) removeHoliday(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	news := s.say(req, "holidays.remove.gone")
	cal, err := s.changeCalendar(ctx, req, func(cal *Calendar, _ time.Time) error {
		i := slices.IndexFunc(cal.Days, func(h rule.Holiday) bool { return mark(h) == req.Value("which") })
		if i < 0 {
			return errNothingToDo
		}
		news = s.say(req, "holidays.removed", bot.Str("days", s.days(req, cal.Days[i])), bot.Str("name", s.holiday(req, cal.Days[i].Name)))
		cal.Days = slices.Delete(cal.Days, i, i+1)
		return nil
	})
	if err != nil && !errors.Is(err, errNothingToDo) {
		return bot.Reply{}, err
	}
	return s.holidaysReply(ctx, req, &cal, news)
}

// askAddress opens the form for the address of a calendar.
func (s *Service) askAddress(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	cal, err := s.meant(ctx, req)
	if err != nil {
		return bot.Reply{}, err
	}
	field := bot.Field{Name: "address", Optional: true, Max: mostAddress}
	if cal.Feed != nil {
		field.Value = cal.Feed.Address
	}
	return s.form(req, "holidays.address.form", "holidays.address.", cal.path("addressed"), "", field), nil
}

// keepAddress takes the form. The calendar is read at once, by its job.
func (s *Service) keepAddress(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	address, ok := readAddress(req.Value("address"))
	if !ok {
		return bot.Reply{FieldErrors: map[string]bot.Text{"address": s.say(req, "holidays.address.problem")}}, nil
	}
	news := s.say(req, "holidays.address.saved")
	if address == "" {
		news = s.say(req, "holidays.address.none")
	}
	home, err := s.people.Home(ctx, req.Channel.Space)
	if err != nil {
		return bot.Reply{}, err
	}
	cal, err := s.changeCalendar(ctx, req, func(cal *Calendar, now time.Time) error {
		cal.Feed = nil
		if address != "" {
			cal.Feed = &Feed{Address: address, Zone: home.Zone, By: req.Account, Due: now}
		}
		return nil
	})
	if err != nil {
		return bot.Reply{}, err
	}
	return s.holidaysReply(ctx, req, &cal, news)
}

// readAddress takes an address of the web, also as calendar programs write it
// (webcal). Nothing at all means none.
func readAddress(typed string) (address string, ok bool) {
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return "", true
	}
	if rest, found := strings.CutPrefix(typed, "webcal://"); found {
		typed = "https://" + rest
	}
	u, err := url.Parse(typed)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || len(typed) > mostAddress {
		return "", false
	}
	return u.String(), true
}
