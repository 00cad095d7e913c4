package rule

import "time"

// interval reads "every 2 weeks", "every other", "weekly", "each month".
func (p *parser) interval() bool {
	return p.try(func() bool {
		if weeks, ok := p.value(wInterval); ok {
			p.weeks = weeks
			return true
		}
		switch {
		case p.take(wMonthly):
			p.monthly = true
			return true
		case p.take(wYearly):
			p.yearly = true
			return true
		case !p.take(wEvery):
			return false
		case p.take(wWeek):
			p.weeks = 1
			return true
		case p.take(wMonthWord):
			p.monthly = true
			return true
		case p.take(wYear):
			p.yearly = true
			return true
		}
		weeks, ok := p.value(wInterval)
		if !ok {
			weeks, ok = p.everyHowMany()
		}
		if !ok || weeks < 1 || weeks > 52 {
			return false
		}
		p.weeks = weeks
		return true
	})
}

// everyHowMany reads what follows "every": "2 weeks", "other week", "second
// week", and "other" or "two" before days of the week.
func (p *parser) everyHowMany() (weeks int, ok bool) {
	daysFollow := func() bool {
		return p.ahead(func() bool { p.lead(); return p.take(wWeekday) })
	}
	if p.take(wOther) {
		return 2, p.take(wWeek) || daysFollow()
	}
	if n, ok := p.value(wOrdinal); ok {
		return n, p.take(wWeek) && n != lastOne
	}
	n, ok := p.value(wNumber)
	switch {
	case !ok:
		return 0, false
	case p.toks[p.pos-1].isNumber() && p.glued() && p.take(wSuffix):
		return n, p.take(wWeek)
	case p.take(wDay):
		return 2, n == 14 || n == 15 // in Spanish, two weeks are 15 days
	default:
		return n, p.take(wWeek) || daysFollow()
	}
}

// lead takes the small words before days; every says that one was "every".
func (p *parser) lead() (every bool) {
	for {
		switch {
		case p.take(wEvery):
			every = true
		case !p.take(wLead):
			return every
		}
	}
}

// everyDay reads "daily".
func (p *parser) everyDay() bool {
	return p.try(func() bool {
		every := p.lead()
		if !every {
			p.take(wAt) // "a diario"
		}
		if !p.take(wDaily) && (!every || !p.take(wDay)) {
			return false
		}
		p.dates, p.daily = weekly{allDays}, true
		return true
	})
}

// weekdays reads "on mondays and fridays", "monday to friday", "weekends",
// "every school day".
func (p *parser) weekdays() bool {
	return p.try(func() bool {
		var on Weekdays
		worked := false
		if !p.list(func() bool {
			p.lead()
			some, ok := p.weekdayItem()
			if !ok && p.try(p.workdays) {
				some, ok, worked = workDays, true, true
			}
			on |= some
			return ok
		}) {
			return false
		}
		p.dates = weekly{on}
		if worked && p.onHoliday == Ignore {
			p.onHoliday = Skip
		}
		return true
	})
}

// weekdayItem reads a day of the week, a stretch of them, or a name for several.
func (p *parser) weekdayItem() (Weekdays, bool) {
	switch {
	case p.try(func() bool { return p.mark("entre") && p.mark("semana") }):
		return workDays, true
	case p.try(func() bool { return (p.mark("fin") || p.mark("fines")) && p.mark("de") && p.take(wWeek) }):
		return weekendDays, true
	}
	if set, ok := p.value(wGroup); ok {
		return Weekdays(set), true
	}
	_ = p.take(wFrom) || p.take(wOf)
	first, ok := p.value(wWeekday)
	if !ok {
		return 0, false
	}
	last := first
	p.try(func() bool {
		if !p.take(wTo) {
			return false
		}
		d, ok := p.value(wWeekday)
		if ok {
			last = d
		}
		return ok
	})
	set := On(time.Weekday(last))
	for d := first; d != last; d = (d + 1) % 7 {
		set |= On(time.Weekday(d))
	}
	return set, true
}

// workdays reads "school days", "días lectivos", "laborables".
func (p *parser) workdays() bool {
	if p.take(wDay) {
		return p.take(wWork)
	}
	if !p.take(wWork) {
		return false
	}
	return p.take(wDay) || p.toks[p.pos-1].text == "laborables" || p.toks[p.pos-1].text == "lectivos"
}

// nthWeekday reads "the first and third monday of the month".
func (p *parser) nthWeekday() bool {
	return p.try(func() bool {
		every := p.lead()
		var nth uint8
		if !p.list(func() bool {
			p.lead()
			n, ok := p.value(wOrdinal)
			if !ok {
				n, ok = p.numeral(5)
			}
			nth |= 1 << n
			return ok
		}) {
			return false
		}
		on, ok := p.value(wWeekday)
		if !ok {
			return false
		}
		in, said := p.ofMonths()
		p.everyNth = every && !said && nth&^(1<<1|1<<lastOne) != 0
		p.dates = nthWeekday{nth, time.Weekday(on), in}
		return true
	})
}

// numeral reads an ordinal number in digits, such as 1st.
func (p *parser) numeral(most int) (int, bool) {
	n := 0
	ok := p.try(func() bool {
		if p.pos == len(p.toks) || !p.toks[p.pos].isNumber() {
			return false
		}
		n, _ = p.value(wNumber)
		return p.glued() && p.take(wSuffix) && n >= 1 && n <= most
	})
	return n, ok
}

// ofMonths reads "of the month" or "of september and march"; all months are 0
// if they are not said.
func (p *parser) ofMonths() (in months, said bool) {
	said = p.try(func() bool {
		if p.take(wOf) {
			p.lead()
			if p.take(wMonthWord) {
				in = allMonths
				return true
			}
		}
		return p.list(func() bool {
			p.take(wOf)
			m, ok := p.value(wMonth)
			if ok {
				in |= 1 << (m - 1)
			}
			return ok
		})
	})
	return in, said
}

// daysOfMonth reads "the 1st and 15th of the month", "the last day of the
// month", "every year on december 3".
func (p *parser) daysOfMonth() bool {
	return p.try(func() bool {
		every := p.lead()
		first, monthFirst := p.value(wMonth)
		sure := p.take(wDay)
		var days uint32
		ordinal := false
		if !p.list(func() bool {
			p.lead()
			sure = p.take(wDay) || sure
			day, form, ok := p.dayNumber()
			days |= 1 << day
			sure, ordinal = sure || form == numeral, form != plain
			return ok
		}) {
			return false
		}
		if p.take(wDay) && !ordinal {
			return false // "every 3 days"
		}
		in, said := p.ofMonths()
		if monthFirst {
			if said {
				return false
			}
			in, said = 1<<(first-1), true
		}
		if !said && !sure && !p.monthly {
			return false
		}
		p.bareDate = in != 0 && in != allMonths && !every
		p.dates = monthDays{days, in}
		return true
	})
}

// form is how a number is written.
type form uint8

const (
	plain   form = iota // 15, fifteen
	numeral             // 15th
	inWords             // fifteenth
)

// dayNumber reads a day of the month; 0 is the last.
func (p *parser) dayNumber() (day int, f form, ok bool) {
	if n, ok := p.numeral(31); ok {
		return n, numeral, true
	}
	if n, ok := p.value(wOrdinal); ok {
		return n % lastOne, inWords, true
	}
	n, ok := p.value(wNumber)
	ok = ok && n >= 1 && n <= 31 && (!p.glued() || p.ahead(p.stop))
	return n % 32, plain, ok
}
