package discussion

import (
	"bufio"
	"crypto/sha256"
	_ "embed" // the page's template and style
	"encoding/base64"
	"html/template"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

//go:embed archive_page.html
var pageSource string

//go:embed archive_page.css
var pageStyle string

// pageTemplates are the parts of the page. Each begins and ends between elements, so
// that they can be written one after the other.
var pageTemplates = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("page").Parse(pageSource))
})

// pagePolicy lets a browser load nothing and run nothing, and take the page's own
// style, which it knows by its sum: should something hostile ever stand in the page
// as markup, it still does nothing.
// https://www.w3.org/TR/CSP3/#meta-element
var pagePolicy = sync.OnceValue(func() string {
	sum := sha256.Sum256([]byte(pageStyle))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'"
})

// writePage writes the archive as one page of HTML that needs nothing else: no
// script, no picture, nothing from elsewhere. It is written message by message.
func (a Archive) writePage(out io.Writer, words bot.Words, language string) error {
	if language == "" {
		language = "en"
	}
	p := &page{outline: newOutline(a, words, language), out: bufio.NewWriterSize(out, 1<<16), templates: pageTemplates()}
	p.replyTo, p.mark, p.above = p.text("chat.archive.reply_to"), p.text("chat.archive.picked.one"), p.text("chat.archive.above")
	p.head()
	p.picked()
	for _, q := range p.archive.Questions {
		p.open(heading{ID: "q" + strconv.Itoa(q.Number), Text: p.questionText(&q), Image: q.Image})
		p.question(q.Number, p.message)
		p.write("close", nil)
	}
	p.commitments()
	begun := false
	p.rest(func(l line) {
		if !begun {
			p.open(heading{ID: "rest", Text: p.text("chat.archive.rest")})
			begun = true
		}
		p.message(l)
	})
	if begun {
		p.write("close", nil)
	}
	p.links()
	p.write("foot", p.text("chat.archive.made"))
	if p.failed != nil {
		return p.failed
	}
	return p.out.Flush()
}

// page writes one archive.
type page struct {
	*outline
	out                  *bufio.Writer
	templates            *template.Template
	replyTo, mark, above string
	failed               error
}

func (p *page) write(part string, data any) {
	if p.failed == nil {
		p.failed = p.templates.ExecuteTemplate(p.out, part, data)
	}
}

// heading is that of a section.
type heading struct{ ID, Text, Image string }

type pageHead struct {
	Language, Heading, Skip, Audience, ContentsLabel string
	Policy                                           string
	Style                                            template.CSS // our own
	Facts                                            []string
	Contents                                         []heading
}

func (p *page) head() {
	shown := func(names ...string) string { return clean(strings.Join(names, ", ")) }
	h := pageHead{
		Language: p.language, Heading: clean(p.archive.heading()), Skip: p.text("chat.archive.skip"),
		Audience: p.audience(), ContentsLabel: p.text("chat.archive.contents"),
		Policy: pagePolicy(), Style: template.CSS(pageStyle), //nolint:gosec // it is ours
		Facts: p.facts(shown),
	}
	if len(p.highlights()) > 0 {
		h.Contents = append(h.Contents, heading{ID: "picked", Text: p.text("chat.archive.picked")})
	}
	for _, q := range p.archive.Questions {
		h.Contents = append(h.Contents, heading{ID: "q" + strconv.Itoa(q.Number), Text: p.questionText(&q)})
	}
	if len(p.archive.Links) > 0 {
		h.Contents = append(h.Contents, heading{ID: "links", Text: p.text("chat.archive.links")})
	}
	p.write("head", h)
}

func (p *page) questionText(q *ArchivedQuestion) string {
	return p.text("chat.archive.question", bot.Num("n", q.Number), bot.Str("text", clean(q.Text)))
}

func (p *page) open(h heading) { p.write("open", h) }

// pageMessage is a message as it stands on the page. Either State is set or the rest.
type pageMessage struct {
	ID                string // empty: it stands elsewhere under its ID
	Depth             int
	State             string
	Author, Place     string
	At, Clock         string
	ToLabel, To, ToID string // what it replies to
	Mark              string
	More, MoreID      string
	Text, Outcome     string
}

// anchor is what a message is called on the page.
func anchor(i int) string { return "m" + strconv.Itoa(i+1) }

func (p *page) message(l line) {
	m := &p.archive.Messages[l.index]
	shown := pageMessage{Depth: min(l.depth, deepest), State: p.state(m)}
	if !l.again {
		shown.ID = anchor(l.index)
	}
	if shown.State == "" {
		p.fill(&shown, m)
		if i, ok := p.byID[m.ReplyTo]; ok && m.ReplyTo != "" && p.state(&p.archive.Messages[i]) == "" {
			shown.ToLabel, shown.To, shown.ToID = p.replyTo, clean(p.named(p.archive.Messages[i].Author)), anchor(i)
		}
		if m.Highlighted {
			shown.Mark = p.mark
		}
		if l.again && len(p.replies[m.ID]) > 0 {
			shown.More, shown.MoreID = p.above, anchor(l.index)
		}
	}
	p.write("message", shown)
}

func (p *page) fill(shown *pageMessage, m *ArchivedMessage) {
	at := m.At.In(p.loc)
	shown.Author, shown.Place, shown.Text = clean(p.named(m.Author)), clean(m.Place), clean(m.Text)
	shown.At, shown.Clock = at.Format(time.RFC3339), at.Format("15:04")
}

// picked writes what the hosts have picked.
func (p *page) picked() {
	all := p.highlights()
	if len(all) == 0 {
		return
	}
	p.open(heading{ID: "picked", Text: p.text("chat.archive.picked")})
	for _, i := range all {
		m := &p.archive.Messages[i]
		var shown pageMessage
		p.fill(&shown, m)
		shown.More, shown.MoreID = p.text("chat.archive.to", bot.Str("n", numbers(m.Questions))), anchor(i)
		p.write("message", shown)
	}
	p.write("close", nil)
}

// commitments writes what people will try, and what came of it.
func (p *page) commitments() {
	for i, c := range p.archive.Commitments {
		if i == 0 {
			p.open(heading{ID: "try", Text: p.text("chat.archive.commitments")})
		}
		shown := pageMessage{Author: clean(p.named(c.Author)), Text: clean(c.Text)}
		if c.Outcome != "" {
			shown.Outcome = p.text("chat.archive.outcome", bot.Str("text", clean(c.Outcome)))
		}
		p.write("message", shown)
		if i == len(p.archive.Commitments)-1 {
			p.write("close", nil)
		}
	}
}

type pageLink struct{ URL, Author, ID, About string }

// links writes what was linked to.
func (p *page) links() {
	var all []pageLink
	for _, l := range p.archive.Links {
		all = append(all, pageLink{l.URL, clean(p.named(l.Author)), anchor(p.byID[l.Message]), p.text("chat.archive.to", bot.Str("n", numbers(l.Questions)))})
	}
	if len(all) == 0 {
		return
	}
	p.open(heading{ID: "links", Text: p.text("chat.archive.links")})
	p.write("links", all)
	p.write("close", nil)
}

// clean is text of which everything shows.
func clean(s string) string { return strings.Map(legible, s) }
