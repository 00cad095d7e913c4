package discord

import (
	"context"
	"net"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/staffroom-bot/staffroom/adapters/discord/discordloop"
	"github.com/staffroom-bot/staffroom/bot"
)

// TestStopWhateverHappens: the adapter stops in time, and leaves nothing.
func TestStopWhateverHappens(t *testing.T) {
	silentServer, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = silentServer.Close() }()
	for name, prepare := range map[string]func(*discordloop.Server, *Adapter){
		"connected": func(*discordloop.Server, *Adapter) {},
		"no HELLO":  func(l *discordloop.Server, _ *Adapter) { l.Mute(true) },
		"REST is stuck": func(l *discordloop.Server, _ *Adapter) {
			l.Fail(discordloop.Fault{Hold: make(chan struct{}), Times: 99})
		},
		"no such host": func(_ *discordloop.Server, a *Adapter) {
			a.rest.client.Transport.(*toHost).host.Host = silentServer.Addr().String()
		},
	} {
		t.Run(name, func(t *testing.T) {
			defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
			loop, err := discordloop.Start(discordloop.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer loop.Close()
			var a *Adapter
			t.Run("run", func(t *testing.T) { a = newAdapter(t, loop, wordless{}, silent()) })
			prepare(loop, a)
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan error, 1)
			go func() { ended <- a.Run(ctx, bot.NewRouter()) }()
			within, stopWaiting := context.WithTimeout(t.Context(), 100*time.Millisecond)
			_ = loop.Wait(within, loop.Connected)
			stopWaiting()
			cancel()
			select {
			case err := <-ended:
				if err != nil {
					t.Errorf("Run = %v", err)
				}
			case <-time.After(2 * time.Second):
				t.Error("the adapter does not stop within two seconds")
			}
		})
	}
}

// TestStopWithStubbornHandler: a handler that ends only when told to, and one
// that does not even then, hold nothing up.
func TestStopWithStubbornHandler(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	defer close(release)
	h := newHouse(t, withCommand(bot.Subcommand{Mode: bot.Deferred, Handle: func(ctx context.Context, _ *bot.Request) (bot.Reply, error) {
		select {
		case <-release:
		case <-ctx.Done():
		}
		return bot.Reply{}, ctx.Err()
	}}))
	h.command(h.ana, "/chat/sub", nil)
	h.asked(1)
	if err := h.stop(); err != nil {
		t.Errorf("Run = %v", err)
	}
}
