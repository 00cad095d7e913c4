package discord

import (
	"context"
	"net/http"
	"sync"

	"github.com/staffroom-bot/staffroom/bot"
)

// channelInfo is a channel as the gateway and the API describe it, as far as
// Staffroom wants to know.
type channelInfo struct {
	ID       string `json:"id"`
	Type     int    `json:"type"`
	ParentID string `json:"parent_id"`
	OwnerID  string `json:"owner_id"` // of a thread
	Name     string `json:"name"`
}

// Types of channels that are threads.
// https://discord.com/developers/docs/resources/channel#channel-object-channel-types
const (
	announcementThread = 10
	publicThread       = 11
	privateThread      = 12
)

// parent is the channel that a thread is in, or "" for what is no thread.
// (The parent_id of other channels is their category.)
func (c channelInfo) parent() string {
	switch c.Type {
	case announcementThread, publicThread, privateThread:
		return c.ParentID
	}
	return ""
}

// places knows which channels are threads, and which servers the bot is in. It
// is told by the gateway and asks where it does not know.
//
// A thread is the bot.Channel of the channel it is in, with the thread's ID as
// Thread. A thread that was started from a message has that message's ID.
type places struct {
	rest *rest

	mu      sync.Mutex
	parents map[string]string // by channel; "" for what is no thread
	private map[string]string // who made a private thread
	guilds  map[string]bool
}

func newPlaces(r *rest) *places {
	return &places{rest: r, parents: map[string]string{}, private: map[string]string{}, guilds: map[string]bool{}}
}

func (p *places) learn(channels ...channelInfo) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range channels {
		if c.ID != "" {
			p.parents[c.ID] = c.parent()
			if c.Type == privateThread {
				p.private[c.ID] = c.OwnerID
			}
		}
	}
}

func (p *places) forget(channelID string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.parents, channelID)
	delete(p.private, channelID)
}

func (p *places) join(guildID string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.guilds[guildID] = true
}

// joinOnly is told of all the servers that the bot is in.
func (p *places) joinOnly(guildIDs []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.guilds)
	for _, id := range guildIDs {
		p.guilds[id] = true
	}
}

// gone reports whether the bot is in other servers, and not in this one. Without a
// gateway nobody tells where it is.
func (p *places) gone(guildID string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.guilds) > 0 && !p.guilds[guildID]
}

func (p *places) leave(guildID string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.guilds, guildID)
}

// onlyGuild is the server that the bot is in, if it is in exactly one.
func (p *places) onlyGuild() (string, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for id := range p.guilds {
		return id, len(p.guilds) == 1
	}
	return "", false
}

// known are servers that the bot is in, at most so many. Without a gateway nobody
// tells.
func (p *places) known(most int) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var ids []string
	for id := range p.guilds {
		if len(ids) == most {
			break
		}
		ids = append(ids, id)
	}
	return ids
}

// channel is the place behind a channel's or thread's ID. What cannot be found
// out is taken for a channel, and asked again the next time.
func (p *places) channel(ctx context.Context, space bot.SpaceID, id string) bot.Channel {
	p.mu.Lock()
	parent, known := p.parents[id]
	p.mu.Unlock()
	if !known {
		var c channelInfo
		if err := p.rest.do(ctx, call{method: http.MethodGet, path: "/channels/" + id, into: &c}); err == nil && c.ID == id {
			p.learn(c)
			parent = c.parent()
		}
	}
	if parent == "" {
		return bot.Channel{Space: space, ID: id}
	}
	return bot.Channel{Space: space, ID: parent, Thread: id}
}

// isRoom reports whether a place is a private thread that somebody has made.
func (p *places) isRoom(ch bot.Channel, by string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	owner, private := p.private[ch.Thread]
	return private && owner == by
}

// target is the ID under which Discord knows a place.
func target(ch bot.Channel) string {
	if ch.Thread != "" {
		return ch.Thread
	}
	return ch.ID
}
