package rule

import "time"

// lookedAt is how many occurrences Apart looks at.
const lookedAt = 50

// Apart is the least time between occurrences of the next ones after an instant; 0 if
// there is only one. ok is false if the rule never applies again. As clocks go forward,
// what comes once a day is an hour less than a day apart.
func (r Rule) Apart(after time.Time, in Place) (least time.Duration, ok bool) {
	var last time.Time
	n := 0
	for o := range r.After(after, in) {
		if n++; n > lookedAt {
			break
		}
		if between := o.At.Sub(last); !last.IsZero() && (least == 0 || between < least) {
			least = between
		}
		last = o.At
	}
	return least, n > 0
}
