package bottest

import (
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// Connection is the connection that the builders' people and places are on.
const Connection = "test"

// Space is the space that the builders' people and places are in.
func Space() bot.SpaceID { return bot.SpaceID{Connection: Connection, ID: "S1"} }

// Account is a person in Space.
func Account(user string) bot.Account { return bot.Account{Space: Space(), User: user} }

// Channel is a channel in Space.
func Channel(id string) bot.Channel { return bot.Channel{Space: Space(), ID: id} }

// Request is a person of Space asking for path in the channel "lobby". values
// are names and values in turn; each request has the Input of its path and
// person.
func Request(user, path string, values ...string) *bot.Request {
	req := &bot.Request{
		Path:    path,
		Values:  map[string]string{},
		Input:   bot.InputID("ask/" + user + path),
		Account: Account(user),
		Name:    user,
		Channel: Channel("lobby"),
	}
	for i := 0; i+1 < len(values); i += 2 {
		req.Values[values[i]] = values[i+1]
	}
	return req
}

// Posted is the event of a message in a channel of Space.
func Posted(user, channel, id, text string, at time.Time) *bot.Event {
	return &bot.Event{
		Kind:     bot.MessagePosted,
		Input:    bot.InputID("posted/" + channel + "/" + id),
		Account:  Account(user),
		Name:     user,
		Message:  bot.MessageRef{Channel: Channel(channel), ID: id},
		Text:     text,
		At:       at,
		Revision: 1,
	}
}
