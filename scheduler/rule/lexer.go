package rule

import (
	"unicode"
	"unicode/utf8"
)

// token is a word, a number or a mark of a phrase.
type token struct {
	text   string // in small letters without accents
	number int    // of digits; the first nine count
	digits int    // how many; 0 for all else
	word   bool   // of letters
	glued  bool   // nothing stands between it and the token before
	from   int    // its first byte in the phrase
}

func (t token) isNumber() bool { return t.digits > 0 }

// lex cuts a phrase into tokens: runs of letters, runs of digits, and single
// marks.
func lex(phrase string) []token {
	var toks []token
	end := -1 // of the token before
	var last *token
	begin := func(at int) {
		toks = append(toks, token{glued: end == at && at > 0, from: at})
		last = &toks[len(toks)-1]
	}
	for at, size := 0, 0; at < len(phrase); at += size {
		var r rune
		r, size = utf8.DecodeRuneInString(phrase[at:])
		folded := fold(r)
		goesOn := last != nil && end == at
		switch {
		case unicode.IsSpace(r):
			continue
		case unicode.Is(unicode.Mn, r): // an accent that is a character of its own
			if !goesOn {
				continue
			}
		case folded >= '0' && folded <= '9':
			if !goesOn || !last.isNumber() {
				begin(at)
			}
			if last.digits < 9 {
				last.number = last.number*10 + int(folded-'0')
			}
			last.digits++
			last.text += string(folded)
		case unicode.IsLetter(folded) || folded == '\'':
			if !goesOn || !last.word {
				begin(at)
			}
			last.word = true
			last.text += string(folded)
		default:
			begin(at)
			last.text = string(folded)
		}
		end = at + size
	}
	return toks
}

// fold gives the small letter without accent, and one mark for several alike.
func fold(r rune) rune {
	if r < utf8.RuneSelf {
		return unicode.ToLower(r)
	}
	switch r = unicode.ToLower(r); r {
	case 'á', 'à', 'â', 'ä', 'ã', 'ª':
		return 'a'
	case 'é', 'è', 'ê', 'ë':
		return 'e'
	case 'í', 'ì', 'î', 'ï':
		return 'i'
	case 'ó', 'ò', 'ô', 'ö', 'õ', 'º', '°':
		return 'o'
	case 'ú', 'ù', 'û', 'ü':
		return 'u'
	case 'ñ':
		return 'n'
	case 'ç':
		return 'c'
	case '–', '—', '‐', '‑', '−':
		return '-'
	case '’', '‘', '`', '´':
		return '\''
	default:
		return r
	}
}
