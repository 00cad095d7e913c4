package outbox

import (
	"context"
	"errors"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// sendTimeout is how long one attempt may take.
const sendTimeout = 15 * time.Second

// clockSlack is how far a platform's clock may differ from the store's when a
// message is looked up by time.
const clockSlack = 2 * time.Minute

// pause says why an item has to wait.
type pause struct {
	delay time.Duration
	doubt bool
	cause error
}

// attempt sends an item once. It gives an ending, or, with an empty outcome, a
// pause.
func (s *Sender) attempt(ctx context.Context, a Attempt) (Ending, pause) {
	if a.late() && !a.inDoubt() {
		return Ending{Outcome: Expired, Cause: "its time had passed"}, pause{}
	}
	// A send in flight is finished even while the program stops, but not while
	// another worker may be at it.
	ctx, cancel := context.WithTimeout(scheduler.WhileHeld(ctx), sendTimeout)
	defer cancel()
	m, err := s.places.For(a.Post.Connection())
	if err != nil {
		return judge(a, err, a.inDoubt(), a.inDoubt())
	}
	if a.Update {
		if err := m.Update(ctx, a.Target, a.Post.Message); err != nil {
			return judge(a, err, false, false)
		}
		return Ending{Outcome: Sent, Ref: a.Target}, pause{}
	}
	if a.Calendar != nil {
		if err := a.Calendar.keep(ctx, m); err != nil {
			return judge(a, err, false, false)
		}
		return Ending{Outcome: Sent}, pause{}
	}
	if a.Together != nil {
		return s.together(ctx, m, a)
	}
	post := a.Post
	if post.Direct != nil {
		if post.Channel, err = m.Direct(ctx, *post.Direct); err != nil {
			return judge(a, err, a.Doubt, a.Doubt)
		}
	}
	return s.post(ctx, m, a, post)
}

// post sends what has a channel.
func (s *Sender) post(ctx context.Context, m bot.Messenger, a Attempt, post bot.Post) (Ending, pause) {
	doubt := false
	if a.Doubt {
		ref, found, err := m.Find(ctx, post.Channel, post.Key, a.Since.Add(-clockSlack))
		switch {
		case err == nil && found:
			return s.standing(ctx, m, a, ref)
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
	switch {
	case err == nil:
		return s.standing(ctx, m, a, ref)
	case a.exhausted(err):
		return giveUp(ctx, m, post, a, err), pause{}
	default:
		return judge(a, err, doubt, true)
	}
}

// giveUp ends a post whose last attempt has failed for no known reason: as failed
// only where the platform says that it is not there.
func giveUp(ctx context.Context, m bot.Messenger, post bot.Post, a Attempt, cause error) Ending {
	ref, found, err := m.Find(ctx, post.Channel, post.Key, a.Since.Add(-clockSlack))
	switch {
	case err != nil:
		return Ending{Outcome: Uncertain, Cause: "it failed again and again, and may have been sent: " + cause.Error()}
	case found:
		return Ending{Outcome: Sent, Ref: ref}
	default:
		return Ending{Outcome: Failed, Cause: "it failed again and again: " + cause.Error(), Reason: bot.Unexplained}
	}
}

// inDoubt reports whether the item may have been sent and must not be sent twice.
// A change, of a message or of a calendar, can be made again.
func (a Attempt) inDoubt() bool { return a.Doubt && !a.Update && a.Calendar == nil }

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
			if doubt {
				return Ending{Outcome: Uncertain, Cause: err.Error()}, pause{}
			}
			return Ending{Outcome: Failed, Cause: err.Error(), Reason: reason(e)}, pause{}
		}
	}
	if a.exhausted(err) {
		if unclear {
			return Ending{Outcome: Uncertain, Cause: "it failed again and again, and may have been sent: " + err.Error()}, pause{}
		}
		return Ending{Outcome: Failed, Cause: "it failed again and again: " + err.Error(), Reason: bot.Unexplained}, pause{}
	}
	if a.late() { // only what is in doubt is still tried
		return Ending{Outcome: Uncertain, Cause: "its time had passed, and whether it was sent cannot be found out: " + err.Error()}, pause{}
	}
	if !a.NotAfter.IsZero() {
		p.delay = min(p.delay, a.NotAfter.Sub(a.Now)+time.Millisecond)
	}
	return Ending{}, p
}

// mostTries is how often an item is tried, whatever came of the earlier attempts,
// before an error that no adapter has classified ends it: with the pauses between
// them some five minutes. Until then its lane waits; a fault of ours must not stop
// a channel for ever.
const mostTries = 12

// exhausted reports whether an error ends the item: it says nothing about what went
// wrong, so it is a fault of an adapter and may never be over, and there were tries
// enough. An attempt that was broken off from here says nothing either, but is
// nobody's fault.
func (a Attempt) exhausted(err error) bool {
	return a.Tries+1 >= mostTries && bot.CodeOf(err) == bot.Internal && !errors.Is(err, context.Canceled)
}

// reason says why a post fails for good.
func reason(e *bot.Error) bot.Reason {
	switch {
	case e.Reason != "":
		return e.Reason
	case e.Code == bot.NotFound:
		return bot.Gone
	case e.Code == bot.Forbidden:
		return bot.NotAllowed
	default:
		return bot.BadPost
	}
}

// retryDelay is 250 ms, doubled with each try, at most a minute.
func retryDelay(tries int) time.Duration {
	if tries > 8 {
		return time.Minute
	}
	return min(250*time.Millisecond<<tries, time.Minute)
}
