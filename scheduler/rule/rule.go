package rule

import (
	"strings"
	"time"
)

// OnHoliday is what becomes of an occurrence whose date is a holiday.
type OnHoliday string

// What becomes of it.
const (
	Ignore         OnHoliday = ""                 // it runs all the same
	Skip           OnHoliday = "skip"             // it is skipped
	NextWorkingDay OnHoliday = "next_working_day" // it runs on the next working day, unless the rule applies then anyway
)

// Rule says when something recurs. Equal rules are equal by ==. The zero Rule
// never applies.
type Rule struct {
	dates dates
	times times
	// OnHoliday may be changed freely.
	OnHoliday OnHoliday
}

// maxText is the longest text that Parse takes, in bytes.
const maxText = 300

// Parse reads a phrase in English or Spanish or a cron expression. Case, accents
// and some small words do not matter. An error is an *Error.
//
// A cron expression has five fields (minute, hour, day of the month, month, day
// of the week) as robfig/cron reads them, or is @hourly, @daily, @weekly,
// @monthly or @yearly. What a phrase can say of holidays may follow it.
func Parse(text string) (Rule, error) {
	if len(text) > maxText {
		return Rule{}, complete(&Error{Problem: TooLong}, nil)
	}
	if fields, rest, ok := splitCron(text); ok {
		days, at, err := parseCron(fields)
		toks := lex(rest)
		if err != nil {
			return Rule{}, complete(err, toks)
		}
		p := parser{toks: toks}
		if !p.onlyHolidays() {
			return Rule{}, complete(&Error{Problem: NotUnderstood, Nearest: days.expression}, toks)
		}
		return Rule{dates: days, times: at, OnHoliday: p.onHoliday}, nil
	}
	toks := lex(text)
	r, problem := parsePhrase(toks)
	if problem != "" {
		return Rule{}, complete(&Error{Problem: problem, Nearest: nearest(toks)}, toks)
	}
	return r, nil
}

// IsZero tells whether this is the zero Rule, but for what it says of holidays.
func (r Rule) IsZero() bool { return r.dates == nil }

// Anchored is the rule with a first day, if it is one of every n weeks and has
// none: the day of the first time that suits it after an instant. A rule is
// anchored when it is first kept, so that "every 2 weeks on friday" begins with
// the Friday that comes. Other rules stay as they are.
func (r Rule) Anchored(after time.Time, zone *time.Location) Rule {
	if e, ok := r.dates.(everyWeeks); ok && !e.anchored {
		first := atTimes{weekly{e.on}, r.times}.Next(shown(after, zone))
		r.dates = e.from(DateOf(first))
	}
	return r
}

// String is the rule in English, as Text("en").
func (r Rule) String() string { return r.Text("en") }

// Text is the one spelling of the rule in a language: "es", or any other for
// English. Parse reads it back. The zero Rule is "".
func (r Rule) Text(language string) string {
	if r.dates == nil {
		return ""
	}
	t := tongueOf(language)
	text := r.dates.text(t)
	if _, ok := r.dates.(cronDays); !ok {
		text += t.at(r.times.list()) + t.anchor(r.dates)
	}
	return text + t.onHoliday(r.OnHoliday)
}

// MarshalText implements encoding.TextMarshaler: the rule in English.
func (r Rule) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler. It reads what Parse reads,
// and nothing at all as the zero Rule.
func (r *Rule) UnmarshalText(text []byte) error {
	if strings.TrimSpace(string(text)) == "" {
		*r = Rule{}
		return nil
	}
	parsed, err := Parse(string(text))
	if err != nil {
		return err
	}
	*r = parsed
	return nil
}
