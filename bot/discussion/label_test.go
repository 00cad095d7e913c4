package discussion

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// claimed gives the labels that count in a text as "A1 Q2 A*", slips with a ~.
func claimed(text string) string {
	s := newLabelScanner(text)
	var out []string
	for _, l := range s.claims(s.all()) {
		name := "A"
		if l.form == formQuestion {
			name = "Q"
		}
		if l.number == lastQuestion {
			name += "*"
		} else {
			name += fmt.Sprint(l.number)
		}
		if l.slip {
			name += "~"
		}
		out = append(out, name)
	}
	return strings.Join(out, " ")
}

func TestLabels(t *testing.T) {
	for _, tc := range []struct{ text, want string }{
		// At the head, with every mark people put behind.
		{"A1 Sketches first", "A1"},
		{"A1: Sketches first", "A1"},
		{"A1. Sketches first", "A1"},
		{"A1) Sketches first", "A1"},
		{"A1- Sketches first", "A1"},
		{"A1 - Sketches first", "A1"},
		{"A1 – Sketches first", "A1"},
		{"A4; Sketches first", "A4"},
		{"A1, Sketches first", "A1"},
		{"A1… Sketches first", "A1"},
		{"A1/ Sketches first", "A1"},
		{"A1:Sketches first", "A1"},
		{"A1.Sketches first", "A1"},
		{"A1\nSketches first", "A1"},
		{"A1\u00a0Sketches first", "A1"},
		{"a1 sketches first", "A1"},
		{"a1: sketches first", "A1"},
		{"A12 Sketches first", "A12"},
		{"A01: Sketches first", "A1"},
		{"(A1) Sketches first", "A1"},
		{"[A1] Sketches first", "A1"},
		{"**A1:** Sketches first", "A1"},
		{"_A1_ Sketches first", "A1"},
		{"__A1:__ Sketches first", "A1"},
		{"*A1* Sketches first", "A1"},
		{"“A1: Sketches first", "A1"},
		{"A1 “Sketches” first", "A1"},
		{"A1 😀 Sketches", "A1"},
		{"A1😀 Sketches", "A1"},
		{"😀 A1 Sketches", "A1"},
		{":wave: A1 Sketches", "A1"},
		{":wave::skin-tone-2: A1: Sketches", "A1"},
		{"\u200bA1 Sketches", "A1"},
		{"\u202aA1\u202c Sketches", "A1"},
		{"A1", "A1"},
		{"A1 https://example.org/b", "A1"},
		{"🅰️1 Sketches", "A1"},
		{"🅰1️⃣ Sketches", "A1"},
		{"A1️⃣ Sketches", "A1"},
		{"A1Sketches first", "A1~"},

		// After tags, mentions and links.
		{"#SciChat A2 Sketches", "A2"},
		{"#SciChat #A2 Sketches", "A2"},
		{"#A2: Sketches", "A2"},
		{"@maria A2 Sketches", "A2"},
		{"<@U024BE7LH> A2: Sketches", "A2"},
		{"<#C024BE7LR|scichat> A2: Sketches", "A2"},
		{".@maria @joe.k #SciChat - A2: Sketches", "A2"},
		{"https://example.org/a3 A2: Sketches", "A2"},
		{"<https://example.org/a3|my page> A2: Sketches", "A2"},

		// Parts and asides.
		{"A1a Sketches", "A1"},
		{"A1b: Sketches", "A1"},
		{"A1B: Sketches", "A1"},
		{"A1.5 Sketches", "A1"},
		{"A1.5: Sketches", "A1"},
		{"A1ish Sketches", "A1"},
		{"A6 cont'd Sketches", "A6"},
		{"A6 (cont) Sketches", "A6"},
		{"A2 part 2: Sketches", "A2"},
		{"A2 1/2 Sketches", "A2"},
		{"A2 (2/2) Sketches", "A2"},
		{"A3 ideas 1&2 of the list", "A3"},

		// Slips and short ways.
		{"A! Sketches first", "A1~"},
		{"A@ Sketches first", "A2~"},
		{"A#: Sketches first", "A3~"},
		{"S2: Sketches first", "A2~"},
		{"S2 Sketches first", "A2~"},
		{"3A: Sketches first", "A3~"},
		{"3A Sketches first", "A3~"},
		{"#6 Sketches first", "A6~"},
		{"#6: sketches first", "A6~"},
		{"A 2: Sketches", "A2"},
		{"A-2: Sketches", "A2"},
		{"A.2: Sketches", "A2"},
		{"A#2: Sketches", "A2"},
		{"Answer 2: Sketches", "A2"},
		{"Answer2: Sketches", "A2"},
		{"Answer #2 Sketches", "A2"},
		{"Ans. 2 Sketches", "A2"},
		{"FQ: Sketches", "Q*"},
		{"FQ Sketches", "Q*"},
		{"Final A Sketches", "A*"},
		{"Final A: sketches", "A*"},
		{"Final A #SciChat\nSketches", "A*"},
		{"Final Q: Sketches", "Q*"},
		{"Final answer: Sketches", "A*"},
		{"Last A - Sketches", "A*"},
		{"FA: Sketches", "A*"},

		// People who answer with the question's label.
		{"Q3. I start from a puzzle", "Q3"},
		{"Q3 I start from a puzzle", "Q3"},
		{"Q3: I start from a puzzle", "Q3"},
		{"q3 everything starts from a puzzle", "Q3"},
		{"Question 3: I start from a puzzle", "Q3"},
		{"Q3/A3: I start from a puzzle", "Q3"},
		{"Q3: Why? A3: Because", "Q3 A3"},
		{"Answering Q2: Sketches", "Q2"},
		{"My answer to Q2 is sketches", "Q2"},
		{"In response to Q2, sketches", "Q2"},
		{"For Q2 I use sketches", "Q2"},
		{"Back to Q2: sketches", "Q2"},
		{"Re: Q2 - sketches", "Q2"},
		{"answer to question 2: sketches", "Q2"},

		// Words that only lead up to the label.
		{"Hi all! A1: Sketches", "A1"},
		{"Hello everyone, A1 Sketches", "A1"},
		{"Late, but A2: Sketches", "A2"},
		{"Sorry I'm late! A1 Sketches", "A1"},
		{"Catching up, A2 Sketches", "A2"},
		{"Here's my A2: sketches", "A2"},
		{"My A2: sketches", "A2"},
		{"Final A4: sketches", "A4"},
		{"For A2 I use sketches", "A2"},
		{"Late to the party after a long day. A1: Sketches", "A1"},
		{"Late to the party after a long day! A1 Sketches", "A1"},
		{"Two kids, one dog, and finally my A1: Sketches", "A1"},

		{"One more on Q2: sketches", "Q2"},
		{"One more for A2: sketches", "A2"},
		{"Late with this: A2, sketches", "A2"},
		{"Correction to A2: sketches", "A2"},
		{"R.3 con bocetos", "A3"},
		{"A-1 sketches", "A1"},
		{"P.3 of the book", ""},

		// Several.
		{"A1 and A2: Sketches", "A1 A2"},
		{"A1 & A2 Sketches", "A1 A2"},
		{"A1/A2: Sketches", "A1 A2"},
		{"A1/2: Sketches", "A1 A2"},
		{"A1&2 Sketches", "A1 A2"},
		{"A1, A2, and A3", "A1 A2"},
		{"A1, A2, A3: Sketches", "A1 A2 A3"},
		{"A1-A3: Sketches", "A1 A2 A3"},
		{"A1 + A2 Sketches", "A1 A2"},
		{"R1 y R2: bocetos", "A1 A2"},
		{"A1: Sketches.\nA2: Graphs.", "A1 A2"},
		{"A1 and 2: Sketches", "A1 A2"},
		{"A1, 2: Sketches", "A1 A2"},
		{"A1-3: Sketches", "A1 A2 A3"},
		{"R1 y 2: bocetos", "A1 A2"},
		{"A1 and 2 of my friends", "A1"},
		{"A1: sketches A2: graphs", "A1 A2"},
		{"Just found the chat. A1 sketches. A2 graphs. A3 I rest", "A1 A2 A3"},
		{"A2 sketches. A1 graphs", "A2 A1"},
		{"Just found the chat. A1 sketches. A5 graphs", ""},
		{"A1 sketches. A2 was hard to say", "A1"},
		{"Sketches. A1 was lovely. A2 was too", ""},
		{"A1: Sketches. A2: Graphs.", "A1 A2"},
		{"Catching up on my phone:\nA1 Sketches\nA2 Graphs", "A1 A2"},
		{"Q1: sketches\nQ2: graphs", "Q1 Q2"},

		// At the end.
		{"Sketches first, always. A1", "A1"},
		{"Sketches first, always. a1", "A1"},
		{"Sketches first #SciChat A1", "A1"},
		{"Sketches first #SciChat #A1", "A1"},
		{"Sketches first! A1 #SciChat https://example.org/1", "A1"},
		{"Sketches first (A1)", "A1"},
		{"Sketches first - A1", "A1"},
		{"Sketches first\nA1", "A1"},
		{"Sketches come first A1", "A1"},
		{"Sketches come first A1 😀", "A1"},
		{"Los bocetos primero. R1 #SciChat", "A1"},

		{"Sketches are not a reward. Final A", "A*"},
		{"Sketches first. Answer 2", "A2"},

		// Spanish.
		{"R2 Primero un dibujo", "A2"},
		{"R2: primero un dibujo", "A2"},
		{"r2. primero un dibujo", "A2"},
		{"P2. Primero un dibujo", "Q2"},
		{"P2 Primero un dibujo", "Q2"},
		{"Respuesta 2: un dibujo", "A2"},
		{"Pregunta 2: un dibujo", "Q2"},
		{"Respuesta a la pregunta 2: un dibujo", "Q2"},
		{"Hola a todos, R2: un dibujo", "A2"},
		{"Aquí va mi R2: un dibujo", "A2"},
		{"Para R2 uso un dibujo", "A2"},
		{"RF: un dibujo", "A*"},
		{"Respuesta final: un dibujo", "A*"},
		{"Última R: un dibujo", "A*"},

		// In the middle a label points at something.
		{"One more thought on my A1 idea of sketches", ""},
		{"As I said in A2 sketches come first", ""},
		{"I already wrote that for Q2", ""},
		{"Loved your A1!", ""},
		{"Great A1 @maria", ""},
		{"See @maria A1", ""},
		{"See my A1.", ""},
		{"In my A1 I said sketches", ""},
		{"I agree with A2", ""},
		{"Lo dije en mi R1", ""},
		{"La R2 de Ana me gusta", ""},
		{"A3: Most of it I have said already in A2", "A3"},
		{"A3: same as my A1 #SciChat", "A3"},
		{"A2 Going on from A1: sketches", "A2"},
		{"What does everyone think of Q1 and Q2 so far?", ""},
		{"Follow up to Q2 and Q3", ""},
		{"Please start with A1, A2 and so on", ""},
		{"That Q1 was hard", ""},

		// Not labels at all.
		{"", ""},
		{"Sketches first", ""},
		{"AA12 batteries", ""},
		{"A123 is a room", ""},
		{"A1C is a blood test", ""},
		{"My doctor checked my A1c", ""},
		{"He has a high A1c", ""},
		{"A4 paper is what we fold", ""},
		{"A4-sized posters", ""},
		{"We print it on A4", ""},
		{"The printer was out of A4.", ""},
		{"A2 level Spanish is what they reach", ""},
		{"A+ for effort", ""},
		{"Great chat. Final A+ for all", ""},
		{"Just type A1", ""},
		{"Escriban R1", ""},
		{"A 5 year old can do it", ""},
		{"A* grades for everyone", ""},
		{"A1's idea", ""},
		{"A0: hello from Ohio", ""},
		{"A99: hello", ""},
		{"A1? which one is that", "A1"},
		{"@A1 are you there", ""},
		{"https://example.org/A1", ""},
		{"https://example.org/?q=A1 is it", ""},
		{"example.org/A1", ""},
		{"www.example.org/A1 A2", "A2"},
		{"mail a1@example.org", ""},
		{"ana@a1.org", ""},
		{"pre-A1 learners", ""},
		{"P2 kids loved it", ""},
		{"s2 was better", ""},
		{"3rd graders", ""},
		{"3a classes a week", ""},
		{"FA gives teachers a way in", ""},
		{"Final question for today is a good one", ""},
		{"Final thoughts: sketches", ""},
		{"1) Sketches 2) Graphs", ""},
		{"#1 Sketches\n#2 Graphs", ""},
		{"#21stCentury skills", ""},
		{"unit_A1 is done", ""},
		{"#unit_A1 is done", ""},
		{"R2D2 is a robot", ""},
		{"Q&A at 8", ""},
		{"> A1: somebody else's words\nI see that too", ""},
		{">>> A1: somebody else's words\nand more", ""},
		{"> A1: their words\nA2: mine", "A2"},
	} {
		if got := claimed(tc.text); got != tc.want {
			t.Errorf("%q: got %q, want %q", tc.text, got, tc.want)
		}
	}
}

func TestLabelPositions(t *testing.T) {
	const text = "Hola, R2 y R3: ¡sí! A1.5: también"
	var got []string
	for _, l := range findLabels(text) {
		got = append(got, text[l.start:l.end])
	}
	if want := []string{"R2", "R3", "A1.5"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// checkLabels fails unless the labels of a text lie in it, in order.
func checkLabels(t *testing.T, text string) {
	t.Helper()
	s := newLabelScanner(text)
	end := 0
	for _, p := range s.pieces {
		if p.start < end || p.end <= p.start || p.end > len(text) {
			t.Fatalf("%q: piece at %d to %d after %d", text, p.start, p.end, end)
		}
		end = p.end
	}
	labels := s.all()
	first := 0
	for _, l := range labels {
		number := l.number == lastQuestion || l.number >= 1 && l.number <= maxQuestions
		if l.start < 0 || l.end <= l.start || l.end > len(text) || !number ||
			l.first < first || l.next <= l.first || l.next > len(s.pieces) {
			t.Fatalf("%q: label %+v after piece %d", text, l, first)
		}
		if utf8.ValidString(text) && !utf8.ValidString(text[l.start:l.end]) {
			t.Fatalf("%q: label %+v cuts a character", text, l)
		}
		first = l.first
	}
	if claims := s.claims(labels); len(claims) > len(labels) {
		t.Fatalf("%q: %d claims of %d labels", text, len(claims), len(labels))
	}
}

func FuzzLabels(f *testing.F) {
	for _, text := range []string{
		"A1: Sketches. A2: Graphs #SciChat A3", "🅰️1 <@U1> https://example.org/a1 @A1 a1@example.org :wave:",
		"Final A4/A5&6 - Q1. P2 R3 #6 A! 3A S2: FQ: > A1\n> b", "A1-A50: 2/3 of \xff A1\u200d",
	} {
		f.Add(text, 1, true)
	}
	f.Fuzz(func(t *testing.T, text string, asked int, host bool) {
		checkLabels(t, text)
		for _, c := range []Context{
			{Questions: 6, Asked: asked, Host: host},
			{Asked: asked, Host: host, Parent: &Parent{Question: 2}},
			{Questions: 6, Asked: asked, Parent: &Parent{Kind: Answer, Questions: []int{1}, SameAuthor: host}},
			{Questions: 6, Asked: 2, Last: &Last{Kind: Answer, Questions: []int{2}}},
			{Questions: 6, Asked: asked, Wording: newWording([]Question{{Text: text}})},
		} {
			v := Recognise(text, c)
			if v.Kind == Answer && len(v.Questions) == 0 || v.Reason == "" || !slices.IsSorted(v.Questions) {
				t.Fatalf("%q, %+v: got %+v", text, c, v)
			}
			for _, n := range v.Questions {
				if n < 1 || c.Questions > 0 && n > c.Questions {
					t.Fatalf("%q, %+v: got %+v", text, c, v)
				}
			}
		}
	})
}

// Text that makes a scanner start over is read in one pass all the same: 64 times
// the text takes about 64 times as long, where starting over would take 4,096. A
// busy machine may spoil a measurement, so any of several may show it.
func TestRecogniseLinear(t *testing.T) {
	const size, times, tries = 4 << 10, 64, 5
	took := func(text string) time.Duration {
		best := time.Hour
		for range 3 {
			begin := time.Now()
			Recognise(text, Context{Questions: 6, Asked: 3, Last: &Last{Kind: Answer, Questions: []int{1}}})
			best = min(best, time.Since(begin))
		}
		return best
	}
	for _, unit := range []string{"A1 ", "A1", "A1/", "a", "'", "<@", "<h", "@", "#", ":a", "https://", "a@", "\u200b", "a\u200b", "(", "> ", "\n> ", "A1 and ", "Hi ", "Final ", "…", "1/", "\xff"} {
		text := strings.Repeat(unit, size/len(unit))
		linear := false
		var small, large time.Duration
		for try := 0; try < tries && !linear; try++ {
			small, large = took(text), took(strings.Repeat(text, times))
			linear = large < times*16*max(small, 10*time.Microsecond)
		}
		if !linear {
			t.Errorf("%q: %d bytes take %v, %d times as many %v", unit, len(text), small, times, large)
		}
	}
}
