package library

import (
	"slices"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/grade"
)

// credit is where a member's credit is, or -1.
func (r *Resource) credit(m bot.Member) int {
	return slices.IndexFunc(r.Credits, func(c Credit) bool { return m.Is(c.Member) })
}

// add takes in what a member says of the resource. Who says something again
// replaces their note, and keeps the time of their credit.
func (r *Resource) add(m bot.Member, g given, now time.Time) {
	step := Step{At: now, Made: r.Version == 0, Wish: g.wish}
	if r.Title == "" && g.title != "" {
		r.Title, step.Title = g.title, true
	}
	if r.Subject == "" && g.subject != "" {
		r.Subject, step.Subject = g.subject, true
	}
	r.Tags = slices.Clone(r.Tags) // others may be looking at them
	for _, t := range g.tags {
		if len(r.Tags) < MostTags && !containsFold(r.Tags, t) {
			r.Tags, step.Tags = append(r.Tags, t), append(step.Tags, t)
		}
	}
	for _, one := range g.grades {
		if !slices.Contains(r.Grades, one) {
			step.Grades = append(step.Grades, one)
		}
	}
	r.Grades = grade.Sort(append(slices.Clone(r.Grades), step.Grades...))
	r.Credits = slices.Clone(r.Credits)
	i := r.credit(m)
	if i < 0 && len(r.Credits) == MostCredits {
		return
	}
	if i < 0 {
		r.Credits = append(r.Credits, Credit{Member: m.ID, At: now})
		i, step.First = len(r.Credits)-1, true
	}
	c := &r.Credits[i]
	step.Note = c.Note
	if g.note != "" {
		c.Note = g.note
	}
	if g.from != (Origin{}) {
		c.From = g.from
	}
	if step.adds() || c.Note != step.Note { // else what was added before can still be undone
		c.Last = step
	}
}

// adds reports whether there is something in it, but for a note.
func (s *Step) adds() bool {
	return s.Made || s.First || s.Title || s.Subject || s.Wish != "" || len(s.Tags)+len(s.Grades) > 0
}

func containsFold(some []string, one string) bool {
	return slices.ContainsFunc(some, func(other string) bool { return strings.EqualFold(other, one) })
}

// undoable reports whether a member can undo this: they added it last, or had it added
// for somebody, not long ago.
func (c *Credit) undoable(m bot.Member, now time.Time) bool {
	mine := m.Is(c.Member) || m.Is(c.Last.By)
	return mine && !c.Last.Undone && !c.Last.At.IsZero() && now.Sub(c.Last.At) < UndoFor
}

// undoable reports whether there is something that a member can undo.
func (r *Resource) undoable(m bot.Member, now time.Time) bool {
	return slices.ContainsFunc(r.Credits, func(c Credit) bool { return c.undoable(m, now) })
}

// undone reports whether a member has nothing here that could be undone later than it
// may be: all of it is.
func (r *Resource) undone(m bot.Member) bool {
	i := r.credit(m)
	return i < 0 || r.Credits[i].Last.Undone
}

// overtaken reports whether a member has changed the resource since they added to it, so
// that there is nothing to undo.
func (r *Resource) overtaken(m bot.Member) bool {
	i := r.credit(m)
	return i >= 0 && r.Credits[i].Last.Changed
}

// undo takes away what a member added last, or had added. gone says that nothing is
// left of the resource: that made it, and nobody else has said anything of it.
func (r *Resource) undo(m bot.Member, now time.Time) (gone bool) {
	made := false
	r.Credits = slices.Clone(r.Credits)
	for i := len(r.Credits) - 1; i >= 0; i-- {
		if c := &r.Credits[i]; c.undoable(m, now) {
			made = made || c.Last.Made
			r.undoStep(i)
		}
	}
	return made && !slices.ContainsFunc(r.People(), func(id bot.MemberID) bool { return !m.Is(id) })
}

// undoStep takes away what stands in the last step of a credit.
func (r *Resource) undoStep(i int) {
	step := r.Credits[i].Last
	if step.Title {
		r.Title = ""
	}
	if step.Subject {
		r.Subject = ""
	}
	r.Tags = slices.DeleteFunc(slices.Clone(r.Tags), func(t string) bool { return containsFold(step.Tags, t) })
	r.Grades = slices.DeleteFunc(slices.Clone(r.Grades), func(g string) bool { return slices.Contains(step.Grades, g) })
	if step.First {
		r.Credits = slices.Delete(r.Credits, i, i+1)
		return
	}
	r.Credits[i].Note, r.Credits[i].Last = step.Note, Step{At: step.At, Undone: true}
}

// try takes in how it went with somebody, in the place of what they said before.
func (r *Resource) try(m bot.Member, t Try) (full bool) {
	r.untry(m)
	if len(r.Tries) >= MostTries {
		return true
	}
	t.Member = m.ID
	r.Tries = append(r.Tries, t)
	return false
}

// thankedBy reports whether a member has said thanks.
func (r *Resource) thankedBy(m bot.Member) bool { return slices.ContainsFunc(r.Thanks, m.Is) }

// unthank takes a member's thanks away, and reports whether there were some.
func (r *Resource) unthank(m bot.Member) bool {
	n := len(r.Thanks)
	r.Thanks = slices.DeleteFunc(slices.Clone(r.Thanks), m.Is)
	return len(r.Thanks) < n
}

// untry takes away how it went with a member, and reports whether they had said it.
func (r *Resource) untry(m bot.Member) bool {
	n := len(r.Tries)
	r.Tries = slices.DeleteFunc(slices.Clone(r.Tries), func(t Try) bool { return m.Is(t.Member) })
	return len(r.Tries) < n
}

// triedBy reports whether a member has said how it went.
func (r *Resource) triedBy(m bot.Member) bool {
	return slices.ContainsFunc(r.Tries, func(t Try) bool { return m.Is(t.Member) })
}

// forget takes a member out. What is no person's, such as the title, stays.
func (r *Resource) forget(m bot.Member) {
	r.Credits = slices.DeleteFunc(slices.Clone(r.Credits), func(c Credit) bool { return m.Is(c.Member) })
	for i := range r.Credits {
		if m.Is(r.Credits[i].Last.By) {
			r.Credits[i].Last.By = ""
		}
	}
	r.untry(m)
	r.unthank(m)
	if m.Is(r.Hidden.By) {
		r.Hidden.By = ""
	}
	if m.Is(r.Health.Works) {
		r.Health.Works = ""
	}
}

// merge takes in what is known of the same thing in another community. Doing it twice
// changes nothing.
func (r *Resource) merge(o *Resource) {
	if r.Title == "" {
		r.Title = o.Title
	}
	if r.Subject == "" {
		r.Subject = o.Subject
	}
	if r.Licence == "" {
		r.Licence = o.Licence
	}
	for line := range strings.Lines(o.About) {
		r.addAbout(strings.TrimSuffix(line, "\n"))
	}
	if o.Created.Before(r.Created) {
		r.Created = o.Created
	}
	if o.Page.Read.After(r.Page.Read) {
		r.Page = o.Page
	}
	r.Tags = slices.Clone(r.Tags)
	for _, t := range o.Tags {
		if len(r.Tags) < MostTags && !containsFold(r.Tags, t) {
			r.Tags = append(r.Tags, t)
		}
	}
	r.Grades = grade.Sort(append(slices.Clone(r.Grades), o.Grades...))
	r.Credits, r.Tries, r.Thanks = slices.Clone(r.Credits), slices.Clone(r.Tries), slices.Clone(r.Thanks)
	for _, c := range o.Credits {
		known := slices.ContainsFunc(r.Credits, func(k Credit) bool { return k.Member == c.Member })
		if !known && len(r.Credits) < MostCredits {
			r.Credits = append(r.Credits, c)
		}
	}
	slices.SortStableFunc(r.Credits, func(a, b Credit) int { return a.At.Compare(b.At) })
	for _, t := range o.Tries {
		known := slices.ContainsFunc(r.Tries, func(k Try) bool { return k.Member == t.Member })
		if !known && len(r.Tries) < MostTries {
			r.Tries = append(r.Tries, t)
		}
	}
	for _, m := range o.Thanks {
		if !slices.Contains(r.Thanks, m) && len(r.Thanks) < MostThanks {
			r.Thanks = append(r.Thanks, m)
		}
	}
}
