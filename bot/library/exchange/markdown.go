package exchange

import (
	"bufio"
	"errors"
	"io"
	"regexp"
	"strings"
)

// readMarkdown reads a list in Markdown: entries of a list, and lines that begin with
// a link. What stands indented below an entry belongs to its note. The outermost of the
// headings above is the subject, the others are tags; the one of the first level is the
// page's own, and so the subject only where there is no other.
func readMarkdown(in *bufio.Reader, take func(Item, error) bool) {
	m := &markdown{in: in, take: take}
	err := m.read()
	if errors.Is(err, io.EOF) {
		if err = m.passed(); err == nil {
			err = m.end()
		}
	}
	if err != nil && !errors.Is(err, errStopped) {
		take(Item{}, err)
	}
}

type markdown struct {
	in       *bufio.Reader
	take     func(Item, error) bool
	no       int       // of the line
	item     *Item     // that is not given yet
	indent   int       // of the item
	headings [6]string // that are in force, by level
	fence    string    // what ends the code that is passed over; "" outside
	before   string    // the text of the line before, if it may be a heading
	prose    bool      // or else it is a line of which nothing was said yet
}

// read reads all there is. It ends with an error, at the end with io.EOF.
func (m *markdown) read() error {
	for {
		line, err := m.next()
		if refusal := (*Refusal)(nil); errors.As(err, &refusal) {
			if err := m.give(Item{}, refusal); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return err
		}
		if err := m.line(line); err != nil {
			return err
		}
	}
}

// next gives the next line. One that is too long is passed over, with a Refusal.
func (m *markdown) next() (string, error) {
	var line []byte
	long := false
	m.no++
	for {
		part, err := m.in.ReadSlice('\n')
		if long = long || len(line)+len(part) > MostRecord; !long {
			line = append(line, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil && (!errors.Is(err, io.EOF) || len(line) == 0 && !long):
			return "", err
		case long:
			return "", &Refusal{Line: m.no, Last: m.no, Fault: TooLong}
		}
		return strings.TrimRight(string(line), "\r\n"), nil
	}
}

// end gives the item that has come, if there is one.
func (m *markdown) end() error {
	it := m.item
	if m.item = nil; it == nil {
		return nil
	}
	if !isWeb(it.Link) && !strings.HasPrefix(strings.ToLower(it.Link), "www.") { // another place of the page's own site
		return m.give(Item{}, &Refusal{Line: it.Line, Last: it.Line, Fault: NoLink, Text: cut(it.Link)})
	}
	return m.give(*it, nil)
}

// give gives an item, or what cannot be taken.
func (m *markdown) give(it Item, refusal error) error {
	if !m.take(it, refusal) {
		return errStopped
	}
	return nil
}

// passed says of the line before that it was no entry, if nothing was said of it.
func (m *markdown) passed() error {
	if m.before = ""; !m.prose {
		return nil
	}
	m.prose = false
	return m.give(Item{}, &Refusal{Line: m.no - 1, Last: m.no - 1, Fault: Prose})
}

// bullet is what begins an entry of a list.
var bullet = regexp.MustCompile(`^(?:[-*+•]|\d{1,9}[.)])(?:[ \t]+(?:\[[ xX]\][ \t]+)?|$)`)

// line takes a line in.
func (m *markdown) line(line string) error {
	text := strings.TrimLeft(line, " \t")
	indent := len(strings.ReplaceAll(line[:len(line)-len(text)], "\t", "    "))
	text = strings.TrimSpace(text)
	if m.before != "" && text != "" {
		if level := underline(text); level > 0 {
			m.head(level, m.before)
			m.before, m.prose = "", false
			return nil
		}
	}
	if err := m.passed(); err != nil {
		return err
	}
	switch {
	case m.fence != "":
		if strings.HasPrefix(text, m.fence) {
			m.fence = ""
		}
		return nil
	case strings.HasPrefix(text, "```"), strings.HasPrefix(text, "~~~"):
		m.fence = text[:3]
		return m.end()
	case text == "":
		return nil // what is indented may follow
	case text[0] == '#' && heading.MatchString(text):
		marks := len(text) - len(strings.TrimLeft(text, "#"))
		m.head(marks, closing.ReplaceAllString(text[marks:], ""))
		return m.end()
	}
	listed := false
	if b := bullet.FindString(text); b != "" {
		listed, text = true, text[len(b):]
	}
	l, found := linkIn(text)
	begins := found && (listed || l.from == 0)
	switch {
	case begins:
		if err := m.end(); err != nil {
			return err
		}
		if strings.HasPrefix(l.address, "#") {
			return nil // of a table of contents
		}
		m.item, m.indent = m.entry(text, l), indent
		return nil
	case m.item != nil && indent > m.indent:
		m.item.addNote(unescaped(text))
		return nil
	case listed && text != "":
		if err := m.end(); err != nil {
			return err
		}
		return m.give(Item{}, &Refusal{Line: m.no, Last: m.no, Fault: NoLink, Text: cut(text)})
	}
	m.before, m.prose = text, !strings.Contains(text, "://")
	if err := m.end(); err != nil || m.prose {
		return err
	}
	return m.give(Item{}, &Refusal{Line: m.no, Last: m.no, Fault: Unlisted, Text: cut(text)})
}

// What begins a heading, and what may end it.
var (
	heading = regexp.MustCompile(`^#{1,6}(?:[ \t]|$)`)
	closing = regexp.MustCompile(`[ \t]+#+$`)
)

// underline is the level of the heading that a line makes of the one before, or 0.
func underline(text string) int {
	switch {
	case strings.Trim(text, "=") == "":
		return 1
	case strings.Trim(text, "-") == "":
		return 2
	default:
		return 0
	}
}

// head takes a heading in: those below it are in force no more.
func (m *markdown) head(level int, text string) {
	text = strings.TrimSpace(text)
	if l, ok := linkIn(text); ok && l.to == len(text) && l.from == 0 {
		text = l.title
	} else {
		text = oneLine(unescaped(text))
	}
	clear(m.headings[level-1:])
	m.headings[level-1] = text
}

// entry is the item of an entry.
func (m *markdown) entry(text string, l mdLink) *Item {
	it := &Item{Line: m.no, Link: l.address, Title: l.title}
	if it.Title == it.Link {
		it.Title = ""
	}
	names := m.headings[1:]
	if strings.Join(names, "") == "" {
		names = m.headings[:1]
	}
	for _, h := range names {
		switch {
		case h == "":
		case it.Subject == "":
			it.Subject = h
		default:
			it.addTags(split(h, "")...)
		}
	}
	note := it.tail(strings.TrimSpace(text[l.to:]))
	before := strings.TrimRight(strings.TrimSpace(text[:l.from]), "-–—: ")
	switch {
	case it.Title == "" && before != "":
		it.Title = oneLine(unescaped(before))
	default:
		it.addNote(unescaped(before))
	}
	it.addNote(unescaped(separator.ReplaceAllString(note, "")))
	return it
}

// separator stands between a link and what is said of it.
var separator = regexp.MustCompile(`^(?:[-–—:|]+(?:[ \t]+|$)|[.,;]+[ \t]+|[.,;]+$)`)

// tail takes what stands at the end in marks of its own, and gives the rest.
func (it *Item) tail(text string) string {
	marks := marksIn(text)
	from := len(marks)
	end := len(text)
	for from > 0 && strings.Trim(text[marks[from-1].to:end], " \t.,;") == "" {
		from--
		end = marks[from].from
	}
	for _, m := range marks[from:] {
		switch m.name {
		case "tag", "":
			it.addTags(split(m.value, "")...)
		case "subject":
			it.Subject = oneLine(m.value)
		default:
			it.set(m.name, m.value)
		}
	}
	return strings.TrimSpace(text[:end])
}

// mark is a "#tag" or name:"value" in a text.
type mark struct {
	from, to    int
	name, value string // without a name it is a tag
}

// named are the names that stand before a value in quotation marks.
var named = regexp.MustCompile(`^(?:tag|grades?|licen[cs]e|added|subject|hidden):"`)

// mostMarks is how much of the end of a text may be marks, in bytes.
const mostMarks = 2 * mostHead

// marksIn finds the marks of a text, each after a blank or at the begin.
func marksIn(text string) (all []mark) {
	for i := max(0, len(text)-mostMarks); i < len(text); i++ {
		if i > 0 && text[i-1] != ' ' && text[i-1] != '\t' {
			continue
		}
		if text[i] == '#' {
			word, _, _ := strings.Cut(text[i+1:], " ")
			word = strings.TrimRight(word, ".,;")
			if tag := oneLine(word); strings.ContainsFunc(tag, isLetter) && !strings.ContainsAny(tag, `#\`) {
				all = append(all, mark{from: i, to: i + 1 + len(word), value: tag})
				i += len(word)
			}
			continue
		}
		name := named.FindString(text[i:min(len(text), i+16)])
		if name == "" {
			continue
		}
		if value, n := quoted(text[i+len(name):]); n > 0 {
			all = append(all, mark{from: i, to: i + len(name) + n, name: strings.TrimSuffix(name, `:"`), value: value})
			i += len(name) + n - 1
		}
	}
	return all
}

// quoted reads up to a quotation mark, and how far that was; 0 if there is none.
func quoted(text string) (value string, n int) {
	var b strings.Builder
	for i := 0; i < min(len(text), mostHead); i++ {
		switch {
		case text[i] == '"':
			return b.String(), i + 1
		case text[i] == '\\' && i+1 < len(text):
			i++
		}
		b.WriteByte(text[i])
	}
	return "", 0
}
