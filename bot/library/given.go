package library

import (
	"errors"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/grade"
	"github.com/staffroom-bot/staffroom/bot/library/link"
)

// given is what somebody says of a resource when they save it.
type given struct {
	title   string
	note    string
	subject string
	tags    []string
	grades  []string
	from    Origin
	wish    string // the ID of the one that it answers
}

// fault says what is wrong with a field, in the words of a message.
type fault struct {
	field string
	key   bot.Key
	args  []bot.Arg
}

// mostLinks is how many links can be saved at once.
const mostLinks = 10

// linksOf reads links with blanks or lines between, each thing once.
func linksOf(typed string) (links []link.Link, wrong []fault) {
	for _, word := range strings.Fields(typed) {
		l, err := link.Parse(strings.TrimRight(word, ",;"))
		if errors.Is(err, link.ErrLong) {
			return nil, []fault{{linkField, "library.fault.link.long", []bot.Arg{bot.Num("most", link.MaxLength)}}}
		}
		if err != nil {
			return nil, []fault{{linkField, "library.fault.link", []bot.Arg{bot.Str("typed", bot.Shorten(word, MostTag))}}}
		}
		if !slices.ContainsFunc(links, func(other link.Link) bool { return other.Key == l.Key }) {
			links = append(links, l)
		}
	}
	switch {
	case len(links) == 0:
		return nil, []fault{{linkField, "library.fault.no_link", nil}}
	case len(links) > mostLinks:
		return nil, []fault{{linkField, "library.fault.links", []bot.Arg{bot.Num("most", mostLinks)}}}
	default:
		return links, nil
	}
}

// typedWords takes apart what was typed after a command, without names: links at the
// begin, and then a note. Words with "#" are tags; those at its end are no part of the
// note. What surrounds or ends a link in a sentence is no part of it; alone, a link is what
// was copied.
func typedWords(typed string) (links, note, tags string) {
	words := strings.Fields(typed)
	n := 0
	for n < len(words) {
		bare := unwrapped(words[n], len(words) > 1)
		if n > 0 && !hasScheme(bare) {
			break
		}
		words[n] = bare
		n++
	}
	said := words[n:]
	end := len(said)
	for end > 0 && tagIn(said[end-1]) != "" {
		end--
	}
	var all []string
	for _, word := range said {
		if tag := tagIn(word); tag != "" {
			all = append(all, tag)
		}
	}
	return strings.Join(words[:n], " "), strings.Join(said[:end], " "), strings.Join(all, " ")
}

// tagIn is the tag that a word is, with its "#", or "": "#5" counts something.
func tagIn(word string) string {
	if !strings.HasPrefix(word, "#") || !strings.ContainsFunc(word, unicode.IsLetter) {
		return ""
	}
	return strings.TrimRight(word, ".,;:!?…")
}

func hasScheme(word string) bool {
	low := strings.ToLower(word)
	return strings.HasPrefix(low, "https://") || strings.HasPrefix(low, "http://")
}

// What ends a word in a sentence, and what surrounds one.
const endings = ".,;:!…"

var surroundings = map[rune]string{'«': "»", '(': ")", '[': "]", '<': ">", '"': "\"", '“': "”", '„': "“”", '‘': "’", '\'': "'"}

// unwrapped is a link without what surrounds it, and, in a sentence, without what ends
// that.
func unwrapped(word string, sentence bool) string {
	first, size := utf8.DecodeRuneInString(word)
	closing, wrapped := surroundings[first]
	bare := word
	if wrapped {
		bare = word[size:]
	}
	if !wrapped && !sentence {
		return strings.TrimRight(bare, "…") // which no browser writes
	}
	bare = strings.TrimRight(bare, endings)
	if last, n := utf8.DecodeLastRuneInString(bare); wrapped && n > 0 && strings.ContainsRune(closing, last) {
		bare = strings.TrimRight(bare[:len(bare)-n], endings)
	}
	return bare
}

// read takes what was typed for a resource. Everything may be empty.
func read(value func(field string) string) (g given, wrong []fault) {
	refuse := func(field string, key bot.Key, args ...bot.Arg) { wrong = append(wrong, fault{field, key, args}) }
	text := func(field string, most int) string {
		t := strings.TrimSpace(value(field))
		if n := utf8.RuneCountInString(t); n > most {
			refuse(field, bot.Key("library.fault.long."+field), bot.Num("most", most), bot.Num("count", n))
		}
		return t
	}
	g.title, g.note, g.subject = text(titleField, MostTitle), text(noteField, MostNote), text(subjectField, MostTag)
	g.tags = tagsOf(value(tagsField))
	if len(g.tags) > MostTags {
		refuse(tagsField, "library.fault.tags", bot.Num("most", MostTags), bot.Num("count", len(g.tags)))
	}
	if slices.ContainsFunc(g.tags, func(t string) bool { return utf8.RuneCountInString(t) > MostTag }) {
		refuse(tagsField, "library.fault.tag", bot.Num("most", MostTag))
	}
	var unknown string
	if g.grades, unknown = grade.Parse(value(gradeField)); unknown != "" {
		refuse(gradeField, "library.fault.grade", bot.Str("typed", bot.Shorten(unknown, MostTag)))
	}
	return g, wrong
}

// tagsOf reads tags: with or without "#", with commas or blanks between. Where there
// is a comma, a tag may have blanks.
func tagsOf(typed string) []string {
	split := strings.Fields
	if strings.ContainsAny(typed, ",;\n") {
		split = func(s string) []string {
			return strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(",;\n", r) })
		}
	}
	var tags []string
	for _, t := range split(typed) {
		t = strings.Join(strings.Fields(strings.TrimLeft(strings.TrimSpace(t), "#")), " ")
		if t != "" && !slices.ContainsFunc(tags, func(other string) bool { return strings.EqualFold(other, t) }) {
			tags = append(tags, t)
		}
	}
	return tags
}
