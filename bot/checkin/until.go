package checkin

import (
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// ambiguous is from when on a weekday alone may be taken for the one before it.
const ambiguous = 6 * 24 * time.Hour

// until says up to when something can be done, to somebody who reads it now, as
// {until} of a message: "today, 5:00 pm", "Mon 5:00 pm", or with the date if that is a
// week ahead. Without a zone the readers have different days, so it is never today.
func (s *Service) until(lang string, at, now time.Time, zone string) bot.Arg {
	if loc, err := time.LoadLocation(zone); err == nil && zone != "" && at.In(loc).Format(time.DateOnly) == now.In(loc).Format(time.DateOnly) {
		return bot.Arg{Name: "until", Value: s.words.Text(lang, "checkin.until.today", bot.At("time", at, zone, bot.ClockTime))}
	}
	style := bot.WeekdayTime
	if at.Sub(now) >= ambiguous {
		style = bot.DateTime
	}
	return bot.Arg{Name: "until", Value: s.words.Text(lang, "checkin.until.day", bot.At("time", at, zone, style))}
}
