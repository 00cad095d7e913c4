package scheduler

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"
)

// Runner claims due jobs and runs their handlers.
type Runner struct {
	store    Store
	handlers map[string]Handler
	options  Options
	active   atomic.Int64 // jobs that run, and looks at the store for more
	rest     *rest        // runUntil's: nothing is due before
	unknown  sync.Map     // kinds without a handler that were logged
}

// A job of a kind that this program does not know may be one of a newer
// version's, which runs beside it during an upgrade: it is given back for
// unknownPause, and set aside only when nobody has known it for unknownFor.
const (
	unknownPause = time.Minute
	unknownFor   = 24 * time.Hour
)

// Options tune a Runner. The zero value of each means the default in brackets.
type Options struct {
	Workers     int           // jobs at once [32]
	Lease       time.Duration // how long a dead worker's job stays away [10 s]
	MaxAttempts int           // failures until a job is set aside [8]
	Idle        time.Duration // the longest sleep between looks at the store [1 s]
	SweepEvery  time.Duration // pause between repairs of the due index [5 min]
	Logger      *slog.Logger  // [discards]
}

func (o Options) withDefaults() Options {
	if o.Workers == 0 {
		o.Workers = 32
	}
	if o.Lease == 0 {
		o.Lease = 10 * time.Second
	}
	if o.MaxAttempts == 0 {
		o.MaxAttempts = 8
	}
	if o.Idle == 0 {
		o.Idle = time.Second
	}
	if o.SweepEvery == 0 {
		o.SweepEvery = 5 * time.Minute
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}

// NewRunner returns a runner without handlers.
func NewRunner(store Store, o Options) *Runner {
	return &Runner{store: store, handlers: map[string]Handler{}, options: o.withDefaults()}
}

// Handle sets the handler of a kind, before the runner runs.
func (r *Runner) Handle(kind string, h Handler) { r.handlers[kind] = h }

// Run runs jobs as they become due until ctx ends, and then waits for those
// that are running. Their handlers see the end of ctx.
func (r *Runner) Run(ctx context.Context) {
	var running sync.WaitGroup
	defer running.Wait()
	slots := make(chan struct{}, r.options.Workers)
	running.Go(func() { r.sweep(ctx) })
	trouble := 0
	for ctx.Err() == nil {
		jobs, err := r.claim(ctx, slots)
		for _, job := range jobs {
			running.Go(func() {
				defer func() { <-slots }()
				defer r.active.Add(-1)
				r.run(ctx, job)
			})
		}
		switch {
		case err != nil && ctx.Err() == nil:
			r.options.Logger.Warn("cannot reach the schedule", "error", err)
			// A few seconds at most: jobs are waiting.
			wait(ctx, backoff(min(trouble, 2)), nil)
			trouble++
		case len(jobs) == 0:
			trouble = 0
			r.pause(ctx)
		default:
			trouble = 0
		}
	}
}

// Active reports whether a job runs now, or is just being looked for.
func (r *Runner) Active() bool { return r.active.Load() > 0 }

// claim takes as many jobs as there are free slots, and waits for one slot.
func (r *Runner) claim(ctx context.Context, slots chan struct{}) ([]Claimed, error) {
	free := 0
	select {
	case slots <- struct{}{}:
		free++
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	for free < cap(slots) {
		select {
		case slots <- struct{}{}:
			free++
			continue
		default:
		}
		break
	}
	r.active.Add(1)
	defer r.active.Add(-1)
	jobs, err := r.store.Claim(ctx, free, r.options.Lease)
	r.active.Add(int64(len(jobs)))
	for range free - len(jobs) {
		<-slots
	}
	return jobs, err
}

// pause sleeps until something is due. It asks the store when that is, and again
// from time to time, since others schedule too.
func (r *Runner) pause(ctx context.Context) {
	for ctx.Err() == nil {
		left, known := r.untilNext(ctx)
		if woken := wait(ctx, min(left, r.options.Idle), r.store.Woken()); woken || !known || left <= r.options.Idle {
			return
		}
	}
}

// untilNext is how long nothing is due, at least a millisecond. known is false
// if the store does not say.
func (r *Runner) untilNext(ctx context.Context) (left time.Duration, known bool) {
	next, ok, err := r.store.NextDue(ctx)
	if err == nil && !ok {
		return math.MaxInt64, true
	}
	now, nowErr := r.store.Now(ctx)
	if errors.Join(err, nowErr) != nil {
		return r.options.Idle, false
	}
	// A millisecond more: the store counts in whole ones.
	return max(next.Sub(now), 0) + time.Millisecond, true
}

// RunDue runs every job that is due, one after the other in order of their due
// times, until none is. It is for manual clocks: nothing runs beside it.
func (r *Runner) RunDue(ctx context.Context) error {
	for {
		jobs, err := r.store.Claim(ctx, 1, r.options.Lease)
		if err != nil || len(jobs) == 0 {
			return err
		}
		r.run(ctx, jobs[0])
	}
}

func (r *Runner) runUntil(ctx context.Context, clock *ManualClock, t time.Time) error {
	for {
		next, ok, err := r.nextDue(ctx)
		if err != nil {
			return err
		}
		if !ok || next.After(t) {
			clock.Set(t)
			return nil
		}
		clock.Set(next)
		r.rest = nil
		if err := r.RunDue(ctx); err != nil {
			return err
		}
		if next, ok, err := r.nextDue(ctx); err == nil && ok && !next.After(clock.Now()) {
			// Something is due that cannot be had yet, such as what another hides.
			clock.Set(clock.Now().Add(time.Millisecond))
		}
	}
}

// nextDue asks the store when the next job is due, unless the last answer still
// holds: nothing was scheduled since and nothing has run. It is for manual
// clocks, where nobody else schedules.
func (r *Runner) nextDue(ctx context.Context) (time.Time, bool, error) {
	select {
	case <-r.store.Woken():
		r.rest = nil
	default:
	}
	if r.rest == nil {
		next, ok, err := r.store.NextDue(ctx)
		if err != nil {
			return next, ok, err
		}
		r.rest = &rest{next, ok}
	}
	return r.rest.until, r.rest.ok, nil
}

// rest is an answer of Store.NextDue.
type rest struct {
	until time.Time
	ok    bool
}

// run does one job, keeps its lease meanwhile, and settles it.
func (r *Runner) run(ctx context.Context, c Claimed) {
	err := r.hold(ctx, c)
	v := judge(err, c.Attempts, r.options.MaxAttempts, backoff)
	if ctx.Err() != nil && !v.complete {
		// We are stopping: give it back at once, this is no failure of the job.
		v = verdict{}
	}
	// What has been done must be recorded even when ctx has ended meanwhile.
	settle, cancel := context.WithTimeout(context.WithoutCancel(ctx), r.options.Lease)
	defer cancel()
	log := r.options.Logger.With("job", c.ID, "kind", c.Kind, "group", c.Group)
	var storeErr error
	switch {
	case v.complete:
		storeErr = r.store.Complete(settle, c)
	case v.aside:
		log.Error("job set aside", "error", err, "attempts", c.Attempts+1)
		storeErr = r.store.SetAside(settle, c, err.Error())
	default:
		if v.failed {
			log.Warn("job failed, will be tried again", "error", err, "after", v.delay)
		}
		storeErr = r.store.Retry(settle, c, v.delay, v.failed)
	}
	if storeErr != nil {
		// The lease ends by itself and the job comes back.
		log.Warn("cannot settle a job", "error", storeErr)
	}
}

func (r *Runner) hold(ctx context.Context, c Claimed) error {
	handle, ok := r.handlers[c.Kind]
	if !ok {
		return r.giveBack(c)
	}
	held, release := context.WithCancel(context.WithoutCancel(ctx))
	ctx, cancel := context.WithCancel(context.WithValue(ctx, heldKey{}, held))
	defer cancel()
	var keeper sync.WaitGroup
	keeper.Go(func() { r.keepLease(held, release, c) })
	defer keeper.Wait()
	defer release()
	defer context.AfterFunc(held, cancel)()
	err := guard(func() error { return handle(ctx, c.Job) })
	if err != nil && held.Err() != nil {
		return After(0, err) // the job did not fail, it was taken from us
	}
	return err
}

// giveBack says what becomes of a job that has no handler.
func (r *Runner) giveBack(c Claimed) error {
	err := fmt.Errorf("no handler for kind %q", c.Kind)
	unreadable := c.Kind == ""
	if unreadable || !c.Returned.IsZero() && c.Started.Sub(c.Returned) >= unknownFor {
		return Poisoned(err)
	}
	if _, told := r.unknown.LoadOrStore(c.Kind, true); !told {
		r.options.Logger.Warn("jobs of a kind that this version does not know are left to another", "kind", c.Kind)
	}
	return After(unknownPause, err)
}

type heldKey struct{}

// WhileHeld gives the context for what a handler should finish even when the
// program stops, given the handler's own: it ends only when the job's lease is
// lost, so that another worker may be doing the same already.
func WhileHeld(ctx context.Context) context.Context {
	if held, ok := ctx.Value(heldKey{}).(context.Context); ok {
		return held
	}
	return context.WithoutCancel(ctx)
}

// keepLease extends the lease three times within its length until held ends. It
// ends held itself if the lease is lost, or may be because the store could not
// be reached until the lease's end: two tries of a third each.
func (r *Runner) keepLease(held context.Context, lost func(), c Claimed) {
	third := r.options.Lease / 3
	ticker := time.NewTicker(third)
	defer ticker.Stop()
	unsure := false
	for {
		select {
		case <-held.Done():
			return
		case <-ticker.C:
		}
		ok, err := r.extend(held, c, third)
		switch {
		case err == nil && ok:
			unsure = false
		case err == nil, unsure:
			lost()
			return
		default:
			unsure = true
		}
	}
}

func (r *Runner) extend(ctx context.Context, c Claimed, timeout time.Duration) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	return r.store.Extend(ctx, c, r.options.Lease)
}

func (r *Runner) sweep(ctx context.Context) {
	cursor := ""
	for ctx.Err() == nil {
		next, err := r.store.Sweep(ctx, cursor, 100)
		switch {
		case err != nil || next == "":
			cursor = ""
			wait(ctx, r.options.SweepEvery, nil)
		default:
			cursor = next
		}
	}
}

// guard turns a panic into an error, so that one bad job does not stop all.
func guard(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return f()
}

// backoff is how long to wait after so many failures: from half to the whole of
// 1 s, 2 s, 4 s … 5 min, so that many that failed together do not return
// together ("equal jitter",
// https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
func backoff(failures int) time.Duration {
	const longest = 5 * time.Minute
	d := longest
	if failures < 9 {
		d = min(time.Second<<failures, longest)
	}
	return d/2 + rand.N(d/2)
}

// wait waits for d at most, and reports whether it was woken.
func wait(ctx context.Context, d time.Duration, woken <-chan struct{}) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-woken:
		return true
	case <-ctx.Done():
	}
	return false
}
