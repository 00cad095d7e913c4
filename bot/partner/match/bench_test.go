package match

import (
	"fmt"
	"runtime"
	"testing"
)

// BenchmarkPair pairs people with blocks, evaluators, hours, wishes and a round behind them.
func BenchmarkPair(b *testing.B) {
	for _, n := range []int{50, 500, 10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			r := busyTown(n, Alike(), 1, 1)
			b.ReportAllocs()
			for b.Loop() {
				Pair(r)
			}
		})
	}
}

// TestMemoryGrowsWithPeople: twice as many people need about twice the memory in all, so nothing is kept for every two of
// them.
func TestMemoryGrowsWithPeople(t *testing.T) {
	allocated := func(n int) float64 {
		r := Round{Number: 1, People: strangers(n)}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		Pair(r)
		runtime.ReadMemStats(&after)
		return float64(after.TotalAlloc - before.TotalAlloc)
	}
	if few, many := allocated(2500), allocated(5000); many > 2.5*few {
		t.Errorf("5,000 people need %.1f times as much as 2,500", many/few)
	}
}
