package match

import "math/bits"

// smallest is how many people every grouping can be tried for.
const smallest = 12

// exhaust finds the best groups of a few people, trios and people left alone included, by dynamic programming over all
// subsets: the first of a subset is alone, or with one or two others of it. In the worst case, of twelve, there are
// 4,096 subsets and 250,000 steps.
func (p *pool) exhaust(people []int) [][]int {
	n := len(people)
	type option struct {
		cost cost
		mask int
	}
	// The groups in which each is the first.
	options := make([][]option, n)
	for a := range people {
		add := func(c cost, may bool, mask int) {
			if may {
				options[a] = append(options[a], option{c, mask | 1<<a})
			}
		}
		add(cost{alone: 1}, true, 0)
		for b := a + 1; b < n; b++ {
			c, may := p.pair(people[a], people[b])
			add(c, may, 1<<b)
			for d := b + 1; d < n; d++ {
				c, may := p.trio(people[a], people[b], people[d])
				add(c, may, 1<<b|1<<d)
			}
		}
	}
	best := make([]cost, 1<<n)
	took := make([]int, 1<<n)
	for rest := 1; rest < 1<<n; rest++ {
		for _, o := range options[bits.TrailingZeros(uint(rest))] {
			if o.mask&^rest != 0 {
				continue
			}
			if c := o.cost.add(best[rest&^o.mask]); took[rest] == 0 || c.less(best[rest]) {
				best[rest], took[rest] = c, o.mask
			}
		}
	}
	var groups [][]int
	for rest := 1<<n - 1; rest > 0; rest &^= took[rest] {
		var g []int
		for mask := took[rest]; mask > 0; mask &= mask - 1 {
			g = append(g, people[bits.TrailingZeros(uint(mask))])
		}
		groups = append(groups, g)
	}
	return groups
}
