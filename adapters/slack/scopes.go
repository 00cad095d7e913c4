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
		{"files:write", "archives, tables and journals cannot be handed over, and the figures of check-ins come without their picture", nil},
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

// optionalScopes lists what the app can do without, each with what does not work
// then. Whoever installs the app chooses.
// https://docs.slack.dev/changelog/2026/03/16/optional-scopes
func optionalScopes() []scope {
	return []scope{
		{"channels:read", "who is in a public channel is not known, so a check-in cannot be for everybody there", nil},
		{"groups:read", "who is in a private channel is not known, so a check-in cannot be for everybody there", nil},
		{"mpim:write", "partners who are introduced are written to one by one, and not in a group message of theirs", nil},
		{"usergroups:read", "who is in a user group is not known, so a check-in cannot be for one", nil},
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
