//go:build unix && !aix && !solaris

package engine_test

import (
	"context"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/staffroom-bot/staffroom/bot/redis/engine"
	"github.com/staffroom-bot/staffroom/bot/redis/redistest"
)

// BenchmarkChildReady is how long it takes until the private server can be used, and until it is gone again.
func BenchmarkChildReady(b *testing.B) {
	server := redistest.Server(b)
	for name, dir := range map[string]func() string{
		"new":  b.TempDir,
		"used": folderWithKeys(b, 20_000),
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				o := engine.Options{DataDir: dir(), Server: server}
				b.StartTimer()
				e, err := engine.Open(context.Background(), o)
				if err == nil {
					err = e.Client().Ping(context.Background()).Err()
				}
				b.StopTimer()
				if err != nil {
					b.Fatal(err)
				}
				closeEngine(b, e)
				b.StartTimer()
			}
		})
	}
}

func folderWithKeys(b *testing.B, keys int) func() string {
	b.Helper()
	dir := b.TempDir()
	e := open(b, engine.Options{DataDir: dir})
	_, err := e.Client().Pipelined(b.Context(), func(p redis.Pipeliner) error {
		for i := range keys {
			p.Set(b.Context(), time.Duration(i).String(), "value", 0)
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	closeEngine(b, e)
	return func() string { return dir }
}

// BenchmarkSet is one write, acknowledged.
func BenchmarkSet(b *testing.B) {
	for name, client := range map[string]redis.UniversalClient{
		"inprocess": openInProcess(b, time.Time{}).Client(),
		"child":     open(b, engine.Options{DataDir: b.TempDir()}).Client(),
		"real":      redistest.Real(b),
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := client.Set(context.Background(), "key", "value", 0).Err(); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/16", func(b *testing.B) {
			b.SetParallelism(8) // times two processors
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if err := client.Set(context.Background(), "key", "value", 0).Err(); err != nil {
						b.Error(err)
					}
				}
			})
		})
	}
}
