package rule

import "time"

// Track is how far one person has come with a rule that they live by their own
// clock, wherever it is. It counts in wall-clock times: what they had in one zone
// does not come again in the next, and what their clock jumped over on the way is
// due at once rather than lost.
//
// What comes next follows from the Track, the rule and the person's Place as they
// are now. So it is looked for anew whenever they travel, go away or come back,
// and whenever holidays change.
type Track struct {
	Since time.Time `json:"since"`         // nothing counts up to this instant: when they joined, or the rule changed
	Wall  time.Time `json:"wall,omitzero"` // Occurrence.Wall of the last one that has its end; zero: none has
}

// Past is the track once an occurrence has its end, whichever.
func (t Track) Past(o Occurrence) Track {
	if o.Wall.After(t.Wall) {
		t.Wall = o.Wall
	}
	return t
}

// Next is the first occurrence that has no end yet, also if it is skipped. It may
// lie before the present: then it was missed, or the person's clock jumped over
// it. ok is as with Rule.Next.
func (t Track) Next(r Rule, in Place) (o Occurrence, ok bool) {
	for o := range r.After(t.from(in), in) {
		if o.Wall.After(t.Wall) {
			return o, true
		}
	}
	return Occurrence{}, false
}

// Missed is the occurrences until now that have no end yet, as Rule.Missed.
func (t Track) Missed(r Rule, now time.Time, in Place, limit int) (missed []Occurrence, more bool) {
	missed, more = r.Missed(t.from(in), now, in, limit)
	for len(missed) > 0 && !missed[0].Wall.After(t.Wall) {
		missed = missed[1:]
	}
	return missed, more
}

// from is an instant right before the first occurrence that may have no end yet.
// The one at Wall itself is found again: several times may share one instant
// after a gap, and only its wall-clock time tells whether it was had.
func (t Track) from(in Place) time.Time {
	if t.Wall.IsZero() {
		return t.Since
	}
	at, _ := Instant(t.Wall, in.zone())
	if at = at.Add(-time.Nanosecond); at.After(t.Since) {
		return at
	}
	return t.Since
}
