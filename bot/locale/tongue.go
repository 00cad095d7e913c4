package locale

import (
	"fmt"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/nicksnyder/go-i18n/v2/i18n/template"
	"golang.org/x/text/language"

	"github.com/staffroom-bot/staffroom/bot"
)

// form is a plural form of CLDR.
type form int

const (
	other form = iota
	zero
	one
	two
	few
	many
	forms
)

// tongue is the messages of one language, parsed.
type tongue struct {
	name     string
	messages map[bot.Key]message
	plural   *i18n.Localizer // knows one message: the name of the form
	small    [smallCounts]form
}

// message has a template per plural form; those that are not there are other's.
type message [forms]bot.Template

// smallCounts is how many counts have their form looked up beforehand.
const smallCounts = 128

// formKey is the message by which go-i18n tells a count's form: each of its
// forms is that form's number.
const formKey = "form"

func newTongue(tag language.Tag, messages []*i18n.Message) (*tongue, error) {
	t := &tongue{name: tag.String(), messages: make(map[bot.Key]message, len(messages))}
	for _, m := range messages {
		if m.Other == "" {
			return nil, fmt.Errorf("%s: %q has no words for \"other\"", tag, m.ID)
		}
		t.messages[bot.Key(m.ID)] = newMessage(m)
	}
	bundle := i18n.NewBundle(tag)
	err := bundle.AddMessages(tag, &i18n.Message{
		ID: formKey, Other: "0", Zero: "1", One: "2", Two: "3", Few: "4", Many: "5",
	})
	if err != nil {
		return nil, err
	}
	t.plural = i18n.NewLocalizer(bundle, t.name)
	for n := range t.small {
		t.small[n] = t.ask(n)
	}
	return t, nil
}

func newMessage(m *i18n.Message) message {
	var out message
	for f, words := range [forms]string{m.Other, m.Zero, m.One, m.Two, m.Few, m.Many} {
		if words == "" {
			out[f] = out[other]
			continue
		}
		out[f] = bot.ParseTemplate(words)
	}
	return out
}

// borrow takes the messages that are missing from another language.
func (t *tongue) borrow(from *tongue) {
	for key, m := range from.messages {
		if _, ok := t.messages[key]; !ok {
			t.messages[key] = m
		}
	}
}

func (t *tongue) template(key bot.Key, args []bot.Arg) (bot.Template, bool) {
	m, ok := t.messages[key]
	if !ok {
		return bot.Template{}, false
	}
	return m[t.form(args)], true
}

// form is the plural form that the arguments ask for.
func (t *tongue) form(args []bot.Arg) form {
	for _, a := range args {
		if a.Count == nil {
			continue
		}
		if n := *a.Count; n >= 0 && n < smallCounts {
			return t.small[n]
		}
		return t.ask(*a.Count)
	}
	return other
}

// ask finds a count's form by go-i18n, which takes a microsecond or two.
func (t *tongue) ask(count int) form {
	number, err := t.plural.Localize(&i18n.LocalizeConfig{
		MessageID:      formKey,
		PluralCount:    count,
		TemplateParser: template.IdentityParser{},
	})
	if err != nil || len(number) != 1 {
		return other
	}
	return form(number[0] - '0')
}
