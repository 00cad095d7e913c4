package rule

import (
	"fmt"
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// cronDays is the dates of a cron expression.
type cronDays struct {
	spec       cron.SpecSchedule // at midnight
	expression string
}

func (c cronDays) Next(t time.Time) time.Time { return c.spec.Next(t) }

func (c cronDays) text(tongue) string { return c.expression }

// cronFields is how many fields a cron expression has.
const cronFields = 5

// cronField is one of them.
type cronField struct {
	first, last int
	bits        func(*cron.SpecSchedule) uint64
	instead     string // what can stand there
}

func cronFieldAt(i int) cronField {
	return [cronFields]cronField{
		{0, 59, func(s *cron.SpecSchedule) uint64 { return s.Minute }, "0"},
		{0, 23, func(s *cron.SpecSchedule) uint64 { return s.Hour }, "9"},
		{1, 31, func(s *cron.SpecSchedule) uint64 { return s.Dom }, "*"},
		{1, 12, func(s *cron.SpecSchedule) uint64 { return s.Month }, "*"},
		{0, 6, func(s *cron.SpecSchedule) uint64 { return s.Dow }, "*"},
	}[i]
}

const (
	cronMarks = "*?,-/"
	starBit   = 1 << 63 // set in a field of robfig/cron that has a star
)

// splitCron cuts a text that means to be a cron expression into its fields and
// what follows them. A phrase may begin with a number, but not with two.
func splitCron(text string) (fields []string, rest string, ok bool) {
	words := strings.Fields(strings.ToLower(text))
	n := 0
	switch {
	case len(words) == 0:
		return nil, "", false
	case zonePrefix(words[0]):
		n = min(len(words), 6)
	case len(words[0]) > 1 && words[0][0] == '@' && words[0][1] >= 'a' && words[0][1] <= 'z':
		n = 1
		if words[0] == "@every" {
			n = min(len(words), 2)
		}
	case cronLike(words[0]) && (len(words) == 1 && strings.ContainsAny(words[0], "*?/") || len(words) > 1 && cronLike(words[1])):
		// Fields are what has only their marks and names of three letters.
		for n < len(words) && n < 6 && (cronLike(words[n]) || n > 2 && cronNames(words[n])) {
			n++
		}
	default:
		return nil, "", false
	}
	return words[:n], strings.Join(words[n:], " "), true
}

func zonePrefix(word string) bool {
	return strings.HasPrefix(word, "tz=") || strings.HasPrefix(word, "cron_tz=")
}

func cronLike(word string) bool {
	return strings.Trim(word, "0123456789"+cronMarks) == ""
}

// cronNames tells whether the word is made of names such as mon-fri, and of
// numbers.
func cronNames(word string) bool {
	const names = " jan feb mar apr may jun jul aug sep oct nov dec sun mon tue wed thu fri sat "
	for part := range strings.FieldsFuncSeq(word, func(r rune) bool { return strings.ContainsRune(cronMarks, r) }) {
		if !cronLike(part) && !strings.Contains(names, " "+part+" ") {
			return false
		}
	}
	return true
}

// parseCron reads the fields of a cron expression.
func parseCron(fields []string) (cronDays, times, *Error) {
	expression := strings.Join(fields, " ")
	switch {
	case zonePrefix(fields[0]):
		return cronDays{}, times{}, &Error{Problem: ZoneInCron, Nearest: readable(fields[1:])}
	case fields[0][0] == '@':
		return descriptor(expression)
	case len(fields) != cronFields:
		filled := append(slices.Clone(fields), "*", "*", "*", "*")
		return cronDays{}, times{}, &Error{Problem: CronFields, Nearest: readable(filled[:cronFields])}
	}
	for i := range fields {
		if err := checkField(fields, i); err != nil {
			return cronDays{}, times{}, err
		}
	}
	spec, err := parseSpec(expression)
	if err != nil {
		return cronDays{}, times{}, &Error{Problem: NotUnderstood}
	}
	// With a star for the day of the week, both days must suit; otherwise one does.
	dates := monthDays{uint32(spec.Dom &^ starBit), months(spec.Month >> 1 & uint64(allMonths))}
	if spec.Dow&starBit != 0 && !dates.possible() {
		return cronDays{}, times{}, noSuchDate(fields, dates.in)
	}
	days, at := split(spec, expression)
	return days, at, nil
}

// checkField reads one field alone. The parser's own errors quote what was
// typed, and it takes a field of nothing but commas, which never applies.
func checkField(fields []string, i int) *Error {
	alone := slices.Repeat([]string{"*"}, cronFields)
	alone[i] = fields[i]
	f := cronFieldAt(i)
	if spec, err := parseSpec(strings.Join(alone, " ")); err == nil && f.bits(spec) != 0 {
		return nil
	}
	mended := slices.Clone(fields)
	if mended[i] = f.instead; i == cronFields-1 && fields[i] == "7" {
		mended[i] = "0" // Sunday
	}
	return &Error{Problem: CronField, Field: i + 1, First: f.first, Last: f.last, Nearest: readable(mended)}
}

// noSuchDate is the error for an expression that names the 30th of February or
// the like. The nearest is the last day that the months have.
func noSuchDate(fields []string, in months) *Error {
	last := 0
	for month := time.January; month <= time.December; month++ {
		if in.has(month) {
			last = max(last, daysIn(2000, month))
		}
	}
	mended := slices.Clone(fields)
	mended[2] = strconv.Itoa(last)
	return &Error{Problem: NoSuchDate, Nearest: readable(mended)}
}

func descriptor(name string) (cronDays, times, *Error) {
	spec, err := parseSpec(name)
	if err != nil {
		near := "@daily"
		if strings.HasPrefix(name, "@every") {
			near = "@hourly"
		}
		return cronDays{}, times{}, &Error{Problem: CronDescriptor, Nearest: near}
	}
	days, at := split(spec, name)
	return days, at, nil
}

// split takes an expression apart into its dates and its times of day.
func split(spec *cron.SpecSchedule, expression string) (cronDays, times) {
	var at times
	for hours := spec.Hour &^ starBit; hours != 0; hours &= hours - 1 {
		for minutes := spec.Minute &^ starBit; minutes != 0; minutes &= minutes - 1 {
			at.add(bits.TrailingZeros64(hours)*60 + bits.TrailingZeros64(minutes))
		}
	}
	midnights := *spec
	midnights.Minute, midnights.Hour, midnights.Location = 1, 1, time.UTC
	return cronDays{midnights, expression}, at
}

// parseSpec is the parser of robfig/cron, which panics at some inputs. It takes
// no intervals (@every): they are no rules of the clock on the wall.
func parseSpec(text string) (spec *cron.SpecSchedule, err error) {
	defer func() {
		if r := recover(); r != nil {
			spec, err = nil, fmt.Errorf("cron: %v", r)
		}
	}()
	schedule, err := cron.ParseStandard(text)
	if err != nil {
		return nil, err
	}
	spec, ok := schedule.(*cron.SpecSchedule)
	if !ok {
		return nil, fmt.Errorf("cron: %T is no schedule by the clock", schedule)
	}
	return spec, nil
}

// readable is the expression if it can be read, and else one that can.
func readable(fields []string) string {
	if len(fields) == cronFields && cronLike(fields[0]) {
		if _, _, err := parseCron(fields); err == nil {
			return strings.Join(fields, " ")
		}
	}
	return "0 9 * * 1-5"
}
