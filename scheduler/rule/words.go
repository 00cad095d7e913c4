package rule

import (
	"strings"
	"time"
)

// kind is what a word can do in a phrase.
type kind uint8

const (
	wEvery kind = iota + 1
	wLead       // may stand before days and says nothing
	wAt
	wArticle // may stand before a time in Spanish
	wAnd
	wTo
	wFrom
	wOf
	wWeekday // value: time.Weekday
	wGroup   // value: Weekdays
	wWork    // makes a group of the days that are worked, with or without "day"
	wMonth   // value: time.Month
	wOrdinal // value: 1 to 5, or lastOne
	wNumber  // value
	wDay
	wWeek
	wMonthWord
	wYear
	wDaily
	wInterval // value: weeks
	wMonthly
	wYearly
	wOther
	wExcept
	wIncluding
	wHoliday
	wOr
	wNext
	wCondition // if
	wCopula    // may stand between "if" and "holiday"
	wNoon
	wMidnight
	wHalf      // half or a quarter past, in Spanish; value: minutes
	wHalf12    // am: 0, pm: 12
	wPartOfDay // value: morning, afternoon or night
	wClock     // may follow a time and says nothing
	wSuffix    // of an ordinal number
)

const (
	morning = iota
	afternoon
	night
)

// tongue is a language.
type tongue uint8

const (
	english tongue = 1 << iota
	spanish
)

func tongueOf(language string) tongue {
	primary, _, _ := strings.Cut(language, "-")
	if strings.EqualFold(primary, "es") {
		return spanish
	}
	return english
}

func (t tongue) code() string {
	if t == spanish {
		return "es"
	}
	return "en"
}

// meaning is one thing that a word can mean.
type meaning struct {
	kind  kind
	value int
	in    tongue
}

// words is the lexicon, in small letters without accents. It never changes.
var words = makeWords()

func makeWords() map[string][]meaning {
	all := map[string][]meaning{}
	add := func(in tongue, k kind, value int, list string) {
		for word := range strings.FieldsSeq(list) {
			all[word] = append(all[word], meaning{k, value, in})
		}
	}
	weekdays := [...]string{
		time.Sunday:    "sunday sundays sun",
		time.Monday:    "monday mondays mon",
		time.Tuesday:   "tuesday tuesdays tue tues",
		time.Wednesday: "wednesday wednesdays wed weds",
		time.Thursday:  "thursday thursdays thu thur thurs",
		time.Friday:    "friday fridays fri",
		time.Saturday:  "saturday saturdays sat",
	}
	dias := [...]string{
		time.Sunday:    "domingo domingos dom",
		time.Monday:    "lunes lun",
		time.Tuesday:   "martes mar",
		time.Wednesday: "miercoles mier mie",
		time.Thursday:  "jueves jue",
		time.Friday:    "viernes vie",
		time.Saturday:  "sabado sabados sab",
	}
	for d := range weekdays {
		add(english, wWeekday, d, weekdays[d])
		add(spanish, wWeekday, d, dias[d])
	}
	abbreviated := strings.Fields("jan feb mar apr may jun jul aug sep,sept oct nov dec")
	abreviados := strings.Fields("ene feb mar abr may jun jul ago sep,sept,set,setiembre oct nov dic")
	for m := time.January; m <= time.December; m++ {
		add(english, wMonth, int(m), strings.ToLower(m.String())+" "+strings.ReplaceAll(abbreviated[m-1], ",", " "))
		add(spanish, wMonth, int(m), spanishMonth(m)+" "+strings.ReplaceAll(abreviados[m-1], ",", " "))
	}
	ordinals := strings.Fields("first second third fourth fifth last")
	ordinales := strings.Fields("primer,primero,primeros segundo,segundos tercer,tercero,terceros cuarto,cuartos quinto,quintos ultimo,ultimos")
	for i := range ordinals {
		add(english, wOrdinal, i+1, ordinals[i])
		add(spanish, wOrdinal, i+1, strings.ReplaceAll(ordinales[i], ",", " "))
	}
	numbers := strings.Fields("one two three four five six seven eight nine ten eleven twelve")
	numeros := strings.Fields("una dos tres cuatro cinco seis siete ocho nueve diez once doce")
	for i := range numbers {
		add(english, wNumber, i+1, numbers[i])
		add(spanish, wNumber, i+1, numeros[i])
	}
	for _, w := range []struct {
		kind             kind
		value            int
		english, spanish string
	}{
		{wNumber, 15, "", "quince"},
		{wEvery, 0, "every each", "cada todos todas"},
		{wLead, 0, "on the once", "el los las la en"},
		{wAt, 0, "at @", "a al"},
		{wArticle, 0, "", "las la"},
		{wAnd, 0, "and &", "y e"},
		{wTo, 0, "to through thru until till -", "a al hasta -"},
		{wFrom, 0, "from starting beginning since", "desde"},
		{wOf, 0, "of in", "de del en"},
		{wGroup, int(workDays), "weekday weekdays", "entresemana"},
		{wGroup, int(weekendDays), "weekend weekends", "finde findes"},
		{wWork, 0, "working work school business", "laborable laborables habil habiles lectivo lectivos"},
		{wDay, 0, "day days", "dia dias"},
		{wWeek, 0, "week weeks", "semana semanas"},
		{wMonthWord, 0, "month months", "mes meses"},
		{wYear, 0, "year years", "ano anos"},
		{wDaily, 0, "daily everyday", "diario diariamente"},
		{wInterval, 1, "weekly", "semanalmente"},
		{wInterval, 2, "fortnightly fortnight", "quincenalmente quincena"},
		{wMonthly, 0, "monthly", "mensualmente"},
		{wYearly, 0, "yearly annually", "anualmente"},
		{wOther, 0, "other alternate", ""},
		{wExcept, 0, "except excepting excluding but unless without skip skipping not", "salvo excepto menos sin exceptuando omitiendo"},
		{wIncluding, 0, "including even also", "incluso incluidos tambien"},
		{wHoliday, 0, "holiday holidays", "festivo festivos feriado feriados vacaciones"},
		{wOr, 0, "or else otherwise", "o u"},
		{wNext, 0, "next following", "siguiente proximo"},
		{wCondition, 0, "if when", "si cuando"},
		{wCopula, 0, "it its it's is that this day falls on a the for public school bank", "es cae en sea un los dia dias de"},
		{wNoon, 0, "noon midday", "mediodia"},
		{wMidnight, 0, "midnight", "medianoche"},
		{wHalf, 30, "", "media"},
		{wHalf, 15, "", "cuarto"},
		{wHalf12, 0, "am", "am"},
		{wHalf12, 12, "pm", "pm"},
		{wPartOfDay, morning, "morning", "manana"},
		{wPartOfDay, afternoon, "afternoon evening", "tarde"},
		{wPartOfDay, night, "night", "noche"},
		{wClock, 0, "o'clock oclock hours hour hrs h", "horas hora h hs"},
		{wSuffix, 0, "st nd rd th", "o a er ro do to ero"},
	} {
		add(english, w.kind, w.value, w.english)
		add(spanish, w.kind, w.value, w.spanish)
	}
	return all
}

func spanishMonth(m time.Month) string {
	return [...]string{
		"enero", "febrero", "marzo", "abril", "mayo", "junio",
		"julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
	}[m-1]
}

// means gives the value of the token's meaning of a kind.
func (t token) means(k kind) (value int, ok bool) {
	if k == wNumber && t.isNumber() && t.digits <= 4 {
		return t.number, true
	}
	for _, m := range words[t.text] {
		if m.kind == k {
			return m.value, true
		}
	}
	return 0, false
}

// tongueOfTokens is the language that has more of the words.
func tongueOfTokens(toks []token) tongue {
	balance := 0
	for _, t := range toks {
		var in tongue
		for _, m := range words[t.text] {
			in |= m.in
		}
		switch in {
		case english:
			balance++
		case spanish:
			balance--
		}
	}
	if balance < 0 {
		return spanish
	}
	return english
}

// examples is phrases in their one spelling.
func examples(t tongue) []string {
	if t == spanish {
		return []string{
			"cada martes a las 20:00",
			"de lunes a viernes a las 7:30",
			"cada 2 semanas los viernes a las 15:00",
			"el primer lunes del mes a las 9:00",
			"a diario a las 7:00 salvo festivos",
			"el 3 de diciembre de 2026 a las 19:00",
			"el último jueves del mes a las 16:00",
			"el día 15 del mes a las 12:00 o el siguiente día laborable si es festivo",
			"cada lunes, miércoles y viernes a las 15:00",
			"cada año el día 3 de diciembre a las 19:00",
			"los fines de semana a las 10:00",
		}
	}
	return []string{
		"every tuesday at 20:00",
		"weekdays at 7:30",
		"every 2 weeks on friday at 15:00",
		"the first monday of the month at 9:00",
		"daily at 7:00 except holidays",
		"on 2026-12-03 at 19:00",
		"the last thursday of the month at 16:00",
		"the 15th of the month at 12:00 or the next working day if it is a holiday",
		"every monday, wednesday and friday at 15:00",
		"every year on the 3rd of december at 19:00",
		"weekends at 10:00",
	}
}
