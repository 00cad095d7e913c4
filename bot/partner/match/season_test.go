package match

import (
	"math/rand/v2"
	"testing"
)

// A season is what a group of people lives through: who is absent when, who leaves and who comes.
type season struct {
	people, rounds int
	absence        float64 // of each person, in each round
	turnover       float64 // of the people, over the season; who leaves is replaced
	seed           uint64
}

// play lets a season pass, and returns what it has come to and how many pairs of people met who had met before.
func (s season) play(find way) (history *History, repeats int) {
	rng := rand.New(rand.NewPCG(s.seed, 77))
	var members []string
	for i := range s.people {
		members = append(members, name(i))
	}
	leaving := map[int]int{}
	for range int(s.turnover*float64(s.people) + .5) {
		leaving[2+rng.IntN(s.rounds-1)]++
	}
	newcomers := s.people
	history = &History{}
	for number := 1; number <= s.rounds; number++ {
		for range leaving[number] {
			members[rng.IntN(len(members))] = name(newcomers)
			newcomers++
		}
		o := occasion{season: s, number: number, history: history}
		for _, id := range members {
			if rng.Float64() < s.absence {
				o.absent = append(o.absent, id)
			} else {
				o.present = append(o.present, id)
			}
		}
		for _, g := range find(o) {
			for k, a := range g {
				for _, b := range g[:k] {
					if _, met := history.Last(a, b); met {
						repeats++
					}
				}
			}
			history.Add(number, g...)
		}
	}
	return history, repeats
}

// TestSeasons: when all are there, nobody meets anybody twice, up to the last round in which that is possible. With
// absences and newcomers there are fewer repeats than if each round is solved by itself, exactly.
func TestSeasons(t *testing.T) {
	for _, kind := range []season{
		{people: 20, rounds: 19},
		{people: 20, rounds: 19, absence: .1},
		{people: 20, rounds: 19, absence: .3},
		{people: 20, rounds: 19, turnover: .1},
		{people: 50, rounds: 49},
		{people: 50, rounds: 49, turnover: .1},
	} {
		ours, exact := 0, 0
		seasons := uint64(5)
		if kind.people > 20 {
			seasons = 1
		}
		for seed := range seasons {
			kind.seed = seed + 1
			_, again := kind.play(engine(true))
			ours += again
			_, again = kind.play(perRound)
			exact += again
		}
		if ours > exact || kind.absence == 0 && ours > 0 {
			t.Errorf("%+v: %d repeats, and %d if each round is exact", kind, ours, exact)
		}
	}
}

// TestSeasonOfMany is so short that nothing need be planned.
func TestSeasonOfMany(t *testing.T) {
	if _, again := (season{people: 120, rounds: 30, absence: .1, seed: 1}).play(engine(true)); again > 0 {
		t.Errorf("%d repeats", again)
	}
}

// TestAfterTheCycle goes on when everybody has met everybody: then all meet again in the order in which they met.
func TestAfterTheCycle(t *testing.T) {
	find := engine(true)
	s := season{people: 14, rounds: 39, seed: 3}
	soonest := s.rounds
	s.play(func(o occasion) [][]string {
		groups := find(o)
		for _, g := range groups {
			if round, met := o.history.Last(g[0], g[1]); met {
				soonest = min(soonest, o.number-round)
			}
		}
		return groups
	})
	if soonest != 13 {
		t.Errorf("some of 14 people meet again after %d rounds, want 13", soonest)
	}
}

// TestThirdsTakeTurns: over a season everybody is in as many trios as everybody else, give or take one or two.
func TestThirdsTakeTurns(t *testing.T) {
	for _, s := range []season{{people: 51, rounds: 17}, {people: 33, rounds: 11}, {people: 21, rounds: 20}, {people: 7, rounds: 7}, {people: 5, rounds: 20}} {
		history, _ := s.play(engine(true))
		fair := float64(3*s.rounds) / float64(s.people)
		for i := range s.people {
			if n := float64(history.Trios(name(i))); n < fair-1.5 || n > fair+1.5 {
				t.Errorf("%d people, %d rounds: somebody was in %.0f trios, and %.1f would be fair", s.people, s.rounds, n, fair)
			}
		}
	}
}
