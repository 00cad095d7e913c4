package outbox_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// most is how often an item is tried before an error that says nothing ends it.
const most = 12

var errOdd = errors.New("a nil map")

// An adapter's fault must not stop a channel for ever. Whether the post has failed
// is for the platform to say; where it cannot, an organizer is asked.
func TestAnErrorThatNobodyClassifiedEndsAPost(t *testing.T) {
	for name, c := range map[string]struct {
		sent, blind bool // the last attempt, and whether the platform can tell
		outcome     outbox.Outcome
		standing    []bot.DeliveryKey
	}{
		"it is not there":         {false, false, outbox.Failed, []bot.DeliveryKey{"b"}},
		"it is there":             {true, false, outbox.Sent, []bot.DeliveryKey{"a", "b"}},
		"the platform is no help": {false, true, outbox.Uncertain, []bot.DeliveryKey{"b"}},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.lanes.queue(post("a"), post("b"))
			for range most - 1 {
				d.platform.FailSend(false, errOdd)
				d.drain(lane)
				d.wantOutcome("a", "")
			}
			if c.blind {
				d.over(blinded{deduping{d.platform}})
			}
			d.platform.FailSend(c.sent, errOdd)
			d.wantSettled(d.drain(lane), "complete")
			d.wantOutcome("a", c.outcome)
			d.wantStanding(c.standing...)
			if e := d.lanes.endings["a"]; c.outcome == outbox.Failed && e.Reason != bot.Unexplained {
				t.Errorf("it ended as %+v", e)
			}
		})
	}
}

// blinded cannot find what stands, but recognises keys.
type blinded struct{ deduping }

func (blinded) Find(context.Context, bot.Channel, bot.DeliveryKey, time.Time) (bot.MessageRef, bool, error) {
	return bot.MessageRef{}, false, bot.ErrCannotFind
}

// What surely was not sent has failed, and says so.
func TestAnErrorThatNobodyClassifiedEndsAChange(t *testing.T) {
	d := newDesk(t)
	d.lanes.queue(post("a"))
	d.drain(lane)
	faults := make([]error, most)
	for i := range faults {
		faults[i] = errOdd
	}
	d.over(&editing{d.platform, faults})
	d.lanes.queue(changeOf("a", "better"), post("b"))
	for range most - 1 {
		d.drain(lane)
	}
	if len(d.lanes.changes) != 0 {
		t.Fatalf("it was given up early: %v", d.lanes.changes)
	}
	d.wantSettled(d.drain(lane), "complete")
	if len(d.lanes.changes) != 1 || d.lanes.changes[0].Outcome != outbox.Failed || d.lanes.changes[0].Reason != bot.Unexplained {
		t.Errorf("it ended as %+v", d.lanes.changes)
	}
	d.wantStanding("a", "b")
}

// What may be over by itself, or was broken off from here, is never given up for
// the number of its tries.
func TestWhatMayBeOverByItselfIsTriedOn(t *testing.T) {
	for name, err := range map[string]error{
		"unavailable":     &bot.Error{Code: bot.Unavailable},
		"rate limited":    &bot.Error{Code: bot.RateLimited},
		"unknown outcome": &bot.Error{Code: bot.UnknownOutcome},
		"broken off":      context.Canceled,
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.lanes.queue(post("a"))
			for range 3 * most {
				d.platform.FailSend(false, err)
				d.drain(lane)
			}
			d.wantOutcome("a", "")
			d.wantSettled(d.drain(lane), "complete")
			d.wantOutcome("a", outbox.Sent)
		})
	}
}
