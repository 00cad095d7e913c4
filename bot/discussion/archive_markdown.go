package discussion

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// deepest is how far replies to replies are indented.
const deepest = 4

// Markdown is the archive for people (CommonMark). What members typed shows as
// they typed it and is never markup.
func (a Archive) Markdown(words bot.Words, language string) []byte {
	w := markdownWriter{archive: a.withPlaces(), words: words, language: language, loc: time.UTC}
	if loc, err := time.LoadLocation(a.Zone); err == nil {
		w.loc = loc
	}
	w.index()
	w.head()
	for _, q := range a.Questions {
		w.section("chat.archive.question", bot.Num("n", q.Number), bot.Str("text", escapeMarkdown(q.Text)))
		if q.Image != "" {
			fmt.Fprintf(&w.out, "\n<%s>\n", q.Image)
		}
		for _, i := range w.answers[q.Number] {
			w.thread(i, 0)
		}
	}
	w.commitments()
	w.rest()
	return []byte(w.out.String())
}

// withPlaces adds the places of messages that are left out and were replied to, in
// order.
func (a Archive) withPlaces() Archive {
	if len(a.left) == 0 {
		return a
	}
	replied := map[string]bool{}
	for _, m := range a.Messages {
		replied[m.ReplyTo] = true
	}
	a.Messages = slices.Clone(a.Messages)
	for _, m := range slices.Backward(a.left) {
		if replied[m.ID] {
			replied[m.ReplyTo] = true
			a.Messages = append(a.Messages, m)
		}
	}
	slices.SortStableFunc(a.Messages, func(a, b ArchivedMessage) int { return a.At.Compare(b.At) })
	return a
}

// markdownWriter writes one archive. Messages are named by their place in it.
type markdownWriter struct {
	archive  Archive // with the places of deleted messages that have replies
	words    bot.Words
	language string
	loc      *time.Location
	answers  map[int][]int    // question → answers
	replies  map[string][]int // message → replies
	byID     map[string]int
	shown    []bool
	out      strings.Builder
}

func (w *markdownWriter) index() {
	w.answers, w.replies, w.byID = map[int][]int{}, map[string][]int{}, map[string]int{}
	w.shown = make([]bool, len(w.archive.Messages))
	for i, m := range w.archive.Messages {
		w.byID[m.ID] = i
		switch m.Kind {
		case Answer:
			for _, q := range m.Questions {
				w.answers[q] = append(w.answers[q], i)
			}
		case Reply:
			w.replies[m.ReplyTo] = append(w.replies[m.ReplyTo], i)
		}
	}
}

func (w *markdownWriter) text(key bot.Key, args ...bot.Arg) string {
	return w.words.Text(w.language, key, args...).String()
}

func (w *markdownWriter) head() {
	a := w.archive
	heading := a.Title
	if a.Tag != "" {
		heading = a.Tag + ": " + heading
	}
	facts := []string{
		a.Start.In(w.loc).Format("2006-01-02 15:04 MST"),
		w.text("chat.archive.people", bot.Count("people", len(a.Participants))),
	}
	if len(a.Places) > 0 {
		facts = append(facts, w.text("chat.archive.places", bot.Str("places", escapeMarkdown(strings.Join(a.Places, ", ")))))
	}
	if len(a.Hosts) > 0 {
		facts = append(facts, w.text("chat.archive.hosts", bot.Str("hosts", escapeMarkdown(strings.Join(a.Hosts, ", ")))))
	}
	fmt.Fprintf(&w.out, "# %s\n\n%s\n", escapeMarkdown(heading), strings.Join(facts, " · "))
}

func (w *markdownWriter) section(key bot.Key, args ...bot.Arg) {
	// A heading is one line.
	fmt.Fprintf(&w.out, "\n## %s\n", strings.ReplaceAll(w.text(key, args...), "\n", " "))
}

// commitments writes what people will try, and what came of it.
func (w *markdownWriter) commitments() {
	for i, c := range w.archive.Commitments {
		if i == 0 {
			w.section("chat.archive.commitments")
		}
		fmt.Fprintf(&w.out, "\n- **%s** — %s\n", escapeMarkdown(w.named(c.Author)), w.indented(c.Text, "  "))
		if c.Outcome != "" {
			fmt.Fprintf(&w.out, "\n  %s\n", w.indented(w.text("chat.archive.outcome", bot.Str("text", c.Outcome)), "  "))
		}
	}
}

// indented is text with its further lines as far in as the first.
func (w *markdownWriter) indented(text, indent string) string {
	return strings.ReplaceAll(escapeMarkdown(text), "\n", "  \n"+indent)
}

// named is a name, or what stands for one.
func (w *markdownWriter) named(author string) string {
	if author == "" {
		return w.text("chat.archive.unnamed")
	}
	return author
}

// rest writes what stands under no question. Replies to what is shown have been
// written with it; of the others, those that reply to one another stay together.
func (w *markdownWriter) rest() {
	begun := false
	for i, m := range w.archive.Messages {
		if w.shown[i] || m.Kind == Reply && w.comesLater(m.ReplyTo) {
			continue
		}
		if !begun {
			w.section("chat.archive.rest")
			begun = true
		}
		w.thread(i, 0)
	}
	// What is left replies in a circle, or to a message that came after it.
	for i := range w.archive.Messages {
		if !w.shown[i] {
			w.thread(i, 0)
		}
	}
}

// comesLater reports whether the message will be shown, with its replies, after
// those that are shown now.
func (w *markdownWriter) comesLater(id string) bool {
	i, ok := w.byID[id]
	return ok && !w.shown[i]
}

// thread writes a message and the replies to it. An answer to several questions
// stands under each, its replies under the first.
func (w *markdownWriter) thread(i, depth int) {
	m := w.archive.Messages[i]
	indent := strings.Repeat("  ", min(depth, deepest))
	if m.withheld {
		fmt.Fprintf(&w.out, "\n%s- %s\n", indent, w.text("chat.archive.withheld"))
	} else if m.Author == "" && m.Text == "" {
		fmt.Fprintf(&w.out, "\n%s- %s\n", indent, w.text("chat.archive.deleted"))
	} else {
		text := w.indented(m.Text, indent+"  ")
		author := w.named(m.Author)
		if m.Place != "" {
			author += " · " + m.Place
		}
		fmt.Fprintf(&w.out, "\n%s- **%s** %s — %s\n", indent, escapeMarkdown(author), m.At.In(w.loc).Format("15:04"), text)
	}
	if w.shown[i] {
		return
	}
	w.shown[i] = true
	for _, r := range w.replies[m.ID] {
		if !w.shown[r] {
			w.thread(r, depth+1)
		}
	}
}

// escapeMarkdown makes text stand for itself in CommonMark: ASCII punctuation
// that can be markup gets a backslash, and so does the mark of a numbered list
// at the beginning of a line.
// https://spec.commonmark.org/0.31.2/#backslash-escapes
func escapeMarkdown(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	s = strings.TrimSpace(s)
	begin := false   // of a line but the first: blanks there could make it code
	numbered := true // only digits so far on this line
	for _, r := range s {
		switch {
		case r == '\n':
			begin, numbered = true, true
			b.WriteRune(r)
			continue
		case begin && (r == ' ' || r == '\t'):
			continue
		case r < ' ' && r != '\t' || r == 0x7f || isBidiControl(r):
			continue
		case strings.ContainsRune("\\`*_{}[]<>#+-!|~&=", r), numbered && (r == '.' || r == ')'):
			b.WriteByte('\\')
		}
		b.WriteRune(r)
		begin, numbered = false, numbered && r >= '0' && r <= '9'
	}
	return b.String()
}

// isBidiControl tells the characters that could make text read backwards.
// https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters
func isBidiControl(r rune) bool {
	return r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}
