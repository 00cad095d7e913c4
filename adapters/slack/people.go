package slack

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/staffroom-bot/staffroom/bot"
)

// self is who the bot is in the workspace.
type self struct {
	User string // as people mention it
	Bot  string // as messages name their author
	Team string // the workspace; "" where a host does not tell
}

// whoami asks once who the bot is.
func (a *Adapter) whoami(ctx context.Context) (self, error) {
	a.selfMu.Lock()
	defer a.selfMu.Unlock()
	if a.self != (self{}) {
		return a.self, nil
	}
	var got identity
	named, err := a.api.scopes(ctx, "auth.test", a.api.token, &got)
	if err != nil {
		return self{}, err
	}
	a.self = self{User: got.UserID, Bot: got.BotID, Team: got.TeamID}
	a.missing = missing(named)
	return a.self, nil
}

// identity is what auth.test tells.
// https://docs.slack.dev/reference/methods/auth.test
type identity struct {
	UserID string `json:"user_id"`
	BotID  string `json:"bot_id"`
	TeamID string `json:"team_id"`
	Team   string `json:"team"`
}

// profile is what the bot keeps of a person for a while.
type profile struct {
	name     string
	language string // IETF tag
	manages  bool   // an owner or administrator of the workspace
	nobody   bool   // a bot, or somebody who is gone
}

// profileOf asks who a person is. It never waits long and never fails: without
// an answer the name is the one known before, or empty, and nobody is taken for an administrator.
func (a *Adapter) profileOf(ctx context.Context, user string) profile {
	known, _, fresh := a.people.get(user, a.now())
	if fresh {
		return known
	}
	ctx, cancel := context.WithTimeout(ctx, a.profileWithin)
	defer cancel()
	p, err := a.askProfile(ctx, user)
	if err != nil {
		a.log.Warn("a person's profile could not be read", "user", user, "error", err)
		known.manages = false
		a.people.put(user, known, a.now().Add(profileAgain-profileFor))
		return known
	}
	return p
}

// askProfile asks who a person is, and remembers it.
// https://docs.slack.dev/reference/methods/users.info
func (a *Adapter) askProfile(ctx context.Context, user string) (profile, error) {
	var got struct {
		User struct {
			Name           string `json:"name"`
			RealName       string `json:"real_name"`
			Locale         string `json:"locale"`
			IsAdmin        bool   `json:"is_admin"`
			IsOwner        bool   `json:"is_owner"`
			IsPrimaryOwner bool   `json:"is_primary_owner"`
			home
			IsBot   bool `json:"is_bot"`
			Deleted bool `json:"deleted"`
			Profile struct {
				DisplayName string `json:"display_name"`
				RealName    string `json:"real_name"`
			} `json:"profile"`
		} `json:"user"`
	}
	err := a.api.read(ctx, "users.info", url.Values{"user": {user}, "include_locale": {"true"}}, &got)
	if err != nil {
		return profile{}, err
	}
	u := got.User
	p := profile{
		name:     firstOf(u.Profile.DisplayName, u.Profile.RealName, u.RealName, u.Name),
		language: u.Locale,
		manages:  (u.IsAdmin || u.IsOwner || u.IsPrimaryOwner) && a.isHome(ctx, u.home),
		nobody:   u.IsBot || u.Deleted || user == slackbot,
	}
	a.people.put(user, p, a.now())
	return p, nil
}

// slackbot is a person by Slack's own word, and takes no messages.
const slackbot = "USLACKBOT"

// home is where somebody belongs.
type home struct {
	TeamID     string `json:"team_id"`
	Enterprise struct {
		Teams []string `json:"teams"`
	} `json:"enterprise_user"`
}

// isHome reports whether somebody belongs to the bot's workspace. Channels can be
// shared with others, whose administrators have no say here.
// https://docs.slack.dev/apis/slack-connect
func (a *Adapter) isHome(ctx context.Context, h home) bool {
	me, err := a.whoami(ctx)
	return err == nil && (me.Team == "" || h.TeamID == "" || h.TeamID == me.Team || slices.Contains(h.Enterprise.Teams, me.Team))
}

func firstOf(words ...string) string {
	for _, w := range words {
		if w = strings.TrimSpace(w); w != "" {
			return w
		}
	}
	return ""
}

// asTyped is a message as it was typed, with people by their names.
func (a *Adapter) asTyped(ctx context.Context, text string) string {
	return typed(text, a.namer(ctx), nil)
}

// namer gives names of the people in one text, up to a bound.
func (a *Adapter) namer(ctx context.Context) func(user string) string {
	asked := 0
	return func(user string) string {
		if asked++; asked > maxNamesLookup {
			return user
		}
		return firstOf(a.profileOf(ctx, user).name, user)
	}
}

// asker completes a request with what is known about the person. called is the
// name that Slack sent along, for when the profile cannot be read. Where there is
// none either, the name stays empty: what the bot knows them by is better than an ID.
func (a *Adapter) asker(ctx context.Context, req *bot.Request, called string) {
	p := a.profileOf(ctx, req.Account.User)
	req.Name = firstOf(p.name, called)
	req.Manages = p.manages
	req.Language = p.language
}
