//go:build unix

package chaos

import (
	"context"
	"fmt"
	"os"
	"sync"
	"syscall"

	"github.com/staffroom-bot/staffroom/adapters/discord"
	"github.com/staffroom-bot/staffroom/adapters/slack"
	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/cmd/staffroom/internal/worker"
)

// points are those before and after scripts of the store, by their names, and
// sends ("send"), at which a worker can be told to kill itself.
func points(names ...string) []string {
	var all []string
	for _, name := range names {
		all = append(all, "before "+name, "after "+name)
	}
	return all
}

// killer ends the process without a word when a point is passed the nth time.
type killer struct {
	mu    sync.Mutex
	point string // "" for none
	left  int
}

// arm has a worker kill itself when it passes a point the nth time from now on.
func arm(w *worker.Worker, point string, nth int) { w.Tell(fmt.Sprintf("%d %s", nth, point)) }

func (k *killer) arm(point string, nth int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.point, k.left = point, nth
}

func (k *killer) pass(point string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if point != k.point {
		return
	}
	if k.left--; k.left == 0 {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {} // it dies here
	}
}

// script is passed before and after every script of the store.
func (k *killer) script(name string, done bool) {
	switch {
	case name == "":
	case done:
		k.pass("after " + name)
	default:
		k.pass("before " + name)
	}
}

// around is passed before and after every send.
func (k *killer) around(send func() (bot.MessageRef, error)) (bot.MessageRef, error) {
	k.pass("before send")
	ref, err := send()
	k.pass("after send")
	return ref, err
}

type killingSlack struct {
	*slack.Adapter
	k *killer
}

func (a killingSlack) Send(ctx context.Context, p bot.Post) (bot.MessageRef, error) {
	return a.k.around(func() (bot.MessageRef, error) { return a.Adapter.Send(ctx, p) })
}

// Pace lets a minute of the tests carry what twenty do otherwise. Nor does it keep
// two workers apart, where only a lease should.
func (a killingSlack) Pace() bot.Pace { return hurried(a.Adapter.Pace()) }

func hurried(p bot.Pace) bot.Pace {
	p.Channel.Most *= 20
	p.Overall.Most *= 20
	return p
}

type killingDiscord struct {
	*discord.Adapter
	k *killer
}

func (a killingDiscord) Send(ctx context.Context, p bot.Post) (bot.MessageRef, error) {
	return a.k.around(func() (bot.MessageRef, error) { return a.Adapter.Send(ctx, p) })
}

// Pace is killingSlack's.
func (a killingDiscord) Pace() bot.Pace { return hurried(a.Adapter.Pace()) }

// Run only waits: the loopback gateway has room for one connection, and nobody
// speaks there.
func (killingDiscord) Run(ctx context.Context, _ bot.Inbox) error {
	<-ctx.Done()
	return nil
}
