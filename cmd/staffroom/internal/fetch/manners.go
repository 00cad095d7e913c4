package fetch

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/cmd/staffroom/internal/fetch/robots"
)

// How long it is remembered what sites want (RFC 9309, section 2.4), and how long
// that they did not say.
const (
	mannersLast = 24 * time.Hour
	silenceLast = 5 * time.Minute
)

// The most that is remembered.
const (
	mostSites = 4096
	mostRules = 16 << 20 // bytes
)

// manners remembers what sites want of programs.
type manners struct {
	mu    sync.Mutex
	sites map[string]wish // by origin
	order []string        // the first remembered first
	size  int
}

// wish is what a site wants of us. silent says that it would not tell, so it is to be
// left alone for now.
type wish struct {
	rules  robots.Rules
	silent bool
	until  time.Time
}

func newManners() *manners { return &manners{sites: map[string]wish{}} }

func (m *manners) known(site string, now time.Time) (wish, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	w, ok := m.sites[site]
	return w, ok && now.Before(w.until)
}

func (m *manners) keep(site string, w wish) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if old, known := m.sites[site]; known {
		m.size -= old.rules.Size()
	} else {
		m.order = append(m.order, site)
	}
	m.sites[site] = w
	m.size += w.rules.Size()
	for len(m.order) > mostSites || m.size > mostRules {
		m.size -= m.sites[m.order[0]].rules.Size()
		delete(m.sites, m.order[0])
		m.order = m.order[1:]
	}
}

// errUntold is a site that does not say now what it wants.
var errUntold = &bot.Error{Code: bot.Unavailable, Err: errors.New("the site does not say what may be looked at")}

// manners asks a site what it wants of us, unless that is known.
// https://www.rfc-editor.org/rfc/rfc9309#section-2.3.1
func (t *trip) manners(u *url.URL) (robots.Rules, error) {
	site := origin(u)
	w, known := t.robots.known(site, t.now())
	if !known {
		var err error
		if w, err = t.ask(site); err != nil {
			return w.rules, err
		}
		t.robots.keep(site, w)
	}
	if w.silent {
		return w.rules, errUntold
	}
	return w.rules, nil
}

// ask gets a site's robots.txt. Where there is no site at all that is an error.
func (t *trip) ask(site string) (wish, error) {
	req, err := t.client.request(t.ctx, site+"/robots.txt", Validators{})
	if err != nil {
		return wish{}, err
	}
	if err := t.take(req.URL); err != nil {
		return wish{}, err
	}
	client := http.Client{Transport: t.client.http.Transport, CheckRedirect: func(req *http.Request, via []*http.Request) error {
		if err := redirect(req, via); err != nil {
			return err
		}
		return t.take(req.URL)
	}}
	now := t.now()
	silent := wish{silent: true, until: now.Add(silenceLast)}
	resp, err := client.Do(req)
	if err == nil {
		defer func() { _ = resp.Body.Close() }()
		switch {
		case resp.StatusCode/100 == 2:
		case resp.StatusCode/100 == 4 && resp.StatusCode != http.StatusTooManyRequests, resp.StatusCode/100 == 3:
			return wish{until: now.Add(mannersLast)}, nil
		default:
			return silent, nil
		}
		var body []byte
		if body, err = io.ReadAll(io.LimitReader(resp.Body, robots.MostBytes)); err == nil {
			return wish{rules: robots.Read(body, t.client.product()), until: now.Add(mannersLast)}, nil
		}
	}
	err = failed(err)
	switch {
	case errors.Is(err, errRedirects):
		return wish{until: now.Add(mannersLast)}, nil
	case bot.CodeOf(err) == bot.Unavailable && t.failure == nil && t.asked.Err() == nil:
		return silent, nil
	}
	return wish{}, err
}

// product is the name by which a robots.txt calls us.
func (c *Client) product() string {
	name, _, _ := strings.Cut(c.agent, "/")
	return name
}
