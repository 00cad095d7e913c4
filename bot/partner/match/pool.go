package match

import (
	"math/rand/v2"
	"slices"
)

// A pool is a round made ready for comparing many pairs. People are numbers from here on, in an order that depends only
// on who is there and on the seed.
type pool struct {
	ids      []string
	hours    []Hours
	limits   Limits
	profiles profiles
	most     int64     // points of a pair for which every wish comes true
	apart    [][]int32 // by person, sorted
	history  *History
	known    []int32 // by person, their number in the history, −1 if they have none
	trios    []int64 // by person, how much oftener they were in a trio than who was least often
	number   int
	cycle    int // rounds that it takes to meet everybody
	course   *course
	scarce   []int64 // by person, with how many of those present they have met; if there is a course
	salt     uint64
	rng      *rand.Rand
	edges    []edge // memory that exact uses again
}

func newPool(r Round) *pool {
	p := &pool{limits: r.Hours, history: r.History, number: r.Number, salt: r.Seed, rng: rand.New(rand.NewPCG(r.Seed, uint64(r.Number)))}
	p.limits.Enough = min(max(p.limits.Enough, 0), Week)
	p.limits.Least = min(max(p.limits.Least, 0), p.limits.Enough)
	if p.history == nil {
		p.history = &History{}
	}
	for id := range r.People {
		p.ids = append(p.ids, id)
	}
	slices.Sort(p.ids)
	season := append(slices.Clone(p.ids), r.Absent...)
	slices.Sort(season)
	season = slices.Compact(season)
	p.cycle = len(season) - 1 + len(season)%2
	backbone := seated(r, season, p.rng)
	p.rng.Shuffle(len(p.ids), func(i, j int) { p.ids[i], p.ids[j] = p.ids[j], p.ids[i] })

	index := make(map[string]int32, len(p.ids))
	people := make([]Person, len(p.ids))
	for i, id := range p.ids {
		index[id] = int32(i)
		people[i] = r.People[id]
		p.hours = append(p.hours, people[i].Free.said())
	}
	style := r.Style.sound()
	p.profiles, p.most = newProfiles(style, people), int64(style.most())
	p.separate(r.Apart, index)
	p.remember()

	if backbone.Size > 0 {
		p.course = newCourse(backbone, p, backbone.Start+r.Season-1-r.Number)
		p.scarce = p.acquaintances()
	}
	return p
}

// acquaintances are how many of those who are present each of them has met.
func (p *pool) acquaintances() []int64 {
	count := make([]int64, len(p.ids))
	for i, a := range p.known {
		for j, b := range p.known[:i] {
			if a < 0 || b < 0 {
				continue
			}
			if _, met := p.history.last(a, b); met {
				count[i]++
				count[j]++
			}
		}
	}
	return count
}

func (p *pool) everybody() []int {
	people := make([]int, len(p.ids))
	for i := range people {
		people[i] = i
	}
	return people
}

// separate notes who must not meet.
func (p *pool) separate(pairs [][2]string, index map[string]int32) {
	p.apart = make([][]int32, len(p.ids))
	for _, pair := range pairs {
		a, here := index[pair[0]]
		b, hereToo := index[pair[1]]
		if here && hereToo && a != b {
			p.apart[a] = append(p.apart[a], b)
			p.apart[b] = append(p.apart[b], a)
		}
	}
	for _, list := range p.apart {
		slices.Sort(list)
	}
}

// mostTrios bounds what is told apart, so that its square stays small.
const mostTrios = 1000

// remember finds everybody in the history.
func (p *pool) remember() {
	p.known = make([]int32, len(p.ids))
	p.trios = make([]int64, len(p.ids))
	for i, id := range p.ids {
		p.known[i] = -1
		if n, known := p.history.number[id]; known {
			p.known[i] = n
			p.trios[i] = int64(p.history.trios[n])
		}
	}
	if len(p.trios) > 0 {
		least := slices.Min(p.trios)
		for i := range p.trios {
			p.trios[i] = min(p.trios[i]-least, mostTrios)
		}
	}
}

// together tells whether two people may be in a group, leaving their hours aside.
func (p *pool) together(i, j int) bool {
	a, b := p.apart[i], int32(j)
	if len(a) > len(p.apart[j]) {
		a, b = p.apart[j], int32(i)
	}
	for _, other := range a {
		if other == b {
			return false
		}
	}
	return true
}

// within is how many hours people lack who share these, and whether they may be in a group.
func (p *pool) within(shared Hours) (lack int64, may bool) {
	n := shared.Count()
	return int64(max(0, p.limits.Enough-n)), n >= p.limits.Least
}

// bond is what it costs that two people meet, in whichever group, for all objectives but their hours. The wishes are
// those of a half pair.
func (p *pool) bond(i, j int) cost {
	var c cost
	if a, b := p.known[i], p.known[j]; a >= 0 && b >= 0 {
		if m, met := p.history.last(a, b); met {
			age := p.number - m.round
			c[recency] = recencyOf(age, m.times)
			if age < p.cycle {
				c[repeats] = 1
			}
		}
	}
	if p.course != nil {
		c[plan] = p.course.of(i, j)
	}
	if len(p.profiles.style) > 0 {
		c[wishes] = p.most - int64(p.profiles.score(i, j))
	} else {
		c[wishes] = p.chance(i, j)
	}
	return c
}

// chance is between 0 and 15, the same for a pair whoever is named first.
func (p *pool) chance(i, j int) int64 {
	x := p.salt ^ uint64(min(i, j))<<32 ^ uint64(max(i, j))
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return int64((x ^ x>>31) & 15)
}

// pair is the cost of a group of two, and whether it may be.
func (p *pool) pair(i, j int) (cost, bool) {
	lack, may := p.within(p.hours[i].And(p.hours[j]))
	if !may || !p.together(i, j) {
		return cost{}, false
	}
	c := p.bond(i, j)
	c[missing] = 2 * lack
	c[wishes] *= 2
	return c, true
}

// scarcity is what it counts in a plan that a member of a trio meets two people in one round, for each of those present
// whom they have met already. It is more than all else that the plan has to say of a trio, as those who have met the
// most will be the first with nobody new left.
const scarcity = 8

// trio is the cost of a circle of three, and whether it may be.
func (p *pool) trio(i, j, k int) (cost, bool) {
	lack, may := p.within(p.hours[i].And(p.hours[j]).And(p.hours[k]))
	if !may || !p.together(i, j) || !p.together(i, k) || !p.together(j, k) {
		return cost{}, false
	}
	c := p.bond(i, j).add(p.bond(i, k)).add(p.bond(j, k))
	c[missing] = 3 * lack
	c[trios] = 1
	for _, who := range [...]int{i, j, k} {
		c[fairness] += p.trios[who] * p.trios[who]
		if p.course != nil {
			c[plan] += scarcity * p.scarce[who]
		}
	}
	return c, true
}

// group is the cost of up to three people, and whether they may be a group.
func (p *pool) group(g []int) (cost, bool) {
	switch len(g) {
	case 0:
		return cost{}, true
	case 1:
		return cost{alone: 1}, true
	case 2:
		return p.pair(g[0], g[1])
	}
	return p.trio(g[0], g[1], g[2])
}

// total is the cost of groups that may be.
func (p *pool) total(groups [][]int) cost {
	var sum cost
	for _, g := range groups {
		c, _ := p.group(g)
		sum = sum.add(c)
	}
	return sum
}
