package config

// Slack is one workspace on Slack.
type Slack struct {
	// Name is the connection's name, unique over all platforms.
	Name string
	// BotToken (xoxb-…) calls the Web API.
	BotToken Secret
	// AppToken (xapp-…) opens Socket Mode: Staffroom connects to Slack.
	AppToken Secret
	// SigningSecret is what Slack signs its requests with. Without an AppToken, Slack connects to Staffroom, at Public.
	SigningSecret Secret
	// APIURL replaces Slack's own address, for a proxy or a test server. Empty: Slack's.
	APIURL string
}

// slack reads a connection; public says whether there is an address that Slack can send to.
func (l *loader) slack(s *section, taken map[string]place, public bool) Slack {
	name := l.name(s, "slack-lincoln", taken)
	c := Slack{
		Name:          name,
		BotToken:      l.token(s, name, "bot_token", "xoxb-"),
		SigningSecret: l.optionalToken(s, name, "signing_secret", ""),
		APIURL:        l.apiURL(s),
	}
	if c.SigningSecret == (Secret{}) {
		c.AppToken = l.token(s, name, "app_token", "xapp-")
		return c
	}
	c.AppToken = l.optionalToken(s, name, "app_token", "xapp-")
	if c.AppToken == (Secret{}) && !public {
		l.report(s.place("signing_secret", s.at.line), "slack.signing_secret without an app_token means that Slack sends to an address of yours: set public.listen")
	}
	return c
}
