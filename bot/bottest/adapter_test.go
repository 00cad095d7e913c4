package bottest_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
)

var noon = time.Date(2026, 5, 14, 12, 0, 0, 0, time.UTC)

func newAdapter() *bottest.Adapter {
	return bottest.NewAdapter(bottest.Connection, func() time.Time { return noon })
}

func post(key bot.DeliveryKey) bot.Post { return bot.Post{Key: key, Channel: bottest.Channel("lobby")} }

func TestScriptedSends(t *testing.T) {
	a, ctx := newAdapter(), context.Background()
	lost := &bot.Error{Code: bot.UnknownOutcome}
	refused := &bot.Error{Code: bot.RateLimited}
	a.FailSend(true, lost)
	a.FailSend(false, refused)
	if _, err := a.Send(ctx, post("k1")); !errors.Is(err, lost) {
		t.Errorf("the first ended with %v", err)
	}
	if _, err := a.Send(ctx, post("k2")); !errors.Is(err, refused) {
		t.Errorf("the second ended with %v", err)
	}
	if _, err := a.Send(ctx, post("k3")); err != nil {
		t.Errorf("the third ended with %v", err)
	}
	var keys []bot.DeliveryKey
	for _, e := range a.Ledger() {
		keys = append(keys, e.Key)
	}
	if len(keys) != 2 || keys[0] != "k1" || keys[1] != "k3" {
		t.Errorf("on the platform stand %v", keys)
	}
}

func TestFind(t *testing.T) {
	a, ctx := newAdapter(), context.Background()
	ref, err := a.Send(ctx, post("k1"))
	if err != nil {
		t.Fatal(err)
	}
	if found, ok, err := a.Find(ctx, ref.Channel, "k1", noon); found != ref || !ok || err != nil {
		t.Errorf("got %v, %v, %v", found, ok, err)
	}
	if _, ok, err := a.Find(ctx, ref.Channel, "k1", noon.Add(time.Second)); ok || err != nil {
		t.Errorf("found what is older: %v", err)
	}
	if _, ok, err := a.Find(ctx, bottest.Channel("other"), "k1", noon); ok || err != nil {
		t.Errorf("found what stands elsewhere: %v", err)
	}
	a.Blind()
	if _, _, err := a.Find(ctx, ref.Channel, "k1", noon); !errors.Is(err, bot.ErrCannotFind) {
		t.Errorf("got %v", err)
	}
}

func TestDirect(t *testing.T) {
	a, ctx := newAdapter(), context.Background()
	ana := bottest.Account("ana")
	if ref, err := a.Send(ctx, bot.Post{Direct: &ana}); err != nil || ref.Channel != bottest.Channel("dm-ana") {
		t.Errorf("got %v, %v", ref, err)
	}
	a.CloseDirect(ana)
	if _, err := a.Send(ctx, bot.Post{Direct: &ana}); bot.CodeOf(err) != bot.Permanent {
		t.Errorf("got %v", err)
	}
}

func TestIntercept(t *testing.T) {
	a := newAdapter()
	a.Intercept(func(_ context.Context, p bot.Post) error {
		if p.Key == "k2" {
			return &bot.Error{Code: bot.Unavailable}
		}
		return nil
	})
	for _, key := range []bot.DeliveryKey{"k1", "k2"} {
		_, err := a.Send(context.Background(), post(key))
		if (err != nil) != (key == "k2") {
			t.Errorf("%s: %v", key, err)
		}
	}
	if len(a.Ledger()) != 1 {
		t.Errorf("on the platform stand %v", a.Ledger())
	}
}

func TestRun(t *testing.T) {
	a := newAdapter()
	r := bot.NewRouter()
	heard := make(chan string, 1)
	r.Listen(func(_ context.Context, ev *bot.Event) error {
		heard <- ev.Text
		return nil
	})
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- a.Run(ctx, r) }()
	if err := a.Inbox().Tell(ctx, bottest.Posted("ana", "lobby", "1", "A1 hello", noon)); err != nil {
		t.Error(err)
	}
	if got := <-heard; got != "A1 hello" {
		t.Errorf("heard %q", got)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
