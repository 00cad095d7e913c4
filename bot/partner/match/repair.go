package match

import "slices"

const (
	// around is how many people are taken together to mend a group: fewer than smallest, as it is done often.
	around = 10
	// mendings is how often that is tried in all, and attempts how often for one group.
	mendings = 100
	attempts = 6
	// partnersTried is how many people are tried to find a place for who has one that is not as it should be.
	partnersTried = 24
	// looks and looksEach bound how many groups are thought of, in all: so many, and so many for each person in the pool.
	looks     = 2_000_000
	looksEach = 200
)

// A room is groups that change while they are repaired. A group may become empty.
type room struct {
	*pool
	groups  [][]int
	of      []int // by person, their group
	journal []change
	size    int // how many groups there were when it was begun
	looks   int // that are left
	mends   int // that are left
}

// A change is what a group was before.
type change struct {
	group  int
	before []int
}

// amiss tells whether a group of this cost is not as it should be, for a reason that others might take away. In a large
// pool it is no use to look for somebody else for who has too few hours to share with anybody.
func (p *pool) amiss(c cost, members []int) bool {
	if c[alone] > 0 || c[repeats] > 0 {
		return true
	}
	if c[missing] == 0 || len(p.ids) <= exactly {
		return c[missing] > 0
	}
	most := int64(0)
	for _, i := range members {
		lack, _ := p.within(p.hours[i])
		most = max(most, lack)
	}
	return c[missing] > most*int64(len(members))
}

// repair takes groups that are not as they should be and looks for better places for their members. This is where
// circles of three come from that the limits force.
func (p *pool) repair(groups [][]int) [][]int {
	r := &room{pool: p, groups: groups, of: make([]int, len(p.ids)), size: len(groups), looks: looks + looksEach*len(p.ids), mends: mendings}
	for g := range groups {
		r.seat(g)
	}
	// Those who are alone come first: where much is amiss, there may be no time for the rest.
	for g := range groups {
		if len(r.groups[g]) == 1 {
			r.dissolve(g)
		}
	}
	for again := true; again; {
		again = false
		extra := p.total(r.groups)[trios] > int64(len(p.ids)%2)
		for g := 0; g < len(r.groups); g++ {
			if !r.improvable(g, extra) {
				continue
			}
			again = r.dissolve(g) || again
			for k := range attempts {
				if r.mends == 0 || r.looks < 0 || !r.improvable(g, extra) {
					break
				}
				r.mends--
				again = r.mend(g, k%2 == 0) || again
			}
		}
	}
	return slices.DeleteFunc(r.groups, func(g []int) bool { return len(g) == 0 })
}

// improvable tells whether a group is amiss, or a trio while there are more of them than need be.
func (r *room) improvable(g int, extra bool) bool {
	c, _ := r.group(r.groups[g])
	return extra && c[trios] > 0 || r.amiss(c, r.groups[g])
}

func (r *room) seat(g int) {
	for _, i := range r.groups[g] {
		r.of[i] = g
	}
}

// set changes a group until keep decides.
func (r *room) set(g int, members ...int) {
	r.journal = append(r.journal, change{g, r.groups[g]})
	r.groups[g] = members
	r.seat(g)
}

// open changes nobody into a group.
func (r *room) open(members ...int) int {
	r.groups = append(r.groups, nil)
	r.set(len(r.groups)-1, members...)
	return len(r.groups) - 1
}

// keep keeps the changes since it was last called if they make it better, and takes them back if not.
func (r *room) keep() bool {
	var before, after cost
	var seen []int
	for _, c := range r.journal {
		if slices.Contains(seen, c.group) {
			continue
		}
		seen = append(seen, c.group)
		was, _ := r.group(c.before)
		is, _ := r.group(r.groups[c.group])
		before, after = before.add(was), after.add(is)
	}
	better := after.less(before)
	if !better {
		for _, c := range slices.Backward(r.journal) {
			r.groups[c.group] = c.before
			r.seat(c.group)
		}
		r.groups = r.groups[:r.size]
	}
	r.size = len(r.groups)
	r.journal = r.journal[:0]
	return better
}

// mend groups anew, in the best of all ways, who is in group g and some others to whom there are good bonds, and tells
// whether that made it better.
func (r *room) mend(g int, strict bool) bool {
	table := []int{g}
	people := slices.Clone(r.groups[g])
	for misses := 0; misses < 4 && len(people) < around; {
		next := r.friend(people[r.rng.IntN(len(people))], table, around-len(people), strict)
		if next < 0 {
			misses++
			continue
		}
		table = append(table, next)
		people = append(people, r.groups[next]...)
	}
	better := r.exhaust(people)
	for k := range max(len(table), len(better)) {
		switch {
		case k >= len(table):
			r.open(better[k]...)
		case k >= len(better):
			r.set(table[k])
		default:
			r.set(table[k], better[k]...)
		}
	}
	return r.keep()
}

// friend is a group outside of the table, of no more than so many people, in which somebody has a good bond with person
// i. Where the search begins is chance.
func (r *room) friend(i int, table []int, most int, strict bool) int {
	begin := r.rng.IntN(len(r.of))
	for k := range r.of {
		j := (begin + k) % len(r.of)
		g := r.of[j]
		if j == i || len(r.groups[g]) > most || slices.Contains(table, g) {
			continue
		}
		r.looks--
		if c, may := r.pair(i, j); may && (!strict || !r.amiss(c, []int{i, j})) {
			return g
		}
	}
	return -1
}
