package link

import "strings"

// phones are the sites whose hosts for phones are known to have the same pages under the
// same paths, by the label of that host: it leads there who comes with a computer, or the
// other way round. Of other sites "m." may be anything: a shop, a museum, a person.
var phones = map[string]string{
	"youtube.com":   "m", // hands its addresses on as www.youtube.com
	"facebook.com":  "m", // the same page in another dress; so is the next
	"instagram.com": "m",
	"reddit.com":    "m",      // leads to www.reddit.com
	"imdb.com":      "m",      // names www.imdb.com as the page's address
	"wikihow.com":   "m",      // names www.wikihow.com as the page's address
	"pinterest.com": "m",      // leads to www.pinterest.com
	"vimeo.com":     "m",      // leads to vimeo.com
	"twitter.com":   "mobile", // leads to twitter.com; so does the next, to x.com
	"x.com":         "mobile",
	"nytimes.com":   "mobile", // leads to www.nytimes.com
}

// desk is the host that has the pages of a host for phones; another host is itself.
func desk(host string) string {
	label, rest, _ := strings.Cut(host, ".")
	if phones[rest] == label {
		return rest
	}
	return host
}
