package exchange

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"
)

// readTable reads a table, whatever separates its cells. Its first row says what the
// columns are, or is an entry like the others.
func readTable(in *bufio.Reader, take func(Item, error) bool) {
	rows := &records{in: in, line: 1, comma: ','}
	if !rows.begin() {
		return
	}
	var names []string
	for row := 0; ; row++ {
		cells, line, err := rows.next()
		switch refusal := (*Refusal)(nil); {
		case errors.Is(err, io.EOF):
			return
		case errors.As(err, &refusal):
			if !take(Item{}, err) {
				return
			}
			continue
		case err != nil:
			take(Item{}, err)
			return
		}
		if names == nil {
			if headed(cells) {
				names = cells
				continue
			}
			if names = unheaded(cells); names == nil {
				take(Item{}, &Refusal{Line: line, Last: line, Fault: NoColumn})
				return
			}
		}
		if !take(itemOf(names, cells, line)) {
			return
		}
	}
}

// itemOf is the item of a row.
func itemOf(names, cells []string, line int) (Item, error) {
	it := Item{Line: line}
	for i, c := range cells {
		name := "column " + strconv.Itoa(i+1)
		if i < len(names) && names[i] != "" {
			name = names[i]
		}
		it.set(name, c)
	}
	if it.Link == "" {
		return it, &Refusal{Line: line, Last: line, Fault: NoLink, Text: cut(strings.Join(cells, " "))}
	}
	return it, nil
}

// headed reports whether a row says what the columns are.
func headed(cells []string) bool {
	return slices.ContainsFunc(cells, func(c string) bool { return fieldOf(c) == linkField })
}

// unheaded are names for the columns of a table without them: where the first row has
// a link is the link, and the next text is the title.
func unheaded(cells []string) []string {
	link := slices.IndexFunc(cells, isWeb)
	if link < 0 {
		return nil
	}
	names := make([]string, len(cells))
	names[link] = ownNames[0]
	rest := ownNames[1:3]
	for i, c := range cells {
		if i != link && c != "" && len(rest) > 0 {
			names[i], rest = rest[0], rest[1:]
		}
	}
	return names
}

// isWeb reports whether a text is an address with all its marks.
func isWeb(s string) bool {
	s = strings.ToLower(strings.TrimSpace(s))
	return strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://")
}

// records reads rows. A cell may be in quotation marks, and then have lines and
// separators; it is taken as it stands where that is not quite right.
type records struct {
	in    *bufio.Reader
	line  int // of what is read next
	comma byte
}

// begin finds out what separates the cells. It is false for an empty table.
func (r *records) begin() bool {
	head, _ := r.in.Peek(mostHead)
	if len(head) == 0 {
		return false
	}
	first, _, _ := strings.Cut(strings.TrimLeft(string(head), "\r\n"), "\n")
	if said, ok := strings.CutPrefix(strings.ToLower(strings.TrimSuffix(first, "\r")), "sep="); ok && len(said) == 1 { // as Excel writes it
		r.comma = said[0]
		_, _ = r.in.ReadString('\n') // it was peeked at
		r.line++
		return true
	}
	r.comma, _ = separatorOf(first)
	return true
}

// separatorOf is what separates the cells of a first line: what gives most columns
// whose names are known, or that at least has a link in a cell.
func separatorOf(first string) (comma byte, cells []string) {
	best := -1
	comma = ','
	for _, c := range []byte{',', '\t', ';', '|'} {
		r := records{in: bufio.NewReader(strings.NewReader(first)), comma: c}
		some, _, err := r.next()
		if err != nil {
			continue
		}
		score := 0
		for _, cell := range some {
			switch f := fieldOf(cell); {
			case f == linkField:
				score += 100
			case f != otherField:
				score += 10
			}
		}
		if unheaded(some) != nil {
			score += 50
		}
		if score += min(len(some), 9); score > best {
			best, comma, cells = score, c, some
		}
	}
	return comma, cells
}

// next gives the cells of the next row that is not empty, and its line. A Refusal is
// of a row that was passed over.
func (r *records) next() (cells []string, line int, err error) {
	for {
		line = r.line
		cells, err = r.row()
		if err != nil || slices.ContainsFunc(cells, func(c string) bool { return strings.TrimSpace(c) != "" }) {
			return cells, line, err
		}
	}
}

// quotation is where in the quotation marks of a cell the reader is.
type quotation int

const (
	without quotation = iota
	within
	behind
)

func (r *records) row() (cells []string, err error) {
	begin := r.line
	var cell []byte
	at, blanks := without, 0
	end := func() {
		cells = append(cells, armless(string(cell)))
		cell, at, blanks = cell[:0], without, 0
	}
	for size := 0; ; size++ {
		b, err := r.in.ReadByte()
		switch {
		case err != nil && !errors.Is(err, io.EOF):
			return nil, err
		case err != nil && at == within:
			return nil, &Refusal{Line: begin, Last: r.line, Fault: Unclosed, Text: cut(string(cell[:min(len(cell), mostHead)]))}
		case err != nil && size == 0:
			return nil, io.EOF
		case err != nil:
			end()
			return cells, nil
		case size == MostRecord:
			return nil, r.skip(begin, at == within)
		}
		next := byte(0)
		if b == '"' || b == '\r' {
			if ahead, _ := r.in.Peek(1); len(ahead) == 1 {
				next = ahead[0]
			}
		}
		if b == '\n' {
			r.line++
		}
		switch {
		case at == within && b == '"' && next == '"':
			_, _ = r.in.Discard(1)
			cell = append(cell, b)
		case at == within && b == '"':
			at = behind
		case at == within:
			cell = append(cell, b)
		case b == '\r' && next == '\n':
		case b == '\n', b == '\r':
			if b == '\r' { // as old Macs end a line
				r.line++
			}
			end()
			return cells, nil
		case b == r.comma:
			end()
		case at == behind && b == ' ':
			blanks++
		case at == behind: // the marks are part of what stands there
			cell = append(append([]byte{'"'}, cell...), '"')
			cell = append(append(cell, strings.Repeat(" ", blanks)...), b)
			at = without
		case b == '"' && len(bytes.TrimSpace(cell)) == 0:
			at, cell = within, cell[:0]
		default:
			cell = append(cell, b)
		}
	}
}

// skip passes over the rest of a row that is too long.
func (r *records) skip(begin int, open bool) error {
	for {
		part, err := r.in.ReadSlice('\n')
		if len(part) > 0 && part[len(part)-1] == '\n' {
			r.line++
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		fault := TooLong
		if open {
			fault = Unclosed
		}
		return &Refusal{Line: begin, Last: r.line, Fault: fault}
	}
}

// formula are the characters with which a cell begins that a spreadsheet calculates.
// https://owasp.org/www-community/attacks/CSV_Injection
const formula = "=+-@\t\r\n＝＋－＠"

// harmless keeps a spreadsheet from taking a text for a formula, by an apostrophe
// before it. So one stands too where apostrophes stand before such a text.
func harmless(cell string) string {
	if rest := strings.TrimLeft(cell, "'"); rest != "" && strings.ContainsAny(firstOf(rest), formula) {
		return "'" + cell
	}
	return cell
}

// armless takes that apostrophe away again.
func armless(cell string) string {
	if rest := strings.TrimLeft(cell, "'"); rest != "" && strings.ContainsAny(firstOf(rest), formula) {
		return strings.TrimPrefix(cell, "'")
	}
	return cell
}

func firstOf(s string) string {
	for _, r := range s {
		return string(r)
	}
	return ""
}

// writeTable writes a table. CSV begins with a byte order mark: without it Excel takes
// it for what it is not.
func writeTable(w io.Writer, f Format, others []string, items iter.Seq[Item]) error {
	out := csv.NewWriter(w)
	if f == TSV {
		out.Comma = '\t'
	} else if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	if err := out.Write(slices.Concat(ownNames, others)); err != nil {
		return err
	}
	for it := range items {
		row := append(it.values(), make([]string, len(others))...)
		for i, name := range others {
			row[len(ownNames)+i] = it.otherwise(name)
		}
		for i := range row {
			row[i] = harmless(row[i])
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// values are those of the fields, in the order of ownNames.
func (it *Item) values() []string {
	added := ""
	if !it.Added.IsZero() {
		added = it.Added.UTC().Format(time.RFC3339)
	}
	return []string{it.Link, it.Title, it.Note, it.Subject, joined(it.Tags), joined(it.Grades), it.Licence, added, marked(it.Hidden, "yes")}
}

// otherwise is what the item has under a name.
func (it *Item) otherwise(name string) string {
	for _, o := range it.Others {
		if o.Name == name {
			return o.Value
		}
	}
	return ""
}
