package redis

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// schema is the version of the layout in doc.go. A program reads the version
// before its own and upgrades on write; it refuses a newer one.
const schema = 1

// Store keeps everything. It implements scheduler.Store, outbox.Store,
// community.Store and discussion.Store.
//
// Errors are of type *bot.Error: unavailable when Redis cannot be reached or
// does not answer in time, conflict when a record has changed, not_found.
type Store struct {
	client  redis.UniversalClient
	clock   scheduler.Clock // nil: the server's
	woken   chan struct{}
	filer   *filer
	settler *settler
	hinter  *hinter
	groups  sync.Map // the communities that this process has put into sr:{groups}
	seen    sync.Map // space → the community where this process saw it last
}

// Open returns the store on a client. With a clock (a manual one), its time
// counts instead of the server's. It fails if the data was written by a newer
// version of the program.
func Open(ctx context.Context, client redis.UniversalClient, clock scheduler.Clock) (*Store, error) {
	s := &Store{client: client, clock: clock, woken: make(chan struct{}, 1)}
	s.filer, s.settler, s.hinter = newBundler(s.fileAll), newBundler(s.settleAll), newBundler(s.hintAll)
	if err := client.SetNX(ctx, "sr:schema", schema, 0).Err(); err != nil {
		return nil, failed(err)
	}
	s.loadScripts(ctx)
	found, err := client.Get(ctx, "sr:schema").Int()
	if err != nil {
		return nil, failed(err)
	}
	if found > schema {
		return nil, fmt.Errorf("the data was written by a newer version of Staffroom (layout %d, this one knows %d): please upgrade", found, schema)
	}
	return s, nil
}

// Ping reports whether the store can be reached.
func (s *Store) Ping(ctx context.Context) error { return failed(s.client.Ping(ctx).Err()) }

// Secret gives 32 bytes of chance that all replicas share, made when first
// asked for.
func (s *Store) Secret(ctx context.Context) ([]byte, error) {
	fresh := make([]byte, 32)
	_, _ = rand.Read(fresh) // never fails since Go 1.24
	if err := s.client.SetNX(ctx, "sr:secret", fresh, 0).Err(); err != nil {
		return nil, failed(err)
	}
	secret, err := s.client.Get(ctx, "sr:secret").Bytes()
	return secret, failed(err)
}

// key is a key of a community.
func key(c bot.CommunityID, name string) string { return "sr:{c:" + string(c) + "}:" + name }

// inputKey is the claim of an input, whatever the platform put into its name.
func inputKey(c bot.CommunityID, in bot.InputID) string {
	sum := sha256.Sum256([]byte(in))
	return key(c, "in:"+hex.EncodeToString(sum[:12]))
}

// now is the time to hand to a script: a manual clock's, or "" for the server's.
func (s *Store) now() string {
	if s.clock == nil {
		return ""
	}
	return millis(s.clock.Now())
}

func millis(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }

// fromMillis reads a script's time; scores may carry a fraction.
func fromMillis(s string) time.Time {
	f, _ := strconv.ParseFloat(s, 64)
	return time.UnixMilli(int64(f)).UTC()
}

// failed turns an error of the client into one with a code. Losing the answer
// to a write is unavailable too: every write is safe to repeat.
func failed(err error) error {
	if err == nil {
		return nil
	}
	var coded *bot.Error
	if errors.As(err, &coded) {
		return err
	}
	if errors.Is(err, redis.Nil) {
		return &bot.Error{Code: bot.NotFound, Err: err}
	}
	return &bot.Error{Code: bot.Unavailable, Err: err}
}
