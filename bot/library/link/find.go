package link

import (
	"strings"

	"mvdan.cc/xurls/v2"
)

// mostFound is how many links of one text are found.
const mostFound = 20

var addresses = xurls.Strict()

// Find gives the links in what somebody wrote, in their order, each thing once.
// They must begin with "http".
func Find(text string) []Link {
	var out []Link
	known := map[string]bool{}
	for _, at := range addresses.FindAllString(text, -1) {
		if !strings.HasPrefix(strings.ToLower(at), "http") {
			continue
		}
		l, err := Parse(at)
		if err != nil || known[l.Key] {
			continue
		}
		known[l.Key] = true
		if out = append(out, l); len(out) == mostFound {
			break
		}
	}
	return out
}

// shorteners are hosts whose addresses stand for others.
var shorteners = map[string]bool{
	"bit.ly": true, "j.mp": true, "bitly.com": true, "t.co": true, "tinyurl.com": true, "tiny.cc": true, "goo.gl": true, "g.co": true,
	"ow.ly": true, "buff.ly": true, "is.gd": true, "v.gd": true, "rb.gy": true, "cutt.ly": true, "shorturl.at": true, "t.ly": true,
	"lnkd.in": true, "fb.me": true, "wp.me": true, "amzn.to": true, "a.co": true, "aka.ms": true, "forms.gle": true,
	"goo.by": true, "bitly.ws": true, "n9.cl": true, "acortar.link": true, "rebrand.ly": true, "trib.al": true, "dlvr.it": true,
	"maps.app.goo.gl": true, "photos.app.goo.gl": true, "share.google": true, "spoti.fi": true, "nyti.ms": true, "pin.it": true,
	"edut.to": true,
}

// Short reports whether the address only stands for another one, which a visit
// tells.
func (l Link) Short() bool { return shorteners[l.Host()] }
