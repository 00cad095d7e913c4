package fetch

import (
	"context"
	"net/url"
	"testing"
	"testing/synctest"
	"time"
)

// queue is a pace whose turns come after a wait.
type queue struct{ first bool }

func (p *queue) BeginTurn(context.Context, string) (string, time.Duration, error) {
	if p.first = !p.first; p.first {
		return "", 4 * time.Second, nil
	}
	return "turn", 0, nil
}

func (p *queue) EndTurn(context.Context, string, string) error { return nil }

// A visit's time runs while sites are asked, not while it waits for its turn.
func TestWaitingTakesNoTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := NewVisitor("Staffroom/test", &queue{})
		trip := v.set(t.Context())
		defer trip.end()
		for range 4 {
			if err := trip.take(&url.URL{Scheme: "https", Host: "example.org"}); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
		}
		if trip.ctx.Err() != nil {
			t.Error("its time is over after four seconds and 16 of waiting")
		}
		time.Sleep(1100 * time.Millisecond)
		synctest.Wait()
		if trip.ctx.Err() == nil {
			t.Error("its time is not over after five seconds")
		}
	})
}
