package library

import (
	"crypto/sha256"
	"encoding/base32"
	"slices"
	"strings"

	"github.com/staffroom-bot/staffroom/bot"
)

// stands is what the form for changing a resource shows of it, by field.
func (r *Resource) stands() map[string]string {
	return map[string]string{
		titleField: bot.Shorten(r.Title, MostTitle), subjectField: bot.Shorten(r.Subject, MostTag),
		tagsField: bot.Shorten(strings.Join(r.Tags, ", "), mostTagText), gradeField: bot.Shorten(strings.Join(r.Grades, ", "), mostGradeText),
	}
}

// shared is what everybody who saved it can change, each in one text.
func (g *given) shared() [4]string {
	return [...]string{g.title, g.subject, strings.Join(g.tags, ", "), strings.Join(g.grades, ", ")}
}

// shared is the same as the form shows it.
func (r *Resource) shared() [4]string {
	stands := r.stands()
	g, _ := read(func(field string) string { return stands[field] })
	return g.shared()
}

// marked stands in the path of the form for what it has opened with, so that what
// somebody did not touch does not undo what another has changed meanwhile: of each text
// 20 bits of its hash.
func marked(texts [4]string) string {
	var all strings.Builder
	for _, t := range texts {
		sum := sha256.Sum256([]byte(t))
		all.WriteString(strings.ToLower(base32.StdEncoding.EncodeToString(sum[:])[:markLength]))
	}
	return all.String()
}

const markLength = 4

// change takes what somebody wants it to be: of what the form has opened
// with, only what they have changed. was is what others have changed meanwhile, and they
// too, to something else.
func (r *Resource) change(m bot.Member, g given, opened string) (was []string) {
	typed, now := g.shared(), r.shared()
	typedMarks, nowMarks := marked(typed), marked(now)
	r.Credits = slices.Clone(r.Credits)
	theirs := func(not func(*Step)) { // what others added is not there any more: they cannot undo it
		for i := range r.Credits {
			not(&r.Credits[i].Last)
		}
	}
	apply := [...]func(){
		func() { r.Title = g.title; theirs(func(s *Step) { s.Title = false }) },
		func() { r.Subject = g.subject; theirs(func(s *Step) { s.Subject = false }) },
		func() { r.Tags = g.tags }, func() { r.Grades = g.grades },
	}
	changed := false
	for i, put := range apply {
		from, to := i*markLength, (i+1)*markLength
		known := len(opened) == len(nowMarks)
		if typed[i] == now[i] || known && typedMarks[from:to] == opened[from:to] {
			continue
		}
		if known && nowMarks[from:to] != opened[from:to] && now[i] != "" {
			was = append(was, now[i])
		}
		put()
		changed = true
	}
	i := r.credit(m)
	if i < 0 {
		return was // an organizer, who has no note here
	}
	c := &r.Credits[i]
	if changed = changed || c.Note != g.note; changed {
		c.Last = Step{Changed: true} // what was added is not what there is any more
	}
	c.Note = g.note
	return was
}
