package fetch

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/library"
)

// The limits of one visit, besides those of a fetch.
const (
	longestVisit = 5 * time.Second  // with all redirects, without waiting for turns
	patience     = 20 * time.Second // for the turns of one visit
)

// Pace lets one of all processes ask a host at a time, and leaves it alone for a
// while after each time.
type Pace interface {
	// BeginTurn gives a turn, which lasts for at least 10 s, or how long others have it.
	BeginTurn(ctx context.Context, host string) (turn string, wait time.Duration, err error)
	EndTurn(ctx context.Context, host, turn string) error
}

// Visitor looks at pages as well-behaved programs do: it goes by robots.txt, and asks
// no host more often than its pace lets it. Everything else is as with a Client.
type Visitor struct {
	client *Client
	pace   Pace
	robots *manners
	now    func() time.Time
	wait   func(context.Context, time.Duration) error
}

var _ library.Pages = (*Visitor)(nil)

// NewVisitor returns a visitor that calls itself agent, such as "Staffroom/1.2
// (+https://…)".
func NewVisitor(agent string, pace Pace) *Visitor {
	return newVisitor(New(agent), pace, time.Now, sleep)
}

func newVisitor(c *Client, pace Pace, now func() time.Time, wait func(context.Context, time.Duration) error) *Visitor {
	return &Visitor{client: c, pace: pace, robots: newManners(), now: now, wait: wait}
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// Visit implements library.Pages.
func (v *Visitor) Visit(ctx context.Context, address string, known library.Validators) (library.Visit, error) {
	t := v.set(ctx)
	defer t.end()
	seen, err := t.visit(address, known)
	switch {
	case err == nil:
		return seen, nil
	case ctx.Err() != nil:
		return library.Visit{}, &bot.Error{Code: bot.Unavailable, Err: ctx.Err()}
	case t.failure != nil:
		return library.Visit{}, t.failure
	}
	return library.Visit{Outcome: outcome(err), Address: address}, nil
}

// What ends a visit on its way.
var (
	errBarred = errors.New("robots.txt does not want it looked at")
	errLoop   = errors.New("it leads in circles")
)

// outcome is what an error on the way says of what one wanted to see.
func outcome(err error) library.Outcome {
	switch {
	case errors.Is(err, errBarred):
		return library.Barred
	case errors.Is(err, errLoop), errors.Is(err, errRedirects):
		return library.Refused
	}
	switch bot.CodeOf(err) {
	case bot.NotFound:
		if errors.Is(err, errNoName) {
			return library.NoSite
		}
		return library.Missing
	case bot.Unavailable:
		return library.Silent
	default:
		return library.Refused // inside, not on the web at all, or only for some
	}
}

// visit asks for a page, after its robots.txt, and follows where it leads.
func (t *trip) visit(address string, known library.Validators) (library.Visit, error) {
	req, err := t.client.request(t.ctx, address, Validators(known))
	if err != nil {
		return library.Visit{}, err
	}
	if err := t.enter(req.URL); err != nil {
		return library.Visit{}, err
	}
	moved, led := true, false
	client := http.Client{Transport: t.client.http.Transport, CheckRedirect: func(req *http.Request, via []*http.Request) error {
		if err := redirect(req, via); err != nil {
			return err
		}
		if slices.ContainsFunc(via, func(earlier *http.Request) bool { return earlier.URL.String() == req.URL.String() }) {
			return errLoop
		}
		led = true
		code := req.Response.StatusCode
		moved = moved && (code == http.StatusMovedPermanently || code == http.StatusPermanentRedirect)
		return t.enter(req.URL)
	}}
	resp, err := client.Do(req)
	if err != nil {
		return library.Visit{}, failed(err)
	}
	defer func() { _ = resp.Body.Close() }()
	seen := library.Visit{Outcome: library.Found, Address: address, Moved: led && moved}
	if led {
		seen.Address = resp.Request.URL.String()
	}
	if resp.StatusCode == http.StatusNotModified {
		seen.Outcome, seen.Validators = library.Unchanged, known
		return seen, nil
	}
	if resp.StatusCode/100 != 2 {
		return seen, status(resp.StatusCode)
	}
	seen.Validators = library.Validators{ETag: short(resp.Header.Get("ETag")), Modified: short(resp.Header.Get("Last-Modified"))}
	seen.Type, seen.Body, err = read(resp)
	if err != nil {
		return seen, failed(err)
	}
	return seen, nil
}

// mostValidator is how long what a server gives to recognise a page by may be, in
// bytes: it is kept with every resource.
const mostValidator = 256

func short(validator string) string {
	if len(validator) > mostValidator {
		return ""
	}
	return validator
}

// readable are the types of which the body is read.
var readable = []string{"text/html", "application/xhtml+xml", "application/json", "application/json+oembed", "text/javascript"}

// read reads the begin of what can be read: what is longer is cut.
func read(resp *http.Response) (kind string, body []byte, err error) {
	kind = resp.Header.Get("Content-Type")
	media, _, _ := mime.ParseMediaType(kind)
	if kind != "" && !slices.Contains(readable, media) {
		return kind, nil, nil
	}
	body, err = io.ReadAll(io.LimitReader(resp.Body, mostBytes))
	if kind == "" {
		kind = http.DetectContentType(body)
		if !strings.HasPrefix(kind, "text/html") {
			body = nil
		}
	}
	return kind, body, err
}

// origin is whose robots.txt counts for an address.
func origin(u *url.URL) string { return u.Scheme + "://" + strings.ToLower(u.Host) }
