package discord

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// apart is a zero-width space: it keeps two characters from being read as one
// mark, and shows nothing.
const apart = "\u200b"

// escape makes data of a word (no white space) so that Discord shows it as it
// is: never as markup, a link, a mention, an emoji or an invitation. lineStart
// says that nothing but white space stands before it in its line.
//
// Discord drops a backslash before any punctuation.
// https://support.discord.com/hc/en-us/articles/210298617
func escape(word string, lineStart bool) string {
	var b strings.Builder
	b.Grow(len(word) + 8)
	for i, r := range word {
		if r < utf8.RuneSelf && isMark(word, i, lineStart) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
		if names(r, word[i+utf8.RuneLen(r):]) {
			b.WriteString(apart)
		}
	}
	return b.String()
}

// isMark reports whether the character at word[i] could begin or end markup.
func isMark(word string, i int, lineStart bool) bool {
	switch word[i] {
	case '\\', '*', '_', '~', '`', '|', '[', ']', '<':
		return true
	case '#', '>', '+', '-': // heading, quote, list, small print
		return lineStart && i == 0
	case '.': // numbered list; "discord.gg" makes an invitation even without "https:"
		return lineStart && isDigits(word[:i]) || endsFold(word[:i], "discord") || endsFold(word[:i], "discordapp")
	case ':': // address; emoji by name
		rest := word[i+1:]
		return strings.HasPrefix(rest, "//") || strings.IndexByte(rest, ':') > 0
	}
	return false
}

// names reports whether Discord could read r before rest as a reference to
// something, or as a call to everybody.
// https://discord.com/developers/docs/reference#message-formatting
func names(r rune, rest string) bool {
	switch r {
	case '@':
		return startsFold(rest, "everyone") || startsFold(rest, "here")
	case '<':
		for _, p := range []string{"@", "#", ":", "/", "!", "a:", "t:", "id:"} {
			if strings.HasPrefix(rest, p) {
				return true
			}
		}
	}
	return false
}

func startsFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

func endsFold(s, suffix string) bool {
	return len(s) >= len(suffix) && strings.EqualFold(s[len(s)-len(suffix):], suffix)
}

func isDigits(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' }) < 0
}

// escapeCode makes data of a word inside a code span, where only the backtick
// has a meaning to readers. Who is notified, Discord's servers decide without a
// look at the markup.
func escapeCode(word string) string {
	if !strings.ContainsAny(word, "`@<") {
		return word
	}
	var b strings.Builder
	for i, r := range word {
		if r == '`' {
			b.WriteString(apart)
		}
		b.WriteRune(r)
		if r == '`' || names(r, word[i+utf8.RuneLen(r):]) {
			b.WriteString(apart)
		}
	}
	return b.String()
}

// splitEscaped cuts what escape or escapeCode made after at most limit
// characters, never between two that belong together. The first part is not
// empty.
func splitEscaped(s string, limit int) (head, tail string) {
	head, tail = splitAt(s, limit-1)
	slashes := len(head) - len(strings.TrimRight(head, `\`))
	if slashes%2 == 1 && len(head) > 1 {
		head, tail = s[:len(head)-1], s[len(head)-1:]
	}
	if rest, ok := strings.CutPrefix(tail, apart); ok {
		head, tail = head+apart, rest
	}
	return head, tail
}

// clean makes s fit to be sent: valid UTF-8, without control characters and
// without the marks that turn the direction of what follows, which could make a
// text read as another one. Letters of right-to-left scripts turn by themselves.
// https://www.unicode.org/reports/tr9/#Explicit_Directional_Embeddings
func clean(s string) string {
	if utf8.ValidString(s) && strings.IndexFunc(s, isUnwanted) < 0 {
		return s
	}
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case !isUnwanted(r):
			return r
		case unicode.IsSpace(r):
			return ' '
		}
		return -1
	}, strings.ToValidUTF8(s, "\ufffd"))
}

func isUnwanted(r rune) bool {
	switch {
	case r == '\n', r == '\t':
		return false
	case unicode.IsControl(r), r == '\u2028', r == '\u2029':
		return true
	}
	return r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}
