//go:build unix

package chaos

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot/redis/redistest"
	"github.com/staffroom-bot/staffroom/cmd/staffroom/internal/worker"
)

var (
	kills = flag.Int("chaos.kills", 24, "how many workers to kill in each test; of a chat one more at each named point")
	seed  = flag.Uint64("chaos.seed", 0, "seed of a run to repeat; 0: a new one")
)

func TestMain(m *testing.M) {
	worker.Main(work)
	os.Exit(run(m))
}

func run(m *testing.M) int {
	flag.Parse()
	if *seed == 0 {
		*seed = rand.Uint64()
	}
	remove, err := installZones()
	if err != nil {
		fmt.Fprintln(os.Stderr, "chaos:", err)
		return 1
	}
	defer remove()
	return m.Run()
}

// begin skips or fails a test that cannot run, and says how to repeat it.
func begin(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes half a minute")
	}
	redistest.Server(t)
	t.Logf("seed %d: repeat with -args -chaos.kills=%d -chaos.seed=%d", *seed, *kills, *seed)
}

// chance is the choices of one part of a test. Each part has a stream of its own,
// so that one does not depend on how fast another is.
func chance(stream uint64) *rand.Rand { return rand.New(rand.NewPCG(*seed, stream)) }

// The streams.
const (
	chatKills uint64 = iota + 1
	chatTalk
	fleetKills
	fleetPosts
	slackWeather
	discordWeather
	checkInKills
	partnerKills
	checkInTalk // the last: each person's follows
)

// quiet is a log for the harness's own look into the store.
func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// background is for looking into the store after the workers.
func background(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}
