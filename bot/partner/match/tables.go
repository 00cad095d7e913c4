package match

import (
	"cmp"
	"math/rand/v2"
	"slices"
)

const (
	// seats is how many people sit at a table. A table takes time with the third power of it, all tables of a pool with
	// the second.
	seats = 48
	// sweeps is how often everybody is seated anew, at least: fewer people oftener, as long as it takes no longer than
	// with so many.
	sweeps      = 5
	sweepPeople = 20_000
)

// tables pairs more people than can be matched at once. They are seated at tables, so that those who suit each other
// sit together, and each table is matched exactly. Then pairs are seated anew, by another of their traits, and each
// table is matched again, which never makes it worse; and so on.
func (p *pool) tables(people []int) [][]int {
	groups := make([][]int, 0, len(people))
	for _, i := range people {
		groups = append(groups, []int{i})
	}
	for sweep := range max(sweeps, sweepPeople/len(people)) {
		p.seatBy(groups, sweep)
		next := make([][]int, 0, len(groups))
		for begin := 0; begin < len(groups); {
			end, size := begin, 0
			for end < len(groups) && size+len(groups[end]) <= seats {
				size += len(groups[end])
				end++
			}
			next = append(next, p.rematch(groups[begin:end])...)
			begin = end
		}
		groups = next
	}
	return groups
}

// rematch is the best pairs of who sits at a table: those that there are, if there are none better.
func (p *pool) rematch(table [][]int) [][]int {
	better := p.exact(slices.Concat(table...))
	if p.total(better).less(p.total(table)) {
		return better
	}
	return table
}

// seatBy sorts groups so that those come together in which somebody is like somebody of the other: by what the style
// wishes to be alike, each sweep beginning with another wish, and by when they are free.
func (p *pool) seatBy(groups [][]int, sweep int) {
	var by []int
	for w, wish := range p.profiles.style {
		if !wish.Unlike {
			by = append(by, w)
		}
	}
	if p.limits.Enough > 0 {
		by = append(by, -1)
	}
	salt := p.rng.Uint64()
	first := 0
	if len(by) > 0 {
		first = sweep % len(by)
	}
	type keyed struct {
		key   uint64
		group []int
	}
	sorted := make([]keyed, len(groups))
	for g, members := range groups {
		i := members[p.rng.IntN(len(members))]
		var key uint64
		for k := range min(len(by), 3) {
			key = key<<16 | p.mark(i, by[(first+k)%len(by)], salt)>>48
		}
		sorted[g] = keyed{key<<16 | p.rng.Uint64()>>48, members}
	}
	slices.SortStableFunc(sorted, func(a, b keyed) int { return cmp.Compare(a.key, b.key) })
	for g, s := range sorted {
		groups[g] = s.group
	}
}

// mark is a number that two people have in common the more probably, the more of their traits for a wish (or of their
// free hours, −1) are the same: the least of the values' hashes (MinHash).
func (p *pool) mark(i, wish int, salt uint64) uint64 {
	least := ^uint64(0)
	if wish < 0 {
		for hour := range Week {
			if p.hours[i].Has(hour) {
				least = min(least, hash(uint64(hour), salt))
			}
		}
		return least
	}
	for _, v := range p.profiles.of(i, wish) {
		least = min(least, hash(uint64(v), salt))
	}
	return least
}

func hash(v, salt uint64) uint64 {
	return rand.NewPCG(v, salt).Uint64()
}
