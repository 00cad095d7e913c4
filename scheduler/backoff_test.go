package scheduler

import (
	"testing"
	"time"
)

func TestBackoffDoublesUpToFiveMinutesAndSpreads(t *testing.T) {
	longest := time.Second
	for failures := range 100 {
		shortestSeen, longestSeen := time.Hour, time.Duration(0)
		for range 200 {
			d := backoff(failures)
			if d < longest/2 || d >= longest {
				t.Fatalf("backoff(%d) = %s; want from %s to below %s", failures, d, longest/2, longest)
			}
			shortestSeen, longestSeen = min(shortestSeen, d), max(longestSeen, d)
		}
		if longestSeen-shortestSeen < longest/4 {
			t.Errorf("backoff(%d) lies between %s and %s: jobs that failed together return together", failures, shortestSeen, longestSeen)
		}
		longest = min(2*longest, 5*time.Minute)
	}
}
