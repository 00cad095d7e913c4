package rule

import "time"

// Span is a stretch of days, the last included: when somebody is away.
type Span struct{ First, Last Date }

// Holiday implements Calendar: its days are off, without a name.
func (s Span) Holiday(d Date) (string, bool) { return "", s.First <= d && d <= s.Last }

// ParseSpan reads which days somebody means, in English or Spanish, who says it on
// a day: "until friday", "for 2 weeks", "from 21 december until 2027-01-06", "next
// week", "hasta el 6 de enero". A day alone is the last one; what is left out
// begins on the day itself. A day of the week is the one that comes next, a date
// without a year too. Up to 366 days are a span. An error is an *Error that
// has only a Problem.
func ParseSpan(text string, said Date) (Span, error) {
	fail := func(problem Problem) (Span, error) { return Span{}, &Error{Problem: problem} }
	if len(text) > maxText {
		return fail(TooLong)
	}
	toks := lex(text)
	p := spanParser{parser: parser{toks: toks}, said: said}
	s, ok := p.span()
	switch {
	case p.problem != "":
		return fail(p.problem)
	case !ok || p.pos < len(toks):
		return fail(NotUnderstood)
	case s.Last < s.First || s.Last < said:
		return fail(EndsBeforeBegin)
	case s.Last-s.First >= maxHolidayDays:
		return fail(TooManyDays)
	}
	return s, nil
}

// spanParser reads a span; its methods follow the rules of parser.
type spanParser struct {
	parser
	said Date
}

func (p *spanParser) span() (Span, bool) {
	if week, ok := p.week(); ok {
		return week, true
	}
	s := Span{First: p.said}
	from := p.take(wFrom) || p.mark("del") || p.mark("de")
	if first, ok := p.day(p.said); ok {
		if !from && p.pos == len(p.toks) {
			s.Last = first
			return s, true
		}
		s.First, from = first, true
	} else if from {
		return s, false
	}
	p.mark(",")
	until := false
	for p.until() { // also twice, where the word stands before a form that says it too
		until = true
	}
	if days, ok := p.lasting(s.First); ok {
		s.Last = days
		return s, true
	}
	if !until {
		return s, false
	}
	after := p.said
	if from {
		after = s.First
	}
	last, ok := p.day(after)
	s.Last = last
	return s, ok
}

// until reads "until", "to", "hasta", "..".
func (p *spanParser) until() bool {
	dots := 0
	for p.mark(".") {
		dots++
	}
	return p.take(wTo) || dots > 1
}

// week reads "this week", "next week", "la semana que viene", up to its Sunday.
func (p *spanParser) week() (s Span, ok bool) {
	ok = p.try(func() bool {
		p.lead()
		next := p.next()
		this := !next && (p.mark("this") || p.mark("esta"))
		if !p.take(wWeek) {
			return false
		}
		next = next || !this && (p.next() || p.mark("que") && (p.mark("viene") || p.mark("entra")))
		s = Span{p.said, p.said.monday() + 6}
		if next {
			s = Span{s.Last + 1, s.Last + 7}
		}
		return next || this
	})
	return s, ok
}

// lasting reads "for 2 weeks", "a month", "durante 10 días", and gives the last
// day.
func (p *spanParser) lasting(first Date) (last Date, ok bool) {
	ok = p.try(func() bool {
		_ = p.mark("for") || p.mark("por") || p.mark("durante")
		n, counted := p.value(wNumber)
		if !counted {
			n = 1
			if !p.mark("a") && !p.mark("un") {
				return false
			}
		}
		n = min(n, maxHolidayDays+1) // any more is too many as well
		switch {
		case p.take(wDay):
			last = first + Date(n) - 1
		case p.take(wWeek):
			last = first + Date(7*n) - 1
		case p.take(wMonthWord):
			begin := first.Midnight()
			last = min(DateOf(begin.AddDate(0, n, 0)), dateOf(begin.Year(), begin.Month()+time.Month(n)+1, 0)) - 1
		default:
			return false
		}
		return n > 0
	})
	return last, ok
}

// day reads one day: "today", "friday", "6 january", "2027-01-06". Days of the
// week come after a date, dates without a year not before it.
func (p *spanParser) day(after Date) (d Date, ok bool) {
	if ok = p.try(func() bool { d, ok = p.dated(after); return ok }); ok || p.problem != "" {
		return d, ok
	}
	ok = p.try(func() bool {
		p.lead()
		_ = p.mark("this") || p.mark("este")
		next := p.next()
		weekday, named := p.value(wWeekday)
		switch {
		case named && next:
			p.problem = Ambiguous // the one that comes, or the one in the week after?
			return false
		case named:
			d = after + 1 + (Date(weekday)-Date((after+1).Weekday())+7)%7
		case p.mark("today") || p.mark("hoy"):
			d = p.said
		case p.mark("tomorrow") || p.mark("manana"):
			d = p.said + 1
		default:
			return false
		}
		return true
	})
	return d, ok
}

// dated reads a date, with or without its day of the week and its year.
func (p *spanParser) dated(after Date) (d Date, ok bool) {
	p.lead()
	weekday, named := p.value(wWeekday)
	p.mark(",")
	p.lead()
	if d, ok = p.date(); !ok && p.problem == "" {
		d, ok = p.yearless(after)
	}
	if ok && named && d.Weekday() != time.Weekday(weekday) {
		p.problem, ok = NoSuchDate, false
	}
	return d, ok
}

// yearless reads "6 january", "january 6th": the first one that is not before a
// date.
func (p *spanParser) yearless(after Date) (d Date, ok bool) {
	month, day := 0, 0
	if !p.try(func() bool { return p.dayOf(&day) && p.monthOf(&month) }) &&
		!p.try(func() bool { return p.monthOf(&month) && p.dayOf(&day) }) {
		return 0, false
	}
	const untilLeapYear = 8 // 29 February 2096 is followed by that of 2104
	for year := range untilLeapYear + 1 {
		if d, ok = realDate(after.Midnight().Year()+year, month, day); ok && d >= after {
			return d, true
		}
	}
	p.problem = NoSuchDate
	return 0, false
}

func (p *spanParser) next() bool { return p.take(wNext) || p.mark("proxima") }
