package discussion

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/staffroom-bot/staffroom/bot"
)

// writeTable writes the archive for a spreadsheet, as CSV: a row for each question,
// message and commitment, in the order in which they are read.
// https://www.rfc-editor.org/rfc/rfc4180
func (a Archive) writeTable(out io.Writer, words bot.Words, language string) error {
	if _, err := io.WriteString(out, utf8Mark); err != nil {
		return err
	}
	t := tableWriter{newOutline(a, words, language), csv.NewWriter(out)}
	header := make([]string, columns)
	for i, key := range [...]bot.Key{
		"chat.archive.column.kind", "chat.archive.column.questions", "chat.archive.column.name", "chat.archive.column.time",
		"chat.archive.column.text", "chat.archive.column.reply_to", "chat.archive.column.picked", "chat.archive.column.outcome",
		"chat.archive.column.place", "chat.archive.column.id",
	} {
		header[i] = t.text(key)
	}
	t.row(header)
	for _, q := range t.archive.Questions {
		t.row([]string{t.kind("question"), strconv.Itoa(q.Number), "", t.time(q.AskedAt), q.Text, "", "", "", "", ""})
		t.question(q.Number, t.message)
	}
	for _, c := range t.archive.Commitments {
		t.row([]string{t.kind(string(Commitment)), "", t.named(c.Author), t.time(c.At), c.Text, "", "", c.Outcome, "", ""})
	}
	t.rest(t.message)
	t.out.Flush()
	return t.out.Error()
}

// utf8Mark lets Excel read the file as UTF-8, which it otherwise does not.
const utf8Mark = "\ufeff"

// columns is how many there are.
const columns = 10

// tableWriter writes one archive.
type tableWriter struct {
	*outline
	out *csv.Writer // which keeps the first error
}

func (t *tableWriter) kind(kind string) string { return t.text(bot.Key("chat.archive.kind." + kind)) }

// time is an instant as spreadsheets know it, where the chat was.
func (t *tableWriter) time(at time.Time) string { return at.In(t.loc).Format("2006-01-02 15:04:05") }

func (t *tableWriter) message(l line) {
	m := &t.archive.Messages[l.index]
	if l.again || t.state(m) != "" {
		return // each message has one row
	}
	picked := ""
	if m.Highlighted {
		picked = "1"
	}
	t.row([]string{t.kind(string(m.Kind)), numbers(m.Questions), t.named(m.Author), t.time(m.At), m.Text, m.ReplyTo, picked, "", m.Place, m.ID})
}

func (t *tableWriter) row(cells []string) {
	for i, c := range cells {
		cells[i] = cell(c)
	}
	_ = t.out.Write(cells)
}

// cell is text that a spreadsheet takes for text. One that begins like a formula has
// an apostrophe in front; characters that show nothing could hide such a beginning,
// and are left out.
// https://owasp.org/www-community/attacks/CSV_Injection
func cell(s string) string {
	tab := strings.HasPrefix(s, "\t") || strings.HasPrefix(s, "\r")
	s = strings.Map(legible, s)
	first := strings.TrimLeftFunc(s, func(r rune) bool { return unicode.IsSpace(r) || invisible(r) })
	begin, size := utf8.DecodeRuneInString(first)
	if tab || strings.HasPrefix(s, "\t") || size > 0 && strings.ContainsRune("=+-@＝＋－＠", begin) {
		return "'" + s
	}
	return s
}
