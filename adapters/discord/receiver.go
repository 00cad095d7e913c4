package discord

import (
	"context"
	"encoding/json"
	"strconv"
	"sync"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// receiver hands what comes in to the inbox, for one Run.
type receiver struct {
	*Adapter
	in     bot.Inbox
	ctx    context.Context // ends when the adapter is told to stop: nothing more is taken in
	work   context.Context // ends later: what was taken in is finished
	end    context.CancelFunc
	lanes  *lanes
	missed *missed

	reading    sync.Mutex
	registered bool // guarded by reading
}

func newReceiver(ctx context.Context, a *Adapter, in bot.Inbox) *receiver {
	work, end := context.WithCancel(context.WithoutCancel(ctx))
	return &receiver{Adapter: a, in: in, ctx: ctx, work: work, end: end, lanes: newLanes(), missed: newMissed()}
}

// finish waits for the work in progress: first for its end, then for it to
// notice that it must end.
func (r *receiver) finish() {
	done := r.lanes.close()
	select {
	case <-done:
	case <-time.After(r.patience.stop):
	}
	r.end()
	select {
	case <-done:
	case <-time.After(stopHandler):
		r.log.Error("stopped while something was still under way")
	}
}

// receive takes an event of the gateway. It runs in the gateway's reader.
//
// discordgo gives up a connection while an event of it is still being taken, if
// that lasts. What comes over the next one waits.
func (r *receiver) receive(kind string, data json.RawMessage) {
	r.reading.Lock()
	defer r.reading.Unlock()
	if r.ctx.Err() != nil {
		return
	}
	if err := r.dispatch(kind, data); err != nil {
		// The error would quote what is in the event.
		r.log.Warn("an event of Discord's cannot be read", "type", kind)
	}
}

func (r *receiver) dispatch(kind string, data json.RawMessage) error {
	switch kind {
	case "READY":
		return decode(data, r.ready)
	case "GUILD_CREATE":
		return decode(data, r.guildCreated)
	case "GUILD_DELETE":
		return decode(data, func(g *guildInfo) {
			if !g.Unavailable { // an outage, otherwise
				r.places.leave(g.ID)
			}
		})
	case "CHANNEL_CREATE", "THREAD_CREATE", "THREAD_UPDATE":
		return decode(data, func(c *channelInfo) { r.places.learn(*c) })
	case "CHANNEL_DELETE", "THREAD_DELETE":
		return decode(data, func(c *channelInfo) { r.places.forget(c.ID) })
	case "THREAD_LIST_SYNC":
		return decode(data, func(l *guildInfo) { r.places.learn(l.Threads...) })
	case "MESSAGE_CREATE":
		return decode(data, r.messageCreated)
	case "MESSAGE_UPDATE":
		return decode(data, r.messageUpdated)
	case "MESSAGE_DELETE", "MESSAGE_DELETE_BULK":
		return decode(data, r.messagesDeleted)
	case "INTERACTION_CREATE":
		return decode(data, func(i *interactionInfo) { r.interactionCreated(i) })
	}
	return nil
}

func decode[T any](data json.RawMessage, then func(*T)) error {
	var v T
	if err := json.Unmarshal(data, &v); err != nil {
		return err
	}
	then(&v)
	return nil
}

type readyInfo struct {
	User        userInfo    `json:"user"`
	Application guildInfo   `json:"application"`
	Guilds      []guildInfo `json:"guilds"`
}

type guildInfo struct {
	ID          string        `json:"id"`
	Unavailable bool          `json:"unavailable"`
	Channels    []channelInfo `json:"channels"`
	Threads     []channelInfo `json:"threads"`
}

// ready takes in that a session has begun, and not gone on: what was said since
// the last one is not coming by itself.
func (r *receiver) ready(i *readyInfo) {
	self := i.User.ID
	r.self.Store(&self)
	guilds := make([]string, 0, len(i.Guilds))
	for _, g := range i.Guilds {
		guilds = append(guilds, g.ID)
	}
	r.places.joinOnly(guilds)
	r.catchUp(guilds)
	if r.registered || i.Application.ID == "" {
		return
	}
	r.registered = true
	r.introduce(i.Application.ID)
}

// introduce tells Discord what the bot can do, and the log what it may not.
func (r *receiver) introduce(app string) {
	r.lanes.aside(func() {
		r.registerCommands(r.work, app, r.in.Commands(), r.in.Actions())
		r.warnOfLacks(r.work)
	})
}

func (r *receiver) guildCreated(g *guildInfo) {
	r.places.join(g.ID)
	r.places.learn(g.Channels...)
	r.places.learn(g.Threads...)
}

// inChannel queues work behind what came before in the same channel, and behind
// what was missed there.
func (r *receiver) inChannel(guildID, channelID string, work func()) {
	missed := r.missed.current(guildID)
	r.lanes.do(r.ctx, "c"+channelID, func() {
		r.readMissed(missed, channelID)
		work()
	})
}

func (r *receiver) messageCreated(m *messageInfo) {
	if !m.byPerson() || m.Author.ID == r.selfID() {
		return
	}
	if m.GuildID != "" {
		r.seen.put(m.Author.ID, m.GuildID)
	}
	if line, ok := m.commandLine(r.selfID()); ok {
		r.lanes.do(r.ctx, "u"+m.Author.ID, func() { r.askTyped(m, line) })
		return
	}
	if m.Content == nil || *m.Content == "" { // a picture without words
		return
	}
	r.inChannel(m.GuildID, m.ChannelID, func() { r.tell(r.posted(m)) })
}

func (r *receiver) messageUpdated(m *messageInfo) {
	at, ok := m.edited()
	if !ok || !m.byPerson() || m.Author.ID == r.selfID() || m.Content == nil || m.GuildID == "" {
		return
	}
	if *m.Content == "" && !r.content { // not emptied, but hidden
		return
	}
	r.inChannel(m.GuildID, m.ChannelID, func() { r.tell(r.edited(m, at)) })
}

func (r *receiver) messagesDeleted(d *deletionInfo) {
	if d.GuildID == "" {
		return
	}
	ids := d.IDs
	if d.ID != "" {
		ids = append(ids, d.ID)
	}
	at := r.now().UTC() // Discord does not say when
	r.inChannel(d.GuildID, d.ChannelID, func() {
		channel := r.places.channel(r.work, r.space(d.GuildID), d.ChannelID)
		for _, id := range ids {
			r.tell(&bot.Event{
				Kind: bot.MessageDeleted, Input: bot.InputID("d" + id),
				Account: bot.Account{Space: r.space(d.GuildID)},
				Message: bot.MessageRef{Channel: channel, ID: id},
				At:      at, Posted: snowflakeTime(id), Revision: deleted,
			})
		}
	})
}

func (r *receiver) posted(m *messageInfo) *bot.Event {
	return r.event(m, bot.MessagePosted, "m"+m.ID, snowflakeTime(m.ID))
}

func (r *receiver) edited(m *messageInfo, at time.Time) *bot.Event {
	return r.event(m, bot.MessageEdited, "e"+m.ID+"."+strconv.FormatInt(at.UnixMicro(), 10), at)
}

func (r *receiver) event(m *messageInfo, kind bot.EventKind, input string, at time.Time) *bot.Event {
	space := r.space(m.GuildID)
	channel := r.places.channel(r.work, space, m.ChannelID)
	return &bot.Event{
		Kind: kind, Input: bot.InputID(input),
		Account:  bot.Account{Space: space, User: m.Author.ID},
		Name:     displayName(m.Author, m.Member),
		Message:  bot.MessageRef{Channel: channel, ID: m.ID},
		ReplyTo:  m.replyTo(channel),
		Text:     m.readable(*m.Content),
		At:       at,
		Posted:   snowflakeTime(m.ID),
		Revision: at.UnixMicro(),
	}
}

// tell passes an event on, again and again for a while if it is not taken in:
// Discord delivers it only once. What follows in the channel waits.
func (r *receiver) tell(ev *bot.Event) {
	if r.places.isRoom(ev.Message.Channel, r.selfID()) {
		return // what people say in a room is theirs
	}
	for attempt := 0; ; attempt++ {
		err := r.in.Tell(r.work, ev)
		if err == nil {
			return
		}
		if attempt == len(r.patience.tell) || r.work.Err() != nil {
			r.log.Error("an event is lost", "kind", ev.Kind, "input", ev.Input, "err", err)
			return
		}
		r.log.Warn("an event was not taken in", "kind", ev.Kind, "input", ev.Input, "err", err)
		select {
		case <-time.After(r.patience.tell[attempt]):
		case <-r.work.Done():
		}
	}
}
