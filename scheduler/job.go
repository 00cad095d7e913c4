package scheduler

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Clock tells the time. In a program it is the system's; in tests, rehearsals
// and scripts it is a ManualClock.
type Clock interface{ Now() time.Time }

// Job is one thing to do at one time. Group and ID name it: scheduling a job
// again under the same name moves it.
type Job struct {
	Group    string          // whose it is; jobs of one group are kept together
	ID       string          // unique in the group
	Kind     string          // chooses the Handler
	Due      time.Time       // to the millisecond; after a failure or a worker's death that of the new attempt
	Payload  json.RawMessage // what the Handler needs; may be nil
	Attempts int             // how often it was begun and failed before
	Returned time.Time       // when it was first given back, by the store's time; unset if it never was
	Started  time.Time       // the store's time when it was claimed; unset until then
}

// Claimed is a job that this worker holds until the lease ends.
type Claimed struct {
	Job
	Token string // proves who holds it
}

// Store keeps jobs. All times are by the store's clock.
type Store interface {
	// Claim takes up to limit due jobs, the earliest of a group first, and holds
	// each for lease. Of several groups, those with something due the longest
	// come first, each with its share. A job that was scheduled anew while it was held, by a worker
	// that then died, comes back at its new time. Together with an error there
	// may be jobs: they are held.
	Claim(ctx context.Context, limit int, lease time.Duration) ([]Claimed, error)
	// NextDue is when the next job is due or the next lease ends; ok is false if
	// there is none. It may be too early. It is too late only for what another
	// worker is looking at just now, and for what Sweep has to mend.
	NextDue(ctx context.Context) (due time.Time, ok bool, err error)
	// Extend holds the job for lease from now on. It reports false if the job
	// is no longer held under this token.
	Extend(ctx context.Context, c Claimed, lease time.Duration) (bool, error)
	// Complete ends the job, or, if it was scheduled anew meanwhile, lets it be
	// due at its new time. Without the lease it does nothing.
	Complete(ctx context.Context, c Claimed) error
	// Retry gives the job back, due after delay. failed counts an attempt.
	// Without the lease it does nothing.
	Retry(ctx context.Context, c Claimed, delay time.Duration, failed bool) error
	// SetAside takes the job out of the schedule and keeps it with its cause for
	// people to look at. Without the lease it does nothing.
	SetAside(ctx context.Context, c Claimed, cause string) error
	// Sweep repairs the index by which due jobs are found, for up to limit
	// groups from cursor on. It returns where to go on; "" when it is through.
	Sweep(ctx context.Context, cursor string, limit int) (next string, err error)
	// Now is the store's time.
	Now(ctx context.Context) (time.Time, error)
	// Woken receives a value when a job became due earlier than NextDue said.
	Woken() <-chan struct{}
}

// Handler does a job. A nil error completes it; After gives it back for later;
// Poisoned sets it aside at once; any other error is tried again with backoff
// and set aside after the Runner's MaxAttempts.
type Handler func(ctx context.Context, j Job) error

type afterError struct {
	delay time.Duration
	cause error
}

func (e *afterError) Error() string {
	if e.cause == nil {
		return fmt.Sprintf("again after %s", e.delay)
	}
	return fmt.Sprintf("again after %s: %v", e.delay, e.cause)
}

func (e *afterError) Unwrap() error { return e.cause }

// After gives the job back, due again after delay. It is no failure; cause may
// be nil.
func After(delay time.Duration, cause error) error { return &afterError{delay, cause} }

type poisonedError struct{ cause error }

func (e *poisonedError) Error() string { return "poisoned: " + e.cause.Error() }
func (e *poisonedError) Unwrap() error { return e.cause }

// Poisoned says that the job can never succeed.
func Poisoned(cause error) error { return &poisonedError{cause} }

// verdict is what becomes of a job whose handler returned err.
type verdict struct {
	complete, aside, failed bool
	delay                   time.Duration
}

func judge(err error, attempts, maxAttempts int, backoff func(int) time.Duration) verdict {
	var after *afterError
	var poisoned *poisonedError
	switch {
	case err == nil:
		return verdict{complete: true}
	case errors.As(err, &poisoned), !errors.As(err, &after) && attempts+1 >= maxAttempts:
		return verdict{aside: true}
	case after != nil:
		return verdict{delay: after.delay}
	default:
		return verdict{failed: true, delay: backoff(attempts)}
	}
}
