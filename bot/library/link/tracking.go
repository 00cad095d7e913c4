package link

import (
	"net/url"
	"slices"
	"strings"
)

// tracking are names of parameters that tell a server who sends people and how,
// and nothing of what they want to see. None is there that a site might mean
// something else by, such as "ref", "source" or "id".
//
// https://docs.clearurls.xyz, https://support.google.com/analytics/answer/10917952,
// https://github.com/brave/brave-browser/wiki/Query-String-Filter
var tracking = map[string]bool{
	"fbclid": true, "gclid": true, "gclsrc": true, "dclid": true, "gbraid": true, "wbraid": true, "srsltid": true,
	"msclkid": true, "yclid": true, "ysclid": true, "twclid": true, "ttclid": true, "li_fat_id": true, "igshid": true, "igsh": true,
	"mc_cid": true, "mc_eid": true, "mkt_tok": true, "vero_id": true, "vero_conv": true,
	"oly_anon_id": true, "oly_enc_id": true, "_openstat": true, "wickedid": true, "rb_clickid": true,
	"_hsenc": true, "_hsmi": true, "__hssc": true, "__hstc": true, "__hsfp": true, "hsctatracking": true,
	"_ga": true, "_gl": true, "ga_source": true, "ga_medium": true, "ga_campaign": true, "ga_term": true, "ga_content": true,
	"s_cid": true, "ml_subscriber": true, "ml_subscriber_hash": true, "sc_campaign": true, "sc_channel": true,
	"sc_content": true, "sc_country": true, "sc_geo": true, "sc_medium": true, "sc_outcome": true,
	"mtm_campaign": true, "mtm_kwd": true, "mtm_source": true, "mtm_medium": true, "mtm_content": true, "mtm_cid": true,
	"pk_campaign": true, "pk_kwd": true, "pk_source": true, "pk_medium": true, "pk_content": true, "pk_cid": true,
	"at_medium": true, "at_campaign": true, "bbeml": true, "guce_referrer": true, "guce_referrer_sig": true, "guccounter": true,
}

// tracks reports whether a parameter only follows people about.
func tracks(name string) bool {
	name = strings.ToLower(name)
	return tracking[name] || strings.HasPrefix(name, "utm_") || strings.HasPrefix(name, "hsa_")
}

// untrack takes parameters of that kind off an address, and leaves the others as
// they were.
func untrack(u *url.URL) {
	parts := strings.Split(u.RawQuery, "&")
	parts = slices.DeleteFunc(parts, func(part string) bool { return part == "" || tracks(named(part)) })
	u.RawQuery = strings.Join(parts, "&")
	// What a browser is to mark on the page is no part of its address.
	// https://wicg.github.io/scroll-to-text-fragment/
	if rest, _, found := strings.Cut(u.Fragment, ":~:"); found {
		u.Fragment, u.RawFragment = rest, ""
	}
}

// wrappers are pages that only lead to the address in one of their parameters:
// guards of mail and chat, and counters of clicks.
var wrappers = []struct{ host, path, parameter string }{
	{"google.com", "/url", "q"},
	{"google.com", "/url", "url"},
	{"youtube.com", "/redirect", "q"},
	{"l.facebook.com", "/l.php", "u"},
	{"lm.facebook.com", "/l.php", "u"},
	{"l.instagram.com", "/", "u"},
	{"slack-redir.net", "/link", "url"},
	{"steamcommunity.com", "/linkfilter/", "url"},
	{"out.reddit.com", "", "url"},
	{"exit.sc", "/", "url"},
	{"href.li", "/", ""},
	{"safelinks.protection.outlook.com", "", "url"},
	{"linkprotect.cudasvc.com", "/url", "a"},
	{"duckduckgo.com", "/l/", "uddg"},
}

// unwrap gives the address that another one only leads to.
func unwrap(u *url.URL) (string, bool) {
	host := bare(u.Hostname())
	for _, w := range wrappers {
		if host != w.host && !strings.HasSuffix(host, "."+w.host) || w.path != "" && u.Path != w.path {
			continue
		}
		inner := u.RawQuery
		if w.parameter != "" {
			inner = u.Query().Get(w.parameter)
		}
		if isAddress(inner) {
			return inner, true
		}
	}
	// https://www.google.com/amp/s/example.org/page
	if rest, found := strings.CutPrefix(u.EscapedPath(), "/amp/"); found && host == "google.com" {
		scheme := "http://"
		if safe, found := strings.CutPrefix(rest, "s/"); found {
			scheme, rest = "https://", safe
		}
		return scheme + rest + questioned(u.RawQuery), true
	}
	// https://urldefense.com/v3/__https://example.org/page__;!!code
	if host == "urldefense.com" || host == "urldefense.proofpoint.com" {
		if rest, found := strings.CutPrefix(u.EscapedPath()+questioned(u.RawQuery), "/v3/__"); found {
			end := strings.LastIndex(rest, "__;")
			if end < 0 {
				return "", false
			}
			// A path with one slash after the scheme is one from which another was taken.
			inner := strings.Replace(rest[:end], ":/", "://", 1)
			inner = strings.Replace(inner, ":///", "://", 1)
			if text, err := url.PathUnescape(inner); err == nil && !strings.Contains(inner, "*") && isAddress(text) {
				return inner, true
			}
		}
	}
	return "", false
}

func questioned(query string) string {
	if query == "" {
		return ""
	}
	return "?" + query
}

func isAddress(text string) bool {
	return strings.HasPrefix(text, "https://") || strings.HasPrefix(text, "http://")
}
