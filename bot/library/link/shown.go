package link

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
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
	return r >= 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r)) && !unicode.Is(rightToLeft, r)
}

// rightToLeft are the blocks of what is written from right to left.
// https://www.unicode.org/reports/tr44/#Bidi_Class_Values
var rightToLeft = &unicode.RangeTable{
	R16: []unicode.Range16{{Lo: 0x0590, Hi: 0x08ff, Stride: 1}, {Lo: 0xfb1d, Hi: 0xfdff, Stride: 1}, {Lo: 0xfe70, Hi: 0xfeff, Stride: 1}},
	R32: []unicode.Range32{{Lo: 0x10800, Hi: 0x10fff, Stride: 1}, {Lo: 0x1e800, Hi: 0x1efff, Stride: 1}},
}
