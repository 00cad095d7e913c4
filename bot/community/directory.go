package community

import (
	"context"
	"errors"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// How long the Directory answers from memory: so long do replicas take to see
// each other's changes.
const (
	lifetime          = time.Minute     // of members and places
	communityLifetime = 3 * time.Minute // of where a space belongs; linking waits for it
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
	places      *cache[bot.CommunityID, []Place]
	organizers  *registry
	changing    turns
	whenMoved   []func(m bot.Member, now time.Time) (scheduler.Job, error)
}

// NewDirectory returns the directory of what the store keeps.
func NewDirectory(store Store, defaults Defaults, now func() time.Time) *Directory {
	return &Directory{
		store:       store,
		defaults:    defaults,
		now:         now,
		communities: newCache[bot.SpaceID, Community](mostCommunities, communityLifetime, now),
		members:     newCache[bot.Account, bot.Member](mostMembers, lifetime, now),
		places:      newCache[bot.CommunityID, []Place](mostCommunities, lifetime, now),
		organizers:  newRegistry(),
		changing:    turns{taken: map[bot.Account]chan struct{}{}},
	}
}

// WhenMoved adds, before anything runs, a job that comes with a change of a
// member's clock or of when they are away, in the same call of the store. Who becomes
// somebody else by linking accounts is no matter of it: see Follower.
func (d *Directory) WhenMoved(job func(m bot.Member, now time.Time) (scheduler.Job, error)) {
	d.whenMoved = append(d.whenMoved, job)
}

// movedJobs are the jobs that come with a change of a member.
func (d *Directory) movedJobs(before, after bot.Member) ([]scheduler.Job, error) {
	if before.Zone == after.Zone && before.Away == after.Away {
		return nil, nil
	}
	jobs := make([]scheduler.Job, len(d.whenMoved))
	for i, job := range d.whenMoved {
		var err error
		if jobs[i], err = job(after, d.now()); err != nil {
			return nil, err
		}
	}
	return jobs, nil
}

// Community gives the community of a space, which gets one if it has none. While
// the space is on its way to another, for some seconds, that is unavailable.
func (d *Directory) Community(ctx context.Context, space bot.SpaceID) (Community, error) {
	c, err := d.communities.get(ctx, space, func(ctx context.Context) (Community, error) {
		c, err := d.store.Community(ctx, space, d.fresh())
		if err == nil && c.Moves == Moving {
			err = &bot.Error{Code: bot.Unavailable, Err: errMoving}
		}
		return c, err
	})
	if err == nil && c.Moves == Leaving {
		d.communities.drop(space)
	}
	return c, err
}

var errMoving = errors.New("the space is on its way to another community")

// fresh is a community with nobody in it.
func (d *Directory) fresh() Community {
	return Community{ID: bot.CommunityID(bot.NewID(d.now())), Language: d.defaults.Language, Zone: d.defaults.Zone}
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
// old, as long as the name and the community are the same: filing a message must
// not cost a second call of the store. Whose an account is changes only when
// people link their own, and then the member is who the Author was too
// (bot.Member.Is). What an Author may do is not to be read from it.
func (d *Directory) Author(ctx context.Context, a bot.Account, name string) (bot.Member, error) {
	c, err := d.Community(ctx, a.Space)
	if err != nil {
		return bot.Member{}, err
	}
	if m, ok := d.members.recall(a); ok && m.Community == c.ID && (name == "" || m.Name == name) {
		return m, nil
	}
	return d.Member(ctx, a, name)
}

// find gives the member as stored. If the space has just left the community that
// is remembered, it looks again.
func (d *Directory) find(ctx context.Context, a bot.Account, name string) (Community, bot.Member, error) {
	c, m, err := d.findIn(ctx, a, name)
	if bot.CodeOf(err) == bot.Conflict {
		d.communities.drop(a.Space)
		c, m, err = d.findIn(ctx, a, name)
	}
	return c, m, err
}

func (d *Directory) findIn(ctx context.Context, a bot.Account, name string) (Community, bot.Member, error) {
	c, err := d.Community(ctx, a.Space)
	if err != nil {
		return Community{}, bot.Member{}, err
	}
	load := func(ctx context.Context) (bot.Member, error) {
		r, err := d.load(ctx, c.ID, a, name)
		return r.Member, err
	}
	m, err := d.members.get(ctx, a, load)
	if err == nil && m.Community != c.ID { // the space was in another one then
		d.members.drop(a)
		m, err = d.members.get(ctx, a, load)
	}
	return c, m, err
}

func (d *Directory) load(ctx context.Context, c bot.CommunityID, a bot.Account, name string) (Record, error) {
	return d.store.Member(ctx, c, a, bot.Member{
		ID:        bot.MemberID(bot.NewID(d.now())),
		Community: c,
		Name:      name,
		Role:      bot.RoleMember,
	})
}

// Appoint changes what a member may choose or be given: role, zone, language,
// being away. It changes what is stored now, not what is remembered, and is asked
// again if another replica was quicker. An empty language or zone means the
// community's.
func (d *Directory) Appoint(ctx context.Context, a bot.Account, name string, change func(*bot.Member)) (bot.Member, error) {
	done, err := d.changing.take(ctx, a)
	if err != nil {
		return bot.Member{}, err
	}
	defer done()
	c, before, after, err := d.changeIn(ctx, a, name, change)
	if bot.CodeOf(err) == bot.Conflict && !errors.Is(err, errTooMany) { // the space has just left
		d.communities.drop(a.Space)
		c, before, after, err = d.changeIn(ctx, a, name, change)
	}
	if err != nil {
		return bot.Member{}, err
	}
	d.members.put(a, after)
	if after.Role != before.Role {
		d.Acts(ctx, a, after)
	}
	return filled(after, c), nil
}

// changeIn makes a change of a member in the community that is remembered.
func (d *Directory) changeIn(ctx context.Context, a bot.Account, name string, change func(*bot.Member)) (c Community, before, after bot.Member, err error) {
	if c, err = d.Community(ctx, a.Space); err != nil {
		return c, before, after, err
	}
	before, after, err = d.change(ctx, c.ID, a, name, change)
	return c, before, after, err
}

// mostTries is how often a change is made anew since others were quicker.
const mostTries = 5

// change makes a change of a member as stored.
func (d *Directory) change(ctx context.Context, c bot.CommunityID, a bot.Account, name string, change func(*bot.Member)) (before, after bot.Member, err error) {
	for range mostTries {
		r, err := d.load(ctx, c, a, name)
		if err != nil {
			return before, after, err
		}
		before, after = r.Member, r.Member
		if name != "" {
			after.Name = name
		}
		change(&after)
		after.ID, after.Community, after.Number = before.ID, before.Community, before.Number
		if after == before {
			return before, after, nil
		}
		jobs, err := d.movedJobs(before, after)
		if err != nil {
			return before, after, err
		}
		r.Member = after
		if err = d.store.SaveMember(ctx, r, jobs...); bot.CodeOf(err) != bot.Conflict {
			return before, after, err
		}
	}
	return before, after, &bot.Error{Code: bot.Conflict, Err: errTooMany}
}

var errTooMany = errors.New("a member was changed again and again by others")

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
