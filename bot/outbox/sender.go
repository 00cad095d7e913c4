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

// sendTimeout is how long one attempt may take.
const sendTimeout = 15 * time.Second

// clockSlack is how far a platform's clock may differ from the store's when a
// message is looked up by time.
const clockSlack = 2 * time.Minute

// storePause is how long a lane rests when the store could not be reached.
const storePause = time.Second

// Switchboard is the part of bot.Switchboard that sending needs.
type Switchboard interface {
	For(connection string) (bot.Messenger, error)
}

// Sender drains lanes.
type Sender struct {
	store  Store
	places Switchboard
	log    *slog.Logger
}

// NewSender returns a sender. Register it with the scheduler's Runner:
//
//	runner.Handle(outbox.JobKind, sender.Drain)
func NewSender(store Store, places Switchboard, log *slog.Logger) *Sender {
	return &Sender{store: store, places: places, log: log}
}

// Drain is the scheduler.Handler of JobKind: it sends what is in the lane until
// the lane is empty or its first item has to wait.
func (s *Sender) Drain(ctx context.Context, j scheduler.Job) error {
	var lane string
	if err := json.Unmarshal(j.Payload, &lane); err != nil {
		return scheduler.Poisoned(err)
	}
	// What was sent must be recorded even if ctx has ended meanwhile.
	lasting := context.WithoutCancel(ctx)
	a, ok, err := s.store.Begin(ctx, j.Group, lane)
	for ok && err == nil {
		if ctx.Err() != nil {
			return errors.Join(s.store.Pause(lasting, j.Group, lane, a, a.Doubt), ctx.Err())
		}
		end, wait := s.attempt(ctx, a)
		if end.Outcome == "" {
			if bot.CodeOf(wait.cause) != bot.RateLimited {
				s.log.Warn("post has to wait", "key", a.Post.Key, "tries", a.Tries+1, "after", wait.delay, "cause", wait.cause)
			}
			if err := s.store.Pause(lasting, j.Group, lane, a, wait.doubt); err != nil {
				return storeFailed(err)
			}
			return scheduler.After(wait.delay, wait.cause)
		}
		if end.Outcome != Sent {
			s.log.Error("post not delivered", "outcome", end.Outcome, "key", a.Post.Key, "cause", end.Cause)
		}
		a, ok, err = s.store.End(lasting, j.Group, lane, a, end)
	}
	return storeFailed(err)
}

// storeFailed keeps a store that is down from counting as the lane's failure:
// a lane is never given up for it.
func storeFailed(err error) error {
	if bot.CodeOf(err) == bot.Unavailable {
		return scheduler.After(storePause, err)
	}
	return err
}

// pause says why an item has to wait.
type pause struct {
	delay time.Duration
	doubt bool
	cause error
}

// attempt sends an item once. It gives an ending, or, with an empty outcome, a
// pause.
func (s *Sender) attempt(ctx context.Context, a Attempt) (Ending, pause) {
	if a.late() && !a.Doubt {
		return Ending{Outcome: Expired, Cause: "its time had passed"}, pause{}
	}
	// A send in flight is finished even while the program stops, but not while
	// another worker may be at it.
	ctx, cancel := context.WithTimeout(scheduler.WhileHeld(ctx), sendTimeout)
	defer cancel()
	m, err := s.places.For(connection(a.Post))
	if err != nil {
		return judge(a, err, a.Doubt, a.Doubt)
	}
	post := a.Post
	if post.Direct != nil {
		if post.Channel, err = m.Direct(ctx, *post.Direct); err != nil {
			return judge(a, err, a.Doubt, a.Doubt)
		}
	}
	doubt := false
	if a.Doubt {
		ref, found, err := m.Find(ctx, post.Channel, post.Key, a.Since.Add(-clockSlack))
		switch {
		case err == nil && found:
			return Ending{Outcome: Sent, Ref: ref}, pause{}
		case err == nil && a.late():
			return Ending{Outcome: Expired, Cause: "its time had passed"}, pause{}
		case err == nil: // it is not there: sending is safe
		case !errors.Is(err, bot.ErrCannotFind):
			return judge(a, err, true, true)
		case a.late() || !recognises(m, a):
			return Ending{Outcome: Uncertain, Cause: "an earlier attempt may have succeeded, and the platform cannot tell"}, pause{}
		default:
			doubt = true // sending is safe, but if that fails we know no more than before
		}
	}
	ref, err := m.Send(ctx, post)
	if err != nil {
		return judge(a, err, doubt, true)
	}
	return Ending{Outcome: Sent, Ref: ref}, pause{}
}

// late reports whether the item has become worthless.
func (a Attempt) late() bool { return !a.NotAfter.IsZero() && a.Now.After(a.NotAfter) }

// recognises reports whether the platform would take the item for what an
// earlier attempt sent.
func recognises(m bot.Messenger, a Attempt) bool {
	d, ok := m.(bot.Deduper)
	return ok && a.Now.Sub(a.Since) < d.DedupeWindow()
}

// judge turns the error of an attempt into an ending or a pause. Whether the
// item is in doubt from now on: doubt if the error says that nothing was sent,
// unclear if it does not.
func judge(a Attempt, err error, doubt, unclear bool) (Ending, pause) {
	p := pause{delay: retryDelay(a.Tries), doubt: unclear, cause: err}
	var e *bot.Error
	if errors.As(err, &e) {
		switch e.Code {
		case bot.RateLimited:
			p.delay, p.doubt = max(e.After, 100*time.Millisecond), doubt
		case bot.Unavailable:
			p.doubt = doubt
		case bot.Permanent, bot.Invalid, bot.Forbidden, bot.NotFound:
			outcome := Failed
			if doubt {
				outcome = Uncertain
			}
			return Ending{Outcome: outcome, Cause: err.Error()}, pause{}
		}
	}
	if a.late() { // only what is in doubt is still tried
		return Ending{Outcome: Uncertain, Cause: "its time had passed, and whether it was sent cannot be found out: " + err.Error()}, pause{}
	}
	if !a.NotAfter.IsZero() {
		p.delay = min(p.delay, a.NotAfter.Sub(a.Now)+time.Millisecond)
	}
	return Ending{}, p
}

// retryDelay is 250 ms, doubled with each try, at most a minute.
func retryDelay(tries int) time.Duration {
	if tries > 8 {
		return time.Minute
	}
	return min(250*time.Millisecond<<tries, time.Minute)
}

func connection(p bot.Post) string {
	if p.Direct != nil {
		return p.Direct.Space.Connection
	}
	return p.Channel.Space.Connection
}
