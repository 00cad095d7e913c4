package console

import (
	"context"
	"slices"
	"strings"

	"github.com/staffroom-bot/staffroom/bot"
)

var _ bot.RoomOpener = (*Adapter)(nil)

// OpenRoom gives the place of these people alone, in which the bot can post: it is
// always the same for the same people. Of those who have not joined there is none.
func (a *Adapter) OpenRoom(_ context.Context, r bot.Room) (bot.Channel, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	users := make([]string, 0, len(r.People))
	for _, who := range r.People {
		if _, err := a.direct(who); err != nil {
			return bot.Channel{}, err
		}
		users = append(users, who.User)
	}
	slices.Sort(users)
	return a.memory.channel(roomSign + strings.Join(users, roomSign)), nil
}

// roomSign stands before each of a room's people in its name: "+ana+joe".
const roomSign = "+"

func isRoom(channel string) bool { return strings.HasPrefix(channel, roomSign) }

// inRoom reports whether a person is one of a room's.
func inRoom(channel, user string) bool {
	return isRoom(channel) && slices.Contains(strings.Split(channel, roomSign)[1:], user)
}
