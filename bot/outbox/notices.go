package outbox

import (
	"context"
	"sync"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

const (
	// askAgain is how long a process takes it that a person has missed nothing
	// more: so few calls of the store does it cost.
	askAgain = 5 * time.Minute
	// mostAsked bounds what is remembered of that.
	mostAsked = 10000
)

// Notices lets people know what did not surely reach them by direct message,
// because they take none or because nobody can tell: with the next reply that
// only they see. It stands within the middleware that knows the member.
func Notices(store UndeliveredStore, words bot.Words, now func() time.Time) bot.Middleware {
	n := &notices{store: store, words: words, now: now, asked: map[bot.Account]time.Time{}}
	return func(next bot.Handler) bot.Handler {
		return func(ctx context.Context, req *bot.Request) (bot.Reply, error) {
			reply, err := next(ctx, req)
			if err == nil && req.Route.Private && reply.Message != nil && !reply.Replace && n.due(req.Account) {
				n.tell(ctx, req, &reply)
			}
			return reply, err
		}
	}
}

type notices struct {
	store UndeliveredStore
	words bot.Words
	now   func() time.Time

	mu    sync.Mutex
	asked map[bot.Account]time.Time
}

// due reports whether it is time to ask whether a person has missed something.
func (n *notices) due(a bot.Account) bool {
	now := n.now()
	n.mu.Lock()
	defer n.mu.Unlock()
	if at, ok := n.asked[a]; ok && now.Sub(at) < askAgain {
		return false
	}
	if len(n.asked) >= mostAsked {
		clear(n.asked)
	}
	n.asked[a] = now
	return true
}

// tell adds what the person has missed to the reply. That it cannot be found out
// now is no reason for the reply to fail.
func (n *notices) tell(ctx context.Context, req *bot.Request, reply *bot.Reply) {
	missed, err := n.store.Unreached(ctx, req.Member.Community, req.Account)
	if err != nil || len(missed) == 0 {
		return
	}
	messages := make([]bot.Message, len(missed))
	for i, u := range missed {
		messages[i] = u.Item.Post.Message
	}
	if n.store.Reached(ctx, req.Member.Community, req.Account, missed) != nil {
		return
	}
	all, _ := bundle(append([]bot.Message{*reply.Message, {Text: n.words.Text(req.Member.Language, "outbox.notice")}}, messages...), len(messages)+2)
	reply.Message = &all
}
