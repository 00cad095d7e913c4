package page

import (
	"encoding/json"
	"net/url"
	"strings"
)

// ReadOEmbed reads what the page's site says of it in JSON, at Page.OEmbed. at is
// the address of that. What cannot be read is empty.
//
// https://oembed.com, section 2.3.4
func ReadOEmbed(body []byte, at string) Page {
	var said struct {
		Title     text `json:"title"`
		Author    text `json:"author_name"`
		Site      text `json:"provider_name"`
		Thumbnail text `json:"thumbnail_url"`
	}
	base, err := url.Parse(at)
	if err != nil || json.Unmarshal(body, &said) != nil {
		return Page{}
	}
	return Page{
		Title:   line(string(said.Title), mostTitle),
		Author:  line(string(said.Author), mostName),
		Site:    line(string(said.Site), mostName),
		Picture: webAddress(base, string(said.Thumbnail)),
	}
}

// With is the page with what another source says of it where it says nothing itself.
func (p Page) With(o Page) Page {
	p.Title, p.Author, p.Site, p.Picture = first(p.Title, o.Title), first(p.Author, o.Author), first(p.Site, o.Site), first(p.Picture, o.Picture)
	return p
}

// text is a string; what is none is empty.
type text string

// UnmarshalJSON implements json.Unmarshaler.
func (t *text) UnmarshalJSON(data []byte) error {
	var s string
	if json.Unmarshal(data, &s) == nil {
		*t = text(s)
	}
	return nil
}

// archive keeps copies of pages, and says where.
// https://archive.org/help/wayback_api.php
const (
	archive     = "https://archive.org/wayback/available?url="
	archiveHost = "web.archive.org"
)

// ArchiveOf is the address that says whether there is an archived copy of what an
// address shows, for ReadArchived.
func ArchiveOf(address string) string { return archive + url.QueryEscape(address) }

// ReadArchived gives the address of the archived copy of a page that was found, or
// "".
func ReadArchived(body []byte) string {
	var said struct {
		Snapshots struct {
			Closest struct {
				Available bool   `json:"available"`
				Address   string `json:"url"`
				Status    string `json:"status"` // of the page when it was copied
			} `json:"closest"`
		} `json:"archived_snapshots"`
	}
	if json.Unmarshal(body, &said) != nil {
		return ""
	}
	closest := said.Snapshots.Closest
	u, err := url.Parse(closest.Address)
	if err != nil || !closest.Available || !strings.HasPrefix(closest.Status, "2") || u.Host != archiveHost || u.User != nil || len(closest.Address) > mostAddress {
		return ""
	}
	u.Scheme = "https"
	return u.String()
}
