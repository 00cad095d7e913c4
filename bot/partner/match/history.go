package match

import "math"

// A History is who has met whom, and in which round last. The zero value is empty. It is symmetric by construction: a
// meeting is kept at both people.
type History struct {
	number map[string]int32 // by ID
	met    [][]meeting      // by number, in the order in which they met
	trios  []int32          // by number
}

type meeting struct {
	with  int32
	times int32
	round int // the last
}

// Add records that the members of a group met in a round. A trio counts as three pairs. IDs that are given twice count
// once; fewer than two people have not met anybody.
func (h *History) Add(round int, members ...string) {
	numbers := make([]int32, 0, len(members))
	seen := map[string]bool{}
	for _, id := range members {
		if !seen[id] {
			seen[id] = true
			numbers = append(numbers, h.register(id))
		}
	}
	for k, a := range numbers {
		for _, b := range numbers[:k] {
			h.meet(a, b, round)
			h.meet(b, a, round)
		}
		if len(numbers) > 2 {
			h.trios[a]++
		}
	}
}

// Join records that somebody came to a group that has met in a round already, and whose members are in the history. If
// they are three by that, all of them have been in a trio once more.
func (h *History) Join(round int, who string, members ...string) {
	for _, m := range members {
		h.Add(round, who, m)
	}
	if len(members) == 2 {
		for _, id := range append([]string{who}, members...) {
			h.trios[h.register(id)]++
		}
	}
}

// Forget removes a person: what remains of their meetings at others is nobody's.
func (h *History) Forget(id string) {
	n, known := h.number[id]
	if !known {
		return
	}
	delete(h.number, id)
	h.met[n], h.trios[n] = nil, 0
}

// Last is the round in which two people met last, and whether they have met at all.
func (h *History) Last(a, b string) (round int, met bool) {
	if h == nil {
		return 0, false
	}
	na, known := h.number[a]
	nb, knownToo := h.number[b]
	if !known || !knownToo {
		return 0, false
	}
	m, met := h.last(na, nb)
	return m.round, met
}

// Trios is how often a person was in a group of three.
func (h *History) Trios(id string) int {
	if h == nil {
		return 0
	}
	n, known := h.number[id]
	if !known {
		return 0
	}
	return int(h.trios[n])
}

func (h *History) register(id string) int32 {
	n, known := h.number[id]
	if !known {
		if h.number == nil {
			h.number = map[string]int32{}
		}
		n = int32(len(h.met))
		h.number[id] = n
		h.met = append(h.met, nil)
		h.trios = append(h.trios, 0)
	}
	return n
}

func (h *History) meet(a, b int32, round int) {
	for k, m := range h.met[a] {
		if m.with == b {
			h.met[a][k].round = max(m.round, round)
			h.met[a][k].times = min(m.times+1, math.MaxInt32-1)
			return
		}
	}
	h.met[a] = append(h.met[a], meeting{b, 1, round})
}

// last looks at the person who has met fewer people.
func (h *History) last(a, b int32) (m meeting, met bool) {
	if len(h.met[a]) > len(h.met[b]) {
		a, b = b, a
	}
	for _, m := range h.met[a] {
		if m.with == b {
			return m, true
		}
	}
	return meeting{}, false
}
