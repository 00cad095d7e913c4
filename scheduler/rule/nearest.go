package rule

import (
	"slices"
	"strings"
)

// nearest is the nearest phrase that the parser understands, in its one
// spelling. First the words are mended one by one and what is missing is added.
// If that is not enough, an end is cut off; and else the example that differs
// least takes in what it can of the phrase.
func nearest(toks []token) string {
	t := tongueOfTokens(toks)
	mended := respell(toks, t)
	if text, ok := filledIn(mended, t); ok {
		return text
	}
	if text, ok := cutOff(mended, t); ok {
		return text
	}
	return nearestExample(mended, t)
}

// respell replaces each word that is not known by the nearest that is, or leaves
// it out.
func respell(toks []token, t tongue) []token {
	var mended []token
	for _, tok := range toks {
		if known(tok) {
			mended = append(mended, tok)
		} else if word, ok := nearestWord(tok.text, t); ok {
			tok.text, tok.glued = word, false
			mended = append(mended, tok)
		}
	}
	return mended
}

func known(t token) bool {
	if t.isNumber() || words[t.text] != nil {
		return true
	}
	switch t.text {
	case ",", ";", ".", ":", "/", "-", "a", "p", "m", "t", "partir", "entre", "fin", "fines", "por", "punto", "included", "no":
		return true
	}
	return false
}

// nearestWord is the known word of three or more letters with the fewest letters
// different: at most one of three, and of several the first in the alphabet.
func nearestWord(word string, t tongue) (string, bool) {
	letters := []rune(word)
	best, fewest := "", len(letters)/3+1
	for candidate, meanings := range words {
		if len(candidate) < 3 || !slices.ContainsFunc(meanings, func(m meaning) bool { return m.in == t }) {
			continue
		}
		target := []rune(candidate)
		if gap := len(target) - len(letters); gap > fewest || -gap > fewest {
			continue
		}
		n := distance(len(letters), len(target), func(i, j int) bool { return letters[i] == target[j] }, nil)
		if n < fewest || n == fewest && best != "" && candidate < best {
			best, fewest = candidate, n
		}
	}
	return best, best != ""
}

// filledIn is the phrase with what is missing: days, a time, what makes it clear.
func filledIn(toks []token, t tongue) (string, bool) {
	missing := map[Problem][]string{
		NoDay:     {"daily", "monday", "1st"},
		NoTime:    {"at 9:00"},
		Ambiguous: {"monthly", "yearly"},
	}
	var fill func(toks []token, most int) (string, bool)
	fill = func(toks []token, most int) (string, bool) {
		r, problem := lenientPhrase(toks)
		if problem == "" {
			return r.Text(t.code()), true
		}
		for _, addition := range missing[problem] {
			if most == 0 {
				break
			}
			if text, ok := fill(append(slices.Clone(toks), lex(" "+addition)...), most-1); ok {
				return text, true
			}
		}
		return "", false
	}
	return fill(toks, 3)
}

func lenientPhrase(toks []token) (Rule, Problem) {
	p := parser{toks: toks, lenient: true}
	return p.phrase()
}

// cutOff is the phrase without its end or its begin, if a third of it is enough.
func cutOff(toks []token, t tongue) (string, bool) {
	for cut := 1; cut <= len(toks)*2/3; cut++ {
		for _, part := range [][]token{toks[:len(toks)-cut], toks[cut:]} {
			if r, problem := lenientPhrase(part); problem == "" {
				return r.Text(t.code()), true
			}
		}
	}
	return "", false
}

// chunk is a piece of a phrase as it is compared with examples: pieces of one
// class can stand for each other.
type chunk struct {
	class byte // t time, d date, w weekday, m month, o ordinal, n number; 0 for all else
	text  string
}

func chunks(toks []token) []chunk {
	p := parser{toks: toks, lenient: true}
	var all []chunk
	for p.pos < len(toks) {
		all = append(all, p.chunk())
	}
	return all
}

func (p *parser) chunk() (c chunk) {
	bare := p.pos > 0 && (isA(p.toks[p.pos-1], wAt) || isA(p.toks[p.pos-1], wArticle))
	if p.try(func() bool {
		d, ok := p.date()
		c = chunk{'d', d.String()}
		return ok
	}) || p.try(func() bool {
		minute, ok := p.timeOfDay(bare)
		c = chunk{'t', clock(minute)}
		return ok
	}) {
		return c
	}
	tok := p.toks[p.pos]
	p.pos++
	return chunk{classOf(tok), tok.text}
}

func classOf(t token) byte {
	switch {
	case isA(t, wWeekday):
		return 'w'
	case isA(t, wOrdinal):
		return 'o'
	case isA(t, wNumber):
		return 'n'
	case isA(t, wMonth):
		return 'm'
	default:
		return 0
	}
}

func isA(t token, k kind) bool {
	_, ok := t.means(k)
	return ok
}

// nearestExample is the example with the fewest words different, with the days,
// times and numbers of the phrase in the place of its own.
func nearestExample(toks []token, t tongue) string {
	phrase := chunks(toks)
	best, fewest := examples(t)[0], len(phrase)
	for _, example := range examples(t) {
		filled := chunks(lex(example))
		pattern := slices.Clone(filled)
		n := distance(len(phrase), len(pattern), func(i, j int) bool {
			return phrase[i].text == pattern[j].text || phrase[i].class != 0 && phrase[i].class == pattern[j].class
		}, func(i, j int) { filled[j] = phrase[i] })
		if n >= fewest {
			continue
		}
		for _, pieces := range [][]chunk{filled, pattern} {
			var text strings.Builder
			for _, c := range pieces {
				text.WriteString(c.text + " ")
			}
			if r, problem := lenientPhrase(lex(text.String())); problem == "" {
				best, fewest = r.Text(t.code()), n
				break
			}
		}
	}
	return best
}

// distance is how many items must be put in, left out or replaced to make one
// list of another, of n and m items; two neighbours that changed places count
// once. met is told of each pair of alike items in the cheapest way.
func distance(n, m int, alike func(i, j int) bool, met func(i, j int)) int {
	d := make([][]int, n+1)
	for i := range d {
		d[i] = make([]int, m+1)
		d[i][0] = i
	}
	for j := range m + 1 {
		d[0][j] = j
	}
	replace := func(i, j int) int {
		if alike(i-1, j-1) {
			return d[i-1][j-1]
		}
		return d[i-1][j-1] + 1
	}
	for i := 1; i <= n; i++ {
		for j := 1; j <= m; j++ {
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, replace(i, j))
			if i > 1 && j > 1 && alike(i-1, j-2) && alike(i-2, j-1) {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	for i, j := n, m; met != nil && i > 0 && j > 0; {
		switch d[i][j] {
		case replace(i, j):
			if alike(i-1, j-1) {
				met(i-1, j-1)
			}
			i, j = i-1, j-1
		case d[i-1][j] + 1:
			i--
		case d[i][j-1] + 1:
			j--
		default: // changed places
			met(i-1, j-2)
			met(i-2, j-1)
			i, j = i-2, j-2
		}
	}
	return d[n][m]
}
