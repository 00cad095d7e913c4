package match

import (
	"math/rand/v2"
	"slices"
)

// A Backbone is the plan of a season: everybody sits in a circle, and each round has a turn of the circle that says who
// faces whom (the circle method for round-robin tournaments). In as many turns as there are seats, less one, everybody
// faces everybody once. The engine bends it wherever people are absent or must not meet. It is data to be kept from one
// round to the next; the zero value is none.
type Backbone struct {
	// Start is the number of the round for which it was made.
	Start int
	// Size is the number of seats: even.
	Size int
	// Seats says who sits where: 0 to Size−1. Who joins later takes the seat of somebody who left.
	Seats map[string]int
	// Spent are the turns that have had their round: 0 to Size−2.
	Spent []int
}

// A season shorter than half the circle is not planned: as long as everybody has met fewer than half of the others,
// there are pairs for all who have not met, whatever came before (Dirac's theorem), and the wishes decide.
func worthPlanning(people, rounds int) bool {
	return people >= 4 && 2*rounds >= people
}

// turn is the one in which the holders of two seats face each other: the last seat stays, the others move on.
func (b *Backbone) turn(s, t int) int {
	n := b.Size - 1
	switch {
	case s == n:
		return 2 * t % n
	case t == n:
		return 2 * s % n
	}
	return (s + t) % n
}

// facing is the seat that faces seat s in a turn.
func (b *Backbone) facing(s, turn int) int {
	n := b.Size - 1
	if s == n {
		// 2t = turn modulo the odd n.
		return (turn + turn%2*n) / 2
	}
	t := ((turn-s)%n + n) % n
	if t == s {
		return n
	}
	return t
}

// seated is the backbone for a round with all who take part in the season: without those who have left, with those who are new, and with at least one turn
// unspent. What is no sound backbone begins anew.
func seated(r Round, all []string, rng *rand.Rand) Backbone {
	old := r.Backbone
	// So many more people than seats, or fewer, that the plan is no longer theirs.
	if !worthPlanning(len(all), r.Season) {
		return Backbone{}
	}
	if old.Size < 4 || old.Size%2 != 0 || old.Size > 2*len(all) || 4*old.Size < 3*len(all) {
		old = Backbone{Start: r.Number, Size: (len(all) + 1) / 2 * 2}
	}
	// The next season goes on with the circle, so that everybody meets again those whom they met longest ago.
	if r.Number < old.Start || r.Number-old.Start >= r.Season {
		old.Start = r.Number
	}
	b := Backbone{Start: old.Start, Size: old.Size, Seats: make(map[string]int, old.Size)}
	free := make([]bool, b.Size)
	for s := range free {
		free[s] = true
	}
	var standing []string
	for _, id := range all {
		if s, has := old.Seats[id]; has && s >= 0 && s < b.Size && free[s] {
			b.Seats[id] = s
			free[s] = false
		} else {
			standing = append(standing, id)
		}
	}
	rng.Shuffle(len(standing), func(i, j int) { standing[i], standing[j] = standing[j], standing[i] })
	for s, is := range free {
		if is && len(standing) > 0 {
			b.Seats[standing[0]] = s
			standing = standing[1:]
		}
	}
	for _, turn := range old.Spent {
		if turn >= 0 && turn < b.Size-1 && !slices.Contains(b.Spent, turn) {
			b.Spent = append(b.Spent, turn)
		}
	}
	if len(b.Spent) >= b.Size-1 {
		b.Spent = nil
	}
	return b
}

// A course is the backbone at work in one round.
type course struct {
	Backbone
	seat  []int32 // by person, −1 for who stands
	state []int8  // by turn
}

// What a turn of the circle is in this round, and so what its pairs cost in the plan.
const (
	current  int8 = iota // whose round this is
	spare                // whose round is over, or that will not have one
	reserved             // that a later round needs
)

// of is the plan's cost of a pair.
func (c *course) of(i, j int) int64 {
	s, t := c.seat[i], c.seat[j]
	if s < 0 || t < 0 {
		return int64(spare)
	}
	return int64(c.state[c.turn(int(s), int(t))])
}

// newCourse takes the turn in which most of those who are present make good pairs, and reserves as many others as there
// are rounds left.
func newCourse(b Backbone, p *pool, left int) *course {
	c := &course{Backbone: b, seat: make([]int32, len(p.ids)), state: make([]int8, b.Size-1)}
	holder := make([]int, b.Size)
	for s := range holder {
		holder[s] = -1
	}
	for i, id := range p.ids {
		c.seat[i] = -1
		if s, has := b.Seats[id]; has {
			c.seat[i] = int32(s)
			holder[s] = i
		}
	}
	for _, turn := range b.Spent {
		c.state[turn] = spare
	}
	best, chosen := cost{}, -1
	for turn := range c.state {
		if slices.Contains(b.Spent, turn) {
			continue
		}
		c.state[turn] = spare
		if left > 0 {
			c.state[turn] = reserved
			left--
		}
		if got := p.worth(c, turn, holder); chosen < 0 || got.less(best) {
			best, chosen = got, turn
		}
	}
	if c.state[chosen] == reserved {
		for turn := range c.state {
			if c.state[turn] == spare && !slices.Contains(b.Spent, turn) {
				c.state[turn] = reserved
				break
			}
		}
	}
	c.state[chosen] = current
	c.Spent = append(slices.Clone(b.Spent), chosen)
	return c
}

// worth is what a turn costs with those who are present: who has nobody to face counts as alone.
func (p *pool) worth(c *course, turn int, holder []int) cost {
	var total cost
	for s, i := range holder {
		t := c.facing(s, turn)
		if i < 0 || t < s && holder[t] >= 0 {
			continue
		}
		j := holder[t]
		if j < 0 {
			total[alone]++
			continue
		}
		if d, may := p.pair(i, j); may {
			total = total.add(d)
		} else {
			total[alone] += 2
		}
	}
	return total
}
