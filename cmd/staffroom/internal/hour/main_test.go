//go:build unix

package hour

import (
	"flag"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot/redis/redistest"
	"github.com/staffroom-bot/staffroom/cmd/staffroom/internal/worker"
)

var (
	seed      = flag.Uint64("hour.seed", 0, "seed of a run to repeat; 0: a new one")
	within    = flag.Duration("hour.within", 10*time.Second, "how long after its time a question may stand; a second where nothing else keeps the machine busy")
	byCommand = flag.Bool("hour.link", false, "for the calm hour link the places by /organize link, which takes some minutes")
	people    = flag.Int("hour.people", 100, "how many people take part")
	relayed   = flag.Int("hour.relayed", 36, "how many people take part in the hour in which what they say travels")
)

func TestMain(m *testing.M) {
	worker.Main(work)
	flag.Parse()
	// The hours with trouble pass side by side, however few cores there are: they
	// wait more than they work.
	if err := flag.Set("test.parallel", "4"); err != nil {
		panic(err)
	}
	if *seed == 0 {
		*seed = rand.Uint64()
	}
	os.Exit(m.Run())
}

// begin skips or fails a test that cannot run, and says how to repeat it.
func begin(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes half a minute")
	}
	redistest.Server(t)
	t.Logf("seed %d: repeat with -args -hour.seed=%d", *seed, *seed)
}

// chance is the choices of one person, or of what goes wrong. Each has a stream of
// their own, so that one does not depend on how fast another is.
func chance(stream uint64) *rand.Rand { return rand.New(rand.NewPCG(*seed, stream)) }

// The streams. Those of the people follow.
const (
	troubleStream uint64 = iota
	peopleStream
)
