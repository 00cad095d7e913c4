package slackloop

import (
	"regexp"
	"strings"
)

var (
	entities = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	address  = regexp.MustCompile(`https?://[^\s<>|()\[\]&"]+`)
	named    = regexp.MustCompile(`@[\pL\pN_]+`)

	mentioned    = regexp.MustCompile(`<@[A-Z0-9]+>`)
	channelNamed = regexp.MustCompile(`#[\pL\pN_-]+`)
)

// encodeCommand writes what follows a slash command as Slack does where the app
// asks for escaping: with the names of people and channels beside their IDs.
// https://docs.slack.dev/interactivity/implementing-slash-commands#escaping
func (s *Server) encodeCommand(text string) string {
	text = mentioned.ReplaceAllStringFunc(s.encode(text), func(at string) string {
		id := at[2 : len(at)-1]
		return "<@" + id + "|" + strings.ToLower(s.people[id].Name) + ">"
	})
	return channelNamed.ReplaceAllStringFunc(text, func(at string) string {
		for _, c := range s.channels {
			if c.Name != "" && c.Name == at[1:] {
				return "<#" + c.ID + "|" + c.Name + ">"
			}
		}
		return at
	})
}

// encode writes a message as Slack does: & < > as entities, and what it
// recognises (addresses, the names of people, the words for a crowd) between
// angle brackets. s.mu is held.
// https://docs.slack.dev/messaging/formatting-message-text
func (s *Server) encode(text string) string {
	text = entities.Replace(text)
	text = address.ReplaceAllString(text, "<$0>")
	return named.ReplaceAllStringFunc(text, func(at string) string {
		name := at[1:]
		switch name {
		case "here", "channel", "everyone":
			return "<!" + name + ">"
		}
		for _, p := range s.people {
			if p.Name == name {
				return "<@" + p.ID + ">"
			}
		}
		return at
	})
}
