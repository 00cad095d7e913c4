// Package redistest gives tests a Redis: in this process, a real redis-server, and a Cluster of three.
//
// The real ones are started when a test first asks for them. With [Main] as the package's TestMain they serve all its
// tests; without it they end with the test that uses them. They keep nothing on disk, and on Linux they end with the
// test binary even when it is killed. Each test finds its Redis empty and has it to itself: its own database of the real
// server, and the whole Cluster, for which other tests wait meanwhile. [Durable] is another: a server of one test's own
// that does keep what it has acknowledged, and is there to be killed.
//
// A test that needs a redis-server (version 7 or later) is skipped where there is none, unless the environment variable
// STAFFROOM_REQUIRE has "redis" in it: then it fails.
package redistest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"github.com/staffroom-bot/staffroom/bot/redis/engine"
)

// databases is how many the real server has. Tests get them in turn, emptied.
const databases = 1000

// What the tests of one binary share. Processes outlive a test, so this cannot be anything but package state.
var (
	real    = &shared{start: startServer}
	cluster = &shared{start: startCluster}

	lastDatabase atomic.Uint32
	clusterTurn  sync.Mutex
)

// Main is a TestMain: it runs the tests, ends the servers, and fails if goroutines are left over.
func Main(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	real.keep()
	cluster.keep()
	code := m.Run()
	for _, s := range []*shared{real, cluster} {
		if err := s.release(); err != nil {
			fmt.Fprintln(os.Stderr, "redistest:", err)
			code = max(code, 1)
		}
	}
	if code == 0 {
		// The search engine that the stores' packages bring along starts these as it is loaded.
		if err := goleak.Find(goleak.IgnoreTopFunction("github.com/blevesearch/bleve_index_api.AnalysisWorker")); err != nil {
			fmt.Fprintln(os.Stderr, "redistest: goroutines are left over:", err)
			code = 1
		}
	}
	return code
}

// Each runs the test on every kind of Redis, as subtests "inprocess", "real" and "cluster".
func Each(t *testing.T, test func(t *testing.T, client redis.UniversalClient)) {
	t.Helper()
	t.Run("inprocess", func(t *testing.T) { test(t, InProcess(t)) })
	t.Run("real", func(t *testing.T) { test(t, Real(t)) })
	t.Run("cluster", func(t *testing.T) { test(t, Cluster(t)) })
}

// InProcess returns a client of an in-process engine that follows the machine's clock.
func InProcess(tb testing.TB) redis.UniversalClient {
	tb.Helper()
	return open(tb, engine.Options{InProcess: true})
}

// Real returns a client of an empty database of the real server.
func Real(tb testing.TB) redis.UniversalClient {
	tb.Helper()
	client, _ := database(tb)
	return client
}

// URL returns the address of an empty database of the real server, for what opens an engine itself.
func URL(tb testing.TB) string {
	tb.Helper()
	_, url := database(tb)
	return url
}

func database(tb testing.TB) (redis.UniversalClient, string) {
	tb.Helper()
	url := fmt.Sprintf("%s?db=%d", real.use(tb, Server(tb)), lastDatabase.Add(1)%databases)
	client := open(tb, engine.Options{URL: url})
	if err := client.FlushDB(tb.Context()).Err(); err != nil {
		tb.Fatal("emptying the database:", err)
	}
	return client, url
}

// Cluster returns a client of an empty Cluster, which is the test's alone until it ends: a test that asks for it twice
// waits for itself.
func Cluster(tb testing.TB) redis.UniversalClient {
	tb.Helper()
	server := Server(tb)
	clusterTurn.Lock()
	tb.Cleanup(clusterTurn.Unlock)
	client := open(tb, engine.Options{URL: cluster.use(tb, server)})
	err := client.(*redis.ClusterClient).ForEachMaster(tb.Context(), func(ctx context.Context, node *redis.Client) error {
		return node.FlushAll(ctx).Err()
	})
	if err != nil {
		tb.Fatal("emptying the Cluster:", err)
	}
	return client
}

// Server returns the path of the redis-server program, or skips or fails the test: for tests that start one themselves.
func Server(tb testing.TB) string {
	tb.Helper()
	path, err := exec.LookPath("redis-server")
	if err == nil {
		return path
	}
	if slices.Contains(strings.FieldsFunc(os.Getenv("STAFFROOM_REQUIRE"), isSeparator), "redis") {
		tb.Fatal("STAFFROOM_REQUIRE asks for redis-server: ", err)
	}
	tb.Skip("no redis-server on PATH: ", err)
	return ""
}

func isSeparator(r rune) bool { return r == ',' || r == ' ' }

func open(tb testing.TB, o engine.Options) redis.UniversalClient {
	tb.Helper()
	e, err := engine.Open(tb.Context(), o)
	if err != nil {
		tb.Fatal("opening the engine:", err)
	}
	tb.Cleanup(func() {
		if err := e.Close(context.Background()); err != nil {
			tb.Error("closing the engine:", err)
		}
	})
	return e.Client()
}
