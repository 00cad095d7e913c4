package community

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

// Who asks for the form below something else, such as a check-in, finds that still
// there afterwards; who changes how it stands finds it in the same place.
const (
	awayAskPath     = "/my/away/ask"
	awaySavePath    = "/my/away/save"
	awayChangePath  = "/my/away/change"
	awayChangedPath = "/my/away/changed"
	awayBackPath    = "/my/away/back"
)

// The options and fields that say when a member is away.
const (
	untilField = "until"
	fromField  = "from"
)

// longestDay is ample for any way to say a day.
const longestDay = 60

func (s *Settings) awaySubcommand() bot.Subcommand {
	return bot.Subcommand{
		Name:    "away",
		Summary: "community.away.summary",
		Example: "community.away.example",
		Options: []bot.Option{
			{Name: untilField, Summary: "community.away.option.until"},
			{Name: fromField, Summary: "community.away.option.from"},
		},
		Access:  bot.MembersOnly,
		Private: true,
		Handle:  s.away,
	}
}

// away takes what was typed, or shows how it stands.
func (s *Settings) away(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	if typedDays(req) != "" {
		away, fault := s.readAway(req)
		if fault != nil {
			return bot.Reply{}, bot.Fail(bot.Invalid, fault)
		}
		return s.keepAway(ctx, req, away)
	}
	_, own, err := s.directory.find(ctx, req.Account, req.Name)
	if err != nil {
		return bot.Reply{}, err
	}
	return s.awayReply(req, own.Away, "community.away.none"), nil
}

// askAway opens the form, from below anything.
func (s *Settings) askAway(_ context.Context, req *bot.Request) (bot.Reply, error) {
	return s.awayForm(req, awaySavePath), nil
}

// changeAway opens it from where it stands.
func (s *Settings) changeAway(_ context.Context, req *bot.Request) (bot.Reply, error) {
	return s.awayForm(req, awayChangedPath), nil
}

func (s *Settings) awayForm(req *bot.Request, save string) bot.Reply {
	label := func(key bot.Key) string { return s.words.Text(req.Member.Language, key).String() }
	return bot.Ask(bot.Form{
		Title:  label("community.away.form"),
		Path:   save,
		Submit: label("community.settings.submit"),
		Fields: []bot.Field{
			{Name: untilField, Label: label("community.away.until"), Hint: label("community.away.option.until"), Max: longestDay},
			{Name: fromField, Label: label("community.away.from"), Hint: label("community.away.from.hint"), Max: longestDay, Optional: true},
		},
	})
}

// saveAway takes the form.
func (s *Settings) saveAway(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	away, fault := s.readAway(req)
	if fault != nil {
		return bot.Reply{FieldErrors: map[string]bot.Text{untilField: fault}}, nil
	}
	reply, err := s.keepAway(ctx, req, away)
	reply.Replace = reply.Replace && req.Path == awayChangedPath
	return reply, err
}

// back ends it, also before it has begun.
func (s *Settings) back(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	return s.keepAway(ctx, req, bot.Away{})
}

func (s *Settings) keepAway(ctx context.Context, req *bot.Request, away bot.Away) (bot.Reply, error) {
	m, err := s.directory.Appoint(ctx, req.Account, req.Name, func(m *bot.Member) { m.Away = away })
	if err != nil {
		return bot.Reply{}, err
	}
	return s.awayReply(req, m.Away, "community.away.ended"), nil
}

// awayReply says how it stands, with what can be done about it. none is what is
// said where the member is not away and will not be.
func (s *Settings) awayReply(req *bot.Request, away bot.Away, none bot.Key) bot.Reply {
	language := req.Member.Language
	button := func(key bot.Key, path string) bot.Control {
		return bot.Control{Label: s.words.Text(language, key).String(), Path: path}
	}
	var reply bot.Reply
	today := s.today(req.Member).String()
	first, begins := day(away.From)
	last, ends := day(away.Until)
	if !begins || !ends || away.Until < today {
		reply = bot.Say(s.words.Text(language, none), button("community.away.button.set", awayChangePath))
	} else {
		key, end := bot.Key("community.away.now"), bot.Key("community.away.button.back")
		if away.From > today {
			key, end = "community.away.later", "community.away.button.cancel"
		}
		reply = bot.Say(s.words.Text(language, key,
			bot.Str("first", bot.Day(language, first)), bot.Str("last", bot.Day(language, last)),
			bot.Str("back", bot.Day(language, last.AddDate(0, 0, 1)))),
			button(end, awayBackPath), button("community.away.button.change", awayChangePath))
	}
	reply.Replace = req.Message != nil
	return reply
}

// day reads a date as it is stored.
func day(date string) (time.Time, bool) {
	t, err := time.Parse(time.DateOnly, date)
	return t, err == nil
}

// today is the date where the member is.
func (s *Settings) today(m bot.Member) rule.Date {
	zone, err := time.LoadLocation(m.Zone)
	if err != nil {
		zone = time.UTC
	}
	return rule.DateOf(s.now().In(zone))
}

// typedDays is what was typed as one phrase.
func typedDays(req *bot.Request) string {
	until, from := strings.TrimSpace(req.Value(untilField)), strings.TrimSpace(req.Value(fromField))
	if from == "" {
		return until
	}
	return strings.TrimSpace("from " + from + " until " + until)
}

func (s *Settings) readAway(req *bot.Request) (away bot.Away, fault bot.Text) {
	typed := typedDays(req)
	span, err := rule.ParseSpan(typed, s.today(req.Member))
	var wrong *rule.Error
	if errors.As(err, &wrong) {
		language := req.Member.Language
		return away, bot.Join(" ",
			s.words.Text(language, bot.Key("community.away.problem."+string(wrong.Problem)), bot.Str("typed", bot.Shorten(typed, longestDay))),
			s.words.Text(language, "community.away.examples"))
	}
	return bot.Away{From: span.First.String(), Until: span.Last.String()}, nil
}
