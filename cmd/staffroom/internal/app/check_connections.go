package app

import (
	"context"
	"net/http"

	"github.com/staffroom-bot/staffroom/adapters/discord"
	"github.com/staffroom-bot/staffroom/adapters/slack"
	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/cmd/staffroom/internal/config"
)

// connectionCheck has an adapter look at one connection.
type connectionCheck struct {
	name string
	look func(context.Context) []bot.Finding
}

func (c connectionCheck) inspect(ctx context.Context) []finding {
	return ofConnection(c.name, c.look(ctx))
}

// connectionChecks are the checks of every connection, in the order of the
// configuration. Each also compares the machine's clock with the platform's.
func connectionChecks(cfg config.Config, i *inspection) []connectionCheck {
	var all []connectionCheck
	for _, d := range cfg.Discord {
		o := discordOptions(d)
		o.Transport = i.dated(d.Name)
		all = append(all, connectionCheck{d.Name, func(ctx context.Context) []bot.Finding { return discord.Check(ctx, o) }})
	}
	for _, s := range cfg.Slack {
		o := slackOptions(s)
		o.HTTPClient = &http.Client{Transport: i.dated(s.Name)}
		all = append(all, connectionCheck{s.Name, func(ctx context.Context) []bot.Finding { return slack.Check(ctx, o) }})
	}
	return all
}
