package outbox_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
)

var (
	noon = time.Date(2026, 3, 8, 12, 0, 0, 0, time.UTC)
	lane = post("").Lane()
)

// desk is a sender between lanes in memory and a platform in memory.
type desk struct {
	t        *testing.T
	clock    *scheduler.ManualClock
	lanes    *lanes
	platform *bottest.Adapter
	schedule *schedule
	runner   *scheduler.Runner
	options  outbox.Options
}

// places gives the platform for every connection but "gone".
type places struct{ messenger bot.Messenger }

func (p places) For(connection string) (bot.Messenger, error) {
	if connection == "gone" {
		return bot.NewSwitchboard().For(connection)
	}
	return p.messenger, nil
}

// deduping is a platform that recognises keys.
type deduping struct{ *bottest.Adapter }

func (deduping) DedupeWindow() time.Duration { return 5 * time.Minute }

func newDesk(t *testing.T) *desk {
	t.Helper()
	clock := scheduler.NewManualClock(noon)
	d := &desk{t: t, clock: clock, lanes: newLanes(clock), platform: bottest.NewAdapter(bottest.Connection, clock.Now), schedule: &schedule{clock: clock}}
	d.over(d.platform)
	return d
}

// over lets the sender reach the platform through m.
func (d *desk) over(m bot.Messenger) {
	d.runner = scheduler.NewRunner(d.schedule, scheduler.Options{})
	d.runner.Handle(outbox.JobKind, outbox.NewSender(d.lanes, places{m}, d.options).Drain)
}

// drain lets the lane be drained once and gives how the job was settled:
// "complete", "after 1s", "failed" or "aside".
func (d *desk) drain(lane string) string {
	d.t.Helper()
	return d.drainUntil(d.t.Context(), lane)
}

func (d *desk) drainUntil(ctx context.Context, lane string) string {
	d.t.Helper()
	payload, err := json.Marshal(lane)
	if err != nil {
		d.t.Fatal(err)
	}
	d.schedule.job = &scheduler.Job{Group: "g", ID: outbox.JobID(lane), Kind: outbox.JobKind, Payload: payload}
	if err := d.runner.RunDue(ctx); err != nil {
		d.t.Fatal(err)
	}
	return d.schedule.settled
}

func post(key bot.DeliveryKey) outbox.Item {
	return outbox.Item{
		Post:  bot.Post{Key: key, Channel: bottest.Channel("lobby"), Message: bot.Message{Text: bot.Plain("hello")}},
		Class: outbox.Live,
	}
}

func (d *desk) wantSettled(got, want string) {
	d.t.Helper()
	if got != want {
		d.t.Errorf("the job was settled as %q, want %q", got, want)
	}
}

// wantStanding says which keys stand on the platform, in order.
func (d *desk) wantStanding(keys ...bot.DeliveryKey) {
	d.t.Helper()
	var got []bot.DeliveryKey
	for _, e := range d.platform.Ledger() {
		got = append(got, e.Key)
	}
	if !slices.Equal(got, keys) {
		d.t.Errorf("on the platform stand %q, want %q", got, keys)
	}
}

func (d *desk) wantOutcome(key bot.DeliveryKey, want outbox.Outcome) {
	d.t.Helper()
	if got := d.lanes.endings[key].Outcome; got != want {
		d.t.Errorf("%s ended as %q, want %q", key, got, want)
	}
}

func TestPostsAreSentInOrderAndRememberWhereTheyStand(t *testing.T) {
	d := newDesk(t)
	d.lanes.queue(post("a"), post("b"), post("c"))
	d.wantSettled(d.drain(lane), "complete")
	d.wantStanding("a", "b", "c")
	for i, key := range []bot.DeliveryKey{"a", "b", "c"} {
		d.wantOutcome(key, outbox.Sent)
		if got, want := d.lanes.endings[key].Ref, d.platform.Ledger()[i].Ref; got != want {
			t.Errorf("%s is remembered at %v, but stands at %v", key, got, want)
		}
	}
	d.wantSettled(d.drain(lane), "complete") // an empty lane
}

func TestWhatBecomesOfAPostThatCannotBeSent(t *testing.T) {
	coded := func(code bot.Code) error { return &bot.Error{Code: code, Err: errors.New("because")} }
	cases := map[string]struct {
		err     error
		settled string
		outcome outbox.Outcome // none: it waits
		doubt   bool
	}{
		"rate limited":               {&bot.Error{Code: bot.RateLimited, After: 7 * time.Second}, "after 7s", "", false},
		"rate limited for no time":   {coded(bot.RateLimited), "after 100ms", "", false},
		"unavailable":                {coded(bot.Unavailable), "after 250ms", "", false},
		"unknown outcome":            {coded(bot.UnknownOutcome), "after 250ms", "", true},
		"conflict":                   {coded(bot.Conflict), "after 250ms", "", true},
		"not classified":             {errors.New("EOF"), "after 250ms", "", true},
		"permanent":                  {coded(bot.Permanent), "complete", outbox.Failed, false},
		"invalid":                    {coded(bot.Invalid), "complete", outbox.Failed, false},
		"forbidden":                  {coded(bot.Forbidden), "complete", outbox.Failed, false},
		"not found":                  {coded(bot.NotFound), "complete", outbox.Failed, false},
		"classified deep in another": {fmt.Errorf("send: %w", coded(bot.Permanent)), "complete", outbox.Failed, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.lanes.queue(post("a"), post("b"))
			d.platform.FailSend(false, c.err)
			d.wantSettled(d.drain(lane), c.settled)
			d.wantOutcome("a", c.outcome)
			if c.outcome != "" {
				d.wantStanding("b") // a failure for good holds nobody up
				return
			}
			d.wantStanding()
			if got := d.lanes.items[lane][0].doubt; got != c.doubt {
				t.Errorf("in doubt: %t, want %t", got, c.doubt)
			}
			d.wantSettled(d.drain(lane), "complete")
			d.wantStanding("a", "b")
		})
	}
}

func TestPausesGrowToAMinute(t *testing.T) {
	d := newDesk(t)
	d.lanes.queue(post("a"))
	want := []string{"250ms", "500ms", "1s", "2s", "4s", "8s", "16s", "32s", "1m0s", "1m0s", "1m0s"}
	for _, pause := range want {
		d.platform.FailSend(false, &bot.Error{Code: bot.Unavailable})
		d.wantSettled(d.drain(lane), "after "+pause)
	}
}

func TestDirectMessagesGoToThePersonsChannel(t *testing.T) {
	d := newDesk(t)
	ana, joe := bottest.Account("ana"), bottest.Account("joe")
	toAna, toJoe := post("a"), post("j")
	toAna.Post.Direct, toJoe.Post.Direct = &ana, &joe
	d.lanes.queue(toAna, toJoe)
	d.platform.CloseDirect(joe)
	if toAna.Lane() == toJoe.Lane() || toAna.Lane() == lane {
		t.Errorf("lanes: %q, %q, %q", toAna.Lane(), toJoe.Lane(), lane)
	}
	d.wantSettled(d.drain(toAna.Lane()), "complete")
	d.wantSettled(d.drain(toJoe.Lane()), "complete")
	d.wantStanding("a")
	if got := d.lanes.endings["a"].Ref.Channel.ID; got != "dm-ana" {
		t.Errorf("it stands in %q", got)
	}
	d.wantOutcome("j", outbox.Failed)
}

// Another process may have the connection, so the post waits for it.
func TestAConnectionThatIsNotHereIsWaitedFor(t *testing.T) {
	d := newDesk(t)
	item := post("a")
	item.Post.Channel.Space.Connection = "gone"
	d.lanes.queue(item)
	d.wantSettled(d.drain(item.Lane()), "after 250ms")
	d.wantOutcome("a", "")
}

func TestWhatHasExpiredIsNotSent(t *testing.T) {
	d := newDesk(t)
	late, just := post("late"), post("just")
	late.NotAfter, just.NotAfter = noon.Add(-time.Millisecond), noon
	d.lanes.queue(late, just)
	d.wantSettled(d.drain(lane), "complete")
	d.wantStanding("just")
	d.wantOutcome("late", outbox.Expired)
}

func TestALaneIsBlockedNoLongerThanUntilNotAfter(t *testing.T) {
	for name, err := range map[string]error{
		"rate limited": &bot.Error{Code: bot.RateLimited, After: time.Hour},
		"unavailable":  &bot.Error{Code: bot.Unavailable},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			first := post("first")
			first.NotAfter = noon.Add(100 * time.Millisecond)
			d.lanes.queue(first, post("second"))
			d.platform.FailSend(false, err)
			d.wantSettled(d.drain(lane), "after 101ms")
			d.clock.Set(noon.Add(101 * time.Millisecond))
			d.wantSettled(d.drain(lane), "complete")
			d.wantOutcome("first", outbox.Expired)
			d.wantStanding("second")
		})
	}
}

func TestAStoreThatIsDownIsNotTheLanesFault(t *testing.T) {
	d := newDesk(t)
	d.lanes.queue(post("a"))
	d.lanes.down = &bot.Error{Code: bot.Unavailable}
	d.wantSettled(d.drain(lane), "after 1s")
	d.lanes.down = nil
	d.lanes.onEnd = func() { d.lanes.down = &bot.Error{Code: bot.Unavailable} }
	d.wantSettled(d.drain(lane), "after 1s")
	d.lanes.onEnd, d.lanes.down = nil, nil
	d.wantSettled(d.drain(lane), "complete")
	d.wantStanding("a") // the platform was asked first
	d.wantOutcome("a", outbox.Sent)
}

func TestAnUnreadableLaneIsSetAside(t *testing.T) {
	d := newDesk(t)
	d.schedule.job = &scheduler.Job{Kind: outbox.JobKind, Payload: json.RawMessage(`{"lane":1}`)}
	if err := d.runner.RunDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	d.wantSettled(d.schedule.settled, "aside")
}

func TestStoppingFinishesTheSendInFlightAndNoMore(t *testing.T) {
	d := newDesk(t)
	d.lanes.queue(post("a"), post("b"))
	ctx, stop := context.WithCancel(t.Context())
	d.platform.Intercept(func(ctx context.Context, _ bot.Post) error {
		stop()
		return ctx.Err()
	})
	d.wantSettled(d.drainUntil(ctx, lane), "after 0s")
	d.wantStanding("a")
	d.wantOutcome("a", outbox.Sent)
	if b := d.lanes.items[lane][0]; b.Post.Key != "b" || b.doubt {
		t.Errorf("at the head of the lane is %q, in doubt: %t", b.Post.Key, b.doubt)
	}
	d.platform.Intercept(nil)
	d.wantSettled(d.drain(lane), "complete")
	d.wantStanding("a", "b")
}

func TestLanes(t *testing.T) {
	ana := bottest.Account("ana")
	inThread := bottest.Channel("lobby")
	inThread.Thread = "5"
	items := []outbox.Item{
		post(""),
		{Class: outbox.Bulk, Post: bot.Post{Channel: bottest.Channel("lobby")}},
		{Class: outbox.Live, Post: bot.Post{Channel: bottest.Channel("other")}},
		{Class: outbox.Live, Post: bot.Post{Channel: inThread}},
		{Class: outbox.Live, Post: bot.Post{Channel: bottest.Channel("lobby/5")}},
		{Class: outbox.Live, Post: bot.Post{Direct: &ana}},
		{Class: outbox.Relay, Post: bot.Post{Direct: &ana}},
	}
	seen := map[string]int{}
	for i, item := range items {
		if before, ok := seen[item.Lane()]; ok {
			t.Errorf("items %d and %d share the lane %q", before, i, item.Lane())
		}
		seen[item.Lane()] = i
	}
}
