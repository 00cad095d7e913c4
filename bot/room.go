package bot

import "context"

// Room is a place of a few people's own, with the bot in it: a group direct message
// on Slack, a private thread on Discord. What they write there the bot does not hear.
type Room struct {
	// Key names the room, together with People: opened again, it is the same one.
	Key    DeliveryKey `json:"key"`
	Title  string      `json:"title"`  // plain words, of any length, where a room has a title
	Near   Channel     `json:"near"`   // where a room lies in a channel, in this one
	People []Account   `json:"people"` // two or more, all of one space
}

// RoomOpener is a Messenger whose platform has such rooms. Its errors are those of
// Messenger; permanent and not_found mean that these people cannot have one.
type RoomOpener interface {
	// OpenRoom gives the room, and makes it if there is none, with its people in it.
	// It may be called again whatever came of it before, and makes no second room; see
	// the adapter for how long it finds the first. Nobody who has left it is brought
	// back.
	OpenRoom(ctx context.Context, r Room) (Channel, error)
}
