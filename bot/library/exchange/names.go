package exchange

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// field is what a column, a key or an attribute says of an item.
type field int

const (
	otherField field = iota
	linkField
	titleField
	noteField
	subjectField
	tagsField
	gradesField
	licenceField
	addedField
	privateField
	sharedField
	visibilityField
	hiddenField
)

// ownNames are what the fields are called in what is written, in their order there.
var ownNames = []string{"link", "title", "note", "subject", "tags", "grades", "licence", "added", "hidden"}

// fields are the names that fields have elsewhere, as plain gives them: what spreadsheets
// of teachers, and the exports of Shaarli, linkding, LinkAce, karakeep, Pinboard, Raindrop,
// Pocket, Diigo and Zotero call them.
var fields = map[string]field{
	"link": linkField, "links": linkField, "url": linkField, "uri": linkField, "href": linkField, "address": linkField, "web address": linkField,
	"web page": linkField, "webpage": linkField, "website": linkField, "content url": linkField, "resource link": linkField, "resource url": linkField,
	"enlace": linkField, "vinculo": linkField, "liga": linkField, "direccion": linkField, "direccion web": linkField, "pagina": linkField, "pagina web": linkField, "sitio web": linkField,

	"title": titleField, "name": titleField, "resource": titleField, "resource name": titleField,
	"titulo": titleField, "nombre": titleField, "recurso": titleField,

	"note": noteField, "notes": noteField, "description": noteField, "comment": noteField, "comments": noteField, "extended": noteField,
	"excerpt": noteField, "selection": noteField, "summary": noteField, "abstract": noteField, "abstract note": noteField,
	"nota": noteField, "notas": noteField, "descripcion": noteField, "comentario": noteField, "comentarios": noteField, "resumen": noteField,

	"subject": subjectField, "subjects": subjectField, "category": subjectField, "categories": subjectField, "topic": subjectField, "folder": subjectField,
	"collection": subjectField, "discipline": subjectField,
	"asignatura": subjectField, "materia": subjectField, "area": subjectField, "tema": subjectField, "categoria": subjectField, "carpeta": subjectField, "disciplina": subjectField,

	"tag": tagsField, "tags": tagsField, "labels": tagsField, "keywords": tagsField, "tag names": tagsField, "manual tags": tagsField,
	"etiqueta": tagsField, "etiquetas": tagsField, "palabras clave": tagsField,

	"grade": gradesField, "grades": gradesField, "grade level": gradesField, "grade levels": gradesField, "level": gradesField,
	"grado": gradesField, "grados": gradesField, "curso": gradesField, "cursos": gradesField, "nivel": gradesField,

	"licence": licenceField, "license": licenceField, "rights": licenceField,
	"licencia": licenceField, "derechos": licenceField,

	"added": addedField, "date": addedField, "created": addedField, "created at": addedField, "createdat": addedField, "date added": addedField, "dateadded": addedField, "add date": addedField,
	"time": addedField, "time added": addedField, "timestamp": addedField,
	"fecha": addedField, "anadido": addedField, "creado": addedField,

	"private": privateField, "is private": privateField, "privado": privateField, "privada": privateField,
	"shared": sharedField, "is shared": sharedField, "public": sharedField, "is public": sharedField,
	"compartido": sharedField, "compartida": sharedField, "publico": sharedField, "publica": sharedField,
	"visibility": visibilityField, "visibilidad": visibilityField,
	"hidden": hiddenField, "is hidden": hiddenField, "oculto": hiddenField, "oculta": hiddenField,
}

var unaccented = strings.NewReplacer("á", "a", "é", "e", "í", "i", "ó", "o", "ú", "u", "ü", "u", "ñ", "n", "_", " ", "-", " ", ".", " ")

// plain is a name without what people write in several ways.
func plain(name string) string {
	return strings.Join(strings.Fields(unaccented.Replace(strings.ToLower(strings.Trim(name, "\ufeff \t*:?¿")))), " ")
}

func fieldOf(name string) field { return fields[plain(name)] }

// set takes what a list says of the item under a name. What a field has no room for
// any more is another thing.
func (it *Item) set(name, value string) {
	line := oneLine(value)
	if line == "" {
		return
	}
	one := func(to *string, text string) {
		switch {
		case *to == "":
			*to = text
		case *to != text:
			it.other(name, line)
		}
	}
	switch fieldOf(name) {
	case linkField:
		one(&it.Link, line)
	case titleField:
		one(&it.Title, line)
	case subjectField:
		one(&it.Subject, line)
	case licenceField:
		one(&it.Licence, line)
	case noteField:
		it.addNote(value)
	case tagsField:
		it.addTags(split(value, "|")...)
	case gradesField:
		it.Grades = it.adding(it.Grades, split(value, "")...)
	case addedField:
		if at, ok := dateOf(line); ok && it.Added.IsZero() {
			it.Added = at
		} else if !ok {
			it.other(name, line)
		}
	case privateField:
		it.Private = it.Private || !no(line) // whatever else it says, it is somebody's own
	case sharedField:
		it.mark(&it.Private, name, line, no, yes)
	case visibilityField:
		it.mark(&it.Private, name, line, private, public)
	case hiddenField:
		it.mark(&it.Hidden, name, line, yes, no)
	default:
		it.other(name, line)
	}
}

// mark sets what a column marks. What says neither that it is so nor that it is not is
// another thing.
func (it *Item) mark(to *bool, name, value string, is, isNot func(string) bool) {
	switch {
	case is(value):
		*to = true
	case !isNot(value):
		it.other(name, value)
	}
}

// How much of an item is taken: of a note in bytes, and of tags, grades and other
// things their number. Item.Cut says that there was more.
const (
	mostNote    = 16 << 10
	mostSeveral = 200
)

func (it *Item) other(name, value string) {
	if len(it.Others) == mostSeveral {
		it.Cut = true
		return
	}
	it.Others = append(it.Others, Other{Name: oneLine(name), Value: value})
}

func (it *Item) addNote(text string) {
	if len(it.Note)+len(text) > mostNote {
		it.Cut = it.Cut || strings.TrimSpace(text) != ""
		text = strings.ToValidUTF8(text[:max(0, mostNote-len(it.Note))], "")
	}
	switch text = lines(text); {
	case text == "":
	case it.Note == "":
		it.Note = text
	default:
		it.Note += "\n" + text
	}
}

func (it *Item) addTags(tags ...string) {
	for i := range tags {
		tags[i] = strings.TrimSpace(strings.TrimLeft(tags[i], "#"))
	}
	it.Tags = it.adding(it.Tags, tags...)
}

// adding adds texts, each once.
func (it *Item) adding(to []string, texts ...string) []string {
	for _, t := range texts {
		switch {
		case t == "", slices.ContainsFunc(to, func(other string) bool { return strings.EqualFold(other, t) }):
		case len(to) == mostSeveral:
			it.Cut = true
			return to
		default:
			to = append(to, t)
		}
	}
	return to
}

// split takes several texts apart that stand with commas, semicolons or lines between,
// or with what else separates them where there is none of these. Words of which each
// begins with "#" are several too.
func split(value, orelse string) []string {
	separators := ",;\n\r"
	if !strings.ContainsAny(value, separators) {
		separators = orelse
		if words := strings.Fields(value); len(words) > 1 && !slices.ContainsFunc(words, func(w string) bool { return !strings.HasPrefix(w, "#") }) {
			return words
		}
	}
	parts := strings.FieldsFunc(value, func(r rune) bool { return strings.ContainsRune(separators, r) })
	for i := range parts {
		parts[i] = oneLine(parts[i])
	}
	return parts
}

// joined is what split takes apart.
func joined(texts []string) string {
	all := strings.Join(texts, ", ")
	if len(texts) == 1 && strings.Contains(all, "|") {
		all += "," // it is one
	}
	return all
}

// oneLine is a text on one line, without control characters.
func oneLine(s string) string { return strings.Join(strings.Fields(printable(s)), " ") }

// lines is a text of several lines, none of them empty.
func lines(s string) string {
	var kept []string
	for _, l := range strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\r' }) {
		if l = oneLine(l); l != "" {
			kept = append(kept, l)
		}
	}
	return strings.Join(kept, "\n")
}

// printable leaves control characters out. Blanks of all kinds stay.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\r':
			return ' '
		case r < ' ' || r >= 0x7f && r < 0xa0 && r != 0x85 || r == '\ufeff' || r == '\ufffd':
			return -1
		}
		return r
	}, s)
}

func cut(s string) string {
	s = oneLine(s)
	if r := []rune(s); len(r) > mostText {
		return string(r[:mostText-1]) + "…"
	}
	return s
}

func yes(s string) bool { return isOneOf(s, "1", "true", "yes", "y", "x", "si", "sí", "verdadero") }

func no(s string) bool { return isOneOf(s, "0", "false", "no", "n", "falso") }

// private and public are what programs call who sees an entry, and the numbers of LinkAce.
func private(s string) bool { return isOneOf(s, "3", "private", "privado", "privada") }

func public(s string) bool {
	return isOneOf(s, "1", "2", "public", "internal", "shared", "público", "pública")
}

// isOneOf reports whether a text is one of some words, in letters of any size.
func isOneOf(s string, words ...string) bool { return slices.Contains(words, strings.ToLower(s)) }

// The layouts of dates that are understood, besides counts of seconds, milliseconds
// and microseconds since 1970. What begins with a day or a month is not: nobody knows
// which of them it is.
var layouts = []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04", "2006-01-02", "2006/01/02"}

// dateOf reads a date.
func dateOf(s string) (time.Time, bool) {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		for _, unit := range []int64{1, 1e3, 1e6} {
			if at := n / unit; at >= earliest && at < latest {
				return time.Unix(at, 0).UTC(), true
			}
		}
		return time.Time{}, false
	}
	for _, layout := range layouts {
		if at, err := time.Parse(layout, s); err == nil && at.Unix() >= earliest && at.Unix() < latest {
			return at.UTC().Truncate(time.Second), true
		}
	}
	return time.Time{}, false
}

// Dates before the web, in 1990, and from 2100 on are mistakes.
const (
	earliest = 631152000
	latest   = 4102444800
)
