// Package exchange reads and writes lists of resources in the forms in which people
// keep them: tables, JSON, the bookmarks of browsers and of programs for bookmarks,
// and lists in Markdown. It knows no library, no member and no message, and does not
// judge what is a link.
//
// Read takes what people have: any of the usual encodings, separators and names of
// columns, in English and Spanish. What cannot be taken is a Refusal with its line,
// and reading goes on behind it. What Write writes, Read reads the same, as far as the
// form has a place for it (see Write).
//
// Memory does not grow with the list: of a list of any size, with lines of any length
// and brackets of any depth, a reader holds a few MB at most (see MostRecord).
package exchange

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"time"
)

// Format is the form of a list.
type Format string

// The formats.
const (
	CSV       Format = "csv"  // with any separator when it is read
	TSV       Format = "tsv"  // the same, with tabs
	JSON      Format = "json" // an array of objects or addresses, or an object with such arrays
	Bookmarks Format = "html" // https://learn.microsoft.com/previous-versions/windows/internet-explorer/ie-developer/platform-apis/aa753582(v=vs.85)
	Markdown  Format = "md"   // - [Title](https://example.org) - note #tag
)

// Formats are all of them, in the order in which people are offered them.
func Formats() []Format { return []Format{CSV, TSV, JSON, Bookmarks, Markdown} }

// MostRecord is how long one entry of a list may be, in bytes: far longer than what
// anybody writes, with a picture that a browser kept beside it.
const MostRecord = 1 << 20

// Item is one entry of a list. Its texts have no control characters and no blanks at
// their ends; all but Note are one line, and a Note has no empty lines.
type Item struct {
	Line    int    // where it begins, from 1; of no meaning to Write
	Link    string // as written
	Title   string
	Note    string
	Subject string
	Tags    []string // without "#", commas and semicolons; each once
	Grades  []string // as written, without commas and semicolons; each once
	Licence string
	Added   time.Time // to the second, UTC; zero: not known
	Private bool      // marked so where it comes from; Write does not tell
	Hidden  bool      // the same; Write marks it so, or, in Bookmarks, as private
	Cut     bool      // there was more than is taken of one item: of its note, its tags or others
	Others  []Other   // what there is no field for, in its order; never empty values
}

// Other is something that a list says of an item under a name of its own.
type Other struct{ Name, Value string }

// Refusal is that something in a list cannot be taken.
type Refusal struct {
	Line, Last int // where, from 1; 0: nowhere in particular
	Fault      Fault
	Text       string // the begin of what stands there, if that helps; data
}

// Fault is why something cannot be taken.
type Fault string

// The faults.
const (
	NoLink   Fault = "no link"             // there is no link in the entry
	NoColumn Fault = "no column of links"  // nothing can be read: no column is called one for links, nor has one
	TooLong  Fault = "too long"            // longer than MostRecord
	Unclosed Fault = "unclosed quotation"  // a quotation mark opens a cell and nothing closes it
	Broken   Fault = "broken"              // not in the form that it seems to have; nothing behind it can be read
	Unlisted Fault = "not an entry"        // a line with a link, in Markdown, that is no entry of a list
	Prose    Fault = "prose"               // a line without a link, in Markdown, that is no part of an entry
	Empty    Fault = "nothing in the list" // there is no entry at all
)

// Error tells where, and not what stands there.
func (r *Refusal) Error() string { return fmt.Sprintf("line %d: %s", r.Line, r.Fault) }

// mostText is how much of what cannot be taken is told, in characters.
const mostText = 60

// Read gives the items of a list, in their order. An error is a *Refusal, or one of
// the reader, which ends it.
func Read(r io.Reader, f Format) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		in, err := decoded(r, f)
		if err != nil {
			yield(Item{}, err)
			return
		}
		some, stopped := false, false
		take := func(it Item, err error) bool {
			refusal := (*Refusal)(nil)
			some = some || !errors.As(err, &refusal) || refusal.Fault != Prose
			stopped = !yield(it, err)
			return !stopped
		}
		switch f {
		case JSON:
			readJSON(in, take)
		case Bookmarks:
			readBookmarks(in, take)
		case Markdown:
			readMarkdown(in, take)
		default:
			readTable(in, take)
		}
		if !some && !stopped {
			yield(Item{}, &Refusal{Fault: Empty})
		}
	}
}

// Write writes a list. Others of the items are written to tables and to JSON alone:
// those with these names, which must not be names of fields. Bookmarks and Markdown
// are for other people's programs and pages.
func Write(w io.Writer, f Format, others []string, items iter.Seq[Item]) error {
	switch f {
	case JSON:
		return writeJSON(w, others, items)
	case Bookmarks:
		return writeBookmarks(w, items)
	case Markdown:
		return writeMarkdown(w, items)
	default:
		return writeTable(w, f, others, items)
	}
}
