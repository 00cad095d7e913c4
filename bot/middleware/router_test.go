package middleware_test

import (
	"context"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/community"
	"github.com/staffroom-bot/staffroom/bot/middleware"
)

// mostAllocations is what the router and all middleware may add to a command.
const mostAllocations = 8

func empty(context.Context, *bot.Request) (bot.Reply, error) { return bot.Reply{}, nil }

// counter is a meter that counts.
type counter struct{ n atomic.Int64 }

func (c *counter) Observe(string, bot.Code, time.Duration) { c.n.Add(1) }

// oneMember is a store in which everybody is there already.
type oneMember struct{ community.Store }

func (oneMember) Community(_ context.Context, _ bot.SpaceID, fresh community.Community) (community.Community, error) {
	return fresh, nil
}

func (oneMember) Member(_ context.Context, _ bot.CommunityID, _ bot.Account, fresh bot.Member) (community.Record, error) {
	return community.Record{Member: fresh}, nil
}

// fullRouter is a router with all middleware around an empty handler, and a
// request to it from a member who is known already.
func fullRouter(tb testing.TB, log *slog.Logger) (*bot.Router, *bot.Request) {
	tb.Helper()
	directory := community.NewDirectory(oneMember{}, community.Defaults{Language: "en", Zone: "UTC"}, time.Now)
	words := bottest.Words{}
	r := bot.NewRouter(
		middleware.Explain(words, log),
		middleware.Log(log, time.Now),
		middleware.Measure(&counter{}, time.Now),
		middleware.Recover(),
		middleware.Authorize(directory, words),
	)
	r.Handle(bot.Route{Path: "/host/next/{chat}", Private: true, Handle: empty})
	req := bottest.Request("ana", "/host/next/01h2x3y4z5a6b7c8d")
	if _, err := r.Ask(context.Background(), req); err != nil {
		tb.Fatal(err)
	}
	if req.Member.Name != "ana" || req.Params.Get("chat") != "01h2x3y4z5a6b7c8d" {
		tb.Fatalf("the handler was asked by %+v for %q", req.Member, req.Params.Get("chat"))
	}
	return r, req
}

func discarded() *slog.Logger { return slog.New(slog.DiscardHandler) }

// nowhere is where the lines of a written log go.
type nowhere struct{}

func (nowhere) Write(p []byte) (int, error) { return len(p), nil }

// written is a logger whose lines are made up and then dropped.
func written() *slog.Logger { return slog.New(slog.NewJSONHandler(nowhere{}, nil)) }

func TestRouterAllocations(t *testing.T) {
	ctx := context.Background()
	for name, log := range map[string]*slog.Logger{"log discarded": discarded(), "log written": written()} {
		r, req := fullRouter(t, log)
		routed := testing.AllocsPerRun(200, func() { _, _ = r.Ask(ctx, req) })
		direct := testing.AllocsPerRun(200, func() { _, _ = empty(ctx, req) })
		if added := routed - direct; added > mostAllocations {
			t.Errorf("%s: router and middleware add %v allocations, more than %d", name, added, mostAllocations)
		}
	}
}

// BenchmarkRouter compares a command through router and middleware with the bare
// call of its handler.
func BenchmarkRouter(b *testing.B) {
	ctx := context.Background()
	r, req := fullRouter(b, discarded())
	w, _ := fullRouter(b, written())
	handle := bot.Handler(empty)
	b.Run("direct", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = handle(ctx, req)
		}
	})
	b.Run("routed", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = r.Ask(ctx, req)
		}
	})
	b.Run("routed, log lines made", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = w.Ask(ctx, req)
		}
	})
}
