package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/staffroom-bot/staffroom/adapters/discord"
	"github.com/staffroom-bot/staffroom/adapters/slack"
	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/redis/engine"
	"github.com/staffroom-bot/staffroom/cmd/staffroom/internal/config"
	"github.com/staffroom-bot/staffroom/cmd/staffroom/internal/house"
)

type runCommand struct {
	Config    string `help:"Configuration file." type:"path" placeholder:"FILE"`
	Ephemeral bool   `help:"Go on without a Redis that keeps anything: all is lost at the end."`
}

// Run connects and stays up until a signal.
func (c *runCommand) Run(ctx context.Context, a *App) (err error) {
	cfg, log, err := a.config(c.Config)
	if err != nil {
		return err
	}
	if len(cfg.Discord)+len(cfg.Slack) == 0 {
		if none := noConfiguration(c.Config); none != "" {
			return fmt.Errorf("%s: %s, or try `staffroom demo`", none, makeConfiguration)
		}
		return errors.New("no connection is configured: add one under discord or slack in config.yaml (config.example.yaml shows how), or try `staffroom demo`")
	}
	e, err := openEngine(ctx, cfg, log, c.Ephemeral)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeEngine(e)) }()
	m := newMeter()
	var adapters []bot.Adapter
	h, err := house.Build(ctx, house.Options{
		Engine: e, Clock: systemClock{}, Language: cfg.Language, Zone: cfg.Zone.String(),
		Version: version(), Log: log, Meter: m, Posts: m, FeedsAt: feedsAt(cfg.Public),
		Adapters: func(t house.Tools) ([]bot.Adapter, error) {
			var err error
			adapters, err = connections(cfg, t)
			return adapters, err
		},
	})
	if err != nil {
		return err
	}
	wait, err := serve(ctx, cfg.HTTP.Listen, m.operatorPages(h.Store.Ping), log)
	if err != nil {
		return fmt.Errorf("http.listen: %w", err)
	}
	defer wait()
	waitPublic, err := servePublic(ctx, cfg.Public.Listen, webhooks(adapters, h.Library.Feeds()), log)
	if err != nil {
		return fmt.Errorf("public.listen: %w", err)
	}
	defer waitPublic()
	defer context.AfterFunc(ctx, func() {
		time.AfterFunc(cfg.Shutdown, func() {
			log.Error("stopping took too long; what was not finished is taken up at the next start")
			a.Exit(1)
		})
	})()
	log.Info("staffroom runs", "version", version(), "data", e.Kind(), "connections", len(cfg.Discord)+len(cfg.Slack))
	return ended(ctx, h.Run(ctx))
}

// feedsAt is where feeds are reached from the internet: at the address that platforms
// send to, if anything listens there.
func feedsAt(p config.Public) string {
	if p.Listen == "" {
		return ""
	}
	return p.URL
}

// connections makes an adapter of every configured connection.
func connections(cfg config.Config, t house.Tools) ([]bot.Adapter, error) {
	var all []bot.Adapter
	for _, d := range cfg.Discord {
		o := discordOptions(d)
		o.Seal, o.Words, o.Language, o.Logger = t.Seal, t.Words, cfg.Language, t.Log
		a, err := discord.New(o)
		if err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	for _, s := range cfg.Slack {
		o := slackOptions(s)
		o.Seal, o.Logger = t.Seal, t.Log
		all = append(all, slack.New(o))
	}
	return all, nil
}

// discordOptions are what a connection's settings decide.
func discordOptions(d config.Discord) discord.Options {
	return discord.Options{Name: d.Name, Token: d.Token.Reveal(), PublicKey: d.PublicKey, NoContent: d.NoContent, ListMembers: d.ListMembers, APIURL: d.APIURL}
}

// slackOptions are what a connection's settings decide.
func slackOptions(s config.Slack) slack.Options {
	return slack.Options{
		Name: s.Name, BotToken: s.BotToken.Reveal(), AppToken: s.AppToken.Reveal(),
		SigningSecret: s.SigningSecret.Reveal(), APIURL: s.APIURL,
	}
}

// openEngine opens the data engine that the configuration chooses. One that
// keeps nothing must be asked for.
func openEngine(ctx context.Context, cfg config.Config, log *slog.Logger, ephemeral bool) (*engine.Engine, error) {
	e, err := engine.Open(ctx, engine.Options{
		URL: cfg.Redis.URL.Reveal(), DataDir: cfg.Redis.DataDir, InProcess: ephemeral, Logger: log,
	})
	if err != nil {
		return nil, err
	}
	if !e.Durable() && !ephemeral {
		return nil, errors.Join(
			errors.New("there is no redis-server on this machine and no redis.url in the configuration, so nothing would be kept: install Redis, give its address, or start with --ephemeral to go on all the same"),
			closeEngine(e))
	}
	return e, nil
}

// closeEngine ends the engine even when the program is stopping.
func closeEngine(e *engine.Engine) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return e.Close(ctx)
}
