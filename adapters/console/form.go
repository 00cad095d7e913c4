package console

import (
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/staffroom-bot/staffroom/bot"
)

// form is a form that somebody has open.
type form struct {
	form    bot.Form
	channel string          // where it was asked for
	from    *bot.MessageRef // the message whose control opened it
	values  map[string]string
	errors  map[string]bot.Text
}

func newForm(f bot.Form, channel string, from *bot.MessageRef) *form {
	values := make(map[string]string, len(f.Fields))
	for _, field := range f.Fields {
		values[field.Name] = field.Value
	}
	return &form{form: f, channel: channel, from: from, values: values}
}

// put puts values into the form, by the names or labels of its fields. What is
// right stays in it even if something else is wrong.
func (f *form) put(values map[string]string) error {
	var wrong error
	for _, key := range slices.Sorted(maps.Keys(values)) {
		field, ok := f.field(key)
		if !ok {
			wrong = mistakef("this form has no %q; its fields are %s", key, f.labels())
			continue
		}
		value, err := checked(field, values[key])
		if err != nil {
			wrong = err
			continue
		}
		f.values[field.Name] = value
	}
	if wrong != nil {
		return wrong
	}
	for _, field := range f.form.Fields {
		if !field.Optional && strings.TrimSpace(f.values[field.Name]) == "" {
			return mistakef("%s is needed:  !fill %s=…", field.Label, field.Label)
		}
	}
	return nil
}

// checked is the value that the platform would let pass.
func checked(field bot.Field, value string) (string, error) {
	if field.Max > 0 && utf8.RuneCountInString(value) > field.Max {
		return "", mistakef("%s takes at most %d characters", field.Label, field.Max)
	}
	if len(field.Choices) == 0 || value == "" {
		return value, nil
	}
	if field.Many {
		return ticked(field, value)
	}
	return picked(field, value)
}

// ticked are the choices that somebody ticks, one a line.
func ticked(field bot.Field, lines string) (string, error) {
	var values []string
	for line := range strings.Lines(lines) {
		value, err := picked(field, strings.TrimSpace(line))
		if err != nil {
			return "", err
		}
		values = append(values, value)
	}
	return strings.Join(values, "\n"), nil
}

// picked is the value of a choice, given by that or by its label.
func picked(field bot.Field, value string) (string, error) {
	var labels []string
	for _, c := range field.Choices {
		if value == c.Value || strings.EqualFold(value, c.Label) {
			return c.Value, nil
		}
		labels = append(labels, c.Label)
	}
	return "", mistakef("%s is one of: %s", field.Label, strings.Join(labels, ", "))
}

func (f *form) field(key string) (bot.Field, bool) {
	for _, field := range f.form.Fields {
		if strings.EqualFold(key, field.Name) || strings.EqualFold(key, field.Label) {
			return field, true
		}
	}
	return bot.Field{}, false
}

func (f *form) labels() string {
	labels := make([]string, len(f.form.Fields))
	for i, field := range f.form.Fields {
		labels[i] = field.Label
	}
	return strings.Join(labels, ", ")
}

// parse reads "Title=Using models Questions="one\ntwo"" into values by key. A
// value without quotes lasts until the next key.
func (f *form) parse(s string) (map[string]string, error) {
	values := map[string]string{}
	for s = strings.TrimSpace(s); s != ""; {
		key, rest, ok := f.cutKey(s)
		if !ok {
			return nil, mistakef("write each value behind its field, in quotes if it has an equals sign; the fields are %s", f.labels())
		}
		if _, twice := values[key]; twice {
			return nil, mistakef("%s is there twice", key)
		}
		value, rest, ok := cutQuoted(rest)
		if !ok {
			value, rest = f.cutValue(rest)
		} else if rest != "" && !strings.HasPrefix(rest, " ") {
			return nil, mistakef("a space is missing behind the quotes of %s", key)
		}
		values[key] = value
		s = strings.TrimSpace(rest)
	}
	return values, nil
}

// cutKey takes "Title=" off the front of s: one of the form's names or labels,
// or any word, so that a wrong one can be named.
func (f *form) cutKey(s string) (key, rest string, ok bool) {
	for _, field := range f.form.Fields {
		for _, name := range []string{field.Label, field.Name} {
			if n := len(name); len(s) > n && s[n] == '=' && strings.EqualFold(s[:n], name) {
				return field.Name, s[n+1:], true
			}
		}
	}
	word, rest, found := strings.Cut(s, "=")
	if !found || !isWord(word) {
		return "", s, false
	}
	return word, rest, true
}

// cutValue takes a value without quotes off the front of s: all until the next
// key.
func (f *form) cutValue(s string) (value, rest string) {
	for i, r := range s {
		if !unicode.IsSpace(r) {
			continue
		}
		after := strings.TrimLeftFunc(s[i:], unicode.IsSpace)
		if _, _, ok := f.cutKey(after); ok {
			return strings.TrimSpace(s[:i]), after
		}
	}
	return strings.TrimSpace(s), ""
}
