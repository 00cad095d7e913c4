package rule

import "strings"

// Problem says why a text is no rule, or a line no holiday.
type Problem string

// The problems.
const (
	NotUnderstood  Problem = "not_understood"
	NoDay          Problem = "no_day"          // a time, but no days
	NoTime         Problem = "no_time"         // days, but no time
	NoSuchTime     Problem = "no_such_time"    // such as 25:00
	NoSuchDate     Problem = "no_such_date"    // such as 30 February, or a date that is not that day of the week
	Ambiguous      Problem = "ambiguous"       // such as "every third friday", or a date without a year
	TooLong        Problem = "too_long"        // more than 300 bytes; of holidays in all, 64 KiB
	CronField      Problem = "cron_field"      // Field must be from First to Last
	CronFields     Problem = "cron_fields"     // not five fields
	CronDescriptor Problem = "cron_descriptor" // none of @hourly, @daily, @weekly, @monthly, @yearly
	ZoneInCron     Problem = "zone_in_cron"    // the zone is said elsewhere
	// Of holidays only.
	EndsBeforeBegin Problem = "ends_before_begin"
	TooManyDays     Problem = "too_many_days" // more than 366
)

// Error is a text that is no rule. It holds nothing of the text but words that
// the parser knows, and numbers: a sentence for people is made of its parts.
type Error struct {
	Problem Problem
	// Field, from 1 to 5, and its range, where Problem is CronField.
	Field, First, Last int
	// Nearest is the nearest rule to the text, and Examples are some more, both
	// in the text's language.
	Nearest  string
	Examples []string
}

// Error implements error.
func (e *Error) Error() string {
	return "rule: " + string(e.Problem) + "; nearest: " + e.Nearest + "; examples: " + strings.Join(e.Examples, ", ")
}

// complete fills in what can be said of any error.
func complete(e *Error, toks []token) *Error {
	t := tongueOfTokens(toks)
	e.Examples = examples(t)[:6]
	if e.Nearest == "" {
		e.Nearest = e.Examples[0]
	}
	return e
}
