package outbox_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// inDoubt is a desk with one item whose worker died while it was sending. The
// message arrived, or it did not.
func inDoubt(t *testing.T, item outbox.Item, arrived bool) *desk {
	t.Helper()
	d := newDesk(t)
	d.lanes.queue(item, post("next"))
	if _, _, err := d.lanes.Begin(t.Context(), "g", item.Lane()); err != nil {
		t.Fatal(err)
	}
	if arrived {
		if _, err := d.platform.Send(t.Context(), item.Post); err != nil {
			t.Fatal(err)
		}
	}
	d.clock.Set(noon.Add(10 * time.Second))
	return d
}

func TestAMessageThatIsFoundIsNotSentAgain(t *testing.T) {
	d := inDoubt(t, post("a"), true)
	d.wantSettled(d.drain(lane), "complete")
	d.wantStanding("a", "next")
	d.wantOutcome("a", outbox.Sent)
	if got, want := d.lanes.endings["a"].Ref, d.platform.Ledger()[0].Ref; got != want {
		t.Errorf("it is remembered at %v, but stands at %v", got, want)
	}
}

func TestAMessageThatIsNotFoundIsSent(t *testing.T) {
	d := inDoubt(t, post("a"), false)
	d.wantSettled(d.drain(lane), "complete")
	d.wantStanding("a", "next")
	d.wantOutcome("a", outbox.Sent)
}

func TestAnAnswerThatGotLostIsLookedUp(t *testing.T) {
	d := newDesk(t)
	d.lanes.queue(post("a"))
	d.platform.FailSend(true, errors.New("EOF"))
	d.wantSettled(d.drain(lane), "after 250ms")
	d.wantStanding("a")
	d.wantSettled(d.drain(lane), "complete")
	d.wantStanding("a")
	d.wantOutcome("a", outbox.Sent)
}

func TestWithoutLookupThePlatformsOwnRecognitionServesWhileItLasts(t *testing.T) {
	cases := map[string]struct {
		after   time.Duration
		outcome outbox.Outcome
	}{
		"inside the window":  {5*time.Minute - time.Second, outbox.Sent},
		"outside the window": {5 * time.Minute, outbox.Uncertain},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			d := inDoubt(t, post("a"), false)
			d.platform.Blind()
			d.over(deduping{d.platform})
			d.clock.Set(noon.Add(c.after))
			d.wantSettled(d.drain(lane), "complete")
			d.wantOutcome("a", c.outcome)
			d.wantOutcome("next", outbox.Sent)
		})
	}
}

func TestWithoutAnyMeansItEndsUncertain(t *testing.T) {
	d := inDoubt(t, post("a"), true)
	d.platform.Blind()
	d.wantSettled(d.drain(lane), "complete")
	d.wantOutcome("a", outbox.Uncertain)
	d.wantStanding("a", "next")
}

// The second attempt says that it sent nothing. That tells nothing of the first.
func TestDoubtOutlivesAnAttemptThatSentNothing(t *testing.T) {
	for _, code := range []bot.Code{bot.RateLimited, bot.Unavailable} {
		d := inDoubt(t, post("a"), true)
		d.platform.Blind()
		d.over(deduping{d.platform})
		d.platform.FailSend(false, &bot.Error{Code: code, After: 250 * time.Millisecond})
		d.drain(lane)
		d.clock.Set(noon.Add(time.Hour))
		d.wantSettled(d.drain(lane), "complete")
		d.wantOutcome("a", outbox.Uncertain)
		d.wantStanding("a", "next")
	}
}

// Rate limits send nothing, so the window counts from the attempt that may have.
func TestTheWindowCountsFromTheFirstAttemptInDoubt(t *testing.T) {
	d := newDesk(t)
	d.platform.Blind()
	d.over(deduping{d.platform})
	d.lanes.queue(post("a"))
	d.platform.FailSend(false, &bot.Error{Code: bot.RateLimited, After: time.Hour})
	d.drain(lane)
	d.clock.Set(noon.Add(time.Hour))
	d.platform.FailSend(false, errors.New("EOF"))
	d.drain(lane)
	d.clock.Set(noon.Add(time.Hour + time.Minute))
	d.wantSettled(d.drain(lane), "complete")
	d.wantOutcome("a", outbox.Sent)
}

func TestAFailureForGoodOfWhatIsInDoubtIsUncertain(t *testing.T) {
	gone := &bot.Error{Code: bot.Permanent, Reason: bot.Gone}
	t.Run("refused when sent again", func(t *testing.T) {
		d := inDoubt(t, post("a"), false)
		d.platform.Blind()
		d.over(deduping{d.platform})
		d.platform.FailSend(false, gone)
		d.wantSettled(d.drain(lane), "complete")
		d.wantOutcome("a", outbox.Uncertain)
	})
	t.Run("refused when looked up", func(t *testing.T) {
		d := inDoubt(t, post("a"), true)
		d.over(unsearchable{d.platform, gone})
		d.wantSettled(d.drain(lane), "complete")
		d.wantOutcome("a", outbox.Uncertain)
	})
}

func TestWhatIsLateAndInDoubtIsNotSent(t *testing.T) {
	late := post("a")
	late.NotAfter = noon.Add(time.Second)
	cases := map[string]struct {
		arrived bool
		prepare func(*desk)
		outcome outbox.Outcome
	}{
		"it is there":            {true, func(*desk) {}, outbox.Sent},
		"it is not there":        {false, func(*desk) {}, outbox.Expired},
		"there is no way to say": {false, func(d *desk) { d.platform.Blind(); d.over(deduping{d.platform}) }, outbox.Uncertain},
		"the platform is down":   {false, func(d *desk) { d.over(unsearchable{d.platform, down}) }, outbox.Uncertain},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			d := inDoubt(t, late, c.arrived)
			c.prepare(d)
			d.drain(lane)
			d.wantOutcome("a", c.outcome)
			if c.arrived {
				d.wantStanding("a", "next")
			} else {
				d.wantStanding("next")
			}
		})
	}
}

// unsearchable is a platform whose lookup fails.
type unsearchable struct {
	bot.Messenger
	err error
}

func (u unsearchable) Find(context.Context, bot.Channel, bot.DeliveryKey, time.Time) (bot.MessageRef, bool, error) {
	return bot.MessageRef{}, false, u.err
}

var down = &bot.Error{Code: bot.Unavailable}

func TestDoubtRemainsWhileThePlatformCannotBeAsked(t *testing.T) {
	d := inDoubt(t, post("a"), true)
	d.over(unsearchable{d.platform, down})
	d.wantSettled(d.drain(lane), "after 500ms")
	d.wantStanding("a")
	if !d.lanes.items[lane][0].doubt {
		t.Error("it is in doubt no more")
	}
}

// Finding out the channel sends nothing, whatever goes wrong with it.
func TestNotReachingAPersonRaisesNoDoubt(t *testing.T) {
	d := newDesk(t)
	d.over(mute{d.platform})
	item := post("a")
	item.Post.Direct = &bot.Account{User: "ana"}
	d.lanes.queue(item)
	d.wantSettled(d.drain(item.Lane()), "after 250ms")
	if d.lanes.items[item.Lane()][0].doubt {
		t.Error("it is in doubt")
	}
}

// mute is a platform whose Direct fails without a code.
type mute struct{ bot.Messenger }

func (mute) Direct(context.Context, bot.Account) (bot.Channel, error) {
	return bot.Channel{}, errors.New("EOF")
}

func TestASendEndsWithTheLeaseOrAfterATime(t *testing.T) {
	cases := map[string]struct {
		lost  bool
		wants time.Duration
	}{
		"nobody else": {false, 15 * time.Second},
		"lease lost":  {true, 10 * time.Second / 3},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDesk(t)
				d.lanes.queue(post("a"))
				begun := time.Now()
				d.platform.Intercept(func(ctx context.Context, _ bot.Post) error {
					<-ctx.Done()
					return ctx.Err()
				})
				if c.lost {
					losing := &losing{schedule: d.schedule}
					d.runner = scheduler.NewRunner(losing, scheduler.Options{})
					d.runner.Handle(outbox.JobKind, outbox.NewSender(d.lanes, places{d.platform}, d.options).Drain)
				}
				d.drain(lane)
				if took := time.Since(begun); took.Round(time.Millisecond) != c.wants.Round(time.Millisecond) {
					t.Errorf("the send was given up after %s, want %s", took, c.wants)
				}
			})
		})
	}
}

// losing is a schedule from which another worker has taken the job.
type losing struct{ *schedule }

func (*losing) Extend(context.Context, scheduler.Claimed, time.Duration) (bool, error) {
	return false, nil
}
