package community

import (
	"context"
	"sync"

	"github.com/staffroom-bot/staffroom/bot"
)

// turns lets one at a time change a member, so that no change is made on top of
// one that is not stored yet.
type turns struct {
	mu    sync.Mutex
	taken map[bot.Account]chan struct{} // closed when the turn ends
}

// take waits for the turn. done ends it.
func (t *turns) take(ctx context.Context, a bot.Account) (done func(), err error) {
	for {
		t.mu.Lock()
		before, busy := t.taken[a]
		if !busy {
			mine := make(chan struct{})
			t.taken[a] = mine
			t.mu.Unlock()
			return func() { t.end(a, mine) }, nil
		}
		t.mu.Unlock()
		select {
		case <-before:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (t *turns) end(a bot.Account, mine chan struct{}) {
	t.mu.Lock()
	delete(t.taken, a)
	t.mu.Unlock()
	close(mine)
}
