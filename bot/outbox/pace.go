package outbox

import (
	"context"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// Budget keeps each connection to the pace that its platform allows, for all
// replicas together and by the store's time. Its errors have the code
// unavailable.
type Budget interface {
	// Take asks whether one message may be sent. If ok, it counts as sent and is
	// to be sent after wait, some milliseconds. Otherwise the lane is expected to
	// ask again after wait: lanes that wait are told different times, in the order
	// in which they asked, Live before the others.
	Take(ctx context.Context, t Turn) (wait time.Duration, ok bool, err error)
	// Hold keeps everybody from the channel, or from the whole connection, for d:
	// the platform has asked for it.
	Hold(ctx context.Context, t Turn, d time.Duration, overall bool) error
}

// Turn is a lane that asks to send one message.
type Turn struct {
	Connection string
	Place      string // the channel or person, as the platform counts messages
	Lane       string // who asks
	Class      Class  // the last message of a burst is kept for Live
	Update     bool   // a change of a message, not a new one
	Thread     bool   // a thread is opened under the message: one more on the whole connection
	Pace       bot.Pace
}

// shortWait is how long a lane waits for its turn on a worker, in all, before it
// gives the worker back.
const shortWait = 250 * time.Millisecond

// unhurried is a pace a fiftieth slower. Platforms count messages when they
// arrive, and some are longer on their way than others: of two that leave 1.02 s
// apart, the first may come 20 ms later than the second would.
func unhurried(p bot.Pace) bot.Pace {
	for _, r := range []*bot.Rate{&p.Channel, &p.Overall, &p.Updates} {
		r.Per += r.Per / 50
	}
	return p
}

// turn is what to ask the budget for; ok is false where the platform has no pace.
func (s *Sender) turn(m bot.Messenger, lane string, i Item) (t Turn, ok bool) {
	p, ok := m.(bot.Paced)
	if !ok || s.budget == nil {
		return Turn{}, false
	}
	pace := p.Pace()
	t = Turn{Connection: i.Post.Connection(), Lane: lane, Class: i.Class, Update: i.Update, Pace: unhurried(pace)}
	if !i.Update {
		_, t.Thread = threads(m, i.Post)
	}
	switch {
	case i.Calendar != nil:
		t.Place = "calendar"
	case i.Post.Direct != nil:
		t.Place = "@" + i.Post.Direct.User
	case i.Together != nil:
		t.Place = "room:" + string(i.Together.Room.Key)
	case pace.Threads && i.Post.Channel.Thread != "":
		t.Place = i.Post.Channel.Thread
	default:
		t.Place = i.Post.Channel.ID
	}
	return t, true
}

// leave asks whether the item may be sent, and waits for it if that is soon.
// Otherwise it says when to ask again.
func (s *Sender) leave(ctx context.Context, lane string, a Attempt) (wait time.Duration, ok bool, err error) {
	if err := ctx.Err(); err != nil {
		return 0, false, err
	}
	m, err := s.places.For(a.Post.Connection())
	if err != nil || a.late() && !a.inDoubt() {
		return 0, true, nil // nothing will be sent
	}
	t, paced := s.turn(m, lane, a.Item)
	if !paced {
		return 0, true, nil
	}
	wait, ok, err = s.budget.Take(ctx, t)
	if ok && err == nil {
		return 0, true, rest(ctx, wait)
	}
	return wait, false, err
}

// refused tells the budget that the platform wants a rest.
func (s *Sender) refused(ctx context.Context, lane string, a Attempt, e *bot.Error) {
	m, err := s.places.For(a.Post.Connection())
	if err != nil {
		return
	}
	if t, ok := s.turn(m, lane, a.Item); ok {
		if err := s.budget.Hold(ctx, t, e.After, e.Overall); err != nil {
			s.log.Warn("cannot tell the others to wait", "connection", t.Connection, "error", err)
		}
	}
}

// rest waits on the worker, unless ctx ends.
func rest(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
