package discussion

import (
	"fmt"
	"strings"
	"time"
)

// clock sets Introductions, Length and the time of each question.
func (c *checker) clock(s *Script, d ScriptDraft) {
	before := len(c.problems)
	intro, introGiven := c.duration("introductions", d.Introductions)
	length, lengthGiven := c.duration("length", d.Length)
	moments := make([]moment, 0, len(s.Questions))
	for i := range s.Questions {
		at, given := c.duration(fmt.Sprintf("questions[%d].at", i), d.Questions[i].At)
		moments = append(moments, moment{at: at, fixed: given})
	}
	if len(c.problems) > before || len(moments) == 0 {
		return
	}

	switch first := &moments[0]; {
	case !first.fixed && !introGiven:
		intro, *first = defaultIntroductions, moment{at: defaultIntroductions, fixed: true}
	case !first.fixed:
		*first = moment{at: intro, fixed: true}
	case !introGiven:
		intro = first.at
	case first.at < intro:
		c.bad("questions[0].at", "expected %s or later, when the introductions end, got %s", shortDuration(intro), shortDuration(first.at))
	}

	last := lastFixed(moments)
	got := "got"
	if !lengthGiven {
		got = "and the questions need"
		length = moments[last].at + time.Duration(len(moments)-last)*defaultGap + defaultClosing
	}
	switch {
	case length < minLength || length > maxLength:
		c.bad("length", "expected between %s and %s, %s %s", shortDuration(minLength), shortDuration(maxLength), got, shortDuration(length))
		return
	case intro >= length:
		c.bad("introductions", "expected less than the length (%s), got %s", shortDuration(length), shortDuration(intro))
	}
	c.fixedTimes(moments, length)
	if len(c.problems) > before {
		return
	}

	spread(moments, length)
	s.Introductions, s.Length = intro, length
	for i, m := range moments {
		s.Questions[i].At = m.at
	}
}

// duration reads a length of time in whole seconds; given tells whether there is
// one.
func (c *checker) duration(field, raw string) (d time.Duration, given bool) {
	raw = strings.TrimSpace(raw)
	if raw == "" {
		return 0, false
	}
	d, err := time.ParseDuration(raw)
	if err != nil {
		c.bad(field, "expected a length of time such as 8m or 1h5m, got %s", quoted(raw))
		return 0, false
	}
	if d < 0 || d > maxLength || d%time.Second != 0 {
		c.bad(field, "expected whole seconds between 0 and %s, got %s", shortDuration(maxLength), quoted(raw))
		return 0, false
	}
	return d, true
}

// moment is the time of a question: fixed by the host, or to be worked out.
type moment struct {
	at    time.Duration
	fixed bool
}

// lastFixed is the index of the last fixed moment; the first is always fixed.
func lastFixed(moments []moment) int {
	for i := len(moments) - 1; i > 0; i-- {
		if moments[i].fixed {
			return i
		}
	}
	return 0
}

// fixedTimes checks that the fixed times rise and leave at least a second for
// each question between them.
func (c *checker) fixedTimes(moments []moment, length time.Duration) {
	prev := 0
	for i, m := range moments {
		if !m.fixed {
			continue
		}
		field := fmt.Sprintf("questions[%d].at", i)
		least := moments[prev].at + time.Duration(i-prev)*time.Second
		switch {
		case m.at >= length:
			c.bad(field, "expected less than the length (%s), got %s", shortDuration(length), shortDuration(m.at))
		case i > 0 && m.at < least:
			c.bad(field, "expected %s or later, after the question before it, got %s", shortDuration(least), shortDuration(m.at))
		}
		prev = i
	}
	if rest := time.Duration(len(moments)-prev) * time.Second; moments[prev].at < length && moments[prev].at+rest > length {
		c.bad("length", "expected room for the questions after questions[%d], got %s", prev, shortDuration(length))
	}
}

// spread spaces the moments that are not fixed evenly between their neighbours,
// in whole seconds, and those after the last fixed one up to the closing.
func spread(moments []moment, length time.Duration) {
	prev := 0
	fill := func(until int, end time.Duration) {
		gap := end - moments[prev].at
		for i := prev + 1; i < until; i++ {
			part := gap * time.Duration(i-prev) / time.Duration(until-prev)
			moments[i].at = moments[prev].at + part.Truncate(time.Second)
		}
	}
	for i := range moments {
		if moments[i].fixed {
			fill(i, moments[i].at)
			prev = i
		}
	}
	closing := min(defaultClosing, (length-moments[prev].at)/4)
	least := moments[prev].at + time.Duration(len(moments)-prev)*time.Second
	fill(len(moments), max(length-closing, least))
}
