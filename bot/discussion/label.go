package discussion

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// labelForm is what a label calls the thing it labels.
type labelForm uint8

const (
	formAnswer   labelForm = iota // A1, R1, Answer 1, #1
	formQuestion                  // Q1, P1, Question 1: some people answer with it
)

// labelPlace is where in the message a label stands. It decides what a label
// means: at the head of a text it says what the text is, in the middle of a
// sentence ("my A1 point") it only points at something.
type labelPlace uint8

const (
	placeLead     labelPlace = iota // nothing but mentions, tags, links and marks before it
	placeOpening                    // after a few words that only lead up to it: "My answer to Q2", "Late, but A3:"
	placeLine                       // the first on a later line
	placeSentence                   // the first after a full stop
	placeTrail                      // nothing but mentions, tags, links and marks after it
	placeInner                      // anywhere else
)

// lastQuestion is the number of a label for the last question ("Final A").
const lastQuestion = -1

// label is an answer label found in a message.
type label struct {
	start, end int // byte positions
	first      int // index of the first piece of its group
	next       int // index of the piece after its group
	number     int // of the question, from 1; or lastQuestion
	form       labelForm
	place      labelPlace
	slip       bool // written oddly: a finger beside the key (A!, S2, 3A), or #6
	bare       bool // a number alone: #6
	part       bool // with a letter for its part: A1b
	delim      bool // a mark, a line's end or the text's end parts it from what follows
	colon      bool // that mark is a colon
	capital    bool // written with a capital, or as a word
}

// findLabels gives the labels of a message in order, in one pass. Labels inside
// words, links and mentions are not seen, nor is "A4 paper".
func findLabels(text string) []label { return newLabelScanner(text).all() }

// labelScanner walks the pieces of a message.
type labelScanner struct {
	text   string
	pieces []piece
	words  int  // words before the current piece, labels included
	lead   bool // these words only lead up to a label
	line   bool // no word on this line so far
	last   int  // index of the last word of the text
}

func newLabelScanner(text string) *labelScanner {
	s := &labelScanner{text: text, pieces: lex(text), lead: true, line: true, last: -1}
	for i := len(s.pieces) - 1; i >= 0 && s.last < 0; i-- {
		if s.pieces[i].kind == wordPiece {
			s.last = i
		}
	}
	return s
}

func (s *labelScanner) all() []label {
	var found []label
	for i := 0; i < len(s.pieces); {
		if s.pieces[i].newLine && i > 0 {
			s.line = true
		}
		group := s.group(i)
		if len(group) == 0 {
			s.pass(i)
			i++
			continue
		}
		found = append(found, group...)
		i = group[0].next
		s.words++
		s.line = false
		s.lead = s.lead && group[0].form == formQuestion // "Q2: A2 …"
	}
	return found
}

// pass notes a piece that is no label.
func (s *labelScanner) pass(i int) {
	if s.pieces[i].kind != wordPiece {
		return
	}
	s.words++
	s.line = false
	s.lead = s.lead && s.words <= maxLeadWords && leadWord(s.word(i))
}

// group reads a label and those joined to it: A1/A2, A1 and A2, A1&2, A1-A3.
func (s *labelScanner) group(i int) []label {
	if !s.begins(i) {
		return nil
	}
	l, ok := s.read(i)
	if !ok {
		return nil
	}
	group := []label{l}
	for len(group) < maxQuestions {
		prev := group[len(group)-1]
		more, ok := s.joined(prev)
		if !ok {
			break
		}
		if r := s.rune(prev.next); r == '-' || r == '–' { // a range
			for n := prev.number + 1; n < more.number; n++ {
				between := more
				between.number = n
				group = append(group, between)
			}
		}
		group = append(group, more)
	}
	place := s.place(i, group[len(group)-1].next)
	final := group[len(group)-1]
	delim, colon := s.delimited(final.next)
	for j := range group {
		group[j].first, group[j].next = i, final.next
		group[j].place, group[j].delim, group[j].colon = place, delim, colon
	}
	if !delim && s.names(final.next) || s.is(final.next, "-") && s.names(final.next+1) {
		return nil // "A4 paper", "A4-sized"
	}
	return group
}

// begins tells whether a label may begin at piece i: not in the middle of
// something like example.org/a1, and not after a hyphen as in Pre-A1, but after
// marks that stand free ("… -A1", "__A1__").
func (s *labelScanner) begins(i int) bool {
	if k := s.pieces[i].kind; k != wordPiece && k != tagPiece {
		return false
	}
	joint := i - 1 // the mark right before
	for j := i; !s.pieces[j].spaced; j-- {
		if s.pieces[j-1].kind != markPiece {
			return j < i && !strings.ContainsRune("/.-_:@&=?%+\\$€£", s.rune(joint))
		}
	}
	return true
}

// place works out where the group of pieces [from, next) stands.
func (s *labelScanner) place(from, next int) labelPlace {
	switch {
	case s.words == 0:
		return placeLead
	case s.lead:
		return placeOpening
	case s.line:
		return placeLine
	case s.last < next:
		return placeTrail
	case s.afterSentence(from):
		return placeSentence
	}
	return placeInner
}

func (s *labelScanner) afterSentence(i int) bool {
	for i--; i >= 0 && s.pieces[i].kind == markPiece; i-- {
		switch r := s.rune(i); {
		case strings.ContainsRune(".!?…", r):
			return true
		case strings.ContainsRune(",;:-–—", r):
			return false
		}
	}
	return false
}

// delimited tells whether the label is parted from what follows, piece i, and
// whether by a colon.
func (s *labelScanner) delimited(i int) (delim, colon bool) {
	if i >= len(s.pieces) || s.pieces[i].newLine {
		return true, false
	}
	if s.pieces[i].kind != markPiece {
		return s.pieces[i].kind != wordPiece, false
	}
	switch r := s.rune(i); {
	case r == ':':
		return true, true
	case r == '?' || r == '%':
		return false, false
	case strings.ContainsRune("'’\"“«(¿¡", r) || r > 0x2e80: // an opening mark or an emoji belongs to the text
		return false, false
	}
	return true, false
}

// names tells whether the next word makes the label the name of something else:
// a paper size, a language level.
func (s *labelScanner) names(i int) bool {
	return i < len(s.pieces) && s.pieces[i].kind == wordPiece && paperWord(s.word(i))
}

// joined reads the next label of a group.
func (s *labelScanner) joined(prev label) (label, bool) {
	i := prev.next
	if i+1 >= len(s.pieces) || s.pieces[i].newLine || s.pieces[i+1].newLine {
		return label{}, false
	}
	tight := !s.pieces[i].spaced && !s.pieces[i+1].spaced
	spread := s.pieces[i].kind == wordPiece
	if spread {
		switch s.word(i) {
		case "and", "y", "e", "plus":
		default:
			return label{}, false
		}
	} else if s.pieces[i].kind != markPiece || !strings.ContainsRune("/&+,-–", s.rune(i)) {
		return label{}, false
	}
	if l, ok := s.plain(i + 1); ok && !l.slip && l.form == prev.form {
		return l, true
	}
	// A bare number: A1&2, A1/2; or with a mark behind: A1 and 2: …, A1-3: …
	n, ok := number(s.raw(i + 1))
	tight = tight && (s.rune(i) == '&' || s.rune(i) == '/')
	if !ok || n <= prev.number || !tight && !s.is(i+2, ":)") {
		return label{}, false
	}
	return label{start: s.pieces[i+1].start, end: s.pieces[i+1].end, next: i + 2, number: n, form: prev.form}, true
}

// word gives piece i in lower case.
func (s *labelScanner) word(i int) string { return strings.ToLower(s.raw(i)) }

func (s *labelScanner) raw(i int) string { return s.text[s.pieces[i].start:s.pieces[i].end] }

func (s *labelScanner) rune(i int) rune {
	r, _ := utf8.DecodeRuneInString(s.text[s.pieces[i].start:])
	return r
}

// is tells whether piece i is there, follows the one before without a space, and
// is one of marks.
func (s *labelScanner) is(i int, marks string) bool {
	return i < len(s.pieces) && s.pieces[i].kind == markPiece && !s.pieces[i].spaced && strings.ContainsRune(marks, s.rune(i))
}

// capitalNext tells whether piece i begins like a sentence.
func (s *labelScanner) capitalNext(i int) bool {
	if i >= len(s.pieces) {
		return true
	}
	r := s.rune(i)
	return s.pieces[i].kind != wordPiece || unicode.IsUpper(r) || unicode.IsDigit(r)
}

// number reads 1 to maxQuestions.
func number(s string) (int, bool) {
	if s == "" || len(s) > 2 || s[0] < '0' || s[0] > '9' {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= 1 && n <= maxQuestions
}
