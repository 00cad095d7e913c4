package discordloop

import (
	"encoding/json"
	"net/http"
	"slices"
	"unicode/utf8"
)

// Room is a private thread as it stands.
type Room struct {
	ID, Channel, Name string
	People            []string // in it, besides the bot
	Archived, Locked  bool
	Invitable         bool
}

// Rooms lists the private threads that there are, by their IDs.
func (s *Server) Rooms() []Room {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Room
	for _, c := range s.threads(kindPrivate) {
		out = append(out, Room{c.id, c.parent, c.name, slices.Clone(c.members), c.archived, c.locked, c.invitable})
	}
	return out
}

// Archive puts a thread away; locked, only who manages threads brings it back.
func (s *Server) Archive(threadID string, locked bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.mustChannel(threadID)
	c.archived, c.locked = true, locked
}

// LeaveThread takes a person out of a private thread.
func (s *Server) LeaveThread(personID, threadID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.mustChannel(threadID)
	c.members = slices.DeleteFunc(c.members, func(id string) bool { return id == personID })
}

// The functions below run while mu is held.

// threads are all of these kinds, by their IDs.
func (s *Server) threads(kinds ...int) []*channel {
	var out []*channel
	for _, c := range s.channels {
		if slices.Contains(kinds, c.kind) {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b *channel) int {
		if laterID(a.id, b.id) {
			return 1
		}
		return -1
	})
	return out
}

// inThread reports whether a person sees a channel, as far as private threads go.
func (c *channel) inThread(personID string) bool {
	return c.kind != kindPrivate || slices.Contains(c.members, personID)
}

// createThread starts a private thread without a message.
// https://discord.com/developers/docs/resources/channel#start-thread-without-message
func (s *Server) createThread(in *incoming) answer {
	from, ok := s.channels[in.PathValue("channel")]
	switch {
	case !ok:
		return unknownChannel()
	case from.guild == "" || from.kind != kindText:
		return refuse(http.StatusBadRequest, 50024, "Cannot execute action on this channel type")
	case !s.may(from.guild, 1<<36):
		return refuse(http.StatusForbidden, 50013, "Missing Permissions")
	}
	var b struct {
		Name      string `json:"name"`
		Type      int    `json:"type"`
		Quiet     int    `json:"auto_archive_duration"`
		Invitable *bool  `json:"invitable"`
	}
	if err := json.Unmarshal(in.body, &b); err != nil || b.Name == "" || utf8.RuneCountInString(b.Name) > 100 {
		return invalidForm("name: must be between 1 and 100 in length")
	}
	if b.Type != kindPrivate || b.Quiet != 0 && !slices.Contains([]int{60, 1440, 4320, 10080}, b.Quiet) {
		return invalidForm("type or auto_archive_duration")
	}
	c := &channel{
		id: s.newID(), guild: from.guild, kind: kindPrivate, name: b.Name, parent: from.id, owner: botID,
		invitable: b.Invitable == nil || *b.Invitable,
	}
	s.channels[c.id] = c
	s.gateway.dispatch("THREAD_CREATE", s.channelJSON(c))
	s.change()
	return answer{http.StatusCreated, s.channelJSON(c)}
}

// may reports whether the bot has a permission in a server.
func (s *Server) may(guildID string, bit uint64) bool {
	bits, some := s.mayIn[guildID]
	return !some || bits&bit != 0
}

// addToThread brings a person into a private thread.
// https://discord.com/developers/docs/resources/channel#add-thread-member
func (s *Server) addToThread(in *incoming) answer {
	c, ok := s.channels[in.PathValue("channel")]
	switch {
	case !ok:
		return unknownChannel()
	case c.kind != kindPrivate:
		return refuse(http.StatusBadRequest, 50024, "Cannot execute action on this channel type")
	case c.archived:
		return refuse(http.StatusBadRequest, 50083, "Thread is archived")
	case s.people[in.PathValue("person")] == nil:
		return refuse(http.StatusNotFound, 10013, "Unknown User")
	}
	if id := in.PathValue("person"); !slices.Contains(c.members, id) {
		c.members = append(c.members, id)
	}
	s.change()
	return answer{http.StatusNoContent, nil}
}

// activeThreads lists a server's threads that are in use, the latest first.
// https://discord.com/developers/docs/resources/guild#list-active-guild-threads
func (s *Server) activeThreads(in *incoming) answer {
	if !s.knownGuild(in) {
		return unknownGuild()
	}
	return s.threadPage(func(c *channel) bool { return c.guild == in.PathValue("guild") && !c.archived }, 1000)
}

// archivedThreads lists a channel's private threads that were put away.
// https://discord.com/developers/docs/resources/channel#list-joined-private-archived-threads
func (s *Server) archivedThreads(in *incoming) answer {
	if _, ok := s.channels[in.PathValue("channel")]; !ok {
		return unknownChannel()
	}
	before := in.URL.Query().Get("before")
	return s.threadPage(func(c *channel) bool {
		return c.parent == in.PathValue("channel") && c.archived && (before == "" || laterID(before, c.id))
	}, s.threadsInPage())
}

// threadsInPage is how many threads that were put away come at once.
func (s *Server) threadsInPage() int {
	if s.opts.ThreadsInPage > 0 {
		return s.opts.ThreadsInPage
	}
	return 100
}

func (s *Server) threadPage(wanted func(*channel) bool, most int) answer {
	threads := []any{}
	more := false
	for _, c := range slices.Backward(s.threads(kindThread, kindPrivate)) {
		if !wanted(c) {
			continue
		}
		if more = len(threads) == most; more {
			break
		}
		threads = append(threads, s.channelJSON(c))
	}
	return answer{http.StatusOK, map[string]any{"threads": threads, "members": []any{}, "has_more": more}}
}
