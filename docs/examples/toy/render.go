package toy

import (
	"html"
	"strings"
	"unicode/utf8"

	"github.com/staffroom-bot/staffroom/bot"
)

// maxText is how long a message's text is, in characters without the markup. (Of
// a real platform: with the address of the page that says so.)
const maxText = 4000

func (a *Adapter) body(m bot.Message) *body {
	b := &body{Text: a.markup(m.Text), Image: m.Image, Files: m.Files}
	for _, c := range m.Controls {
		shown := button{Label: c.Label, URL: c.URL, Style: c.Style}
		if c.URL == "" {
			shown.Token = a.seal.Token(c.Path)
		}
		b.Buttons = append(b.Buttons, shown)
	}
	return b
}

func (a *Adapter) form(f bot.Form) *form {
	out := &form{Title: f.Title, Token: a.seal.Token(f.Path), Submit: f.Submit}
	for _, one := range f.Fields {
		out.Fields = append(out.Fields, field(one))
	}
	return out
}

// markup writes a text as Toy reads it, shortened where it is too long. It is cut
// before the markup is put in, so that no tag is cut.
func (a *Adapter) markup(t bot.Text) string {
	var b strings.Builder
	left := maxText - 1
	for _, s := range t {
		if s.Kind == bot.SpanTime { // Toy does not know its readers' zones
			s.Text = s.Clock("")
		}
		length := utf8.RuneCountInString(s.Text)
		if length > left {
			s.Text = bot.Shorten(s.Text, left)
			b.WriteString(a.span(s))
			break
		}
		left -= length
		b.WriteString(a.span(s))
	}
	return b.String()
}

// span gives a span its look. Its text and its address are data: they are
// escaped whatever they hold.
func (a *Adapter) span(s bot.Span) string {
	text := html.EscapeString(s.Text)
	switch s.Kind {
	case bot.SpanBold:
		return "<b>" + text + "</b>"
	case bot.SpanItalic:
		return "<i>" + text + "</i>"
	case bot.SpanCode:
		return "<code>" + text + "</code>"
	case bot.SpanLink:
		if strings.HasPrefix(s.URL, "https://") || strings.HasPrefix(s.URL, "http://") {
			return `<a href="` + html.EscapeString(s.URL) + `">` + text + "</a>"
		}
	case bot.SpanMention:
		if s.Account != nil && s.Account.Space == a.space { // others are not here to be notified
			return "<at>" + html.EscapeString(s.Account.User) + "</at>"
		}
		return "@" + text
	}
	return text
}
