// Package page reads what a page on the web says of itself: its title, what it is
// about, in which language, and under which licence.
//
// It takes what is there for machines first (Open Graph, schema.org in JSON-LD,
// Dublin Core, Twitter's cards) and falls back on what is there for people. All of
// it is data from strangers: Read gives one line of text each, cut to a length, and
// addresses only of the web.
//
// https://ogp.me, https://schema.org/CreativeWork, https://html.spec.whatwg.org/multipage/semantics.html
package page

import (
	"bytes"
	"net/url"
	"strings"
	"unicode"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html/charset"
	"golang.org/x/text/language"
)

// Page is what a page says of itself. What it does not say is empty.
type Page struct {
	Title       string
	Description string
	Site        string // the name of the site
	Author      string
	Picture     string // address
	Language    string // as BCP 47 has it: "en", "es-MX"
	Licence     string // "CC BY-NC 4.0"; see Licence
	Canonical   string // the address that the page itself says it has
	OEmbed      string // the address of the same in JSON: https://oembed.com
}

// The lengths to which texts are cut, in characters, and addresses refused, in
// bytes.
const (
	mostTitle       = 200
	mostDescription = 300
	mostName        = 80
	mostAddress     = 2048
)

// Read reads a page in HTML. contentType is what the server said of it, and
// address where it was. It gives what it finds in any bytes, and nothing where a
// parser gives up: one page must not keep others from being read.
func Read(body []byte, contentType, address string) (p Page) {
	defer func() {
		if recover() != nil {
			p = Page{}
		}
	}()
	base, err := url.Parse(address)
	if err != nil {
		base = &url.URL{}
	}
	r, err := charset.NewReader(bytes.NewReader(body), contentType)
	if err != nil {
		return Page{}
	}
	doc, err := goquery.NewDocumentFromReader(r)
	if err != nil {
		return Page{}
	}
	d := document{doc, base, described(doc)}
	return Page{
		Title:       line(first(d.meta("og:title"), d.work.Headline, d.work.Name, d.meta("twitter:title"), d.meta("dc.title"), doc.Find("title").Not("svg title").First().Text(), doc.Find("h1").First().Text()), mostTitle),
		Description: line(first(d.meta("og:description"), d.meta("description"), d.work.Description, d.meta("twitter:description"), d.meta("dc.description")), mostDescription),
		Site:        line(first(d.meta("og:site_name"), d.meta("application-name")), mostName),
		Author:      line(first(d.work.Author.name(), d.meta("author"), d.meta("dc.creator")), mostName),
		Picture:     d.address(first(d.meta("og:image:secure_url"), d.meta("og:image"), d.meta("twitter:image"))),
		Language:    tag(first(doc.Find("html").AttrOr("lang", ""), d.work.Language.name(), strings.ReplaceAll(d.meta("og:locale"), "_", "-"), d.meta("dc.language"), d.equivalent("content-language"))),
		Licence:     d.licence(),
		Canonical:   d.address(first(doc.Find(`link[rel~="canonical" i]`).AttrOr("href", ""), d.meta("og:url"))),
		OEmbed:      d.address(doc.Find(`link[type="application/json+oembed" i]`).AttrOr("href", "")),
	}
}

// document is a page that is being read.
type document struct {
	*goquery.Document
	base *url.URL
	work work
}

// meta is the first that is said under a name.
func (d *document) meta(name string) (said string) {
	d.Find("meta").EachWithBreak(func(_ int, s *goquery.Selection) bool {
		if strings.EqualFold(strings.TrimSpace(s.AttrOr("property", s.AttrOr("name", ""))), name) {
			said = s.AttrOr("content", "")
		}
		return strings.TrimSpace(said) == ""
	})
	return said
}

// equivalent is what the page says in the place of its server.
func (d *document) equivalent(name string) string {
	return d.Find("meta").FilterFunction(func(_ int, s *goquery.Selection) bool {
		return strings.EqualFold(s.AttrOr("http-equiv", ""), name)
	}).AttrOr("content", "")
}

// address is an address on the web that the page gives, or "".
func (d *document) address(given string) string { return webAddress(d.base, given) }

// webAddress is an address on the web, as it stands at another one, or "".
func webAddress(base *url.URL, given string) string {
	u, err := base.Parse(strings.TrimSpace(given))
	if given == "" || err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || len(u.String()) > mostAddress {
		return ""
	}
	return u.String()
}

// mostSaid is how much of what may be said of a licence is looked at.
const mostSaid = 100

// licence is what the page is licensed under, if it is known what that means.
func (d *document) licence() string {
	var said []string
	d.Find(`link[rel~="license" i], a[rel~="license" i]`).Each(func(_ int, s *goquery.Selection) {
		said = append(said, s.AttrOr("href", ""))
	})
	said = append(said, d.work.Licence.name(), d.meta("dcterms.license"), d.meta("dc.rights"), d.meta("dcterms.rights"), d.meta("copyright"))
	// Many pages link the deed and say no more.
	d.Find(`a[href*="creativecommons.org/"]`).Each(func(_ int, s *goquery.Selection) {
		said = append(said, s.AttrOr("href", ""))
	})
	for _, s := range said[:min(len(said), mostSaid)] {
		if l := Licence(s); l != "" {
			return l
		}
	}
	return ""
}

// first is the first that says something.
func first(texts ...string) string {
	for _, t := range texts {
		if strings.TrimSpace(t) != "" {
			return t
		}
	}
	return ""
}

// line makes one line of a text, without what cannot be seen, of at most so many
// characters.
func line(text string, most int) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == unicode.ReplacementChar, unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, text)
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > most {
		text = strings.TrimSpace(string(runes[:most-1])) + "…"
	}
	return text
}

// tag is a language in the usual form, or "".
func tag(said string) string {
	said, _, _ = strings.Cut(said, ",")
	t, err := language.Parse(strings.TrimSpace(said))
	if err != nil || t == language.Und {
		return ""
	}
	return t.String()
}
