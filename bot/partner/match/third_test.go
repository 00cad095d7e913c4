package match

import "testing"

func TestThirdFindsTheBestPair(t *testing.T) {
	var noon, evening Hours
	noon.Add(12)
	evening.Add(20)
	person := func(free Hours, subject string) Person {
		return Person{Free: free, Traits: []Trait{{Subject, subject}}}
	}
	r := Round{
		Number: 3, Style: Alike(), Hours: Limits{Enough: 1},
		People: map[string]Person{
			"x": person(noon, "math"), "a": person(noon, "art"), "b": person(noon, "art"), "c": person(noon, "math"), "d": person(noon, "math"),
			"e": person(evening, "math"), "f": person(evening, "math"),
		},
		History: &History{},
	}
	pairs := [][2]string{{"a", "b"}, {"c", "d"}, {"e", "f"}}
	want := func(name string, pair int) {
		t.Helper()
		at, g, ok := Third(r, "x", pairs)
		if !ok || at != pair || len(g.Members) != 3 {
			t.Errorf("%s: pair %d, %+v, %v", name, at, g, ok)
		}
	}
	want("who suits", 1)
	r.History.Add(3, "c", "d")
	want("that they are together counts for nothing", 1)
	r.History.Add(2, "x", "c")
	want("somebody new", 0)
	r.Apart = [][2]string{{"b", "x"}}
	want("not who is kept apart", 1)
	r.Apart = append(r.Apart, [2]string{"x", "d"})
	want("hours give way before anybody is left alone", 2)
	r.Apart = append(r.Apart, [2]string{"x", "e"})
	if _, _, ok := Third(r, "x", pairs); ok {
		t.Error("there is nobody")
	}
	if _, _, ok := Third(r, "nobody", append(pairs, [2]string{"x", "x"}, [2]string{"?", "a"})); ok {
		t.Error("who is not there")
	}
}
