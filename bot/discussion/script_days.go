package discussion

import (
	"fmt"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

// A slow discussion asks the questions of a day within so long from its first on, and
// ends so long after its last question.
const (
	slowDay  = 8 * time.Hour
	slowRest = 24 * time.Hour
)

// days sets the time of each question of a slow script, and its length.
func (c *checker) days(s *Script, d ScriptDraft) {
	for _, f := range []struct{ field, given string }{{"introductions", d.Introductions}, {"length", d.Length}} {
		if g := strings.TrimSpace(f.given); g != "" {
			c.bad(f.field, "expected only where the pace is not slow, got %s", quoted(g))
		}
	}
	for i, q := range d.Questions {
		if at := strings.TrimSpace(q.At); at != "" {
			c.bad(fmt.Sprintf("questions[%d].at", i), "expected only where the pace is not slow, got %s", quoted(at))
		}
	}
	if len(c.problems) == 0 {
		s.byDays(s.Start)
	}
}

// byDays sets the questions' times and the length for a slow discussion that begins
// then: each day at the same time by the clocks of its zone, also where these change.
func (s *Script) byDays(start time.Time) {
	loc, err := time.LoadLocation(s.Zone)
	if err != nil {
		loc = time.UTC // it was checked
	}
	perDay := max(s.PerDay, 1)
	first := start.In(loc)
	s.Introductions = 0
	for i := range s.Questions {
		wall := time.Date(first.Year(), first.Month(), first.Day()+i/perDay, first.Hour(), first.Minute(), first.Second(), 0, time.UTC)
		at, _ := rule.Instant(wall, loc)
		at = at.Add(slowDay * time.Duration(i%perDay) / time.Duration(perDay))
		s.Questions[i].At = at.Sub(start).Truncate(time.Second)
	}
	s.Length = s.Questions[len(s.Questions)-1].At + slowRest
}

// paced is the script at another pace.
func (s *Script) paced(pace Pace, perDay int) (Script, error) {
	if pace != PaceSlow && s.Pace != PaceSlow {
		out := *s
		out.Pace = pace
		return out, nil
	}
	d := s.draft()
	d.Pace, d.PerDay, d.Length, d.Introductions = string(pace), "", "", ""
	if pace == PaceSlow {
		d.PerDay = fmt.Sprint(perDay)
	}
	for i := range d.Questions {
		d.Questions[i].At = ""
	}
	return d.Script()
}

// draft is the script as a host would type it.
func (s *Script) draft() ScriptDraft {
	d := ScriptDraft{
		Title: s.Title, Tag: s.Tag, Hosts: s.Hosts, Start: s.Start.Format("2006-01-02T15:04:05"), Zone: s.Zone,
		Welcome: s.Welcome, Close: s.Close, Pace: string(s.Pace), Threads: fmt.Sprint(s.Threads),
	}
	if loc, err := time.LoadLocation(s.Zone); err == nil {
		d.Start = s.Start.In(loc).Format("2006-01-02T15:04:05")
	}
	for _, q := range s.Questions {
		d.Questions = append(d.Questions, QuestionDraft{Text: q.Text, Image: q.Image, Note: q.Note, At: q.At.String()})
	}
	if s.Pace == PaceSlow {
		d.PerDay = fmt.Sprint(max(s.PerDay, 1))
		for i := range d.Questions {
			d.Questions[i].At = ""
		}
		return d
	}
	d.Introductions, d.Length = s.Introductions.String(), s.Length.String()
	return d
}
