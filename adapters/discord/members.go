package discord

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/staffroom-bot/staffroom/bot"
)

// membersPage is how many members of a server are looked at at once. Discord gives
// 1,000 at most.
// https://discord.com/developers/docs/resources/guild#list-guild-members
const membersPage = 200

const viewChannel = 1 << 10

var _ bot.MemberLister = (*Adapter)(nil)

// ruledServer is a server, as far as it says who sees what.
type ruledServer struct {
	ID      string     `json:"id"`
	OwnerID string     `json:"owner_id"`
	Roles   []roleInfo `json:"roles"`
}

type roleInfo struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Permissions string `json:"permissions"` // a number
	Managed     bool   `json:"managed"`     // of an integration, such as a bot's own
}

// overwrite is what a channel allows or denies a role or a member.
type overwrite struct {
	ID    string `json:"id"` // of a role or a member
	Allow string `json:"allow"`
	Deny  string `json:"deny"`
}

type guildMember struct {
	User  *userInfo `json:"user"`
	Roles []string  `json:"roles"`
}

// Members gives a page of who can see a channel, or has a role. Discord lets a bot
// list members only if its application has the privileged intent of server members:
// without Options.ListMembers it is not even tried.
// https://discord.com/developers/docs/events/gateway#privileged-intents
func (a *Adapter) Members(ctx context.Context, of bot.Crowd, page string) (people []bot.Account, next string, err error) {
	if !a.lists {
		return nil, "", bot.ErrCannotList
	}
	belongs, err := a.belongs(ctx, of)
	if err != nil {
		return nil, "", err
	}
	query := url.Values{"limit": {strconv.Itoa(membersPage)}}
	if page != "" {
		query.Set("after", page)
	}
	var all []guildMember
	path := "/guilds/" + of.Channel.Space.ID + "/members?" + query.Encode()
	err = a.reading(ctx, path, &all)
	if codeOf(err) == missingAccess {
		return nil, "", bot.ErrCannotList // the intent is not granted
	}
	if err != nil {
		return nil, "", err
	}
	for _, m := range all {
		if m.User == nil || m.User.ID == "" {
			continue
		}
		if next = m.User.ID; !m.User.Bot && belongs(&m) {
			people = append(people, bot.Account{Space: of.Channel.Space, User: m.User.ID})
		}
	}
	if len(all) < membersPage {
		next = ""
	}
	return people, next, nil
}

// reading asks for something, which leaves no doubt however it fails.
func (a *Adapter) reading(ctx context.Context, path string, into any) error {
	err := a.rest.do(ctx, call{method: http.MethodGet, path: path, into: into})
	if bot.CodeOf(err) == bot.UnknownOutcome {
		return &bot.Error{Code: bot.Unavailable, Err: err}
	}
	return err
}

// belongs tells who is in a crowd.
func (a *Adapter) belongs(ctx context.Context, of bot.Crowd) (func(*guildMember) bool, error) {
	if of.Role != "" {
		return func(m *guildMember) bool { return slices.Contains(m.Roles, of.Role) }, nil
	}
	var channel struct {
		Overwrites []overwrite `json:"permission_overwrites"`
	}
	if err := a.reading(ctx, "/channels/"+of.Channel.ID, &channel); err != nil {
		return nil, err
	}
	var guild ruledServer
	if err := a.reading(ctx, "/guilds/"+of.Channel.Space.ID, &guild); err != nil {
		return nil, err
	}
	return func(m *guildMember) bool { return guild.sees(m, channel.Overwrites) }, nil
}

// sees reports whether a member sees a channel with these overwrites: what counts
// for everybody comes first, then what counts for roles, of which one that allows is
// enough, then what counts for the member alone.
// https://discord.com/developers/docs/topics/permissions#permission-overwrites
func (g *ruledServer) sees(m *guildMember, overwrites []overwrite) bool {
	if m.User.ID == g.OwnerID {
		return true
	}
	has := func(role string) bool { return role == g.ID || slices.Contains(m.Roles, role) }
	var may uint64
	for _, r := range g.Roles {
		if has(r.ID) {
			may |= bits(r.Permissions)
		}
	}
	if may&administrator != 0 {
		return true
	}
	apply := func(counts func(id string) bool) {
		var allow, deny uint64
		for _, o := range overwrites {
			if counts(o.ID) {
				allow, deny = allow|bits(o.Allow), deny|bits(o.Deny)
			}
		}
		may = may&^deny | allow
	}
	apply(func(id string) bool { return id == g.ID })
	apply(func(id string) bool { return id != g.ID && has(id) })
	apply(func(id string) bool { return id == m.User.ID })
	return may&viewChannel != 0
}

func bits(number string) uint64 {
	n, _ := strconv.ParseUint(number, 10, 64) // nonsense is no permission
	return n
}

// Roles lists the roles of a server that people give each other, by their names;
// none if it may not be known who has them.
func (a *Adapter) Roles(ctx context.Context, space bot.SpaceID) ([]bot.Choice, error) {
	if !a.lists {
		return nil, nil
	}
	var all []roleInfo
	if err := a.reading(ctx, "/guilds/"+space.ID+"/roles", &all); err != nil {
		return nil, err
	}
	var roles []bot.Choice
	for _, r := range all {
		if r.ID != space.ID && !r.Managed {
			roles = append(roles, bot.Choice{Label: r.Name, Value: r.ID})
		}
	}
	slices.SortStableFunc(roles, func(a, b bot.Choice) int { return strings.Compare(a.Label, b.Label) })
	return roles[:min(len(roles), bot.MaxChoices)], nil
}
