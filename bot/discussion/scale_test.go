package discussion_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/discussion"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// cost is what a chat cost.
type cost struct {
	time  time.Duration
	calls int64 // of the store
	bytes uint64
}

// play lets each of so many people answer a question or reply to an answer, and
// writes the archive.
func play(t *testing.T, people int) cost {
	t.Helper()
	start := time.Date(2026, 3, 8, 20, 0, 0, 0, time.UTC)
	store, d, calls := running(t, start)
	service := discussion.New(store, crowd{}, nil, bottest.Words{}, scheduler.NewManualClock(start))
	say := func(n int, id, replyTo, text string) {
		at := start.Add(time.Duration(n) * time.Millisecond)
		if err := service.Hear(t.Context(), posted(d, fmt.Sprint("u", n), id, replyTo, text, at)); err != nil {
			t.Fatal(err)
		}
	}

	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	begin := time.Now()
	for n := range people {
		if n%2 == 0 {
			say(n, fmt.Sprint("m", n), "", fmt.Sprintf("A%d I start with a picture of it", n/2%2+1))
		} else {
			say(n, fmt.Sprint("m", n), fmt.Sprint("m", n/4*2), "That happened to us as well, and nobody could say why")
		}
	}
	archive, err := service.Archive(t.Context(), d.Community, d.ID)
	if err != nil {
		t.Fatal(err)
	}
	markdown, asJSON := written(t, archive, discussion.Document), written(t, archive, discussion.Data)
	took := time.Since(begin)
	runtime.ReadMemStats(&after)
	if err != nil || len(archive.Messages) != people || len(archive.Participants) != people || len(asJSON) < 100*people {
		t.Fatalf("%d messages of %d people in %d bytes of JSON, %v", len(archive.Messages), len(archive.Participants), len(asJSON), err)
	}
	if shown := strings.Count(markdown, "\n- ") + strings.Count(markdown, "  - "); shown != people {
		t.Fatalf("%d messages in Markdown, want %d", shown, people)
	}
	return cost{took, calls.Load(), after.TotalAlloc - before.TotalAlloc}
}

// Ten times as many people cost little more than ten times as much.
func TestACrowdCostsInProportion(t *testing.T) {
	if testing.Short() {
		t.Skip("takes several seconds")
	}
	const few, times, most = 1000, 10, 12
	play(t, few) // warms up
	small := play(t, few)
	var great cost
	for try := range 3 { // other programs on the machine may disturb the time of one
		great = play(t, few*times)
		if great.time <= most*small.time {
			break
		}
		t.Logf("try %d: %s and %s", try, small.time, great.time)
		small.time = max(small.time, play(t, few).time)
	}
	if great.time > most*small.time {
		t.Errorf("%d people took %s, %d took %s: more than %d times as long", few, small.time, few*times, great.time, most)
	}
	if great.bytes > most*small.bytes {
		t.Errorf("%d people took %d bytes, %d took %d: more than %d times as much", few, small.bytes, few*times, great.bytes, most)
	}
	if great.calls > most*small.calls {
		t.Errorf("%d people took %d calls, %d took %d: more than %d times as many", few, small.calls, few*times, great.calls, most)
	}
	t.Logf("%d people: %+v, %d people: %+v", few, small, few*times, great)
}
