package app

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// clockTolerance is how far the machine's clock may be from another. Answers to
// members must be in time to the second, and Slack and Discord take no requests as
// genuine that seem minutes old; a network may take a second or two.
const clockTolerance = 5 * time.Second

// clocks collects how the machine's clock compares with others.
type clocks struct {
	mu   sync.Mutex
	seen []clockSeen
}

// clockSeen says how far the machine's clock is ahead of another one at least;
// below 0: how far behind.
type clockSeen struct {
	of  string
	off time.Duration
}

// note compares: the other clock was between from and to at some time between
// asked and told on ours.
func (c *clocks) note(of string, asked, told, from, to time.Time) {
	off := time.Duration(0)
	switch {
	case asked.After(to):
		off = asked.Sub(to)
	case told.Before(from):
		off = told.Sub(from)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	n := slices.IndexFunc(c.seen, func(s clockSeen) bool { return s.of == of })
	if n < 0 {
		c.seen = append(c.seen, clockSeen{of, off})
	} else if off.Abs() < c.seen[n].off.Abs() { // the longest wait tells least
		c.seen[n].off = off
	}
}

// findings names every clock that the machine's does not agree with.
func (c *clocks) findings() []finding {
	const about = "clock"
	c.mu.Lock()
	defer c.mu.Unlock()
	slices.SortFunc(c.seen, func(x, y clockSeen) int { return cmp.Compare(x.of, y.of) })
	var findings []finding
	var agrees []string
	for _, s := range c.seen {
		if s.off.Abs() <= clockTolerance {
			agrees = append(agrees, s.of)
			continue
		}
		word := "ahead of"
		if s.off < 0 {
			word = "behind"
		}
		findings = append(findings, bad(about, fmt.Sprintf("this machine's clock is %s %s that of %s", s.off.Abs().Round(time.Second), word, s.of),
			"Switch on its time synchronisation, see "+pageOfCheck))
	}
	if len(findings) == 0 && len(agrees) > 0 {
		findings = append(findings, good(about, "agrees with "+strings.Join(agrees, ", ")))
	}
	return findings
}

// dated is a transport that compares the clock with the one that answers.
func (i *inspection) dated(of string) http.RoundTripper { return &dated{i, of} }

type dated struct {
	*inspection
	of string
}

func (d *dated) RoundTrip(req *http.Request) (*http.Response, error) {
	asked := d.now()
	resp, err := d.transport.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	if date, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		d.clocks.note(d.of, asked, d.now(), date, date.Add(time.Second)) // it is cut to the second
	}
	return resp, nil
}
