package slack

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"github.com/staffroom-bot/staffroom/bot"
)

// valueAction is the action_id of the one input in each block of a form. The
// block's own ID is the field's name.
const valueAction = "value"

// place is where a person asked for something, and so where the answer goes. A
// form carries it from the press that opened it to the submission.
type place struct {
	Channel string `json:"c,omitempty"`
	Thread  string `json:"t,omitempty"`
	// Message is the message whose control was pressed. Ephemeral says that only
	// the asker sees it, so that the Web API cannot change it.
	Message   string `json:"m,omitempty"`
	Ephemeral bool   `json:"e,omitempty"`
	// Direct says that the channel is the direct messages of bot and asker.
	Direct bool `json:"d,omitempty"`
	// Home says that it was asked for in the asker's home, which is what an answer
	// that replaces takes the place of.
	Home bool `json:"h,omitempty"`
	// ResponseURL takes five answers in 30 minutes, also where the bot is no
	// member. https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
	ResponseURL string `json:"u,omitempty"`
}

// formState travels in a form's private_metadata.
type formState struct {
	Token string `json:"token"` // the sealed path of the route that takes the answers
	Place place  `json:"place"`
}

// modal is the form as Slack takes it. A form that Slack would refuse is a
// mistake of the program: Permanent, BadPost.
func (a *Adapter) modal(f bot.Form, p place) (slack.ModalViewRequest, error) {
	state, err := json.Marshal(formState{Token: a.seal.Token(f.Path), Place: p})
	if err != nil {
		return slack.ModalViewRequest{}, badForm("its state: %w", err)
	}
	if len(state) > maxPrivateMetadata {
		p.ResponseURL = "" // there are other ways to answer
		if state, err = json.Marshal(formState{Token: a.seal.Token(f.Path), Place: p}); err != nil {
			return slack.ModalViewRequest{}, badForm("its state: %w", err)
		}
	}
	view := slack.ModalViewRequest{
		Type:            slack.VTModal,
		Title:           plainText(f.Title, maxViewTitle),
		Submit:          plainText(f.Submit, maxViewSubmit),
		PrivateMetadata: string(state),
	}
	names := map[string]bool{}
	for _, field := range f.Fields {
		if field.Name == "" || len(field.Name) > maxBlockID || names[field.Name] {
			return slack.ModalViewRequest{}, badForm("the field name %q is empty, too long or there twice", field.Name)
		}
		names[field.Name] = true
		element, err := inputElement(field)
		if err != nil {
			return slack.ModalViewRequest{}, err
		}
		block := slack.NewInputBlock(field.Name, plainText(field.Label, maxInputLabel), nil, element)
		block.Optional = field.Optional
		view.Blocks.BlockSet = append(view.Blocks.BlockSet, block)
	}
	return view, nil
}

func badForm(format string, args ...any) error {
	return &bot.Error{Code: bot.Permanent, Reason: bot.BadPost, Err: fmt.Errorf("form: "+format, args...)}
}

func inputElement(f bot.Field) (slack.BlockElement, error) {
	var hint *slack.TextBlockObject
	if f.Hint != "" {
		hint = plainText(f.Hint, maxPlaceholder)
	}
	switch {
	case f.Many:
		return boxesElement(f)
	case len(f.Choices) > 0:
		return selectElement(f, hint)
	}
	most := maxInputValue
	if f.Max > 0 {
		most = min(f.Max, maxInputValue)
	}
	input := slack.NewPlainTextInputBlockElement(hint, valueAction)
	input.Multiline = f.Long
	input.MaxLength = most
	input.InitialValue = f.Value[:fitting(f.Value, most)]
	return input, nil
}

func selectElement(f bot.Field, hint *slack.TextBlockObject) (slack.BlockElement, error) {
	if len(f.Choices) > maxOptions {
		return nil, badForm("the field %q has %d choices, Slack takes %d", f.Name, len(f.Choices), maxOptions)
	}
	options, err := optionsOf(f)
	if err != nil {
		return nil, err
	}
	element := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, hint, valueAction, options...)
	for _, o := range options {
		if o.Value == f.Value {
			element.InitialOption = o
		}
	}
	return element, nil
}

func boxesElement(f bot.Field) (slack.BlockElement, error) {
	if len(f.Choices) == 0 || len(f.Choices) > bot.MaxTicks {
		return nil, badForm("the field %q has %d boxes to tick, Slack takes 1 to %d", f.Name, len(f.Choices), bot.MaxTicks)
	}
	options, err := optionsOf(f)
	if err != nil {
		return nil, err
	}
	element := slack.NewCheckboxGroupsBlockElement(valueAction, options...)
	for _, o := range options {
		if slices.Contains(strings.Fields(f.Value), o.Value) {
			element.InitialOptions = append(element.InitialOptions, o)
		}
	}
	return element, nil
}

func optionsOf(f bot.Field) (options []*slack.OptionBlockObject, err error) {
	for _, c := range f.Choices {
		if c.Value == "" || length(c.Value) > maxOptionValue {
			return nil, badForm("a value of the field %q is empty or longer than %d", f.Name, maxOptionValue)
		}
		options = append(options, slack.NewOptionBlockObject(c.Value, plainText(c.Label, maxOptionText), nil))
	}
	return options, nil
}
