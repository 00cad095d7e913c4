package discussion

import (
	"slices"
	"testing"
	"time"
)

func TestRecognise(t *testing.T) {
	var (
		room   = Context{Questions: 6, Asked: 3}
		host   = Context{Questions: 6, Asked: 3, Host: true}
		thread = Context{Questions: 6, Asked: 3, Parent: &Parent{Question: 2}}
		own    = Context{Questions: 6, Asked: 3, Parent: &Parent{Kind: Answer, Questions: []int{2}, SameAuthor: true}}
		other  = Context{Questions: 6, Asked: 3, Parent: &Parent{Kind: Answer, Questions: []int{2}}}
		remark = Context{Questions: 6, Asked: 3, Parent: &Parent{Kind: Remark}}
		lost   = Context{Questions: 6, Asked: 3, Parent: &Parent{}}
		after  = Context{Questions: 6, Asked: 3, Last: &Last{Kind: Answer, Questions: []int{2}, Ago: 2 * time.Minute}}
		long   = Context{Questions: 6, Asked: 3, Last: &Last{Kind: Answer, Questions: []int{2}, Ago: time.Hour}}
	)
	var (
		out     = Context{Questions: 2, Asked: 1, Since: 3 * time.Minute, Author: habit{said: 1}, Wording: newWording([]Question{{Text: "How does a puzzle start a lesson?"}, {Text: "Which pictures surprise your class?"}})}
		second  = Context{Questions: 2, Asked: 2, Since: 3 * time.Minute, Author: habit{said: 1}, Wording: out.Wording}
		burst   = Context{Questions: 6, Asked: 3, Last: &Last{Kind: Answer, Questions: []int{2}, Ago: 20 * time.Second}}
		said    = Context{Questions: 6, Asked: 3, Last: &Last{Kind: Remark, Ago: 20 * time.Second}}
		free    = Context{Questions: 6, Asked: 1, Since: time.Minute, Author: habit{said: 1}, Room: custom{plain: 5}}
		newHere = Context{Questions: 6, Asked: 1, Since: time.Minute, Room: custom{labelled: 5}}
	)
	hosting, done, labels, fast := out, out, out, out
	hosting.Host = true
	done.Author.answered = 1 << 1
	labels.Author.labelled = 1
	fast.Since = 2 * time.Second
	freeNow := free
	freeNow.Room.labelled = 5
	newLater := newHere
	newLater.Asked = 2
	hostBurst := burst
	hostBurst.Host = true
	hostThread := thread
	hostThread.Host = true

	for _, tc := range []struct {
		name    string
		context Context
		text    string
		kind    Kind
		of      []int
	}{
		{"label", room, "A2: I start with a puzzle", Answer, []int{2}},
		{"label in Spanish", room, "R2: empiezo con un acertijo", Answer, []int{2}},
		{"late", room, "A1: I start with a puzzle", Answer, []int{1}},
		{"reading ahead", room, "A5: I start with a puzzle", Answer, []int{5}},
		{"reading ahead without a mark", room, "A5 I start with a puzzle", Answer, []int{5}},
		{"not one of the questions", room, "A7: I start with a puzzle", Remark, nil},
		{"two", room, "A1 and A2: I start with a puzzle", Answer, []int{1, 2}},
		{"two in one message, backwards", room, "A2: a puzzle\nA1: a song", Answer, []int{1, 2}},
		{"the same twice", room, "A2: a puzzle. A2: a song", Answer, []int{2}},
		{"label alone", room, "A2", Answer, []int{2}},
		{"label and a picture", room, "A2 https://example.org/p", Answer, []int{2}},
		{"last question", room, "Final A: a puzzle", Answer, []int{6}},
		{"last question, number not known", Context{Asked: 4}, "FQ: a puzzle", Answer, []int{4}},
		{"last question before any", Context{}, "FQ: a puzzle", Remark, nil},
		{"number of questions not known", Context{Asked: 8}, "A8: a puzzle", Answer, []int{8}},
		{"a host answers too", host, "A2: I start with a puzzle", Answer, []int{2}},
		{"a label in a rule", host, "How it works: A1: your answer", Remark, nil},

		{"question's label", room, "Q2. I start with a puzzle", Answer, []int{2}},
		{"question's label in Spanish", room, "P2: empiezo con un acertijo", Answer, []int{2}},
		{"question's label, a proposal", room, "Q2: What about a puzzle?", Answer, []int{2}},
		{"question's label, an answer that asks back", room, "Q2: A puzzle. Does it work for you?", Answer, []int{2}},
		{"question repeated", room, "Q2: What do you start with?", Remark, nil},
		{"question's label alone", room, "Q2", Remark, nil},
		{"question coming", room, "Q3 coming soon", Remark, nil},
		{"question coming, with a mark", room, "Q3: coming up in a minute", Remark, nil},
		{"question is up", room, "Q3 is up, everyone", Remark, nil},
		{"question praised", room, "Q3: great question", Remark, nil},
		{"question discussed", room, "Q3 is hard for me to say anything about", Remark, nil},
		{"pregunta que viene", room, "P3 viene en un momento", Remark, nil},
		{"question by a host", host, "Q3. What do you start with", Remark, nil},
		{"final question by a host", host, "FQ: What will you try?", Remark, nil},
		{"question coming by a host", host, "Q2 coming soon", Remark, nil},
		{"follow up by a host", host, "Follow up to Q2 and Q3: the survey is open", Remark, nil},
		{"on to the next", host, "On to Q2", Remark, nil},

		{"slip", room, "S2: a puzzle", Answer, []int{2}},
		{"slip of the shift key", room, "A! a puzzle", Answer, []int{1}},
		{"slip for a question not yet asked", room, "5A: a puzzle", Remark, nil},
		{"number, the question asked", room, "#3 a puzzle", Answer, []int{3}},
		{"number that ranks", room, "#1 reason is time", Remark, nil},
		{"number with a mark", room, "#1: a puzzle", Answer, []int{1}},
		{"list", room, "#1: time\n#2: money", Remark, nil},

		{"pointer", room, "What I said in A2 still holds", Remark, nil},
		{"nothing", room, "", Remark, nil},
		{"hello", room, "Hi all, Ana from Ohio, grade 4", Remark, nil},
		{"before any question", Context{Questions: 6}, "Hi all", Remark, nil},

		{"thread", thread, "I start with a puzzle", Answer, []int{2}},
		{"thread, addressed", thread, "@maria I start with a puzzle", Answer, []int{2}},
		{"thread, one word", thread, "Puzzles", Answer, []int{2}},
		{"thread, a link", thread, "https://example.org/puzzle", Answer, []int{2}},
		{"thread, yes", thread, "Yes, every week", Answer, []int{2}},
		{"thread, agreement that goes on", thread, "Absolutely, because children who puzzle remember what they found", Answer, []int{2}},
		{"thread, Spanish", thread, "Empiezo con un acertijo", Answer, []int{2}},
		{"thread, other label", thread, "A1: a song", Answer, []int{1}},
		{"thread, same label at the end", thread, "A puzzle. A2", Answer, []int{2}},
		{"thread, thanks", thread, "Thanks, Maria", Reply, []int{2}},
		{"thread, cheer", thread, "Love this question", Reply, []int{2}},
		{"thread, saved", thread, "Oh nice, saving this", Reply, []int{2}},
		{"thread, agreement", thread, "Same!", Reply, []int{2}},
		{"thread, emoji", thread, "👍👍", Reply, []int{2}},
		{"thread, asked back", thread, "What do you mean by start?", Reply, []int{2}},
		{"thread, gracias", thread, "¡Gracias, Maria!", Reply, []int{2}},
		{"thread, pregunta", thread, "¿Qué quieres decir con empezar?", Reply, []int{2}},
		{"thread, host", hostThread, "Think of last week", Reply, []int{2}},
		{"thread, host's answer", hostThread, "A2: a puzzle", Answer, []int{2}},

		{"own answer goes on", own, "And then we compare what we found", Answer, []int{2}},
		{"own answer goes on with another label", own, "A3: a song", Answer, []int{3}},
		{"own answer, a link", own, "https://example.org/puzzle", Answer, []int{2}},
		{"own answer, counted and addressed", own, "@joe 2/2 and then we compare", Answer, []int{2}},
		{"own answer, to somebody", own, "@joe it takes ten minutes", Reply, []int{2}},
		{"own answer, thanks", own, "Thank you all", Reply, []int{2}},
		{"own answer, emoji", own, "😀", Reply, []int{2}},

		{"reply", other, "How long does that take?", Reply, []int{2}},
		{"reply with praise and label", other, "@ana Ditto, exactly that. A2", Reply, []int{2}},
		{"reply led by a label, but only praise", other, "@ana A2 so true", Reply, []int{2}},
		{"reply about a label", other, "@ana A2 is what I see too in grade 4", Reply, []int{2}},
		{"reply with its label at the end", other, "@ana we do that every week. A2", Reply, []int{2}},
		{"answer put below another", other, "A2: I start with a song", Answer, []int{2}},
		{"answer to another question below another", other, "That reminds me of what we do in spring. A3", Answer, []int{3}},
		{"reply to a remark", remark, "Welcome, Ana", Reply, nil},
		{"answer below a remark", remark, "a puzzle. A2", Answer, []int{2}},
		{"reply to a message not known", lost, "I do that too", Reply, nil},
		{"label below a message not known", lost, "A6 cont'd. I do that too", Answer, []int{6}},

		{"marked continuation", after, "cont'd: and then we compare", Answer, []int{2}},
		{"counted continuation", after, "2/2 and then we compare", Answer, []int{2}},
		{"continuation counted at the end", after, "and then we compare (2/2)", Answer, []int{2}},
		{"dotted continuation", after, "…and then we compare", Answer, []int{2}},
		{"part two", after, "Part 2: and then we compare", Answer, []int{2}},
		{"parte dos", after, "Parte 2: y luego comparamos", Answer, []int{2}},
		{"a fraction", after, "2/3 of my class liked it", Remark, nil},
		{"first of two", after, "1/2 hello", Remark, nil},
		{"not marked", after, "By the way, hello Ana", Remark, nil},
		{"long after", long, "2/2 and then we compare", Remark, nil},

		{"right after", burst, "then we compare", Answer, []int{2}},
		{"right after, one word", burst, "always", Answer, []int{2}},
		{"right after, thanks", burst, "and thanks Ana", Remark, nil},
		{"right after, to somebody", burst, "@joe then we compare", Remark, nil},
		{"right after, about somebody's", burst, "that idea is gold", Remark, nil},
		{"right after, a question", burst, "so what do you do?", Remark, nil},
		{"right after, about a label", burst, "I said more in A1", Remark, nil},
		{"right after, leaving", burst, "the bus is here, bye", Remark, nil},
		{"right after a remark", said, "then we compare", Remark, nil},
		{"right after, host", hostBurst, "keep them coming", Remark, nil},

		{"plain, the question's words", out, "Our lesson has a puzzle at the door", Answer, []int{1}},
		{"plain, Spanish words do not meet", out, "Mi clase tiene un acertijo en la puerta", Remark, nil},
		{"plain, none of its words", out, "Something hangs on the door", Remark, nil},
		{"plain, host", hosting, "Our lesson has a puzzle at the door", Remark, nil},
		{"plain, answered already", done, "Our lesson has a puzzle at the door", Remark, nil},
		{"plain, by one who labels", labels, "Our lesson has a puzzle at the door", Answer, []int{1}},
		{"plain, one word, by one who labels", labels, "Our days have a puzzle at the door", Remark, nil},
		{"plain, faster than can be typed", fast, "Our days have a puzzle at the door", Remark, nil},
		{"plain, cheers", out, "Love the puzzle lesson that starts at the door", Remark, nil},
		{"plain, agrees", out, "I totally agree, a puzzle starts a lesson", Remark, nil},
		{"plain, points back", out, "That puzzle works at the door", Remark, nil},
		{"plain, to somebody", out, "@ana a puzzle starts our lesson", Remark, nil},
		{"plain, asks", out, "Does a puzzle start your lesson?", Remark, nil},
		{"plain, about a label", out, "My A1 said a puzzle starts our lesson", Remark, nil},
		{"plain, announces", out, "A webinar on how a puzzle starts a lesson is on Friday", Remark, nil},
		{"plain, an earlier question", second, "Puzzle first, lesson after, always", Answer, []int{1}},
		{"plain, where people do not label", free, "Something hangs on the door", Answer, []int{1}},
		{"plain, where they do", freeNow, "Something hangs on the door", Remark, nil},
		{"plain, a newcomer at the first question", newHere, "Something hangs on the door when they come in, and nobody may touch it", Answer, []int{1}},
		{"plain, a newcomer later", newLater, "Something hangs on the door when they come in, and nobody may touch it", Remark, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			v := Recognise(tc.text, tc.context)
			if v.Kind != tc.kind || !slices.Equal(v.Questions, tc.of) {
				t.Errorf("%q: got %s %v (%s), want %s %v", tc.text, v.Kind, v.Questions, v.Reason, tc.kind, tc.of)
			}
		})
	}
}

func BenchmarkRecognise(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Recognise("#SciChat A2: I start with a puzzle, and then we compare what we found. https://example.org/puzzle", Context{Questions: 6, Asked: 3})
	}
}
