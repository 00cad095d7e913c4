package discussion

import (
	"math/bits"
	"slices"
	"strings"
	"unicode/utf8"
)

// wording tells which words are those of which question of a script, so that a
// message which takes up a question's words is known by them: for the root of each
// word that carries meaning, a bit for each question that has it, bit 1 for the
// first. What is the topic of the whole chat tells nothing, and is not in it.
type wording map[string]uint64

func newWording(questions []Question) wording {
	w := wording{}
	for i, q := range questions {
		text := readable(q.Text)
		for _, p := range lex(text) {
			if p.kind == wordPiece {
				if r := root(text[p.start:p.end]); r != "" {
					w[r] |= 1 << (i + 1)
				}
			}
		}
	}
	for r, has := range w {
		if bits.OnesCount64(has) > max(1, len(questions)/topicShare) {
			delete(w, r)
		}
	}
	return w
}

// topicShare: a word that more than one of so many questions have is the topic of
// the chat.
const topicShare = 3

// rootLetters is how many letters stand for a word and its forms, in English and in
// Spanish: grade, grades, graded; sorpresa, sorpresas.
const rootLetters = 5

// root gives what stands for a word and its forms, "" for one that carries no
// meaning which a question and its answers could share.
func root(word string) string {
	word = strings.ToLower(word)
	if i := strings.IndexAny(word, "'’"); i >= 0 {
		word = word[:i]
	}
	if emptyWords[word] || utf8.RuneCountInString(word) < 3 {
		return ""
	}
	n := 0
	for i := range word {
		if n == rootLetters {
			return word[:i]
		}
		n++
	}
	return strings.TrimSuffix(word, "s")
}

// echoes counts for each question the words of its own that the message takes up,
// each once.
func (m message) echoes(w wording) (count [maxQuestions + 1]uint8) {
	if len(w) == 0 {
		return count
	}
	var several [8]string
	seen := several[:0]
	for _, i := range m.words {
		r := root(m.raw(i))
		has := w[r]
		if has == 0 || slices.Contains(seen, r) {
			continue
		}
		seen = append(seen, r)
		for ; has != 0; has &= has - 1 {
			count[bits.TrailingZeros64(has)]++
		}
	}
	return count
}
