package match

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// planted is a round in which every two people must not meet, save those of groups that were drawn beforehand, and as
// many other pairs of people as there are people, times more. So there are groups for all, and few others.
func planted(people int, threes, more float64, seed uint64) Round {
	rng := rand.New(rand.NewPCG(seed, 5))
	r := Round{Number: 1, People: map[string]Person{}, Seed: seed}
	may := map[[2]int]bool{}
	n := 0
	for n < people {
		size := 2
		if rng.Float64() < threes || people-n == 3 {
			size = 3
		}
		for k := range size {
			for l := range k {
				may[[2]int{n + k, n + l}] = true
			}
		}
		n += size
	}
	for range int(more * float64(n)) {
		a, b := rng.IntN(n), rng.IntN(n)
		may[[2]int{max(a, b), min(a, b)}] = true
	}
	for a := range n {
		r.People[name(a)] = Person{}
		for b := range a {
			if !may[[2]int{a, b}] {
				r.Apart = append(r.Apart, [2]string{name(a), name(b)})
			}
		}
	}
	return r
}

// TestLimitsHoldIfPossible hides groups for everybody among what must not be, and wants some found.
func TestLimitsHoldIfPossible(t *testing.T) {
	for _, people := range []int{13, 14, 15, 20, 21, 30, 31, 60} {
		for _, threes := range []float64{0, .1, .3} {
			for _, more := range []float64{.5, 1, 3} {
				for seed := range uint64(3) {
					r := planted(people, threes, more, seed)
					if o := Pair(r); len(o.Alone) > 0 {
						t.Errorf("of %d people, with %.1f threes, %.1f more and seed %d, %d are left alone", people, threes, more, seed, len(o.Alone))
					}
				}
			}
		}
	}
}

// TestLimitsHoldForMany hides pairs for everybody in their free hours: each shares two with one other person, and with
// others only by chance.
func TestLimitsHoldForMany(t *testing.T) {
	for _, n := range []int{100, 300, 700} {
		rng := rand.New(rand.NewPCG(uint64(n), 9))
		r := Round{Number: 1, People: map[string]Person{}, Hours: Limits{Enough: 2, Least: 1}, Seed: 1}
		for i := 0; i < n; i += 2 {
			var both Person
			for both.Free.Count() < 3 {
				both.Free.Add(rng.IntN(40))
			}
			for k := range 2 {
				one := both
				one.Free.Add(rng.IntN(40))
				r.People[fmt.Sprintf("m%06d", i+k)] = one
			}
		}
		o := Pair(r)
		if err := check(r, o); err != nil {
			t.Error(err)
		}
		if len(o.Alone) > 0 || o.Figures.Missing > 0 || o.Figures.Trios > 0 {
			t.Errorf("of %d people %d are alone, and %+v", n, len(o.Alone), o.Figures)
		}
	}
}

// TestIslandsHaveACircleEach: people who are free at the same hour as few others need a circle of three for each odd number
// of them, and no more.
func TestIslandsHaveACircleEach(t *testing.T) {
	for _, test := range []struct{ islands, people int }{{7, 3}, {30, 3}, {60, 5}, {110, 5}, {168, 4}, {8, 101}} {
		r := Round{Number: 1, People: map[string]Person{}, Hours: Limits{Enough: 1, Least: 1}}
		for i := range test.islands * test.people {
			var p Person
			p.Free.Add(i % test.islands)
			r.People[name(i)] = p
		}
		o := Pair(r)
		if want := test.islands * (test.people % 2); len(o.Alone) > 0 || o.Figures.Trios != want {
			t.Errorf("on %d islands of %d people %d are alone, and there are %d circles, want %d", test.islands, test.people, len(o.Alone), o.Figures.Trios, want)
		}
	}
}
