// Package link says which addresses on the web lead to the same thing.
//
// People copy what is in front of them: the address of a phone's page, of a
// mail's guard against fraud, of an ad's counter. Parse takes off what is not
// part of the thing's name, and gives a Key that all its addresses share. It asks
// nobody: what only a server knows, such as where a shortened address leads
// (Link.Short), is for whoever visits it.
//
// Two things must never have the same Key. So only what says nothing of what is
// shown is left out: the scheme, "www.", a
// slash at the end, the order of parameters, the place on the page, and the
// parameters of Tracking. What else differs is different, unless a site is known
// well enough (sites.go, phones.go).
package link

import (
	"errors"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"

	"github.com/staffroom-bot/staffroom/bot"
)

// Link is an address on the web. The zero Link is none.
type Link struct {
	// Address is where it leads: as it was given, but without what only follows
	// people about.
	Address string
	// Key is the same for all addresses of the same thing: host, path and
	// parameters. It is stable from version to version of the program only as far as
	// the rules are.
	Key string
}

// MaxLength is how many bytes an address may have. Longer ones break in browsers
// and in chats.
// https://www.sitemaps.org/protocol.html#locdef
const MaxLength = 2048

// Parse reads an address that somebody typed or copied. "https://" may be left
// out. Its error is invalid, and does not contain the address.
func Parse(typed string) (Link, error) {
	u, err := read(typed)
	if err != nil {
		return Link{}, err
	}
	for inner, ok := unwrap(u); ok; inner, ok = unwrap(u) { // each is shorter than what it stood in
		next, err := read(inner)
		if err != nil {
			break // not what it seemed to be
		}
		u = next
	}
	untrack(u)
	address := u.String()
	if len(address) > MaxLength {
		return Link{}, ErrLong
	}
	return Link{Address: address, Key: key(u)}, nil
}

// ErrLong is the error of an address longer than MaxLength.
var ErrLong error = &bot.Error{Code: bot.Invalid, Err: errors.New("the address is too long")}

var (
	errNone    = &bot.Error{Code: bot.Invalid, Err: errors.New("no address of a web page")}
	errPrivate = &bot.Error{Code: bot.Invalid, Err: errors.New("the address is not on the public web")}
)

// read takes an address apart, and gives its scheme and host the form that counts
// as the usual one.
func read(typed string) (*url.URL, error) {
	typed = strings.TrimSpace(typed)
	if len(typed) > MaxLength {
		return nil, ErrLong
	}
	if !utf8.ValidString(typed) || strings.ContainsFunc(typed, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		return nil, errNone
	}
	if !strings.Contains(typed, "://") {
		if other.MatchString(typed) {
			return nil, errNone
		}
		typed = "https://" + strings.TrimPrefix(typed, "//")
	}
	u, err := url.Parse(escapeStray(typed))
	if err != nil {
		return nil, errNone
	}
	u.Scheme = strings.ToLower(u.Scheme)
	if u.Scheme != "http" && u.Scheme != "https" {
		return nil, errNone
	}
	if u.Host, err = host(u); err != nil {
		return nil, err
	}
	u.User = nil // names and passwords are nobody's business here
	u.ForceQuery = false
	return u, nil
}

// other is what is no address on the web although it has none of its marks: an
// address of mail, or one that says what it is.
var other = regexp.MustCompile(`^(?:[^/?#]*@|[a-zA-Z][a-zA-Z0-9+.-]*:(?:[^0-9]|$))`)

// escapeStray escapes percent signs that escape nothing: browsers take them as
// they are.
func escapeStray(typed string) string {
	var out strings.Builder
	for i, r := range []byte(typed) {
		out.WriteByte(r)
		if r == '%' && (i+2 >= len(typed) || !isHex(typed[i+1]) || !isHex(typed[i+2])) {
			out.WriteString("25")
		}
	}
	return out.String()
}

func isHex(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'f' || b >= 'A' && b <= 'F'
}

// host is the host's name in ASCII, with its port if it is not the scheme's own.
func host(u *url.URL) (string, error) {
	name := strings.TrimSuffix(u.Hostname(), ".")
	if _, err := netip.ParseAddr(name); err == nil {
		return "", errPrivate // the web has names
	}
	name, err := names.ToASCII(name)
	if again, fault := names.ToASCII(name); err != nil || fault != nil || again != name { // no name that can be looked up
		return "", errNone
	}
	if !hostName.MatchString(name) || numeric(name[strings.LastIndexByte(name, '.')+1:]) {
		return "", errNone
	}
	if inside.MatchString(name) {
		return "", errPrivate
	}
	switch port := u.Port(); {
	case port != "" && !isPort(port):
		return "", errNone
	case port == "", u.Scheme == "https" && port == "443", u.Scheme == "http" && port == "80":
		return name, nil
	default:
		return name + ":" + port, nil
	}
}

// names are those that browsers look up: an underscore is no reason not to.
// https://url.spec.whatwg.org/#concept-domain-to-ascii
var names = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.CheckHyphens(false), idna.StrictDomainName(false))

var hostName = regexp.MustCompile(`^[a-z0-9_-]+(\.[a-z0-9_-]+)+$`)

// inside are names that never lead anywhere on the public web: those that are set apart,
// that networks give their own devices, and that need another way to be reached.
// https://www.iana.org/assignments/special-use-domain-names/special-use-domain-names.xhtml
var inside = regexp.MustCompile(`\.(test|invalid|localhost|local|onion|alt|internal|home\.arpa|lan|home|corp|intranet|localdomain)$`)

// isPort reports whether digits are a port. https://url.spec.whatwg.org/#port-state
func isPort(digits string) bool {
	n, err := strconv.ParseUint(digits, 10, 16)
	return err == nil && n > 0
}

// numeric reports whether a last label makes a host an address in digits.
// https://url.spec.whatwg.org/#ends-in-a-number-checker
func numeric(label string) bool {
	return label == "" || label[0] >= '0' && label[0] <= '9'
}

// path is a path with dots resolved and every character escaped as it usually is.
// What was escaped that would separate otherwise, such as %2F, stays escaped.
// https://www.rfc-editor.org/rfc/rfc3986#section-6.2.2
func path(escaped string) string {
	segments := strings.Split(escaped, "/")
	kept := make([]string, 0, len(segments))
	for i, s := range segments {
		text, err := url.PathUnescape(s)
		if err != nil || !utf8.ValidString(text) {
			kept = append(kept, s) // no text: it stays as it is
			continue
		}
		switch {
		case text == "." || text == "..":
			if text == ".." && len(kept) > 1 {
				kept = kept[:len(kept)-1]
			}
			if i == len(segments)-1 {
				kept = append(kept, "")
			}
		case strings.ContainsAny(text, `/\`):
			kept = append(kept, s)
		default:
			kept = append(kept, url.PathEscape(text))
		}
	}
	return strings.TrimRight(strings.Join(kept, "/"), "/")
}

// key names what an address leads to.
func key(u *url.URL) string {
	at := address{host: bare(u.Host), path: path(u.EscapedPath()), query: u.Query(), fragment: u.Fragment}
	if named, ok := nameOf(at); ok {
		return named
	}
	k := at.host + at.path
	if q := sorted(u.RawQuery); q != "" {
		k += "?" + q
	}
	if routes(u.Fragment) {
		k += "#" + u.EscapedFragment()
	}
	return k
}

// bare is a host without the labels that only say how it is shown.
func bare(host string) string {
	for {
		label, rest, _ := strings.Cut(host, ".")
		// What is left must still be a name: www.edu is not edu.
		if label != "www" || !strings.Contains(rest, ".") {
			return desk(host)
		}
		host = rest
	}
}

// routes reports whether a fragment names what is shown, and not a place on it.
func routes(fragment string) bool {
	return strings.HasPrefix(fragment, "!") || strings.HasPrefix(fragment, "/")
}

// sorted gives parameters by their names. Those of the same name stay in their
// order, which means something to some servers.
func sorted(query string) string {
	parts := parameters(query)
	slices.SortStableFunc(parts, func(a, b string) int { return strings.Compare(named(a), named(b)) })
	return strings.Join(parts, "&")
}

// parameters are those that say something, each escaped as usual.
func parameters(query string) []string {
	var out []string
	for part := range strings.SplitSeq(query, "&") {
		name, value, assigned := strings.Cut(part, "=")
		if name == "" && value == "" {
			continue
		}
		name, value = again(name), again(value)
		if assigned {
			name += "=" + value
		}
		out = append(out, name)
	}
	return out
}

// again escapes anew what can be read.
func again(escaped string) string {
	text, err := url.QueryUnescape(escaped)
	if err != nil || !utf8.ValidString(text) {
		return escaped
	}
	return url.QueryEscape(text)
}

// named is the name of a parameter.
func named(part string) string {
	name, _, _ := strings.Cut(part, "=")
	if text, err := url.QueryUnescape(name); err == nil {
		return text
	}
	return name
}

// Host is the name of the site, for people and for rules about sites: in
// lower case, without "www." and port.
func (l Link) Host() string {
	u, err := url.Parse(l.Address)
	if err != nil {
		return ""
	}
	return bare(u.Hostname())
}
