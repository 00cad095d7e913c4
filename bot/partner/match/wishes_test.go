package match

import (
	"math"
	"testing"
)

// styles are those that wish for something.
func styles() map[string]Style {
	return map[string]Style{"alike": Alike(), "different": Different(), "mentor": Mentor()}
}

// bestWishes are the points of the best pairs of an even number of people, found by one matching of them all under the
// same limits and with the same history.
func bestWishes(r Round) float64 {
	p := newPool(r)
	var edges []edge
	for i := range p.ids {
		for j := range i {
			if c, may := p.pair(i, j); may {
				edges = append(edges, edge{i, j, c})
			}
		}
	}
	points := 0
	for i, j := range matching(len(p.ids), edges) {
		if j > i {
			points += p.profiles.score(i, j)
		}
	}
	return float64(points)
}

// wishesAtMost is a bound on the points that any pairs of these people can reach: of each wish by itself, or of everybody's
// best partner whom they may meet and have not met, the lesser.
func wishesAtMost(r Round) float64 {
	p := newPool(r)
	n := len(p.ids)
	byWish := 0
	for w, wish := range p.profiles.style {
		count := map[int32]int{}
		having, several := 0, 0
		for i := range n {
			values := p.profiles.of(i, w)
			switch len(values) {
			case 0:
				continue
			case 1:
				count[values[0]]++
			default:
				several++
			}
			having++
		}
		pairs := having / 2
		if wish.Unlike {
			// All but the most frequent value, if that is more than half.
			for _, c := range count {
				pairs = min(pairs, having-c)
			}
		} else {
			odd := 0
			for _, c := range count {
				odd += c % 2
			}
			// One of each odd value is left over, unless somebody with several values takes them.
			pairs = min(pairs, (having-max(0, odd-several))/2)
		}
		byWish += pairs * wish.Points
	}
	bound := float64(byWish)
	if n <= 3000 {
		each := 0
		for i := range n {
			best := 0
			for j := range n {
				if c, may := p.pair(i, j); i != j && may && c[missing] == 0 && c[recency] == 0 {
					best = max(best, p.profiles.score(i, j))
				}
			}
			each += best
		}
		bound = math.Min(bound, float64(each)/2)
	}
	return bound
}

// TestWishesOfHundreds wants at least 98 of 100 points of the best pairs under the same limits, after some rounds.
func TestWishesOfHundreds(t *testing.T) {
	for style, wishes := range styles() {
		for _, n := range []int{60, 200} {
			r := busyTown(n, wishes, 1, 5)
			if got, best := Pair(r).Figures.Wishes, bestWishes(r); got < .98*best {
				t.Errorf("%s, %d people: %.1f points of %.1f", style, n, got, best)
			}
		}
	}
}

// TestWishesOfThousands wants at least 95 of 100 points of what is not even possible.
func TestWishesOfThousands(t *testing.T) {
	r := busyTown(1100, Alike(), 0, 5)
	if got, most := Pair(r).Figures.Wishes, wishesAtMost(r); got < .95*most || got > most {
		t.Errorf("%.1f points of %.1f", got, most)
	}
}
