//go:build unix

package redis

import (
	"context"
	"fmt"
	"log/slog"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/middleware"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/bot/redis/engine"
	"github.com/staffroom-bot/staffroom/bot/redis/internal/wait"
	"github.com/staffroom-bot/staffroom/bot/redis/redistest"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// process is the server's.
func (b *bench) process() int {
	b.Helper()
	info, err := b.client.Info(b.Context(), "server").Result()
	b.ok(err)
	found := regexp.MustCompile(`process_id:(\d+)`).FindStringSubmatch(info)
	if found == nil {
		b.Fatal("the server does not say which process it is")
	}
	pid, err := strconv.Atoi(found[1])
	b.ok(err)
	return pid
}

// A server that hangs for some seconds, and one that is killed and comes back: the
// private one starts again by itself.
func TestPostsOutlastTheServer(t *testing.T) {
	redistest.Server(t)
	log := slog.New(slog.DiscardHandler)
	e, err := engine.Open(t.Context(), engine.Options{DataDir: t.TempDir(), Logger: log})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = e.Close(context.Background()) }()
	b := newBench(t, e.Client(), nil)

	const posts = 60
	var keys []bot.DeliveryKey
	for n := range posts {
		keys = append(keys, bot.DeliveryKey(fmt.Sprint("post/", n)))
		b.queue(post(keys[n]))
	}
	platform := bottest.NewAdapter("test", time.Now)
	reached := map[int]chan struct{}{10: make(chan struct{}), 30: make(chan struct{}), posts: make(chan struct{})}
	begun := 0
	platform.Intercept(func(context.Context, bot.Post) error {
		<-time.After(20 * time.Millisecond)
		if begun++; reached[begun] != nil {
			close(reached[begun])
		}
		return nil
	})
	runner := scheduler.NewRunner(b.open(), scheduler.Options{Lease: 2 * time.Second})
	runner.Handle(outbox.JobKind, outbox.NewSender(b.store, bot.NewSwitchboard(platform), outbox.Options{Budget: b.store}).Drain)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var running sync.WaitGroup
	running.Go(func() { runner.Run(ctx) })

	router := bot.NewRouter(middleware.Explain(bottest.Words{}, log))
	router.Handle(bot.Route{Path: "/chat/list", Private: true, Handle: func(ctx context.Context, _ *bot.Request) (bot.Reply, error) {
		_, err := b.chats().List(ctx, home, 0, 1)
		return bot.Say(bot.Plain("No chats yet.")), err
	}})
	ask := func() string {
		reply, err := router.Ask(t.Context(), bottest.Request("ana", "/chat/list"))
		b.ok(err)
		return reply.Message.Text.String()
	}

	receive(b, reached[10])
	server := b.process()
	b.ok(syscall.Kill(server, syscall.SIGSTOP))
	defer func() { _ = syscall.Kill(server, syscall.SIGCONT) }() // should the test fail
	b.calls.take()
	hanging := time.Now()
	if got := ask(); got != "? core.error.unavailable" {
		t.Errorf("while it hangs a member reads %q", got)
	}
	<-time.After(4*time.Second - time.Since(hanging))
	if calls := len(b.calls.take()); calls > 20 {
		t.Errorf("in four seconds it was asked %d times", calls)
	}
	b.ok(syscall.Kill(server, syscall.SIGCONT))
	receive(b, reached[30])
	b.ok(syscall.Kill(server, syscall.SIGKILL))
	receive(b, reached[posts])
	b.ok(wait.Until(t.Context(), 10*time.Millisecond, func() (bool, error) {
		left, err := b.client.HLen(t.Context(), key(home, "posts")).Result()
		return err == nil && left == 0, nil
	}))
	if got := ask(); got != "No chats yet." {
		t.Errorf("in the end a member reads %q", got)
	}
	stop()
	running.Wait()
	var standing []bot.DeliveryKey
	for _, e := range platform.Ledger() {
		standing = append(standing, e.Key)
	}
	if !slices.Equal(standing, keys) {
		t.Errorf("on the platform stand %q", standing)
	}
	if n := b.client.HLen(t.Context(), key(home, "undelivered")).Val(); n > 0 {
		t.Errorf("%d posts were given up", n)
	}
}
