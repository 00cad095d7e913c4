package link

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/bidi"
)

// Shown is a Key as people read it: with the letters that are escaped in it, where they
// cannot make it look like another address. In hosts these are the letters of Western
// European languages, since others look like them ("аррӏе" is Cyrillic); behind the host
// all letters and digits but those that are written from right to left, which would
// change the order of what stands around them.
func Shown(key string) string {
	host, rest := key, ""
	if i := strings.IndexAny(key, "/?#"); i >= 0 {
		host, rest = key[:i], key[i:]
	}
	labels := strings.Split(host, ".")
	for i, label := range labels {
		if text, err := idna.Lookup.ToUnicode(label); err == nil && !strings.ContainsFunc(text, foreign) {
			labels[i] = text
		}
	}
	return strings.Join(labels, ".") + readable(rest)
}

// foreign reports whether a letter is none of a host's name that can be read by all.
// https://www.unicode.org/charts/PDF/U0080.pdf
func foreign(r rune) bool {
	return r >= 0x80 && (r < 0xdf || r > 0xff || !unicode.IsLetter(r))
}

// readable is the end of an address with its letters.
func readable(escaped string) string {
	var out strings.Builder
	for i := 0; i < len(escaped); {
		n := 0
		for i+n+2 < len(escaped) && escaped[i+n] == '%' {
			n += 3
		}
		text, err := url.PathUnescape(escaped[i : i+n])
		if n == 0 || err != nil || !utf8.ValidString(text) {
			out.WriteByte(escaped[i])
			i++
			continue
		}
		for _, r := range text {
			if legible(r) {
				out.WriteRune(r)
			} else {
				out.WriteString(url.PathEscape(string(r)))
			}
		}
		i += n
	}
	return out.String()
}

// legible reports whether a character that is escaped can stand for itself.
func legible(r rune) bool {
	of, _ := bidi.LookupString(string(r))
	return r >= 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r)) && of.Class() != bidi.R && of.Class() != bidi.AL && of.Class() != bidi.AN
}
