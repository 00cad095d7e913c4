package discussion

import (
	"slices"
	"strings"
	"time"
)

// Kind says what a message of a discussion is.
type Kind string

// The kinds of message.
const (
	Answer Kind = "answer" // answers one or more questions
	Reply  Kind = "reply"  // speaks to somebody's message
	Remark Kind = "remark" // everything else: greetings, notices, asides

	// Commitment is what somebody will try, as they have shared it. No message is one.
	Commitment Kind = "commitment"
)

// Context is what is known when a message is filed. It holds nothing that was
// said later, so filing needs no waiting and an edit files anew with the same
// Context.
type Context struct {
	Questions int     // how many the script has; 0: not known
	Asked     int     // number of the question asked last; 0: none yet
	Host      bool    // the author is a host of this discussion
	Parent    *Parent // what the message replies to; nil: nothing
	Last      *Last   // the author's own message before this one; nil: none

	Since   time.Duration // since the question asked last was put
	Wording wording       // of the questions
	Author  habit         // how the author has answered so far
	Room    custom        // and everybody but the hosts
}

// Parent is the message replied to, or at the root of the thread the message is
// in. The zero Parent is a message about which nothing is known.
type Parent struct {
	Question   int   // it is question n itself; 0: it is a message
	Kind       Kind  // what it was filed as
	Questions  []int // what it was filed under
	SameAuthor bool  // whoever replies wrote it
}

// unknown reports whether there is a message of which nothing is known.
func (p *Parent) unknown() bool { return p != nil && p.Question == 0 && p.Kind == "" }

// Last is the author's own message before the one being filed.
type Last struct {
	Kind      Kind
	Questions []int
	Ago       time.Duration
}

// Verdict says what a message is.
type Verdict struct {
	Kind Kind

	// Questions are the numbers, rising, of the questions answered, or for a
	// reply those its parent is about, if known.
	Questions []int

	Reason string // label, thread, continuation, burst, plain, reply or none: by what it was recognised

	manner manner // of the text
}

// continuationWindow is how long a message such as "2/2 …" outside any thread
// goes on with its author's answer.
const continuationWindow = 5 * time.Minute

// Recognise tells what a message is from its text and from what came before.
//
// In this order: a label that says what the text answers; the question's thread;
// a reply to one's own answer, which continues it; any other reply; a message that
// is marked as continuing one's own answer, or comes right after it; a statement
// that plainly answers the question that is out. The rest is a remark. A host's
// message about a question ("Q2 is up next") is a remark too.
//
// docs/recognition.md tells the rules in words.
func Recognise(text string, c Context) Verdict {
	m := read(text)
	m.stands = c.Parent == nil && m.states()
	v := m.judge(c)
	v.manner = m.manner(v.Kind)
	return v
}

func (m message) judge(c Context) Verdict {
	if questions := m.claimed(c); len(questions) > 0 {
		if m.answersColleague(c.Parent, questions) {
			return Verdict{Kind: Reply, Questions: c.Parent.Questions, Reason: "reply"}
		}
		return Verdict{Kind: Answer, Questions: questions, Reason: "label"}
	}
	if c.Parent != nil {
		return m.below(*c.Parent, c.Host)
	}
	if l := c.Last; l != nil && l.Kind == Answer && l.Ago <= continuationWindow && m.continues() {
		return Verdict{Kind: Answer, Questions: l.Questions, Reason: "continuation"}
	}
	if l := c.Last; l != nil && l.Kind == Answer && l.Ago <= burst && !c.Host && m.goesOn() {
		return Verdict{Kind: Answer, Questions: l.Questions, Reason: "burst"}
	}
	if n := m.plainly(c); n > 0 {
		return Verdict{Kind: Answer, Questions: []int{n}, Reason: "plain"}
	}
	return Verdict{Kind: Remark, Reason: "none"}
}

// What is read of a long message: its beginning and its end, where labels stand.
const (
	readBegin = 3000
	readEnd   = 500
)

// readable bounds the work that one message can make.
func readable(text string) string {
	if len(text) <= readBegin+readEnd {
		return text
	}
	return strings.ToValidUTF8(text[:readBegin], "") + "\n" + strings.ToValidUTF8(text[len(text)-readEnd:], "")
}

// below judges a message without a label by what it replies to.
func (m message) below(p Parent, host bool) Verdict {
	reply := Verdict{Kind: Reply, Questions: p.Questions, Reason: "reply"}
	switch {
	case p.Question > 0:
		reply.Questions = []int{p.Question}
		if host || !m.says() || m.acknowledges() || m.asks() {
			return reply
		}
		return Verdict{Kind: Answer, Questions: reply.Questions, Reason: "thread"}
	case p.SameAuthor && p.Kind == Answer:
		if m.continues() || !m.speaksTo() && m.says() && !m.acknowledges() {
			return Verdict{Kind: Answer, Questions: p.Questions, Reason: "continuation"}
		}
	}
	return reply
}

// claimed gives the numbers of the questions that the labels claim, if they can
// be meant.
func (m message) claimed(c Context) []int {
	var numbers []int
	for _, l := range m.claims {
		if l.form == formQuestion && (c.Host || m.announces(l) || m.asks()) || l.place == placeInner && c.Host {
			continue
		}
		n := l.number
		if n == lastQuestion {
			n = c.Questions
			if n == 0 {
				n = c.Asked
			}
		}
		switch {
		case n < 1 || c.Questions > 0 && n > c.Questions:
		case l.slip && n > c.Asked: // an odd form of a number not yet asked is something else
		case l.bare && !l.delim && n != c.Asked: // "#1 reason"
		default:
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	return slices.Compact(numbers)
}

// answersColleague tells whether a message with a label is still a reply to
// somebody else's: it says no more than "Same", it speaks about the label ("A1 is
// so true"), or its label stands at the end and names the question that the other
// message is about.
func (m message) answersColleague(p *Parent, questions []int) bool {
	if p == nil || p.SameAuthor || p.Question > 0 || p.Kind != Answer && p.Kind != Reply {
		return false
	}
	last := m.claims[len(m.claims)-1]
	if m.acknowledges() || !last.delim && last.next < len(m.pieces) && aboutWords[m.word(last.next)] {
		return true
	}
	if last.place != placeTrail {
		return false
	}
	return !slices.ContainsFunc(questions, func(n int) bool { return !slices.Contains(p.Questions, n) })
}
