package discord

import (
	"cmp"
	"fmt"
	"net/url"
	"strings"

	"github.com/staffroom-bot/staffroom/bot"
)

// row is a row of a message: up to five buttons, or one menu.
type row struct {
	Type       int         `json:"type"`
	Components []component `json:"components"`
}

// component is a button or a menu.
type component struct {
	Type         int            `json:"type"`
	CustomID     string         `json:"custom_id,omitempty"`     // of all but a link
	URL          string         `json:"url,omitempty"`           // button that is a link
	Style        int            `json:"style,omitempty"`         // button
	Label        string         `json:"label,omitempty"`         // button
	Placeholder  string         `json:"placeholder,omitempty"`   // menu
	Options      []selectOption `json:"options,omitempty"`       // menu of choices
	ChannelTypes []int          `json:"channel_types,omitempty"` // menu of channels
}

// Types of components.
// https://discord.com/developers/docs/components/reference#component-object-component-types
const (
	typeRow           = 1
	typeButton        = 2
	typeSelect        = 3
	typeTextInput     = 4
	typePersonSelect  = 5
	typeChannelSelect = 8
	typeLabel         = 18
	typeBoxes         = 22
)

// Types of channels in which people write.
// https://discord.com/developers/docs/resources/channel#channel-object-channel-types
const (
	textChannel         = 0
	announcementChannel = 5
)

func writtenIn() []int { return []int{textChannel, announcementChannel} }

// controls puts a message's controls in Discord's terms.
func (a *Adapter) controls(all []bot.Control, space bot.SpaceID) ([]component, error) {
	out := make([]component, 0, len(all))
	for _, c := range all {
		if c.URL != "" {
			b, err := linkButton(c)
			if err != nil {
				return nil, err
			}
			out = append(out, b)
			continue
		}
		token := a.token(routeToken, space, c.Path)
		if c.Pick == "" {
			out = append(out, a.button(c.Label, c.Style, token))
			continue
		}
		menu := component{CustomID: token, Placeholder: cut(clean(c.Label), maxSelectPlaceholder)}
		switch c.Pick {
		case bot.PickChoice:
			menu.Type = typeSelect
			if len(c.Choices) == 0 || len(c.Choices) > maxSelectOptions {
				return nil, badPost(fmt.Sprintf("a menu has 1 to %d choices", maxSelectOptions))
			}
			for _, choice := range c.Choices {
				if choice.Value == "" || length(choice.Value) > maxSelectText {
					return nil, badPost("a choice's value is empty or too long")
				}
				menu.Options = append(menu.Options, selectOption{Label: caption(choice.Label, maxSelectText), Value: choice.Value})
			}
		case bot.PickPerson:
			menu.Type = typePersonSelect
		case bot.PickChannel:
			menu.Type, menu.ChannelTypes = typeChannelSelect, writtenIn()
		default:
			return nil, badPost("a menu offers something unknown")
		}
		out = append(out, menu)
	}
	return out, nil
}

// rows arranges controls in their order.
func rows(all []component) ([]row, error) {
	out := []row{}
	for _, c := range all {
		last := len(out) - 1
		together := c.Type == typeButton && last >= 0 && len(out[last].Components) < maxButtons && out[last].Components[0].Type == typeButton
		if together {
			out[last].Components = append(out[last].Components, c)
			continue
		}
		out = append(out, row{Type: typeRow, Components: []component{c}})
	}
	if len(out) > maxRows {
		return nil, badPost(fmt.Sprintf("a message holds at most %d rows of %d buttons or one menu", maxRows, maxButtons))
	}
	return out, nil
}

// caption is what a control, a choice or a field is called, in one line. Discord
// refuses all of a message or form for one that is empty, as what somebody typed may
// be once it is clean.
func caption(s string, limit int) string {
	return cut(cmp.Or(strings.Join(strings.Fields(clean(s)), " "), "…"), limit)
}

// linkButton is a button that leads to an address on the web. Discord refuses all of a
// message for one that does not.
func linkButton(c bot.Control) (component, error) {
	// https://discord.com/developers/docs/components/reference#button-button-styles
	const link = 5
	u, err := url.Parse(c.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || length(c.URL) > maxButtonURL {
		return component{}, badPost("a link leads to no address on the web, or it is too long")
	}
	return component{Type: typeButton, Style: link, Label: caption(c.Label, maxButtonLabel), URL: c.URL}, nil
}

func (a *Adapter) button(label string, style bot.ControlStyle, customID string) component {
	// https://discord.com/developers/docs/components/reference#button-button-styles
	const primary, secondary, danger = 1, 2, 4
	b := component{Type: typeButton, Style: secondary, Label: caption(label, maxButtonLabel), CustomID: customID}
	switch style {
	case bot.Primary:
		b.Style = primary
	case bot.Danger:
		b.Style = danger
	case bot.Ordinary:
	}
	return b
}
