package library

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/grade"
	"github.com/staffroom-bot/staffroom/bot/library/exchange"
)

// licenceField is not typed in a form, but stands in lists.
const licenceField = "licence"

// acceptance is what came of taking an item of a list into a resource.
type acceptance struct {
	changed bool
	cut     []string // the names of what there was no room for
}

// unkept are the names, in small letters, of what lists say that means nothing
// elsewhere: numbers under which programs know an item, what browsers and programs do
// with it, and what people here have said of it.
var unkept = map[string]bool{
	"id": true, "key": true, "guid": true, "uuid": true, "hash": true, "meta": true, "status": true, "cover": true, "favorite": true, "icon": true,
	"toread": true, "unread": true, "type": true, "content type": true, "last modified": true, "updated": true, "date_modified": true, "web_archive_snapshot_url": true,
	"website_title": true, "website_description": true, "favicon_url": true, "preview_image_url": true, "is_archived": true,
	savedByColumn: true, triedColumn: true, thanksColumn: true, stateColumn: true,
}

// accept takes in what an item of a list says. What is there already stays, and what
// the item says instead stands in About, as has what there is no place for; over names
// a field there. Doing it twice changes nothing.
func (r *Resource) accept(it *exchange.Item, over func(field string) string) (a acceptance) {
	put := func(name, text string) {
		line := text
		if name != "" {
			line = name + ": " + text
		}
		added, whole := r.addAbout(line)
		a.changed = a.changed || added
		if !whole {
			a.cut = append(a.cut, name)
		}
	}
	one := func(field string, to *string, text, shown string, most int) {
		switch {
		case text == "" || sameText(text, shown) || sameText(text, *to):
		case *to == "" && utf8.RuneCountInString(text) <= most:
			*to, a.changed = text, true
		case *to == "" && field == titleField:
			*to, a.changed = bot.Shorten(text, most), true
			put(over(field), text)
		default:
			put(over(field), text)
		}
	}
	one(titleField, &r.Title, it.Title, r.Called(), MostTitle)
	tags := it.Tags
	if r.Subject != "" && it.Subject != "" && !sameText(it.Subject, r.Subject) {
		tags = append(slices.Clone(tags), it.Subject) // it is found by both
	} else {
		one(subjectField, &r.Subject, it.Subject, r.Subject, MostTag)
	}
	one(licenceField, &r.Licence, it.Licence, r.Licensed(), MostTitle)
	for _, line := range strings.Split(it.Note, "\n") {
		put("", line)
	}
	a.changed = r.acceptTags(tags, func(text string) { put(over(tagsField), text) }) || a.changed
	a.changed = r.acceptGrades(it.Grades, func(text string) { put(over(gradeField), text) }) || a.changed
	for _, o := range it.Others {
		if !unkept[strings.ToLower(o.Name)] {
			put(bot.Shorten(o.Name, MostTag), o.Value)
		}
	}
	if !it.Added.IsZero() && it.Added.Before(r.Created.Truncate(time.Second)) {
		r.Created, a.changed = it.Added, true
	}
	return a
}

func (r *Resource) acceptTags(tags []string, over func(string)) (changed bool) {
	r.Tags = slices.Clone(r.Tags)
	for _, t := range tags {
		switch {
		case containsFold(r.Tags, t):
		case len(r.Tags) < MostTags && utf8.RuneCountInString(t) <= MostTag:
			r.Tags, changed = append(r.Tags, t), true
		default:
			over(t)
		}
	}
	return changed
}

func (r *Resource) acceptGrades(typed []string, over func(string)) (changed bool) {
	before := len(r.Grades)
	r.Grades = slices.Clone(r.Grades)
	for _, text := range typed {
		found, unknown := grade.Parse(text)
		if unknown != "" || len(found) == 0 {
			over(text)
			continue
		}
		r.Grades = append(r.Grades, found...)
	}
	r.Grades = grade.Sort(r.Grades)
	return len(r.Grades) != before
}

// leastAbout is how much of a line is worth to be there, in characters.
const leastAbout = 20

// addAbout adds a line to About, unless it stands there or in a note. whole is false if
// there was no room for all of it.
func (r *Resource) addAbout(line string) (added, whole bool) {
	if line == "" || hasLine(r.About, line) || slices.ContainsFunc(r.Credits, func(c Credit) bool { return hasLine(c.Note, line) }) {
		return false, true
	}
	room := MostNote - utf8.RuneCountInString(r.About)
	if r.About != "" {
		room--
	}
	short := line
	if utf8.RuneCountInString(line) > room {
		if room < leastAbout {
			return false, false
		}
		if short = bot.Shorten(line, room); hasLine(r.About, short) {
			return false, false
		}
	}
	r.About = strings.TrimPrefix(r.About+"\n"+short, "\n")
	return true, short == line
}

// sameText reports whether texts differ in blanks and in the size of letters alone.
func sameText(a, b string) bool {
	return strings.EqualFold(strings.Join(strings.Fields(a), " "), strings.Join(strings.Fields(b), " "))
}

// hasLine reports whether a line stands in a text, with whatever blanks.
func hasLine(text, line string) bool {
	for l := range strings.Lines(text) {
		if strings.Join(strings.Fields(l), " ") == line {
			return true
		}
	}
	return false
}
