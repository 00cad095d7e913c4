// Package grade reads and shows grades of school as people write them.
package grade

import (
	"slices"
	"strings"
)

// all are the grades in their order: years of school as they are counted in the
// United States, and what is before and after.
// https://nces.ed.gov/programs/digest/
var all = []string{"PreK", "K", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "College", "Adult"}

// Sort sorts grades, and has each once.
func Sort(some []string) []string {
	slices.SortFunc(some, func(a, b string) int { return slices.Index(all, a) - slices.Index(all, b) })
	return slices.Compact(some)
}

// Text are grades in few characters: "3–5, 7".
func Text(some []string) string {
	var out []string
	for i := 0; i < len(some); {
		j := i
		for j+1 < len(some) && slices.Index(all, some[j+1]) == slices.Index(all, some[j])+1 {
			j++
		}
		switch j - i {
		case 0:
			out = append(out, some[i])
		case 1:
			out = append(out, some[i], some[j])
		default:
			out = append(out, some[i]+"–"+some[j])
		}
		i = j + 1
	}
	return strings.Join(out, ", ")
}
