package console

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/staffroom-bot/staffroom/bot"
)

var _ bot.MemberLister = (*Adapter)(nil)

// Members gives everybody who has joined, or those of them who have a role: at the
// console everybody is in every channel in which somebody has written, or is now.
func (a *Adapter) Members(_ context.Context, of bot.Crowd, _ string) (people []bot.Account, next string, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.thereIs(of.Channel) {
		return nil, "", &bot.Error{Code: bot.NotFound, Err: errors.New("no such channel")}
	}
	for user, p := range a.memory.people {
		if of.Role == "" || of.Role == string(p.Role) {
			people = append(people, a.memory.account(user))
		}
	}
	slices.SortFunc(people, func(a, b bot.Account) int { return strings.Compare(a.User, b.User) })
	return people, "", nil
}

// thereIs reports whether there is such a channel. a.mu is held.
func (a *Adapter) thereIs(ch bot.Channel) bool {
	if ch.Space != a.memory.space {
		return false
	}
	return ch.ID == a.current || ch.ID == a.options.Channel ||
		slices.ContainsFunc(a.memory.messages, func(m *message) bool { return m.Channel == ch.ID })
}

// Roles lists the roles that people at the console can join with.
func (a *Adapter) Roles(context.Context, bot.SpaceID) ([]bot.Choice, error) {
	var roles []bot.Choice
	for _, r := range []bot.Role{bot.RoleOrganizer, bot.RoleHost, bot.RoleMember} {
		roles = append(roles, bot.Choice{Label: string(r), Value: string(r)})
	}
	return roles, nil
}
