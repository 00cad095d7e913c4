package discord

import (
	"fmt"

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
	CustomID     string         `json:"custom_id"`
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
				menu.Options = append(menu.Options, selectOption{Label: cut(clean(choice.Label), maxSelectText), Value: choice.Value})
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

func (a *Adapter) button(label string, style bot.ControlStyle, customID string) component {
	// https://discord.com/developers/docs/components/reference#button-button-styles
	const primary, secondary, danger = 1, 2, 4
	b := component{Type: typeButton, Style: secondary, Label: cut(clean(label), maxButtonLabel), CustomID: customID}
	switch style {
	case bot.Primary:
		b.Style = primary
	case bot.Danger:
		b.Style = danger
	case bot.Ordinary:
	}
	return b
}
