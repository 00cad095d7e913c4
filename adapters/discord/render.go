package discord

import (
	"fmt"
	"net/url"
	"strings"
	"unicode"

	"github.com/staffroom-bot/staffroom/bot"
)

// piece is a part of a text on its way to Discord's markdown: either data with
// one look, which may be split between words, or something whole.
type piece struct {
	look  bot.SpanKind // plain, bold, italic or code
	text  string       // as data
	whole string       // a link, a mention or a time, as Discord writes it
}

// pieces puts a text in Discord's terms. users are those whom it mentions.
func (a *Adapter) pieces(t bot.Text) (out []piece, users []string) {
	for _, s := range t {
		p := piece{look: s.Kind, text: clean(s.Text)}
		switch s.Kind {
		case bot.SpanPlain, bot.SpanBold, bot.SpanItalic, bot.SpanCode:
		case bot.SpanLink:
			p = linkPiece(p.text, s.URL)
		case bot.SpanMention:
			p.look, p.text = bot.SpanPlain, "@"+p.text
			if s.Account != nil && s.Account.Space.Connection == a.name && isSnowflake(s.Account.User) {
				p = piece{whole: "<@" + s.Account.User + ">"}
				users = append(users, s.Account.User)
			}
		case bot.SpanChannel:
			p.look = bot.SpanPlain
			if s.Channel != nil && s.Channel.Space.Connection == a.name && isSnowflake(target(*s.Channel)) {
				p = piece{whole: "<#" + target(*s.Channel) + ">"}
			}
		case bot.SpanTime:
			p = timePiece(s)
		default:
			p.look = bot.SpanPlain
		}
		// Data that meets may mean something together ("@" and "everyone"): it
		// is escaped together.
		if n := len(out); n > 0 && p.whole == "" && out[n-1].whole == "" && out[n-1].look == p.look {
			out[n-1].text += p.text
			continue
		}
		out = append(out, p)
	}
	return out, users
}

// linkPiece is a link, whose angle brackets keep Discord from showing a preview;
// or just the label where the address is none that a member should follow.
func linkPiece(label, address string) piece {
	plain := piece{text: label}
	u, err := url.Parse(clean(strings.TrimSpace(address)))
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return plain
	}
	target := strings.NewReplacer("<", "%3C", ">", "%3E", "(", "%28", ")", "%29", `\`, "%5C", "`", "%60", " ", "%20").Replace(u.String())
	if label == "" {
		label = u.Host
	}
	words := strings.Fields(cut(label, maxContent/4))
	for i, w := range words {
		words[i] = escape(w, false)
	}
	whole := "[" + strings.Join(words, " ") + "](<" + target + ">)"
	if len(words) == 0 || length(whole) > maxContent/2 {
		return plain
	}
	return piece{whole: whole}
}

// timePiece is an instant that Discord shows in each reader's zone.
// https://discord.com/developers/docs/reference#message-formatting-timestamp-styles
func timePiece(s bot.Span) piece {
	if s.At == nil {
		return piece{}
	}
	style := "F" // with the weekday; Discord has no style with less than the whole date beside it
	if s.Style == bot.ClockTime {
		style = "t"
	}
	return piece{whole: fmt.Sprintf("<t:%d:%s>", s.At.Unix(), style)}
}

func isSnowflake(s string) bool { return len(s) <= 20 && isDigits(s) }

// markdown writes pieces into parts, of which each keeps its own limit. Parts
// end between words where they can, and markup never spans two.
type markdown struct {
	limits []int // of the part that is written and of those after it
	parts  []string
	b      strings.Builder
	size   int          // characters in b
	look   bot.SpanKind // open
	mark   string       // the open look's
	start  bool         // only white space in this line so far
	closed bool         // the last thing written closes a look
}

// write gives the parts, as many as needed and at most one for each limit, and
// reports whether all of the text is in them.
func write(pieces []piece, limits ...int) ([]string, bool) {
	m := &markdown{limits: limits, start: true}
	for _, p := range pieces {
		if !m.piece(p) {
			return m.parts, false
		}
	}
	m.finish()
	return m.parts, true
}

func (m *markdown) piece(p piece) bool {
	if p.whole != "" {
		return m.put("", piece{}, p.whole, true)
	}
	for text := p.text; text != ""; {
		word := strings.TrimLeftFunc(text, unicode.IsSpace)
		space := text[:len(text)-len(word)]
		end := strings.IndexFunc(word, unicode.IsSpace)
		if end < 0 {
			end = len(word)
		}
		word, text = word[:end], word[end:]
		if word == "" {
			p.look = bot.SpanPlain // white space at the end of a look stands outside of it
		}
		if !m.put(space, p, word, false) {
			return false
		}
	}
	return true
}

func markOf(p piece) string {
	switch p.look {
	case bot.SpanBold:
		return "**"
	case bot.SpanItalic:
		return "*"
	case bot.SpanCode:
		if strings.Contains(p.text, "`") {
			return "``"
		}
		return "`"
	}
	return ""
}

// put writes space and then a word in the look of p. What does not fit goes on
// in the next part; it reports false when there is none. escaped says that the
// word is in Discord's terms already.
func (m *markdown) put(space string, p piece, word string, escaped bool) bool {
	out := word
	if !escaped {
		out = m.escape(space, p.look, word)
	}
	mark := markOf(p)
	room := m.limits[0] - m.size - len(m.mark) - len(mark)
	if m.look != p.look || m.size == 0 {
		room -= len(apart) + len(mark)
	}
	switch {
	case length(space)+length(out) <= room:
		m.set(space, p.look, mark, out)
		return true
	case word == "":
		return true
	case m.size > 0: // the break takes the place of the space
		return m.next() && m.put("", p, word, escaped)
	case space != "":
		return m.put("", p, word, escaped)
	}
	// A word longer than a part. What follows must not count as a line's start.
	head, tail := splitEscaped(out, room)
	m.set("", p.look, mark, head)
	return m.next() && m.put("", p, apart+tail, true)
}

func (m *markdown) escape(space string, look bot.SpanKind, word string) string {
	if look == bot.SpanCode {
		return escapeCode(word)
	}
	return escape(word, m.start || strings.Contains(space, "\n"))
}

func (m *markdown) set(space string, look bot.SpanKind, mark, word string) {
	if m.look != look {
		m.close()
		m.text(space)
		if mark != "" && m.closed {
			m.text(apart) // or the two marks would be one
		}
		m.look, m.mark = look, mark
		m.text(mark)
	} else {
		m.text(space)
	}
	m.text(word)
	switch {
	case word != "":
		m.start, m.closed = false, false
	case strings.Contains(space, "\n"):
		m.start = true
	}
}

func (m *markdown) text(s string) {
	if s == "" {
		return
	}
	m.b.WriteString(s)
	m.size += length(s)
	m.closed = false
}

func (m *markdown) close() {
	m.text(m.mark)
	m.closed = m.mark != ""
	m.look, m.mark = bot.SpanPlain, ""
}

// finish ends the part that is written.
func (m *markdown) finish() {
	m.close()
	if s := strings.TrimRight(m.b.String(), " \n\t"); s != "" {
		m.parts = append(m.parts, s)
	}
	m.b.Reset()
	m.size, m.start, m.closed = 0, true, false
}

// next begins another part. It reports false if there may be none.
func (m *markdown) next() bool {
	m.finish()
	m.limits = m.limits[1:]
	return len(m.limits) > 0
}
