package index

import (
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/staffroom-bot/staffroom/bot/library/link"
)

// dressing are the labels of hosts that only say how a site is shown.
var dressing = []string{"www", "m", "mobile"}

// parted gives a host's parents up to the name that somebody has registered, itself
// first, and the labels that name something. Of a host whose ending nobody hands out
// names under, managed is false.
// https://publicsuffix.org/list/
func parted(host string) (parents, labels []string, managed bool) {
	suffix, managed := publicsuffix.PublicSuffix(host)
	for !managed { // a site whose users have hosts of their own, or none
		_, rest, more := strings.Cut(suffix, ".")
		if !more {
			break
		}
		suffix, managed = publicsuffix.PublicSuffix(rest)
	}
	named, ok := strings.CutSuffix(host, "."+suffix)
	if !ok {
		return nil, nil, managed
	}
	for {
		label, rest, more := strings.Cut(named, ".")
		parents = append(parents, named+"."+suffix)
		if !slices.Contains(dressing, label) {
			labels = append(labels, label)
		}
		if !more {
			return parents, labels, managed
		}
		named = rest
	}
}

// hostTerms are what the sites of an entry are found by: their hosts, the parents of
// these, and the words that they are made of.
func (w *words) hostTerms(sites []string) (terms []string) {
	for _, site := range sites {
		parents, labels, _ := parted(site)
		terms = append(terms, parents...)
		for _, label := range labels {
			for _, t := range w.plain.Analyze([]byte(strings.ReplaceAll(label, "_", " "))) {
				terms = append(terms, string(t.Term))
			}
		}
	}
	slices.Sort(terms)
	return slices.Compact(terms)
}

// hostIn is the host that a typed word is or has as an address; "" if it is a word like
// others. Under endings that nobody hands out names under there are no hosts, and what
// has no name of two signs with a letter is rather a label: "K.CC".
func hostIn(typed string) string {
	if !strings.Contains(typed, ".") {
		return ""
	}
	l, err := link.Parse(strings.Trim(typed, `.,;:!?()[]<>"'«»“”`))
	if err != nil {
		return ""
	}
	host := l.Host()
	parents, _, managed := parted(host)
	if !managed || len(parents) == 0 {
		return ""
	}
	name, _, _ := strings.Cut(parents[len(parents)-1], ".")
	if len(name) < 2 && !strings.Contains(typed, "://") || !strings.ContainsFunc(name, func(r rune) bool { return r >= 'a' && r <= 'z' }) {
		return ""
	}
	return host
}

// pathIn is what a typed address says behind its host.
func pathIn(typed string) string {
	if _, rest, ok := strings.Cut(typed, "://"); ok {
		typed = rest
	}
	if at := strings.IndexAny(typed, "/?#"); at >= 0 {
		return typed[at:]
	}
	return ""
}
