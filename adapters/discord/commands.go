package discord

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strconv"

	"github.com/staffroom-bot/staffroom/bot"
)

// command is an application command: one that is typed, or an entry of a
// message's menu. It is compared with what Discord has, so it holds only what
// both sides say.
type command struct {
	Type             int               `json:"type"`
	Name             string            `json:"name"`
	NameTranslations map[string]string `json:"name_localizations,omitempty"`
	Description      string            `json:"description,omitempty"` // a menu's entry has none
	Translations     map[string]string `json:"description_localizations,omitempty"`
	Options          []commandOption   `json:"options,omitempty"`
	Permissions      *permissionBits   `json:"default_member_permissions,omitempty"` // who is shown it; nil: everyone
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

// permissionBits is sent as a number and answered as a text.
type permissionBits uint64

// UnmarshalJSON takes both.
func (p *permissionBits) UnmarshalJSON(data []byte) error {
	text := string(data)
	if unquoted, err := strconv.Unquote(text); err == nil {
		text = unquoted
	}
	bits, err := strconv.ParseUint(text, 10, 64)
	*p = permissionBits(bits)
	return err
}

// Types of commands and options.
// https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-types
// https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-option-type
const (
	commandTyped     = 1
	commandOnMessage = 3

	optionSubcommand = 1
	optionText       = 3
	optionPerson     = 6
	optionChannel    = 7
)

// discordLocales are Discord's names for the languages of the catalogue.
// https://discord.com/developers/docs/reference#locales
func discordLocales() map[string][]string {
	return map[string][]string{
		"en": {"en-US", "en-GB"},
		"es": {"es-ES", "es-419"},
	}
}

// Commands puts commands and actions in the form in which Discord registers
// them, as JSON for whoever wants to look at it.
func Commands(words bot.Words, language string, declared []bot.Command, actions []bot.Action) ([]byte, error) {
	return json.MarshalIndent(vocabulary{words, language}.commands(declared, actions), "", "  ")
}

// registerCommands tells Discord the commands, if it does not know them yet.
func (a *Adapter) registerCommands(ctx context.Context, app string, declared []bot.Command, actions []bot.Action) {
	want := vocabulary{a.words, a.language}.commands(declared, actions)
	path := "/applications/" + app + "/commands"
	var have []command
	err := a.rest.do(ctx, call{method: http.MethodGet, path: path + "?with_localizations=true", into: &have})
	if err == nil && sameCommands(want, have) {
		return
	}
	if err == nil {
		err = a.rest.do(ctx, call{method: http.MethodPut, path: path, body: want})
	}
	if err != nil {
		a.log.Error("commands could not be registered: members see those of before; see docs/discord.md", "err", err)
		return
	}
	a.log.Info("commands registered", "count", len(want))
}

// sameCommands compares whatever the order: Discord keeps its own.
func sameCommands(a, b []command) bool {
	sorted := func(all []command) []command {
		return slices.SortedFunc(slices.Values(all), func(x, y command) int {
			return cmp.Or(cmp.Compare(x.Type, y.Type), cmp.Compare(x.Name, y.Name))
		})
	}
	return reflect.DeepEqual(sorted(a), sorted(b))
}

// vocabulary describes commands in a language and translates them into the
// others.
type vocabulary struct {
	words    bot.Words
	language string
}

func (v vocabulary) commands(declared []bot.Command, actions []bot.Action) []command {
	out := make([]command, 0, len(declared)+len(actions))
	for _, c := range declared {
		dc := command{Type: commandTyped, Name: c.Name}
		dc.Description, dc.Translations = v.describe(c.Summary, maxCommandDescription)
		onlyOrganizers := len(c.Subcommands) > 0
		for _, s := range c.Subcommands {
			dc.Options = append(dc.Options, v.subcommand(s))
			onlyOrganizers = onlyOrganizers && s.Access == bot.OrganizersOnly
		}
		if onlyOrganizers { // Discord hides only whole commands
			dc.Permissions = organizersSee()
		}
		out = append(out, dc)
	}
	for _, a := range actions[:min(len(actions), maxMessageActions)] {
		dc := command{Type: commandOnMessage}
		dc.Name, dc.NameTranslations = v.describe(a.Label, maxActionName)
		if a.Access == bot.OrganizersOnly {
			dc.Permissions = organizersSee()
		}
		out = append(out, dc)
	}
	return out
}

// organizersSee shows a command to people who may manage the server. Its
// managers can show it to others (Server Settings, Integrations).
func organizersSee() *permissionBits {
	bits := permissionBits(manageGuild)
	return &bits
}

func (v vocabulary) subcommand(s bot.Subcommand) commandOption {
	sub := commandOption{Type: optionSubcommand, Name: s.Name}
	sub.Description, sub.Translations = v.describe(s.Summary, maxCommandDescription)
	for _, o := range s.Options {
		opt := commandOption{Type: optionText, Name: o.Name, Required: o.Required}
		switch o.Kind {
		case bot.OptionPerson:
			opt.Type = optionPerson
		case bot.OptionChannel:
			opt.Type, opt.ChannelTypes = optionChannel, writtenIn()
		case bot.OptionWords:
			opt.Autocomplete = o.Complete != nil
		}
		opt.Description, opt.Translations = v.describe(o.Summary, maxCommandDescription)
		sub.Options = append(sub.Options, opt)
	}
	slices.SortStableFunc(sub.Options, func(x, y commandOption) int { // Discord wants the required ones first
		return cmp.Compare(notRequired(x), notRequired(y))
	})
	return sub
}

func notRequired(o commandOption) int {
	if o.Required {
		return 0
	}
	return 1
}

// describe is a message in the connection's language, with those of the other
// languages in which it reads differently.
func (v vocabulary) describe(key bot.Key, limit int) (string, map[string]string) {
	own := v.in(v.language, key, limit)
	var others map[string]string
	locales := discordLocales()
	for _, language := range slices.Sorted(maps.Keys(locales)) {
		other := v.in(language, key, limit)
		if other == own || other == "" {
			continue
		}
		if others == nil {
			others = map[string]string{}
		}
		for _, l := range locales[language] {
			others[l] = other
		}
	}
	return own, others
}

func (v vocabulary) in(language string, key bot.Key, limit int) string {
	return cut(clean(v.words.Text(language, key).String()), limit)
}

// actionName is what a message's menu calls an action, and by which Discord
// names it.
func (a *Adapter) actionName(action bot.Action) string {
	return vocabulary{a.words, a.language}.in(a.language, action.Label, maxActionName)
}
