package discord

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/staffroom-bot/staffroom/bot"
)

// interactionInfo is a person using a command, a menu, a button or a form.
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

	// web takes the first answer where the interaction came as a request of
	// Discord's, and nil where it came over the gateway.
	web *webAnswer
}

type interactionData struct {
	Type       int               `json:"type"` // of a command
	Name       string            `json:"name"`
	TargetID   string            `json:"target_id"` // of a message menu
	Options    []optionValue     `json:"options"`
	CustomID   string            `json:"custom_id"`
	Component  int               `json:"component_type"`
	Values     []string          `json:"values"` // picked from a menu of a message
	Components []filledComponent `json:"components"`
	Resolved   resolved          `json:"resolved"`
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
	interactionPing     = 1
	interactionCommand  = 2
	interactionPress    = 3
	interactionComplete = 4
	interactionForm     = 5
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

// interactionCreated takes an interaction in, and reports whether there will be
// an answer: there is none to one that comes again. It runs in the gateway's reader, or in a request of Discord's.
func (r *receiver) interactionCreated(i *interactionInfo) bool {
	user := i.person().ID
	if i.ID == "" || i.Token == "" || i.Data == nil || user == "" || i.ChannelID == "" {
		r.log.Warn("an interaction lacks what is needed to answer it", "type", i.Type)
		return false
	}
	if i.Type != interactionComplete && !r.served.claim(i.ID) {
		return false
	}
	if i.Channel != nil {
		i.Channel.ID = i.ChannelID
		r.places.learn(*i.Channel)
	}
	if i.GuildID != "" {
		r.seen.put(user, i.GuildID)
	}
	switch {
	case i.Type == interactionCommand && i.Data.Type == commandTyped && i.GuildID == "" && r.home(user) == "":
		r.commandInDirect(i)
	case i.Type == interactionCommand && i.Data.Type == commandTyped:
		r.commandUsed(i, i.GuildID)
	case i.Type == interactionCommand && i.Data.Type == commandOnMessage:
		r.actionUsed(i)
	case i.Type == interactionComplete:
		r.lanes.aside(func() { r.complete(i) })
	case i.Type == interactionPress || i.Type == interactionForm:
		r.controlUsed(i)
	default:
		return false
	}
	return true
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

// commandUsed serves a command. guild is where it is meant, "" for the home of who
// uses it.
func (r *receiver) commandUsed(i *interactionInfo, guild string) {
	req := r.request(i, guild)
	var options []optionValue
	req.Path, options = commandOptions(i.Data)
	req.Values = map[string]string{}
	for _, o := range options {
		i.Data.Resolved.put(req, o.Name, o.Type, o.text())
	}
	r.serve(i, req)
}

// controlUsed takes in a press, a pick or a form.
func (r *receiver) controlUsed(i *interactionInfo) {
	kind, guild, path, ok := r.openToken(i.Data.CustomID)
	req := r.request(i, guild)
	req.Path = path
	switch {
	case !ok:
		r.decline(i, req, keyStale)
	case req.Account.Space.ID == "":
		r.decline(i, req, keyWhere)
	case kind == reopenToken:
		r.lanes.aside(func() { r.reopenForm(i, req) })
	default:
		req.Values = map[string]string{}
		if i.Type == interactionForm {
			formValues(i.Data.Components, req.Values)
		} else if len(i.Data.Values) > 0 {
			i.Data.Resolved.put(req, bot.Picked, optionOfSelect(i.Data.Component), i.Data.Values[0])
		}
		r.serve(i, req)
	}
}

// decline answers with a message of our own.
func (r *receiver) decline(i *interactionInfo, req *bot.Request, key bot.Key) {
	r.lanes.aside(func() { r.conversation(i, req, true).show(r.note(req, key), true, false) })
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
			into[c.CustomID] = strings.Join(c.Values, "\n") // of boxes there may be several
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
	var options []optionValue
	req.Path, options = commandOptions(i.Data)
	req.Values = map[string]string{}
	var focused string
	for _, o := range options {
		req.Values[o.Name] = o.text()
		if o.Focused {
			focused = o.Name
		}
	}
	ctx, cancel := context.WithTimeout(r.work, r.patience.first)
	defer cancel()
	var choices []bot.Choice
	var err error
	if req.Account.Space.ID != "" { // what is proposed is a server's
		choices, err = r.in.Complete(ctx, req, focused)
	}
	if err != nil {
		r.log.Warn("no values could be proposed", "path", req.Path, "option", focused, "err", err)
	}
	answer := callback{Type: answerChoices, Data: map[string][]choice{"choices": proposals(choices)}}
	if i.web.take(answer) {
		return
	}
	err = r.rest.do(ctx, call{method: http.MethodPost, path: callbackPath(i), anonymous: true, body: answer})
	if err != nil {
		r.log.Warn("proposed values could not be shown", "path", req.Path, "err", err)
	}
}

// choice is a proposed value.
// https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-option-choice-structure
type choice struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// proposals are the choices that Discord can show.
func proposals(choices []bot.Choice) []choice {
	out := make([]choice, 0, min(len(choices), maxChoices))
	for _, c := range choices {
		if len(out) == maxChoices {
			break
		}
		if name := cut(clean(c.Label), maxChoiceText); name != "" && c.Value != "" && length(c.Value) <= maxChoiceText {
			out = append(out, choice{Name: name, Value: c.Value})
		}
	}
	return out
}

// commandOptions reads a command: its path and what stands for its options.
func commandOptions(d *interactionData) (path string, options []optionValue) {
	path, options = "/"+d.Name, d.Options
	for len(options) == 1 && options[0].Type == optionSubcommand {
		path += "/" + options[0].Name
		options = options[0].Options
	}
	return path, options
}

// optionValue is what stands for an option.
type optionValue struct {
	Type    int             `json:"type"`
	Name    string          `json:"name"`
	Value   json.RawMessage `json:"value"`
	Focused bool            `json:"focused"`
	Options []optionValue   `json:"options"`
}

func (o *optionValue) text() string {
	var text string
	if json.Unmarshal(o.Value, &text) != nil {
		return string(o.Value) // a number or a truth value
	}
	return text
}
