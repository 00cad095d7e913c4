package redis

import (
	"context"
	"sync"

	"github.com/redis/go-redis/v9"

	"github.com/staffroom-bot/staffroom/bot/discussion"
)

const (
	// bundleMost is how many entries one call files.
	bundleMost = 128
	// bundlesAtOnce is how many calls for one discussion are under way at once:
	// while the server works on one, the next is made up.
	bundlesAtOnce = 2
)

// filer files entries. Those of one discussion that come while others are under
// way go together in the next call, so that the more is said at once, the less a
// message costs. A lone one goes at once.
type filer struct {
	client redis.UniversalClient

	mu      sync.Mutex
	bundles map[bundleName]*bundle
}

// bundleName is what all entries of a call have in common.
type bundleName struct {
	keys    [4]string
	channel string
	running string // all that run in the channel
	chat    string
	version int64
}

// bundle is what waits for the next call.
type bundle struct {
	waiting []*filing
	senders int
}

// filing is an entry on its way.
type filing struct {
	message, entry, revision string

	done  chan struct{} // closed when the rest is there
	filed discussion.Filed
	err   error
}

// file files an entry. If ctx ends first, it may have been filed.
func (f *filer) file(ctx context.Context, name bundleName, message, entry, revision string) (discussion.Filed, error) {
	one := &filing{message: message, entry: entry, revision: revision, done: make(chan struct{})}
	f.mu.Lock()
	b := f.bundles[name]
	if b == nil {
		b = &bundle{}
		f.bundles[name] = b
	}
	b.waiting = append(b.waiting, one)
	if b.senders < bundlesAtOnce {
		b.senders++
		go f.send(context.WithoutCancel(ctx), name, b)
	}
	f.mu.Unlock()
	select {
	case <-one.done:
		return one.filed, one.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// send makes calls until nothing waits.
func (f *filer) send(ctx context.Context, name bundleName, b *bundle) {
	for {
		together := f.take(name, b)
		if len(together) == 0 {
			return
		}
		args := append(make([]any, 0, 4+3*len(together)), name.channel, name.running, name.chat, name.version)
		for _, one := range together {
			args = append(args, one.message, one.entry, one.revision)
		}
		results, err := fileScript.Run(ctx, f.client, name.keys[:], args...).StringSlice()
		for i, one := range together {
			if one.err = err; err == nil {
				one.filed = discussion.Filed(results[i])
			}
			close(one.done)
		}
	}
}

// take takes what goes into the next call. If that is nothing, one sender less
// is at work.
func (f *filer) take(name bundleName, b *bundle) []*filing {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := min(len(b.waiting), bundleMost)
	if n == 0 {
		if b.senders--; b.senders == 0 {
			delete(f.bundles, name)
		}
		return nil
	}
	together := b.waiting[:n:n]
	b.waiting = b.waiting[n:]
	return together
}
