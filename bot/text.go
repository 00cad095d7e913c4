package bot

import (
	"strings"
	"time"
)

// SpanKind is how a span looks.
type SpanKind string

// The kinds of spans. Plain is the zero value.
const (
	SpanPlain   SpanKind = ""
	SpanBold    SpanKind = "b"
	SpanItalic  SpanKind = "i"
	SpanCode    SpanKind = "c"
	SpanLink    SpanKind = "a" // Text is the label, URL the target
	SpanMention SpanKind = "m" // Account is the person, Text their name where the platform cannot mention
	SpanChannel SpanKind = "h" // Channel is a place, Text what to call it where the platform cannot link to it
	SpanTime    SpanKind = "t" // At is the instant, shown in the reader's zone where the platform can
)

// Span is a run of text with one look. Its Text is data: an adapter escapes it
// so that it can never become markup, a link or a mention.
type Span struct {
	Kind    SpanKind   `json:"k,omitempty"`
	Text    string     `json:"t,omitempty"`
	URL     string     `json:"u,omitempty"`
	Account *Account   `json:"w,omitempty"`
	Channel *Channel   `json:"ch,omitempty"`
	At      *time.Time `json:"at,omitempty"`
	Style   TimeStyle  `json:"s,omitempty"`
	// For platforms that show a time in words of ours (see Clock):
	Zone     string `json:"z,omitempty"` // IANA zone, where the reader's is not known
	Language string `json:"l,omitempty"` // IETF tag, set by the catalogue
}

// TimeStyle is how much of an instant a time span shows.
type TimeStyle string

// The styles of time. WeekdayTime is the zero value.
const (
	WeekdayTime TimeStyle = ""     // Thu 9:00 pm, jue 21:00
	DateTime    TimeStyle = "date" // Thu 12 May, 9:00 pm; jue 12 de mayo, 21:00
	ClockTime   TimeStyle = "time" // 9:00 pm, 21:00
)

// Text is a list of spans.
type Text []Span

// Plain is s as data, without any look.
func Plain(s string) Text {
	if s == "" {
		return nil
	}
	return Text{{Text: s}}
}

// String gives the text without its looks: for labels, for platforms without
// markup and for tests. Times are shown in their own zone.
func (t Text) String() string {
	if len(t) == 1 && t[0].Kind != SpanTime {
		return t[0].Text
	}
	var b strings.Builder
	for _, s := range t {
		if s.Kind == SpanTime {
			b.WriteString(s.Clock(""))
			continue
		}
		b.WriteString(s.Text)
	}
	return b.String()
}

// Empty reports whether there is nothing to read.
func (t Text) Empty() bool {
	for _, s := range t {
		if s.Text != "" || s.Kind == SpanTime {
			return false
		}
	}
	return true
}

// Join puts texts after one another with sep between those that are not empty.
func Join(sep string, texts ...Text) Text {
	var out Text
	for _, t := range texts {
		if t.Empty() {
			continue
		}
		if len(out) > 0 && sep != "" {
			out = append(out, Span{Text: sep})
		}
		out = append(out, t...)
	}
	return out
}

// Shorten cuts s to at most most characters (code points), the last an ellipsis
// if any are missing. It is for quoting what may be long.
func Shorten(s string, most int) string {
	if len(s) <= most {
		return s
	}
	count := 0
	cut := 0
	for i := range s {
		if count == most-1 {
			cut = i
		}
		if count++; count > most {
			return strings.TrimSpace(s[:cut]) + "…"
		}
	}
	return s
}
