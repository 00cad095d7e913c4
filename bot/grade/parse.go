package grade

import (
	"regexp"
	"slices"
	"strings"
)

// Parse reads grades as people write them: "4", "grades 3-5", "6 through 8", "K, 1",
// "7th", "6.º", "de 3.º a 5.º", "cuarto", "middle school", "1º ESO". unknown is the first
// word that is none.
func Parse(typed string) (found []string, unknown string) {
	var r reader
	for _, word := range split(typed) {
		if unknown = r.take(word); unknown != "" {
			return nil, unknown
		}
	}
	if unknown = r.open(); unknown != "" {
		return nil, unknown
	}
	for _, s := range r.spans {
		found = append(found, all[s.from:s.to+1]...)
	}
	return Sort(found), ""
}

var (
	strokes = strings.NewReplacer("–", "-", "—", "-", "−", "-", "‐", "-", "‑", "-")
	prek    = strings.NewReplacer("pre-k", "prek")
	// stuck is a school written together with its year: 1ºESO.
	stuck = regexp.MustCompile(`(\d\.?[ºª°]?)(eso|bach)`)
	part  = regexp.MustCompile(`[-,;/+&\n]|[^-,;/+&\s]+`)
)

// split gives the words of what was typed, and the signs between them.
func split(typed string) []string {
	typed = prek.Replace(strokes.Replace(strings.ToLower(typed)))
	return part.FindAllString(stuck.ReplaceAllString(typed, "$1 $2"), -1)
}

// reader reads grades word by word.
type reader struct {
	spans    []span
	uncalled int    // from which span on no school has been named: the next may be theirs
	last     kind   // what the last word was, but for fillers
	typed    string // it
	school   string // the last school, as long as its year may follow
	link     string // what stands between the last grade and the one that must come
	half     bool   // of the last span a school has been named for the first grade alone
	reversed string // the last span, if the last grade is before the first one
}

// kind is what a word is.
type kind int

const (
	nothing kind = iota
	aNumber
	aName
	aSchool
	aJoin
)

// take takes the next word. What cannot stand there is unknown.
func (r *reader) take(word string) (unknown string) {
	word = strings.TrimRight(word, ".")
	bare := plain.Replace(word)
	l, school := levels[bare]
	s, name := words[bare]
	n, numbered := number(word)
	switch {
	case word == "" || slices.Contains(fillers, word):
		return ""
	case slices.Contains(joins, word):
		r.last, r.school = aJoin, ""
		return r.open()
	case slices.Contains(links, word):
		if r.link != "" || len(r.spans) == 0 || r.last == aJoin {
			return word
		}
		r.link, r.school, r.half = word, "", r.last == aSchool
		return ""
	case school && r.last == aNumber && r.link == "":
		r.school = ""
		return r.call(l, word)
	case school:
		if unknown = r.add(l.alone, word); unknown == "" {
			r.last, r.school, r.uncalled = aSchool, bare, len(r.spans)
		}
		return unknown
	case name:
		r.last, r.school = aName, ""
		return r.add(s, word)
	case numbered && r.school != "" && r.link == "": // "ESO 1"
		r.spans = r.spans[:len(r.spans)-1]
		grade, ok := levels[r.school].counted(n)
		if !ok {
			return word
		}
		r.school = ""
		r.spans = append(r.spans, span{at(grade), at(grade)})
		r.last, r.uncalled = aSchool, len(r.spans)
		return ""
	case numbered:
		r.last = aNumber
		return r.add(span{at(n), at(n)}, word)
	default:
		return word
	}
}

// open is what has been begun and can no longer be ended.
func (r *reader) open() string {
	if r.reversed != "" {
		return r.reversed
	}
	return r.link
}

// add adds grades, or all from the last ones to these.
func (r *reader) add(s span, word string) (unknown string) {
	if r.reversed != "" {
		return r.reversed
	}
	was, link := r.typed, r.link
	r.typed, r.link = word, ""
	if link == "" {
		r.spans, r.half = append(r.spans, s), false
		return ""
	}
	if link != "-" {
		link = " " + link + " "
	}
	from := &r.spans[len(r.spans)-1]
	if s.from < from.to {
		r.reversed = was + link + word
	}
	if from.to = s.to; r.half && r.last == aNumber { // its school may follow
		return ""
	}
	return r.reversed
}

// call says of which school the numbers are that were read since the last one.
func (r *reader) call(l level, word string) (unknown string) {
	if s := &r.spans[len(r.spans)-1]; r.half {
		to, ok := l.counted(s.to - at(1) + 1)
		if !ok || at(to) < s.from {
			return r.typed + " " + word
		}
		s.to, r.half, r.reversed = at(to), false, ""
	}
	for i := len(r.spans) - 1; i >= r.uncalled; i-- {
		s := &r.spans[i]
		from, first := l.counted(s.from - at(1) + 1)
		to, last := l.counted(s.to - at(1) + 1)
		if first && last && from <= to {
			*s = span{at(from), at(to)}
		} else if i == len(r.spans)-1 {
			return r.typed + " " + word
		}
	}
	r.last, r.uncalled = aSchool, len(r.spans)
	return ""
}
