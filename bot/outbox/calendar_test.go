package outbox_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// buttons are controls as a test reads them: label and path.
func buttons(controls []bot.Control) string {
	var all []string
	for _, c := range controls {
		all = append(all, "["+c.Label+" "+c.Path+"]")
	}
	return strings.Join(all, " ")
}

// dated is a platform with a calendar. It writes down what it is asked for.
type dated struct {
	*bottest.Adapter
	asked []string
	errs  []error
}

func (d *dated) answer(what string) error {
	d.asked = append(d.asked, what)
	if len(d.errs) == 0 {
		return nil
	}
	err := d.errs[0]
	d.errs = d.errs[1:]
	return err
}

func (d *dated) Publish(_ context.Context, key bot.DeliveryKey, g bot.Gathering) error {
	return d.answer("publish " + string(key) + " " + g.Title)
}

func (d *dated) Withdraw(_ context.Context, space bot.SpaceID, key bot.DeliveryKey) error {
	return d.answer("withdraw " + string(key) + " " + space.ID)
}

func gathering(key bot.DeliveryKey, withdrawn bool) outbox.Item {
	ch := bottest.Channel("lobby")
	return outbox.Item{
		Post: bot.Post{Key: key, Channel: ch}, Class: outbox.Bulk, NotAfter: noon.Add(time.Hour),
		Calendar: &outbox.CalendarEntry{
			Key: "g", Gathering: bot.Gathering{Title: "Models", Channel: ch, Start: noon, End: noon.Add(time.Hour)}, Withdrawn: withdrawn,
		},
	}
}

func TestTheCalendarIsKeptInOrderAndNoMessageIsSaid(t *testing.T) {
	d := newDesk(t)
	p := &dated{Adapter: d.platform}
	d.over(p)
	d.lanes.queue(gathering("1", false), gathering("2", false), gathering("3", true))
	d.wantSettled(d.drain(gathering("", false).Lane()), "complete")
	want := []string{"publish g Models", "publish g Models", "withdraw g S1"}
	if !slices.Equal(p.asked, want) {
		t.Errorf("it was asked to %q, want %q", p.asked, want)
	}
	d.wantStanding()
	for _, key := range []bot.DeliveryKey{"1", "2", "3"} {
		d.wantOutcome(key, outbox.Sent)
	}
	for _, i := range []outbox.Item{post("a"), {Post: post("a").Post, Class: outbox.Bulk}} {
		if i.Lane() == gathering("", false).Lane() {
			t.Error("messages wait for the calendar")
		}
	}
}

func TestAPlatformWithoutACalendarHasNothingToDo(t *testing.T) {
	d := newDesk(t)
	d.lanes.queue(gathering("1", false), gathering("2", true))
	d.wantSettled(d.drain(gathering("", false).Lane()), "complete")
	d.wantOutcome("1", outbox.Sent)
	d.wantOutcome("2", outbox.Sent)
	d.wantStanding()
}

func TestWhatBecomesOfACalendarThatCannotBeChanged(t *testing.T) {
	cases := map[string]struct {
		err     error
		settled string
		outcome outbox.Outcome // none: it is tried again
	}{
		"rate limited":    {&bot.Error{Code: bot.RateLimited, After: 7 * time.Second}, "after 7s", ""},
		"unavailable":     {&bot.Error{Code: bot.Unavailable}, "after 250ms", ""},
		"unknown outcome": {&bot.Error{Code: bot.UnknownOutcome}, "after 250ms", ""},
		"not classified":  {errors.New("EOF"), "after 250ms", ""},
		"not allowed":     {&bot.Error{Code: bot.Permanent, Reason: bot.NotAllowed}, "complete", outbox.Failed},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			p := &dated{Adapter: d.platform, errs: []error{c.err}}
			d.over(p)
			d.lanes.queue(gathering("1", false))
			lane := gathering("", false).Lane()
			d.wantSettled(d.drain(lane), c.settled)
			d.wantOutcome("1", c.outcome)
			if c.outcome != "" {
				return
			}
			// However the attempt ended, it is made again: twice is no other than once.
			d.clock.Set(noon.Add(time.Minute))
			d.wantSettled(d.drain(lane), "complete")
			d.wantOutcome("1", outbox.Sent)
			if len(p.asked) != 2 {
				t.Errorf("it was asked %d times", len(p.asked))
			}
		})
	}
}

// A worker that died may have asked for it. That makes no difference.
func TestWhatIsOverIsNotPutIntoTheCalendar(t *testing.T) {
	d := newDesk(t)
	p := &dated{Adapter: d.platform}
	d.over(p)
	d.lanes.queue(gathering("1", false), gathering("2", false))
	lane := gathering("", false).Lane()
	if _, ok, err := d.lanes.Begin(t.Context(), "g", lane); !ok || err != nil {
		t.Fatal(ok, err)
	}
	d.clock.Set(noon.Add(time.Hour + time.Second))
	d.wantSettled(d.drain(lane), "complete")
	d.wantOutcome("1", outbox.Expired)
	d.wantOutcome("2", outbox.Expired)
	if len(p.asked) > 0 {
		t.Errorf("it was asked to %q", p.asked)
	}
}
