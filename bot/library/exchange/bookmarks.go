package exchange

import (
	"bufio"
	"bytes"
	"errors"
	"html"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	nethtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// readBookmarks reads the file that browsers write. It goes by its tags alone, so that
// it does not matter what is missing among them. The outermost folder is the subject,
// those in it are tags.
func readBookmarks(in *bufio.Reader, take func(Item, error) bool) {
	b := &bookmarks{in: &refill{in: in}, take: take, line: 1}
	long := false
	for {
		z := nethtml.NewTokenizer(b.in)
		z.SetMaxBuf(MostRecord)
		err := b.read(z)
		switch {
		case errors.Is(err, nethtml.ErrBufferExceeded): // what follows is understood again
			if !long && !take(Item{}, &Refusal{Line: b.line, Last: b.line, Fault: TooLong}) {
				return
			}
			long = true
			b.line += bytes.Count(z.Raw(), []byte("\n"))
			b.in.again = slices.Concat(z.Buffered(), b.in.again)
			continue
		case errors.Is(err, errStopped):
			return
		case err != nil && !errors.Is(err, io.EOF):
			take(Item{}, err)
			return
		}
		_ = b.end()
		return
	}
}

// part is what a text that comes is part of.
type part int

const (
	nothing part = iota
	folderName
	linkTitle
	linkNote
)

// refill reads first what was read and is to be read again.
type refill struct {
	again []byte
	in    io.Reader
}

func (r *refill) Read(p []byte) (int, error) {
	if len(r.again) == 0 {
		return r.in.Read(p)
	}
	n := copy(p, r.again)
	r.again = r.again[n:]
	return n, nil
}

type bookmarks struct {
	in      *refill
	take    func(Item, error) bool
	line    int
	item    *Item
	text    strings.Builder
	of      part
	folder  string   // whose list comes
	folders []string // in which the list is, the outermost first; "" for those without a name of their own
	deeper  int      // folders beyond mostFolders
}

// mostFolders is how deep in folders their names are known.
const mostFolders = 16

func (b *bookmarks) read(z *nethtml.Tokenizer) error {
	for {
		kind := z.Next()
		if kind == nethtml.ErrorToken {
			return z.Err()
		}
		line := b.line
		b.line += bytes.Count(z.Raw(), []byte("\n"))
		var err error
		switch kind {
		case nethtml.TextToken:
			if b.of != nothing && b.text.Len() < MostRecord {
				b.text.Write(z.Text())
			}
		case nethtml.StartTagToken, nethtml.SelfClosingTagToken:
			err = b.start(z, line)
		case nethtml.EndTagToken:
			name, _ := z.TagName()
			err = b.close(atom.Lookup(name))
		}
		if err != nil {
			return err
		}
	}
}

func (b *bookmarks) start(z *nethtml.Tokenizer, line int) error {
	name, more := z.TagName()
	switch atom.Lookup(name) {
	case atom.Dt:
		return b.end()
	case atom.H3:
		err := b.end()
		b.of, b.folder = folderName, ""
		for more {
			var key, value []byte
			key, value, more = z.TagAttr()
			if k := string(key); (k == "personal_toolbar_folder" || k == "unfiled_bookmarks_folder") && yes(string(value)) {
				b.of = nothing
			}
		}
		return err
	case atom.Dl:
		err := b.end()
		if len(b.folders) < mostFolders {
			b.folders = append(b.folders, b.folder)
		} else {
			b.deeper++
		}
		b.folder = ""
		return err
	case atom.A:
		err := b.end()
		b.begin(z, more, line)
		return err
	case atom.Dd:
		b.settle()
		if b.item != nil {
			b.of = linkNote
		}
	case atom.Br:
		if b.of != nothing {
			b.text.WriteByte('\n')
		}
	}
	return nil
}

// begin takes the attributes of a link.
func (b *bookmarks) begin(z *nethtml.Tokenizer, more bool, line int) {
	b.item, b.of = &Item{Line: line}, linkTitle
	for more {
		var key, value []byte
		key, value, more = z.TagAttr()
		switch k := string(key); k {
		case "href":
			b.item.Link = oneLine(string(value))
		case "tags":
			b.item.addTags(split(string(value), "")...)
		case "add_date", "private", "shared", "public", "visibility", "grades", "licence", "license":
			b.item.set(k, string(value))
		}
	}
}

func (b *bookmarks) close(tag atom.Atom) error {
	switch tag {
	case atom.A, atom.H3:
		b.settle()
	case atom.Dl:
		err := b.end()
		if b.deeper > 0 {
			b.deeper--
		} else if len(b.folders) > 0 {
			b.folders = b.folders[:len(b.folders)-1]
		}
		return err
	}
	return nil
}

// settle takes the text that has come.
func (b *bookmarks) settle() {
	text := b.text.String()
	b.text.Reset()
	switch b.of {
	case folderName:
		b.folder = oneLine(text)
		if builtIn[plain(b.folder)] {
			b.folder = ""
		}
	case linkTitle:
		b.item.Title = oneLine(text)
		if b.item.Title == b.item.Link {
			b.item.Title = ""
		}
	case linkNote:
		b.item.addNote(text)
	}
	b.of = nothing
}

// end gives the item that has come, if there is one.
func (b *bookmarks) end() error {
	b.settle()
	it := b.item
	if b.item = nil; it == nil {
		return nil
	}
	for _, f := range b.folders {
		switch {
		case f == "":
		case it.Subject == "":
			it.Subject = f
		default:
			it.addTags(split(f, "")...)
		}
	}
	var refusal error
	if it.Link == "" {
		refusal = &Refusal{Line: it.Line, Last: it.Line, Fault: NoLink, Text: cut(it.Title)}
	}
	if !b.take(*it, refusal) {
		return errStopped
	}
	return nil
}

// builtIn are the names of folders that browsers have of themselves, as plain gives
// them.
var builtIn = map[string]bool{
	"bookmarks": true, "bookmarks bar": true, "bookmarks toolbar": true, "bookmarks menu": true, "other bookmarks": true, "mobile bookmarks": true,
	"unsorted bookmarks": true, "favorites": true, "favourites": true, "favorites bar": true, "favourites bar": true, "imported": true, "reading list": true,
	"marcadores": true, "barra de marcadores": true, "menu de marcadores": true, "otros marcadores": true, "marcadores moviles": true,
	"favoritos": true, "barra de favoritos": true, "otros favoritos": true, "importado": true, "lista de lectura": true,
}

// bookmarksHead is how browsers know the file.
const bookmarksHead = `<!DOCTYPE NETSCAPE-Bookmark-file-1>
<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=UTF-8">
<TITLE>Bookmarks</TITLE>
<H1>Bookmarks</H1>
<DL><p>
`

// writeBookmarks writes that file, with a folder for each subject.
func writeBookmarks(w io.Writer, items iter.Seq[Item]) error {
	out := bufio.NewWriter(w)
	put := func(parts ...string) {
		for _, p := range parts {
			_, _ = out.WriteString(p) // its errors stay until Flush
		}
	}
	put(bookmarksHead)
	folder := ""
	within := func(subject string) {
		if folder == subject {
			return
		}
		if folder != "" {
			put("</DL><p>\n")
		}
		if folder = subject; subject != "" {
			put("<DT><H3>", html.EscapeString(subject), "</H3>\n<DL><p>\n")
		}
	}
	for it := range items {
		within(it.Subject)
		put(`<DT><A HREF="`, html.EscapeString(it.Link), `"`)
		for _, a := range []struct{ name, value string }{
			{"ADD_DATE", unix(it.Added)}, {"TAGS", strings.Join(it.Tags, ",")}, {"GRADES", strings.Join(it.Grades, ",")}, {"LICENSE", it.Licence}, {"PRIVATE", marked(it.Hidden, "1")},
		} {
			if a.value != "" {
				put(" ", a.name, `="`, html.EscapeString(a.value), `"`)
			}
		}
		title := it.Title
		if title == "" {
			title = it.Link
		}
		put(">", html.EscapeString(title), "</A>\n")
		if it.Note != "" {
			put("<DD>", html.EscapeString(it.Note), "\n")
		}
	}
	within("")
	put("</DL><p>\n")
	return out.Flush()
}

// marked is a text where something is so.
func marked(is bool, text string) string {
	if is {
		return text
	}
	return ""
}

func unix(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return strconv.FormatInt(t.Unix(), 10)
}
