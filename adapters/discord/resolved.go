package discord

import (
	"github.com/staffroom-bot/staffroom/bot"
)

// resolved is what Discord knows about the people, channels and messages that an
// interaction names by their IDs.
// https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-object-resolved-data-structure
type resolved struct {
	Users    map[string]*userInfo    `json:"users"`
	Members  map[string]*memberInfo  `json:"members"`
	Channels map[string]*channelInfo `json:"channels"`
	Messages map[string]*messageInfo `json:"messages"`
}

// put sets a value of a request, whose kind is the type of an option. A person
// or a channel reads as its name there.
func (d *resolved) put(req *bot.Request, name string, kind int, value string) {
	req.Values[name] = value
	switch kind {
	case optionPerson:
		if !isSnowflake(value) {
			return
		}
		if req.Accounts == nil {
			req.Accounts = map[string]bot.Account{}
		}
		req.Accounts[name] = bot.Account{Space: req.Account.Space, User: value}
		if u := d.Users[value]; u != nil {
			req.Values[name] = "@" + displayName(u, d.Members[value])
		}
	case optionChannel:
		if !isSnowflake(value) {
			return
		}
		if req.Channels == nil {
			req.Channels = map[string]bot.Channel{}
		}
		place := bot.Channel{Space: req.Account.Space, ID: value}
		if c := d.Channels[value]; c != nil {
			if parent := c.parent(); parent != "" {
				place.ID, place.Thread = parent, value
			}
			req.Values[name] = "#" + c.Name
		}
		req.Channels[name] = place
	}
}

// optionOfSelect is the type of an option that gives what a menu of this type
// does.
func optionOfSelect(component int) int {
	switch component {
	case typePersonSelect:
		return optionPerson
	case typeChannelSelect:
		return optionChannel
	}
	return optionText
}

// actionUsed takes in that something was chosen from a message's menu.
func (r *receiver) actionUsed(i *interactionInfo) {
	req := r.request(i, i.GuildID)
	m := i.Data.Resolved.Messages[i.Data.TargetID]
	for _, a := range r.in.Actions() {
		if m != nil && r.actionName(a) == i.Data.Name {
			req.Path, req.Values = a.Path, map[string]string{}
			m.ID = i.Data.TargetID
			req.Subject = r.subject(req, i, m)
			r.serve(i, req)
			return
		}
	}
	r.decline(i, req, keyStale) // it was registered by an earlier version
}

// subject is the message that somebody wants something done with. The author is
// left out where no person wrote it.
func (r *receiver) subject(req *bot.Request, i *interactionInfo, m *messageInfo) *bot.Subject {
	channel := req.Channel
	if m.ChannelID != "" {
		channel = r.places.channel(r.work, req.Account.Space, m.ChannelID)
	}
	s := &bot.Subject{
		Message: bot.MessageRef{Channel: channel, ID: m.ID},
		Posted:  snowflakeTime(m.ID),
	}
	if m.Content != nil {
		s.Text = m.readable(*m.Content)
	}
	if m.Author != nil {
		s.Name = displayName(m.Author, i.Data.Resolved.Members[m.Author.ID])
		if m.Author.ID != "" && !m.Author.Bot && m.WebhookID == "" {
			s.Author = bot.Account{Space: req.Account.Space, User: m.Author.ID}
		}
	}
	return s
}
