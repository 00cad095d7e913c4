package platforms

import (
	"cmp"
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/library"
	"github.com/staffroom-bot/staffroom/bot/redis/engine"
	"github.com/staffroom-bot/staffroom/cmd/staffroom/internal/house"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// setting is the place and time of a house. Unset: in this process, now, in English
// and UTC.
type setting struct {
	url, language, zone string
	start               time.Time
	pages               library.Pages // nil: nobody goes on the web
	beside              screen        // another platform of the house; nil: none
}

// openHouse is a house on a platform, whose clock is moved by hand.
func openHouse(t *testing.T, s screen, in setting) (*house.House, *scheduler.ManualClock) {
	t.Helper()
	if in.start.IsZero() {
		in.start = time.Now().Truncate(time.Second) // the store knows no more than ms
	}
	clock := scheduler.NewManualClock(in.start)
	e, err := engine.Open(t.Context(), engine.Options{URL: in.url, InProcess: in.url == "", Start: clock.Now()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close(context.Background()) })
	h, err := house.Build(t.Context(), house.Options{
		Engine: e, Clock: clock, Manual: true, Language: cmp.Or(in.language, "en"), Zone: cmp.Or(in.zone, "UTC"), Version: "test", Pages: in.pages,
		Log: slog.New(slog.DiscardHandler), FeedsAt: "https://bot.example.org",
		Adapters: func(tools house.Tools) ([]bot.Adapter, error) {
			a, err := s.adapter(tools)
			if in.beside == nil || err != nil {
				return []bot.Adapter{a}, err
			}
			b, err := in.beside.adapter(tools)
			return []bot.Adapter{a, b}, err
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return h, clock
}

// runHouse runs a house until the test ends, and returns when it receives.
func runHouse(t *testing.T, h *house.House, s screen) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- h.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	within, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := s.ready(within); err != nil {
		t.Fatal(err)
	}
}
