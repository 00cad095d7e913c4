package discussion

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/staffroom-bot/staffroom/scheduler/rule"
)

// Script checks the draft and works out its clock. Every problem is reported at
// once, in a *ScriptError.
//
// What is left out is filled in. Introductions take 7 minutes, or until the
// first question if that has a time. Questions without a time are spaced evenly
// between the neighbours that have one; the first counts as asked when the
// introductions end, and the last is followed by a closing before Length, of 5
// minutes, or of a quarter of the time after the last fixed question if that is
// less. Length is 8 minutes a question and 5 for the closing, from the last fixed
// question on: introductions and six questions make an hour.
func (d ScriptDraft) Script() (Script, error) {
	c := checker{}
	s := c.script(d)
	if len(c.problems) > 0 {
		return Script{}, &ScriptError{Problems: c.problems}
	}
	return s, nil
}

// checker collects the problems of one draft.
type checker struct{ problems []Problem }

func (c *checker) bad(field, format string, args ...any) {
	c.problems = append(c.problems, Problem{Field: field, Expected: fmt.Sprintf(format, args...)})
}

func (c *checker) script(d ScriptDraft) Script {
	s := Script{
		Title:   c.line("title", d.Title, maxTitle),
		Tag:     c.tag(d.Tag),
		Hosts:   c.hosts(d.Hosts),
		Welcome: c.text("welcome", d.Welcome),
		Close:   c.text("close", d.Close),
		Pace:    PaceClock,
	}
	if s.Title == "" {
		c.bad("title", "expected a title of up to %d characters", maxTitle)
	}
	c.pace(&s, d)
	s.Threads = c.yes("threads", d.Threads)
	c.start(&s, d)
	c.questions(&s, d.Questions)
	if s.Pace == PaceSlow {
		c.days(&s, d)
	} else {
		c.clock(&s, d)
	}
	return s
}

// pace sets Pace and PerDay.
func (c *checker) pace(s *Script, d ScriptDraft) {
	switch p := Pace(strings.TrimSpace(d.Pace)); p {
	case "":
	case PaceClock, PaceHand, PaceSlow:
		s.Pace = p
	default:
		c.bad("pace", "expected clock, hand or slow, got %s", quoted(string(p)))
	}
	perDay := strings.TrimSpace(d.PerDay)
	if s.Pace != PaceSlow {
		if perDay != "" {
			c.bad("per_day", "expected only where the pace is slow, got %s", quoted(perDay))
		}
		return
	}
	s.PerDay = 1
	if perDay == "" {
		return
	}
	n, err := strconv.Atoi(perDay)
	if err != nil || n < 1 || n > maxPerDay {
		c.bad("per_day", "expected 1 to %d questions a day, got %s", maxPerDay, quoted(perDay))
		return
	}
	s.PerDay = n
}

// yes reads a choice; what is left out is no.
func (c *checker) yes(field, raw string) bool {
	switch strings.TrimSpace(raw) {
	case "true":
		return true
	case "", "false":
		return false
	}
	c.bad(field, "expected true or false, got %s", quoted(raw))
	return false
}

// start sets Start, Zone and StartMoved.
func (c *checker) start(s *Script, d ScriptDraft) {
	wall, ok := c.wall(strings.TrimSpace(d.Start))
	s.Zone = strings.TrimSpace(d.Zone)
	// LoadLocation takes "" and "Local" for the machine's own zone, which means
	// nothing to the people of a community.
	loc, err := time.LoadLocation(s.Zone)
	if err != nil || s.Zone == "" || s.Zone == "Local" {
		got := ""
		if s.Zone != "" {
			got = ", got " + quoted(s.Zone)
		}
		c.bad("zone", "expected an IANA zone such as America/New_York%s", got)
		return
	}
	if !ok {
		return
	}
	s.Start, s.StartMoved = rule.Instant(wall, loc)
}

// wall reads a local time; the location of the result means nothing.
func (c *checker) wall(start string) (time.Time, bool) {
	const expected = "expected a local time such as 2021-03-18T21:07"
	if start == "" {
		c.bad("start", expected)
		return time.Time{}, false
	}
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02T15:04:05", "2006-01-02 15:04:05"} {
		t, err := time.Parse(layout, start)
		if err != nil {
			continue
		}
		if t.Year() < 2000 || t.Year() > 2200 || t.Nanosecond() != 0 {
			c.bad("start", "expected whole seconds and a year between 2000 and 2200, got %s", quoted(start))
			return time.Time{}, false
		}
		return t, true
	}
	hint := ""
	if _, err := time.Parse(time.RFC3339, start); err == nil {
		hint = " (the zone has a field of its own)"
	}
	c.bad("start", "%s%s, got %s", expected, hint, quoted(start))
	return time.Time{}, false
}

// questions sets the questions, all but their times.
func (c *checker) questions(s *Script, drafts []QuestionDraft) {
	if len(drafts) == 0 || len(drafts) > maxQuestions {
		c.bad("questions", "expected 1 to %d questions, got %d", maxQuestions, len(drafts))
		return
	}
	for i, d := range drafts {
		field := fmt.Sprintf("questions[%d]", i)
		q := Question{
			Text:  c.text(field+".text", unlabelled(d.Text, i+1)),
			Image: c.image(field+".image", d.Image),
			Note:  c.text(field+".note", d.Note),
		}
		if strings.TrimSpace(d.Text) == "" {
			c.bad(field+".text", "expected a question of up to %d characters", maxText)
		}
		s.Questions = append(s.Questions, q)
	}
}

// unlabelled drops the label of its own number from a question ("Q1. What …"): it
// gets one when it is asked.
func unlabelled(text string, number int) string {
	trimmed := strings.TrimSpace(text)
	ls := findLabels(trimmed)
	if len(ls) == 0 || ls[0].form != formQuestion || ls[0].place != placeLead || ls[0].number != number || !ls[0].delim {
		return text
	}
	if rest := afterLabel(trimmed[ls[0].end:]); rest != "" {
		return rest
	}
	return text
}

func (c *checker) image(field, raw string) string {
	raw = strings.TrimSpace(raw)
	if raw == "" {
		return ""
	}
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil ||
		len(raw) > maxImageURL || strings.ContainsFunc(raw, isControl) || strings.ContainsAny(raw, " \n\t<>\"") || !utf8.ValidString(raw) {
		c.bad(field, "expected an https address of up to %d characters, got %s", maxImageURL, quoted(raw))
	}
	return raw
}

func (c *checker) tag(raw string) string {
	raw = strings.TrimSpace(raw)
	if raw == "" {
		return ""
	}
	name := strings.TrimPrefix(raw, "#")
	if name == "" || utf8.RuneCountInString(name) > maxTag || !utf8.ValidString(name) ||
		strings.ContainsFunc(name, func(r rune) bool { return !wordRune(r) && r != '-' && r != '_' }) {
		c.bad("tag", "expected one word of up to %d letters, digits, - or _, such as \"#SciChat\", got %s", maxTag, quoted(raw))
	}
	return "#" + name
}

func (c *checker) hosts(raw []string) []string {
	if len(raw) > maxHosts {
		c.bad("hosts", "expected at most %d names, got %d", maxHosts, len(raw))
		return nil
	}
	var names []string
	for i, r := range raw {
		field := fmt.Sprintf("hosts[%d]", i)
		name := c.line(field, strings.TrimPrefix(strings.TrimSpace(r), "@"), maxHostName)
		if name == "" {
			c.bad(field, "expected a name of up to %d characters", maxHostName)
		}
		names = append(names, name)
	}
	return names
}

// line checks a text that must stay on one line.
func (c *checker) line(field, s string, most int) string {
	s = c.chars(field, s, most)
	if strings.ContainsAny(s, "\n\t") {
		c.bad(field, "expected one line, got %s", quoted(s))
	}
	return s
}

// text checks a text that may have several lines.
func (c *checker) text(field, s string) string { return c.chars(field, s, maxText) }

func (c *checker) chars(field, s string, most int) string {
	s = strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n"))
	switch n := utf8.RuneCountInString(s); {
	case n > most:
		c.bad(field, "expected at most %d characters, got %d", most, n)
	case !utf8.ValidString(s):
		c.bad(field, "expected text in UTF-8")
	case strings.ContainsFunc(s, isControl):
		c.bad(field, "expected text without control characters, got %s", quoted(s))
	}
	return s
}

// isControl tells the characters that are neither text nor a line break or tab.
func isControl(r rune) bool {
	return r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0
}
