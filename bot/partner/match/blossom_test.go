package match

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// drawCost is a pair's cost in which each objective is small, so that ties and conflicts between objectives are many.
func drawCost(t *rapid.T) cost {
	var c cost
	for _, o := range [...]int{missing, repeats, recency, plan, wishes} {
		c[o] = rapid.Int64Range(0, 3).Draw(t, "cost")
	}
	return c
}

// TestMatchingIsExact compares the matching with all that there are.
func TestMatchingIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 8).Draw(t, "people")
		var edges []edge
		for a := range n {
			for b := range a {
				if rapid.IntRange(0, 2).Draw(t, "edge") > 0 {
					edges = append(edges, edge{a, b, drawCost(t)})
				}
			}
		}
		mates := matching(n, edges)
		if len(mates) != n {
			t.Fatalf("%d partners for %d people", len(mates), n)
		}
		var got cost
		for a, b := range mates {
			if b < 0 {
				got[alone]++
				continue
			}
			if mates[b] != a {
				t.Fatalf("%d is with %d, who is with %d", a, b, mates[b])
			}
			if a < b {
				continue
			}
			found := false
			for _, e := range edges {
				if e.a == a && e.b == b {
					got, found = got.add(e.cost), true
				}
			}
			if !found {
				t.Fatalf("%d and %d must not be a pair", a, b)
			}
		}
		if want := bestMatching(n, edges, 0); got != want {
			t.Fatalf("the matching costs %v, and the best %v", got, want)
		}
	})
}

// bestMatching tries all ways to pair those who are not taken yet.
func bestMatching(n int, edges []edge, taken int) cost {
	first := 0
	for taken>>first&1 == 1 {
		first++
	}
	if first >= n {
		return cost{}
	}
	best := cost{alone: 1}.add(bestMatching(n, edges, taken|1<<first))
	for _, e := range edges {
		other := e.a + e.b - first
		if e.a != first && e.b != first || taken>>other&1 == 1 {
			continue
		}
		if c := e.cost.add(bestMatching(n, edges, taken|1<<first|1<<other)); c.less(best) {
			best = c
		}
	}
	return best
}

// TestWeightsFit shows that objectives which do not fit are rounded, the weightiest last, and never wrap around.
func TestWeightsFit(t *testing.T) {
	cheap := cost{missing: 1, repeats: 0, recency: freshest, plan: 2, wishes: 2 * mostPoints}
	dear := cost{missing: 2, repeats: 1, recency: 1}
	worst := cost{missing: Week, repeats: 1, recency: freshest * habit, plan: 2, wishes: 2 * mostPoints}
	for pairs := 1; pairs < 1<<24; pairs += pairs/4 + 1 {
		w := weigh(pairs, []edge{{0, 1, cheap}, {2, 3, dear}, {4, 5, worst}})
		if w[0] <= w[1] || w[1] <= w[2] {
			t.Errorf("for %d pairs the weights are %v: the order of the objectives is lost", pairs, w)
		}
		for _, one := range w {
			if one < 0 || one > math.MaxInt64/4 {
				t.Errorf("for %d pairs the weight %d is more than the algorithm can bear", pairs, one)
			}
		}
	}
}
