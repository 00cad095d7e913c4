package bot

import (
	"strconv"
	"strings"
	"time"
)

// Key names a message of the catalogue.
type Key string

// Words is the message catalogue: every word a member reads comes out of it.
type Words interface {
	// Text gives the message in the language (an IETF tag), or in the
	// catalogue's first language where it does not have that one.
	Text(language string, key Key, args ...Arg) Text
}

// Arg is a named value for a message's {name}.
type Arg struct {
	Name  string
	Value Text
	Count *int // set by Count: also chooses the plural form
}

// Str is an argument that holds data, such as what a member typed.
func Str(name, value string) Arg { return Arg{Name: name, Value: Plain(value)} }

// Num is a number without a plural, such as a question's.
func Num(name string, n int) Arg { return Arg{Name: name, Value: Plain(strconv.Itoa(n))} }

// Count is a number of things: it chooses the message's plural form. A message
// has at most one.
func Count(name string, n int) Arg {
	return Arg{Name: name, Value: Plain(strconv.Itoa(n)), Count: &n}
}

// Rich is an argument that is already a Text.
func Rich(name string, value Text) Arg { return Arg{Name: name, Value: value} }

// Place is a channel, and what it is called where it cannot be linked to.
func Place(name string, ch Channel, called string) Arg {
	return Arg{Name: name, Value: Text{{Kind: SpanChannel, Text: called, Channel: &ch}}}
}

// At is an instant. zone is the IANA zone for platforms that do not know the
// reader's.
func At(name string, at time.Time, zone string, style TimeStyle) Arg {
	at = at.UTC()
	return Arg{Name: name, Value: Text{{Kind: SpanTime, At: &at, Zone: zone, Style: style}}}
}

// Template is a trusted message in light markup, parsed once and filled many
// times: **bold**, _italic_, `code` and {name}. A backslash takes the next
// character as it is. An underscore or a star inside a word is just itself.
type Template struct{ parts []part }

type part struct {
	look SpanKind
	text string
	name string // an argument's; then text is empty
}

// ParseTemplate reads a trusted message. Markup that is opened and not closed
// stands for itself, so every string is a template.
func ParseTemplate(s string) Template {
	var p templateParser
	for i := 0; i < len(s); {
		i = p.step(s, i)
	}
	p.flush()
	return Template{parts: p.parts}
}

type templateParser struct {
	parts []part
	text  strings.Builder
	look  SpanKind
}

func (p *templateParser) flush() {
	if p.text.Len() > 0 {
		p.parts = append(p.parts, part{look: p.look, text: p.text.String()})
		p.text.Reset()
	}
}

func (p *templateParser) step(s string, i int) int {
	switch c := s[i]; {
	case c == '\\' && i+1 < len(s):
		p.text.WriteByte(s[i+1])
		return i + 2
	case c == '{':
		if name := nameAt(s, i); name != "" {
			p.flush()
			p.parts = append(p.parts, part{look: p.look, name: name})
			return i + len(name) + 2
		}
	case strings.HasPrefix(s[i:], "**"):
		if p.toggle(SpanBold, s, i) {
			return i + 2
		}
	case c == '`':
		if p.toggle(SpanCode, s, i) {
			return i + 1
		}
	case c == '_' && !insideWord(s, i):
		if p.toggle(SpanItalic, s, i) {
			return i + 1
		}
	}
	p.text.WriteByte(s[i])
	return i + 1
}

// toggle opens or closes a look whose mark stands at i. Looks do not nest.
func (p *templateParser) toggle(look SpanKind, s string, i int) bool {
	switch {
	case p.look == look:
		p.flush()
		p.look = SpanPlain
		return true
	case p.look == SpanPlain && closes(look, s, i+len(marks(look))):
		p.flush()
		p.look = look
		return true
	}
	return false
}

func marks(look SpanKind) string {
	switch look {
	case SpanBold:
		return "**"
	case SpanCode:
		return "`"
	default:
		return "_"
	}
}

// closes reports whether a look that is opened before i ends somewhere. It
// passes over what step passes over: escapes, names, underscores in words.
func closes(look SpanKind, s string, i int) bool {
	mark := marks(look)
	for i < len(s) {
		switch {
		case s[i] == '\\':
			i += 2
			continue
		case s[i] == '{':
			if n := nameAt(s, i); n != "" {
				i += len(n) + 2
				continue
			}
		case strings.HasPrefix(s[i:], mark) && (look != SpanItalic || !insideWord(s, i)):
			return true
		}
		i++
	}
	return false
}

// nameAt is the name of the {name} at i, or "".
func nameAt(s string, i int) string {
	n := i + 1
	for n < len(s) && isNameByte(s[n]) {
		n++
	}
	if n < len(s) && s[n] == '}' {
		return s[i+1 : n]
	}
	return ""
}

// Fill puts the arguments in place. A name without an argument stays visible as
// {name}, so a mistake shows rather than vanishes. Plain spans of an argument
// take the look of the place where it stands.
func (t Template) Fill(args ...Arg) Text {
	out := make(Text, 0, len(t.parts)+len(args))
	for _, p := range t.parts {
		if p.name == "" {
			out = append(out, Span{Kind: p.look, Text: p.text})
			continue
		}
		arg, ok := findArg(args, p.name)
		if !ok {
			out = append(out, Span{Kind: p.look, Text: "{" + p.name + "}"})
			continue
		}
		for _, s := range arg.Value {
			if s.Kind == SpanPlain {
				s.Kind = p.look
			}
			out = append(out, s)
		}
	}
	return out
}

// Names lists the arguments that the template asks for, in order, each once.
func (t Template) Names() []string {
	var names []string
	for _, p := range t.parts {
		if p.name == "" {
			continue
		}
		seen := false
		for _, n := range names {
			seen = seen || n == p.name
		}
		if !seen {
			names = append(names, p.name)
		}
	}
	return names
}

func findArg(args []Arg, name string) (Arg, bool) {
	for _, a := range args {
		if a.Name == name {
			return a, true
		}
	}
	return Arg{}, false
}

func isNameByte(c byte) bool { return c >= 'a' && c <= 'z' || c == '_' }

func insideWord(s string, i int) bool {
	return i > 0 && i+1 < len(s) && isWord(s[i-1]) && isWord(s[i+1])
}

func isWord(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c >= 0x80
}
