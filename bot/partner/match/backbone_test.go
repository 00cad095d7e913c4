package match

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestTurnsOfTheCircle shows that in all turns together everybody faces everybody once.
func TestTurnsOfTheCircle(t *testing.T) {
	for size := 4; size <= 60; size += 2 {
		b := Backbone{Size: size}
		met := map[[2]int]bool{}
		for turn := range size - 1 {
			for s := range size {
				o := b.facing(s, turn)
				if o == s || o < 0 || o >= size || b.facing(o, turn) != s || b.turn(s, o) != turn {
					t.Fatalf("of %d seats, in turn %d, seat %d faces %d, who faces %d, in turn %d", size, turn, s, o, b.facing(o, turn), b.turn(s, o))
				}
				met[[2]int{s, o}] = true
			}
		}
		if len(met) != size*(size-1) {
			t.Errorf("of %d seats, %d pairs have met, want %d", size, len(met), size*(size-1))
		}
	}
}

func TestSeated(t *testing.T) {
	ids := func(from, to int) []string {
		var out []string
		for i := from; i < to; i++ {
			out = append(out, name(i))
		}
		return out
	}
	seed := uint64(0)
	seat := func(r Round, all []string) Backbone {
		seed++
		return seated(r, all, rand.New(rand.NewPCG(seed, 1)))
	}
	first := seat(Round{Number: 7, Season: 10}, ids(0, 19))
	if first.Start != 7 || first.Size != 20 || len(first.Seats) != 19 {
		t.Fatalf("19 people have %d seats of %d from round %d", len(first.Seats), first.Size, first.Start)
	}
	first.Spent = []int{3, 99, -1, 3, 5}
	next := seat(Round{Number: 8, Season: 10, Backbone: first}, ids(2, 20))
	if next.Start != 7 || next.Size != 20 || !slices.Equal(next.Spent, []int{3, 5}) {
		t.Errorf("the next round goes on with %d seats from round %d and %v spent", next.Size, next.Start, next.Spent)
	}
	taken := map[int]bool{}
	for id, s := range next.Seats {
		if old, has := first.Seats[id]; has && old != s {
			t.Errorf("%s moved from %d to %d", id, old, s)
		}
		taken[s] = true
	}
	if len(taken) != 18 {
		t.Errorf("18 people sit on %d seats", len(taken))
	}
	full := Backbone{Size: 4, Seats: map[string]int{name(0): 0, name(1): 0, name(2): 9}, Spent: []int{0, 1, 2}}
	if got := seat(Round{Number: 2, Season: 9, Backbone: full}, ids(0, 5)); len(got.Seats) != 4 || len(got.Spent) != 0 {
		t.Errorf("after the last turn the circle goes on with %d seats taken and %v spent", len(got.Seats), got.Spent)
	}
	if got := seat(Round{Number: 17, Season: 10, Backbone: first}, ids(0, 19)); got.Start != 17 || got.Seats[name(4)] != first.Seats[name(4)] {
		t.Errorf("the second season begins in round %d", got.Start)
	}
	for _, other := range []Round{
		{Number: 8, Season: 12, Backbone: Backbone{Size: 20, Start: 7, Seats: first.Seats}},
		{Number: 8, Season: 12, Backbone: Backbone{Size: 7}},
		{Number: 8, Season: 12, Backbone: Backbone{Size: 1 << 62}},
		{Number: 8, Season: 12, Backbone: Backbone{Size: -4}},
	} {
		if got := seat(other, ids(0, 24)); got.Size > 24 || got.Size < 20 {
			t.Errorf("24 people got %d seats after %d", got.Size, other.Backbone.Size)
		}
	}
	for _, short := range []int{-1, 0, 9} {
		if got := seat(Round{Number: 7, Season: short}, ids(0, 20)); got.Size != 0 {
			t.Errorf("%d rounds of 20 people are planned", short)
		}
	}
}
