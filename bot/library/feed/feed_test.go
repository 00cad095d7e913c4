package feed

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"
)

var saved = time.Date(2026, 3, 10, 18, 50, 0, 0, time.FixedZone("", -5*3600))

const hostile = "</title><script>alert(1)</script> ]]> &amp; \"q\" \x00\x08\x1b[31m\ufffe \u2028 A\tB\nC <!--"

// said is hostile as a reader shows it.
const said = "</title><script>alert(1)</script> ]]> &amp; \"q\" [31m A B C <!--"

func example(titles ...string) *Feed {
	f := &Feed{
		ID: Name("https://Bot.example.org:8443/x", saved, "library/a"), Title: "The shared library", About: "What colleagues save", Author: "Staffroom", Language: "en",
		Self: "https://bot.example.org/library/c/1/mark/atom.xml?a=1&b=2", Home: "https://bot.example.org", Updated: saved,
	}
	for i, t := range titles {
		f.Items = append(f.Items, Item{
			ID: Name(f.Home, saved, "library/"+string(rune('b'+i))), Title: t, Link: "https://example.org/?a=1&b=<2>", Parts: []string{t, "", "grade 4"},
			Saved: saved.Add(time.Duration(i) * time.Hour),
		})
	}
	return f
}

// node is an element as it was read.
type node struct {
	name  xml.Name
	attrs map[string]string
	text  string
	kids  []*node
}

// read reads XML strictly.
func read(t interface{ Fatalf(string, ...any) }, body []byte) *node {
	d := xml.NewDecoder(bytes.NewReader(body))
	root := &node{}
	open := []*node{root}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, body)
		}
		in := open[len(open)-1]
		switch token := token.(type) {
		case xml.StartElement:
			n := &node{name: token.Name, attrs: map[string]string{}}
			for _, a := range token.Attr {
				n.attrs[a.Name.Local] = a.Value
			}
			in.kids, open = append(in.kids, n), append(open, n)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			in.text += string(token)
		}
	}
	if len(root.kids) != 1 {
		t.Fatalf("%d roots", len(root.kids))
	}
	return root.kids[0]
}

func (n *node) all(name string) (found []*node) {
	for _, k := range n.kids {
		if k.name.Local == name {
			found = append(found, k)
		}
	}
	return found
}

// one is the text of the only child of that name.
func (n *node) one(t *testing.T, name string) *node {
	t.Helper()
	found := n.all(name)
	if len(found) != 1 {
		t.Fatalf("%s has %d %s", n.name.Local, len(found), name)
	}
	return found[0]
}

var tag = regexp.MustCompile(`^tag:[a-z0-9.-]+,\d{4}-\d\d-\d\d:[a-z0-9/]+$`)

// The rules of Atom for a feed and its entries, sections 4.1.1 and 4.1.2.
func TestAtom(t *testing.T) {
	f := example("Fraction Strips", hostile)
	body, err := f.Atom()
	if err != nil {
		t.Fatal(err)
	}
	root := read(t, body)
	const ns = "http://www.w3.org/2005/Atom"
	if root.name != (xml.Name{Space: ns, Local: "feed"}) || root.attrs["lang"] != "en" {
		t.Errorf("the root is %v %v", root.name, root.attrs)
	}
	if id := root.one(t, "id").text; !tag.MatchString(id) || id != "tag:bot.example.org,2026-03-10:library/a" {
		t.Errorf("the id is %q", id)
	}
	if got := root.one(t, "title").text; got != f.Title {
		t.Errorf("the title is %q", got)
	}
	if link := root.one(t, "link"); link.attrs["rel"] != "self" || link.attrs["href"] != f.Self {
		t.Errorf("the link is %v", link.attrs)
	}
	root.one(t, "author").one(t, "name")
	wantTime(t, time.RFC3339, root.one(t, "updated").text, saved)
	entries := root.all("entry")
	if len(entries) != 2 {
		t.Fatalf("%d entries", len(entries))
	}
	ids := map[string]bool{}
	for i, e := range entries {
		if id := e.one(t, "id").text; !tag.MatchString(id) || ids[id] {
			t.Errorf("the id is %q", id)
		} else {
			ids[id] = true
		}
		want := []string{f.Title, said}[i]
		if i == 0 {
			want = "Fraction Strips"
		}
		if title := e.one(t, "title"); title.text != want || title.attrs["type"] != "" {
			t.Errorf("the title is %q %v, want %q", title.text, title.attrs, want)
		}
		if link := e.one(t, "link"); link.attrs["rel"] != "alternate" || link.attrs["href"] != f.Items[i].Link {
			t.Errorf("the link is %v", link.attrs)
		}
		if s := e.one(t, "summary"); s.attrs["type"] != "html" || strings.Contains(s.text, "<script") || !strings.Contains(s.text, "<p>grade 4</p>") {
			t.Errorf("the summary is %q", s.text)
		}
		wantTime(t, time.RFC3339, e.one(t, "updated").text, f.Items[i].Saved)
		wantTime(t, time.RFC3339, e.one(t, "published").text, f.Items[i].Saved)
		for _, k := range e.kids {
			if k.name.Space != ns {
				t.Errorf("%v is no element of Atom", k.name)
			}
		}
	}
}

// The rules of RSS 2.0 for a channel and its items.
func TestRSS(t *testing.T) {
	f := example("Fraction Strips", hostile)
	body, err := f.RSS()
	if err != nil {
		t.Fatal(err)
	}
	root := read(t, body)
	if root.name.Local != "rss" || root.name.Space != "" || root.attrs["version"] != "2.0" {
		t.Errorf("the root is %v %v", root.name, root.attrs)
	}
	c := root.one(t, "channel")
	links := c.all("link")
	own := slices.IndexFunc(links, func(n *node) bool { return n.name.Space == "" })
	self := slices.IndexFunc(links, func(n *node) bool { return n.name.Space == "http://www.w3.org/2005/Atom" })
	if len(links) != 2 || own < 0 || self < 0 || links[own].text != f.Home || links[self].attrs["href"] != f.Self || links[self].attrs["rel"] != "self" {
		t.Fatalf("the links are %v", links)
	}
	for name, want := range map[string]string{"title": f.Title, "description": f.About, "language": "en"} {
		if got := c.one(t, name).text; got != want {
			t.Errorf("%s is %q", name, got)
		}
	}
	wantTime(t, time.RFC1123Z, c.one(t, "lastBuildDate").text, saved)
	items := c.all("item")
	if len(items) != 2 {
		t.Fatalf("%d items", len(items))
	}
	for i, it := range items {
		if guid := it.one(t, "guid"); guid.attrs["isPermaLink"] != "false" || !tag.MatchString(guid.text) {
			t.Errorf("the guid is %q %v", guid.text, guid.attrs)
		}
		if got, want := it.one(t, "title").text, []string{"Fraction Strips", said}[i]; got != want {
			t.Errorf("the title is %q, want %q", got, want)
		}
		if got := it.one(t, "link").text; got != f.Items[i].Link {
			t.Errorf("the link is %q", got)
		}
		if got := it.one(t, "description").text; strings.Contains(got, "<script") || !strings.Contains(got, "<p>grade 4</p>") {
			t.Errorf("the description is %q", got)
		}
		wantTime(t, time.RFC1123Z, it.one(t, "pubDate").text, f.Items[i].Saved)
		if got := len(it.all("author")); got != 0 {
			t.Errorf("it names %d authors", got)
		}
	}
}

func wantTime(t *testing.T, layout, got string, want time.Time) {
	t.Helper()
	at, err := time.Parse(layout, got)
	if err != nil || !at.Equal(want) {
		t.Errorf("the time is %q, want %v", got, want)
	}
}

// A feed with nothing in it is one too.
func TestEmpty(t *testing.T) {
	f := example()
	for _, write := range []func() ([]byte, error){f.Atom, f.RSS} {
		body, err := write()
		if err != nil {
			t.Fatal(err)
		}
		read(t, body)
	}
}

// Whatever people and pages write, both forms can be read, and titles say the same.
func TestAnyText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		title := string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")) + rapid.String().Draw(t, "text")
		f := example(title)
		f.About, f.Items[0].Link = title, title
		for _, write := range []func() ([]byte, error){f.Atom, f.RSS} {
			body, err := write()
			if err != nil {
				t.Fatalf("%v", err)
			}
			if !utf8.Valid(body) || bytes.ContainsRune(body, utf8.RuneError) && !strings.ContainsRune(line(title), utf8.RuneError) {
				t.Fatalf("a character was put in the place of another: %q", body)
			}
			n := read(t, body)
			for len(n.all("item"))+len(n.all("entry")) == 0 {
				n = n.all("channel")[0]
			}
			if got := append(n.all("item"), n.all("entry")...)[0].all("title")[0].text; got != line(title) {
				t.Fatalf("the title is %q, want %q", got, line(title))
			}
		}
	})
}

// A mark fits its owner and number alone, and stays the same.
func TestMarks(t *testing.T) {
	k := NewKeys([]byte("a secret of thirty-two bytes ..."))
	mark := k.Mark("01home", 1)
	if len(mark) != 32 || url.PathEscape(mark) != mark || mark != NewKeys([]byte("a secret of thirty-two bytes ...")).Mark("01home", 1) {
		t.Errorf("the mark is %q", mark)
	}
	if !k.Fits(mark, "01home", 1) {
		t.Error("its own mark does not fit")
	}
	for name, fits := range map[string]bool{
		"another number": k.Fits(mark, "01home", 2), "another owner": k.Fits(mark, "01hom", 1), "another secret": NewKeys([]byte("other")).Fits(mark, "01home", 1),
		"a part": k.Fits(mark[:31], "01home", 1), "nothing": k.Fits("", "01home", 1), "number and owner mixed up": k.Fits(k.Mark("2 a", 1), "a", 12),
	} {
		if fits {
			t.Errorf("it fits %s", name)
		}
	}
}
