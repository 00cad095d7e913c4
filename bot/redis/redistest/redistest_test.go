package redistest_test

import (
	"context"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/staffroom-bot/staffroom/bot/redis/engine"
	"github.com/staffroom-bot/staffroom/bot/redis/redistest"
)

func TestMain(m *testing.M) { redistest.Main(m) }

func TestEachFindsAnEmptyRedisThatWorks(t *testing.T) {
	for _, round := range []string{"first", "second"} {
		t.Run(round, func(t *testing.T) {
			redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
				for _, key := range []string{"{a}:1", "{b}:1", "{c}:1", "{d}:1"} {
					created, err := client.SetNX(t.Context(), key, "x", 0).Result()
					if err != nil || !created {
						t.Errorf("SETNX %s = %v, %v; want true", key, created, err)
					}
				}
			})
		})
	}
}

func TestClusterRefusesKeysOfSeveralSlots(t *testing.T) {
	client := redistest.Cluster(t)
	script := redis.NewScript(`return redis.call("SET", KEYS[1], "x") and redis.call("SET", "{other}:undeclared", "y")`)
	if err := script.Run(t.Context(), client, []string{"{one}:key"}).Err(); err == nil {
		t.Error("a script that touches a key it did not declare was accepted")
	}
}

func TestRealTestsDoNotSeeEachOther(t *testing.T) {
	first, second := redistest.Real(t), redistest.Real(t)
	if err := first.Set(t.Context(), "key", "first", 0).Err(); err != nil {
		t.Fatal(err)
	}
	if n, err := second.Exists(t.Context(), "key").Result(); err != nil || n != 0 {
		t.Errorf("EXISTS = %d, %v; want 0", n, err)
	}
}

func TestDurableKeepsWhatItHasAcknowledged(t *testing.T) {
	d := redistest.NewDurable(t)
	e, err := engine.Open(t.Context(), engine.Options{URL: d.URL()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close(context.Background()) })
	for _, value := range []string{"first", "second"} {
		if err := e.Client().Set(t.Context(), "key", value, 0).Err(); err != nil {
			t.Fatal(err)
		}
		d.Kill()
		if err := e.Client().Ping(t.Context()).Err(); err == nil {
			t.Error("it answers after it was killed")
		}
		d.Start()
		if kept, err := e.Client().Get(t.Context(), "key").Result(); err != nil || kept != value {
			t.Errorf("GET = %q, %v; want %q", kept, err, value)
		}
	}
}
