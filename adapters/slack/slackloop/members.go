package slackloop

import (
	"encoding/json"
	"slices"
	"strconv"
)

// userGroup is a group of people that one can mention.
type userGroup struct {
	name  string
	users []string
}

// Leave lets a person leave a channel, in which everybody is otherwise.
func (s *Server) Leave(person, channel string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.absent[channel+"/"+person] = true
}

// AddUserGroup adds or changes a user group.
func (s *Server) AddUserGroup(id, name string, users ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.groups[id] = userGroup{name, users}
}

// members serves conversations.members: bots included, in pages.
func (s *Server) members(payload []byte) (result, error) {
	args, err := s.readHistoryArgs(payload)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(s.options.Scopes, "channels:read") {
		return nil, failure("missing_scope")
	}
	var in []string
	for id := range s.people {
		if !s.absent[args.Channel+"/"+id] {
			in = append(in, id)
		}
	}
	slices.Sort(in)
	from := 0
	if args.Cursor != "" {
		if from, err = strconv.Atoi(args.Cursor); err != nil || from > len(in) {
			return nil, failure("invalid_cursor")
		}
	}
	to := min(from+args.Limit, len(in))
	next := ""
	if to < len(in) {
		next = strconv.Itoa(to)
	}
	return result{"members": in[from:to], "response_metadata": result{"next_cursor": next}}, nil
}

// userGroups serves usergroups.list.
func (s *Server) userGroups([]byte) (result, error) {
	if !slices.Contains(s.options.Scopes, "usergroups:read") {
		return nil, failure("missing_scope")
	}
	groups := []result{}
	for id, g := range s.groups {
		groups = append(groups, result{"id": id, "team_id": Team, "name": g.name, "handle": g.name})
	}
	return result{"usergroups": groups}, nil
}

// inUserGroup serves usergroups.users.list.
func (s *Server) inUserGroup(payload []byte) (result, error) {
	var args struct {
		Group string `json:"usergroup"`
	}
	if err := json.Unmarshal(payload, &args); err != nil {
		return nil, failure("invalid_arguments")
	}
	if !slices.Contains(s.options.Scopes, "usergroups:read") {
		return nil, failure("missing_scope")
	}
	g, ok := s.groups[args.Group]
	if !ok {
		return nil, failure("no_such_subteam")
	}
	return result{"users": g.users}, nil
}
