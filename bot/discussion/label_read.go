package discussion

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// read reads the label that begins at piece i. Odd forms count only where a label
// is to be expected, at the head of the text or of a line; those in words also
// after a full stop.
func (s *labelScanner) read(i int) (label, bool) {
	if l, ok := s.plain(i); ok {
		return l, true
	}
	head := s.words == 0 || s.line
	var forms []func(int) (label, bool)
	switch {
	case head:
		forms = []func(int) (label, bool){s.final, s.spelled, s.apart, s.shifted, s.reversed, s.numbered}
	case s.lead:
		forms = []func(int) (label, bool){s.final, s.spelled, s.apart}
	case s.afterSentence(i):
		forms = []func(int) (label, bool){s.final, s.spelled}
	}
	for _, form := range forms {
		if l, ok := form(i); ok {
			return l, true
		}
	}
	return label{}, false
}

// plain reads A1, #A1, a1, R1, Q1, P1, 🅰1, with what people put after it: A1a,
// A1.5, A1ish. S1 is a slip for A1.
func (s *labelScanner) plain(i int) (label, bool) {
	t := s.pieces[i]
	if t.kind != wordPiece && t.kind != tagPiece {
		return label{}, false
	}
	raw := strings.TrimPrefix(s.raw(i), "#")
	letter, rest := labelLetter(raw)
	digits := 0
	for digits < len(rest) && digits < 3 && rest[digits] >= '0' && rest[digits] <= '9' {
		digits++
	}
	n, ok := number(rest[:digits])
	if letter == 0 || !ok {
		return label{}, false
	}
	l := label{start: t.start, end: t.end, next: i + 1, number: n, capital: letter >= 'A' && letter <= 'Z'}
	if suffix := visible(rest[digits:]); s.words == 0 && t.kind == wordPiece && l.capital && glued(suffix) {
		l.end, l.slip = t.end-len(rest)+digits, true
	} else if suffix != "" && suffix != "ish" {
		// A1c is also a blood test: a part is believed at the head of a text, and a
		// capital one (A1C) only with a mark after it.
		delim, _ := s.delimited(i + 1)
		lower := strings.Contains("abcdef", suffix)
		upper := strings.Contains("ABCDEF", suffix) && delim
		if head := s.words == 0 || s.line; len(suffix) != 1 || !head && !delim || !lower && !upper {
			return label{}, false
		}
		l.part = true
	} else if s.is(i+1, ".") && i+2 < len(s.pieces) && !s.pieces[i+2].spaced {
		if _, ok := number(s.raw(i + 2)); ok || s.raw(i+2) == "0" {
			l.next, l.end = i+3, s.pieces[i+2].end
		}
	}
	return s.judge(l, letter)
}

// glued tells whether a word follows its label without a space: A1Students.
func glued(suffix string) bool {
	first, n := utf8.DecodeRuneInString(suffix)
	second, _ := utf8.DecodeRuneInString(suffix[n:])
	return unicode.IsUpper(first) && unicode.IsLower(second)
}

// judge sets form and slip by the letter, and refuses letters that more often
// mean something else.
func (s *labelScanner) judge(l label, letter byte) (label, bool) {
	delim, _ := s.delimited(l.next)
	clear := delim || l.capital && s.capitalNext(l.next)
	switch letter | 0x20 {
	case 'q':
		l.form = formQuestion
	case 'p': // also a period of the school day
		l.form = formQuestion
		return l, clear
	case 's':
		l.slip = true
		return l, clear && (s.words == 0 || s.line)
	}
	return l, true
}

// labelLetter gives the letter a label may begin with, and the rest of the word.
func labelLetter(w string) (byte, string) {
	if r, n := utf8.DecodeRuneInString(w); r == squaredA {
		return 'A', visible(w[n:])
	}
	if w != "" && strings.IndexByte("aqrpsAQRPS", w[0]) >= 0 {
		return w[0], w[1:]
	}
	return 0, ""
}

// visible drops the invisible runes of a short word.
func visible(w string) string {
	return strings.Map(func(r rune) rune {
		if invisible(r) {
			return -1
		}
		return r
	}, w)
}

// final reads the names of the last question: FQ, Final A, Respuesta final.
func (s *labelScanner) final(i int) (label, bool) {
	if s.pieces[i].kind != wordPiece {
		return label{}, false
	}
	l := label{start: s.pieces[i].start, next: i + 1, number: lastQuestion, capital: true}
	first, second := s.word(i), ""
	if i+1 < len(s.pieces) && s.pieces[i+1].kind == wordPiece && !s.pieces[i+1].newLine {
		second = s.word(i + 1)
	}
	abbreviated := false
	switch first {
	case "fq", "pf":
		l.form, abbreviated = formQuestion, true
	case "fa", "rf":
		abbreviated = true
	case "final", "last", "última", "ultima":
		form, ok := spelledForm(second)
		if !ok {
			return label{}, false
		}
		l.form, l.next = form, i+2
	case "respuesta", "pregunta":
		if second != "final" {
			return label{}, false
		}
		l.form, _ = spelledForm(first)
		l.next = i + 2
	default:
		return label{}, false
	}
	l.end = s.pieces[l.next-1].end
	delim, _ := s.delimited(l.next)
	switch {
	case s.is(l.next, "+*"): // a grade
		return label{}, false
	case first == "fq": // FA and the like are other abbreviations too
		return l, delim || s.raw(i) == "FQ" && s.capitalNext(l.next)
	case abbreviated:
		return l, delim
	}
	return l, delim || s.capitalNext(l.next)
}

// spelledForm gives the form a word or letter stands for.
func spelledForm(word string) (labelForm, bool) {
	switch word {
	case "a", "r", "ans", "answer", "respuesta", "resp", "rta":
		return formAnswer, true
	case "q", "p", "question", "pregunta", "preg":
		return formQuestion, true
	}
	return 0, false
}

// spelled reads Answer 1, Ans. 1, Answer1, Question #2, Respuesta 3.
func (s *labelScanner) spelled(i int) (label, bool) {
	t := s.pieces[i]
	if t.kind != wordPiece || t.end-t.start < 3 || t.end-t.start > 12 {
		return label{}, false
	}
	w := s.word(i)
	name := strings.TrimRight(w, "0123456789")
	form, ok := spelledForm(name)
	if !ok || len(name) < 3 {
		return label{}, false
	}
	if n, ok := number(w[len(name):]); ok {
		return label{start: t.start, end: t.end, next: i + 1, number: n, form: form, capital: true}, true
	}
	j := i + 1
	if s.is(j, ".") {
		j++
	}
	return s.numberAt(i, j, form)
}

// apart reads a letter and a number that stand apart: A 1: A-1) A#1: Q.2, if a
// mark follows.
func (s *labelScanner) apart(i int) (label, bool) {
	if s.pieces[i].kind != wordPiece || s.pieces[i].end-s.pieces[i].start != 1 {
		return label{}, false
	}
	form, ok := spelledForm(s.word(i))
	j := i + 1
	if s.is(j, "-.") {
		if j++; j < len(s.pieces) && s.pieces[j].spaced {
			return label{}, false
		}
	}
	l, found := s.numberAt(i, j, form)
	// "R.3 con colores" needs no mark, where it begins the text and is no page.
	tight := j == i+2 && s.words == 0 && s.raw(i) != "P" && unicode.IsUpper(s.rune(i))
	return l, ok && found && (tight || s.is(j+1, ":.);-–—"))
}

// numberAt reads the label that begins at piece i with its number at piece j, on
// the same line.
func (s *labelScanner) numberAt(i, j int, form labelForm) (label, bool) {
	if j >= len(s.pieces) || s.pieces[j].newLine {
		return label{}, false
	}
	n, ok := number(strings.TrimPrefix(s.raw(j), "#"))
	return label{start: s.pieces[i].start, end: s.pieces[j].end, next: j + 1, number: n, form: form, capital: true}, ok
}

// shifted reads a digit typed with the shift key still down: A! for A1.
func (s *labelScanner) shifted(i int) (label, bool) {
	const digits = "!@#$%" // of 1 to 5 on most keyboards; beyond, the marks mean more
	if w := s.raw(i); w != "A" && w != "Q" && w != "R" || !s.is(i+1, digits) {
		return label{}, false
	}
	if j := i + 2; j < len(s.pieces) && !s.pieces[j].spaced && !s.is(j, ":.);-") {
		return label{}, false
	}
	form, _ := spelledForm(s.word(i))
	n := strings.IndexRune(digits, s.rune(i+1)) + 1
	return label{start: s.pieces[i].start, end: s.pieces[i+1].end, next: i + 2, number: n, form: form, slip: true, capital: true}, true
}

// reversed reads 3A for A3.
func (s *labelScanner) reversed(i int) (label, bool) {
	w := s.raw(i)
	if s.pieces[i].kind != wordPiece || len(w) < 2 {
		return label{}, false
	}
	form := formAnswer
	switch w[len(w)-1] {
	case 'A', 'a':
	case 'Q', 'q':
		form = formQuestion
	default:
		return label{}, false
	}
	n, ok := number(w[:len(w)-1])
	delim, _ := s.delimited(i + 1)
	if !ok || !delim && !s.capitalNext(i+1) {
		return label{}, false
	}
	return label{start: s.pieces[i].start, end: s.pieces[i].end, next: i + 1, number: n, form: form, slip: true, capital: true}, true
}

// numbered reads #6.
func (s *labelScanner) numbered(i int) (label, bool) {
	if s.pieces[i].kind != tagPiece {
		return label{}, false
	}
	n, ok := number(s.raw(i)[1:])
	return label{start: s.pieces[i].start, end: s.pieces[i].end, next: i + 1, number: n, slip: true, bare: true}, ok
}
