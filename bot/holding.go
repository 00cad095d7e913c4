package bot

import (
	"strings"
	"time"
)

// Holding is something that is kept about a person, as they get it when they ask
// for all of it.
type Holding struct {
	Part  Key       `json:"part"`            // what kind of thing it is: the message that says so
	About string    `json:"about,omitempty"` // what it belongs to, such as a question
	At    time.Time `json:"at,omitzero"`     // zero: no time in particular
	Text  string    `json:"text"`            // as typed, or in the reader's language
}

// Parting is that a member wants to be forgotten in their community.
type Parting struct {
	Member   Member
	Accounts []Account // those that lead to the member
	// Unnamed leaves what they said in chats in the archives, without their name.
	// Otherwise it is removed.
	Unnamed bool
}

// IDs are the member's ID and those that they had.
func (m Member) IDs() []MemberID {
	ids := []MemberID{m.ID}
	for _, id := range strings.Fields(m.Former) {
		ids = append(ids, MemberID(id))
	}
	return ids
}
