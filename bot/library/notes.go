package library

import (
	"context"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/staffroom-bot/staffroom/bot"
)

// mostNotes is how much is shown of what people say of a resource at once, in
// characters; the rest comes with More. One note fits, whatever is in it.
const mostNotes = 1700

// notes counts what there is to read on the list of notes.
func (r *Resource) notes() int {
	n := len(r.Tries)
	for i := range r.Credits {
		if r.Credits[i].Note != "" {
			n++
		}
	}
	return n
}

// untold reports whether somebody has said something of it that its card does not show.
func (r *Resource) untold() bool {
	said, _, _ := r.quoted()
	return r.notes() > 1 || len(r.Tries) > 0 || utf8.RuneCountInString(said) > mostQuote
}

// showNotes lists what people say of a resource: notes with the names of those who
// wrote them, and without names how it went.
func (s *Service) showNotes(ctx context.Context, req *bot.Request) (bot.Reply, error) {
	r, _, err := s.meant(ctx, req, req.Params.Get("id"))
	if err != nil {
		return bot.Reply{}, err
	}
	skip, err := strconv.Atoi(req.Params.Get("skip"))
	if err != nil || skip < 0 {
		skip = 0
	}
	names, err := s.names(ctx, req, r.savers())
	if err != nil {
		return bot.Reply{}, err
	}
	all := s.noteLines(req, &r, names)
	lines := []bot.Text{s.say(req, "library.notes", bot.Rich("title", linked(&r)))}
	if len(all) == 0 {
		lines = append(lines, s.say(req, "library.notes.none"))
	}
	var controls []bot.Control
	length := 0
	for i, line := range all[min(skip, len(all)):] {
		if length += utf8.RuneCountInString(line.String()); i > 0 && length > mostNotes {
			controls = append(controls, s.control(req, "library.button.more", notesPath+r.ID+"/"+strconv.Itoa(skip+i)))
			break
		}
		lines = append(lines, line)
	}
	return bot.Say(bot.Join("\n", lines...), controls...), nil
}

// noteLines are what people say of a resource, each on one line.
func (s *Service) noteLines(req *bot.Request, r *Resource, names map[bot.MemberID]string) []bot.Text {
	var lines []bot.Text
	for i := range r.Credits {
		c := &r.Credits[i]
		switch note, name := bot.Str("note", oneLine(c.Note)), names[c.Member]; {
		case c.Note == "":
		case name == "":
			lines = append(lines, s.say(req, "library.notes.nameless", note))
		default:
			lines = append(lines, s.say(req, "library.notes.note", bot.Str("name", name), note))
		}
	}
	for _, t := range r.Tries {
		said := []bot.Text{s.say(req, bot.Key("library.notes.again."+string(t.Again)))}
		if t.Grade != "" {
			said = append(said, s.say(req, "library.notes.grade", bot.Str("grade", t.Grade)))
		}
		if t.Worked != "" {
			said = append(said, s.say(req, "library.notes.worked", bot.Str("text", oneLine(t.Worked))))
		}
		if t.Change != "" {
			said = append(said, s.say(req, "library.notes.alter", bot.Str("text", oneLine(t.Change))))
		}
		lines = append(lines, s.say(req, "library.notes.tried", bot.Rich("said", bot.Join(" · ", said...))))
	}
	return lines
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
