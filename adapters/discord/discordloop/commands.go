package discordloop

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"unicode/utf8"
)

// command is an application command as the bot registers it.
type command struct {
	Type             int               `json:"type"`
	Name             string            `json:"name"`
	NameTranslations map[string]string `json:"name_localizations,omitempty"`
	Description      string            `json:"description"`
	Translations     map[string]string `json:"description_localizations,omitempty"`
	Options          []commandOption   `json:"options,omitempty"`
	Permissions      *uint64           `json:"default_member_permissions,omitempty"`
}

type commandOption struct {
	Type         int               `json:"type"`
	Name         string            `json:"name"`
	Description  string            `json:"description"`
	Translations map[string]string `json:"description_localizations,omitempty"`
	Required     bool              `json:"required,omitempty"`
	Autocomplete bool              `json:"autocomplete,omitempty"`
	ChannelTypes []int             `json:"channel_types,omitempty"`
	Options      []commandOption   `json:"options,omitempty"`
}

// Types of commands and of options.
const (
	commandTyped     = 1
	commandOnMessage = 3

	optionText    = 3
	optionPerson  = 6
	optionChannel = 7
)

// https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-naming
var commandName = regexp.MustCompile(`^[-_'\p{L}\p{N}]{1,32}$`)

func (c command) check() error {
	if c.Type == commandOnMessage {
		if n := utf8.RuneCountInString(c.Name); n == 0 || n > 32 || c.Description != "" || c.Options != nil {
			return fmt.Errorf("entry of a message's menu %q: name, description or options", c.Name)
		}
		return nil
	}
	if err := checkName(c.Name, c.Description); err != nil {
		return err
	}
	for _, sub := range c.Options {
		if err := checkName(sub.Name, sub.Description); err != nil {
			return err
		}
		optional := false
		for _, o := range sub.Options {
			if err := checkName(o.Name, o.Description); err != nil {
				return err
			}
			if optional && o.Required {
				return fmt.Errorf("option %s: required options come first", o.Name)
			}
			optional = optional || !o.Required
			if o.Autocomplete && o.Type != optionText || o.ChannelTypes != nil && o.Type != optionChannel {
				return fmt.Errorf("option %s: something does not fit its type", o.Name)
			}
		}
	}
	return nil
}

func checkName(name, description string) error {
	if n := utf8.RuneCountInString(description); !commandName.MatchString(name) || n == 0 || n > 100 {
		return fmt.Errorf("command or option %q: name or description", name)
	}
	return nil
}

func (s *Server) getCommands(in *incoming) answer {
	if in.PathValue("app") != appID {
		return refuse(http.StatusNotFound, 10002, "Unknown Application")
	}
	out := []any{}
	for i, c := range s.commands {
		raw, _ := json.Marshal(c)
		var j map[string]any
		_ = json.Unmarshal(raw, &j)
		j["id"], j["application_id"], j["version"] = strconv.Itoa(3000+i), appID, "1"
		j["default_member_permissions"], j["nsfw"] = nil, false
		if c.Permissions != nil { // taken as a number, given as a text
			j["default_member_permissions"] = strconv.FormatUint(*c.Permissions, 10)
		}
		if in.URL.Query().Get("with_localizations") != "true" {
			delete(j, "description_localizations")
			delete(j, "name_localizations")
		}
		out = append(out, j)
	}
	return answer{http.StatusOK, out}
}

func (s *Server) putCommands(in *incoming) answer {
	if in.PathValue("app") != appID {
		return refuse(http.StatusNotFound, 10002, "Unknown Application")
	}
	var commands []command
	if err := json.Unmarshal(in.body, &commands); err != nil {
		return invalidForm(err.Error())
	}
	onMessages := 0
	for _, c := range commands {
		if err := c.check(); err != nil {
			return invalidForm(err.Error())
		}
		if c.Type == commandOnMessage {
			onMessages++
		}
	}
	if onMessages > 5 {
		return refuse(http.StatusBadRequest, 30034, "Maximum number of application commands reached")
	}
	s.commands = commands
	s.commandPuts++
	return answer{http.StatusOK, []any{}}
}

// Command is a command that the bot has registered.
type Command struct {
	Name, Description string
	OnMessage         bool              // an entry of a message's menu
	Translations      map[string]string // of the description; of an entry, of its name
	Permissions       uint64            // what people need to see it; 0: nothing
	Subcommands       []Subcommand
}

// Subcommand is a subcommand of a Command.
type Subcommand struct {
	Name, Description string
	Options           []Option
}

// Option is a value that a Subcommand takes.
type Option struct {
	Name, Description      string
	Kind                   int // Discord's type of an option
	Required, Autocomplete bool
}

// Commands lists the registered commands, and says how often the bot has
// registered them.
func (s *Server) Commands() ([]Command, int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Command
	for _, c := range s.commands {
		oc := Command{Name: c.Name, Description: c.Description, Translations: c.Translations}
		if c.Type == commandOnMessage {
			oc.OnMessage, oc.Translations = true, c.NameTranslations
		}
		if c.Permissions != nil {
			oc.Permissions = *c.Permissions
		}
		for _, sub := range c.Options {
			osub := Subcommand{Name: sub.Name, Description: sub.Description}
			for _, o := range sub.Options {
				osub.Options = append(osub.Options, Option{o.Name, o.Description, o.Type, o.Required, o.Autocomplete})
			}
			oc.Subcommands = append(oc.Subcommands, osub)
		}
		out = append(out, oc)
	}
	return out, s.commandPuts
}
