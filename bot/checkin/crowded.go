package checkin

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

// Of what nobody has asked for everybody gets so many messages a week, from all
// features together: see outbox.Unasked.
const messagesAWeek = 3

// lookedAhead is how far a check-in is compared with others.
const lookedAhead = 8 * 7 * 24 * time.Hour

// Crowded warns of a check-in that would reach nobody by direct message, or come more
// often than messages may come, alone or together with others. It is nil if there is
// nothing to warn of.
func (s *Service) Crowded(ctx context.Context, ci CheckIn, reader bot.Member) (bot.Text, error) {
	if ci.InChannel || ci.Paused {
		return nil, nil
	}
	now, err := s.store.Now(ctx)
	if err != nil {
		return nil, err
	}
	all, err := s.schedule.List(ctx, ci.Community)
	if err != nil {
		return nil, err
	}
	days := ci.days(now)
	var lines []bot.Text
	zone, err := time.LoadLocation(ci.Zone)
	if err != nil {
		zone = time.UTC
	}
	if _, ok := s.reaches(&ci, now, rule.Place{Zone: zone}, zone); !ok {
		lines = append(lines, s.words.Text(reader.Language, "checkin.crowded.unreachable", bot.Num("morning", outbox.Morning), bot.Num("evening", outbox.Evening)))
	}
	if busiest(days) > messagesAWeek {
		lines = append(lines, s.words.Text(reader.Language, "checkin.crowded.often", bot.Num("most", messagesAWeek)))
	}
	var names []string
	for i := range all {
		other := &all[i]
		if other.ID == ci.ID || other.InChannel || other.Paused {
			continue
		}
		if slices.ContainsFunc(other.days(now), func(d rule.Date) bool { return slices.Contains(days, d) }) && len(names) < listed {
			names = append(names, other.Name)
		}
	}
	if len(names) > 0 {
		lines = append(lines, s.words.Text(reader.Language, "checkin.crowded.together", bot.Str("names", strings.Join(names, ", "))))
	}
	return bot.Join("\n", lines...), nil
}

// mostSeen is of how many times it is looked at whether they reach anybody.
const mostSeen = 20

// reaches is when a direct message of the next time that is worth one comes to somebody
// whose clock is reader: what they have not asked for waits for their working hours. ok
// is false if none of the next times does: each is over before.
func (s *Service) reaches(ci *CheckIn, now time.Time, in rule.Place, reader *time.Location) (at time.Time, ok bool) {
	n := 0
	for o := range ci.Rule.After(now, in) {
		if n++; n > mostSeen {
			break
		}
		if o.Skipped || o.Away {
			continue
		}
		if at := outbox.Suits(o.At, reader); at.Before(ci.closes(o.At, in, s.stretch)) {
			return at, true
		}
	}
	return time.Time{}, false
}

// days are those on which a check-in comes in the next weeks, where its clock is.
func (c *CheckIn) days(now time.Time) []rule.Date {
	zone, err := time.LoadLocation(c.Zone)
	if err != nil {
		zone = time.UTC
	}
	var days []rule.Date
	for o := range c.Rule.After(now, rule.Place{Zone: zone}) {
		if o.At.Sub(now) > lookedAhead {
			break
		}
		if !o.Skipped {
			days = append(days, rule.DateOf(o.At.In(zone)))
		}
	}
	return days
}

// busiest is the most of the days that lie within seven.
func busiest(days []rule.Date) int {
	most := 0
	for i := range days {
		n := 0
		for _, d := range days[i:] {
			if d < days[i]+7 {
				n++
			}
		}
		most = max(most, n)
	}
	return most
}
