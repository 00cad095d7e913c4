package rule

import (
	"fmt"
	"math/bits"
	"strings"
	"time"
)

// The one spelling of each rule in each language. The parser reads all of it.

// series joins words with commas and a last "and".
func (t tongue) series(words []string) string {
	last := " and "
	if t == spanish {
		last = " y "
	}
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], ", ") + last + words[n-1]
	}
	return strings.Join(words, "")
}

func (t tongue) weekday(d time.Weekday) string {
	if t == spanish {
		return [...]string{"domingo", "lunes", "martes", "miércoles", "jueves", "viernes", "sábado"}[d]
	}
	return strings.ToLower(d.String())
}

func (t tongue) weekdays(w Weekdays) string {
	var names []string
	for _, d := range w.list() {
		names = append(names, t.weekday(d))
	}
	return t.series(names)
}

func (t tongue) month(m time.Month) string {
	if t == spanish {
		return spanishMonth(m)
	}
	return strings.ToLower(m.String())
}

func (t tongue) months(in months) string {
	var names []string
	for m := time.January; m <= time.December; m++ {
		if in.has(m) {
			names = append(names, t.month(m))
		}
	}
	return t.series(names)
}

// ofMonths says of which months a day is.
func (t tongue) ofMonths(in months) string {
	switch {
	case in == allMonths && t == spanish:
		return " del mes"
	case in == allMonths:
		return " of the month"
	case t == spanish:
		return " de " + t.months(in)
	default:
		return " of " + t.months(in)
	}
}

func (t tongue) ordinal(n int) string {
	if t == spanish {
		return [...]string{"", "primer", "segundo", "tercer", "cuarto", "quinto", "último"}[n]
	}
	return [...]string{"", "first", "second", "third", "fourth", "fifth", "last"}[n]
}

// at says the times of day, in minutes from midnight.
func (t tongue) at(minutes []int) string {
	var clocks []string
	for _, m := range minutes {
		clocks = append(clocks, clock(m))
	}
	switch {
	case len(minutes) == 0:
		return ""
	case t == english:
		return " at " + t.series(clocks)
	case minutes[0]/60 == 1:
		return " a la " + t.series(clocks)
	default:
		return " a las " + t.series(clocks)
	}
}

// clock is a time of day, in minutes from midnight.
func clock(minute int) string { return fmt.Sprintf("%d:%02d", minute/60, minute%60) }

func (t tongue) onHoliday(h OnHoliday) string {
	switch {
	case h == Skip && t == spanish:
		return " salvo festivos"
	case h == Skip:
		return " except holidays"
	case h == NextWorkingDay && t == spanish:
		return " o el siguiente día laborable si es festivo"
	case h == NextWorkingDay:
		return " or the next working day if it is a holiday"
	default:
		return ""
	}
}

func (t tongue) date(d Date) string {
	if t == spanish {
		y, m, day := d.Midnight().Date()
		return fmt.Sprintf("el %d de %s de %d", day, spanishMonth(m), y)
	}
	return d.String()
}

func (w weekly) text(t tongue) string {
	switch {
	case w.on == allDays && t == spanish:
		return "a diario"
	case w.on == allDays:
		return "daily"
	case w.on == workDays && t == spanish:
		return "de lunes a viernes"
	case w.on == workDays:
		return "weekdays"
	case w.on == weekendDays && t == spanish:
		return "los fines de semana"
	case w.on == weekendDays:
		return "weekends"
	case t == spanish:
		return "cada " + t.weekdays(w.on)
	default:
		return "every " + t.weekdays(w.on)
	}
}

func (e everyWeeks) text(t tongue) string {
	switch {
	case t == english:
		return fmt.Sprintf("every %d weeks on %s", e.n, t.weekdays(e.on))
	case e.on == workDays:
		return fmt.Sprintf("cada %d semanas de lunes a viernes", e.n)
	default:
		return fmt.Sprintf("cada %d semanas los %s", e.n, t.weekdays(e.on))
	}
}

// anchor says where rules of every n weeks begin.
func (t tongue) anchor(d dates) string {
	e, ok := d.(everyWeeks)
	switch {
	case !ok || !e.anchored:
		return ""
	case t == spanish:
		return " desde " + t.date(e.anchor)
	default:
		return " from " + t.date(e.anchor)
	}
}

func (n nthWeekday) text(t tongue) string {
	var ordinals []string
	for i := 1; i <= lastOne; i++ {
		if n.nth&(1<<i) != 0 {
			ordinals = append(ordinals, t.ordinal(i))
		}
	}
	article := "the "
	if t == spanish {
		article = "el "
	}
	return article + t.series(ordinals) + " " + t.weekday(n.on) + t.ofMonths(n.in)
}

func (m monthDays) text(t tongue) string {
	var days []string
	for set := m.days &^ 1; set != 0; set &= set - 1 {
		day := bits.TrailingZeros32(set)
		if t == spanish {
			days = append(days, fmt.Sprint(day))
		} else {
			days = append(days, fmt.Sprintf("%d%s", day, englishSuffix(day)))
		}
	}
	numbered := len(days)
	if m.days&1 != 0 {
		days = append(days, t.ordinal(lastOne))
	}
	text := t.series(days)
	switch {
	case t == english && numbered == 0:
		text = "the last day"
	case t == english:
		text = "the " + text
	case numbered == 0:
		text = "el último día"
	case len(days) == 1:
		text = "el día " + text
	default:
		text = "los días " + text
	}
	text += t.ofMonths(m.in)
	switch {
	case m.in == allMonths:
		return text
	case t == spanish:
		return "cada año " + text
	default:
		return "every year on " + text
	}
}

func englishSuffix(day int) string {
	switch {
	case day/10 == 1:
		return "th"
	case day%10 == 1:
		return "st"
	case day%10 == 2:
		return "nd"
	case day%10 == 3:
		return "rd"
	default:
		return "th"
	}
}

func (o oneDay) text(t tongue) string {
	if t == spanish {
		return t.date(o.on)
	}
	return "on " + t.date(o.on)
}
