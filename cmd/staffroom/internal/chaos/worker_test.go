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
	"sync"
	"syscall"
	"time"

	"github.com/staffroom-bot/staffroom/adapters/slack"
	"github.com/staffroom-bot/staffroom/adapters/slack/slackloop"
	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/discussion"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/bot/redis"
	"github.com/staffroom-bot/staffroom/bot/redis/engine"
	"github.com/staffroom-bot/staffroom/cmd/staffroom/internal/house"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// orders are what the harness tells a worker, through its environment.
type orders struct {
	DataDir  string
	APIURL   string
	Channels []string
	Scripts  []discussion.Script // one for each channel
	Point    string              // where to kill itself: "before advance"; "" for nowhere
	Nth      int                 // at the Nth passing of the point
}

const ordersVariable = "STAFFROOM_CHAOS_ORDERS"

const connection = "slack-chaos"

// lease is short, so that what a killed worker held comes back soon.
const lease = 500 * time.Millisecond

// work is a whole Staffroom on the private Redis engine, connected to the
// loopback workspace. It is the program itself; only the points at which it
// kills itself are added, around the client of Redis and the messenger.
func work(text string) error {
	var o orders
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	e, err := engine.Open(ctx, engine.Options{DataDir: o.DataDir, Logger: log})
	if err != nil {
		return err
	}
	if e.Kind() != engine.Child {
		return errors.New("the private engine is not to be had")
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		_ = e.Close(ctx)
	}()
	k := &killer{point: o.Point, nth: o.Nth}
	redis.Watch(e.Client(), k.script)
	h, err := build(ctx, e, log, func(t house.Tools) bot.Adapter {
		return killingAdapter{slack.New(slack.Options{
			Name: connection, BotToken: slackloop.BotToken, AppToken: slackloop.AppToken, APIURL: o.APIURL, Seal: t.Seal, Logger: log,
		}), k}
	})
	if err != nil {
		return err
	}
	if err := schedule(ctx, h, o); err != nil {
		return err
	}
	return h.Run(ctx)
}

func build(ctx context.Context, e *engine.Engine, log *slog.Logger, adapter func(house.Tools) bot.Adapter) (*house.House, error) {
	return house.Build(ctx, house.Options{
		Engine: e, Clock: clock{}, Language: "en", Zone: "UTC", Log: log,
		Runner: scheduler.Options{Lease: lease},
		Adapters: func(t house.Tools) ([]bot.Adapter, error) {
			return []bot.Adapter{adapter(t)}, nil
		},
	})
}

type clock struct{}

func (clock) Now() time.Time { return time.Now() }

// schedule takes each chat in once, however often the worker starts.
func schedule(ctx context.Context, h *house.House, o orders) error {
	for i, channel := range o.Channels {
		ch := channelOf(channel)
		home, err := h.Directory.Community(ctx, ch.Space)
		if err != nil {
			return err
		}
		d := discussion.Discussion{
			Community: home.ID, Script: o.Scripts[i], Channel: ch, Language: home.Language, Base: o.Scripts[i].Start,
		}
		err = h.Chats.Schedule(ctx, &d, bot.InputID("chaos-"+channel))
		if err != nil && !errors.Is(err, outbox.ErrRepeated) {
			return err
		}
	}
	return nil
}

func channelOf(id string) bot.Channel {
	return bot.Channel{Space: bot.SpaceID{Connection: connection, ID: slackloop.Team}, ID: id}
}

// killer ends the process without a word when a point is passed the nth time.
type killer struct {
	point string
	nth   int

	mu     sync.Mutex
	passed int
}

func (k *killer) pass(point string) {
	if point != k.point {
		return
	}
	k.mu.Lock()
	k.passed++
	now := k.passed == k.nth
	k.mu.Unlock()
	if now {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {} // it dies here
	}
}

// script is passed before and after every script.
func (k *killer) script(name string, done bool) {
	switch {
	case name == "":
	case done:
		k.pass("after " + name)
	default:
		k.pass("before " + name)
	}
}

// killingAdapter adds the points before and after every send.
type killingAdapter struct {
	*slack.Adapter
	k *killer
}

func (a killingAdapter) Send(ctx context.Context, p bot.Post) (bot.MessageRef, error) {
	a.k.pass("before send")
	ref, err := a.Adapter.Send(ctx, p)
	a.k.pass("after send")
	return ref, err
}

// points are all the named ones.
func points() []string {
	var all []string
	for _, name := range []string{"send", "advance", "due_pick", "due_settle", "due_hint", "claim", "settle", "lane", "member", "file"} {
		all = append(all, "before "+name, "after "+name)
	}
	return all
}

func (o orders) String() string {
	text, err := json.Marshal(o)
	if err != nil {
		panic(fmt.Sprintf("orders: %v", err))
	}
	return string(text)
}
