package slack

import "slices"

// scope is a permission that the app asks for.
// https://docs.slack.dev/reference/scopes
type scope struct {
	Name    string
	Without string // what does not work without it
	Events  []subscription
}

// subscription is a kind of event that Slack sends.
// https://docs.slack.dev/reference/events
type subscription struct {
	Name string
	Why  string
}

// scopes lists the least that the app needs, each with what does not work
// without it, and with the events that it opens.
func scopes() []scope {
	return []scope{
		{"app_mentions:read", "@Staffroom is not noticed", []subscription{{"app_mention", "somebody mentions the app"}}},
		{"channels:history", "answers in public channels are not heard, and a post cannot be looked up", []subscription{
			{"message.channels", "somebody writes in a public channel that the app was invited to"},
		}},
		{"chat:write", "nothing can be posted, answered, changed or deleted", nil},
		{"commands", "there is no /staffroom, and no entry in the menu of messages", nil},
		{"files:write", "an archive cannot be handed over", nil},
		{"groups:history", "answers in private channels are not heard, and a post there cannot be looked up", []subscription{
			{"message.groups", "somebody writes in a private channel that the app was invited to"},
		}},
		{"im:history", "what somebody writes to the app directly is not heard", []subscription{
			{"message.im", "somebody writes to the app directly"},
		}},
		{"im:write", "nobody can be written to directly", nil},
		{"users:read", "neither names, nor languages, nor who administers the workspace are known", nil},
	}
}

// homeOpenedEvent needs no scope.
func homeOpenedEvent() subscription {
	return subscription{"app_home_opened", "somebody opens the app's home"}
}

// subscriptions lists every kind of event that the app asks for.
func subscriptions() []subscription {
	all := []subscription{homeOpenedEvent()}
	for _, s := range scopes() {
		all = append(all, s.Events...)
	}
	return all
}

// missing lists what is not among the scopes of a token; none if Slack did not
// say what these are.
func missing(given []string) []scope {
	if len(given) == 0 {
		return nil
	}
	return slices.DeleteFunc(scopes(), func(s scope) bool { return slices.Contains(given, s.Name) })
}
