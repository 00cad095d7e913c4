package community

import (
	"context"
	"slices"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// Place is a server or workspace of a community, and what its organizers have set
// for it. What they set goes along when the place changes its community.
type Place struct {
	Space   bot.SpaceID `json:"space"`
	Version int64       `json:"-"`
	Set     Setting     `json:"set"`
	Before  *Setting    `json:"before,omitempty"` // what was set before the last change
	// Own is the community that the place had alone before it was linked, "" if it
	// was not; Linked is when that was.
	Own    bot.CommunityID `json:"own,omitempty"`
	Linked time.Time       `json:"linked,omitzero"`
}

// Setting is what is set for a place. The zero Setting is nothing.
type Setting struct {
	Name     string      `json:"name,omitempty"`     // what people call the place, as typed
	Language string      `json:"language,omitempty"` // IETF tag; empty: the community's
	Zone     string      `json:"zone,omitempty"`     // IANA zone; empty: the community's
	Chats    bot.Channel `json:"chats,omitzero"`     // where chats run; the zero Channel: not chosen
	Private  bot.Channel `json:"private,omitzero"`   // where organizers are among themselves; the same
	Relay    bool        `json:"relay,omitempty"`    // what is said in its chats may be shown in linked places, and the reverse
	Test     Trial       `json:"test,omitzero"`      // the last test of these channels
	Done     string      `json:"done,omitempty"`     // the steps of setting up that are done or passed over, with blanks between
}

// Called is what people call the place: the name that was set, or else that of
// its connection.
func (p *Place) Called() string {
	if p.Set.Name != "" {
		return p.Set.Name
	}
	return p.Space.Connection
}

// Places gives the places of a community, from memory for up to a minute.
func (d *Directory) Places(ctx context.Context, c bot.CommunityID) ([]Place, error) {
	return d.places.get(ctx, c, func(ctx context.Context) ([]Place, error) { return d.store.Places(ctx, c) })
}

// ChatRooms gives the places of a community in which a channel for chats is
// chosen.
func (d *Directory) ChatRooms(ctx context.Context, c bot.CommunityID) ([]Place, error) {
	all, err := d.Places(ctx, c)
	return slices.DeleteFunc(slices.Clone(all), func(p Place) bool { return p.Set.Chats == (bot.Channel{}) }), err
}

// OrganizersRoom gives the channel where the organizers of a community are among
// themselves, with the language of its place: that of the wanted space if one is
// chosen there, or else the first. ok is false if there is none.
func (d *Directory) OrganizersRoom(ctx context.Context, c bot.CommunityID, wanted bot.SpaceID) (ch bot.Channel, language string, ok bool, err error) {
	all, err := d.Places(ctx, c)
	if err != nil {
		return ch, "", false, err
	}
	var found *Place
	for i := range all {
		if p := &all[i]; p.Set.Private != (bot.Channel{}) && (found == nil || p.Space == wanted) {
			found = p
		}
	}
	if found == nil {
		return ch, "", false, nil
	}
	home, err := d.Community(ctx, found.Space)
	return found.Set.Private, home.Language, true, err
}

// Origins gives the communities that places of a community had alone before they
// were linked.
func (d *Directory) Origins(ctx context.Context, c bot.CommunityID) ([]bot.CommunityID, error) {
	all, err := d.Places(ctx, c)
	var origins []bot.CommunityID
	for _, p := range all {
		if p.Own != "" && p.Own != c && !slices.Contains(origins, p.Own) {
			origins = append(origins, p.Own)
		}
	}
	return origins, err
}

// place gives a place as it is stored now.
func (d *Directory) place(ctx context.Context, space bot.SpaceID) (Community, Place, error) {
	home, err := d.Community(ctx, space)
	if err != nil {
		return home, Place{}, err
	}
	all, err := d.store.Places(ctx, home.ID)
	if err != nil {
		return home, Place{}, err
	}
	d.places.put(home.ID, all)
	return home, placeOf(all, space), nil
}

// placeOf finds a place. One of which nothing is stored has nothing set.
func placeOf(all []Place, space bot.SpaceID) Place {
	for _, p := range all {
		if p.Space == space {
			return p
		}
	}
	return Place{Space: space}
}

// changePlace changes what is set for a place, as it is stored now, and keeps what was
// set before. It is asked again if another replica was quicker.
func (d *Directory) changePlace(ctx context.Context, space bot.SpaceID, change func(*Place) error) (Place, error) {
	for range mostTries {
		home, p, err := d.place(ctx, space)
		if err != nil {
			return p, err
		}
		before := p.Set
		if err := change(&p); err != nil {
			return p, err
		}
		if p.Set == before {
			return p, nil
		}
		p.Before = &before
		err = d.store.SavePlace(ctx, home.ID, &p)
		if bot.CodeOf(err) == bot.Conflict {
			d.communities.drop(space)
			continue
		}
		if err != nil {
			return p, err
		}
		d.places.drop(home.ID)
		d.communities.drop(space) // its language and zone may be others
		return p, nil
	}
	return Place{}, &bot.Error{Code: bot.Conflict, Err: errTooMany}
}
