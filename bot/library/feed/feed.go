package feed

import (
	"bytes"
	"encoding/xml"
	"net/url"
	"strings"
	"time"

	"github.com/gorilla/feeds"
)

// Feed is a feed and what is in it. Its texts are plain, and may hold anything.
type Feed struct {
	ID       string // its name for good: see Name
	Title    string
	About    string
	Author   string    // who answers for it
	Language string    // IETF tag
	Self     string    // the address of this form of it
	Home     string    // the address of what it is about
	Updated  time.Time // when something was last added; the same for both forms
	Items    []Item
}

// Item is one thing in a feed.
type Item struct {
	ID    string // its name for good: see Name
	Title string
	Link  string
	Parts []string // paragraphs
	Saved time.Time
}

// Name is a name for good of something that is published under an address: of the host,
// a day on which that was so, and what names it there.
func Name(address string, day time.Time, what string) string {
	host := "staffroom.invalid"
	if u, err := url.Parse(address); err == nil && u.Hostname() != "" {
		host = strings.ToLower(u.Hostname())
	}
	return "tag:" + host + "," + day.UTC().Format(time.DateOnly) + ":" + what
}

// plain is what people see of the feed, for both forms.
func (f *Feed) plain() *feeds.Feed {
	out := &feeds.Feed{
		Title: line(f.Title), Description: line(f.About), Link: &feeds.Link{Href: legal(f.Home)}, Author: &feeds.Author{Name: line(f.Author)},
		Updated: f.Updated.UTC(), Id: legal(f.ID),
	}
	for i := range f.Items {
		it := &f.Items[i]
		out.Add(&feeds.Item{
			Id: legal(it.ID), IsPermaLink: "false", Title: line(it.Title), Link: &feeds.Link{Href: legal(it.Link)}, Description: it.html(),
			Created: it.Saved.UTC(), Updated: it.Saved.UTC(),
		})
	}
	return out
}

// Atom writes the feed as Atom. https://www.rfc-editor.org/rfc/rfc4287
func (f *Feed) Atom() ([]byte, error) {
	a := (&feeds.Atom{Feed: f.plain()}).AtomFeed()
	a.Id, a.Link = legal(f.ID), &feeds.AtomLink{Href: legal(f.Self), Rel: "self", Type: AtomType}
	for i, e := range a.Entries {
		e.Published = f.Items[i].Saved.UTC().Format(time.RFC3339)
	}
	return write(atom{a, f.Language})
}

// RSS writes the feed as RSS 2.0. https://www.rssboard.org/rss-specification
func (f *Feed) RSS() ([]byte, error) {
	c := (&feeds.Rss{Feed: f.plain()}).RssFeed()
	// A person is given by an address of mail there, and there is none.
	c.ManagingEditor, c.PubDate, c.Language = "", "", f.Language
	return write(rss{
		Version: "2.0", Atom: "http://www.w3.org/2005/Atom",
		Channel: channel{c, self{Href: legal(f.Self), Rel: "self", Type: RSSType}},
	})
}

// The media types of the two forms.
// https://www.iana.org/assignments/media-types/application/atom+xml
const (
	AtomType = "application/atom+xml"
	RSSType  = "application/rss+xml"
)

// atom is a feed that says in which language it is.
type atom struct {
	*feeds.AtomFeed
	Language string `xml:"xml:lang,attr,omitempty"`
}

// rss is a feed whose channel says where it is, as is recommended.
// https://www.rssboard.org/rss-profile#namespace-elements-atom-link
type (
	rss struct {
		XMLName xml.Name `xml:"rss"`
		Version string   `xml:"version,attr"`
		Atom    string   `xml:"xmlns:atom,attr"`
		Channel channel  `xml:"channel"`
	}
	channel struct {
		*feeds.RssFeed
		Self self `xml:"atom:link"`
	}
	self struct {
		Href string `xml:"href,attr"`
		Rel  string `xml:"rel,attr"`
		Type string `xml:"type,attr"`
	}
)

func write(v any) ([]byte, error) {
	var out bytes.Buffer
	out.WriteString(xml.Header)
	e := xml.NewEncoder(&out)
	e.Indent("", " ")
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return append(out.Bytes(), '\n'), nil
}
