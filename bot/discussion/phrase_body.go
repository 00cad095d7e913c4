package discussion

import "slices"

// message is a text together with the labels that say what it answers. Its body
// is what is left without labels, mentions, tags, links and marks.
type message struct {
	*labelScanner
	claims []label
	labels int   // so many labels were found, whatever they say
	words  []int // the indices of the body's words, at most bodyRead
	stands bool  // replies to nothing, and states
}

// bodyRead is how many words of a body are read.
const bodyRead = 60

// read finds the labels and the body of a text.
func read(text string) message {
	s := newLabelScanner(readable(text))
	labels := s.all()
	m := message{labelScanner: s, claims: s.claims(labels), labels: len(labels)}
	m.words = make([]int, 0, min(bodyRead, len(s.pieces)))
	i := 0
	for _, l := range m.claims {
		m.words = m.wordsIn(m.words, i, l.first, bodyRead)
		i = max(i, l.next)
	}
	m.words = m.wordsIn(m.words, i, len(m.pieces), bodyRead)
	return m
}

// body gives the indices of the body's words, at most the first most of them.
func (m message) body(most int) []int { return m.words[:min(most, len(m.words))] }

func (m message) wordsIn(words []int, from, to, most int) []int {
	for i := from; i < to && len(words) < most; i++ {
		if m.pieces[i].kind == wordPiece {
			words = append(words, i)
		}
	}
	return words
}

// says tells whether the message says or shows anything: a word, or a link.
func (m message) says() bool {
	for _, t := range m.pieces {
		if t.kind == wordPiece || t.kind == linkPiece {
			return true
		}
	}
	return false
}

// speaksTo tells whether the message begins by addressing somebody.
func (m message) speaksTo() bool { return len(m.pieces) > 0 && m.pieces[0].kind == mentionPiece }

// acknowledgeWords is how short a message is that only takes up what somebody
// said. Longer ones that begin alike ("Love how models …") go on to say something.
const acknowledgeWords = 8

// acknowledges tells whether the message does no more than thank, agree or cheer.
func (m message) acknowledges() bool {
	words := m.body(acknowledgeWords + 1)
	if len(words) == 0 || len(words) > acknowledgeWords {
		return false
	}
	first, second := m.word(words[0]), ""
	if len(words) > 1 {
		second = m.word(words[1])
	}
	switch {
	case cheerWords[first]:
		return true
	case assentWords[first]:
		return len(words) <= 4
	case praiseWords[first]:
		return praisedWords[second] || second == ""
	}
	return cheerPairs[first+" "+second]
}

// states tells whether the message may stand for itself: it is addressed to nobody,
// takes up nothing that somebody said, is not about the chat, and is no question.
func (m message) states() bool {
	return len(m.claims) == 0 && len(m.words) >= 3 && !m.speaksTo() && !m.takesUp() && !m.asks() && !m.aboutChat() && !m.pointsAt()
}

// takesUp tells whether the message begins by taking up what somebody said, however
// long it goes on.
func (m message) takesUp() bool {
	words := m.body(acknowledgeWords + 1)
	if len(words) == 0 {
		return true
	}
	if len(words) <= acknowledgeWords && slices.ContainsFunc(words, func(i int) bool { return greetWords[m.word(i)] }) {
		return true
	}
	first, second, third := m.word(words[0]), "", ""
	if len(words) > 1 {
		second = m.word(words[1])
	}
	if len(words) > 2 {
		third = m.word(words[2])
	}
	switch {
	case cheerWords[first], assentWords[first], yesWords[first]:
		return true
	case praiseWords[first]:
		return praisedWords[second]
	case first == "i" || first == "yo" || first == "so":
		return praiseWords[second] || assentWords[second] || assentWords[third] || praiseWords[third]
	}
	return cheerPairs[first+" "+second]
}

// pointsBack tells whether the message begins with a word for what somebody else
// said, or speaks to them at once.
func (m message) pointsBack() bool {
	for n, i := range m.body(3) {
		if w := m.word(i); n == 0 && backWords[w] || youWords[w] {
			return true
		}
	}
	return false
}

// joins tells whether the message begins with a word that goes on with what was said.
func (m message) joins() bool {
	words := m.body(1)
	return len(words) > 0 && joinWords[m.word(words[0])]
}

// aboutChat tells whether the message is about the chat itself: coming, going, the
// connection, what is announced.
func (m message) aboutChat() bool {
	for _, i := range m.body(aboutWithin) {
		if chatWords[m.word(i)] {
			return true
		}
	}
	return false
}

const aboutWithin = 25

// pointsAt tells whether a label stands in the message that says nothing of what it
// answers: it speaks about another answer, or a question.
func (m message) pointsAt() bool { return m.labels > 0 && len(m.claims) == 0 }

// hasQuestion tells whether there is a question in the message.
func (m message) hasQuestion() bool {
	for i, t := range m.pieces {
		if t.kind == markPiece && m.rune(i) == '?' {
			return true
		}
	}
	return false
}

// asks tells whether the message is nothing but a question, and not a proposal
// put as one ("What about drawings?").
func (m message) asks() bool {
	words := m.body(askWithin)
	for len(words) > 1 && joinWords[m.word(words[0])] { // "So what do you do?"
		words = words[1:]
	}
	if len(words) == 0 || !questionWords[m.word(words[0])] {
		return false
	}
	return (len(words) == 1 || !proposalWord(m.word(words[1]))) && m.endsAsking()
}

// askWithin is within how many words a question shows that it is one.
const askWithin = 4

// endsAsking tells whether the only sentences of the message are questions.
func (m message) endsAsking() bool {
	marks := 0
	for i, t := range m.pieces {
		if t.kind != markPiece {
			continue
		}
		switch m.rune(i) {
		case '?':
			marks++
		case '.', '!':
			return false
		}
	}
	return marks > 0
}

// announces tells whether what follows the label of a question speaks about the
// question instead of answering it: "Q2 coming soon", "Q3 is up", "Q1: great question".
func (m message) announces(l label) bool {
	words := m.wordsIn(nil, l.next, len(m.pieces), noticeWords+1)
	if len(words) == 0 {
		return true // nothing but the label
	}
	first := m.word(words[0])
	if !l.delim && aboutWords[first] {
		return true
	}
	if len(words) > noticeWords {
		return false
	}
	for _, i := range words {
		if soonWords[m.word(i)] {
			return true
		}
	}
	return m.acknowledges()
}

// noticeWords is how short a notice about a question is.
const noticeWords = 6

// continues tells whether the message is marked as going on with an earlier one:
// "cont'd …", "2/2 …", "… (2/3)", "part 2", "… and".
func (m message) continues() bool {
	i := 0
	for i < len(m.pieces) && (m.pieces[i].kind == tagPiece || m.pieces[i].kind == mentionPiece || m.pieces[i].kind == markPiece && (m.rune(i) == '(' || m.rune(i) == '[')) {
		i++
	}
	if i >= len(m.pieces) {
		return false
	}
	if m.pieces[i].kind == markPiece {
		return m.rune(i) == '…' || m.rune(i) == '.' && m.is(i+1, ".")
	}
	switch m.word(i) {
	case "cont", "cont'd", "cont’d", "contd", "continued", "continuing", "continúa", "continua", "continúo", "continuación", "sigo", "sigue":
		return true
	case "part", "pt", "parte":
		if i+1 >= len(m.pieces) {
			return false
		}
		n, ok := number(m.raw(i + 1))
		return ok && n > 1
	}
	return m.counts(i) || m.last >= 2 && m.counts(m.last-2) && m.last > i+2
}

// counts tells whether piece i begins a count of parts, 2/3; not two thirds of
// something.
func (m message) counts(i int) bool {
	n, ok := number(m.raw(i))
	if !ok || n < 2 || !m.is(i+1, "/") {
		return false
	}
	if i+2 >= len(m.pieces) || m.pieces[i+2].kind != wordPiece || m.pieces[i+2].spaced {
		return true
	}
	of, ok := number(m.raw(i + 2))
	if !ok || of < n {
		return false
	}
	if i+3 < len(m.pieces) && m.pieces[i+3].kind == wordPiece {
		switch m.word(i + 3) {
		case "of", "the", "de", "del":
			return false
		}
	}
	return true
}
