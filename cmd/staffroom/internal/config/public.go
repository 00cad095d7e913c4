package config

import (
	"net/url"
	"strings"
)

// Public is what is open to the internet: where platforms send to, for connections that do not hold one open themselves,
// and where the feeds of libraries are.
type Public struct {
	// Listen is a host and a port, as HTTP.Listen and never the same. Empty: nothing listens.
	Listen string
	// URL is how Listen is reached from the internet, "https://bot.example.org", without a slash at the end. It may be
	// empty: only feeds, instructions and checks need it.
	URL string
}

func (l *loader) public(root *section, operators string) Public {
	s := root.section("public")
	defer s.finish()
	p := Public{Listen: l.listen(s, setting{key: "listen", env: "STAFFROOM_PUBLIC_LISTEN"}), URL: l.publicURL(s)}
	if p.Listen != "" && p.Listen == operators {
		l.report(s.place("listen", s.at.line), "public.listen and http.listen are the same; the page for health and metrics must not be open to the internet")
	}
	return p
}

func (l *loader) publicURL(s *section) string {
	const want = "an address that begins with https://"
	v := s.text(setting{key: "url", env: "STAFFROOM_PUBLIC_URL", want: want})
	if v.text == "" {
		return ""
	}
	u, err := url.Parse(v.text)
	if err != nil || u.Host == "" || u.Scheme != "https" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		l.expectsSecret(v, want)
	}
	return strings.TrimRight(v.text, "/")
}
