package slack

import (
	"context"
	"slices"
	"strings"

	"github.com/staffroom-bot/staffroom/bot"
)

var _ bot.RoomOpener = (*Adapter)(nil)

// mostInRoom is how many people a group direct message can have besides the bot.
// https://docs.slack.dev/reference/methods/conversations.open
const mostInRoom = 8

// OpenRoom gives the group direct message of these people and the bot. Slack has one for
// the same people, always, so the room's key is not needed; and nobody can leave it.
// What is written there the bot is not sent: it does not ask for that scope.
//
// An app that was installed without the scope mpim:write is told once in the log.
func (a *Adapter) OpenRoom(ctx context.Context, r bot.Room) (bot.Channel, error) {
	users := make([]string, 0, len(r.People))
	for _, who := range r.People {
		users = append(users, who.User)
	}
	slices.Sort(users)
	if users = slices.Compact(users); len(users) < 2 || len(users) > mostInRoom {
		return bot.Channel{}, &bot.Error{Code: bot.Permanent, Reason: bot.BadPost}
	}
	space, all := r.People[0].Space, strings.Join(users, ",")
	id, _, fresh := a.direct.get(all, a.now())
	if !fresh {
		var got struct {
			Channel struct {
				ID string `json:"id"`
			} `json:"channel"`
		}
		err := a.api.ensure(ctx, "conversations.open", struct {
			Users string `json:"users"`
		}{all}, &got)
		if errorCode(err) == "missing_scope" {
			a.roomless.Do(func() {
				a.log.Warn("people are written to one by one, since the app may not open group messages: give it the scope mpim:write and install it again; see " + pageOfScopes)
			})
			return bot.Channel{}, &bot.Error{Code: bot.Permanent, Reason: bot.NotAllowed, Err: err}
		}
		if err != nil {
			return bot.Channel{}, err
		}
		id = got.Channel.ID
		a.direct.put(all, id, a.now())
	}
	return bot.Channel{Space: space, ID: id}, nil
}
