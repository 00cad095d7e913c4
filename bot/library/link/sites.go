package link

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// address is what the rules of sites look at: the path is escaped as usual and
// has no slash at its end.
type address struct {
	host, path string
	query      url.Values
	fragment   string
}

// site is what is known of how one site names its things.
type site struct {
	hosts []string // as bare gives them; one that begins with a dot stands for all below it
	// name gives the Key of what an address shows, or ok false if it does not know. A
	// Key that is taken as an address has itself as its Key.
	name func(at address) (key string, ok bool)
}

// sites are those where people share much and whose addresses have several forms.
var sites = []site{
	{[]string{"youtube.com", "youtu.be", "youtube-nocookie.com", "music.youtube.com"}, video},
	{[]string{"docs.google.com"}, document},
	{[]string{"drive.google.com"}, file},
	{[]string{"doi.org", "dx.doi.org"}, identifier},
	{[]string{".wikipedia.org", ".wiktionary.org", ".wikibooks.org", ".wikiversity.org", ".wikisource.org"}, article},
	{[]string{"vimeo.com", "player.vimeo.com"}, patterns(
		`^/(?:video/)?(\d+)$`, "vimeo.com/$1",
		`^/(?:channels|showcase|groups)/[^/]+(?:/videos?)?/(\d+)$`, "vimeo.com/$1")},
	{[]string{"twitter.com", "x.com"}, patterns(`^/(?:[^/]+|i/web)/status(?:es)?/(\d+)(?:/(?:photo|video)/\d+)?$`, "x.com/i/status/$1")},
	{[]string{"reddit.com", "old.reddit.com", "new.reddit.com", "np.reddit.com"}, patterns(`^(?:/(?:r|user)/[^/]+)?/comments/(\w+)(?:/[^/]*)?$`, "reddit.com/comments/$1")},
	{[]string{"redd.it"}, patterns(`^/(\w+)$`, "reddit.com/comments/$1")},
	{[]string{"instagram.com"}, patterns(`^(?:/[\w.]+)?/(?:p|reel|tv)/([\w-]+)$`, "instagram.com/p/$1")},
	{[]string{"arxiv.org", "export.arxiv.org"}, patterns(`^/(?:abs|pdf|html)/((?:[\w.-]+/)?\d{4,7}(?:\.\d{4,5})?(?:v\d+)?)(?:\.pdf)?$`, "arxiv.org/abs/$1")},
	{[]string{"github.com"}, patterns(`^/([\w-]+)/([\w.-]+)\.git$`, "github.com/$1/$2")},
	{[]string{"teacherspayteachers.com"}, patterns(`^/Product/(?:.*-)?(\d+)$`, "teacherspayteachers.com/Product/$1")},
	{[]string{"smile.amazon.com"}, product},
	{[]string{"amazon.com", "amazon.co.uk", "amazon.ca", "amazon.de", "amazon.es", "amazon.fr", "amazon.it", "amazon.com.mx", "amazon.com.br", "amazon.com.au", "amazon.in"}, product},
}

// nameOf gives the Key by what is known of the site.
func nameOf(at address) (key string, ok bool) {
	for _, s := range sites {
		if slices.ContainsFunc(s.hosts, func(h string) bool { return at.host == h || h[0] == '.' && strings.HasSuffix(at.host, h) }) {
			return s.name(at)
		}
	}
	return "", false
}

// patterns is a rule in pairs: what the path looks like, and the Key. Parameters
// do not count where one fits.
func patterns(pairs ...string) func(address) (string, bool) {
	var like []*regexp.Regexp
	for i := 0; i < len(pairs); i += 2 {
		like = append(like, regexp.MustCompile(pairs[i]))
	}
	return func(at address) (string, bool) {
		for i, l := range like {
			if l.MatchString(at.path) {
				return l.ReplaceAllString(at.path, pairs[2*i+1]), true
			}
		}
		return "", false
	}
}

var videoID = regexp.MustCompile(`^[\w-]{11}$`)

// video names what YouTube shows. Where in a video, and in which list it is
// played, does not count.
func video(at address) (string, bool) {
	id := ""
	first, rest, _ := strings.Cut(strings.TrimPrefix(at.path, "/"), "/")
	switch {
	case at.host == "youtu.be":
		id = first
	case first == "watch" && rest == "":
		id = at.query.Get("v")
	case first == "shorts", first == "embed", first == "live", first == "v", first == "e":
		id = rest
	case first == "playlist" && at.query.Get("list") != "":
		return "youtube.com/playlist?list=" + url.QueryEscape(at.query.Get("list")), true
	}
	if !videoID.MatchString(id) {
		return "", false
	}
	return "youtube.com/watch?v=" + id, true
}

var (
	documentPath = regexp.MustCompile(`^/(document|presentation|spreadsheets|forms|drawings)(?:/u/\d+)?/d/((?:e/)?[\w-]+)(?:/\w+)?$`)
	filePath     = regexp.MustCompile(`^/file(?:/u/\d+)?/d/([\w-]+)(?:/\w+)?$`)
	folderPath   = regexp.MustCompile(`^/drive(?:/u/\d+)?(?:/mobile)?/folders/([\w-]+)$`)
	fileID       = regexp.MustCompile(`^[\w-]+$`)
)

// document names a document of Google's, whether it is opened to write, to read
// or to copy. The sheets of a table are things of their own, but for the one that a
// table is made with, which opens where none is named.
func document(at address) (string, bool) {
	m := documentPath.FindStringSubmatch(at.path)
	if m == nil {
		return "", false
	}
	key := at.host + "/" + m[1] + "/d/" + m[2]
	if sheet := sheetOf(at); m[1] == "spreadsheets" && sheet != firstSheet {
		key += "#gid=" + sheet
	}
	return key, true
}

var sheetID = regexp.MustCompile(`^\d{1,19}$`)

// firstSheet is the number of the sheet that a table is made with.
const firstSheet = "0"

// sheetOf is the number of the sheet that is shown: the place on the page says so, or
// else the parameters.
func sheetOf(at address) string {
	if on, err := url.ParseQuery(at.fragment); err == nil && sheetID.MatchString(on.Get("gid")) {
		return on.Get("gid")
	}
	if id := at.query.Get("gid"); sheetID.MatchString(id) {
		return id
	}
	return firstSheet
}

// file names a file or folder of Google's.
func file(at address) (string, bool) {
	if m := filePath.FindStringSubmatch(at.path); m != nil {
		return at.host + "/file/d/" + m[1], true
	}
	if m := folderPath.FindStringSubmatch(at.path); m != nil {
		return at.host + "/drive/folders/" + m[1], true
	}
	if id := at.query.Get("id"); fileID.MatchString(id) && (at.path == "/open" || at.path == "/uc") {
		return at.host + "/file/d/" + id, true
	}
	return "", false
}

// identifier names a publication: in digital object identifiers, case does not
// count.
// https://www.doi.org/doi-handbook/HTML/case-sensitivity.html
func identifier(at address) (string, bool) {
	if !strings.HasPrefix(at.path, "/10.") {
		return "", false
	}
	name := strings.ReplaceAll(strings.ToLower(at.path), "%2f", "/")
	return "doi.org" + path(name), true
}

var productPath = regexp.MustCompile(`(?:^|/)(?:dp|gp/product|gp/aw/d)/(\w{10})(?:/|$)`)

// product names what a shop of Amazon's sells. Each country has its own shop.
func product(at address) (string, bool) {
	m := productPath.FindStringSubmatch(at.path)
	if m == nil {
		return "", false
	}
	return strings.TrimPrefix(at.host, "smile.") + "/dp/" + m[1], true
}

// article names a page of a wiki, in its language. Spaces are underscores there,
// and phones have a host of their own.
func article(at address) (string, bool) {
	title, found := strings.CutPrefix(at.path, "/wiki/")
	if text, err := url.PathUnescape(title); found && err == nil && len(at.query) == 0 {
		title = text
	} else if at.path == "/w/index.php" && len(at.query) == 1 && at.query.Get("title") != "" {
		title = at.query.Get("title")
	} else {
		return "", false
	}
	language, rest, _ := strings.Cut(at.host, ".")
	title = url.PathEscape(strings.ReplaceAll(title, " ", "_"))
	return language + "." + strings.TrimPrefix(rest, "m.") + "/wiki/" + strings.ReplaceAll(title, "%2F", "/"), true
}
