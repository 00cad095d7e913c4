package slack

import (
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"github.com/staffroom-bot/staffroom/bot"
)

// menu shows a control from which something is picked; n is its number among
// those of the message. A menu carries no value, so its path travels in the
// action_id, after a colon. A menu without a choice cannot be shown in Slack and
// becomes a button.
// https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element
func (a *Adapter) menu(n int, c bot.Control) slack.BlockElement {
	id := actionPrefix + strconv.Itoa(n)
	label := plainText(c.Label, maxPlaceholder)
	carrying := id + ":" + a.seal.Token(c.Path)
	switch c.Pick {
	case bot.PickPerson:
		return slack.NewOptionsSelectBlockElement(slack.OptTypeUser, label, carrying)
	case bot.PickChannel:
		element := slack.NewOptionsSelectBlockElement(slack.OptTypeConversations, label, carrying)
		element.Filter = &slack.SelectBlockElementFilter{Include: []string{"public", "private"}}
		return element
	}
	var options []*slack.OptionBlockObject
	for _, choice := range c.Choices {
		if choice.Value == "" || length(choice.Value) > maxOptionValue || len(options) == maxOptions {
			continue
		}
		options = append(options, slack.NewOptionBlockObject(choice.Value, plainText(choice.Label, maxOptionText), nil))
	}
	if len(options) == 0 {
		return slack.NewButtonBlockElement(id, a.seal.Token(c.Path), plainText(c.Label, maxButtonText))
	}
	return slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, label, carrying, options...)
}

// action is one use of a control.
// https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
type action struct {
	Type     string `json:"type"`
	ActionID string `json:"action_id"`
	Value    string `json:"value"`
	ActionTS string `json:"action_ts"`
	Option   struct {
		Value string `json:"value"`
	} `json:"selected_option"`
	User         string `json:"selected_user"`
	Conversation string `json:"selected_conversation"`
}

// ours reports whether it is a control that this bot could have shown, and says
// what it is for: a menu that was emptied again asks for nothing.
func (a action) ours() bool {
	return strings.HasPrefix(a.ActionID, actionPrefix) &&
		(a.Type == "" || a.Type == string(slack.METButton) || a.Option.Value+a.User+a.Conversation != "")
}

// token is the sealed path that the control carries.
func (a action) token() string {
	if _, carried, isMenu := strings.Cut(a.ActionID, ":"); isMenu {
		return unescape(carried)
	}
	return unescape(a.Value)
}

// fill says in the request what was picked.
func (a action) fill(req *bot.Request) {
	space := req.Account.Space
	switch {
	case a.Option.Value != "":
		req.Values = map[string]string{bot.Picked: unescape(a.Option.Value)}
	case a.User != "":
		req.Accounts = map[string]bot.Account{bot.Picked: {Space: space, User: a.User}}
	case a.Conversation != "":
		req.Channels = map[string]bot.Channel{bot.Picked: {Space: space, ID: a.Conversation}}
	}
}
