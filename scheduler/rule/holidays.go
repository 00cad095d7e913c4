package rule

import (
	"fmt"
	"strings"
)

// Limits of a text of holidays.
const (
	maxHolidaysText = 64 << 10 // bytes
	maxHolidayLine  = 300      // bytes
	maxHolidayDays  = 366      // of one holiday: more is a slip of the year
	maxLineProblems = 20       // told at once
)

// ParseHolidays reads holidays, one a line: a date or the first and the last of
// several, and a name, which may be left out.
//
//	2026-12-24..2027-01-06 Winter break
//	12 October 2026: Columbus Day
//	del 24 de diciembre de 2026 al 6 de enero de 2027 Vacaciones de Navidad
//	# a comment
//
// An error is a *HolidaysError that tells of every line.
func ParseHolidays(text string) (HolidayList, error) {
	if len(text) > maxHolidaysText {
		return HolidayList{}, &HolidaysError{Problems: []LineProblem{{Line: 1, Problem: TooLong}}}
	}
	var holidays []Holiday
	var problems []LineProblem
	number := 0
	for line := range strings.Lines(strings.TrimPrefix(text, "\ufeff")) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		h, problem := holidayLine(line)
		if problem == "" {
			holidays = append(holidays, h)
		} else if len(problems) < maxLineProblems {
			problems = append(problems, LineProblem{number, problem})
		}
	}
	if problems != nil {
		return HolidayList{}, &HolidaysError{problems}
	}
	return NewHolidayList(holidays), nil
}

func holidayLine(line string) (Holiday, Problem) {
	if len(line) > maxHolidayLine {
		return Holiday{}, TooLong
	}
	p := parser{toks: lex(line)}
	p.skip(wFrom, wOf, wLead)
	first, ok := p.date()
	if !ok {
		return Holiday{}, p.problemOr(NoDay)
	}
	h := Holiday{First: first, Last: first}
	p.try(func() bool {
		dots := 0
		for p.mark(".") {
			dots++
		}
		if dots < 2 && !p.take(wTo) {
			return false
		}
		p.lead()
		last, ok := p.date()
		if ok {
			h.Last = last
		}
		return ok
	})
	switch {
	case p.problem != "":
		return Holiday{}, p.problem
	case h.Last < h.First:
		return Holiday{}, EndsBeforeBegin
	case h.Last-h.First >= maxHolidayDays:
		return Holiday{}, TooManyDays
	}
	if p.pos < len(p.toks) {
		h.Name = strings.TrimSpace(strings.TrimLeft(line[p.toks[p.pos].from:], ":,;-–— \t"))
	}
	return h, ""
}

func (p *parser) problemOr(otherwise Problem) Problem {
	if p.problem != "" {
		return p.problem
	}
	return otherwise
}

// LineProblem is why a line, counted from 1, is no holiday.
type LineProblem struct {
	Line    int
	Problem Problem
}

// HolidaysError is a text that is no list of holidays.
type HolidaysError struct{ Problems []LineProblem }

// Error implements error.
func (e *HolidaysError) Error() string {
	var lines []string
	for _, p := range e.Problems {
		lines = append(lines, fmt.Sprintf("line %d: %s", p.Line, p.Problem))
	}
	return "rule: holidays: " + strings.Join(lines, "; ")
}
