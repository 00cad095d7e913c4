package library

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base32"
	"mime"
	"net/url"
	"path"
	"regexp"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot/library/link"
	"github.com/staffroom-bot/staffroom/bot/library/page"
)

// sight is what a look at a resource's link showed.
type sight struct {
	outcome  Outcome // soft ones understood
	visit    Visit
	page     Page   // of what was Found
	lost     bool   // the site's home page is not there either
	archived string // the address of an archived copy, where the link is dead
}

// see looks at a resource's link.
func (c *Caretaker) see(ctx context.Context, r *Resource, now time.Time) (sight, error) {
	known := Validators{r.Health.ETag, r.Health.Modified}
	if r.Page.Read.IsZero() || r.Health.Failed > 0 || r.Health.State == Dead {
		known = Validators{} // it is to be seen, not only to be the same
	}
	v, err := c.pages.Visit(ctx, r.Address, known)
	if err != nil {
		return sight{}, err
	}
	s := sight{outcome: v.Outcome, visit: v}
	if v.Outcome == Found {
		if err := c.read(ctx, &s, r, now); err != nil {
			return s, err
		}
	}
	if s.outcome == Missing && s.kills(r, now) && r.Health.State != Dead {
		if s.lost, err = c.homeless(ctx, r.Address); err != nil {
			return s, err
		}
	}
	if s.kills(r, now) && r.Health.Archived == "" {
		s.archived, err = c.archive(ctx, r.Address)
	}
	return s, err
}

// kills reports whether the link is dead after this.
func (s *sight) kills(r *Resource, now time.Time) bool {
	after := *r
	s.note(&after, now)
	return after.Health.State == Dead
}

// homeless reports whether a site does not even show its home page.
func (c *Caretaker) homeless(ctx context.Context, address string) (bool, error) {
	u, err := url.Parse(address)
	if err != nil {
		return false, nil
	}
	v, err := c.pages.Visit(ctx, u.Scheme+"://"+u.Host+"/", Validators{})
	return v.Outcome == Missing || v.Outcome == Silent, err
}

// read takes what was found in, and finds out whether it is only how the site says
// that there is nothing, though it says that all is well.
func (c *Caretaker) read(ctx context.Context, s *sight, r *Resource, now time.Time) error {
	v := s.visit
	if !isType(v.Type, "text/html", "application/xhtml+xml") {
		s.page = Page{Read: now, Title: page.NameOf(v.Address)}
		return nil
	}
	p := page.Read(v.Body, v.Type, v.Address)
	missing, err := c.pretends(ctx, r, v, p.Title, now)
	if err != nil {
		return err
	}
	if missing {
		s.outcome = Missing
		return nil
	}
	if r.Page.Read.IsZero() && p.OEmbed != "" {
		o, err := c.pages.Visit(ctx, p.OEmbed, Validators{})
		if err != nil {
			return err
		}
		if o.Outcome == Found {
			p = p.With(page.ReadOEmbed(o.Body, o.Address))
		}
	}
	s.page = Page{
		Read: now, Title: p.Title, Description: p.Description, Site: p.Site, Author: p.Author, Picture: p.Picture, Language: p.Language, Licence: p.Licence,
	}
	if !r.Page.Read.IsZero() { // what came from elsewhere stays as it is
		was := r.Page
		s.page.Title, s.page.Author = cmp.Or(s.page.Title, was.Title), cmp.Or(s.page.Author, was.Author)
		s.page.Site, s.page.Picture = cmp.Or(s.page.Site, was.Site), cmp.Or(s.page.Picture, was.Picture)
	}
	return nil
}

// pretends reports whether a page that was found says that there is no such page:
// by its title; or, where it is not called any more what it was called when it was
// read, by being the site's home page, or by being called the same as what the site
// shows at an address that nobody has made.
func (c *Caretaker) pretends(ctx context.Context, r *Resource, v Visit, title string, now time.Time) (bool, error) {
	switch {
	case page.SaysMissing(title):
		return true, nil
	case r.Page.Read.IsZero(), title == "", title == r.Page.Title:
		return false, nil
	case leadsHome(r.Address, v.Address):
		return true, nil
	}
	nothing, err := c.nothing(ctx, v.Address, now)
	return nothing != "" && nothing == print(title), err
}

// proper stands for a site that says so where there is no page.
const proper = "-"

// nothing is the print of the title of what a site shows at an address that nobody
// has made. It is "" where that is not known: a site is asked once a day at most.
func (c *Caretaker) nothing(ctx context.Context, address string, now time.Time) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", nil
	}
	mine, known, err := c.store.ClaimNothing(ctx, u.Host)
	if err != nil || !mine {
		return known, err
	}
	u.Path, u.RawPath, u.RawQuery, u.Fragment = path.Join(path.Dir("/"+u.Path), print(u.Host+now.String())), "", "", ""
	v, err := c.pages.Visit(ctx, u.String(), Validators{})
	if err != nil {
		return "", nil // another day
	}
	shown := proper
	if v.Outcome == Found {
		shown = print(page.Read(v.Body, v.Type, v.Address).Title)
	}
	return shown, c.store.KeepNothing(ctx, u.Host, shown)
}

// print is a short name of a text.
func print(text string) string {
	sum := sha256.Sum256([]byte(text))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:10]))
}

// home is the path of a home page, in one language or in all.
var home = regexp.MustCompile(`^/?(?:[a-z]{2}(?:-[a-zA-Z]{2})?/?)?(?:(?:index|home|default)(?:\.\w{3,4})?/?)?$`)

// leadsHome reports whether somebody who asked for a page was led to a site's home
// page.
func leadsHome(from, to string) bool {
	f, err := url.Parse(from)
	t, fault := url.Parse(to)
	return err == nil && fault == nil && !home.MatchString(f.Path) && home.MatchString(t.Path) && t.RawQuery == ""
}

// isType reports whether what a server calls its answer is one of some types.
func isType(said string, types ...string) bool {
	kind, _, err := mime.ParseMediaType(said)
	if err != nil {
		return false
	}
	for _, t := range types {
		if kind == t {
			return true
		}
	}
	return false
}

// archive asks for an archived copy of what an address showed. Without an answer
// there is none, until the next look.
func (c *Caretaker) archive(ctx context.Context, address string) (string, error) {
	v, err := c.pages.Visit(ctx, page.ArchiveOf(address), Validators{})
	if err != nil || v.Outcome != Found {
		return "", ctx.Err()
	}
	return page.ReadArchived(v.Body), nil
}

// note changes a resource by what was seen.
func (s *sight) note(r *Resource, now time.Time) {
	switch s.outcome {
	case Found:
		r.well(now)
		r.Page = s.page
		r.Health.ETag, r.Health.Modified = s.visit.ETag, s.visit.Modified
	case Unchanged:
		r.well(now)
	case Missing, NoSite:
		r.missing(now, s.lost)
		if s.archived != "" {
			r.Health.Archived = s.archived
		}
	case Refused, Barred:
		r.unseen(now)
	default:
		r.silent(now)
	}
	to, _ := s.leads(r)
	r.Health.Moved = to.Address
}

// leads reports where the link led for good, if that is elsewhere. It is sure if the
// thing is there from now on: where a shortened link leads, or where the link has led
// in two looks, one after the other.
func (s *sight) leads(r *Resource) (to link.Link, sure bool) {
	if s.outcome != Found && s.outcome != Unchanged || s.visit.Address == r.Address {
		return link.Link{}, false
	}
	from, err := link.Parse(r.Address)
	to, fault := link.Parse(s.visit.Address)
	switch {
	case err != nil || fault != nil, to.Key == r.Key && to.Address == r.Address:
		return link.Link{}, false
	case from.Short() && !to.Short():
		return to, true
	case !s.visit.Moved || leadsHome(r.Address, to.Address):
		return link.Link{}, false
	}
	return to, r.Health.Moved == to.Address
}
