package discord

import (
	"cmp"
	"context"
	"maps"
	"net/http"
	"reflect"
	"slices"

	"github.com/staffroom-bot/staffroom/bot"
)

// command is an application command. It is compared with what Discord has, so
// it holds only what both sides say.
type command struct {
	Type         int               `json:"type"`
	Name         string            `json:"name"`
	Description  string            `json:"description"`
	Translations map[string]string `json:"description_localizations,omitempty"`
	Options      []commandOption   `json:"options,omitempty"`
}

type commandOption struct {
	Type         int               `json:"type"`
	Name         string            `json:"name"`
	Description  string            `json:"description"`
	Translations map[string]string `json:"description_localizations,omitempty"`
	Required     bool              `json:"required,omitempty"`
	Autocomplete bool              `json:"autocomplete,omitempty"`
	Options      []commandOption   `json:"options,omitempty"`
}

// Types of commands and options.
// https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-option-type
const (
	commandTyped     = 1
	optionSubcommand = 1
	optionText       = 3
)

// discordLocales are Discord's names for the languages of the catalogue.
// https://discord.com/developers/docs/reference#locales
func discordLocales() map[string][]string {
	return map[string][]string{
		"en": {"en-US", "en-GB"},
		"es": {"es-ES", "es-419"},
	}
}

// registerCommands tells Discord the commands, if it does not know them yet.
func (a *Adapter) registerCommands(ctx context.Context, app string, declared []bot.Command) {
	want := a.commands(declared)
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
	byName := func(x, y command) int { return cmp.Compare(x.Name, y.Name) }
	return reflect.DeepEqual(slices.SortedFunc(slices.Values(a), byName), slices.SortedFunc(slices.Values(b), byName))
}

// commands puts the declared commands in Discord's terms.
func (a *Adapter) commands(declared []bot.Command) []command {
	out := make([]command, 0, len(declared))
	for _, c := range declared {
		dc := command{Type: commandTyped, Name: c.Name}
		dc.Description, dc.Translations = a.describe(c.Summary)
		for _, s := range c.Subcommands {
			sub := commandOption{Type: optionSubcommand, Name: s.Name}
			sub.Description, sub.Translations = a.describe(s.Summary)
			for _, o := range s.Options {
				opt := commandOption{Type: optionText, Name: o.Name, Required: o.Required, Autocomplete: o.Complete != nil}
				opt.Description, opt.Translations = a.describe(o.Summary)
				sub.Options = append(sub.Options, opt)
			}
			slices.SortStableFunc(sub.Options, func(x, y commandOption) int { // Discord wants the required ones first
				return cmp.Compare(notRequired(x), notRequired(y))
			})
			dc.Options = append(dc.Options, sub)
		}
		out = append(out, dc)
	}
	return out
}

func notRequired(o commandOption) int {
	if o.Required {
		return 0
	}
	return 1
}

// describe is a summary in the connection's language, with those of the other
// languages in which it reads differently.
func (a *Adapter) describe(summary bot.Key) (string, map[string]string) {
	in := func(language string) string {
		return cut(clean(a.words.Text(language, summary).String()), maxCommandDescription)
	}
	own := in(a.language)
	var others map[string]string
	locales := discordLocales()
	for _, language := range slices.Sorted(maps.Keys(locales)) {
		other := in(language)
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
