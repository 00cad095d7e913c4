package discussion

import (
	"strings"
)

// maxLeadWords is how many words may lead up to a label.
const maxLeadWords = 8

// claims picks from the labels of a message those that say what it answers, by
// where they stand. A label at the head decides, and then only labels that open a
// later line or sentence with a mark count as well. Without one, labels in such
// places count, then one at the very end, then one set off by a colon. The others
// only point at something ("my A1 point", "as I said in A2").
func (s *labelScanner) claims(labels []label) []label {
	var head, later, trail, inner []label
	bare, series := 0, seriesOf(labels)
	for _, l := range labels {
		if l.bare {
			bare++
		}
	}
	for _, l := range labels {
		if l.bare && bare > 1 { // a list: #1 … #2 …
			continue
		}
		switch l.place {
		case placeLead:
			head = append(head, l)
		case placeOpening:
			if s.opens(l) {
				head = append(head, l)
			}
		case placeLine, placeSentence:
			if s.begun(l) || s.inSeries(l, series) {
				later = append(later, l)
			}
		case placeTrail:
			if s.trails(l) {
				trail = append(trail, l)
			}
		case placeInner:
			if l.form == formAnswer && l.colon && l.capital && !l.slip && !s.pointedAt(l, "my", "mi") {
				inner = append(inner, l)
			}
		}
	}
	if len(head) > 0 {
		for _, l := range later {
			if l.delim || s.inSeries(l, series) {
				head = append(head, l)
			}
		}
		for _, l := range inner { // "A1: radio A2: numbers"
			if !s.pointedAt(l) {
				head = append(head, l)
			}
		}
	}
	for _, found := range [][]label{head, later, trail, inner} {
		if len(found) > 0 {
			return found
		}
	}
	return nil
}

// seriesOf gives the numbers, as bits, of the answers' labels that begin a text, a
// line or a sentence.
func seriesOf(labels []label) (numbers uint64) {
	for _, l := range labels {
		if l.form == formAnswer && !l.slip && l.number > 0 && l.place != placeInner && l.place != placeTrail {
			numbers |= 1 << l.number
		}
	}
	return numbers
}

// inSeries tells whether a label is one of several with numbers in a row that begin
// lines or sentences: "A1 the noise. A2 my mentor."
func (s *labelScanner) inSeries(l label, series uint64) bool {
	if l.form != formAnswer || l.number < 1 || !l.capital || l.slip {
		return false
	}
	if !l.delim && l.next < len(s.pieces) && aboutWords[s.word(l.next)] {
		return false
	}
	return series&(1<<(l.number-1)|1<<(l.number+1)) != 0
}

// opens judges a label after words that lead up to it.
func (s *labelScanner) opens(l label) bool {
	if l.slip {
		return false
	}
	if l.form == formQuestion {
		return l.delim || toQuestion(s.wordBefore(l.first))
	}
	if s.pointedAt(l, "for", "para") {
		return l.colon // "Here is my A1: …" but not "In my A1 …"
	}
	return true
}

// begun judges a label that begins a later line or sentence.
func (s *labelScanner) begun(l label) bool {
	if l.form == formQuestion || l.slip {
		return l.delim && l.place == placeLine
	}
	return l.delim || l.capital && s.capitalNext(l.next)
}

// trails judges a label at the end.
func (s *labelScanner) trails(l label) bool {
	if l.form != formAnswer || l.slip || l.part || l.first == 0 {
		return false
	}
	if s.pointedAt(l) {
		return false
	}
	prev := s.pieces[l.first-1]
	switch prev.kind {
	case markPiece:
		r := s.rune(l.first - 1)
		return !strings.ContainsRune("&+/", r) && (l.capital || strings.ContainsRune(".!?…(", r))
	case wordPiece:
		// "… that is why sketches A1", but not "the printer has no A4." or "Great A1"
		w := s.word(l.first - 1)
		return l.capital && !s.is(l.next, ".,;?!'") && !cheerWords[w] && !praiseWords[w]
	}
	return true
}

// pointedAt tells whether the words before a label make it something that is
// spoken about: "in A2", "my A1", "see @ana A3". Words in but do not count.
func (s *labelScanner) pointedAt(l label, but ...string) bool {
	i := l.first - 1
	for i >= 0 && s.pieces[i].kind == mentionPiece {
		i--
	}
	if i < 0 || s.pieces[i].kind != wordPiece {
		return false
	}
	w := s.word(i)
	for _, b := range but {
		if w == b {
			return false
		}
	}
	return pointerWord(w)
}

// wordBefore gives the last word before piece i, in lower case.
func (s *labelScanner) wordBefore(i int) string {
	for i--; i >= 0; i-- {
		if s.pieces[i].kind == wordPiece {
			return s.word(i)
		}
	}
	return ""
}
