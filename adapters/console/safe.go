package console

import (
	"strings"
	"unicode"
)

// safeLines makes text harmless for a terminal and cuts it into lines: what
// moves a cursor, changes colours or turns the writing direction is shown as a
// symbol. Letters of every script stay, and so do the joiners inside emoji and
// Indic words.
func safeLines(s string) []string {
	s = strings.ToValidUTF8(s, string(unicode.ReplacementChar))
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Split(strings.Map(safeRune, s), "\n")
}

// safeLine is safeLines for what must stay on one line, such as a label.
func safeLine(s string) string { return strings.Join(safeLines(s), " ") }

func safeRune(r rune) rune {
	const (
		nextLine           = '\u0085'
		zeroWidthNonJoiner = '\u200c'
		zeroWidthJoiner    = '\u200d'
		lineSeparator      = '\u2028'
		paragraphSeparator = '\u2029'
	)
	switch {
	case r == '\n', r == nextLine, r == lineSeparator, r == paragraphSeparator:
		return '\n'
	case r == '\t':
		return ' '
	case r < ' ':
		return 0x2400 + r // its symbol: https://www.unicode.org/charts/PDF/U2400.pdf
	case r == 0x7f:
		return 0x2421
	case r == zeroWidthJoiner, r == zeroWidthNonJoiner:
		return r
	case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
		return unicode.ReplacementChar
	}
	return r
}
