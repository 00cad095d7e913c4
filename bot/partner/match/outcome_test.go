package match

import (
	"reflect"
	"testing"
)

// TestReasons says what groups are told.
func TestReasons(t *testing.T) {
	person := func(hours []int, traits ...string) Person {
		var p Person
		for _, hour := range hours {
			p.Free.Add(hour)
		}
		for k := 0; k < len(traits); k += 2 {
			p.Traits = append(p.Traits, Trait{Facet(traits[k]), traits[k+1]})
		}
		return p
	}
	hours := func(all ...int) Hours { return person(all).Free }
	for name, test := range map[string]struct {
		style  Style
		people map[string]Person
		want   Group
	}{
		"nothing": {
			people: map[string]Person{"ana": {}, "joe": {}},
			want:   Group{Members: []string{"ana", "joe"}},
		},
		"what both have": {
			people: map[string]Person{
				"joe": person([]int{5, 6, 7}, "subject", "art", "grades", "7", "hobby", "chess", "subject", "music"),
				"ana": person([]int{6, 7, 8}, "hobby", "chess", "subject", "music", "subject", "art", "subject", "art", "grades", "8"),
			},
			want: Group{Members: []string{"ana", "joe"}, Traits: []Trait{{"hobby", "chess"}, {"subject", "art"}, {"subject", "music"}}, Hours: hours(6, 7)},
		},
		"what all three have, and hours of those who said": {
			style: Alike(),
			people: map[string]Person{
				"ana": person([]int{1, 2}, "subject", "art", "role", "coach"),
				"joe": person(nil, "subject", "art", "role", "coach"),
				"sam": person([]int{2, 3}, "subject", "art"),
			},
			want: Group{Members: []string{"ana", "joe", "sam"}, Traits: []Trait{{"subject", "art"}}, Hours: hours(2)},
		},
		"what they differ in, if that is wished": {
			style: Different(),
			people: map[string]Person{
				"ana": person(nil, "country", "Chile", "school", "north", "languages", "es", "stage", "new"),
				"joe": person(nil, "country", "Spain", "languages", "es", "stage", "experienced"),
			},
			want: Group{Members: []string{"ana", "joe"}, Traits: []Trait{{"languages", "es"}}, Unlike: []Facet{Country}},
		},
		"two of three are not different": {
			style: Mentor(),
			people: map[string]Person{
				"ana": person(nil, "stage", "new"), "joe": person(nil, "stage", "experienced"), "sam": person(nil, "stage", "new"),
			},
			want: Group{Members: []string{"ana", "joe", "sam"}},
		},
	} {
		out := Pair(Round{Number: 1, People: test.people, Style: test.style})
		if len(out.Groups) != 1 || !reflect.DeepEqual(out.Groups[0], test.want) {
			t.Errorf("%s: %+v, want %+v", name, out.Groups, test.want)
		}
	}
}
