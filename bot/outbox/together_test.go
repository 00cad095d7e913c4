package outbox_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// meeting is a post to ana and joe, in a room of theirs or one by one.
func meeting() outbox.Item {
	ana, joe := bottest.Account("ana"), bottest.Account("joe")
	alone := func(who bot.Account) outbox.Item {
		return outbox.Item{Post: bot.Post{Key: bot.DeliveryKey("intro/" + who.User), Direct: &who, Message: bot.Message{Text: bot.Plain("alone")}}, Class: outbox.Bulk}
	}
	return outbox.Item{
		Post:  bot.Post{Key: "intro", Channel: bot.Channel{Space: ana.Space}, Message: bot.Message{Text: bot.Plain("together")}},
		Class: outbox.Bulk,
		Together: &outbox.Together{
			Room: bot.Room{Key: "r", Title: "Ana, Joe", People: []bot.Account{ana, joe}}, Alone: []outbox.Item{alone(ana), alone(joe)},
		},
	}
}

// crowded is a platform whose rooms open with an error.
type crowded struct {
	*bottest.Adapter
	err error
}

func (r crowded) OpenRoom(context.Context, bot.Room) (bot.Channel, error) {
	return bot.Channel{}, r.err
}

// roomless is a platform that has no rooms.
type roomless struct{ bot.Messenger }

func (d *desk) alone() []bot.DeliveryKey {
	var keys []bot.DeliveryKey
	for _, who := range []string{"ana", "joe"} {
		for _, w := range d.lanes.items["bulk:@"+bottest.Account(who).String()] {
			keys = append(keys, w.Post.Key)
		}
	}
	return keys
}

func TestAPostToSeveralComesToTheirRoom(t *testing.T) {
	d := newDesk(t)
	d.platform.HaveRooms(true)
	d.lanes.queue(meeting())
	d.wantSettled(d.drain(meeting().Lane()), "complete")
	d.wantOutcome("intro", outbox.Sent)
	all := d.platform.Ledger()
	if len(all) != 1 || all[0].Ref.Channel.ID != "room-r" || len(d.alone()) > 0 {
		t.Errorf("there stands %+v, and %q is queued", all, d.alone())
	}
}

// Whatever keeps a post from their room, its people are written to one by one, and no
// organizer hears of it.
func TestWithoutARoomPeopleAreWrittenToOneByOne(t *testing.T) {
	for name, over := range map[string]func(*desk) bot.Messenger{
		"it is refused":      func(d *desk) bot.Messenger { return d.platform },
		"somebody is gone":   func(d *desk) bot.Messenger { return crowded{d.platform, &bot.Error{Code: bot.NotFound}} },
		"there are no rooms": func(d *desk) bot.Messenger { return roomless{d.platform} },
		"nobody may write there": func(d *desk) bot.Messenger {
			d.platform.HaveRooms(true)
			d.platform.FailSend(false, &bot.Error{Code: bot.Permanent})
			return d.platform
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.over(over(d))
			d.lanes.queue(meeting())
			d.wantSettled(d.drain(meeting().Lane()), "complete")
			d.wantOutcome("intro", outbox.Apart)
			if got := d.alone(); !slices.Equal(got, []bot.DeliveryKey{"intro/ana", "intro/joe"}) {
				t.Errorf("queued is %q", got)
			}
		})
	}
}

// Where nobody can tell whether it stands in the room, it comes once more rather than never.
func TestARoomInDoubt(t *testing.T) {
	d := inDoubt(t, meeting(), false)
	d.platform.HaveRooms(true)
	d.platform.Blind()
	d.drain(meeting().Lane())
	d.wantOutcome("intro", outbox.Apart)
	if len(d.alone()) != 2 {
		t.Errorf("queued is %q", d.alone())
	}
}

// A worker that dies when it has queued what comes instead does it again, to no effect.
func TestPeopleAreWrittenToOneByOneOnce(t *testing.T) {
	d := newDesk(t)
	d.lanes.queue(meeting())
	died := errors.New("died")
	d.lanes.down = nil
	d.lanes.onEnd = func() { d.lanes.down = &bot.Error{Code: bot.Unavailable, Err: died} }
	d.drain(meeting().Lane())
	d.lanes.onEnd, d.lanes.down = nil, nil
	d.drain(meeting().Lane())
	d.wantOutcome("intro", outbox.Apart)
	if got := d.alone(); len(got) != 2 {
		t.Errorf("queued is %q", got)
	}
}

// A room that has to wait raises no doubt about the post.
func TestARoomThatHasToWait(t *testing.T) {
	d := newDesk(t)
	d.over(crowded{d.platform, &bot.Error{Code: bot.RateLimited, After: time.Minute}})
	d.lanes.queue(meeting())
	d.wantSettled(d.drain(meeting().Lane()), "after 1m0s")
	if w := d.lanes.items[meeting().Lane()]; len(w) != 1 || w[0].doubt || len(d.alone()) > 0 {
		t.Errorf("it waits as %+v, and %q is queued", w, d.alone())
	}
}

// reading says what is held for people, by their lanes.
type reading map[string]outbox.Held

func (r reading) Held(_ context.Context, _, lane string, _ int) (outbox.Held, error) {
	return r[lane], nil
}

func (r reading) LetOut(context.Context, string, string, outbox.Outgoing) error { return nil }

func TestWhenOneMessageMayComeToSeveral(t *testing.T) {
	const chicago, honolulu, madrid = "America/Chicago", "Pacific/Honolulu", "Europe/Madrid"
	clock := scheduler.NewManualClock(tuesday)
	held := []outbox.Waiting{{Item: unasked("a", "b")}}
	today := []time.Time{tuesday.Add(-2 * time.Hour)}
	for name, c := range map[string]struct {
		zones []string
		joe   outbox.Held
		want  time.Time // zero: it is better alone
	}{
		"now":                       {[]string{chicago, chicago}, outbox.Held{}, tuesday},
		"when the last one is up":   {[]string{chicago, honolulu}, outbox.Held{}, tuesday.Add(2 * time.Hour)},
		"by the zone that they set": {[]string{chicago, chicago}, outbox.Held{Zone: honolulu}, tuesday.Add(2 * time.Hour)},
		"tomorrow, written today":   {[]string{chicago, chicago}, outbox.Held{Written: today}, tuesday.Add(21 * time.Hour)},
		"when all are up tomorrow":  {[]string{madrid, chicago}, outbox.Held{Written: today}, tuesday.Add(21 * time.Hour)},
		"back from being away":      {[]string{chicago, chicago}, outbox.Held{Away: bot.Away{From: "2026-05-12", Until: "2026-05-13"}}, tuesday.Add(45 * time.Hour)},
		"with something held":       {[]string{chicago, chicago}, outbox.Held{Waiting: held}, time.Time{}},
		"in no zone":                {[]string{"Nowhere/At_all", "UTC"}, outbox.Held{}, tuesday},
	} {
		t.Run(name, func(t *testing.T) {
			ana, joe := bottest.Account("ana"), bottest.Account("joe")
			courtesy := outbox.NewCourtesy(reading{"unasked:@" + joe.String(): c.joe}, bottest.Words{})
			at, written, err := courtesy.Together(t.Context(), "g", clock.Now(), []outbox.Reader{{ana, c.zones[0]}, {joe, c.zones[1]}})
			if err != nil || !at.Equal(c.want) {
				t.Fatalf("at %s, %v; want %s", at, err, c.want)
			}
			if now := at.Equal(tuesday); now != (len(written) == 2) || now && (written[1].Account != joe || !written[0].After[0].Equal(tuesday)) {
				t.Errorf("written is %+v", written)
			}
		})
	}
}
