package community

import (
	"context"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// How long the Directory answers from memory: so long do replicas take to see
// each other's changes.
const (
	lifetime          = time.Minute      // of members
	communityLifetime = 10 * time.Minute // a community's own settings hardly ever change
)

// How much the Directory remembers. A member takes about 400 bytes.
const (
	mostCommunities = 2000
	mostMembers     = 20000
)

// Defaults are what a new community starts with.
type Defaults struct {
	Language string // IETF tag
	Zone     string // IANA zone
}

// Directory finds communities and members. It may be used by several goroutines.
// Its errors are the Store's.
type Directory struct {
	store       Store
	defaults    Defaults
	now         func() time.Time
	communities *cache[bot.SpaceID, Community]
	members     *cache[bot.Account, bot.Member] // as stored
	organizers  *registry
	changing    turns
}

// NewDirectory returns the directory of what the store keeps.
func NewDirectory(store Store, defaults Defaults, now func() time.Time) *Directory {
	return &Directory{
		store:       store,
		defaults:    defaults,
		now:         now,
		communities: newCache[bot.SpaceID, Community](mostCommunities, communityLifetime, now),
		members:     newCache[bot.Account, bot.Member](mostMembers, lifetime, now),
		organizers:  newRegistry(),
		changing:    turns{taken: map[bot.Account]chan struct{}{}},
	}
}

// Community gives the community of a space, which gets one if it has none.
func (d *Directory) Community(ctx context.Context, space bot.SpaceID) (Community, error) {
	return d.communities.get(ctx, space, func(ctx context.Context) (Community, error) {
		return d.store.Community(ctx, space, Community{
			ID:       bot.CommunityID(bot.NewID(d.now())),
			Language: d.defaults.Language,
			Zone:     d.defaults.Zone,
		})
	})
}

// Member gives the member with an account, who becomes one if need be. Where a
// member has chosen no language or zone, the community's stands in. name is the
// display name now, or "" if it is not known; the one stored follows it.
func (d *Directory) Member(ctx context.Context, a bot.Account, name string) (bot.Member, error) {
	c, m, err := d.find(ctx, a, name)
	if err != nil {
		return bot.Member{}, err
	}
	if name != "" && m.Name != name {
		return d.Appoint(ctx, a, name, func(*bot.Member) {})
	}
	return filled(m, c), nil
}

// Author is who said something. Unlike Member it takes what is remembered, however
// old, as long as the name is the same: whose an account is does not change, and
// filing a message must not cost a second call of the store. What an Author may
// do is not to be read from it.
func (d *Directory) Author(ctx context.Context, a bot.Account, name string) (bot.Member, error) {
	if m, ok := d.members.recall(a); ok && (name == "" || m.Name == name) {
		return m, nil
	}
	return d.Member(ctx, a, name)
}

// find gives the member as stored.
func (d *Directory) find(ctx context.Context, a bot.Account, name string) (Community, bot.Member, error) {
	c, err := d.Community(ctx, a.Space)
	if err != nil {
		return Community{}, bot.Member{}, err
	}
	m, err := d.members.get(ctx, a, func(ctx context.Context) (bot.Member, error) {
		return d.load(ctx, c.ID, a, name)
	})
	return c, m, err
}

func (d *Directory) load(ctx context.Context, c bot.CommunityID, a bot.Account, name string) (bot.Member, error) {
	return d.store.Member(ctx, c, a, bot.Member{
		ID:        bot.MemberID(bot.NewID(d.now())),
		Community: c,
		Name:      name,
		Role:      bot.RoleMember,
	})
}

// Appoint changes what a member may choose or be given: role, zone, language. It
// changes what is stored now, not what is remembered. An empty language or zone
// means the community's.
func (d *Directory) Appoint(ctx context.Context, a bot.Account, name string, change func(*bot.Member)) (bot.Member, error) {
	c, err := d.Community(ctx, a.Space)
	if err != nil {
		return bot.Member{}, err
	}
	done, err := d.changing.take(ctx, a)
	if err != nil {
		return bot.Member{}, err
	}
	defer done()
	stored, err := d.load(ctx, c.ID, a, name)
	if err != nil {
		return bot.Member{}, err
	}
	changed := stored
	if name != "" {
		changed.Name = name
	}
	change(&changed)
	changed.ID, changed.Community, changed.Number = stored.ID, stored.Community, stored.Number
	if changed != stored {
		if err := d.store.SaveMember(ctx, changed); err != nil {
			return bot.Member{}, err
		}
	}
	d.members.put(a, changed)
	if changed.Role != stored.Role {
		d.Acts(ctx, a, changed)
	}
	return filled(changed, c), nil
}

// Names gives the names of members. Those who do not exist, or not any more, are
// left out.
func (d *Directory) Names(ctx context.Context, c bot.CommunityID, ids []bot.MemberID) (map[bot.MemberID]string, error) {
	names := make(map[bot.MemberID]string, len(ids))
	if len(ids) == 0 {
		return names, nil
	}
	members, err := d.store.Members(ctx, c, ids)
	if err != nil {
		return nil, err
	}
	for _, m := range members {
		names[m.ID] = m.Name
	}
	return names, nil
}

// filled is the member with the community's language and zone where they have
// none of their own.
func filled(m bot.Member, c Community) bot.Member {
	if m.Language == "" {
		m.Language = c.Language
	}
	if m.Zone == "" {
		m.Zone = c.Zone
	}
	return m
}
