package discussion_test

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/discussion"
)

// hostile are things that people may type, or be called, which are something else
// where they are not taken for text.
var hostile = []string{
	`<script>alert(1)</script>`,
	`</p></article></main><img src=x onerror=alert(1)>`,
	`"><svg/onload=alert(1)>`,
	`' onmouseover='alert(1)`,
	`&lt;b&gt; &amp; {{.Policy}} {{template "foot"}}`,
	`<!-- --><style>*{display:none}</style>`,
	`javascript:alert(1)`,
	`https://example.org/"onclick="alert(1)`,
	`https://example.org/<b>x</b>?a=1&b='2'`,
	`# heading *bold* [link](javascript:alert(1)) ![x](https://example.org/x.png)`,
	`=HYPERLINK("http://example.org","x")`,
	`+1+1`, `-1`, `@SUM(A1)`, "\t=1", "\r=1", "  =1", "\u200b=1", "＝1+1",
	"abc \u202egnp.exe\u202c \u2066x\u2069",
	"nul \x00 bell \x07 escape \x1b[31m del \x7f c1 \u0085",
	`a,"b";c` + "\nnext line",
}

// everywhere is an archive that has a text wherever people can type one.
func everywhere(text string) discussion.Archive {
	at := time.Date(2026, 3, 8, 20, 5, 0, 0, time.UTC)
	return discussion.Archive{
		Version: discussion.ArchiveVersion, Audience: discussion.ForMembers,
		Title: text, Tag: text, Hosts: []string{text}, Start: at, Zone: "UTC", Participants: []string{text}, Places: []string{text},
		Questions: []discussion.ArchivedQuestion{{Number: 1, Text: text, Image: "https://example.org/" + text, AskedAt: at}},
		Messages: []discussion.ArchivedMessage{
			{ID: text, Author: text, Kind: discussion.Answer, Questions: []int{1}, At: at, Text: text, Place: text, Highlighted: true},
			{ID: "2" + text, Author: text, Kind: discussion.Reply, Questions: []int{1}, ReplyTo: text, At: at, Text: text, Place: text},
			{ID: "3" + text, Author: text, Kind: discussion.Remark, At: at, Text: text},
		},
		Commitments: []discussion.ArchivedCommitment{{Author: text, At: at, Text: text, Outcome: text}},
		Links:       []discussion.ArchivedLink{{URL: text, Author: text, Message: text, Questions: []int{1}}},
	}
}

// harmless is an archive as it may be.
func harmless() discussion.Archive {
	a := everywhere("harmless")
	a.Links[0].URL = "https://example.org/"
	return a
}

// page is what a browser makes of a page: its elements and attributes, without the
// texts and addresses, and all that is there to read.
func page(t *testing.T, source string) (elements []string, text string) {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(source))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for n := range doc.Descendants() {
		switch n.Type {
		case html.ElementNode:
			e := n.Data
			for _, a := range n.Attr {
				e += " " + a.Key
				if a.Key == "href" && !strings.HasPrefix(a.Val, "#") && !strings.HasPrefix(a.Val, "https://") {
					t.Errorf("a link leads to %q", a.Val)
				}
			}
			elements = append(elements, e)
		case html.TextNode:
			if n.Parent.Data != "style" {
				all.WriteString(n.Data)
			}
		case html.CommentNode:
			t.Errorf("there is a comment: %q", n.Data)
		default:
		}
	}
	return elements, all.String()
}

// shown is a text as it shows: without what shows nothing.
func shown(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && (r < ' ' || r >= 0x7f && r <= 0x9f || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069) {
			return -1
		}
		return r
	}, text)
}

// Whatever stands in whatever field, the page has the elements that it has with
// harmless words, and shows the text.
func TestHostileTextShowsAsTextOnThePage(t *testing.T) {
	want, _ := page(t, written(t, harmless(), discussion.Page))
	for _, text := range hostile {
		a := everywhere(text)
		if !strings.HasPrefix(text, "https://") {
			a.Links = everywhere("https://example.org/").Links
			a.Links[0].Author = text
		}
		got, read := page(t, written(t, a, discussion.Page))
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("%q makes other elements:\n%s", text, strings.Join(got, "\n"))
		}
		// Title, heading twice, facts, contents, places, messages with authors …
		if n := strings.Count(read, shown(text)); n < 20 {
			t.Errorf("%q is shown %d times in\n%s", text, n, read)
		}
	}
	got, _ := page(t, written(t, everywhere("javascript:alert(1)"), discussion.Page)) // as a link
	if len(got) != len(want) {
		t.Error("a link makes other elements")
	}
}

// The page needs nothing from elsewhere and lets nothing run.
func TestThePageIsSelfContained(t *testing.T) {
	source := written(t, harmless(), discussion.Page)
	for _, want := range []string{`<html lang="en">`, `default-src &#39;none&#39;; style-src &#39;sha256-`, `<a class="skip" href="#said">`, `<main id="said"`} {
		if !strings.Contains(source, want) {
			t.Errorf("it has no %s:\n%s", want, source)
		}
	}
	elements, _ := page(t, source)
	for _, e := range elements {
		name, _, _ := strings.Cut(e, " ")
		switch name {
		case "script", "img", "iframe", "object", "embed", "link", "form", "base", "video", "audio", "svg":
			t.Errorf("it has %s", e)
		}
		if strings.Contains(e, " src") || strings.Contains(e, " on") || strings.Contains(e, " style") {
			t.Errorf("it has %s", e)
		}
	}
}

// A spreadsheet takes no cell for a formula, and finds all the text in it.
func TestNoCellIsAFormula(t *testing.T) {
	for _, text := range hostile {
		source := written(t, everywhere(text), discussion.Table)
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(source, "\ufeff"))).ReadAll()
		if err != nil || len(rows) != 6 {
			t.Fatalf("%q: %d rows, %v", text, len(rows), err)
		}
		for _, row := range rows {
			for _, cell := range row {
				begin := strings.TrimLeft(cell, " \n\u200b")
				if begin != "" && strings.ContainsAny(begin[:1], "=+-@\t\r") || strings.HasPrefix(begin, "＝") || strings.HasPrefix(cell, "\t") {
					t.Errorf("%q stands in a cell as %q", text, cell)
				}
			}
		}
		if got := rows[1][4]; got != shown(text) && got != "'"+shown(text) {
			t.Errorf("%q stands in its cell as %q", text, got)
		}
	}
}

// The table has a row for all that can be read, each once.
func TestTheTableHasARowForEach(t *testing.T) {
	a := everywhere("x")
	a.Questions = append(a.Questions, discussion.ArchivedQuestion{Number: 2, Text: "two", AskedAt: a.Start})
	a.Messages[0].Questions = []int{1, 2}
	rows, err := csv.NewReader(strings.NewReader(written(t, a, discussion.Table))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, row := range rows[1:] {
		got = append(got, strings.TrimPrefix(row[0], "en chat.archive.kind.")+" "+row[1]+" "+row[6])
	}
	if want := "question 1 |answer 1, 2 1|reply 1 |question 2 |commitment  |remark  "; strings.Join(got, "|") != want {
		t.Errorf("%q, want %q", strings.Join(got, "|"), want)
	}
}

// The data say their version and their audience, and are what was written.
func TestTheDataAreWhatIsThere(t *testing.T) {
	for _, text := range hostile {
		var a discussion.Archive
		if err := json.Unmarshal([]byte(written(t, everywhere(text), discussion.Data)), &a); err != nil {
			t.Fatal(err)
		}
		if a.Version != 1 || a.Audience != "members" || a.Messages[0].Text != text || !a.Messages[0].Highlighted || a.Links[0].URL != text {
			t.Errorf("%+v", a)
		}
	}
}

// large is an archive of so many messages: answers, each with a chain of replies.
func large(messages int) discussion.Archive {
	at := time.Date(2026, 3, 8, 20, 5, 0, 0, time.UTC)
	a := discussion.Archive{Version: 1, Audience: discussion.ForMembers, Title: "A crowd", Zone: "UTC", Start: at, Participants: []string{}}
	for q := range 6 {
		a.Questions = append(a.Questions, discussion.ArchivedQuestion{Number: q + 1, Text: "What do you do?", AskedAt: at})
	}
	for n := range messages {
		m := discussion.ArchivedMessage{
			ID: fmt.Sprint(n), Author: fmt.Sprint("Teacher ", n%2000), Kind: discussion.Answer, Questions: []int{n/10%6 + 1}, At: at.Add(time.Duration(n) * time.Millisecond),
			Text: "A picture first, and then a word for what they see & what they <wonder> about; most of them have one.",
		}
		if n%10 != 0 {
			m.Kind, m.ReplyTo = discussion.Reply, fmt.Sprint(n-1)
		}
		a.Messages = append(a.Messages, m)
	}
	return a
}

// counter counts what is written, and fails when it is told to.
type counter struct {
	bytes, largest, left int
}

func (c *counter) Write(p []byte) (int, error) {
	c.bytes += len(p)
	c.largest = max(c.largest, len(p))
	if c.left -= len(p); c.left < 0 {
		return 0, errFull
	}
	return len(p), nil
}

var errFull = errors.New("the disk is full")

// A message costs the same in a large archive as in a small one, and what can be
// written bit by bit is never there as a whole.
func TestAMessageCostsTheSameInALargeArchive(t *testing.T) {
	for _, f := range discussion.Formats() {
		cost := func(messages int) (allocations, bytes float64, largest int) {
			a := large(messages)
			var c counter
			allocations = testing.AllocsPerRun(1, func() {
				c = counter{left: 1 << 30}
				if err := a.Write(&c, f, bottest.Words{}, "en"); err != nil {
					t.Fatal(err)
				}
			})
			return allocations / float64(messages), float64(c.bytes) / float64(messages), c.largest
		}
		few, fewBytes, _ := cost(1000)
		many, manyBytes, largest := cost(10000)
		if many > 1.1*few || manyBytes > 1.1*fewBytes {
			t.Errorf("%s: %.1f allocations and %.0f bytes a message among 1,000, %.1f and %.0f among 10,000", f, few, fewBytes, many, manyBytes)
		}
		if f != discussion.Data && largest > 1<<17 {
			t.Errorf("%s: %d bytes are written at once", f, largest)
		}
	}
}

// Whoever writes the file hears that it could not be written.
func TestWhatCannotBeWrittenIsAnError(t *testing.T) {
	for _, f := range discussion.Formats() {
		if err := large(2000).Write(&counter{left: 100_000}, f, bottest.Words{}, "en"); !errors.Is(err, errFull) {
			t.Errorf("%s: %v", f, err)
		}
	}
}

func BenchmarkArchive(b *testing.B) {
	for _, messages := range []int{2000, 20000} {
		a := large(messages)
		for _, f := range discussion.Formats() {
			b.Run(fmt.Sprintf("%s/%d", f, messages), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if err := a.Write(io.Discard, f, bottest.Words{}, "en"); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(messages), "ns/message")
			})
		}
	}
}
