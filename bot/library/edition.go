package library

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"
)

// How much a digest says. One with fewer items than leastItems is not sent.
const (
	leastItems = 3
	mostFresh  = 5
	mostUseful = 3
	mostWanted = 5
	mostDead   = 3
)

// worthTelling is from which Worth on something is told of as useful: above what is
// thought of that of which nobody has said anything.
const worthTelling = worthUnknown + 0.05

// freshFor is how far the first digest of a place goes back.
const freshFor = 14 * day

// settling is how long something must have been there to be told of: whoever stores it
// has read the time a moment before, and its page is read soon after.
const settling = time.Minute

// mostMentioned is how many useful resources are remembered as told of, the latest.
const mostMentioned = 200

// Told is what a digest has said: it says nothing as new twice, and the same as before
// only beside something that it never said.
type Told struct {
	Until  time.Time          `json:"until"`            // what was saved up to here is not new any more
	Last   time.Time          `json:"last,omitzero"`    // when something was said
	Useful map[string]Mention `json:"useful,omitempty"` // by the ID of the resource
	Wanted map[string]Mention `json:"wanted,omitempty"` // by the ID of the wish, as long as it is wanted
	Dead   map[string]Mention `json:"dead,omitempty"`   // by the ID of the resource, as long as it is dead
}

// since is what has been told when a digest of the place begins at a time: with what came
// before freshFor it does not begin.
func (t Told) since(now time.Time) Told {
	if begin := now.Add(-freshFor); t.Until.Before(begin) {
		t.Until = begin
	}
	return t
}

// Mention is when something was told of.
type Mention struct {
	At    time.Time `json:"at"`
	Found int       `json:"found,omitempty"` // how many found it useful then
}

// edition is what a digest has to say at a time.
type edition struct {
	fresh  []*Resource // the best, and how many more there are
	more   int
	useful []*Resource
	wanted []Wish
	dead   []*Resource
	young  int  // how many new ones it leaves for the next time, since they are settling
	news   bool // there is something among it that was never said
	told   Told // what has been told when this is
}

// worthPosting reports whether there is enough to say, and something that was never
// said.
func (e *edition) worthPosting() bool {
	return e.news && len(e.fresh)+len(e.useful)+len(e.wanted)+len(e.dead) >= leastItems
}

// edition chooses what to say now of what is in a library and of what is wanted. It
// changes nothing of what it is given, and its resources are copies.
func (t Told) edition(all map[string]*Resource, wishes []Wish, now time.Time) edition {
	e := edition{told: Told{Until: now.Add(-settling), Last: now, Useful: maps.Clone(t.Useful), Wanted: map[string]Mention{}, Dead: map[string]Mention{}}}
	if e.told.Until.Before(t.Until) {
		e.told.Until = t.Until
	}
	if e.told.Useful == nil {
		e.told.Useful = map[string]Mention{}
	}
	var useful []*Resource
	for _, r := range all {
		switch {
		case r.Hidden != (Hidden{}):
		case r.Health.State == Dead:
			if m, told := t.Dead[r.ID]; told {
				e.told.Dead[r.ID] = m
			} else {
				e.dead = append(e.dead, r)
			}
		case r.Created.After(t.Until) && !r.Created.After(e.told.Until):
			e.fresh = append(e.fresh, r)
		case r.Created.After(e.told.Until):
			e.young++
		case r.Worth() > worthTelling:
			useful = append(useful, r)
		}
	}
	e.chooseFresh()
	e.chooseUseful(t, useful, now)
	e.chooseWanted(t, wishes, now)
	e.chooseDead(now)
	return e
}

// best sorts what people find most useful first, and of that what was saved last.
func best(rs []*Resource) {
	slices.SortFunc(rs, func(a, b *Resource) int {
		return cmp.Or(cmp.Compare(b.Worth(), a.Worth()), b.Created.Compare(a.Created), strings.Compare(a.ID, b.ID))
	})
}

// chooseFresh puts what somebody saved before what came with a list that was imported,
// which may be long.
func (e *edition) chooseFresh() {
	best(e.fresh)
	slices.SortStableFunc(e.fresh, func(a, b *Resource) int {
		return cmp.Compare(min(1, len(b.Credits)), min(1, len(a.Credits)))
	})
	e.more = max(0, len(e.fresh)-mostFresh)
	e.fresh = copies(e.fresh[:len(e.fresh)-e.more])
	e.news = len(e.fresh) > 0
}

// chooseUseful takes turns: what was never told of, or has been found useful by more
// people since, comes first, then what was told of longest ago. What was told of last
// waits.
func (e *edition) chooseUseful(t Told, useful []*Resource, now time.Time) {
	best(useful)
	turn := func(r *Resource) time.Time {
		m := t.Useful[r.ID]
		if r.foundBy() > m.Found {
			return time.Time{}
		}
		return m.At
	}
	useful = slices.DeleteFunc(useful, func(r *Resource) bool { return !t.Last.IsZero() && turn(r).Equal(t.Last) })
	slices.SortStableFunc(useful, func(a, b *Resource) int { return turn(a).Compare(turn(b)) })
	e.useful = copies(useful[:min(len(useful), mostUseful)])
	for _, r := range e.useful {
		e.news = e.news || turn(r).IsZero()
		e.told.Useful[r.ID] = Mention{now, r.foundBy()}
	}
	ids := slices.SortedFunc(maps.Keys(e.told.Useful), func(a, b string) int {
		return cmp.Or(e.told.Useful[b].At.Compare(e.told.Useful[a].At), strings.Compare(a, b))
	})
	for _, id := range ids[min(len(ids), mostMentioned):] {
		delete(e.told.Useful, id)
	}
}

// foundBy is how many people found it useful.
func (r *Resource) foundBy() int {
	n := len(r.Thanks)
	for _, t := range r.Tries {
		if t.Again != NotAgain && !slices.Contains(r.Thanks, t.Member) {
			n++
		}
	}
	return n
}

// chooseWanted repeats what is wanted: what was never told of first, then what was told
// of longest ago, the oldest of that first.
func (e *edition) chooseWanted(t Told, wishes []Wish, now time.Time) {
	for _, w := range wishes {
		if !w.open(now) {
			continue
		}
		e.wanted = append(e.wanted, w)
		if m, told := t.Wanted[w.ID]; told {
			e.told.Wanted[w.ID] = m
		}
	}
	slices.SortStableFunc(e.wanted, func(a, b Wish) int { return t.Wanted[a.ID].At.Compare(t.Wanted[b.ID].At) })
	e.wanted = e.wanted[:min(len(e.wanted), mostWanted)]
	for _, w := range e.wanted {
		_, told := t.Wanted[w.ID]
		e.news = e.news || !told
		e.told.Wanted[w.ID] = Mention{At: now}
	}
}

// chooseDead tells once of each link that is dead.
func (e *edition) chooseDead(now time.Time) {
	best(e.dead)
	e.dead = copies(e.dead[:min(len(e.dead), mostDead)])
	for _, r := range e.dead {
		e.news = true
		e.told.Dead[r.ID] = Mention{At: now}
	}
}

func copies(rs []*Resource) []*Resource {
	out := make([]*Resource, len(rs))
	for i, r := range rs {
		one := *r
		out[i] = &one
	}
	return out
}
