package slackloop

import (
	"encoding/json"
	"slices"
	"strings"
)

// Rooms lists the group direct messages that there are, with the people in them.
func (s *Server) Rooms() map[string][]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make(map[string][]string, len(s.rooms))
	for id, people := range s.rooms {
		out[id] = slices.Clone(people)
	}
	return out
}

// inRoom reports whether a person sees what is said in a channel, as far as rooms go.
// s.mu is held.
func (s *Server) inRoom(person, channel string) bool {
	people, room := s.rooms[channel]
	return !room || slices.Contains(people, person)
}

// openConversation serves conversations.open: with one person the direct messages, with
// several their group's, which is always the same for the same people.
func (s *Server) openConversation(payload []byte) (result, error) {
	var args struct {
		Users string `json:"users"`
	}
	if err := json.Unmarshal(payload, &args); err != nil {
		return nil, failure("invalid_arguments")
	}
	users := strings.Split(args.Users, ",")
	for _, id := range users {
		if _, ok := s.people[id]; !ok {
			return nil, failure("user_not_found")
		}
	}
	if len(users) == 1 {
		return result{"channel": result{"id": DM(args.Users)}}, nil
	}
	slices.Sort(users)
	switch {
	case !slices.Contains(s.options.Scopes, "mpim:write"):
		return nil, failure("missing_scope")
	case len(slices.Compact(slices.Clone(users))) < len(users) || len(users) > 8:
		return nil, failure("invalid_users_list")
	}
	for id, people := range s.rooms {
		if slices.Equal(people, users) {
			return result{"channel": result{"id": id}}, nil
		}
	}
	id := s.nextID("G")
	s.rooms[id], s.channels[id] = users, Channel{ID: id}
	return result{"channel": result{"id": id}}, nil
}
