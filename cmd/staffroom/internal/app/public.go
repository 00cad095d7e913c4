package app

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// Bounds of what strangers can make the public address do.
const (
	publicReadWithin  = 10 * time.Second // for a whole request; platforms give up after 3 s
	publicWriteWithin = 30 * time.Second // from the end of the header to that of the answer
	publicIdle        = 2 * time.Minute  // platforms use a connection again
	publicMaxHeader   = 32 << 10         // bytes
	publicFinish      = 2 * time.Second  // for requests that are under way at the end
)

// webhooks puts what the adapters are sent under one roof, and the feeds of libraries.
// Anything else is not found.
func webhooks(adapters []bot.Adapter, feeds http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/library/", feeds)
	for _, a := range adapters {
		receiver, ok := a.(bot.WebReceiver)
		if !ok {
			continue
		}
		if path, h := receiver.Webhook(); path != "" {
			mux.Handle(path, h)
		}
	}
	return mux
}

// servePublic answers platforms and readers of feeds on address until finish is called, which lets
// requests end that are under way: what comes after ctx has ended the adapters
// refuse, so that the platforms send it again. An empty address serves nothing.
func servePublic(ctx context.Context, address string, hooks http.Handler, log *slog.Logger) (finish func(), err error) {
	if address == "" {
		return func() {}, nil
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	server := &http.Server{
		Handler: hooks, ReadTimeout: publicReadWithin, ReadHeaderTimeout: publicReadWithin,
		WriteTimeout: publicWriteWithin, IdleTimeout: publicIdle, MaxHeaderBytes: publicMaxHeader,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			log.Error("the address that platforms send to has stopped", "error", err)
		}
	}()
	log.Info("platforms can send to", "address", listener.Addr().String())
	return func() {
		ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), publicFinish)
		defer cancel()
		if server.Shutdown(ending) != nil {
			_ = server.Close()
		}
		<-done
	}, nil
}
