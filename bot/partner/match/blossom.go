package match

import (
	"math/bits"

	"github.com/gnutterts/chesspairing/algorithm/blossom"
)

// An edge is two people who may be a pair.
type edge struct {
	a, b int
	cost cost
}

// matching pairs as many of n people as the edges allow, and among these ways takes one with the least cost: exactly, as
// long as the objectives fit into a weight (see weigh). It returns everybody's partner, −1 for none.
func matching(n int, edges []edge) []int {
	weights := weigh(n/2, edges)
	heavy := make([]blossom.BlossomEdge, len(edges))
	for k, e := range edges {
		heavy[k] = blossom.BlossomEdge{I: e.a, J: e.b, Weight: weights[k]}
	}
	// The result ends with the last vertex that has an edge.
	mates := blossom.MaxWeightMatching(heavy, true)
	for len(mates) < n {
		mates = append(mates, -1)
	}
	return mates
}

// weightBits is what a weight may have: the algorithm adds and subtracts up to four of them.
const weightBits = 60

// coarsest is the order in which objectives are rounded if they do not fit, and down to how many steps.
func coarsest() []struct{ objective, bits int } {
	return []struct{ objective, bits int }{{recency, 8}, {wishes, 7}, {missing, 4}, {recency, 5}, {wishes, 4}, {plan, 1}, {recency, 2}, {wishes, 1}, {missing, 1}, {recency, 0}, {wishes, 0}}
}

// weigh makes one number of each edge's cost, so that the sum over a number of pairs is less whenever the sum of the
// costs is: each objective gets its place, as digits of a number do. The less the cost, the more the weight.
func weigh(pairs int, edges []edge) []int64 {
	var most cost
	for _, e := range edges {
		for k, v := range e.cost {
			most[k] = max(most[k], v)
		}
	}
	var shift [objectives]int
	place := func() (places [objectives]int64, room int) {
		for k := objectives - 1; k >= 0; k-- {
			places[k] = 1 << room
			if top := uint64(most[k] >> shift[k]); top > 0 {
				room += bits.Len64(top * uint64(max(1, pairs)))
			}
		}
		return places, room
	}
	places, room := place()
	for _, c := range coarsest() {
		for room > weightBits && bits.Len64(uint64(most[c.objective]>>shift[c.objective])) > c.bits {
			shift[c.objective]++
			places, room = place()
		}
	}
	top := int64(0)
	out := make([]int64, len(edges))
	for k, e := range edges {
		for o, v := range e.cost {
			out[k] += v >> shift[o] * places[o]
		}
		top = max(top, out[k])
	}
	for k := range out {
		out[k] = top - out[k]
	}
	return out
}
