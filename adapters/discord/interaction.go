package discord

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/staffroom-bot/staffroom/bot"
)

// interactionInfo is a person using a command, a button or a form.
type interactionInfo struct {
	ID            string           `json:"id"`
	ApplicationID string           `json:"application_id"`
	Type          int              `json:"type"`
	Token         string           `json:"token"`
	GuildID       string           `json:"guild_id"`
	ChannelID     string           `json:"channel_id"`
	Channel       *channelInfo     `json:"channel"`
	Member        *memberInfo      `json:"member"` // in servers
	User          *userInfo        `json:"user"`   // in direct messages
	Message       *messageInfo     `json:"message"`
	Locale        string           `json:"locale"`
	Data          *interactionData `json:"data"`
}

type interactionData struct {
	Type       int               `json:"type"` // of a command
	Name       string            `json:"name"`
	Options    []optionValue     `json:"options"`
	CustomID   string            `json:"custom_id"`
	Components []filledComponent `json:"components"`
}

type optionValue struct {
	Type    int             `json:"type"`
	Name    string          `json:"name"`
	Value   json.RawMessage `json:"value"`
	Focused bool            `json:"focused"`
	Options []optionValue   `json:"options"`
}

// filledComponent is a part of a form that was sent: a label or row with what
// stands in it, or a text input or select.
type filledComponent struct {
	CustomID   string            `json:"custom_id"`
	Value      string            `json:"value"`
	Values     []string          `json:"values"`
	Component  *filledComponent  `json:"component"`
	Components []filledComponent `json:"components"`
}

// Types of interactions.
// https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-object-interaction-type
const (
	interactionCommand  = 2
	interactionPress    = 3
	interactionComplete = 4
	interactionForm     = 5
)

// Permissions of people who run a server.
// https://discord.com/developers/docs/topics/permissions#permissions-bitwise-permission-flags
const (
	administrator = 1 << 3
	manageGuild   = 1 << 5
)

func (i *interactionInfo) person() *userInfo {
	switch {
	case i.Member != nil && i.Member.User != nil:
		return i.Member.User
	case i.User != nil:
		return i.User
	}
	return &userInfo{}
}

func (i *interactionInfo) manages() bool {
	if i.Member == nil {
		return false
	}
	bits, err := strconv.ParseUint(i.Member.Permissions, 10, 64)
	return err == nil && bits&(administrator|manageGuild) != 0
}

// interactionCreated takes an interaction in. It runs in the gateway's reader.
func (r *receiver) interactionCreated(i *interactionInfo) {
	user := i.person().ID
	if i.ID == "" || i.Token == "" || i.Data == nil || user == "" || i.ChannelID == "" {
		r.log.Warn("an interaction lacks what is needed to answer it", "type", i.Type)
		return
	}
	if i.Channel != nil {
		i.Channel.ID = i.ChannelID
		r.places.learn(*i.Channel)
	}
	if i.GuildID != "" {
		r.seen.put(user, i.GuildID)
	}
	switch i.Type {
	case interactionCommand:
		if i.Data.Type != commandTyped {
			return
		}
		req := r.request(i, i.GuildID)
		req.Path, req.Values, _ = commandValues(i.Data)
		r.serve(i, req)
	case interactionComplete:
		r.lanes.aside(func() { r.complete(i) })
	case interactionPress, interactionForm:
		r.controlUsed(i)
	}
}

// request is what all kinds of requests have in common. guild is where it
// belongs if Discord does not say.
func (r *receiver) request(i *interactionInfo, guild string) *bot.Request {
	user := i.person()
	if i.GuildID != "" {
		guild = i.GuildID
	}
	if guild == "" {
		guild = r.home(user.ID)
	}
	space := r.space(guild)
	req := &bot.Request{
		Input:    bot.InputID("i" + i.ID),
		Account:  bot.Account{Space: space, User: user.ID},
		Name:     displayName(user, i.Member),
		Channel:  r.places.channel(r.work, space, i.ChannelID),
		Manages:  i.manages(),
		Language: i.Locale,
		At:       snowflakeTime(i.ID),
	}
	if i.Message != nil && i.Message.ID != "" {
		req.Message = &bot.MessageRef{Channel: req.Channel, ID: i.Message.ID}
	}
	return req
}

// commandValues reads a command: its path, its options, and the option that is
// being typed.
func commandValues(d *interactionData) (path string, values map[string]string, focused string) {
	path, values = "/"+d.Name, map[string]string{}
	options := d.Options
	for len(options) == 1 && options[0].Type == optionSubcommand {
		path += "/" + options[0].Name
		options = options[0].Options
	}
	for _, o := range options {
		var text string
		if json.Unmarshal(o.Value, &text) != nil {
			text = string(o.Value) // a number or a truth value
		}
		values[o.Name] = text
		if o.Focused {
			focused = o.Name
		}
	}
	return path, values, focused
}

// controlUsed takes in a press or a form.
func (r *receiver) controlUsed(i *interactionInfo) {
	kind, guild, path, ok := r.openToken(i.Data.CustomID)
	req := r.request(i, guild)
	req.Path = path
	switch {
	case !ok:
		r.lanes.aside(func() { r.conversation(i, req, true).show(r.note(req, keyStale), true, false) })
	case kind == reopenToken:
		r.lanes.aside(func() { r.reopenForm(i, req) })
	default:
		if i.Type == interactionForm {
			req.Values = map[string]string{}
			formValues(i.Data.Components, req.Values)
		}
		r.serve(i, req)
	}
}

func formValues(components []filledComponent, into map[string]string) {
	for _, c := range components {
		if c.Component != nil {
			formValues([]filledComponent{*c.Component}, into)
		}
		formValues(c.Components, into)
		switch {
		case c.CustomID == "":
		case len(c.Values) > 0:
			into[c.CustomID] = c.Values[0]
		default:
			into[c.CustomID] = c.Value
		}
	}
}

func (r *receiver) reopenForm(i *interactionInfo, req *bot.Request) {
	c := r.conversation(i, req, true)
	form, ok := r.drafts.get(draftKey(req.Account.User, req.Path))
	if !ok {
		c.show(r.note(req, keyFormGone), true, false)
		return
	}
	c.open(form)
}

// complete proposes values. A failure is none of the typist's concern.
func (r *receiver) complete(i *interactionInfo) {
	req := r.request(i, i.GuildID)
	var focused string
	req.Path, req.Values, focused = commandValues(i.Data)
	ctx, cancel := context.WithTimeout(r.work, r.patience.first)
	defer cancel()
	choices, err := r.in.Complete(ctx, req, focused)
	if err != nil {
		r.log.Warn("no values could be proposed", "path", req.Path, "option", focused, "err", err)
	}
	// https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-option-choice-structure
	type choice struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	proposed := make([]choice, 0, min(len(choices), maxChoices))
	for _, c := range choices {
		if len(proposed) == maxChoices {
			break
		}
		if name := cut(clean(c.Label), maxChoiceText); name != "" && c.Value != "" && length(c.Value) <= maxChoiceText {
			proposed = append(proposed, choice{Name: name, Value: c.Value})
		}
	}
	err = r.rest.do(ctx, call{
		method: http.MethodPost, path: callbackPath(i), anonymous: true,
		body: callback{Type: answerChoices, Data: map[string][]choice{"choices": proposed}},
	})
	if err != nil {
		r.log.Warn("proposed values could not be shown", "path", req.Path, "err", err)
	}
}
