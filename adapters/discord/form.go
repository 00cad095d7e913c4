package discord

import (
	"maps"
	"slices"
	"strings"

	"github.com/staffroom-bot/staffroom/bot"
)

// modal is a form in Discord's terms.
type modal struct {
	CustomID   string       `json:"custom_id"`
	Title      string       `json:"title"`
	Components []modalLabel `json:"components"`
}

// modalLabel is one field. discordgo does not have this component.
// https://discord.com/developers/docs/components/reference#label
type modalLabel struct {
	Type      int       `json:"type"`
	Label     string    `json:"label"`
	Component modalItem `json:"component"`
}

// modalItem is what is filled in: a text input, a select, or boxes to tick.
type modalItem struct {
	Type        int            `json:"type"`
	CustomID    string         `json:"custom_id"`
	Placeholder string         `json:"placeholder,omitempty"`
	Required    bool           `json:"required"`
	Style       int            `json:"style,omitempty"`      // text
	Value       string         `json:"value,omitempty"`      // text
	MaxLength   int            `json:"max_length,omitempty"` // text
	Options     []selectOption `json:"options,omitempty"`    // select, boxes
	Min         *int           `json:"min_values,omitempty"` // boxes
	Max         int            `json:"max_values,omitempty"` // boxes
}

type selectOption struct {
	Label   string `json:"label"`
	Value   string `json:"value"`
	Default bool   `json:"default,omitempty"`
}

// modal puts a form in Discord's terms. The label of its button is Discord's.
func (a *Adapter) modal(f bot.Form, space bot.SpaceID) modal {
	m := modal{
		CustomID:   a.token(routeToken, space, f.Path),
		Title:      caption(f.Title, maxModalTitle),
		Components: make([]modalLabel, 0, len(f.Fields)),
	}
	for _, field := range f.Fields {
		m.Components = append(m.Components, modalLabel{
			Type: typeLabel, Label: caption(field.Label, maxFieldLabel), Component: input(field),
		})
	}
	return m
}

func input(f bot.Field) modalItem {
	if len(f.Choices) > 0 {
		item := modalItem{
			Type: typeSelect, CustomID: f.Name, Required: !f.Optional,
			Placeholder: cut(clean(f.Hint), maxSelectPlaceholder),
		}
		most, picked := maxSelectOptions, []string{f.Value}
		if f.Many {
			most, picked = bot.MaxTicks, strings.Fields(f.Value)
			item.Type, item.Placeholder, item.Min, item.Max = typeBoxes, "", new(int), min(len(f.Choices), most)
			if item.Required {
				*item.Min = 1
			}
		}
		for _, c := range f.Choices[:min(len(f.Choices), most)] {
			item.Options = append(item.Options, selectOption{
				Label: caption(c.Label, maxSelectText), Value: c.Value, Default: slices.Contains(picked, c.Value),
			})
		}
		return item
	}
	// https://discord.com/developers/docs/components/reference#text-input-text-input-styles
	const short, paragraph = 1, 2
	item := modalItem{
		Type: typeTextInput, CustomID: f.Name, Required: !f.Optional, Style: short,
		Placeholder: cut(clean(f.Hint), maxPlaceholder),
		MaxLength:   maxInput,
	}
	if f.Long {
		item.Style = paragraph
	}
	if f.Max > 0 {
		item.MaxLength = min(f.Max, maxInput)
	}
	item.Value, _ = splitAt(f.Value, item.MaxLength)
	return item
}

// A draft is a form as a person filled it in. Its key is who and which form.
func draftKey(user, path string) string { return user + path }

// filled is f with what was filled in.
func filled(f bot.Form, values map[string]string) bot.Form {
	f.Fields = slices.Clone(f.Fields)
	for i := range f.Fields {
		if v, ok := values[f.Fields[i].Name]; ok {
			f.Fields[i].Value = v
		}
	}
	return f
}

// corrections says what to change in which field, with a button that opens the
// form again if it is still known.
func (a *Adapter) corrections(req *bot.Request, errs map[string]bot.Text) (bot.Text, []component) {
	lines := []bot.Text{a.say(req.Language, keyFormErrors)}
	form, known := a.drafts.get(draftKey(req.Account.User, req.Path))
	rest := maps.Clone(errs)
	for _, f := range form.Fields {
		if e, ok := rest[f.Name]; ok {
			lines = append(lines, correction(f.Label, e))
			delete(rest, f.Name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(rest)) {
		lines = append(lines, correction(name, rest[name]))
	}
	text := bot.Join("\n", lines...)
	if !known {
		return text, nil
	}
	a.drafts.put(draftKey(req.Account.User, req.Path), filled(form, req.Values))
	return text, []component{a.reopen(req, keyFormReopen, req.Path)}
}

func correction(label string, what bot.Text) bot.Text {
	return append(bot.Text{{Kind: bot.SpanBold, Text: label}, {Text: ": "}}, what...)
}

// offer stands in for a form that cannot be opened now.
func (a *Adapter) offer(req *bot.Request, f bot.Form) (bot.Text, []component) {
	a.drafts.put(draftKey(req.Account.User, f.Path), f)
	return a.say(req.Language, keyFormReady), []component{a.reopen(req, keyFormOpen, f.Path)}
}

func (a *Adapter) reopen(req *bot.Request, label bot.Key, path string) component {
	return a.button(a.say(req.Language, label).String(), bot.Primary, a.token(reopenToken, req.Account.Space, path))
}
