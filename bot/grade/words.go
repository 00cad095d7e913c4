package grade

import (
	"slices"
	"strconv"
	"strings"
)

// span are grades that follow each other: from and to are where they are among all.
type span struct{ from, to int }

// named is the span between two grades.
func named(from, to string) span { return span{slices.Index(all, from), slices.Index(all, to)} }

// words are other words for grades, in English and Spanish, in small letters and without
// accents.
var words = map[string]span{
	"prek": named("PreK", "PreK"), "preschool": named("PreK", "PreK"), "preescolar": named("PreK", "PreK"), "infantil": named("PreK", "PreK"),
	"k": named("K", "K"), "kindergarten": named("K", "K"), "kinder": named("K", "K"),
	"first": named("1", "1"), "second": named("2", "2"), "third": named("3", "3"), "fourth": named("4", "4"), "fifth": named("5", "5"),
	"sixth": named("6", "6"), "seventh": named("7", "7"), "eighth": named("8", "8"), "ninth": named("9", "9"), "tenth": named("10", "10"),
	"eleventh": named("11", "11"), "twelfth": named("12", "12"),
	"primero": named("1", "1"), "primer": named("1", "1"), "segundo": named("2", "2"), "tercero": named("3", "3"), "tercer": named("3", "3"),
	"cuarto": named("4", "4"), "quinto": named("5", "5"), "sexto": named("6", "6"), "septimo": named("7", "7"), "octavo": named("8", "8"),
	"noveno": named("9", "9"), "decimo": named("10", "10"), "undecimo": named("11", "11"), "duodecimo": named("12", "12"),
	"elementary": named("K", "5"), "primary": named("K", "5"), "middle": named("6", "8"), "high": named("9", "12"), "secondary": named("6", "12"),
	"college": named("College", "College"), "university": named("College", "College"), "higher": named("College", "College"),
	"universidad": named("College", "College"),
	"adult":       named("Adult", "Adult"), "adults": named("Adult", "Adult"), "adultos": named("Adult", "Adult"),
}

// level is a school whose years are counted from its own first one: which grade that is,
// how many there are, and which grades it is without a number.
type level struct {
	first, years int
	alone        span
}

// levels are those of Spanish. In Spain there are six years of primaria, four of ESO (our
// grades 7 to 10) and two of bachillerato (11 and 12); elsewhere three of secundaria, and
// three of bachillerato, of which only the last two are counted from 1 here.
// https://www.boe.es/buscar/act.php?id=BOE-A-2006-7899
var levels = map[string]level{
	"primaria":     {1, 6, named("1", "6")},
	"eso":          {7, 4, named("7", "10")},
	"secundaria":   {7, 4, named("7", "9")},
	"bachillerato": {11, 2, named("10", "12")},
	"bach":         {11, 2, named("10", "12")},
}

// counted is the grade of its year n. Who counts on from the school before means the
// grade itself.
func (l level) counted(n int) (grade int, ok bool) {
	if n >= 1 && n <= l.years {
		return l.first + n - 1, true
	}
	return n, n >= l.first && n < l.first+l.years || l.has(n)
}

func (l level) has(n int) bool { return at(n) >= l.alone.from && at(n) <= l.alone.to }

// fillers are words that say nothing by themselves.
var fillers = []string{
	"grade", "grades", "grado", "grados", "school", "year", "years", "curso", "cursos", "año", "años",
	"from", "de", "del", "desde", "la", "el",
}

// links stand between the first and the last grade of some that follow each other.
var links = []string{"-", "to", "thru", "through", "a", "al", "hasta"}

// joins stand between grades of which each is meant by itself.
var joins = []string{",", ";", "/", "+", "&", "\n", "and", "y", "e"}

// plain takes the accents off that Spanish words for grades have.
var plain = strings.NewReplacer("é", "e", "á", "a", "í", "i", "ó", "o", "ú", "u")

// endings stand behind a number that tells which one it is: 7th, 6º, 4to, 1er. In
// Spanish a dot may stand before them: 6.º.
var endings = []string{"th", "st", "nd", "rd", "º", "°", "ª", "ero", "er", "ro", "do", "to", "mo", "vo", "no", "o"}

// number reads the number of a grade, as "4", "04", "#4", "4th", "4.º".
func number(word string) (n int, ok bool) {
	word = strings.TrimLeft(word, "#")
	for _, ending := range endings {
		digits, found := strings.CutSuffix(word, ending)
		if n, err := strconv.Atoi(strings.TrimSuffix(digits, ".")); found && err == nil && digits[0] != '-' {
			return n, at(n) >= 0
		}
	}
	n, err := strconv.Atoi(strings.TrimSuffix(word, "."))
	return n, err == nil && at(n) >= 0
}

// at is where the grade with a number is among all, or -1.
func at(n int) int { return slices.Index(all, strconv.Itoa(n)) }
