//go:build unix

package hour

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/staffroom-bot/staffroom/adapters/discord"
	"github.com/staffroom-bot/staffroom/adapters/slack"
	"github.com/staffroom-bot/staffroom/adapters/slack/slackloop"
	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/redis/engine"
	"github.com/staffroom-bot/staffroom/cmd/staffroom/internal/house"
	"github.com/staffroom-bot/staffroom/cmd/staffroom/internal/worker"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// orders are what the worker is told, through its environment.
type orders struct {
	Redis   string
	Discord string // address of the host
	Token   string // of Discord
	Socket  string // address of the Web API of the workspace with Socket Mode
	Web     string // the same of the workspace that sends to us
	Listen  string // where it sends to
}

func (o orders) String() string {
	text, err := json.Marshal(o)
	if err != nil {
		panic(fmt.Sprintf("orders: %v", err))
	}
	return string(text)
}

// The connections.
const (
	discordConnection = "discord"
	socketConnection  = "slack-socket"
	webConnection     = "slack-web"
)

// lease is how long a killed worker's jobs wait for another: two seconds for the
// ten that the program has, as the rest of the hour is shorter too.
const lease = 2 * time.Second

// work is a whole Staffroom.
func work(text string) error {
	var o orders
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	e, err := engine.Open(ctx, engine.Options{URL: o.Redis, Logger: log})
	if err != nil {
		return err
	}
	defer func() { _ = e.Close(context.WithoutCancel(ctx)) }()
	go worker.Obey(func(string) {})
	hooks := http.NewServeMux()
	h, err := build(ctx, e, log, func(t house.Tools) ([]bot.Adapter, error) { return o.adapters(t, hooks) })
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", o.Listen)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: hooks, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }()
	defer func() { _ = server.Shutdown(context.WithoutCancel(ctx)) }()
	worker.Ready()
	return h.Run(ctx)
}

// build makes a house, for the worker or for a look into its store.
func build(ctx context.Context, e *engine.Engine, log *slog.Logger, adapters func(house.Tools) ([]bot.Adapter, error)) (*house.House, error) {
	return house.Build(ctx, house.Options{
		Engine: e, Clock: clock{}, Language: "en", Zone: "UTC", Log: log,
		Runner: scheduler.Options{Lease: lease}, Adapters: adapters,
	})
}

// noAdapters are those of a house that only looks.
func noAdapters(house.Tools) ([]bot.Adapter, error) { return nil, nil }

func (o orders) adapters(t house.Tools, hooks *http.ServeMux) ([]bot.Adapter, error) {
	server, err := discord.New(discord.Options{
		Name: discordConnection, Token: o.Token, APIURL: o.Discord, Seal: t.Seal, Words: t.Words, Logger: t.Log,
	})
	if err != nil {
		return nil, err
	}
	socket := slack.New(slack.Options{
		Name: socketConnection, BotToken: slackloop.BotToken, AppToken: slackloop.AppToken, APIURL: o.Socket,
		Seal: t.Seal, Logger: t.Log,
	})
	web := slack.New(slack.Options{
		Name: webConnection, BotToken: slackloop.BotToken, SigningSecret: slackloop.Secret, APIURL: o.Web,
		Seal: t.Seal, Logger: t.Log,
	})
	hooks.Handle(web.Webhook())
	return []bot.Adapter{server, socket, web}, nil
}

// clock is the machine's.
type clock struct{}

func (clock) Now() time.Time { return time.Now() }
