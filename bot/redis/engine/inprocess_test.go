package engine_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/staffroom-bot/staffroom/bot/redis/engine"
)

func openInProcess(t testing.TB, start time.Time) *engine.Engine {
	t.Helper()
	e, err := engine.Open(t.Context(), engine.Options{InProcess: true, Start: start, URL: "redis://nobody.invalid"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(context.Background()); err != nil {
			t.Error("Close:", err)
		}
	})
	return e
}

func TestInProcessKeepsNothing(t *testing.T) {
	e := openInProcess(t, time.Time{})
	if e.Kind() != engine.InProcess || e.Durable() {
		t.Errorf("the engine is %s, durable %v; want in-process and not", e.Kind(), e.Durable())
	}
}

func TestElapseMovesTimeAndLifetimes(t *testing.T) {
	start := time.Date(2026, 3, 8, 19, 55, 0, 0, time.UTC)
	e := openInProcess(t, start)
	client := e.Client()
	if err := client.Set(t.Context(), "key", "value", 10*time.Minute).Err(); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		by     time.Duration
		passed time.Duration
		exists int64
	}{
		{0, 0, 1},
		{3 * time.Second, 3 * time.Second, 1},
		{9*time.Minute + 40*time.Second, 9*time.Minute + 43*time.Second, 1},
		{9 * time.Second, 9*time.Minute + 52*time.Second, 1},
		{9 * time.Second, 10*time.Minute + time.Second, 0},
	} {
		e.Elapse(step.by)
		now, err := client.Time(t.Context()).Result()
		if err != nil || !now.Equal(start.Add(step.passed)) {
			t.Errorf("after %s TIME = %s, %v", step.passed, now, err)
		}
		if n, err := client.Exists(t.Context(), "key").Result(); err != nil || n != step.exists {
			t.Errorf("after %s EXISTS = %d, %v; want %d", step.passed, n, err, step.exists)
		}
	}
}

func TestInProcessLifetimesFollowRealTime(t *testing.T) {
	client := openInProcess(t, time.Time{}).Client()
	if err := client.Set(t.Context(), "key", "value", 100*time.Millisecond).Err(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the key ends", func() bool { return client.Exists(t.Context(), "key").Val() == 0 })
}

func TestInProcessBearsLongPipelinesAndAnswers(t *testing.T) {
	client := openInProcess(t, time.Time{}).Client()
	value := strings.Repeat("long", 50_000)
	answers, err := client.Pipelined(t.Context(), func(p redis.Pipeliner) error {
		for i := range 200 {
			p.Set(t.Context(), fmt.Sprint(i), value, 0)
			p.Get(t.Context(), fmt.Sprint(i))
		}
		return nil
	})
	if err != nil || len(answers) != 400 {
		t.Fatalf("%d answers, %v", len(answers), err)
	}
	if got := answers[399].(*redis.StringCmd).Val(); got != value {
		t.Errorf("the last answer has %d bytes; want %d", len(got), len(value))
	}
}

func TestInProcessEndsCallsWithTheirContext(t *testing.T) {
	client := openInProcess(t, time.Time{}).Client()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := client.BLPop(ctx, 0, "nothing").Err(); !errors.Is(err, context.DeadlineExceeded) && !isTimeout(err) {
		t.Errorf("BLPOP: %v; want a timeout", err)
	}
}

func isTimeout(err error) bool {
	var timeout interface{ Timeout() bool }
	return errors.As(err, &timeout) && timeout.Timeout()
}
