package redis

import (
	"context"

	"github.com/staffroom-bot/staffroom/bot/discussion"
)

// filer files what is said at once in a discussion together.
type filer = bundler[bundleName, filing, discussion.Filed]

// bundleName is what all entries of a call have in common.
type bundleName struct {
	keys    [6]string
	channel string
	running string // all that run in the channel
	chat    string
	version int64
}

// filing is an entry on its way.
type filing struct{ message, entry, revision, author, carried string }

func (s *Store) fileAll(ctx context.Context, name bundleName, entries []filing) ([]discussion.Filed, error) {
	args := append(make([]any, 0, 4+5*len(entries)), name.channel, name.running, name.chat, name.version)
	for _, e := range entries {
		args = append(args, e.message, e.entry, e.revision, e.author, e.carried)
	}
	results, err := s.strings(ctx, fileScript, name.keys[:], args...)
	if err != nil {
		return nil, err
	}
	filed := make([]discussion.Filed, len(results))
	for i, r := range results {
		filed[i] = discussion.Filed(r)
	}
	return filed, nil
}
