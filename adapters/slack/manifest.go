package slack

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/staffroom-bot/staffroom/bot"
)

// ManifestOptions say what the app looks like and can do.
type ManifestOptions struct {
	Name        string // of the app, at most 35 characters; empty: Staffroom
	Description string // of the app, at most 140 characters; empty: the catalogue's
	// URL is the public address that Slack sends to, with the path of
	// Adapter.Webhook. Empty: Socket Mode.
	URL      string
	Commands []bot.Command
	Actions  []bot.Action
	Words    bot.Words
	Language string // of the words that Slack shows
}

// keyAbout says what the app is, to whoever must approve it.
const keyAbout bot.Key = "slack.about"

// Limits of a manifest.
// https://docs.slack.dev/reference/app-manifest
const (
	maxAppName        = 35
	maxAppDescription = 140
	maxCommandSummary = 100 // what is shown in one line; Slack takes 2,000
	maxUsageHint      = 100 // the same; Slack takes 1,000
	maxShortcuts      = 10
	maxShortcutName   = 24
	maxShortcutText   = 150
	maxManifestURL    = 3_000
)

// Manifest is the app's manifest as JSON: paste it where Slack asks for one. It
// asks for the least permissions. An error means that the actions or the address
// cannot be put into a manifest.
func Manifest(o ManifestOptions) ([]byte, error) {
	if len(o.Actions) > maxShortcuts {
		return nil, fmt.Errorf("%d actions, but an app of Slack has at most %d in the menu of a message", len(o.Actions), maxShortcuts)
	}
	if o.URL != "" && (!strings.HasPrefix(o.URL, "https://") || len(o.URL) > maxManifestURL) {
		return nil, fmt.Errorf("the address that Slack sends to must begin with https:// and have at most %d characters", maxManifestURL)
	}
	word := func(key bot.Key) string { return o.Words.Text(o.Language, key).String() }
	summary := ""
	for _, c := range o.Commands {
		if c.Name == root {
			summary = word(c.Summary)
		}
	}
	m := manifest{
		Display: displayInformation{
			Name:        oneLine(orElse(o.Name, "Staffroom"), maxAppName),
			Description: oneLine(orElse(o.Description, word(keyAbout)), maxAppDescription),
		},
		Features: features{
			Home: appHome{HomeTab: true, MessagesTab: true},
			Bot:  botUser{Name: oneLine(orElse(o.Name, "Staffroom"), maxAppName)},
			Commands: []slashCommand{{
				Command: "/" + root, URL: o.URL, Description: oneLine(summary, maxCommandSummary),
				UsageHint: usageHint(o.Commands), ShouldEscape: true,
			}},
		},
		Settings: settings{Interactivity: interactivity{Enabled: true, URL: o.URL}, SocketMode: o.URL == ""},
	}
	for _, a := range o.Actions {
		label := word(a.Label)
		m.Features.Shortcuts = append(m.Features.Shortcuts, shortcut{
			Name: oneLine(label, maxShortcutName), Type: "message", CallbackID: a.Path, Description: oneLine(label, maxShortcutText),
		})
	}
	m.Settings.Events.URL = o.URL
	for _, s := range scopes() {
		m.OAuth.Scopes.Bot = append(m.OAuth.Scopes.Bot, s.Name)
	}
	for _, s := range optionalScopes() { // what is optional stands in both lists
		m.OAuth.Scopes.Bot = append(m.OAuth.Scopes.Bot, s.Name)
		m.OAuth.Scopes.BotOptional = append(m.OAuth.Scopes.BotOptional, s.Name)
	}
	for _, s := range subscriptions() {
		m.Settings.Events.Bot = append(m.Settings.Events.Bot, s.Name)
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(m); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// usageHint shows what can stand after the command: its own words, then one of
// each other command that anybody may use.
func usageHint(commands []bot.Command) string {
	var own, others []string
	for _, c := range commands {
		for _, s := range c.Subcommands {
			switch {
			case c.Name == root:
				own = append(own, s.Name)
				continue
			case s.Access != bot.Everyone && s.Access != bot.MembersOnly:
				continue
			}
			others = append(others, c.Name+" "+s.Name)
			break
		}
	}
	hint := ""
	for _, words := range append(own, others...) {
		longer := words
		if hint != "" {
			longer = hint + " | " + words
		}
		if length(longer) > maxUsageHint {
			break
		}
		hint = longer
	}
	return hint
}

// manifest is as much of an app's manifest as is used; its order is that of
// Slack's own page.
type manifest struct {
	Display  displayInformation `json:"display_information"`
	Features features           `json:"features"`
	OAuth    oauth              `json:"oauth_config"`
	Settings settings           `json:"settings"`
}

type displayInformation struct {
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
}

type features struct {
	Home      appHome        `json:"app_home"`
	Bot       botUser        `json:"bot_user"`
	Shortcuts []shortcut     `json:"shortcuts,omitempty"`
	Commands  []slashCommand `json:"slash_commands"`
}

type appHome struct {
	HomeTab     bool `json:"home_tab_enabled"`
	MessagesTab bool `json:"messages_tab_enabled"`
	ReadOnly    bool `json:"messages_tab_read_only_enabled"`
}

type botUser struct {
	Name         string `json:"display_name"`
	AlwaysOnline bool   `json:"always_online"`
}

type shortcut struct {
	Name        string `json:"name"`
	Type        string `json:"type"`
	CallbackID  string `json:"callback_id"`
	Description string `json:"description"`
}

type slashCommand struct {
	Command      string `json:"command"`
	URL          string `json:"url,omitempty"`
	Description  string `json:"description"`
	UsageHint    string `json:"usage_hint,omitempty"`
	ShouldEscape bool   `json:"should_escape"` // names of people and channels come with their IDs
}

type oauth struct {
	Scopes struct {
		Bot         []string `json:"bot"`
		BotOptional []string `json:"bot_optional"`
	} `json:"scopes"`
}

type settings struct {
	Events struct {
		URL string   `json:"request_url,omitempty"`
		Bot []string `json:"bot_events"`
	} `json:"event_subscriptions"`
	Interactivity interactivity `json:"interactivity"`
	OrgDeploy     bool          `json:"org_deploy_enabled"`
	SocketMode    bool          `json:"socket_mode_enabled"`
	TokenRotation bool          `json:"token_rotation_enabled"`
}

type interactivity struct {
	Enabled bool   `json:"is_enabled"`
	URL     string `json:"request_url,omitempty"`
}
