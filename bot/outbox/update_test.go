package outbox_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

func changeOf(key bot.DeliveryKey, text string) outbox.Item {
	c := post(key)
	c.Update = true
	c.Post.Message.Text = bot.Plain(text)
	return c
}

// editing is a platform whose changes of messages fail.
type editing struct {
	bot.Messenger
	errs []error
}

func (e *editing) Update(ctx context.Context, ref bot.MessageRef, m bot.Message) error {
	if len(e.errs) > 0 {
		err := e.errs[0]
		e.errs = e.errs[1:]
		return err
	}
	return e.Messenger.Update(ctx, ref, m)
}

func TestAMessageIsChanged(t *testing.T) {
	d := newDesk(t)
	d.lanes.queue(post("a"), changeOf("a", "better"), post("b"))
	d.wantSettled(d.drain(lane), "complete")
	d.wantStanding("a", "b")
	if a := d.platform.Ledger()[0]; a.Message.Text.String() != "better" || a.Updates != 1 {
		t.Errorf("it says %q after %d changes", a.Message.Text, a.Updates)
	}
}

func TestWhatBecomesOfAChangeThatCannotBeMade(t *testing.T) {
	cases := map[string]struct {
		err     error
		settled string
		outcome outbox.Outcome // none: it waits
	}{
		"rate limited":     {&bot.Error{Code: bot.RateLimited, After: 7 * time.Second}, "after 7s", ""},
		"unavailable":      {&bot.Error{Code: bot.Unavailable}, "after 250ms", ""},
		"unknown outcome":  {&bot.Error{Code: bot.UnknownOutcome}, "after 250ms", ""},
		"not classified":   {errors.New("EOF"), "after 250ms", ""},
		"the message gone": {&bot.Error{Code: bot.NotFound}, "complete", outbox.Failed},
		"the channel gone": {&bot.Error{Code: bot.Permanent, Reason: bot.Gone}, "complete", outbox.Failed},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.lanes.queue(post("a"))
			d.wantSettled(d.drain(lane), "complete")
			d.over(&editing{d.platform, []error{c.err}})
			d.lanes.queue(changeOf("a", "better"), post("b"))
			d.wantSettled(d.drain(lane), c.settled)
			if c.outcome != "" {
				if len(d.lanes.changes) != 1 || d.lanes.changes[0].Outcome != c.outcome {
					t.Errorf("it ended as %v", d.lanes.changes)
				}
				d.wantStanding("a", "b")
				return
			}
			// It can be made again, so there is no doubt, and a newer one may take its place.
			d.wantFirst("a", 1, false)
			d.wantSettled(d.drain(lane), "complete")
			if got := d.platform.Ledger()[0].Message.Text.String(); got != "better" {
				t.Errorf("it says %q", got)
			}
		})
	}
}

// A change whose worker died is simply made again.
func TestAChangeInDoubtIsMadeAgain(t *testing.T) {
	d := newDesk(t)
	d.platform.Blind()
	d.lanes.queue(post("a"))
	d.wantSettled(d.drain(lane), "complete")
	late := changeOf("a", "late")
	late.NotAfter = noon.Add(time.Minute)
	d.lanes.queue(changeOf("a", "better"), late)
	if _, _, err := d.lanes.Begin(t.Context(), "g", lane); err != nil {
		t.Fatal(err)
	}
	d.clock.Set(noon.Add(time.Hour))
	d.wantSettled(d.drain(lane), "complete")
	if a := d.platform.Ledger()[0]; a.Message.Text.String() != "better" || a.Updates != 1 {
		t.Errorf("it says %q after %d changes", a.Message.Text, a.Updates)
	}
	if len(d.lanes.changes) != 2 || d.lanes.changes[1].Outcome != outbox.Expired {
		t.Errorf("changes ended as %v", d.lanes.changes)
	}
}

func TestAChangeThatComesTooEarlyWaits(t *testing.T) {
	d := newDesk(t)
	d.lanes.queue(changeOf("a", "better"))
	d.lanes.down = outbox.ErrNotYet
	d.wantSettled(d.drain(lane), "after 1s")
}

// meter writes down what it is told.
type meter []measured

type measured struct {
	class   outbox.Class
	outcome outbox.Outcome
	waited  time.Duration
}

func (m *meter) Post(c outbox.Class, o outbox.Outcome, waited time.Duration) {
	*m = append(*m, measured{c, o, waited})
}

func TestPostsAreMeasured(t *testing.T) {
	d, m := newDesk(t), &meter{}
	d.options.Meter = m
	d.over(d.platform)
	late := post("late")
	late.NotAfter = noon
	late.Class = outbox.Live
	d.lanes.queue(late, post("a"), changeOf("a", "better"))
	d.clock.Set(noon.Add(3 * time.Second))
	d.wantSettled(d.drain(lane), "complete")
	want := meter{
		{outbox.Live, outbox.Expired, 3 * time.Second},
		{outbox.Live, outbox.Sent, 3 * time.Second},
		{outbox.Live, outbox.Sent, 3 * time.Second},
	}
	if len(*m) != len(want) {
		t.Fatalf("measured %v", *m)
	}
	for i := range want {
		if (*m)[i] != want[i] {
			t.Errorf("measured %v, want %v", (*m)[i], want[i])
		}
	}
}
