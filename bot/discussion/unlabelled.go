package discussion

import "time"

// habit is how somebody has answered so far.
type habit struct {
	said     int32  // messages
	labelled int32  // answers with a label
	answered uint64 // the questions answered: bit n for question n
}

// custom is how everybody but the hosts does.
type custom struct {
	labelled int32 // answers with a label
	plain    int32 // statements without one
}

func (h habit) hasAnswered(n int) bool { return h.answered>>n&1 == 1 }

// answers notes the questions that an entry answers.
func (h *habit) answers(e Entry) {
	if e.Kind != Answer {
		return
	}
	for _, n := range e.Questions {
		h.answered |= 1 << n
	}
}

// burst is how soon after an answer its author's next message goes on with it,
// even if it is not marked so: people send what they have to say in pieces.
const burst = time.Minute

// plainly tells which question a message without a label, to nobody in particular,
// answers all the same; 0: none. Nothing is weighed for hosts, and for what is no
// statement. It is the question that is out, unless the words are those of another,
// and none that the author has answered already.
func (m message) plainly(c Context) int {
	if c.Host || c.Asked < 1 || c.Asked > maxQuestions || !m.stands {
		return 0
	}
	echoes := m.echoes(c.Wording)
	n := c.Asked
	for i := c.Asked - 1; i > 0; i-- {
		if echoes[i] >= echoes[n]+otherQuestion {
			n = i
		}
	}
	if c.Author.hasAnswered(n) || m.weight(c, int(echoes[n])) < enough {
		return 0
	}
	return n
}

// weight adds up what speaks for an answer and what against it. echo is how many
// of the question's own words the message has.
func (m message) weight(c Context, echo int) int {
	words := len(m.words)
	sum := 2 * min(echo, 2)
	add := func(points int, holds bool) {
		if holds {
			sum += points
		}
	}
	add(1, words >= longStatement)
	add(-1, words < shortStatement)
	add(1, c.Since <= freshQuestion)
	add(1, c.Author.labelled == 0)
	add(-1, c.Author.labelled > 0)
	add(1, c.Author.said == 0 && c.Asked == 1)
	add(2, c.Room.plain > 2*c.Room.labelled+1)
	add(-2, m.pointsBack() || m.joins())
	add(-2, m.hasQuestion())
	add(-2, time.Duration(words)*perWord > c.Since)
	return sum
}

const (
	enough         = 4               // points make an answer
	otherQuestion  = 2               // so many more words of an earlier question make it the one
	longStatement  = 12              // words
	shortStatement = 5               // words
	freshQuestion  = 4 * time.Minute // what is said so soon is likely about the question
	perWord        = time.Second     // nobody reads a question and types so fast
)

// goesOn tells whether a message right after its author's answer goes on with it.
func (m message) goesOn() bool {
	return m.says() && !m.speaksTo() && !m.takesUp() && !m.asks() && !m.aboutChat() && !m.pointsAt() && !m.pointsBack()
}

// manner is how somebody speaks, as far as it shows a habit.
type manner uint8

const (
	unread    manner = iota
	otherwise        // neither of these
	byLabel          // an answer with a label
	statement        // a statement without one, to nobody in particular
)

func (m message) manner(kind Kind) manner {
	switch {
	case kind == Answer && len(m.claims) > 0:
		return byLabel
	case m.stands:
		return statement
	}
	return otherwise
}

// mannerOf reads that of an entry that comes from the store.
func mannerOf(e Entry) manner {
	if e.manner != unread {
		return e.manner
	}
	if e.Text == "" || e.Kind == Commitment {
		return otherwise
	}
	m := read(e.Text)
	m.stands = e.ReplyTo == "" && m.states()
	return m.manner(e.Kind)
}
