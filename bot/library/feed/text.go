package feed

import (
	"html"
	"strings"
)

// html is what is said of the item, as the markup that readers expect there: its texts
// are escaped once here, and once more as XML.
func (it *Item) html() string {
	var out strings.Builder
	for _, p := range it.Parts {
		if p = line(p); p != "" {
			out.WriteString("<p>" + html.EscapeString(p) + "</p>")
		}
	}
	return out.String()
}

// line is a text on one line.
func line(s string) string { return strings.Join(strings.Fields(legal(s)), " ") }

// legal leaves out what is no character of XML. https://www.w3.org/TR/xml/#charsets
func legal(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t', r == '\n', r == '\r', r >= 0x20 && r <= 0xd7ff, r >= 0xe000 && r <= 0xfffd, r >= 0x10000 && r <= 0x10ffff:
			return r
		default:
			return -1
		}
	}, strings.ToValidUTF8(s, ""))
}
