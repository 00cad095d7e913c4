package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os/exec"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
)

// Errors of [Open] and [Engine.Close], to be tested with [errors.Is].
var (
	// ErrInvalid: the options cannot work as they are; the message says which and why.
	ErrInvalid = errors.New("the data engine is not configured right")
	// ErrInUse: another process uses the data folder, or has not let go of it within ten seconds.
	ErrInUse = errors.New("the data folder is in use")
	// ErrUnavailable: Redis cannot be started, reached or logged in to.
	ErrUnavailable = errors.New("redis is not available")
)

// Kind names an engine.
type Kind string

// The engines; see the package documentation.
const (
	External  Kind = "external"
	Child     Kind = "child"
	InProcess Kind = "in-process"
)

// Options choose the engine.
type Options struct {
	// URL is the address of an external Redis; empty: there is none.
	URL string
	// DataDir is the folder of the private server's files. It is created when missing, and closed to other accounts.
	DataDir string
	// Server is the redis-server program; empty: the one on PATH.
	Server string
	// InProcess chooses the in-process engine whatever else is set.
	InProcess bool
	// Start is an instant at which the in-process engine's clock stands until [Engine.Elapse] moves it. Zero: the
	// engine follows the machine's clock.
	Start time.Time
	// Logger is told what happens to the private server. Nil: nobody is.
	Logger *slog.Logger
}

// Engine is an open Redis.
type Engine struct {
	kind   Kind
	client redis.UniversalClient
	elapse func(time.Duration)
	stop   func(context.Context) error // what is left to do once the client is closed

	closing sync.Once
	closed  error
}

// Open opens the engine that o chooses and returns when it answers. ctx limits opening only. Errors: [ErrInvalid],
// [ErrInUse], [ErrUnavailable].
func Open(ctx context.Context, o Options) (*Engine, error) {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	// The library's own lines would go to standard error past our log. They tell no more than the errors it returns.
	logging.Disable()
	if o.InProcess {
		return openInProcess(o.Start)
	}
	if o.URL != "" {
		return openExternal(ctx, o.URL)
	}
	server, err := findServer(o.Server)
	switch {
	case err == nil:
		return openChild(ctx, o, server)
	case o.Server != "":
		return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	o.Logger.Info("the in-process data engine is used: nothing will be kept", "reason", err)
	return openInProcess(o.Start)
}

// FindServer returns the redis-server that [Open] runs where there is no [Options.URL]; the error says why there is none.
func FindServer() (string, error) { return findServer("") }

// findServer returns the redis-server to run.
func findServer(configured string) (string, error) {
	if !childSupported {
		return "", errors.New("a private redis-server needs Linux, macOS or a BSD; on this system give the address of a Redis in redis.url")
	}
	return exec.LookPath(cmp.Or(configured, "redis-server"))
}

// Client is the connection to the engine, for all to share; [Engine.Close] closes it.
func (e *Engine) Client() redis.UniversalClient { return e.client }

// Kind says which engine it is.
func (e *Engine) Kind() Kind { return e.kind }

// Durable says whether what is written is there after a restart. Of an external Redis it is taken for granted.
func (e *Engine) Durable() bool { return e.kind != InProcess }

// Elapse moves the clock of an in-process engine that was opened with [Options.Start]: what TIME answers moves exactly,
// the keys' lifetimes in steps of ten seconds, which is enough for lifetimes that only collect garbage. Other engines
// have a clock of their own and ignore it.
func (e *Engine) Elapse(d time.Duration) {
	if e.elapse != nil {
		e.elapse(d)
	}
}

// Close closes the client and ends what Open started: after it, no process and no socket is left. A private server gets
// until the end of ctx, five seconds at most, to shut down by itself and is killed then. A second Close returns what the
// first did.
func (e *Engine) Close(ctx context.Context) error {
	e.closing.Do(func() {
		e.closed = errors.Join(e.client.Close(), e.stop(ctx))
	})
	return e.closed
}
