package discord

import (
	"context"
	"os"
	"runtime"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

type dbg struct{ *Adapter }

func (d dbg) Run(ctx context.Context, in bot.Inbox) error {
	done := make(chan struct{})
	defer close(done)
	go func() {
		<-ctx.Done()
		start := time.Now()
		select {
		case <-done:
			if t := time.Since(start); t > 1200*time.Millisecond {
				println("slow stop", t.String())
			}
		case <-time.After(1500 * time.Millisecond):
			buf := make([]byte, 1<<20)
			os.Stderr.Write(buf[:runtime.Stack(buf, true)])
			println("woke after", time.Since(start).String())
		}
	}()
	return d.Adapter.Run(ctx, in)
}
