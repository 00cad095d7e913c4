package match

import (
	"fmt"
	"math/rand/v2"
)

// town is people as they might be in a network of teachers: each with traits of all facets, and some of 25 hours of the
// week free. About one of three is new. Those of one seed are always the same.
func town(n int, seed uint64) map[string]Person {
	rng := rand.New(rand.NewPCG(seed, uint64(n)))
	people := make(map[string]Person, n)
	for i := range n {
		var p Person
		trait := func(f Facet, values int) {
			p.Traits = append(p.Traits, Trait{f, fmt.Sprint(rng.IntN(values))})
		}
		trait(Subject, 12)
		if rng.IntN(4) == 0 {
			trait(Subject, 12)
		}
		trait(Grades, 4)
		trait(Role, 4)
		trait(School, max(2, n/25))
		trait(Country, 8)
		trait(Languages, 3)
		if rng.IntN(3) == 0 {
			trait(Languages, 5)
		}
		stage := "experienced"
		if rng.IntN(3) == 0 {
			stage = "new"
		}
		p.Traits = append(p.Traits, Trait{Stage, stage})
		for p.Free.Count() < 3 {
			for day := range 5 {
				for hour := 11; hour < 16; hour++ {
					if rng.IntN(3) == 0 {
						p.Free.Add(day*24 + hour)
					}
				}
			}
		}
		people[name(i)] = p
	}
	return people
}

func name(i int) string { return fmt.Sprintf("m%06d", i) }

// busyTown is a round in a town with blocks, evaluators, two shared hours wanted, and so many rounds behind it.
func busyTown(n int, style Style, rounds int, seed uint64) Round {
	rng := rand.New(rand.NewPCG(seed, 11))
	r := Round{Number: 1, People: town(n, seed), Hours: Limits{Enough: 2, Least: 1}, Style: style, History: &History{}, Seed: seed}
	for range n / 20 {
		r.Apart = append(r.Apart, [2]string{name(rng.IntN(n)), name(rng.IntN(n))})
	}
	for head := 0; head < n; head += 50 {
		for other := head + 1; other < min(n, head+10); other++ {
			r.Apart = append(r.Apart, [2]string{name(head), name(other)})
		}
	}
	for ; r.Number <= rounds; r.Number++ {
		for _, g := range Pair(r).Groups {
			r.History.Add(r.Number, g.Members...)
		}
	}
	return r
}

// strangers are people of whom nothing is known.
func strangers(n int) map[string]Person {
	people := map[string]Person{}
	for i := range n {
		people[name(i)] = Person{}
	}
	return people
}
