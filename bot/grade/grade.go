// Package grade reads and shows grades of school as people write them.
package grade

import (
	"slices"
	"strconv"
	"strings"
)

// all are the grades in their order: years of school as they are counted in the
// United States, and what is before and after.
// https://nces.ed.gov/programs/digest/
var all = []string{"PreK", "K", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "College", "Adult"}

// words are other words for them, in English and Spanish, in small letters and without
// accents.
var words = map[string][]string{
	"prek": {"PreK"}, "pre-k": {"PreK"}, "preschool": {"PreK"}, "preescolar": {"PreK"}, "infantil": {"PreK"},
	"k": {"K"}, "kindergarten": {"K"}, "kinder": {"K"},
	"first": {"1"}, "second": {"2"}, "third": {"3"}, "fourth": {"4"}, "fifth": {"5"}, "sixth": {"6"}, "seventh": {"7"}, "eighth": {"8"},
	"ninth": {"9"}, "tenth": {"10"}, "eleventh": {"11"}, "twelfth": {"12"},
	"primero": {"1"}, "primer": {"1"}, "segundo": {"2"}, "tercero": {"3"}, "tercer": {"3"}, "cuarto": {"4"}, "quinto": {"5"}, "sexto": {"6"},
	"septimo": {"7"}, "octavo": {"8"}, "noveno": {"9"}, "decimo": {"10"}, "undecimo": {"11"}, "duodecimo": {"12"},
	"elementary": {"K", "1", "2", "3", "4", "5"}, "primary": {"K", "1", "2", "3", "4", "5"}, "primaria": {"1", "2", "3", "4", "5", "6"},
	"middle": {"6", "7", "8"}, "secundaria": {"7", "8", "9"}, "high": {"9", "10", "11", "12"}, "secondary": {"6", "7", "8", "9", "10", "11", "12"}, "bachillerato": {"10", "11", "12"},
	"college": {"College"}, "university": {"College"}, "higher": {"College"}, "universidad": {"College"},
	"adult": {"Adult"}, "adults": {"Adult"}, "adultos": {"Adult"},
	"grade": nil, "grades": nil, "grado": nil, "grados": nil, "school": nil, "year": nil, "and": nil, "y": nil, "to": nil, "a": nil,
}

// plain takes the accents off that Spanish words for grades have.
var plain = strings.NewReplacer("é", "e", "á", "a", "í", "i", "ó", "o", "ú", "u")

// endings stand behind a number that tells which one it is: 7th, 6º, 4to, 1er.
var endings = []string{"th", "st", "nd", "rd", "º", "°", "ª", "ero", "er", "ro", "do", "to", "mo", "vo", "no", "o"}

// Parse reads grades as people write them: "4", "grades 3-5", "K, 1", "7th",
// "6º", "4to", "cuarto", "middle school". unknown is the first word that is none.
func Parse(typed string) (found []string, unknown string) {
	for _, word := range strings.FieldsFunc(strings.ToLower(typed), func(r rune) bool { return strings.ContainsRune(" ,;/+&\t\n", r) }) {
		some, ok := in(word)
		if !ok {
			return nil, word
		}
		found = append(found, some...)
	}
	return Sort(found), ""
}

func in(word string) ([]string, bool) {
	if some, ok := words[plain.Replace(word)]; ok {
		return some, true
	}
	from, to, several := strings.Cut(strings.NewReplacer("–", "-", "—", "-").Replace(word), "-")
	first := at(from)
	last := first
	if several {
		last = at(to)
	}
	if first < 0 || last < first {
		return nil, false
	}
	return all[first : last+1], true
}

// at is where a grade is among all, or -1.
func at(word string) int {
	word = strings.TrimLeft(word, "#")
	for _, ending := range endings {
		if number, found := strings.CutSuffix(word, ending); found {
			if _, err := strconv.Atoi(number); err == nil {
				word = number
				break
			}
		}
	}
	if some := words[plain.Replace(word)]; len(some) == 1 {
		word = some[0]
	}
	if n, err := strconv.Atoi(word); err == nil {
		word = strconv.Itoa(n) // "04"
	}
	return slices.IndexFunc(all, func(g string) bool { return strings.EqualFold(g, word) })
}

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
