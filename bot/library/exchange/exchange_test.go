package exchange_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/staffroom-bot/staffroom/bot/library/exchange"
)

// all reads everything, without lines.
func all(t interface {
	Helper()
	Fatalf(string, ...any)
}, f exchange.Format, in io.Reader) (items []exchange.Item, refused []exchange.Refusal) {
	t.Helper()
	for it, err := range exchange.Read(in, f) {
		var r *exchange.Refusal
		switch {
		case errors.As(err, &r):
			refused = append(refused, *r)
		case err != nil:
			t.Fatalf("%v", err)
		default:
			items = append(items, it)
		}
	}
	return items, refused
}

func unlined(items []exchange.Item) []exchange.Item {
	for i := range items {
		items[i].Line = 0
	}
	return items
}

var day = time.Date(2026, 3, 10, 0, 0, 0, 0, time.UTC)

func TestRead(t *testing.T) {
	type item = exchange.Item
	tests := []struct {
		name   string
		format exchange.Format
		in     string
		want   []item
	}{
		{"a table of textbooks", exchange.TSV, "key\tsource\ttitle\tcategory\tlicense\turl\nk1\tOpen Books\t\"\"\"Ivan\"\": a study\"\tRussian\tCC BY\thttps://example.org/1\n",
			[]item{{Line: 2, Link: "https://example.org/1", Title: `"Ivan": a study`, Subject: "Russian", Licence: "CC BY", Others: []exchange.Other{{"key", "k1"}, {"source", "Open Books"}}}}},
		{"Spanish names, semicolons, quoted lines", exchange.CSV, "\ufeffTítulo;Enlace;Notas;Etiquetas;Grado;Fecha\n\"Uno; dos\";https://example.org/a;\"Primera\nsegunda\";\"a, b c\";4;2026-03-10\n",
			[]item{{Line: 2, Link: "https://example.org/a", Title: "Uno; dos", Note: "Primera\nsegunda", Tags: []string{"a", "b c"}, Grades: []string{"4"}, Added: day}}},
		{"as Excel writes it", exchange.CSV, "sep=;\r\nURL;Title\r\nhttps://example.org/a;A\r\n", []item{{Line: 3, Link: "https://example.org/a", Title: "A"}}},
		{"no names", exchange.CSV, "First,https://example.org/a,a note\nSecond,https://example.org/b,\n", []item{{Line: 1, Link: "https://example.org/a", Title: "First", Note: "a note"}, {Line: 2, Link: "https://example.org/b", Title: "Second"}}},
		{"as Pocket writes it", exchange.CSV, "title,url,time_added,tags,status\nA,https://example.org/a,1773100800,x|y z,unread\n",
			[]item{{Line: 2, Link: "https://example.org/a", Title: "A", Tags: []string{"x", "y z"}, Added: day, Others: []exchange.Other{{"status", "unread"}}}}},
		{"old Macs", exchange.CSV, "url,title\rhttps://example.org/a,A\rhttps://example.org/b,B\r", []item{{Line: 2, Link: "https://example.org/a", Title: "A"}, {Line: 3, Link: "https://example.org/b", Title: "B"}}},
		{"a quotation that is none", exchange.TSV, "url\ttitle\nhttps://example.org/a\t\"Why\" is a word\n", []item{{Line: 2, Link: "https://example.org/a", Title: `"Why" is a word`}}},
		{"a formula that was made harmless", exchange.CSV, "url,title,note\nhttps://example.org/a,'=SUM(A1),'quoted'\n", []item{{Line: 2, Link: "https://example.org/a", Title: "=SUM(A1)", Note: "'quoted'"}}},
		{"several notes and more columns", exchange.CSV, "url,description,notes,author\nhttps://example.org/a,of the page,mine,Ana,more\n",
			[]item{{Line: 2, Link: "https://example.org/a", Note: "of the page\nmine", Others: []exchange.Other{{"author", "Ana"}, {"column 5", "more"}}}}},
		{"Latin-1", exchange.CSV, "url,title\nhttps://example.org/a,Fracci\xf3n \x96 espa\xf1ol\n", []item{{Line: 2, Link: "https://example.org/a", Title: "Fracción – español"}}},
		{"UTF-16", exchange.CSV, utf16("\ufeffurl,title\nhttps://example.org/a,Fracción\n"), []item{{Line: 2, Link: "https://example.org/a", Title: "Fracción"}}},
		{"UTF-16 without a mark", exchange.TSV, utf16("url\ttitle\nhttps://example.org/a\tA\n"), []item{{Line: 2, Link: "https://example.org/a", Title: "A"}}},

		{"as Firefox writes bookmarks", exchange.Bookmarks, `<!DOCTYPE NETSCAPE-Bookmark-file-1>
<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=UTF-8">
<TITLE>Bookmarks</TITLE>
<H1>Bookmarks Menu</H1>
<DL><p>
    <DT><H3 ADD_DATE="1773100800" PERSONAL_TOOLBAR_FOLDER="true">Bookmarks Toolbar</H3>
    <DL><p>
        <DT><H3>Mathematics</H3>
        <DL><p>
            <DT><H3>Fractions</H3>
            <DL><p>
                <DT><A HREF="https://example.org/a?x=1&amp;y=2" ADD_DATE="1773100800" ICON="data:image/png;base64,AAAA" TAGS="grade 4,paper">Strips &amp; cards</A>
                <DD>Skip part two.
And part &lt;three&gt;.
            </DL><p>
            <DT><A HREF="https://example.org/b">B</A>
        </DL><p>
    </DL><p>
    <DT><A HREF="https://example.org/c">https://example.org/c</A>
</DL>
`, []item{
			{Line: 12, Link: "https://example.org/a?x=1&y=2", Title: "Strips & cards", Note: "Skip part two.\nAnd part <three>.", Subject: "Mathematics", Tags: []string{"grade 4", "paper", "Fractions"}, Added: day},
			{Line: 16, Link: "https://example.org/b", Title: "B", Subject: "Mathematics"},
			{Line: 19, Link: "https://example.org/c"},
		}},
		{"as Pinboard and linkding write them", exchange.Bookmarks, `<DL><p>
<DT><A HREF="https://example.org/a" PRIVATE="1" TOREAD="0" TAGS="x,y">A</A>
<DT><A HREF="https://example.org/b" PRIVATE="0" TAGS="">B</A><DD>A note</DL>`,
			[]item{{Line: 2, Link: "https://example.org/a", Title: "A", Tags: []string{"x", "y"}, Private: true}, {Line: 3, Link: "https://example.org/b", Title: "B", Note: "A note"}}},
		{"bookmarks in Latin-1", exchange.Bookmarks, "<META HTTP-EQUIV=\"Content-Type\" CONTENT=\"text/html; charset=iso-8859-1\"><DT><A HREF=\"https://example.org/a\">Fracci\xf3n</A>", []item{{Line: 1, Link: "https://example.org/a", Title: "Fracción"}}},

		{"as linkding's API gives them", exchange.JSON, `{"count":1,"results":[
{"id":1,"url":"https://example.org/a","title":"A","description":"Of it","notes":"Mine","tag_names":["x","y"],"date_added":"2026-03-10T00:00:00Z"}]}`,
			[]item{{Line: 2, Link: "https://example.org/a", Title: "A", Note: "Of it\nMine", Tags: []string{"x", "y"}, Added: day, Others: []exchange.Other{{"id", "1"}}}}},
		{"as Pinboard gives them", exchange.JSON, `[{"href":"https:\/\/example.org\/a","description":"A","extended":"Mine","shared":"no","tags":"x y"}]`,
			[]item{{Line: 1, Link: "https://example.org/a", Title: "A", Note: "Mine", Tags: []string{"x", "y"}, Private: true}}},
		{"as karakeep exports them", exchange.JSON, `{"bookmarks":[{"createdAt":1773100800,"title":"A","tags":["x"],"content":{"type":"link","url":"https://example.org/a"},"note":"Mine"}]}`,
			[]item{{Line: 1, Link: "https://example.org/a", Title: "A", Note: "Mine", Tags: []string{"x"}, Added: day, Others: []exchange.Other{{"content type", "link"}}}}},

		{"an awesome list", exchange.Markdown, `# Awesome Science

[Contributing](contributing.md)

- [Physics](#physics)

## Physics

Some words.

### Waves ###
* [Wave Lab](https://example.org/w) - Try it. #simulation #grade-7
  Second line.
1. [Sound (and more)](https://example.org/s_(a)) – Loud
   - without a link

Chemistry
---
- [x] **[Bonds](<https://example.org/b>)**: strong, 50 % #1
- 2019: https://example.org/t, still good
https://example.org/bare
`, []item{
			{Line: 12, Link: "https://example.org/w", Title: "Wave Lab", Note: "Try it.\nSecond line.", Subject: "Physics", Tags: []string{"Waves", "simulation", "grade-7"}},
			{Line: 14, Link: "https://example.org/s_(a)", Title: "Sound (and more)", Note: "Loud\nwithout a link", Subject: "Physics", Tags: []string{"Waves"}},
			{Line: 19, Link: "https://example.org/b", Title: "Bonds", Note: "**\n**: strong, 50 % #1", Subject: "Chemistry"},
			{Line: 20, Link: "https://example.org/t", Title: "2019", Note: "still good", Subject: "Chemistry"},
			{Line: 21, Link: "https://example.org/bare", Subject: "Chemistry"},
		}},
		{"a title alone", exchange.Markdown, "# Mathematics\n- <https://example.org/a>\n", []item{{Line: 2, Link: "https://example.org/a", Subject: "Mathematics"}}},
		{"code", exchange.Markdown, "```\n- [A](https://example.org/a)\n```\n- [B](https://example.org/b)\n", []item{{Line: 4, Link: "https://example.org/b", Title: "B"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, _ := all(t, tt.format, strings.NewReader(tt.in))
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

// What is somebody's own is not for everybody, whatever a list calls it.
func TestMarks(t *testing.T) {
	const none, private, hidden = "", "private", "hidden"
	for said, want := range map[string]string{
		"private:1": private, "private:yes": private, "Privado:VERDADERO": private, "is_private:x": private, "private:only me": private, "private:0": none, "private:FALSE": none, "private:no": none,
		"shared:false": private, "Shared?:no": private, "shared:0": private, "Compartido:FALSO": private, "shared:yes": none, "shared:1": none,
		"public:false": private, "is_public:0": private, "Público:no": private, "public:true": none,
		"visibility:private": private, "Visibilidad:Privado": private, "visibility:3": private, "visibility:public": none, "visibility:2": none,
		"hidden:yes": hidden, "Oculto:sí": hidden, "hidden:no": none, "hidden:": none, "shared:": none, "private:": none,
	} {
		name, value, _ := strings.Cut(said, ":")
		for f, list := range map[exchange.Format]string{
			exchange.CSV:  "url," + name + "\nhttps://example.org/a," + value + "\n",
			exchange.JSON: fmt.Sprintf(`{"results":[{"url":"https://example.org/a",%q:%q}]}`, name, value),
		} {
			items, _ := all(t, f, strings.NewReader(list))
			if len(items) != 1 || items[0].Private != (want == private) || items[0].Hidden != (want == hidden) || len(items[0].Others) > 0 {
				t.Errorf("%s: %+v", list, items)
			}
		}
	}
	for list, want := range map[string]bool{
		`[{"url":"https://example.org/a","shared":false}]`:                                 true,
		`[{"url":"https://example.org/a","shared":true,"public":true}]`:                    false,
		`[{"url":"https://example.org/a","public":false}]`:                                 true,
		`[{"url":"https://example.org/a","visibility":3}]`:                                 true,
		`[{"url":"https://example.org/a","visibility":1,"is_private":false}]`:              false,
		`[{"href":"https://example.org/a","description":"A","extended":"","shared":"no"}]`: true,
		`[{"href":"https://example.org/a","description":"A","shared":"no"}]`:               true,
	} {
		if items, _ := all(t, exchange.JSON, strings.NewReader(list)); len(items) != 1 || items[0].Private != want {
			t.Errorf("%s: %+v", list, items)
		}
	}
	// What says something else is kept.
	items, _ := all(t, exchange.CSV, strings.NewReader("url,shared,público\nhttps://example.org/a,with Ana,familias\n"))
	if d := cmp.Diff([]exchange.Other{{"shared", "with Ana"}, {"público", "familias"}}, items[0].Others); d != "" || items[0].Private {
		t.Error(d, items[0].Private)
	}
}

func utf16(s string) string {
	var b strings.Builder
	for _, r := range s {
		b.WriteByte(byte(r))
		b.WriteByte(byte(r >> 8))
	}
	return b.String()
}

func TestRefusals(t *testing.T) {
	type refusal = exchange.Refusal
	tests := []struct {
		name   string
		format exchange.Format
		in     string
		want   []refusal
		taken  int
	}{
		{"nothing", exchange.CSV, "", []refusal{{Fault: exchange.Empty}}, 0},
		{"names alone", exchange.CSV, "url,title\n", []refusal{{Fault: exchange.Empty}}, 0},
		{"no column", exchange.CSV, "title,author\nA,B\n", []refusal{{Line: 1, Last: 1, Fault: exchange.NoColumn}}, 0},
		{"no link", exchange.CSV, "url,title\n,A\nhttps://example.org/b,B\n", []refusal{{Line: 2, Last: 2, Fault: exchange.NoLink, Text: "A"}}, 1},
		{"a quotation mark that nothing closes", exchange.CSV, "url,title\nhttps://example.org/a,\"A\nhttps://example.org/b,B\n", []refusal{{Line: 2, Last: 4, Fault: exchange.Unclosed, Text: "A https://example.org/b,B"}}, 0},
		{"a long row", exchange.CSV, "url,title\nhttps://example.org/a," + strings.Repeat("A", exchange.MostRecord) + "\nhttps://example.org/b,B\n", []refusal{{Line: 2, Last: 3, Fault: exchange.TooLong}}, 1},
		{"what is no entry in JSON", exchange.JSON, `["https://example.org/a", "a list", null,
{}, 5, ["https://example.org/b"]]`, []refusal{{1, 1, exchange.NoLink, `"a list"`}, {1, 1, exchange.NoLink, "null"}, {2, 2, exchange.NoLink, "{}"},
			{2, 2, exchange.NoLink, "5"}, {2, 2, exchange.NoLink, `["https://example.org/b"]`}}, 1},
		{"nothing in JSON", exchange.JSON, `{"bookmarks":[]}`, []refusal{{Fault: exchange.Empty}}, 0},
		{"no JSON", exchange.JSON, "[{\"url\":\"https://example.org/a\"},\n{url}]", []refusal{{Line: 2, Last: 2, Fault: exchange.Broken}}, 1},
		{"JSON that ends", exchange.JSON, `[{"url":"https://example.org/a"},{"ur`, []refusal{{Line: 1, Last: 1, Fault: exchange.Broken}}, 1},
		{"deep JSON", exchange.JSON, strings.Repeat("[", 100_000), []refusal{{Line: 1, Last: 1, Fault: exchange.Broken}}, 0},
		{"a bookmark without a link", exchange.Bookmarks, "<DT><A>A</A>", []refusal{{Line: 1, Last: 1, Fault: exchange.NoLink, Text: "A"}}, 0},
		{"a long bookmark", exchange.Bookmarks, "<DT><A HREF=\"https://example.org/a\" ICON=\"" + strings.Repeat("A", exchange.MostRecord) + "\">A</A>\n<DT><A HREF=\"https://example.org/b\">B</A>", []refusal{{Line: 1, Last: 1, Fault: exchange.TooLong}}, 1},
		{"no entry of a list", exchange.Markdown, "See https://example.org/a for more\n- nothing\n- [B](https://example.org/b)\n", []refusal{{1, 1, exchange.Unlisted, "See https://example.org/a for more"}, {2, 2, exchange.NoLink, "nothing"}}, 1},
		{"a place on the page's own site", exchange.Markdown, "- [B](contributing.md)\n", []refusal{{1, 1, exchange.NoLink, "contributing.md"}}, 0},
		{"a long line", exchange.Markdown, "- " + strings.Repeat("A", exchange.MostRecord) + "\n- [B](https://example.org/b)\n", []refusal{{Line: 1, Last: 1, Fault: exchange.TooLong}}, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			items, got := all(t, tt.format, strings.NewReader(tt.in))
			if d := cmp.Diff(tt.want, got); d != "" || len(items) != tt.taken {
				t.Error(len(items), d)
			}
		})
	}
	broken := errors.New("the disk is gone")
	for _, f := range exchange.Formats() {
		var last error
		for _, err := range exchange.Read(io.MultiReader(strings.NewReader("- [A](https://example.org/a)\n"), failing{broken}), f) {
			last = err
		}
		if !errors.Is(last, broken) {
			t.Errorf("%s: %v", f, last)
		}
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestFormatOf(t *testing.T) {
	for _, tt := range []struct {
		name, begin string
		want        exchange.Format
	}{
		{"list.CSV", "", exchange.CSV},
		{"list.tab", "", exchange.TSV},
		{"bookmarks.htm", "", exchange.Bookmarks},
		{"x.json", "", exchange.JSON},
		{"README.md", "", exchange.Markdown},
		{"", "<!DOCTYPE NETSCAPE-Bookmark-file-1>", exchange.Bookmarks},
		{"", "<https://example.org>", exchange.Markdown},
		{"", " [\n {", exchange.JSON},
		{"", `{"bookmarks": [`, exchange.JSON},
		{"", "[A](https://example.org)", exchange.Markdown},
		{"", `["A"](https://example.org)`, exchange.Markdown},
		{"", "[\"https://example.org/a\",\n\"https://example.org/b\"]", exchange.JSON},
		{"", "[ \"https://example.org/a\" ]\n", exchange.JSON},
		{"", "Title,Link\nA,b", exchange.CSV},
		{"list.txt", "título\tenlace\n", exchange.TSV},
		{"", utf16("\ufefftitle;url\n"), exchange.CSV},
		{"", "https://example.org/a, good", exchange.Markdown},
		{"", "", exchange.Markdown},
	} {
		if got := exchange.FormatOf(tt.name, []byte(tt.begin)); got != tt.want {
			t.Errorf("%q %q: %s", tt.name, tt.begin, got)
		}
	}
}

// TestRoundTrip: what is written is read the same.
func TestRoundTrip(t *testing.T) {
	const hostile = "=+-@'\"|,;:#&<>[]()*_`\\!~.áñ日 \u00a0\u0301–ab1"
	word := rapid.StringOfN(rapid.SampledFrom([]rune(hostile)), 1, 12, -1)
	line := rapid.Custom(func(t *rapid.T) string {
		return strings.Join(strings.Fields(strings.Join(rapid.SliceOfN(word, 1, 4).Draw(t, "words"), " ")), " ")
	})
	maybe := func(g *rapid.Generator[string]) *rapid.Generator[string] {
		return rapid.OneOf(rapid.Just(""), g)
	}
	several := rapid.Custom(func(t *rapid.T) (out []string) {
		for _, s := range rapid.SliceOfN(line, 0, 4).Draw(t, "texts") {
			s = strings.TrimLeft(strings.NewReplacer(",", "", ";", "").Replace(s), "# ")
			s = strings.Join(strings.Fields(s), " ")
			if s != "" && !slices.ContainsFunc(out, func(o string) bool { return strings.EqualFold(o, s) }) {
				out = append(out, s)
			}
		}
		return out
	})
	note := rapid.Custom(func(t *rapid.T) string {
		ls := slices.DeleteFunc(rapid.SliceOfN(line, 0, 3).Draw(t, "lines"), func(l string) bool { return l == "" })
		return strings.Join(ls, "\n")
	})
	item := rapid.Custom(func(t *rapid.T) exchange.Item {
		it := exchange.Item{
			Hidden: rapid.Bool().Draw(t, "hidden"),
			Link:   "https://example.org/" + rapid.StringMatching(`[a-z0-9_()!*'&=?;,.-]{0,12}`).Draw(t, "link"),
			Title:  maybe(line).Draw(t, "title"), Note: note.Draw(t, "note"), Subject: maybe(line).Draw(t, "subject"),
			Tags: several.Draw(t, "tags"), Grades: several.Draw(t, "grades"), Licence: maybe(line).Draw(t, "licence"),
		}
		if rapid.Bool().Draw(t, "dated") {
			it.Added = time.Unix(rapid.Int64Range(700_000_000, 4_000_000_000).Draw(t, "added"), 0).UTC()
		}
		return it
	})
	for _, f := range exchange.Formats() {
		t.Run(string(f), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				items := rapid.SliceOfN(item, 1, 4).Draw(t, "items")
				var others []string
				if f == exchange.CSV || f == exchange.TSV || f == exchange.JSON {
					others = []string{"saved by"}
					items[0].Others = []exchange.Other{{Name: "saved by", Value: "Ana"}}
				}
				var b bytes.Buffer
				if err := exchange.Write(&b, f, others, slices.Values(items)); err != nil {
					t.Fatal(err)
				}
				written := b.String()
				got, refused := all(t, f, &b)
				for i := range items {
					if f == exchange.Bookmarks { // which have another word for it
						items[i].Private, items[i].Hidden = items[i].Hidden, false
					}
				}
				if d := cmp.Diff(items, unlined(got)); d != "" || len(refused) > 0 {
					t.Fatalf("%v %s\n%s", refused, d, written)
				}
			})
		})
	}
}

// TestFormulas: no cell of a table begins like a formula.
func TestFormulas(t *testing.T) {
	items := []exchange.Item{{Link: "https://example.org/a", Title: "=HYPERLINK(1)", Note: "@x\n+1", Subject: "-a", Tags: []string{"+b"}, Licence: "＝1"}}
	for _, f := range []exchange.Format{exchange.CSV, exchange.TSV} {
		var b bytes.Buffer
		if err := exchange.Write(&b, f, nil, slices.Values(items)); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"'=HYPERLINK(1)", "'@x", "'-a", "'+b", "'＝1"} {
			if !strings.Contains(b.String(), want) {
				t.Errorf("%s: %q does not have %s", f, b.String(), want)
			}
		}
	}
}

// endless gives a text again and again, up to a length, and looks at the memory.
type endless struct {
	text string
	left int
	most uint64
	step int
}

func (e *endless) Read(p []byte) (int, error) {
	if e.left <= 0 {
		return 0, io.EOF
	}
	n := 0
	for n+len(e.text) <= len(p) {
		n += copy(p[n:], e.text)
	}
	if n == 0 {
		n = copy(p, e.text)
	}
	e.left -= n
	if e.step++; e.step%256 == 0 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		e.most = max(e.most, m.HeapAlloc)
	}
	return n, nil
}

var hostileMB = flag.Int("hostile", 1, "MB of each hostile list")

// TestHostile: memory does not grow with what is read.
func TestHostile(t *testing.T) {
	size := *hostileMB << 20
	texts := map[string]string{
		"one line": "a", "quotes": "\"", "quotes and commas": "x\"y,\"z\n", "brackets": "[", "links": "[![", "lists": "- [a\n", "angles": "<",
		"folders": "<DL><H3>a</H3>", "notes": "<DD>a", "objects": `{"a":`, "arrays": "[[", "marks": ` tag:"a`, "lines": "\n", "rows": "https://example.org/a,b\n",
		"nested": "- [a](https://example.org)\n  b\n", "unfinished": "<A HREF=\"a", "bytes": "\xe9", "zeros": "\x00",
	}
	for name, text := range texts {
		for _, f := range exchange.Formats() {
			t.Run(name+" as "+string(f), func(t *testing.T) {
				begin := ""
				switch f {
				case exchange.CSV, exchange.TSV:
					begin = "url,title\n"
				case exchange.JSON:
					begin = "["
				case exchange.Bookmarks:
					begin = "<DL><DT><A HREF=\"https://example.org\">a"
				}
				e := &endless{text: text, left: size}
				var before runtime.MemStats
				runtime.GC()
				runtime.ReadMemStats(&before)
				read := 0
				for _, err := range exchange.Read(io.MultiReader(strings.NewReader(begin), e), f) {
					if refusal := (*exchange.Refusal)(nil); err != nil && !errors.As(err, &refusal) {
						t.Fatal(err)
					}
					read++
				}
				if read == 0 {
					t.Error("nothing is said of it")
				}
				if grown := int64(e.most) - int64(before.HeapAlloc); grown > 48<<20 {
					t.Errorf("%d MB were in use", grown>>20)
				}
			})
		}
	}
}

// TestCut: of one item so much is taken, and that there was more is told.
func TestCut(t *testing.T) {
	many := strings.Repeat("  more and more\n", 10_000)
	items, _ := all(t, exchange.Markdown, strings.NewReader("- [A](https://example.org/a)\n"+many+"- [B](https://example.org/b)\n"))
	if len(items) != 2 || !items[0].Cut || len(items[0].Note) > 16<<10 || items[1].Cut {
		t.Errorf("%d items; a note of %d bytes", len(items), len(items[0].Note))
	}
	var tags strings.Builder
	for i := range 10_000 {
		tags.WriteString(strconv.Itoa(i) + ",")
	}
	items, _ = all(t, exchange.CSV, strings.NewReader("url,tags\nhttps://example.org/a,\""+tags.String()+"\"\n"))
	if len(items) != 1 || !items[0].Cut || len(items[0].Tags) != 200 {
		t.Errorf("%+v", items)
	}
}
