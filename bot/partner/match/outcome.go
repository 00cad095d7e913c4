package match

import (
	"slices"
	"strings"
)

// outcome tells what came out in the IDs of the people.
func (p *pool) outcome(groups [][]int, r Round) Outcome {
	var out Outcome
	if p.course != nil {
		out.Backbone = p.course.Backbone
	}
	for _, g := range groups {
		if len(g) == 1 {
			out.Alone = append(out.Alone, p.ids[g[0]])
			continue
		}
		p.count(&out.Figures, g)
		out.Groups = append(out.Groups, p.explain(g, r))
	}
	slices.Sort(out.Alone)
	slices.SortFunc(out.Groups, func(a, b Group) int { return slices.Compare(a.Members, b.Members) })
	return out
}

func (p *pool) count(f *Figures, g []int) {
	c, _ := p.group(g)
	f.Missing += int(c[missing])
	if c[missing] > 0 {
		f.Short++
	}
	if len(g) == 3 {
		f.Trios++
	}
	share := 1.0
	if len(g) == 3 {
		share = 0.5
	}
	for k, i := range g {
		for _, j := range g[:k] {
			f.Wishes += share * float64(p.profiles.score(i, j))
			f.Possible += share * float64(p.most)
			if _, met := p.history.Last(p.ids[i], p.ids[j]); met {
				f.Repeats++
			}
		}
	}
}

// explain says of a group what its members may be told. It knows their profiles and nothing else.
func (p *pool) explain(g []int, r Round) Group {
	var group Group
	people := make([]Person, 0, len(g))
	shared := always()
	said := false
	for _, i := range g {
		group.Members = append(group.Members, p.ids[i])
		person := r.People[p.ids[i]]
		people = append(people, person)
		shared = shared.And(person.Free.said())
		said = said || person.Free.And(always()) != Hours{}
	}
	slices.Sort(group.Members)
	if said {
		group.Hours = shared
	}
	for _, t := range people[0].Traits {
		if all(people[1:], func(q Person) bool { return slices.Contains(q.Traits, t) }) {
			group.Traits = append(group.Traits, t)
		}
	}
	slices.SortFunc(group.Traits, compareTraits)
	group.Traits = slices.Compact(group.Traits)
	for _, wish := range p.profiles.style {
		if wish.Unlike && differ(people, wish.Facet) {
			group.Unlike = append(group.Unlike, wish.Facet)
		}
	}
	slices.SortFunc(group.Unlike, func(a, b Facet) int { return strings.Compare(string(a), string(b)) })
	group.Unlike = slices.Compact(group.Unlike)
	return group
}

// differ tells whether all people have a trait of the facet, and no two have one in common.
func differ(people []Person, facet Facet) bool {
	taken := map[string]int{}
	for k, person := range people {
		has := false
		for _, t := range person.Traits {
			if t.Facet != facet {
				continue
			}
			has = true
			if by, is := taken[t.Value]; is && by != k {
				return false
			}
			taken[t.Value] = k
		}
		if !has {
			return false
		}
	}
	return true
}

func all(people []Person, holds func(Person) bool) bool {
	for _, p := range people {
		if !holds(p) {
			return false
		}
	}
	return true
}
