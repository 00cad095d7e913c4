package schedule

import (
	"errors"
	"strings"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

// toldLines is how many lines of a form are told to be wrong at once.
const toldLines = 5

// readDays reads pasted holidays. A fault names the lines that are none, and
// why.
func (s *Service) readDays(req *bot.Request) (Holidays, bot.Text) {
	list, err := rule.ParseHolidays(req.Value("days"))
	var wrong *rule.HolidaysError
	if errors.As(err, &wrong) {
		return nil, s.daysFault(req, wrong)
	}
	days := Holidays(list.All())
	if len(days) == 0 {
		return nil, s.say(req, "holidays.add.empty")
	}
	return days, nil
}

func (s *Service) daysFault(req *bot.Request, e *rule.HolidaysError) bot.Text {
	typed := strings.Split(req.Value("days"), "\n")
	var lines []bot.Text
	for _, p := range e.Problems[:min(len(e.Problems), toldLines)] {
		quote := ""
		if p.Line <= len(typed) {
			quote = bot.Shorten(strings.TrimSpace(typed[p.Line-1]), mostButton)
		}
		lines = append(lines, s.say(req, "holidays.add.line", bot.Num("line", p.Line), bot.Str("typed", quote),
			bot.Rich("why", s.say(req, bot.Key("holidays.problem."+string(p.Problem))))))
	}
	if more := len(e.Problems) - toldLines; more > 0 {
		lines = append(lines, s.say(req, "holidays.add.lines", bot.Count("n", more)))
	}
	return bot.Join(" ", append(lines, s.say(req, "holidays.add.write"))...)
}
