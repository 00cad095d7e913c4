package checkin

import (
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// day is the day on which an occurrence came, by the clocks of a zone: that of each
// person where it comes by their own.
func (a *Asked) day(zone string) time.Time {
	if !a.Wall.IsZero() {
		return a.Wall
	}
	loc, err := time.LoadLocation(zone)
	if err != nil {
		loc = time.UTC
	}
	return a.At.In(loc)
}

// when says when an occurrence came, as {when} of a message: only the day where it
// came by each person's own clock, since there is no moment that is right for all.
func (s *Service) when(lang string, a *Asked, zone string) bot.Arg {
	if !a.Wall.IsZero() {
		return bot.Str("when", bot.Day(lang, a.Wall))
	}
	return bot.At("when", a.At, zone, bot.DateTime)
}
