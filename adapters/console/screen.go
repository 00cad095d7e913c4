package console

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// What stands before the further lines of a thing. Nothing that a person typed
// can begin a line, or a line without the bar.
const (
	typedIndent = "      | " // text that goes on
	shownIndent = "      "   // buttons, fields, hints
)

// look is an ANSI style: https://www.ecma-international.org/publications-and-standards/standards/ecma-48/
type look string

const (
	plainLook  look = ""
	boldLook   look = "1"
	faintLook  look = "2"
	italicLook look = "3"
	linkLook   look = "4"
	codeLook   look = "36"
)

// screen shows things one by one.
type screen struct {
	out   io.Writer
	color bool
	zone  *time.Location

	mu  sync.Mutex
	day string // the last date shown
}

func newScreen(out io.Writer, color bool, zone *time.Location) *screen {
	if out == nil {
		out = io.Discard
	}
	return &screen{out: out, color: color, zone: zone}
}

// show writes a thing in one write: its head, what was typed, what the console
// shows below. The date goes before the first thing of a day.
func (s *screen) show(at time.Time, head string, typed, below []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at = at.In(s.zone)
	var b strings.Builder
	if day := at.Format("Monday 2 January 2006"); day != s.day {
		s.day = day
		fmt.Fprintln(&b, s.paint(faintLook, "-- "+day+", "+s.zone.String()+" --"))
	}
	b.WriteString(s.paint(faintLook, at.Format("15:04")) + " " + head)
	for i, line := range typed {
		if i == 0 {
			b.WriteString(" " + line)
			continue
		}
		b.WriteString("\n" + typedIndent + line)
	}
	for _, line := range below {
		b.WriteString("\n" + shownIndent + line)
	}
	b.WriteByte('\n')
	s.write(b.String())
}

// notice says something about the console itself.
func (s *screen) notice(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	lines := safeLines(text)
	s.write("! " + strings.Join(lines, "\n  ") + "\n")
}

// write ignores errors: a terminal that is gone must not stop a chat.
func (s *screen) write(text string) { _, _ = io.WriteString(s.out, text) }

func (s *screen) paint(l look, text string) string {
	if !s.color || l == plainLook || text == "" {
		return text
	}
	return "\x1b[" + string(l) + "m" + text + "\x1b[0m"
}

// said shows a message. how is what is special about it: "edited", "(reply to
// 12)". zone is the reader's, for the times in it.
func (s *screen) said(at time.Time, msg *message, speaker, how, zone string) {
	head := s.head(msg, speaker, how) + ":"
	if msg.Body == nil {
		s.show(at, head, safeLines(msg.Text), nil)
		return
	}
	var typed []string
	if !msg.Body.Text.Empty() {
		typed = s.lines(msg.Body.Text, zone)
	}
	s.show(at, head, typed, s.below(*msg.Body))
}

// did shows that somebody did something to a message.
func (s *screen) did(at time.Time, msg *message, who, what string) {
	s.show(at, s.head(msg, who, safeLine(what)), nil, nil)
}

func (s *screen) head(msg *message, speaker, how string) string {
	place := msg.Channel
	if !isDirect(place) && !isRoom(place) {
		place = "#" + place
	}
	head := s.paint(faintLook, place+" "+msg.ID) + " " + s.paint(boldLook, speaker)
	if how != "" {
		head += " " + how
	}
	return head
}

// lines is a text as it is shown, line by line.
func (s *screen) lines(t bot.Text, zone string) []string {
	out := []string{""}
	for _, span := range t {
		l, text := s.span(span, zone)
		for i, part := range safeLines(text) {
			if i > 0 {
				out = append(out, "")
			}
			out[len(out)-1] += s.paint(l, part)
		}
	}
	return out
}

func (s *screen) span(span bot.Span, zone string) (look, string) {
	switch span.Kind {
	case bot.SpanBold:
		return boldLook, span.Text
	case bot.SpanItalic:
		return italicLook, span.Text
	case bot.SpanCode:
		return codeLook, span.Text
	case bot.SpanLink:
		if span.Text == "" || span.Text == span.URL {
			return linkLook, span.URL
		}
		return linkLook, span.Text + " (" + span.URL + ")"
	case bot.SpanMention:
		return boldLook, "@" + span.Text
	case bot.SpanChannel:
		if span.Channel != nil {
			return boldLook, "#" + span.Channel.ID
		}
		return plainLook, span.Text
	case bot.SpanTime:
		if zone == "" {
			zone = s.zone.String()
		}
		return plainLook, span.Clock(zone)
	default:
		return plainLook, span.Text
	}
}

// below is what comes with a message besides its text.
func (s *screen) below(m bot.Message) []string {
	var out []string
	if m.Image != nil {
		out = append(out, strings.TrimSpace("(picture: "+safeLine(m.Image.Alt)+") "+safeLine(m.Image.URL)))
	}
	for _, f := range m.Files {
		out = append(out, "(file: "+safeLine(f.Name)+")")
	}
	var buttons []string
	for _, c := range m.Controls {
		switch {
		case c.URL != "":
			buttons = append(buttons, s.paint(boldLook, "["+safeLine(c.Label)+": "+safeLine(c.URL)+"]"))
		case c.Pick == "":
			buttons = append(buttons, s.paint(boldLook, "["+safeLine(c.Label)+"]"))
		}
	}
	if len(buttons) > 0 {
		out = append(out, strings.Join(buttons, " "))
	}
	for _, c := range m.Controls {
		if c.Pick != "" {
			out = append(out, s.menu(c))
		}
	}
	return out
}

// menu is a menu with what can be picked from it.
func (s *screen) menu(c bot.Control) string {
	label := s.paint(boldLook, "<"+safeLine(c.Label)+">") + " "
	switch c.Pick {
	case bot.PickPerson:
		return label + "somebody"
	case bot.PickChannel:
		return label + "a #channel"
	}
	labels := make([]string, len(c.Choices))
	for i, choice := range c.Choices {
		labels[i] = safeLine(choice.Label)
	}
	return label + strings.Join(labels, " | ")
}

// asked shows a form in front of a person.
func (s *screen) asked(at time.Time, f *form, who Person) {
	head := s.paint(faintLook, "form for") + " " + s.paint(boldLook, who.Name) + ":"
	var below []string
	line := who.Name + ": !fill"
	for _, field := range f.form.Fields {
		below = append(below, s.field(field, f.values[field.Name])...)
		if wrong := f.errors[field.Name]; !wrong.Empty() {
			for _, l := range s.lines(wrong, who.Zone) {
				below = append(below, "  ! "+l)
			}
		}
		line += " " + safeLine(field.Label) + `="…"`
	}
	below = append(below, s.paint(boldLook, "["+safeLine(f.form.Submit)+"]")+" "+line)
	s.show(at, head, []string{safeLine(f.form.Title)}, below)
}

// field shows an input with what stands in it and what is expected.
func (s *screen) field(f bot.Field, value string) []string {
	var notes []string
	if !f.Optional {
		notes = append(notes, "required")
	}
	if f.Long {
		notes = append(notes, "several lines")
	}
	if f.Max > 0 {
		notes = append(notes, fmt.Sprintf("at most %d characters", f.Max))
	}
	line := safeLine(f.Label)
	if len(notes) > 0 {
		line += " (" + strings.Join(notes, ", ") + ")"
	}
	line += ":"
	var picked []string
	for _, c := range f.Choices {
		if c.Value == value && value != "" || f.Many && slices.Contains(strings.Fields(value), c.Value) {
			picked = append(picked, c.Label)
		}
	}
	if len(picked) > 0 {
		value = strings.Join(picked, "\n")
	}
	if value != "" {
		line += " " + safeLine(quote(value))
	}
	out := []string{line}
	if f.Hint != "" {
		out = append(out, "  "+s.paint(faintLook, safeLine(f.Hint)))
	}
	if len(f.Choices) > 0 {
		labels := make([]string, len(f.Choices))
		for i, c := range f.Choices {
			labels[i] = safeLine(c.Label)
		}
		offer := "  one of: "
		if f.Many {
			offer = "  any of: "
		}
		out = append(out, offer+strings.Join(labels, ", "))
	}
	return out
}

// joined shows that a person came, or that something about them changed.
func (s *screen) joined(at time.Time, p Person, again bool) {
	what := "joined as"
	if again {
		what = "is now"
	}
	about := []string{string(p.Role)}
	for _, more := range []string{p.Zone, p.Language} {
		if more != "" {
			about = append(about, more)
		}
	}
	s.show(at, s.paint(boldLook, p.Name)+" "+what+" "+strings.Join(about, ", "), nil, nil)
}
