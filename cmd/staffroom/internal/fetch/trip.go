package fetch

import (
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// trip is one visit with all that it takes: the files that say what one may look at,
// redirects, turns. Its time runs while somebody is asked.
type trip struct {
	*Visitor
	asked  context.Context // whoever wants to know
	ctx    context.Context // ends with the trip's time
	cancel context.CancelFunc
	watch  *time.Timer
	begun  time.Time     // when the watch was started last
	left   time.Duration // what it had then
	waited time.Duration

	host, turn string // whose turn it is
	// failure is why nothing can be said of the page, which is no fault of its site.
	failure error
}

func (v *Visitor) set(ctx context.Context) *trip {
	t := &trip{Visitor: v, asked: ctx, left: longestVisit}
	t.ctx, t.cancel = context.WithCancel(ctx)
	t.watch = time.AfterFunc(t.left, t.cancel)
	t.begun = time.Now()
	return t
}

func (t *trip) end() {
	t.leave()
	t.watch.Stop()
	t.cancel()
}

// enter lets the next host be asked for an address, if its site lets us, when it is
// our turn.
func (t *trip) enter(u *url.URL) error {
	t.leave()
	rules, err := t.manners(u)
	if err != nil {
		return err
	}
	if !rules.Allow(u.RequestURI()) {
		return errBarred
	}
	return t.take(u)
}

// take waits until it is our turn with a host. The watch stands still meanwhile.
func (t *trip) take(u *url.URL) error {
	t.leave()
	if !t.watch.Stop() {
		return context.DeadlineExceeded
	}
	t.left -= time.Since(t.begun)
	defer func() {
		t.begun = time.Now()
		t.watch.Reset(t.left)
	}()
	host := strings.ToLower(u.Hostname())
	for {
		turn, wait, err := t.pace.BeginTurn(t.ctx, host)
		if err == nil && turn != "" {
			t.host, t.turn = host, turn
			return nil
		}
		if err == nil && t.waited+wait > patience {
			err = &bot.Error{Code: bot.RateLimited, After: wait}
		}
		if err == nil {
			t.waited += wait
			err = t.wait(t.ctx, wait)
		}
		if err != nil {
			t.failure = err
			return err
		}
	}
}

// leave ends the turn. If that fails it ends by itself.
func (t *trip) leave() {
	if t.turn == "" {
		return
	}
	_ = t.pace.EndTurn(context.WithoutCancel(t.ctx), t.host, t.turn)
	t.host, t.turn = "", ""
}
