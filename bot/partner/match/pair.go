package match

import (
	"cmp"
	"slices"
)

const (
	// exactly is up to how many people are matched at once. Time grows with the third power.
	exactly = 512
	// fewEnough is up to how many several circles of three are tried, each with the best pairs of all others.
	fewEnough = 64
	// circles is how many then.
	circles = 8
	// thirds is how many people are considered for a circle of three: those who were least often in one.
	thirds = 40
)

// Pair decides who meets whom in a round.
func Pair(r Round) Outcome {
	p := newPool(r)
	if len(p.ids) <= smallest {
		return p.outcome(p.exhaust(p.everybody()), r)
	}
	return p.outcome(p.paired(p.everybody()), r)
}

// paired groups more people than every grouping can be tried for.
func (p *pool) paired(people []int) [][]int {
	if len(people)%2 == 1 {
		return p.repair(p.oddly(people))
	}
	return p.repair(p.pairs(people))
}

// pairs puts an even number of people into pairs; who remains is alone.
func (p *pool) pairs(people []int) [][]int {
	if len(people) <= exactly {
		return p.exact(people)
	}
	return p.tables(people)
}

// oddly chooses a circle of three first, and then pairs for all others.
func (p *pool) oddly(people []int) [][]int {
	tries := 1
	if len(people) <= fewEnough {
		tries = circles
	}
	var best [][]int
	var least cost
	for _, circle := range p.circlesOf(people, tries) {
		rest := slices.DeleteFunc(slices.Clone(people), func(i int) bool { return slices.Contains(circle, i) })
		groups := append(p.pairs(rest), circle)
		if c := p.total(groups); best == nil || c.less(least) {
			best, least = groups, c
		}
	}
	if best == nil {
		best = p.pairs(people)
	}
	return best
}

// circlesOf are the best circles of three of those who were least often in one.
func (p *pool) circlesOf(people []int, most int) [][]int {
	who := slices.Clone(people)
	slices.SortStableFunc(who, func(i, j int) int { return cmp.Compare(p.trios[i], p.trios[j]) })
	who = who[:min(len(who), thirds)]
	type circle struct {
		cost    cost
		members []int
	}
	var found []circle
	for a := range who {
		for b := range who[:a] {
			for d := range who[:b] {
				c, may := p.trio(who[a], who[b], who[d])
				if !may || len(found) == most && !c.less(found[most-1].cost) {
					continue
				}
				at, _ := slices.BinarySearchFunc(found, c, func(f circle, c cost) int {
					if c.less(f.cost) {
						return 1
					}
					return -1
				})
				found = slices.Insert(found, at, circle{c, []int{who[a], who[b], who[d]}})
				found = found[:min(len(found), most)]
			}
		}
	}
	var out [][]int
	for _, f := range found {
		out = append(out, f.members)
	}
	return out
}

// exact finds the best pairs by a matching of maximum weight.
func (p *pool) exact(people []int) [][]int {
	edges := p.edges[:0]
	for a, i := range people {
		for b, j := range people[:a] {
			if c, may := p.pair(i, j); may {
				edges = append(edges, edge{a, b, c})
			}
		}
	}
	p.edges = edges
	return grouped(people, matching(len(people), edges))
}

// grouped makes groups of everybody's partner.
func grouped(people, mates []int) [][]int {
	var groups [][]int
	for a, b := range mates {
		switch {
		case b < 0:
			groups = append(groups, []int{people[a]})
		case a < b:
			groups = append(groups, []int{people[a], people[b]})
		}
	}
	return groups
}
