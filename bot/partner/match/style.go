package match

import (
	"maps"
	"slices"
	"strings"
)

// A Facet is a kind of trait, such as the subject that somebody teaches.
type Facet string

// The facets that the styles know. Traits of others may be given: they are told as shared, and wished for by nobody.
const (
	Subject   Facet = "subject"
	Grades    Facet = "grades"
	Role      Facet = "role"
	School    Facet = "school"
	Country   Facet = "country"
	Languages Facet = "languages"
	// Stage is where somebody stands in their working life. A mentorship joins two stages, so there should be two: new
	// and experienced.
	Stage Facet = "stage"
)

// A Trait is one thing about a person. Somebody may have several traits of a facet: two subjects, three languages.
type Trait struct {
	Facet Facet
	Value string
}

// A Wish is what makes two people a good pair: that they have a trait of the facet in common, or that they have none in
// common (Unlike). It never comes true for those who have said nothing about the facet.
type Wish struct {
	Facet  Facet
	Unlike bool
	// Points it is worth, from 1 to 100.
	Points int
}

// A Style is the sum of its wishes. As each wish is about a single facet, people who suit each other are found by
// sorting, and not every two of them must be compared.
type Style []Wish

// mostPoints bounds the points of a style, so that the sums of many pairs stay small.
const mostPoints = 1000

// Surprise leaves it to chance.
func Surprise() Style { return nil }

// Alike brings colleagues of one subject and the same grades together, in the same role.
func Alike() Style {
	return Style{{Facet: Subject, Points: 6}, {Facet: Grades, Points: 4}, {Facet: Role, Points: 2}, {Facet: Languages, Points: 2}}
}

// Different is the exchange with another school, in another country, about something both know.
func Different() Style {
	return Style{{Facet: Country, Unlike: true, Points: 6}, {Facet: School, Unlike: true, Points: 4}, {Facet: Languages, Points: 3}, {Facet: Subject, Points: 2}}
}

// Mentor brings somebody new together with somebody experienced of the same subject.
func Mentor() Style {
	return Style{{Facet: Stage, Unlike: true, Points: 8}, {Facet: Subject, Points: 4}, {Facet: Grades, Points: 2}, {Facet: Languages, Points: 2}}
}

// sound is the style without wishes that mean nothing, and cut to what can be summed.
func (s Style) sound() Style {
	var out Style
	total := 0
	for _, w := range s {
		w.Points = min(w.Points, 100)
		if w.Points > 0 && total+w.Points <= mostPoints {
			out = append(out, w)
			total += w.Points
		}
	}
	return out
}

// most is the points of a pair for which every wish comes true.
func (s Style) most() int {
	total := 0
	for _, w := range s {
		total += w.Points
	}
	return total
}

// profiles are the traits of many people, by wish: those of person i for wish w are values[start[i*len(wishes)+w]:] up
// to the next start, sorted, as numbers.
type profiles struct {
	style  Style
	start  []int32
	values []int32
}

func newProfiles(style Style, people []Person) profiles {
	p := profiles{style: style, start: make([]int32, 0, len(people)*len(style)+1)}
	numbers := numbered(people)
	for _, person := range people {
		for _, w := range style {
			begin := len(p.values)
			p.start = append(p.start, int32(begin))
			for _, t := range person.Traits {
				if t.Facet != w.Facet {
					continue
				}
				p.values = append(p.values, numbers[t])
			}
			slices.Sort(p.values[begin:])
			p.values = p.values[:begin+len(slices.Compact(p.values[begin:]))]
		}
	}
	p.start = append(p.start, int32(len(p.values)))
	return p
}

// numbered gives each trait a number, whoever is looked at first.
func numbered(people []Person) map[Trait]int32 {
	numbers := map[Trait]int32{}
	for _, person := range people {
		for _, t := range person.Traits {
			numbers[t] = 0
		}
	}
	for n, t := range slices.SortedFunc(maps.Keys(numbers), compareTraits) {
		numbers[t] = int32(n)
	}
	return numbers
}

// of are the values of person i for wish w.
func (p *profiles) of(i, w int) []int32 {
	at := i*len(p.style) + w
	return p.values[p.start[at]:p.start[at+1]]
}

// score is the points that two people are worth to each other.
func (p *profiles) score(i, j int) int {
	points := 0
	for w, wish := range p.style {
		a, b := p.of(i, w), p.of(j, w)
		if len(a) > 0 && len(b) > 0 && meet(a, b) != wish.Unlike {
			points += wish.Points
		}
	}
	return points
}

// meet tells whether two sorted lists have a value in common.
func meet(a, b []int32) bool {
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] == b[0]:
			return true
		case a[0] < b[0]:
			a = a[1:]
		default:
			b = b[1:]
		}
	}
	return false
}

// compareTraits orders traits by facet and value.
func compareTraits(a, b Trait) int {
	if c := strings.Compare(string(a.Facet), string(b.Facet)); c != 0 {
		return c
	}
	return strings.Compare(a.Value, b.Value)
}
