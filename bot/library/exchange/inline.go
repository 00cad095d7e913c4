package exchange

import (
	"html"
	"regexp"
	"strings"
	"unicode"
)

// mdLink is a link in a line of Markdown.
type mdLink struct {
	from, to       int // where it stands
	title, address string
}

// linkIn finds the first link of a text: [Title](address), <address>, or an address
// alone. Pictures are none.
func linkIn(text string) (mdLink, bool) {
	text = text[:min(len(text), mostLine)]
	for i := 0; i < min(len(text), mostBrackets); i++ {
		var l mdLink
		ok := false
		switch text[i] {
		case '\\':
			i++
			continue
		case '!':
			if p, is := bracketed(text, i+1); is && strings.HasPrefix(text[i+1:], "[") {
				i = p.to - 1
			}
			continue
		case '[':
			l, ok = bracketed(text, i)
		case '<':
			end := strings.IndexByte(text[i:], '>')
			if ok = end > 0 && isWeb(text[i+1:i+end]) && !strings.Contains(text[i:i+end], " "); ok {
				l = mdLink{from: i, to: i + end + 1, address: oneLine(text[i+1 : i+end])}
			} else if end < 0 {
				continue
			}
		case 'h', 'H':
			if ok = isWeb(text[i:min(len(text), i+8)]) && (i == 0 || !isLetter(rune(text[i-1]))); ok {
				l = bare(text, i)
			}
		}
		if ok {
			return l, true
		}
	}
	return mdLink{}, false
}

// bare is an address that stands in a text without marks. A full stop or bracket at
// its end is the sentence's.
func bare(text string, from int) mdLink {
	to := len(text)
	if i := strings.IndexFunc(text[from:], func(r rune) bool { return unicode.IsSpace(r) || r == '<' || r == '>' || r == '"' }); i >= 0 {
		to = from + i
	}
	address := strings.TrimRight(text[from:to], ".,;:!?*'")
	if strings.HasSuffix(address, ")") && strings.Count(address, "(") < strings.Count(address, ")") {
		address = strings.TrimSuffix(address, ")")
	}
	return mdLink{from: from, to: from + len(address), address: oneLine(address)}
}

// How far a link is looked for in a text, and how far its brackets are, in bytes; and
// so how much of a text there is to look at.
const (
	mostBrackets = 4096
	mostLine     = 4 * mostBrackets
)

// bracketed reads [Title](address "a title") at a place. Brackets in it must be paired
// or escaped.
func bracketed(text string, from int) (mdLink, bool) {
	if from >= len(text) || text[from] != '[' {
		return mdLink{}, false
	}
	end := paired(text, from, '[', ']')
	if end < 0 || end+1 >= len(text) || text[end+1] != '(' {
		return mdLink{}, false
	}
	rest := text[end+2:]
	var address string
	to := 0
	if strings.HasPrefix(rest, "<") {
		i := strings.IndexByte(rest[:min(len(rest), mostBrackets)], '>')
		if i < 0 {
			return mdLink{}, false
		}
		address = rest[1:i]
		close := strings.IndexByte(rest[i:min(len(rest), i+mostBrackets)], ')')
		if close < 0 {
			return mdLink{}, false
		}
		to = end + 2 + i + close + 1
	} else {
		close := paired(text, end+1, '(', ')')
		if close < 0 {
			return mdLink{}, false
		}
		address, _, _ = strings.Cut(strings.TrimSpace(text[end+2:close]), " ")
		to = close + 1
	}
	title := text[from+1 : end]
	for _, mark := range []string{"**", "__", "*", "_", "`"} {
		if inner, ok := strings.CutPrefix(title, mark); ok && len(inner) > len(mark) && strings.HasSuffix(inner, mark) && !strings.HasSuffix(inner, `\`+mark) {
			title = strings.TrimSuffix(inner, mark)
		}
	}
	if image, ok := bracketed(title, 1); ok && title[0] == '!' && image.to == len(title) { // a picture to press
		title = image.title
	} else {
		title = oneLine(unescaped(title))
	}
	address = oneLine(html.UnescapeString(strings.ReplaceAll(address, `\`, "")))
	return mdLink{from: from, to: to, title: title, address: address}, true
}

// paired is where the bracket ends that begins at a place, or -1.
func paired(text string, from int, open, close byte) int {
	depth := 0
	for i := from; i < min(len(text), from+mostBrackets); i++ {
		switch text[i] {
		case '\\':
			i++
		case open:
			depth++
		case close:
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

func isLetter(r rune) bool { return unicode.IsLetter(r) }

var lineBreak = regexp.MustCompile(`^<[bB][rR] ?/?>`)

// unescaped is a text without the marks by which it is itself: backslashes, entities,
// and what breaks lines.
func unescaped(text string) string {
	var out, plain strings.Builder
	flush := func() {
		out.WriteString(html.UnescapeString(plain.String()))
		plain.Reset()
	}
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && i+1 < len(text) && isPunctuation(text[i+1]):
			flush()
			i++
			out.WriteByte(text[i])
		case c == '<' && lineBreak.MatchString(text[i:min(len(text), i+6)]):
			flush()
			out.WriteByte('\n')
			i += strings.IndexByte(text[i:], '>')
		default:
			plain.WriteByte(c)
		}
	}
	flush()
	return out.String()
}

// isPunctuation reports whether a backslash before it means itself.
// https://spec.commonmark.org/0.31.2/#backslash-escapes
func isPunctuation(c byte) bool {
	return c > ' ' && c < '0' || c > '9' && c < 'A' || c > 'Z' && c < 'a' || c > 'z' && c < 0x7f
}
