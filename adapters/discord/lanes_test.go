package discord

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
)

// full gives a lane as much work as it takes, of which the first ends when it is
// released.
func (l *lanes) full(t *testing.T, key string) (release func()) {
	t.Helper()
	hold := make(chan struct{})
	l.do(t.Context(), key, func() { <-hold })
	synctest.Wait() // it is not waiting any more
	for range waiting {
		l.do(t.Context(), key, func() {})
	}
	return func() { close(hold) }
}

// TestFullLaneIsInOrder: discordgo still brings an event of the connection that it
// gave up when it brings the first of the next one.
func TestFullLaneIsInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLanes()
		release := l.full(t, "c1")
		const many = 50
		var done, want []int
		for i := range many {
			want = append(want, i)
			go l.do(t.Context(), "c1", func() { done = append(done, i) })
			synctest.Wait()
		}
		release()
		synctest.Wait()
		<-l.close()
		if !slices.Equal(done, want) {
			t.Errorf("the order is %v", done)
		}
	})
}

// TestFullLaneHoldsUpNoOther: nor does it take what another lane waits for.
func TestFullLaneHoldsUpNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLanes()
		release := l.full(t, "c1")
		releaseOther := l.full(t, "c2")
		brought := make(chan struct{}, 1)
		go func() { l.do(t.Context(), "c2", func() {}) }()
		synctest.Wait()
		go func() {
			l.do(t.Context(), "c1", func() {})
			brought <- struct{}{}
		}()
		synctest.Wait()
		release()
		synctest.Wait()
		select {
		case <-brought:
		default:
			t.Error("a lane that is empty takes no work")
		}
		releaseOther()
		<-l.close()
	})
}

// TestFullLaneAtTheEnd: whoever waits for room gives up when told to, and nothing
// is begun that was not queued.
func TestFullLaneAtTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLanes()
		release := l.full(t, "c1")
		ctx, cancel := context.WithCancel(t.Context())
		var begun, gone atomic.Int32
		for range 3 {
			go func() {
				l.do(ctx, "c1", func() { begun.Add(1) })
				gone.Add(1)
			}()
		}
		synctest.Wait()
		cancel()
		synctest.Wait()
		if n := gone.Load(); n != 3 {
			t.Errorf("%d of three have given up", n)
		}
		done := l.close()
		release()
		<-done
		l.do(t.Context(), "c1", func() { begun.Add(1) })
		synctest.Wait()
		if n := begun.Load(); n != 0 {
			t.Errorf("%d pieces of work were begun", n)
		}
	})
}
