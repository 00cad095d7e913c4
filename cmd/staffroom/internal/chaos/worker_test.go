//go:build unix

package chaos

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/staffroom-bot/staffroom/adapters/discord"
	"github.com/staffroom-bot/staffroom/adapters/slack"
	"github.com/staffroom-bot/staffroom/adapters/slack/slackloop"
	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/redis"
	"github.com/staffroom-bot/staffroom/bot/redis/engine"
	"github.com/staffroom-bot/staffroom/cmd/staffroom/internal/house"
	"github.com/staffroom-bot/staffroom/cmd/staffroom/internal/worker"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// orders are what the harness tells a worker, through its environment.
type orders struct {
	RedisURL string // of a shared Redis; "": it has a private one
	DataDir  string // of the private one
	Lease    time.Duration
	Slack    string // address of the Web API
	Discord  string // address of the host; "": there is none
	Token    string // of Discord
	Astray   bool   // its clock steps to and fro
	Chats    []chat // taken in at the start, once however often it starts
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
	slackConnection   = "slack-chaos"
	discordConnection = "discord-chaos"
)

// work is a whole Staffroom. It is the program itself; only the points at which
// it kills itself are added, around the client of Redis and the messengers.
func work(text string) error {
	var o orders
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	e, err := engine.Open(ctx, engine.Options{URL: o.RedisURL, DataDir: o.DataDir, Logger: log})
	if err != nil {
		return err
	}
	if e.Kind() == engine.InProcess {
		return errors.New("there is no real Redis")
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		_ = e.Close(ctx)
	}()
	k := &killer{}
	redis.Watch(e.Client(), k.script)
	go worker.Obey(k.obey)
	now := &clock{}
	if o.Astray {
		go now.stray(ctx)
	}
	h, err := build(ctx, e, now, o.Lease, log, func(t house.Tools) ([]bot.Adapter, error) { return o.adapters(t, now, k) })
	if err != nil {
		return err
	}
	if err := takeIn(ctx, h, o.Chats); err != nil {
		return err
	}
	worker.Ready()
	return h.Run(ctx)
}

// build makes a house, for a worker or for a look into its store.
func build(ctx context.Context, e *engine.Engine, now scheduler.Clock, lease time.Duration, log *slog.Logger,
	adapters func(house.Tools) ([]bot.Adapter, error),
) (*house.House, error) {
	return house.Build(ctx, house.Options{
		Engine: e, Clock: now, Language: "en", Zone: "UTC", Log: log,
		Runner: scheduler.Options{Lease: lease}, Adapters: adapters,
	})
}

// noAdapters are those of a house that only reads.
func noAdapters(house.Tools) ([]bot.Adapter, error) { return nil, nil }

func (o orders) adapters(t house.Tools, now *clock, k *killer) ([]bot.Adapter, error) {
	all := []bot.Adapter{killingSlack{slack.New(slack.Options{
		Name: slackConnection, BotToken: slackloop.BotToken, AppToken: slackloop.AppToken, APIURL: o.Slack,
		Seal: t.Seal, Logger: t.Log, Now: now.Now,
	}), k}}
	if o.Discord == "" {
		return all, nil
	}
	d, err := discord.New(discord.Options{
		Name: discordConnection, Token: o.Token, APIURL: o.Discord, Seal: t.Seal, Words: t.Words, Logger: t.Log, Now: now.Now,
	})
	return append(all, killingDiscord{d, k}), err
}

// obey arms the killer at what the harness says, such as "3 before advance".
func (k *killer) obey(line string) {
	times, point, _ := strings.Cut(line, " ")
	nth, _ := strconv.Atoi(times)
	k.arm(point, nth)
}

// clock is the machine's, or one that is wrong.
type clock struct{ off atomic.Int64 } // how wrong, in nanoseconds

func (c *clock) Now() time.Time { return time.Now().Add(time.Duration(c.off.Load())) }

// stray steps the clock by 90 s, to and fro, until ctx ends.
func (c *clock) stray(ctx context.Context) {
	const step = 90 * time.Second
	offsets := []time.Duration{step, 0, -step, 0}
	tick := time.NewTicker(700 * time.Millisecond)
	defer tick.Stop()
	for n := os.Getpid(); ; n++ { // each begins elsewhere
		c.off.Store(int64(offsets[n%len(offsets)]))
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}
