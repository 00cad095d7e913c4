package discord

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// What was said while no session was open is in the channels' history alone.
// After a session has begun, the channels of which no message may be missed are
// read, each in its own lane: what is live waits there until that is done.
//
// Deletions leave nothing to be read, and messages that changed after they had
// been heard are read only if they were posted since.

const (
	// https://discord.com/developers/docs/resources/message#get-channel-messages
	maxHistory = 100 // messages in a page
	// mostMissed is how many messages of a channel are read: more than an hour of
	// the busiest chat brings.
	mostMissed = 5000
	// askedAtOnce is for how many servers it is asked at a time what is followed.
	askedAtOnce = 8
)

// missed says for each server what has not been heard there since the session
// began.
type missed struct {
	mu     sync.Mutex
	guilds map[string]*backlog
}

// backlog is what may have been missed in one server.
type backlog struct {
	guild    string
	known    chan struct{} // closed when channels is filled
	channels map[string]*unread
}

// unread is a channel to be read, once.
type unread struct {
	once  sync.Once
	since time.Time
}

func newMissed() *missed { return &missed{guilds: map[string]*backlog{}} }

// expect says that something may have been missed in a server.
func (m *missed) expect(guild string) *backlog {
	b := &backlog{guild: guild, known: make(chan struct{})}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.guilds[guild] = b
	return b
}

// current is what may have been missed in a server, or nil.
func (m *missed) current(guild string) *backlog {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.guilds[guild]
}

// catchUp has the channels of these servers read of which no message may be
// missed. It is called by the gateway's reader, before anything of the session
// comes in.
func (r *receiver) catchUp(guilds []string) {
	if !r.content {
		return
	}
	waiting := make(chan *backlog, len(guilds))
	for _, guild := range guilds {
		waiting <- r.missed.expect(guild)
	}
	close(waiting)
	var down atomic.Bool // nobody can say what is followed
	for range min(len(guilds), askedAtOnce) {
		r.lanes.aside(func() {
			for b := range waiting {
				b.channels = r.followed(b.guild, &down)
				close(b.known)
				for channelID := range b.channels {
					r.lanes.do(r.ctx, "c"+channelID, func() { r.readMissed(b, channelID) })
				}
			}
		})
	}
}

// followed asks which channels of a server must be read. Once that has failed
// for a while, other servers do not wait for it as well.
func (r *receiver) followed(guild string, down *atomic.Bool) map[string]*unread {
	var all []bot.Following
	ask := func() error {
		var err error
		all, err = r.in.Followed(r.work, r.space(guild))
		return err
	}
	err := ask()
	if err != nil && !down.Load() {
		err = r.insist(ask)
	}
	if err != nil {
		down.Store(true)
		r.log.Error("what was said while Discord was away may be lost: nobody says where to look", "guild", guild, "err", err)
	}
	channels := make(map[string]*unread, len(all))
	for _, f := range all {
		id := target(f.Channel)
		if known(id) != nil {
			continue
		}
		if other, twice := channels[id]; twice && other.since.Before(f.Since) {
			continue
		}
		channels[id] = &unread{since: f.Since}
	}
	if len(channels) > 0 {
		r.addThreads(guild, channels)
	}
	return channels
}

// addThreads adds the threads that are open in these channels, but for private ones, which
// are people's own. Who follows a channel may
// not know of all of them: a post whose sender died before it was recorded has one too.
// https://discord.com/developers/docs/resources/guild#list-active-guild-threads
func (r *receiver) addThreads(guild string, channels map[string]*unread) {
	var active struct {
		Threads []channelInfo `json:"threads"`
	}
	err := r.insist(func() error {
		return r.rest.do(r.work, call{method: http.MethodGet, path: "/guilds/" + guild + "/threads/active", into: &active})
	})
	if err != nil {
		r.log.Error("what was said in threads while Discord was away may be lost: it does not say which there are", "guild", guild, "err", err)
		return
	}
	r.places.learn(active.Threads...)
	for _, t := range active.Threads {
		if in := channels[t.parent()]; in != nil && channels[t.ID] == nil && t.Type != privateThread && isSnowflake(t.ID) {
			channels[t.ID] = &unread{since: in.since}
		}
	}
}

// insist tries again for a while what fails, unless that cannot help. It waits
// where Discord asks for it.
func (r *receiver) insist(try func() error) error {
	for attempt := 0; ; {
		err := try()
		if err == nil || r.work.Err() != nil {
			return err
		}
		e, classified := errors.AsType[*bot.Error](err)
		switch {
		case classified && e.Code == bot.Permanent, attempt == len(r.patience.tell):
			return err
		case classified && e.Code == bot.RateLimited:
			r.pause(e.After)
		default:
			r.pause(r.patience.tell[attempt])
			attempt++
		}
	}
}

// pause waits, or for less if all work must end.
func (r *receiver) pause(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-r.work.Done():
	}
}

// readMissed tells what was missed in a channel, unless that is done. It runs in
// the channel's lane.
func (r *receiver) readMissed(b *backlog, channelID string) {
	if b == nil {
		return
	}
	select {
	case <-b.known:
	case <-r.work.Done():
		return
	}
	if u, ok := b.channels[channelID]; ok {
		u.once.Do(func() { r.readSince(b.guild, channelID, u.since) })
	}
}

func (r *receiver) readSince(guild, channelID string, since time.Time) {
	after := snowflakeBefore(since)
	for read := 0; read < mostMissed; read += maxHistory {
		page, err := r.history(channelID, after)
		if err != nil {
			r.log.Error("what was said while Discord was away cannot be read", "channel", channelID, "err", err)
			return
		}
		for i := range page {
			page[i].GuildID, page[i].ChannelID = guild, channelID // Discord says only the latter
			r.tellMissed(&page[i])
		}
		if len(page) < maxHistory || r.work.Err() != nil {
			return
		}
		after = page[len(page)-1].ID
	}
	r.log.Error("more was said while Discord was away than is read", "channel", channelID, "most", mostMissed)
}

// tellMissed passes on a message of the history. What it said at first is not in
// there if it was changed.
func (r *receiver) tellMissed(m *messageInfo) {
	self := r.selfID()
	if !m.byPerson() || m.Author.ID == self || m.Content == nil || *m.Content == "" {
		return
	}
	if _, toBot := m.commandLine(self); toBot { // too late for an answer
		return
	}
	r.tell(r.posted(m))
	if at, ok := m.edited(); ok {
		r.tell(r.edited(m, at))
	}
}

// history reads the messages of a channel after the one with this ID, the oldest
// first.
func (r *receiver) history(channelID, after string) ([]messageInfo, error) {
	query := url.Values{"after": {after}, "limit": {strconv.Itoa(maxHistory)}}
	var page []messageInfo
	err := r.insist(func() error {
		page = nil
		return r.rest.do(r.work, call{method: http.MethodGet, path: "/channels/" + channelID + "/messages?" + query.Encode(), into: &page})
	})
	page = slices.DeleteFunc(page, func(m messageInfo) bool { return !isSnowflake(m.ID) })
	slices.SortFunc(page, func(a, b messageInfo) int { return cmp.Or(cmp.Compare(len(a.ID), len(b.ID)), cmp.Compare(a.ID, b.ID)) })
	return page, err
}
