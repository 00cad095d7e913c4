package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// storePause is how long a lane rests when the store could not be reached, or has
// no message yet to be changed.
const storePause = time.Second

// Switchboard is the part of bot.Switchboard that sending needs.
type Switchboard interface {
	For(connection string) (bot.Messenger, error)
}

// Options are what a Sender can do without.
type Options struct {
	Budget Budget       // nil: everything is sent as fast as it can be
	Meter  Meter        // nil: nothing is measured
	Log    *slog.Logger // nil: nothing is logged
}

// Meter takes measurements of posts.
type Meter interface {
	// Post notes how a post, or a change of one, ended, and how long after it was
	// queued its last attempt began.
	Post(class Class, outcome Outcome, waited time.Duration)
}

// Sender drains lanes.
type Sender struct {
	store  Store
	places Switchboard
	budget Budget
	meter  Meter
	log    *slog.Logger
}

// NewSender returns a sender. Register it with the scheduler's Runner:
//
//	runner.Handle(outbox.JobKind, sender.Drain)
func NewSender(store Store, places Switchboard, o Options) *Sender {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Sender{store: store, places: places, budget: o.Budget, meter: o.Meter, log: o.Log}
}

// Drain is the scheduler.Handler of JobKind: it sends what is in the lane until
// the lane is empty or its first item has to wait.
func (s *Sender) Drain(ctx context.Context, j scheduler.Job) error {
	var lane string
	if err := json.Unmarshal(j.Payload, &lane); err != nil {
		return scheduler.Poisoned(err)
	}
	return s.drain(ctx, j.Group, lane)
}

func (s *Sender) drain(ctx context.Context, group, lane string) error {
	// What was sent must be recorded even if ctx has ended meanwhile.
	lasting := context.WithoutCancel(ctx)
	rested := time.Duration(0) // for the next post to be sent
	a, ok, err := s.store.Begin(ctx, group, lane)
	for ok && err == nil {
		wait, may, refusal := s.leave(ctx, lane, a)
		if !may || refusal != nil {
			if err := errors.Join(refusal, s.store.Release(lasting, group, lane, a)); err != nil {
				return storeFailed(err)
			}
			if rested += wait; rested > shortWait {
				return scheduler.After(wait, nil)
			}
			if err := rest(ctx, wait); err != nil {
				return err
			}
			a, ok, err = s.store.Begin(ctx, group, lane)
			continue
		}
		rested = 0
		end, wanted := s.attempt(ctx, a)
		if end.Outcome == "" {
			return s.pause(lasting, group, lane, a, wanted)
		}
		end = a.orApart(end)
		s.note(a, end)
		if err := s.scatter(lasting, group, a, end); err != nil {
			return storeFailed(err)
		}
		a, ok, err = s.store.End(lasting, group, lane, a, end)
	}
	return storeFailed(err)
}

// note tells the log and the meter how an item ended.
func (s *Sender) note(a Attempt, e Ending) {
	switch {
	case e.Outcome == Sent:
	case a.Update || e.Outcome == Expired || e.Outcome == Apart:
		s.log.Info("post not delivered", "outcome", e.Outcome, "key", a.Post.Key, "update", a.Update, "cause", e.Cause)
	default:
		s.log.Error("post not delivered", "outcome", e.Outcome, "key", a.Post.Key, "cause", e.Cause)
	}
	if s.meter != nil {
		waited := time.Duration(0)
		if !a.Queued.IsZero() {
			waited = a.Now.Sub(a.Queued)
		}
		s.meter.Post(a.Class, e.Outcome, waited)
	}
}

// pause leaves the item at the head of its lane for a while.
func (s *Sender) pause(ctx context.Context, group, lane string, a Attempt, p pause) error {
	var e *bot.Error
	if errors.As(p.cause, &e) && e.Code == bot.RateLimited {
		s.refused(ctx, lane, a, e)
	} else {
		s.log.Warn("post has to wait", "key", a.Post.Key, "tries", a.Tries+1, "after", p.delay, "cause", p.cause)
	}
	if err := s.store.Pause(ctx, group, lane, a, p.doubt); err != nil {
		return storeFailed(err)
	}
	return scheduler.After(p.delay, p.cause)
}

// storeFailed keeps a store that is down, or another lane that is slow, from
// counting as the lane's failure: a lane is never given up for it.
func storeFailed(err error) error {
	if bot.CodeOf(err) == bot.Unavailable || errors.Is(err, ErrNotYet) {
		return scheduler.After(storePause, err)
	}
	return err
}
