package match

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// check says what is wrong with an outcome, whatever the round was.
func check(r Round, o Outcome) error {
	seen := map[string]bool{}
	once := func(id string) error {
		if _, present := r.People[id]; !present || seen[id] {
			return fmt.Errorf("%q is not there, or twice", id)
		}
		seen[id] = true
		return nil
	}
	for _, id := range o.Alone {
		if err := once(id); err != nil {
			return err
		}
	}
	trios := 0
	for _, g := range o.Groups {
		if len(g.Members) < 2 || len(g.Members) > 3 || !slices.IsSorted(g.Members) {
			return fmt.Errorf("%v is no group", g.Members)
		}
		trios += len(g.Members) - 2
		for k, id := range g.Members {
			if err := once(id); err != nil {
				return err
			}
			for _, other := range g.Members[:k] {
				if slices.Contains(r.Apart, [2]string{id, other}) || slices.Contains(r.Apart, [2]string{other, id}) {
					return fmt.Errorf("%s and %s must not meet", id, other)
				}
			}
		}
	}
	if len(seen) != len(r.People) || trios != o.Figures.Trios {
		return fmt.Errorf("%d of %d people have an outcome, %d of %d trios are counted", len(seen), len(r.People), o.Figures.Trios, trios)
	}
	return nil
}

// drawAnyRound is a small round, or one of a few dozen people.
func drawAnyRound(t *rapid.T) Round {
	if rapid.Bool().Draw(t, "small") {
		return drawRound(t, 0, 9)
	}
	r := busyTown(rapid.IntRange(10, 60).Draw(t, "people"), rapid.SampledFrom([]Style{nil, Alike(), Mentor()}).Draw(t, "style"), rapid.IntRange(0, 2).Draw(t, "rounds"), rapid.Uint64().Draw(t, "seed"))
	for id := range r.People {
		if rapid.IntRange(0, 9).Draw(t, "absent") == 0 {
			r.Absent = append(r.Absent, id)
			delete(r.People, id)
		}
	}
	slices.Sort(r.Absent)
	r.Season = rapid.SampledFrom([]int{0, 40}).Draw(t, "season")
	return r
}

// TestEverybodyOnce: each person is in one group or alone, and none is with whom they must not meet.
func TestEverybodyOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := drawAnyRound(t)
		if err := check(r, Pair(r)); err != nil {
			t.Fatal(err)
		}
	})
}

// TestOrderMeansNothing gives the same round in another order, and with each pair the other way round.
func TestOrderMeansNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := drawAnyRound(t)
		want := Pair(r)
		if again := Pair(r); !reflect.DeepEqual(again, want) {
			t.Fatalf("the same round came out as %+v and as %+v", want, again)
		}
		other := reordered(r, rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "order"), 0)))
		if got := Pair(other); !reflect.DeepEqual(got, want) {
			t.Fatalf("in another order, %+v came out as %+v", want, got)
		}
	})
}

// TestOrderMeansNothingToMany is the same for people at tables.
func TestOrderMeansNothingToMany(t *testing.T) {
	r := busyTown(exactly+101, Alike(), 0, 3)
	want := Pair(r)
	if err := check(r, want); err != nil {
		t.Error(err)
	}
	if got := Pair(reordered(r, rand.New(rand.NewPCG(1, 0)))); !reflect.DeepEqual(got, want) {
		t.Error("in another order, something else came out")
	}
}

func TestSeedDecides(t *testing.T) {
	one := Pair(Round{Number: 1, People: strangers(30), Seed: 1})
	if other := Pair(Round{Number: 1, People: strangers(30), Seed: 2}); reflect.DeepEqual(one, other) {
		t.Error("another seed decides nothing")
	}
}

func reordered(r Round, rng *rand.Rand) Round {
	mix := func(n int, swap func(i, j int)) { rng.Shuffle(n, swap) }
	other := r
	other.People = map[string]Person{}
	for id, p := range r.People {
		p.Traits = slices.Clone(p.Traits)
		mix(len(p.Traits), func(i, j int) { p.Traits[i], p.Traits[j] = p.Traits[j], p.Traits[i] })
		other.People[id] = p
	}
	other.Apart = slices.Clone(r.Apart)
	mix(len(r.Apart), func(i, j int) { other.Apart[i], other.Apart[j] = other.Apart[j], other.Apart[i] })
	for k, pair := range other.Apart {
		if rng.IntN(2) == 0 {
			other.Apart[k] = [2]string{pair[1], pair[0]}
		}
	}
	other.Absent = slices.Clone(r.Absent)
	mix(len(r.Absent), func(i, j int) { other.Absent[i], other.Absent[j] = other.Absent[j], other.Absent[i] })
	other.History = &History{}
	ids := slices.Collect(maps.Keys(r.History.number))
	mix(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
	for _, id := range ids {
		other.History.register(id)
	}
	for k, a := range ids {
		for _, b := range ids[:k] {
			if round, met := r.History.Last(a, b); met {
				other.History.Add(round, a, b)
			}
		}
		other.History.trios[other.History.number[a]] = r.History.trios[r.History.number[a]]
	}
	return other
}

// TestReasonsTellNothingElse: what is said of a group is what its members' own profiles say, whoever is blocked, absent,
// met or there besides. And of those who are alone nothing is said.
func TestReasonsTellNothingElse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := drawAnyRound(t)
		for _, g := range Pair(r).Groups {
			few := Round{Number: 1, People: map[string]Person{}, Style: r.Style}
			for _, id := range g.Members {
				few.People[id] = r.People[id]
			}
			if among := Pair(few).Groups; len(among) != 1 || !reflect.DeepEqual(among[0], g) {
				t.Fatalf("of %v it is said: %+v, and among themselves: %+v", g.Members, g, among)
			}
		}
	})
	if field, _ := reflect.TypeFor[Outcome]().FieldByName("Alone"); field.Type != reflect.TypeFor[[]string]() {
		t.Error("of those who are alone more is said than who they are")
	}
}

// TestBlockedIsAsUnmatched: somebody whom all others have blocked, somebody whom all evaluate and somebody who shares no
// hour with them come out the same, and so does everybody else.
func TestBlockedIsAsUnmatched(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(3, 40).Draw(t, "people")
		r := Round{Number: 1, People: map[string]Person{}, Hours: Limits{Enough: 2, Least: 1}, Seed: rapid.Uint64().Draw(t, "seed")}
		for i := range n {
			r.People[name(i)] = free(0, 8, 12)
		}
		who := name(rapid.IntRange(0, n-1).Draw(t, "who"))
		elsewhere := r
		elsewhere.People = maps.Clone(r.People)
		elsewhere.People[who] = free(3, 8, 12)
		for id := range r.People {
			if id != who {
				r.Apart = append(r.Apart, [2]string{id, who})
			}
		}
		blocked, unmatched := Pair(r), Pair(elsewhere)
		if !slices.Equal(blocked.Alone, []string{who}) || !reflect.DeepEqual(blocked, unmatched) {
			t.Fatalf("blocked: %+v; without an hour: %+v", blocked, unmatched)
		}
	})
}

// FuzzPair makes a round of any text.
func FuzzPair(f *testing.F) {
	f.Add(int64(1), 5, uint64(1), 2, 1, "ana joe sam kim", "ana joe", "ana=3 joe=1", "subject:art:5")
	f.Add(int64(-1<<62), 1<<62, uint64(0), -5, 900, "a b c d e f g h i j k l m n o p", "a b a a x y", "a=-5 b=99 z=4", "subject::-3 :x:900 stage:new:70")
	f.Add(int64(3), 19, uint64(7), 1, 0, strings.Repeat("ana bob ", 3)+"a b c d e f g h i j k l m n", "", "", "country:x:1 country:y:1")
	f.Fuzz(func(t *testing.T, number int64, season int, seed uint64, enough, least int, people, apart, seats, traits string) {
		r := Round{Number: int(number), Season: season, Seed: seed, Hours: Limits{enough, least}, People: map[string]Person{}, History: &History{}}
		names := strings.Fields(people)
		for k, id := range names[:min(len(names), 40)] {
			var p Person
			for i, field := range strings.Fields(traits) {
				facet, value, _ := strings.Cut(field, ":")
				if (k+i)%3 > 0 {
					p.Traits = append(p.Traits, Trait{Facet(facet), value})
				}
				points, _ := strconv.Atoi(value[strings.LastIndex(value, ":")+1:])
				r.Style = append(r.Style, Wish{Facet(facet), i%2 == 1, points})
				p.Free.Add(points + k)
				p.Free[2] |= uint64(points) << 40
			}
			r.People[id] = p
			if k%7 == 6 {
				r.Absent = append(r.Absent, id, id)
			}
		}
		pairs := strings.Fields(apart)
		for k := 1; k < len(pairs); k += 2 {
			r.Apart = append(r.Apart, [2]string{pairs[k-1], pairs[k]})
			r.History.Add(int(number)-k, pairs[max(0, k-2):k+1]...)
			r.History.Add(int(number), append(names[:min(1, len(names))], pairs[k])...)
		}
		r.Backbone = Backbone{Start: int(seed), Size: season % 64, Seats: map[string]int{}}
		for _, field := range strings.Fields(seats) {
			id, seat, _ := strings.Cut(field, "=")
			s, _ := strconv.Atoi(seat)
			r.Backbone.Seats[id] = s
			r.Backbone.Spent = append(r.Backbone.Spent, s)
		}
		o := Pair(r)
		if err := check(r, o); err != nil {
			t.Error(err)
		}
		r.Number++
		r.Backbone = o.Backbone
		if err := check(r, Pair(r)); err != nil {
			t.Error(err)
		}
	})
}
