package discussion

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"strconv"
	"strings"

	"github.com/staffroom-bot/staffroom/bot"
)

// Place is a channel in which a discussion runs.
type Place struct {
	Channel bot.Channel `json:"channel"`
	Name    string      `json:"name,omitempty"` // what people call it, as data; may be empty
}

// Places is what the discussion needs to know of a community's channels.
type Places interface {
	// ChatChannels gives the channels, in all spaces of the community, that its
	// organizers have chosen for chats. Each has a name.
	ChatChannels(ctx context.Context, c bot.CommunityID) ([]Place, error)
}

// maxPlaces is in how many places a discussion runs at most: each costs a post for
// every question, at the same second.
const maxPlaces = 8

// maxPlaceName is how long a place's name may be, in characters.
const maxPlaceName = 60

// Places gives the places of the discussion, in an order that stays the same from
// its opening on. The first is where it was made.
func (d *Discussion) Places() []Place {
	return append([]Place{{Channel: d.Channel, Name: d.ChannelName}}, d.Alongside...)
}

// place is the number of the place that a channel, or a thread in it, belongs to:
// 0 for the first, -1 for none.
func (d *Discussion) place(ch bot.Channel) int {
	if d.Channel.Root() == ch.Root() {
		return 0
	}
	for i, p := range d.Alongside {
		if p.Channel.Root() == ch.Root() {
			return i + 1
		}
	}
	return -1
}

// settle makes these the places of the discussion, the first where it was made.
func (d *Discussion) settle(places []Place) {
	d.Channel, d.ChannelName, d.Alongside = places[0].Channel, places[0].Name, nil
	if len(places) > 1 {
		d.Alongside = places[1:]
	}
}

// placeNames are what the places are called to tell them apart, by number; none
// where there is only one.
func (d *Discussion) placeNames() []string {
	places := d.Places()
	if len(places) == 1 {
		return nil
	}
	names := make([]string, len(places))
	seen := map[string]int{}
	for i, p := range places {
		name := p.Name
		if name == "" {
			name = p.Channel.ID
		}
		if seen[name]++; seen[name] > 1 {
			name += " (" + strconv.Itoa(seen[name]) + ")"
		}
		names[i] = name
	}
	return names
}

// placeToken names a channel in 50 bits, for keys and the paths of controls.
func placeToken(ch bot.Channel) string {
	sum := sha256.Sum256([]byte(ch.String()))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:10])[:10])
}

// inPlace is what the names of posts and records end in that belong to a place
// other than the first.
func inPlace(place int) string {
	if place == 0 {
		return ""
	}
	return "@" + strconv.Itoa(place+1)
}

// EntryID is the ID of a message's entry. Two platforms may give the same ID to
// messages of theirs, so that of a message outside the first place says where it
// stands.
func EntryID(place int, message string) string {
	if place == 0 && !strings.HasPrefix(message, "@") {
		return message
	}
	return inPlaceMark(place) + message
}

// messageID is the message of an EntryID.
func messageID(place int, entry string) string { return strings.TrimPrefix(entry, inPlaceMark(place)) }

func inPlaceMark(place int) string { return "@" + strconv.Itoa(place+1) + "/" }
