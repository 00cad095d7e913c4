package rule

import "time"

// singleDate reads "on 2026-12-03", "thursday 3 december 2026".
func (p *parser) singleDate() bool {
	return p.try(func() bool {
		p.lead()
		on, named := p.value(wWeekday)
		p.mark(",")
		p.lead()
		d, ok := p.date()
		if !ok {
			return false
		}
		if named && d.Weekday() != time.Weekday(on) && !p.lenient {
			p.problem = NoSuchDate
			return false
		}
		p.dates = oneDay{d}
		return true
	})
}

// starting reads "from 2026-09-04", "a partir del 4 de septiembre de 2026".
func (p *parser) starting() bool {
	return p.try(func() bool {
		if p.mark("a") {
			if !p.mark("partir") || !p.take(wOf) {
				return false
			}
		} else if !p.take(wFrom) {
			return false
		}
		p.lead()
		d, ok := p.date()
		if ok {
			p.anchor, p.anchored = d, true
		}
		return ok
	})
}

// date reads a date with its year.
func (p *parser) date() (Date, bool) {
	year, month, day := 0, 0, 0
	for _, form := range []func(year, month, day *int) bool{p.yearFirst, p.dayFirst, p.monthFirst, p.slashed} {
		if !p.try(func() bool { return form(&year, &month, &day) }) {
			continue
		}
		if p.lenient {
			year, month = max(2000, min(year, 2200)), max(1, min(month, 12))
			day = max(1, min(day, daysIn(year, time.Month(month))))
		}
		d, ok := realDate(year, month, day)
		if !ok {
			p.problem = NoSuchDate
		}
		return d, ok
	}
	return 0, false
}

// yearFirst reads 2026-12-03, also with a time behind: 2026-12-03T19:00.
func (p *parser) yearFirst(year, month, day *int) bool {
	if !p.digits(year, 4, 4) || !p.mark("-") && !p.mark("/") || !p.digits(month, 1, 2) ||
		!p.mark("-") && !p.mark("/") || !p.digits(day, 1, 2) {
		return false
	}
	p.try(func() bool {
		return p.glued() && p.mark("t") && p.ahead(func() bool { return p.glued() && p.take(wNumber) })
	})
	return true
}

// dayFirst reads "3 december 2026", "3rd of december, 2026", "3 de diciembre de
// 2026".
func (p *parser) dayFirst(year, month, day *int) bool {
	return p.dayOf(day) && p.monthOf(month) && p.yearOf(year)
}

// monthFirst reads "december 3rd, 2026".
func (p *parser) monthFirst(year, month, day *int) bool {
	return p.monthOf(month) && p.dayOf(day) && p.yearOf(year)
}

// slashed reads 25/12/2026 and 12/25/2026, where it is clear which is the month or days
// come first.
func (p *parser) slashed(year, month, day *int) bool {
	if !p.digits(day, 1, 2) || !p.mark("/") || !p.digits(month, 1, 2) || !p.mark("/") || !p.digits(year, 4, 4) {
		return false
	}
	if *month > 12 {
		*day, *month = *month, *day
	} else if *day <= 12 && *day != *month && !p.lenient && !p.daysFirst {
		p.problem = Ambiguous
	}
	return p.problem == ""
}

func (p *parser) dayOf(day *int) bool {
	if !p.digits(day, 1, 2) {
		return false
	}
	if p.glued() {
		p.take(wSuffix)
	}
	return true
}

func (p *parser) monthOf(month *int) bool {
	p.take(wOf)
	m, ok := p.value(wMonth)
	*month = m
	return ok
}

func (p *parser) yearOf(year *int) bool {
	p.mark(",")
	p.take(wOf)
	return p.digits(year, 4, 4)
}

// digits takes a number of that many digits.
func (p *parser) digits(n *int, least, most int) bool {
	if p.pos == len(p.toks) || p.toks[p.pos].digits < least || p.toks[p.pos].digits > most {
		return false
	}
	*n = p.toks[p.pos].number
	p.pos++
	return true
}
