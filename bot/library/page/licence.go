package page

import (
	"regexp"
	"strings"
)

var (
	deed     = regexp.MustCompile(`(?i)creativecommons\.org/licen[sc]es/([a-z-]+)/(\d\.\d)`)
	deedOnly = regexp.MustCompile(`(?i)creativecommons\.org/licen[sc]es/([a-z-]+)`)
	public   = regexp.MustCompile(`(?i)creativecommons\.org/publicdomain/(zero|mark)`)
	short    = regexp.MustCompile(`(?i)\bCC[ -](BY(?:[ -](?:NC|SA|ND))*)(?:[ -](\d\.\d))?\b`)
	zero     = regexp.MustCompile(`(?i)\bCC[ -]?0\b|\bCC[ -]Zero\b`)
	named    = regexp.MustCompile(`(?i)\bCreative Commons Attribution((?:[ -]*(?:Non-?Commercial|Share-?Alike|No-?Deriv(?:ative)?s))*)(?:[ -]*(\d\.\d))?`)
)

// conditions are the licences of Creative Commons that there are, by the order in
// which their parts are named.
// https://creativecommons.org/share-your-work/cclicenses/
var conditions = map[string]bool{"BY": true, "BY-SA": true, "BY-NC": true, "BY-NC-SA": true, "BY-ND": true, "BY-NC-ND": true}

// Licence is the short name of a licence of Creative Commons, from its address,
// its name or its mark: "CC BY-NC-SA 4.0", "CC0", "Public domain"; "" if it is none
// of these.
func Licence(said string) string {
	if m := public.FindStringSubmatch(said); m != nil {
		if strings.EqualFold(m[1], "zero") {
			return "CC0"
		}
		return "Public domain"
	}
	for _, like := range []*regexp.Regexp{deed, deedOnly, short} {
		if m := like.FindStringSubmatch(said); m != nil {
			version := ""
			if len(m) > 2 {
				version = m[2]
			}
			return conditional(strings.ToUpper(strings.ReplaceAll(m[1], " ", "-")), version)
		}
	}
	if m := named.FindStringSubmatch(said); m != nil {
		parts := "BY"
		for _, p := range []struct{ word, short string }{{"commercial", "-NC"}, {"alike", "-SA"}, {"deriv", "-ND"}} {
			if strings.Contains(strings.ToLower(m[1]), p.word) {
				parts += p.short
			}
		}
		return conditional(parts, m[2])
	}
	if zero.MatchString(said) {
		return "CC0"
	}
	if strings.EqualFold(strings.TrimSpace(said), "public domain") {
		return "Public domain"
	}
	return ""
}

// conditional is a licence of several parts. Their order is Creative Commons' own.
func conditional(parts, version string) string {
	named := "BY"
	for _, p := range []string{"NC", "SA", "ND"} {
		if strings.Contains(parts, "-"+p) {
			named += "-" + p
		}
	}
	if !conditions[named] || !strings.HasPrefix(parts, "BY") {
		return ""
	}
	return strings.TrimSpace("CC " + named + " " + version)
}
