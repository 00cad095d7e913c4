package discussion

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/staffroom-bot/staffroom/bot"
)

// writeMarkdown writes the archive for people, as CommonMark. What members typed shows
// as they typed it and is never markup.
func (a Archive) writeMarkdown(out io.Writer, words bot.Words, language string) error {
	w := markdownWriter{newOutline(a, words, language), bufio.NewWriter(out)}
	w.head()
	w.highlights()
	for _, q := range w.archive.Questions {
		w.section("chat.archive.question", bot.Num("n", q.Number), bot.Str("text", escapeMarkdown(q.Text)))
		if q.Image != "" {
			w.printf("\n<%s>\n", q.Image)
		}
		w.question(q.Number, w.message)
	}
	w.commitments()
	begun := false
	w.rest(func(l line) {
		if !begun {
			w.section("chat.archive.rest")
			begun = true
		}
		w.message(l)
	})
	w.links()
	return w.out.Flush()
}

// markdownWriter writes one archive.
type markdownWriter struct {
	*outline
	out *bufio.Writer // which keeps the first error
}

func (w *markdownWriter) printf(format string, args ...any) {
	_, _ = fmt.Fprintf(w.out, format, args...)
}

func (w *markdownWriter) head() {
	escaped := func(names ...string) string { return escapeMarkdown(strings.Join(names, ", ")) }
	w.printf("# %s\n\n%s\n\n%s\n", escapeMarkdown(w.archive.heading()), strings.Join(w.facts(escaped), " · "), w.audience())
}

func (w *markdownWriter) section(key bot.Key, args ...bot.Arg) {
	// A heading is one line.
	w.printf("\n## %s\n", strings.ReplaceAll(w.text(key, args...), "\n", " "))
}

// highlights writes what the hosts have picked.
func (w *markdownWriter) highlights() {
	for n, i := range w.outline.highlights() {
		if n == 0 {
			w.section("chat.archive.picked")
		}
		m := &w.archive.Messages[i]
		w.printf("\n- **%s** %s — %s\n", escapeMarkdown(w.named(m.Author)),
			w.text("chat.archive.to", bot.Str("n", numbers(m.Questions))), w.indented(m.Text, "  "))
	}
}

// links writes what was linked to.
func (w *markdownWriter) links() {
	for i, l := range w.archive.Links {
		if i == 0 {
			w.section("chat.archive.links")
			w.printf("\n")
		}
		w.printf("- <%s> · %s %s\n", strings.NewReplacer("<", "%3C", ">", "%3E", "\\", "%5C").Replace(l.URL), escapeMarkdown(w.named(l.Author)),
			w.text("chat.archive.to", bot.Str("n", numbers(l.Questions))))
	}
}

// commitments writes what people will try, and what came of it.
func (w *markdownWriter) commitments() {
	for i, c := range w.archive.Commitments {
		if i == 0 {
			w.section("chat.archive.commitments")
		}
		w.printf("\n- **%s** — %s\n", escapeMarkdown(w.named(c.Author)), w.indented(c.Text, "  "))
		if c.Outcome != "" {
			w.printf("\n  %s\n", w.indented(w.text("chat.archive.outcome", bot.Str("text", c.Outcome)), "  "))
		}
	}
}

// indented is text with its further lines as far in as the first.
func (w *markdownWriter) indented(text, indent string) string {
	return strings.ReplaceAll(escapeMarkdown(text), "\n", "  \n"+indent)
}

// message writes a message.
func (w *markdownWriter) message(l line) {
	m := &w.archive.Messages[l.index]
	indent := strings.Repeat("  ", min(l.depth, deepest))
	if state := w.state(m); state != "" {
		w.printf("\n%s- %s\n", indent, state)
		return
	}
	author := w.named(m.Author)
	if m.Place != "" {
		author += " · " + m.Place
	}
	w.printf("\n%s- **%s** %s — %s\n", indent, escapeMarkdown(author), m.At.In(w.loc).Format("15:04"), w.indented(m.Text, indent+"  "))
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
