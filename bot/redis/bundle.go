package redis

import (
	"context"
	"sync"
)

const (
	// bundleMost is how many questions one call asks.
	bundleMost = 128
	// bundlesAtOnce is how many calls of one name are under way at once: while the
	// server works on one, the next is made up.
	bundlesAtOnce = 2
)

// bundler asks questions together. Those of one name that come while others are
// under way go in the next call, so that the more there is to do at once, the
// less each costs. A lone one goes at once.
type bundler[N comparable, Q, A any] struct {
	// send asks all of them and gives the answers in their order, or an error
	// for all.
	send func(ctx context.Context, name N, questions []Q) ([]A, error)

	mu      sync.Mutex
	bundles map[N]*bundle[Q, A]
}

// bundle is what waits for the next call.
type bundle[Q, A any] struct {
	waiting []*asked[Q, A]
	senders int
}

// asked is a question on its way.
type asked[Q, A any] struct {
	question Q
	done     chan struct{} // closed when the rest is there
	answer   A
	err      error
}

func newBundler[N comparable, Q, A any](send func(context.Context, N, []Q) ([]A, error)) *bundler[N, Q, A] {
	return &bundler[N, Q, A]{send: send, bundles: map[N]*bundle[Q, A]{}}
}

// ask asks a question. If ctx ends first, it may have had its effect.
func (b *bundler[N, Q, A]) ask(ctx context.Context, name N, question Q) (A, error) {
	b.mu.Lock()
	waits := b.bundles[name]
	if waits == nil {
		waits = &bundle[Q, A]{senders: 1}
		b.bundles[name] = waits
		b.mu.Unlock()
		return b.askAlone(ctx, name, waits, question)
	}
	one := &asked[Q, A]{question: question, done: make(chan struct{})}
	waits.waiting = append(waits.waiting, one)
	if waits.senders < bundlesAtOnce {
		waits.senders++
		go b.work(context.WithoutCancel(ctx), name, waits)
	}
	b.mu.Unlock()
	select {
	case <-one.done:
		return one.answer, one.err
	case <-ctx.Done():
		var none A
		return none, ctx.Err()
	}
}

// askAlone makes a call for one question, where its asker is, and lets those that
// have come meanwhile go on.
func (b *bundler[N, Q, A]) askAlone(ctx context.Context, name N, waits *bundle[Q, A], question Q) (answer A, err error) {
	defer func() {
		if next := b.take(name, waits); len(next) > 0 {
			lasting := context.WithoutCancel(ctx)
			go func() {
				b.call(lasting, name, next)
				b.work(lasting, name, waits)
			}()
		}
	}()
	answers, err := b.send(ctx, name, []Q{question})
	if err == nil {
		answer = answers[0]
	}
	return answer, err
}

// work makes calls until nothing waits.
func (b *bundler[N, Q, A]) work(ctx context.Context, name N, from *bundle[Q, A]) {
	for {
		together := b.take(name, from)
		if len(together) == 0 {
			return
		}
		b.call(ctx, name, together)
	}
}

// call makes one call.
func (b *bundler[N, Q, A]) call(ctx context.Context, name N, together []*asked[Q, A]) {
	questions := make([]Q, len(together))
	for i, one := range together {
		questions[i] = one.question
	}
	answers, err := b.send(ctx, name, questions)
	for i, one := range together {
		if one.err = err; err == nil {
			one.answer = answers[i]
		}
		close(one.done)
	}
}

// take takes what goes into the next call. If that is nothing, one sender less
// is at work.
func (b *bundler[N, Q, A]) take(name N, from *bundle[Q, A]) []*asked[Q, A] {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := min(len(from.waiting), bundleMost)
	if n == 0 {
		if from.senders--; from.senders == 0 {
			delete(b.bundles, name)
		}
		return nil
	}
	together := from.waiting[:n:n]
	from.waiting = from.waiting[n:]
	return together
}
