package discord

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/staffroom-bot/staffroom/bot"
)

var _ bot.RoomOpener = (*Adapter)(nil)

const (
	// roomQuiet is after how many minutes without a word Discord puts a room away, its
	// longest: whatever is said there brings it back.
	// https://discord.com/developers/docs/resources/channel#start-thread-without-message-json-params
	roomQuiet = 7 * 24 * 60
	// roomMark is how many characters at the end of a room's title tell it from others.
	roomMark = 6
	// How many rooms that were put away are looked at: so many pages, of so many.
	roomPages, roomsInPage = 5, 100
)

// OpenRoom gives a private thread in the channel that the room is near, with its people
// in it. Nobody but the bot, its owner, can bring others in. All must see that channel.
//
// Threads have no key, so the title ends in a mark made from it. A room is found by that
// among the threads in use and the latest 500 that were put away, unless somebody has
// given it another title. People are added until the first message stands in it; whoever
// has left it since stays away.
func (a *Adapter) OpenRoom(ctx context.Context, r bot.Room) (bot.Channel, error) {
	users := make([]string, 0, len(r.People))
	for _, who := range r.People {
		if who.Space != r.Near.Space {
			return bot.Channel{}, &bot.Error{Code: bot.Permanent, Reason: bot.NotAllowed, Err: errors.New("the room's channel is on another server")}
		}
		users = append(users, who.User)
	}
	if err := known(append(slices.Clone(users), r.Near.ID, r.Near.Space.ID)...); err != nil {
		return bot.Channel{}, err
	}
	id, fresh := a.rooms.get(string(r.Key))
	if !fresh {
		var err error
		if id, err = a.room(ctx, r, users); err != nil {
			if bot.CodeOf(err) == bot.Permanent {
				a.roomless.Do(func() {
					a.log.Warn("people are written to one by one where a private thread is refused, or not all see its channel; see docs/discord.md, step 4", "cause", err)
				})
			}
			return bot.Channel{}, settled(err)
		}
		a.rooms.put(string(r.Key), id)
	}
	return bot.Channel{Space: r.Near.Space, ID: r.Near.ID, Thread: id}, nil
}

// settled is an error of opening a room, which leaves no doubt about a message, however
// it failed: what there is of the room is found the next time.
func settled(err error) error {
	if bot.CodeOf(err) == bot.UnknownOutcome {
		return &bot.Error{Code: bot.Unavailable, Err: err}
	}
	return err
}

// room finds the room's thread, or makes it, and sees to it that its people are in.
func (a *Adapter) room(ctx context.Context, r bot.Room, users []string) (string, error) {
	title := roomTitle(r)
	id, err := a.findRoom(ctx, r.Near, title)
	if err != nil {
		return "", err
	}
	if id != "" {
		if used, err := a.roomUsed(ctx, id); used || err != nil {
			return id, err
		}
	}
	if err := a.allSee(ctx, r.Near, users); err != nil {
		return "", err
	}
	if id == "" {
		var made channelInfo
		opening := struct {
			Name      string `json:"name"`
			Type      int    `json:"type"`
			Quiet     int    `json:"auto_archive_duration"`
			Invitable bool   `json:"invitable"`
		}{title, privateThread, roomQuiet, false}
		if err := a.rest.do(ctx, call{method: http.MethodPost, path: "/channels/" + r.Near.ID + "/threads", body: opening, into: &made}); err != nil {
			return "", err
		}
		a.places.learn(made)
		id = made.ID
	}
	for _, user := range users {
		// https://discord.com/developers/docs/resources/channel#add-thread-member
		if err := a.rest.do(ctx, call{method: http.MethodPut, path: "/channels/" + id + "/thread-members/" + user}); err != nil {
			return "", err
		}
	}
	return id, nil
}

// roomTitle is a room's title with the mark by which it is found again.
func roomTitle(r bot.Room) string {
	sum := sha256.Sum256([]byte(r.Key))
	mark := " · " + strings.ToLower(base32.StdEncoding.EncodeToString(sum[:]))[:roomMark]
	return cut(clean(r.Title), maxThreadName-length(mark)) + mark
}

// findRoom looks for the room of this title in a channel; "" if there is none.
func (a *Adapter) findRoom(ctx context.Context, near bot.Channel, title string) (string, error) {
	me, err := a.whoami(ctx)
	if err != nil {
		return "", err
	}
	ours := func(threads []channelInfo) string {
		a.places.learn(threads...)
		i := slices.IndexFunc(threads, func(c channelInfo) bool {
			return c.Type == privateThread && c.ParentID == near.ID && c.OwnerID == me && c.Name == title
		})
		if i < 0 {
			return ""
		}
		return threads[i].ID
	}
	var page struct {
		Threads []channelInfo `json:"threads"`
		More    bool          `json:"has_more"`
	}
	// https://discord.com/developers/docs/resources/guild#list-active-guild-threads
	if err := a.reading(ctx, "/guilds/"+near.Space.ID+"/threads/active", &page); err != nil {
		return "", err
	}
	if id := ours(page.Threads); id != "" {
		return id, nil
	}
	// https://discord.com/developers/docs/resources/channel#list-joined-private-archived-threads
	query := url.Values{"limit": {strconv.Itoa(roomsInPage)}}
	for range roomPages {
		page.Threads, page.More = nil, false
		if err := a.reading(ctx, "/channels/"+near.ID+"/users/@me/threads/archived/private?"+query.Encode(), &page); err != nil {
			return "", err
		}
		if id := ours(page.Threads); id != "" || !page.More || len(page.Threads) == 0 {
			return id, nil
		}
		query.Set("before", page.Threads[len(page.Threads)-1].ID)
	}
	return "", nil
}

// roomUsed reports whether anything was said in a room: then its people were in it.
func (a *Adapter) roomUsed(ctx context.Context, id string) (bool, error) {
	var first []messageInfo
	if err := a.reading(ctx, "/channels/"+id+"/messages?limit=50&after="+id, &first); err != nil {
		return false, err
	}
	return slices.ContainsFunc(first, func(m messageInfo) bool { return m.Type == typeDefault || m.Type == typeReply }), nil
}

// allSee refuses people of whom one does not see a channel.
func (a *Adapter) allSee(ctx context.Context, near bot.Channel, users []string) error {
	var channel struct {
		Overwrites []overwrite `json:"permission_overwrites"`
	}
	if err := a.reading(ctx, "/channels/"+near.ID, &channel); err != nil {
		return err
	}
	var guild ruledServer
	if err := a.reading(ctx, "/guilds/"+near.Space.ID, &guild); err != nil {
		return err
	}
	for _, user := range users {
		var m guildMember
		// https://discord.com/developers/docs/resources/guild#get-guild-member
		if err := a.reading(ctx, "/guilds/"+near.Space.ID+"/members/"+user, &m); err != nil {
			return err
		}
		if m.User == nil || !guild.sees(&m, channel.Overwrites) {
			return &bot.Error{Code: bot.Permanent, Reason: bot.NotAllowed, Err: errors.New("not all see the channel of the room")}
		}
	}
	return nil
}
