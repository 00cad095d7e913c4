package engine

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

type mode int

const (
	single mode = iota
	cluster
	sentinel
)

// address is where a Redis is, in the form that go-redis parses: one URL.
type address struct {
	mode    mode
	url     url.URL
	hosts   []string // host:port of each, or a socket's path: what messages may name
	secrets []string // what they must not
	dial    dialer   // nil: over the network
}

// schemes are those of Options.URL.
var schemes = map[string]struct {
	mode mode
	base string // the scheme that go-redis knows
	port string
}{
	"redis":           {single, "redis", "6379"},
	"rediss":          {single, "rediss", "6379"},
	"unix":            {single, "unix", ""},
	"redis+cluster":   {cluster, "redis", "6379"},
	"rediss+cluster":  {cluster, "rediss", "6379"},
	"redis+sentinel":  {sentinel, "redis", "26379"},
	"rediss+sentinel": {sentinel, "rediss", "26379"},
}

// nextURL finds where the next whole URL of a list begins.
var nextURL = regexp.MustCompile(`,\s*[a-z+]+://`)

// parseAddress reads Options.URL. Its errors say what is wrong without quoting it: what looks like a port or a database
// may be half a password whose @ or / was not escaped.
func parseAddress(raw string) (address, error) {
	parts, err := splitURLs(raw)
	if err != nil {
		return address{}, err
	}
	first := parts[0]
	for _, other := range parts[1:] {
		if other.scheme != first.scheme || other.rest() != first.rest() {
			return address{}, errors.New("its URLs must agree in scheme, user, password, path and options")
		}
		first.hosts = append(first.hosts, other.hosts...)
	}
	return first.address()
}

// parts are the pieces of one URL, still escaped.
type parts struct {
	scheme, user, password string
	hosts                  []string
	path, query            string
}

// rest is what the URLs of a list must have in common beside the scheme.
func (p parts) rest() [4]string { return [4]string{p.user, p.password, p.path, p.query} }

func splitURLs(raw string) ([]parts, error) {
	var list []parts
	rest := strings.TrimSpace(raw)
	for rest != "" {
		one := rest
		rest = ""
		if next := nextURL.FindStringIndex(one); next != nil {
			one, rest = one[:next[0]], strings.TrimLeft(one[next[0]:], ", ")
		}
		p, err := split(one)
		if err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	if len(list) == 0 {
		return nil, errors.New("it is empty")
	}
	return list, nil
}

func split(raw string) (parts, error) {
	p := parts{scheme: "redis"}
	if scheme, rest, ok := strings.Cut(raw, "://"); ok {
		p.scheme, raw = scheme, rest
	}
	if _, ok := schemes[p.scheme]; !ok {
		return parts{}, errors.New("it must begin with redis://, rediss://, unix://, redis+cluster://, rediss+cluster://, redis+sentinel:// or rediss+sentinel://")
	}
	end := strings.IndexAny(raw, "/?#")
	if end < 0 {
		end = len(raw)
	}
	authority, tail := raw[:end], raw[end:]
	if strings.ContainsAny(tail, "@#") {
		return parts{}, errors.New("in a user name, password or option the characters / ? # @ and % must be written as %2F %3F %23 %40 and %25")
	}
	p.path, p.query, _ = strings.Cut(tail, "?")
	if at := strings.LastIndex(authority, "@"); at >= 0 {
		p.user, p.password, _ = strings.Cut(authority[:at], ":")
		authority = authority[at+1:]
	}
	for host := range strings.SplitSeq(authority, ",") {
		p.hosts = append(p.hosts, strings.TrimSpace(host))
	}
	return p, nil
}

// address turns the pieces into what go-redis parses.
func (p parts) address() (address, error) {
	scheme := schemes[p.scheme]
	a := address{mode: scheme.mode, url: url.URL{Scheme: scheme.base}}
	user, errUser := url.PathUnescape(p.user)
	password, errPassword := url.PathUnescape(p.password)
	query, errQuery := url.ParseQuery(p.query)
	path, errPath := url.PathUnescape(p.path)
	if errors.Join(errUser, errPassword, errQuery, errPath) != nil {
		return address{}, errors.New("a % in it must be followed by two hexadecimal digits; the character % itself is written as %25")
	}
	a.secrets = []string{password, p.password, query.Get("sentinel_password")}

	if p.scheme == "unix" {
		if strings.Join(p.hosts, "") != "" || !strings.HasPrefix(path, "/") {
			return address{}, errors.New("the socket's path must follow unix:// and begin with /")
		}
		a.hosts, a.url.Path = []string{path}, path
		a.url.User, a.url.RawQuery = credentials(user, password), query.Encode()
		return a, nil
	}
	for i, host := range p.hosts {
		joined, ok := withPort(host, scheme.port)
		if !ok || host == "" && len(p.hosts) > 1 {
			return address{}, fmt.Errorf("address %d in it is not host:port", i+1)
		}
		a.hosts = append(a.hosts, joined)
	}
	if a.mode == single && len(a.hosts) > 1 {
		a.mode = cluster
	}
	a.url.Host = a.hosts[0]
	if a.mode != single {
		query["addr"] = append(a.hosts[1:len(a.hosts):len(a.hosts)], query["addr"]...)
	}
	err := a.place(strings.Trim(path, "/"), user, password, query)
	return a, err
}

// place puts the path, the credentials and the options where go-redis looks for them in this mode.
func (a *address) place(path, user, password string, query url.Values) error {
	switch a.mode {
	case single:
		if _, err := strconv.ParseUint(path, 10, 16); path != "" && err != nil {
			return errors.New("the database after the address must be a number, as in /0")
		}
		a.url.Path = path
	case cluster:
		if path != "" && path != "0" {
			return errors.New("a Cluster has only database 0")
		}
	case sentinel:
		if path == "" || strings.Contains(path, "/") {
			return errors.New("the name of the master must follow the addresses of the Sentinels, as in /mymaster?db=0")
		}
		query.Set("master_name", path)
		if user != "" {
			query.Set("username", user)
		}
		if password != "" {
			query.Set("password", password)
		}
		user, password = query.Get("sentinel_username"), query.Get("sentinel_password")
		query.Del("sentinel_username")
		query.Del("sentinel_password")
	}
	a.url.User = credentials(user, password)
	a.url.RawQuery = query.Encode()
	return nil
}

func credentials(user, password string) *url.Userinfo {
	if user == "" && password == "" {
		return nil
	}
	return url.UserPassword(user, password)
}

// withPort returns host:port, with the usual port if there is none.
func withPort(host, usual string) (string, bool) {
	name, port, err := net.SplitHostPort(host)
	if err != nil {
		name, port = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]"), usual
	}
	if name == "" {
		name = "localhost"
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil || strings.ContainsAny(name, "[] ") {
		return "", false
	}
	if strings.Contains(name, ":") && net.ParseIP(name) == nil {
		return "", false
	}
	return net.JoinHostPort(name, port), true
}
