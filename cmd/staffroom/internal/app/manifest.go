package app

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/staffroom-bot/staffroom/adapters/discord"
	"github.com/staffroom-bot/staffroom/adapters/slack"
	"github.com/staffroom-bot/staffroom/cmd/staffroom/internal/config"
	"github.com/staffroom-bot/staffroom/cmd/staffroom/internal/house"
)

type manifestCommand struct {
	Slack   slackManifestCommand   `cmd:"" help:"Print the manifest from which Slack makes the app, as JSON."`
	Discord discordManifestCommand `cmd:"" help:"Print the address that invites the bot, with the least permissions, and its commands, as JSON."`
}

type slackManifestCommand struct {
	Config   string `help:"Configuration file." type:"path" placeholder:"FILE"`
	HTTP     string `name:"http" help:"For the connection of this name to which Slack sends over HTTP, at public.url; otherwise for Socket Mode." placeholder:"NAME"`
	Language string `help:"Language of the words that Slack shows: en or es. Otherwise the configured one." enum:",en,es" default:""`
}

// Run prints the manifest.
func (c *slackManifestCommand) Run(ctx context.Context, a *App) error {
	cfg, err := a.unfinished(c.Config, c.HTTP != "")
	if err != nil {
		return err
	}
	address := ""
	if c.HTTP != "" {
		if address, err = sentBySlack(cfg, c.HTTP); err != nil {
			return err
		}
	}
	v, err := house.DescribeCommands(ctx)
	if err != nil {
		return err
	}
	manifest, err := slack.Manifest(slack.ManifestOptions{
		URL: address, Commands: v.Commands, Actions: v.Actions, Words: v.Words, Language: cmp.Or(c.Language, cfg.Language),
	})
	if err != nil {
		return err
	}
	_, err = a.Out.Write(manifest)
	return err
}

// sentBySlack is the address that Slack sends to for a connection. The
// connection need not be configured: its secrets come only after the manifest.
func sentBySlack(cfg config.Config, name string) (string, error) {
	if cfg.Public.URL == "" {
		return "", errors.New("public.url is not set, so there is no address to put into the manifest: see docs/slack.md#the-address")
	}
	if url.PathEscape(name) != name {
		return "", errors.New("--http expects a connection's name: small letters, digits and hyphens")
	}
	var names []string
	for _, s := range cfg.Slack {
		names = append(names, s.Name)
	}
	if len(names) > 0 && !slices.Contains(names, name) {
		return "", fmt.Errorf("there is no connection of this name under slack: in the configuration; there is %s", strings.Join(names, ", "))
	}
	return cfg.Public.URL + "/slack/" + name, nil
}

// noApplication stands in the address where an ID is still to be put.
const noApplication = "APPLICATION_ID"

type discordManifestCommand struct {
	Config      string `help:"Configuration file." type:"path" placeholder:"FILE"`
	Application string `help:"Application ID, for the address; it is on the page General Information." default:"APPLICATION_ID" placeholder:"ID"`
	Language    string `help:"Language of the commands: en or es. Otherwise the configured one. The other comes as a translation." enum:",en,es" default:""`
}

// Run prints the invitation and the commands.
func (c *discordManifestCommand) Run(ctx context.Context, a *App) error {
	if c.Application != noApplication && strings.Trim(c.Application, "0123456789") != "" {
		return errors.New("--application expects the Application ID, a number of 17 to 20 digits from the page General Information: see docs/discord.md#4-invite-the-bot")
	}
	cfg, err := a.unfinished(c.Config, false)
	if err != nil {
		return err
	}
	v, err := house.DescribeCommands(ctx)
	if err != nil {
		return err
	}
	commands, err := discord.Commands(v.Words, cmp.Or(c.Language, cfg.Language), v.Commands, v.Actions)
	if err != nil {
		return err
	}
	return a.printJSON(struct {
		Invitation string          `json:"invitation"`
		Commands   json.RawMessage `json:"commands"`
	}{discord.Invitation(c.Application), commands})
}

// unfinished reads a configuration that may not be finished yet: a manifest is
// what one begins with. Only one that was asked for, or is needed, must be right.
func (a *App) unfinished(path string, needed bool) (config.Config, error) {
	cfg, _, err := config.Load(path, a.Env)
	if err == nil || needed || path != "" {
		return cfg, err
	}
	_, err = fmt.Fprintln(a.Err, "staffroom: config.yaml is not right yet, so nothing in it counts here; `staffroom check` says what to mend")
	return config.Defaults(), err
}

// printJSON writes a value for people and programs to read.
func (a *App) printJSON(value any) error {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(value); err != nil {
		return err
	}
	_, err := a.Out.Write(out.Bytes())
	return err
}
