package discordloop

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
)

// role is a role of a server.
type role struct{ id, guild, name string }

const intentGuildMembers = 1 << 1

// AddRole adds a role to a server, which some people have. It returns its ID.
func (s *Server) AddRole(guildID, name string, people ...string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := role{s.newID(), guildID, name}
	s.roles = append(s.roles, r)
	for _, id := range people {
		p := s.mustPerson(id)
		p.Roles = append(p.Roles, r.id)
	}
	return r.id
}

// Hide hides a channel from everybody but some roles and people.
func (s *Server) Hide(channelID string, but ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.mustChannel(channelID)
	c.hidden, c.seenBy = true, but
}

// Without says that some people are no members of a server. Before that, everybody
// is. It counts for who asks for one of them.
func (s *Server) Without(guildID string, people ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, g := range s.guilds {
		if g.id == guildID {
			g.without = people
		}
	}
}

// mayList reports whether the application has the intent of server members, which
// the HTTP API asks for too.
func (s *Server) mayList() bool { return s.opts.DeniedIntents&intentGuildMembers == 0 }

// The functions below run while mu is held.

func (s *Server) overwritesJSON(c *channel) []any {
	out := []any{}
	if !c.hidden {
		return out
	}
	const view = "1024"
	out = append(out, map[string]any{"id": c.guild, "type": 0, "allow": "0", "deny": view})
	for _, id := range c.seenBy {
		kind := 0
		if s.people[id] != nil {
			kind = 1
		}
		out = append(out, map[string]any{"id": id, "type": kind, "allow": view, "deny": "0"})
	}
	return out
}

func (s *Server) rolesJSON(guildID string) []any {
	out := []any{map[string]any{"id": guildID, "name": "@everyone", "permissions": "1024", "managed": false}}
	for _, r := range s.roles {
		if r.guild == guildID {
			out = append(out, map[string]any{"id": r.id, "name": r.name, "permissions": "0", "managed": false})
		}
	}
	return out
}

func (s *Server) knownGuild(in *incoming) bool {
	return slices.ContainsFunc(s.guilds, func(g *guild) bool { return g.id == in.PathValue("guild") })
}

func unknownGuild() answer { return refuse(http.StatusNotFound, 10004, "Unknown Guild") }

func (s *Server) getGuild(in *incoming) answer {
	if !s.knownGuild(in) {
		return unknownGuild()
	}
	id := in.PathValue("guild")
	return answer{http.StatusOK, map[string]any{"id": id, "owner_id": "1", "roles": s.rolesJSON(id)}}
}

func (s *Server) getRoles(in *incoming) answer {
	if !s.knownGuild(in) {
		return unknownGuild()
	}
	return answer{http.StatusOK, s.rolesJSON(in.PathValue("guild"))}
}

// getMembers lists everybody, by their IDs, and the bot.
func (s *Server) getMembers(in *incoming) answer {
	switch {
	case !s.knownGuild(in):
		return unknownGuild()
	case !s.mayList():
		return refuse(http.StatusForbidden, 50001, "Missing Access")
	}
	limit, after := 1, uint64(0)
	if n, err := strconv.Atoi(in.URL.Query().Get("limit")); err == nil {
		limit = n
	}
	if n, err := strconv.ParseUint(in.URL.Query().Get("after"), 10, 64); err == nil {
		after = n
	}
	type listed struct {
		id   uint64
		json any
	}
	bot, _ := strconv.ParseUint(botID, 10, 64)
	all := []listed{{bot, map[string]any{"user": map[string]any{"id": botID, "username": botName, "bot": true}, "roles": []any{}}}}
	for id, p := range s.people {
		n, _ := strconv.ParseUint(id, 10, 64)
		all = append(all, listed{n, memberJSON(p)})
	}
	slices.SortFunc(all, func(a, b listed) int { return cmp.Compare(a.id, b.id) })
	out := []any{}
	for _, l := range all {
		if l.id > after && len(out) < limit {
			out = append(out, l.json)
		}
	}
	return answer{http.StatusOK, out}
}

// getMember gives one member, for which no intent is needed.
func (s *Server) getMember(in *incoming) answer {
	if !s.knownGuild(in) {
		return unknownGuild()
	}
	id := in.PathValue("person")
	p := s.people[id]
	left := slices.ContainsFunc(s.guilds, func(g *guild) bool { return g.id == in.PathValue("guild") && slices.Contains(g.without, id) })
	if p == nil || left {
		return refuse(http.StatusNotFound, 10007, "Unknown Member")
	}
	return answer{http.StatusOK, memberJSON(p)}
}

func memberJSON(p *Person) map[string]any {
	return map[string]any{
		"user": userJSON(p), "nick": nil, "roles": append([]string{}, p.Roles...), "joined_at": "2024-01-01T00:00:00+00:00",
	}
}
