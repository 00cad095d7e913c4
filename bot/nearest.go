package bot

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Nearest gives the candidates that somebody who typed word may have meant: those
// that differ from it in the fewest letters, or begin with it, in their order. It
// ignores case. Up to a third of the letters may differ, counted as the optimal
// string alignment distance: inserted, left out, replaced, or swapped with the
// next (https://en.wikipedia.org/wiki/Damerau%E2%80%93Levenshtein_distance).
func Nearest(word string, candidates []string, limit int) []string {
	word = strings.ToLower(word)
	length := utf8.RuneCountInString(word)
	if length < 2 || length > longestGuess {
		return nil
	}
	least := max(1, length/3)
	var nearest []string
	for _, c := range candidates {
		distance := distanceOf(word, strings.ToLower(c))
		if distance < least {
			least, nearest = distance, nearest[:0]
		}
		if distance == least && len(nearest) < limit && !slices.Contains(nearest, c) {
			nearest = append(nearest, c)
		}
	}
	return nearest
}

// distanceOf counts a beginning as one letter off, however much is missing.
func distanceOf(word, candidate string) int {
	if word != candidate && strings.HasPrefix(candidate, word) {
		return 1
	}
	return editDistance([]rune(word), []rune(candidate))
}

// longestGuess is the longest word that is compared, in letters: what is longer
// was not meant as a word of ours, and comparing takes time.
const longestGuess = 40

// editDistance is the optimal string alignment distance of a and b.
func editDistance(a, b []rune) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range a {
		row[0] = i + 1
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
