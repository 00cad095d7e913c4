package match

import "slices"

// A search says which places are good enough.
type search struct {
	strict bool // where nothing is amiss
	grows  bool // in a pair too, which becomes a trio
	steps  int  // how many people are tried
}

// dissolve takes a group apart, looks for places for its members, and tells whether that made it better.
func (r *room) dissolve(g int) bool {
	members := slices.Clone(r.groups[g])
	steps := partnersTried
	if len(members) == 1 && len(r.ids) <= exactly {
		steps = len(r.ids)
	}
	for _, s := range [...]search{{true, false, partnersTried}, {true, true, steps}, {false, false, partnersTried}, {false, true, steps}} {
		for k, first := range members {
			rest := slices.Delete(slices.Clone(members), k, k+1)
			if _, may := r.group(rest); !may {
				continue
			}
			r.set(g, first)
			r.place(g, s)
			switch {
			case len(rest) == 2:
				r.open(rest...)
			case len(rest) == 1:
				r.place(r.open(rest...), s)
			}
			if r.keep() {
				return true
			}
		}
	}
	return false
}

// A step is somebody who has lost their partner to who came before.
type step struct {
	who    int
	before int // the step, −1 for the first
	took   int // the partner
	from   int // the group
}

// place looks for a place for the only member of group g. Where nobody can take them in, they take somebody's partner,
// who looks for a place in turn, and so on: the shortest alternating path that is found.
func (r *room) place(g int, s search) {
	steps := []step{{who: r.groups[g][0], before: -1, from: g}}
	reached := map[int]bool{steps[0].who: true}
	for at := 0; at < len(steps) && r.looks > 0; at++ {
		var best taking
		in := -1
		for h, members := range r.groups {
			if len(members) == 0 || len(members) == 2 && !s.grows || onPath(steps, at, h) {
				continue
			}
			if t, found := r.taken(steps[at].who, members, s); found && (in < 0 || t.cost.less(best.cost)) {
				best, in = t, h
			}
		}
		if in >= 0 {
			r.set(in, best.there...)
			r.set(g, best.here...)
			for ; steps[at].before >= 0; at = steps[at].before {
				r.set(steps[at].from, steps[steps[at].before].who, steps[at].took)
			}
			return
		}
		begin := r.rng.IntN(len(r.groups))
		for k := 0; k < len(r.groups) && len(steps) < s.steps; k++ {
			h := (begin + k) % len(r.groups)
			if len(r.groups[h]) != 2 || onPath(steps, at, h) {
				continue
			}
			for m, took := range r.groups[h] {
				if next := r.groups[h][1-m]; !reached[next] && r.suits(s, steps[at].who, took) {
					reached[next] = true
					steps = append(steps, step{next, at, took, h})
				}
			}
		}
	}
}

// onPath tells whether a group changes on the way to a step.
func onPath(steps []step, at, group int) bool {
	for ; at >= 0; at = steps[at].before {
		if steps[at].from == group {
			return true
		}
	}
	return false
}

// suits tells whether people may be a group that is good enough.
func (r *room) suits(s search, members ...int) bool {
	r.looks--
	c, may := r.group(members)
	return may && (!s.strict || !r.amiss(c, members))
}

// A taking is what becomes of a group that somebody comes to: who is there then, and in another group beside it.
type taking struct {
	there, here []int
	cost        cost
}

// taken is the best way in which others take somebody in: as a partner, as a third, or, of three, in two pairs.
func (r *room) taken(who int, members []int, s search) (best taking, found bool) {
	consider := func(there, here []int) {
		if !r.suits(s, there...) || here != nil && !r.suits(s, here...) {
			return
		}
		c := r.total([][]int{there, here})
		if !found || c.less(best.cost) {
			best, found = taking{there, here, c}, true
		}
	}
	switch {
	case len(members) == 1 || len(members) == 2 && s.grows:
		consider(append(slices.Clone(members), who), nil)
	case len(members) == 3:
		for k, i := range members {
			consider(slices.Delete(slices.Clone(members), k, k+1), []int{who, i})
		}
	}
	if found {
		before, _ := r.group(members)
		best.cost = best.cost.sub(before)
	}
	return best, found
}
