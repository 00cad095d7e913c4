package rule

import (
	"strings"
	"time"
)

// ParseSince reads from which day on somebody means, in English or Spanish, who says
// it on a day: "2 weeks", "since monday", "1 september", "last week", "desde ayer",
// "hace un mes"; a month is meant from its first day on. Days of the week, months and
// dates without a year are the latest that are not to come. Of 1/9/2026 the day is first
// if the language (an IETF tag) is Spanish; else it is ambiguous. An error is an *Error
// that has only a Problem.
func ParseSince(text string, said Date, language string) (Date, error) {
	if len(text) > maxText {
		return 0, &Error{Problem: TooLong}
	}
	toks := lex(text)
	p := spanParser{parser: parser{toks: toks, daysFirst: strings.HasPrefix(language, "es")}, said: said}
	d, ok := p.since()
	switch {
	case p.problem != "":
		return 0, &Error{Problem: p.problem}
	case !ok || p.pos < len(toks):
		return 0, &Error{Problem: NotUnderstood}
	case d > said:
		return 0, &Error{Problem: EndsBeforeBegin}
	default:
		return d, nil
	}
}

// since reads the day.
func (p *spanParser) since() (d Date, ok bool) {
	_ = p.mark("since") || p.mark("desde") || p.take(wFrom)
	if d, ok = p.past(); ok {
		return d, true
	}
	_ = p.mark("hace") || p.mark("last")
	if last, ok := p.lasting(p.said); ok { // as long ago as it would last
		p.mark("ago")
		p.mark("atras")
		return p.said - (last - p.said) - 1, true
	}
	for _, from := range []Date{p.said - 7, yearBefore(p.said)} {
		ok = p.try(func() bool {
			var fits bool
			d, fits = p.day(from)
			_ = p.mark("pasado") || p.mark("pasada")
			return fits && d <= p.said
		})
		if ok || p.problem != "" {
			return d, ok
		}
	}
	if ok = p.try(func() bool { d, ok = p.beginOfMonth(); return ok && p.pos == len(p.toks) }); ok || p.problem != "" {
		return d, ok
	}
	return p.day(p.said) // still to come
}

// beginOfMonth reads "september", "septiembre de 2025", "september last".
func (p *spanParser) beginOfMonth() (d Date, ok bool) {
	ok = p.try(func() bool {
		month, year := 0, p.said.Midnight().Year()
		if !p.monthOf(&month) {
			return false
		}
		dated := p.try(func() bool { return p.yearOf(&year) })
		_ = p.mark("pasado") || p.mark("last")
		if d = dateOf(year, time.Month(month), 1); d > p.said && !dated {
			d = dateOf(year-1, time.Month(month), 1)
		}
		return true
	})
	return d, ok
}

// past reads what only the past has: "yesterday", "last week", "this month".
func (p *spanParser) past() (d Date, ok bool) {
	if p.mark("yesterday") || p.mark("ayer") {
		return p.said - 1, true
	}
	ok = p.try(func() bool {
		p.lead()
		before := p.mark("last")
		this := !before && (p.mark("this") || p.mark("esta") || p.mark("este"))
		week := p.take(wWeek)
		if !week && !p.take(wMonthWord) {
			return false
		}
		before = before || !this && (p.mark("pasada") || p.mark("pasado"))
		if week {
			d = p.said.monday()
			if before {
				d -= 7
			}
		} else {
			begin := p.said.Midnight()
			d = dateOf(begin.Year(), begin.Month(), 1)
			if before {
				d = dateOf(begin.Year(), begin.Month()-1, 1)
			}
		}
		return before || this
	})
	return d, ok
}

// yearBefore is the day after the same date a year before.
func yearBefore(d Date) Date { return DateOf(d.Midnight().AddDate(-1, 0, 1)) }
