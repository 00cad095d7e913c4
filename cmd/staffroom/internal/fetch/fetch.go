// Package fetch gets files from the public web, at addresses that people give
// to the bot. Whoever gives one may be up to no good, so it never reaches an
// address inside the network that the bot runs in, whatever a name resolves to
// and wherever a server redirects to, and no server can make it wait or read
// for long.
package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// The limits of one fetch.
const (
	longest       = 10 * time.Second // with all redirects and the whole body
	mostBytes     = 1 << 20          // of the body, unpacked
	mostRedirects = 5
)

// Client gets files. It remembers nothing between two fetches: no cookies, no
// open connections.
type Client struct {
	http    http.Client
	agent   string
	allowed func(netip.AddrPort) bool
}

// New returns a client that calls itself agent to servers, such as
// "Staffroom/1.2 (+https://…)".
func New(agent string) *Client { return newClient(agent, isPublic, nil) }

// newClient returns a client that may reach only what is allowed, asking the
// resolver for names (nil: the machine's).
func newClient(agent string, allowed func(netip.AddrPort) bool, resolver *net.Resolver) *Client {
	c := &Client{agent: agent, allowed: allowed}
	dialer := &net.Dialer{Timeout: longest, Resolver: resolver, Control: c.control}
	c.http = http.Client{
		Transport: &http.Transport{
			// No Proxy: what a proxy can reach is not ours to judge.
			DialContext:            dialer.DialContext,
			DisableKeepAlives:      true,
			MaxResponseHeaderBytes: 64 << 10,
			ForceAttemptHTTP2:      true,
		},
		CheckRedirect: redirect,
	}
	return c
}

// errInside is a connection that was refused before it was made.
var errInside = errors.New("the address is not on the public web")

// control is called with every address that a connection is about to be made
// to: after names were resolved, and for each redirect.
func (c *Client) control(_, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil || !c.allowed(to) {
		return errInside
	}
	return nil
}

var errRedirects = errors.New("too many redirects")

func redirect(req *http.Request, via []*http.Request) error {
	if len(via) > mostRedirects {
		return errRedirects
	}
	// An address may be a secret: the next server need not know it.
	req.Header.Del("Referer")
	return checkAddress(req.URL)
}

// checkAddress lets the web pass and nothing else.
func checkAddress(u *url.URL) error {
	if u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" {
		return &bot.Error{Code: bot.Invalid, Err: errors.New("no address of a web page")}
	}
	return nil
}

// Validators tell a server what is known of a file already.
type Validators struct {
	ETag     string
	Modified string // as the server wrote it
}

// File is what was fetched.
type File struct {
	Body []byte
	Validators
	Unchanged bool // the file is as known; Body is empty
}

// Get gets the file at an address, unless it is still as known. Errors are of
// type *bot.Error and do not contain the address. Their codes: invalid (no
// address on the public web), not_found, forbidden (the server wants to know who
// asks), permanent (the file is too long, or the server wants something else),
// unavailable (anything that may be over later, such as a timeout).
func (c *Client) Get(ctx context.Context, address string, known Validators) (File, error) {
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	req, err := c.request(ctx, address, known)
	if err != nil {
		return File{}, err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return File{}, failed(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode == http.StatusNotModified {
		return File{Validators: known, Unchanged: true}, nil
	}
	if err := status(resp.StatusCode); err != nil {
		return File{}, err
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, mostBytes+1))
	if err != nil {
		return File{}, failed(err)
	}
	if len(body) > mostBytes {
		return File{}, &bot.Error{Code: bot.Permanent, Err: fmt.Errorf("the file has more than %d bytes", mostBytes)}
	}
	return File{Body: body, Validators: Validators{
		ETag: resp.Header.Get("ETag"), Modified: resp.Header.Get("Last-Modified"),
	}}, nil
}

func (c *Client) request(ctx context.Context, address string, known Validators) (*http.Request, error) {
	u, err := url.Parse(address)
	if err != nil { // the error would quote the address
		return nil, &bot.Error{Code: bot.Invalid, Err: errors.New("no address")}
	}
	if err := checkAddress(u); err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, &bot.Error{Code: bot.Invalid, Err: errors.New("no address that can be asked")}
	}
	req.Header.Set("User-Agent", c.agent)
	if known.ETag != "" {
		req.Header.Set("If-None-Match", known.ETag)
	}
	if known.Modified != "" {
		req.Header.Set("If-Modified-Since", known.Modified)
	}
	return req, nil
}

// status is the failure that an answer's status stands for.
func status(code int) error {
	err := fmt.Errorf("the server answered %d", code)
	switch {
	case code == http.StatusOK:
		return nil
	case code == http.StatusNotFound, code == http.StatusGone:
		return &bot.Error{Code: bot.NotFound, Err: err}
	case code == http.StatusUnauthorized, code == http.StatusForbidden, code == http.StatusProxyAuthRequired:
		return &bot.Error{Code: bot.Forbidden, Err: err}
	case code == http.StatusRequestTimeout, code == http.StatusTooManyRequests, code >= 500:
		return &bot.Error{Code: bot.Unavailable, Err: err}
	default:
		return &bot.Error{Code: bot.Permanent, Err: err}
	}
}

var errNoName = errors.New("there is no such name")

// failed classifies an error of the HTTP client, and takes the address out.
func failed(err error) error {
	var known *bot.Error
	if errors.As(err, &known) {
		return known
	}
	var about *url.Error
	if errors.As(err, &about) {
		err = about.Err
	}
	if errors.Is(err, errInside) {
		return &bot.Error{Code: bot.Invalid, Err: errInside}
	}
	var name *net.DNSError
	if errors.As(err, &name) && name.IsNotFound {
		return &bot.Error{Code: bot.NotFound, Err: errNoName}
	}
	return &bot.Error{Code: bot.Unavailable, Err: err}
}
