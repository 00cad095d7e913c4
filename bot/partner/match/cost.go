package match

// A cost is how far a group, or a set of them, is from what one could wish, one number for each objective. The first
// objective in which two costs differ decides: no gain in a later one makes up for a loss in an earlier one.
type cost [objectives]int64

// The objectives, the weightiest first. Those who must not meet are no objective: such groups are never made.
const (
	alone    = iota // people without a group
	missing         // shared hours that groups lack, for each of their members
	trios           // groups of three
	repeats         // pairs who met within the cycle: so recently that others would have been due
	recency         // how short ago pairs met: convex, so that two old repeats are better than a fresh one
	plan            // pairs whom the backbone has for a later round
	fairness        // how often members of trios have been in one
	wishes          // points that were missed, in halves
	objectives
)

func (c cost) add(d cost) cost {
	for k := range c {
		c[k] += d[k]
	}
	return c
}

func (c cost) sub(d cost) cost {
	for k := range c {
		c[k] -= d[k]
	}
	return c
}

func (c cost) less(d cost) bool {
	for k := range c {
		if c[k] != d[k] {
			return c[k] < d[k]
		}
	}
	return false
}

// freshest is the recency of a pair who met just now, and habit how often that counts.
const (
	freshest = 4096
	habit    = 8
)

// recencyOf falls with the number of rounds since two people met. Among three or five people some must meet again at
// once: then it also counts how often they have met, so that it is not the same two every time.
func recencyOf(age int, times int32) int64 {
	if age <= 1 {
		return freshest * int64(min(times, habit))
	}
	return int64(max(1, freshest/age))
}
