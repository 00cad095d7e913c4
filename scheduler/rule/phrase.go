package rule

// parser reads a phrase, clause by clause and in any order: days, times, every
// how many weeks, holidays. Its methods that return a bool either take what they
// are named for and report true, or leave everything as it was.
type parser struct {
	toks []token
	pos  int

	// What was said.
	dates     dates // without weeks and anchor
	times     times
	weeks     int // every so many weeks; 0: not said
	monthly   bool
	yearly    bool
	anchor    Date
	anchored  bool
	minus     Weekdays // days of the week that are excepted
	onHoliday OnHoliday

	// How it was said.
	daily    bool // as "daily", not as a list of days
	everyNth bool // "every third friday": of the month, or every third week?
	bareDate bool // "on 3 december": this year, or every year?
	problem  Problem
	lenient  bool // dates and times that there are not give the nearest that there is

	daysFirst bool // of 1/9/2026, who says it means September
}

// parsePhrase reads a phrase; problem says why it is none.
func parsePhrase(toks []token) (r Rule, problem Problem) {
	p := parser{toks: toks}
	return p.phrase()
}

func (p *parser) phrase() (r Rule, problem Problem) {
	for p.pos < len(p.toks) {
		understood := p.clause()
		switch {
		case p.problem != "":
			return Rule{}, p.problem
		case !understood:
			return Rule{}, NotUnderstood
		}
	}
	return p.rule()
}

func (p *parser) clause() bool {
	return p.stop() ||
		p.holidays() || p.starting() || p.timesOfDay() ||
		p.weeks == 0 && !p.monthly && !p.yearly && p.interval() ||
		p.dates == nil && (p.singleDate() || p.nthWeekday() || p.daysOfMonth() || p.everyDay() || p.weekdays())
}

// onlyHolidays reads what may follow a cron expression.
func (p *parser) onlyHolidays() bool {
	for p.pos < len(p.toks) {
		if !p.mark(",") && !p.holidays() || p.minus != 0 {
			return false
		}
	}
	return true
}

// rule puts together what was said.
func (p *parser) rule() (Rule, Problem) {
	_, someTime := p.times.from(0)
	switch {
	case p.dates == nil && !someTime && p.weeks == 0 && !p.monthly && !p.yearly:
		return Rule{}, NotUnderstood
	case p.dates == nil:
		return Rule{}, NoDay
	case !someTime:
		return Rule{}, NoTime
	}
	r := Rule{dates: p.dates, times: p.times, OnHoliday: p.onHoliday}
	switch d := p.dates.(type) {
	case weekly:
		if p.monthly || p.yearly || p.weeks < 2 && p.anchored || p.weeks > 0 && p.daily {
			return Rule{}, NotUnderstood
		}
		if d.on &^= p.minus; d.on == 0 {
			return Rule{}, NotUnderstood
		}
		r.dates = d
		if p.weeks >= 2 {
			e := everyWeeks{n: p.weeks, on: d.on}
			if p.anchored {
				e = e.from(p.anchor)
			}
			r.dates = e
		}
		return r, ""
	case nthWeekday:
		if p.everyNth && !p.monthly {
			return Rule{}, Ambiguous
		}
		if d.in == 0 {
			d.in = allMonths
		}
		r.dates = d
		return r, p.misfit(d.in)
	case monthDays:
		if d.in == 0 {
			d.in = allMonths
		}
		switch {
		case !d.possible() && p.lenient:
			d.days = 1
		case !d.possible():
			return Rule{}, NoSuchDate
		case p.bareDate && !p.yearly:
			return Rule{}, Ambiguous
		}
		r.dates = d
		return r, p.misfit(d.in)
	default:
		if p.weeks != 0 {
			return Rule{}, NotUnderstood
		}
		return r, p.misfit(allMonths)
	}
}

// misfit finds what cannot be said of dates in these months.
func (p *parser) misfit(in months) Problem {
	if p.weeks != 0 || p.anchored || p.minus != 0 || p.monthly && in != allMonths || p.yearly && in == allMonths {
		return NotUnderstood
	}
	return ""
}

// try undoes what f took if it fails.
func (p *parser) try(f func() bool) bool {
	before := p.pos
	if f() {
		return true
	}
	p.pos = before
	return false
}

// ahead tells whether f would take something, and takes nothing.
func (p *parser) ahead(f func() bool) bool {
	before := p.pos
	found := f()
	p.pos = before
	return found
}

// take takes a word that can mean this.
func (p *parser) take(k kind) bool {
	_, ok := p.value(k)
	return ok
}

// value takes a word that can mean this, and gives the value of its meaning.
func (p *parser) value(k kind) (int, bool) {
	if p.pos == len(p.toks) {
		return 0, false
	}
	v, ok := p.toks[p.pos].means(k)
	if ok {
		p.pos++
	}
	return v, ok
}

// mark takes this word or mark.
func (p *parser) mark(text string) bool {
	if p.pos == len(p.toks) || p.toks[p.pos].text != text {
		return false
	}
	p.pos++
	return true
}

// stop takes a mark that says nothing.
func (p *parser) stop() bool { return p.mark(",") || p.mark(";") || p.mark(".") }

// glued tells whether the next token follows without a space.
func (p *parser) glued() bool { return p.pos < len(p.toks) && p.toks[p.pos].glued }

// skip takes all words that can mean any of these.
func (p *parser) skip(kinds ...kind) {
	for i := 0; i < len(kinds); i++ {
		if p.take(kinds[i]) {
			i = -1
		}
	}
}

// list takes one or more of item, with commas and "and" between them.
func (p *parser) list(item func() bool) bool {
	if !p.try(item) {
		return false
	}
	for p.try(func() bool {
		comma := p.mark(",") || p.mark("/")
		return (p.take(wAnd) || comma) && item()
	}) {
	}
	return true
}

// timesOfDay reads "at 8pm", "at 9, 12 and 15:00" or, without "at", what cannot
// be anything but a time.
func (p *parser) timesOfDay() bool {
	return p.try(func() bool {
		said := p.take(wAt)
		return p.list(func() bool {
			p.take(wAt)
			p.take(wArticle)
			minute, ok := p.timeOfDay(said)
			if ok {
				p.times.add(minute)
			}
			return ok
		})
	})
}

// timeOfDay reads one time, in minutes from midnight. bare says that it may be
// an hour and nothing else.
func (p *parser) timeOfDay(bare bool) (minute int, ok bool) {
	switch {
	case p.take(wNoon):
		return 12 * 60, true
	case p.take(wMidnight):
		return 0, true
	}
	hour, ok := p.value(wNumber)
	if !ok {
		return 0, false
	}
	minute, sure := p.minutes()
	for p.take(wClock) || p.try(func() bool { return p.mark("en") && p.mark("punto") }) {
		sure = true
	}
	part, said := p.partOfDay()
	switch {
	case said:
		hour, ok = part.hour(hour)
	case !sure && (!bare || p.dayFollows()):
		return 0, false
	}
	if p.lenient {
		hour, minute, ok = min(hour, 23), min(minute, 59), true
	}
	if !ok || hour > 23 || minute > 59 {
		p.problem = NoSuchTime
		return 0, false
	}
	return hour*60 + minute, true
}

// dayFollows tells whether the number before is that of a day, or part of a date.
func (p *parser) dayFollows() bool {
	return p.ahead(func() bool {
		if p.glued() && !p.stop() || p.take(wMonth) {
			return true
		}
		if !p.take(wOf) {
			return false
		}
		p.lead()
		return p.take(wMonth) || p.take(wMonthWord)
	})
}

// minutes reads what follows an hour; sure says that the two are a time.
func (p *parser) minutes() (minute int, sure bool) {
	sure = p.try(func() bool {
		if !p.glued() || !p.mark(":") && !p.mark(".") && !p.mark("h") {
			return false
		}
		if !p.glued() || p.pos == len(p.toks) || p.toks[p.pos].digits != 2 {
			return false
		}
		minute = p.toks[p.pos].number
		p.pos++
		return true
	})
	if !sure {
		p.try(func() bool {
			var ok bool
			if p.take(wAnd) {
				minute, ok = p.value(wHalf)
			}
			return ok
		})
	}
	return minute, sure
}

// dayPart is what makes an hour one before or after noon.
type dayPart struct{ half12, part int }

// partOfDay reads "pm", "p. m.", "in the evening", "de la tarde".
func (p *parser) partOfDay() (dayPart, bool) {
	if half, ok := p.value(wHalf12); ok {
		return dayPart{half12: half, part: -1}, true
	}
	half := 0
	if p.try(func() bool {
		if !p.mark("a") {
			if half = 12; !p.mark("p") {
				return false
			}
		}
		p.mark(".")
		ok := p.mark("m")
		p.mark(".")
		return ok
	}) {
		return dayPart{half12: half, part: -1}, true
	}
	var part int
	ok := p.try(func() bool {
		if !p.take(wOf) && !p.mark("por") && !p.take(wAt) {
			return false
		}
		p.take(wLead)
		var ok bool
		part, ok = p.value(wPartOfDay)
		return ok
	})
	return dayPart{part: part}, ok
}

// hour is the hour of the day that people mean.
func (d dayPart) hour(said int) (int, bool) {
	switch {
	case d.part < 0: // am, pm
		return said%12 + d.half12, said >= 1 && said <= 12
	case d.part == morning:
		return said, said < 12
	case d.part == night && (said < 6 || said == 12): // after midnight
		return said % 12, true
	case said < 12:
		return said + 12, said > 0
	default:
		return said, true
	}
}
