package discussion

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// pieceKind says what a piece of a message is.
type pieceKind uint8

const (
	wordPiece    pieceKind = iota // letters, digits, and apostrophes between them
	markPiece                     // one rune of anything else: punctuation, emoji; or :emoji:
	tagPiece                      // #word, or #6
	mentionPiece                  // @name, <@U1>, <#C1>
	linkPiece                     // https://…, www.…, name@example.org
)

// piece is one piece of a message, by byte positions.
type piece struct {
	start, end int
	kind       pieceKind
	spaced     bool // white space or the message's start is before it
	newLine    bool // it is the first on its line
}

// lex cuts a message into pieces in one pass. White space, invisible
// characters and quoted lines belong to none.
func lex(text string) []piece {
	pieces := make([]piece, 0, len(text)/5+4)
	spaced, newLine := true, true
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == '\n':
			spaced, newLine = true, true
			i += n
			continue
		case unicode.IsSpace(r):
			spaced = true
			i += n
			continue
		case invisible(r):
			i += n
			continue
		case r == '>' && newLine:
			if end := quoteEnd(text, i); end > i {
				i = end
				continue
			}
		}
		t := piece{start: i, spaced: spaced, newLine: newLine}
		t.kind, t.end = scanPiece(text, i, r, n)
		pieces = append(pieces, t)
		i, spaced, newLine = t.end, false, false
	}
	return pieces
}

// quoteEnd finds the end of what a line that begins with "> " quotes, or ">>> "
// and all that follows: the words of somebody else. It is i if nothing is quoted.
func quoteEnd(text string, i int) int {
	switch {
	case strings.HasPrefix(text[i:], ">>> "):
		return len(text)
	case !strings.HasPrefix(text[i:], "> "):
		return i
	}
	if end := strings.IndexByte(text[i:], '\n'); end > 0 {
		return i + end
	}
	return len(text)
}

// scanPiece gives kind and end of the piece whose first rune r, n bytes long, is
// at i. It never reads further than the piece but for a bounded look ahead.
func scanPiece(text string, i int, r rune, n int) (pieceKind, int) {
	switch {
	case r == '<':
		if i+1 < len(text) {
			switch text[i+1] {
			case '@', '#', '!':
				if end := closing(text, i); end > 0 {
					return mentionPiece, end
				}
			case 'h', 'm':
				if end := closing(text, i); end > 0 && linkStart(text[i+1:]) {
					return linkPiece, end
				}
			}
		}
	case r == '@':
		if end := wordEnd(text, i+n, ".-_"); end > i+n {
			return mentionPiece, end
		}
	case r == '#':
		if end := wordEnd(text, i+n, "_"); end > i+n {
			return tagPiece, end
		}
	case r == ':':
		if end := emojiEnd(text, i); end > 0 {
			return markPiece, end
		}
	case linkStart(text[i:]):
		return linkPiece, linkEnd(text, i)
	case wordRune(r):
		end := wordEnd(text, i, "")
		if end < len(text)-1 && text[end] == '@' && wordByte(text[end+1]) {
			return linkPiece, linkEnd(text, end) // an address, not a mention
		}
		return wordPiece, end
	}
	return markPiece, i + n
}

// closing finds the > of a platform's <…>; 0 if it is not near.
func closing(text string, i int) int {
	const longest = 3000 // a link with its text
	near := text[i+1 : min(len(text), i+longest)]
	if end := strings.IndexAny(near, "<>\n"); end > 0 && near[end] == '>' {
		return i + 1 + end + 1
	}
	return 0
}

// emojiEnd finds the end of an emoji written as :name:; 0 if it is none.
func emojiEnd(text string, i int) int {
	const longest = 50
	if i > 0 && (wordByte(text[i-1]) || text[i-1] >= utf8.RuneSelf) {
		return 0 // the colon after a word
	}
	for j := i + 1; j < min(len(text), i+longest); j++ {
		switch b := text[j]; {
		case b == ':' && j > i+2:
			return j + 1
		case b >= 'a' && b <= 'z', j > i+1 && (b >= '0' && b <= '9' || b == '_' || b == '-' || b == '+'):
		default:
			return 0
		}
	}
	return 0
}

func linkStart(s string) bool {
	if len(s) < 5 {
		return false
	}
	switch s[0] | 0x20 {
	case 'h':
		return hasFoldPrefix(s, "https://") || hasFoldPrefix(s, "http://")
	case 'w':
		return hasFoldPrefix(s, "www.")
	case 'm':
		return hasFoldPrefix(s, "mailto:")
	}
	return false
}

func hasFoldPrefix(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

func linkEnd(text string, i int) int {
	for j, r := range text[i:] {
		if unicode.IsSpace(r) || r == '<' || r == '>' || r == '"' {
			return i + j
		}
	}
	return len(text)
}

// wordEnd finds where a run of word runes ends. An apostrophe and the runes of
// inner belong to the word if a word rune follows; invisible runes never end it.
func wordEnd(text string, i int, inner string) int {
	end := i
	for j := i; j < len(text); {
		r, n := utf8.DecodeRuneInString(text[j:])
		switch {
		case wordRune(r):
			end = j + n
		case j == i:
			return end
		case r == '\'' || r == '’' || invisible(r) || inner != "" && strings.ContainsRune(inner, r):
			if end != j && !invisible(r) { // two in a row
				return end
			}
		default:
			return end
		}
		j += n
	}
	return end
}

// squaredA is 🅰, which some people type for the A of a label.
const squaredA = '\U0001F170'

func wordRune(r rune) bool {
	if r < utf8.RuneSelf {
		return wordByte(byte(r))
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r) || r == squaredA || unicode.Is(unicode.Mn, r) && !invisible(r)
}

func wordByte(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9'
}

// invisible tells the runes that show nothing: joiners, direction marks and the
// selectors of emoji.
func invisible(r rune) bool {
	return r >= 0x200b && r <= 0x200f || r >= 0x202a && r <= 0x202e || r >= 0x2060 && r <= 0x206f ||
		r >= 0xfe00 && r <= 0xfe0f || r == 0x20e3 || r == 0xfeff || r == 0xad
}
