package slackloop

import (
	"regexp"
	"strings"
)

var (
	entities = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	address  = regexp.MustCompile(`https?://[^\s<>|()\[\]&"]+`)
	named    = regexp.MustCompile(`@[\pL\pN_]+`)
)

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
