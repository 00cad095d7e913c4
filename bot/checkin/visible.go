package checkin

import (
	"strings"
	"unicode"
)

// shows reports whether there is something to see of a character.
func shows(r rune) bool {
	return !unicode.IsSpace(r) && !unicode.In(r, unicode.Cc, unicode.Cf, unicode.Variation_Selector) &&
		r != '\u034f' && r != '\u115f' && r != '\u1160' && r != '\u2800' && r != '\u3164' && r != '\uffa0' // fillers that are letters or signs
}

// forwards is a text without the characters that make it read in another direction
// than it is written: https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters
func forwards(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' {
			return -1
		}
		return r
	}, text)
}
