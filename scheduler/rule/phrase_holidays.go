package rule

// holidays reads what is said of holidays and of excepted days.
func (p *parser) holidays() bool {
	return p.try(p.exceptions) || p.try(p.ifNoHoliday) || p.try(p.orNextWorkingDay) || p.try(p.alsoOnHolidays)
}

// exceptions reads "except holidays", "unless it is a holiday", "salvo los
// festivos", and "except weekends".
func (p *parser) exceptions() bool {
	if !p.take(wExcept) {
		return false
	}
	p.skip(wExcept)
	var minus Weekdays
	off := false
	if !p.list(func() bool {
		if p.try(p.aHoliday) {
			off = true
			return true
		}
		p.lead()
		days, ok := p.weekdayItem()
		minus |= days
		return ok
	}) {
		return false
	}
	p.minus |= minus
	if off && p.onHoliday == Ignore {
		p.onHoliday = Skip
	}
	return true
}

// ifNoHoliday reads "if it is not a holiday", "si no es festivo".
func (p *parser) ifNoHoliday() bool {
	if !p.take(wCondition) {
		return false
	}
	p.skip(wCopula)
	if !p.mark("no") && !p.mark("not") || !p.aHoliday() {
		return false
	}
	p.onHoliday = Skip
	return true
}

// orNextWorkingDay reads "or the next working day if it is a holiday" and "if it
// is a holiday, the next working day".
func (p *parser) orNextWorkingDay() bool {
	before := p.try(p.ifHoliday)
	p.mark(",")
	said := p.take(wOr)
	p.lead()
	if !before && !said || !p.nextWorkday() {
		return false
	}
	p.try(p.ifHoliday)
	p.onHoliday = NextWorkingDay
	return true
}

func (p *parser) nextWorkday() bool {
	next := p.take(wNext)
	day := p.take(wDay)
	work := p.take(wWork)
	day = p.take(wDay) || day
	next = p.take(wNext) || next
	return next && work && (day || p.toks[p.pos-1].text == "laborable")
}

func (p *parser) ifHoliday() bool {
	return p.take(wCondition) && p.aHoliday()
}

func (p *parser) aHoliday() bool {
	p.skip(wCopula, wLead, wOf)
	return p.take(wHoliday)
}

// alsoOnHolidays reads "including holidays" and "holidays included".
func (p *parser) alsoOnHolidays() bool {
	before := p.take(wIncluding)
	if !p.aHoliday() {
		return false
	}
	if !before && !p.mark("included") && !p.take(wIncluding) {
		return false
	}
	p.onHoliday = Ignore
	return true
}
