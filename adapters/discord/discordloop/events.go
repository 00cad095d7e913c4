package discordloop

import (
	"encoding/json"
	"net/http"
	"slices"
	"time"
	"unicode/utf8"
)

// Event is an event in a server's list.
type Event struct {
	ID, Guild         string
	Creator           string // a person; the bot's own ID for the bot
	Name, Description string
	Location          string
	Start, End        time.Time
	Active            bool
}

// Events lists the events of a server.
func (s *Server) Events(guildID string) []Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Event
	for _, e := range s.events {
		if e.Guild == guildID {
			out = append(out, *e)
		}
	}
	return out
}

// AddEvent has a person add an event.
func (s *Server) AddEvent(e Event) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	e.ID = s.newID()
	s.events = append(s.events, &e)
	return e.ID
}

// Begin has an event begin.
func (s *Server) Begin(eventID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.events {
		e.Active = e.Active || e.ID == eventID
	}
}

func (e *Event) json() map[string]any {
	status := 1
	if e.Active {
		status = 2
	}
	return map[string]any{
		"id": e.ID, "guild_id": e.Guild, "creator_id": e.Creator, "name": e.Name, "description": e.Description,
		"scheduled_start_time": e.Start.Format(time.RFC3339), "scheduled_end_time": e.End.Format(time.RFC3339),
		"privacy_level": 2, "status": status, "entity_type": 3, "channel_id": nil, "entity_id": nil,
		"entity_metadata": map[string]any{"location": e.Location},
	}
}

func unknownEvent() answer {
	return refuse(http.StatusNotFound, 10070, "Unknown Guild Scheduled Event")
}

func (s *Server) getEvents(in *incoming) answer {
	out := []any{}
	for _, e := range s.events {
		if e.Guild == in.PathValue("guild") {
			out = append(out, e.json())
		}
	}
	return answer{http.StatusOK, out}
}

func (s *Server) createEvent(in *incoming) answer {
	if !slices.ContainsFunc(s.guilds, func(g *guild) bool { return g.id == in.PathValue("guild") }) {
		return refuse(http.StatusNotFound, 10004, "Unknown Guild")
	}
	e := &Event{ID: s.newID(), Guild: in.PathValue("guild"), Creator: botID}
	if why := e.change(in.body); why != "" {
		return invalidForm(why)
	}
	s.events = append(s.events, e)
	s.change()
	return answer{http.StatusOK, e.json()}
}

func (s *Server) changeEvent(in *incoming) answer {
	for _, e := range s.events {
		if e.ID == in.PathValue("event") && e.Guild == in.PathValue("guild") {
			changed := *e
			if why := changed.change(in.body); why != "" {
				return invalidForm(why)
			}
			*e = changed
			s.change()
			return answer{http.StatusOK, e.json()}
		}
	}
	return unknownEvent()
}

func (s *Server) deleteEvent(in *incoming) answer {
	at := slices.IndexFunc(s.events, func(e *Event) bool { return e.ID == in.PathValue("event") && e.Guild == in.PathValue("guild") })
	if at < 0 {
		return unknownEvent()
	}
	s.events = slices.Delete(s.events, at, at+1)
	s.change()
	return answer{http.StatusNoContent, nil}
}

// change takes what the body says, or says what Discord would refuse in it.
// https://discord.com/developers/docs/resources/guild-scheduled-event#create-guild-scheduled-event
func (e *Event) change(body []byte) string {
	var b struct {
		Name        *string    `json:"name"`
		Description *string    `json:"description"`
		Type        *int       `json:"entity_type"`
		Start       *time.Time `json:"scheduled_start_time"`
		End         *time.Time `json:"scheduled_end_time"`
		Where       *struct {
			Location string `json:"location"`
		} `json:"entity_metadata"`
	}
	if err := json.Unmarshal(body, &b); err != nil {
		return err.Error()
	}
	if b.Start != nil && (e.Active || b.Start.Before(time.Now())) {
		return "scheduled_start_time: cannot schedule an event in the past"
	}
	set(&e.Name, b.Name)
	set(&e.Description, b.Description)
	set(&e.Start, b.Start)
	set(&e.End, b.End)
	if b.Where != nil {
		e.Location = b.Where.Location
	}
	n, d, l := utf8.RuneCountInString(e.Name), utf8.RuneCountInString(e.Description), utf8.RuneCountInString(e.Location)
	switch {
	case b.Type != nil && *b.Type != 3:
		return "entity_type: this one is not known here"
	case n == 0 || n > 100 || d > 1000 || l == 0 || l > 100:
		return "name, description or location"
	case !e.End.After(e.Start):
		return "scheduled_end_time: must be after the start"
	}
	return ""
}

func set[T any](to *T, value *T) {
	if value != nil {
		*to = *value
	}
}
