package slack

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// ellipsis stands where text was left out.
const ellipsis = "…"

// harmless takes out of s what could disturb the text around it or hide what it
// says: control characters, and those that reverse the direction of reading for
// what follows. Right-to-left scripts need none of them. Lines end with "\n".
// https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters
func harmless(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, string(utf8.RuneError)), "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == '\r' || r == '\u2028' || r == '\u2029':
			return '\n'
		case unicode.IsControl(r),
			r >= '\u202a' && r <= '\u202e', // embeddings and overrides
			r >= '\u2066' && r <= '\u2069': // isolates
			return -1
		}
		return r
	}, s)
}

// length is the number of characters of s as Slack counts them, at most.
func length(s string) int {
	n := 0
	for _, r := range s {
		n += units(r)
	}
	return n
}

// units is how many UTF-16 code units r takes.
func units(r rune) int {
	if r >= 0x10000 {
		return 2
	}
	return 1
}

// shorten cuts s to at most limit characters, after a word where it can, and
// says so with an ellipsis.
func shorten(s string, limit int) string {
	if length(s) <= limit {
		return s
	}
	head, _, _ := cut(s, limit-length(ellipsis))
	return strings.TrimRight(head, " \n\t") + ellipsis
}

// oneLine is s as a label: harmless, in one line, at most limit characters.
func oneLine(s string, limit int) string {
	return shorten(strings.Join(strings.Fields(harmless(s)), " "), limit)
}

// fitting is how many bytes of s hold at most room characters, without cutting
// apart what is shown as one: a letter and its accents, a joined emoji. If even
// the first of these is too long, it is cut.
func fitting(s string, room int) int {
	end, taken := 0, 0
	for end < len(s) {
		r, n := utf8.DecodeRuneInString(s[end:])
		if taken+units(r) > room {
			break
		}
		taken += units(r)
		end += n
	}
	if end == len(s) {
		return end
	}
	whole := end
	for whole > 0 && joinsAt(s, whole) {
		_, n := utf8.DecodeLastRuneInString(s[:whole])
		whole -= n
	}
	if whole > 0 {
		return whole
	}
	return end
}

const zeroWidthJoiner = '\u200d'

// joinsAt reports whether what stands before and after byte i is shown as one.
func joinsAt(s string, i int) bool {
	next, _ := utf8.DecodeRuneInString(s[i:])
	last, _ := utf8.DecodeLastRuneInString(s[:i])
	return next == zeroWidthJoiner || last == zeroWidthJoiner ||
		unicode.In(next, unicode.Mn, unicode.Me, unicode.Mc, unicode.Variation_Selector) ||
		next >= 0x1f3fb && next <= 0x1f3ff || // skin tones
		next >= 0xe0020 && next <= 0xe007f || // tags of flags
		isRegional(last) && isRegional(next)
}

// isRegional reports whether r is half of a country's flag.
func isRegional(r rune) bool { return r >= 0x1f1e6 && r <= 0x1f1ff }

// cut takes from the beginning of s what fits in room characters, ending at a
// line or a word where there is one in its second half. midWord says that there
// was none. A line break at the cut belongs to neither.
func cut(s string, room int) (head, rest string, midWord bool) {
	end := fitting(s, room)
	if end == len(s) {
		return s, "", false
	}
	head = s[:end]
	if i := strings.LastIndexByte(head, '\n'); i >= end/2 {
		return s[:i], s[i+1:], false
	}
	if s[end] == '\n' {
		return head, s[end+1:], false
	}
	if i := strings.LastIndexAny(head, " \t"); i >= end/2 {
		return s[:i+1], s[i+1:], false
	}
	return head, s[end:], true
}
