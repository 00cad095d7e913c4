package slack

import (
	"context"
	"net/url"
	"strconv"

	"github.com/staffroom-bot/staffroom/bot"
)

// membersPage is how many people are listed at once. Who of them is a person is
// asked one by one, and Slack answers some 100 such questions a minute.
// https://docs.slack.dev/reference/methods/conversations.members
// https://docs.slack.dev/apis/web-api/rate-limits
const membersPage = 50

var _ bot.MemberLister = (*Adapter)(nil)

// Members gives a page of who is in a channel, or in a user group. It needs the
// scopes channels:read, groups:read and usergroups:read, which are optional.
func (a *Adapter) Members(ctx context.Context, of bot.Crowd, page string) (people []bot.Account, next string, err error) {
	list := a.inChannel
	if of.Role != "" {
		list = a.inUserGroup
	}
	users, next, err := list(ctx, of, page)
	if err != nil {
		return nil, "", listing(err)
	}
	for _, user := range users {
		p, _, fresh := a.people.get(user, a.now())
		if !fresh {
			p, err = a.askProfile(ctx, user)
			if code := errorCode(err); code == "user_not_found" || code == "user_not_visible" {
				continue
			}
			if err != nil {
				return nil, "", err
			}
		}
		if !p.nobody {
			people = append(people, bot.Account{Space: of.Channel.Space, User: user})
		}
	}
	return people, next, nil
}

// listing is what an error means of who lists people.
func listing(err error) error {
	switch errorCode(err) {
	case "missing_scope", "no_permission", "not_allowed_token_type", "paid_teams_only", "method_not_supported_for_channel_type":
		return bot.ErrCannotList
	case "invalid_cursor":
		return &bot.Error{Code: bot.Invalid, Err: err}
	case "no_such_subteam", "subteam_not_found":
		return &bot.Error{Code: bot.Permanent, Reason: bot.Gone, Err: err}
	case "fetch_members_failed":
		return &bot.Error{Code: bot.Unavailable, Err: err}
	default:
		return err
	}
}

// inChannel gives a page of who is in a channel, bots included.
func (a *Adapter) inChannel(ctx context.Context, of bot.Crowd, page string) (users []string, next string, err error) {
	values := url.Values{"channel": {of.Channel.ID}, "limit": {strconv.Itoa(membersPage)}}
	if page != "" {
		values.Set("cursor", page)
	}
	var got struct {
		Members []string `json:"members"`
		Next    struct {
			Cursor string `json:"next_cursor"`
		} `json:"response_metadata"`
	}
	err = a.api.read(ctx, "conversations.members", values, &got)
	return got.Members, got.Next.Cursor, err
}

// inUserGroup gives a page of who is in a user group. Slack gives all at once.
// https://docs.slack.dev/reference/methods/usergroups.users.list
func (a *Adapter) inUserGroup(ctx context.Context, of bot.Crowd, page string) (users []string, next string, err error) {
	from, err := strconv.Atoi("0" + page)
	if err != nil {
		return nil, "", &bot.Error{Code: bot.Invalid, Err: err}
	}
	var got struct {
		Users []string `json:"users"`
	}
	if err := a.api.read(ctx, "usergroups.users.list", url.Values{"usergroup": {of.Role}}, &got); err != nil {
		return nil, "", err
	}
	rest := got.Users[min(from, len(got.Users)):]
	if len(rest) > membersPage {
		rest, next = rest[:membersPage], strconv.Itoa(from+membersPage)
	}
	return rest, next, nil
}

// Roles lists the workspace's user groups.
// https://docs.slack.dev/reference/methods/usergroups.list
func (a *Adapter) Roles(ctx context.Context, _ bot.SpaceID) ([]bot.Choice, error) {
	var got struct {
		Groups []struct {
			ID   string `json:"id"`
			Name string `json:"name"`
		} `json:"usergroups"`
	}
	err := a.api.read(ctx, "usergroups.list", nil, &got)
	switch errorCode(err) {
	case "":
	case "missing_scope", "no_permission", "not_allowed_token_type", "paid_teams_only":
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var roles []bot.Choice
	for _, g := range got.Groups[:min(len(got.Groups), bot.MaxChoices)] {
		roles = append(roles, bot.Choice{Label: g.Name, Value: g.ID})
	}
	return roles, nil
}
