package outbox_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// closet holds what is for ana.
type closet struct {
	clock   *scheduler.ManualClock
	waiting []outbox.Waiting
	written []time.Time
	zone    string
	away    bot.Away
	out     []outbox.Outgoing
	heldErr error
	outErr  error
}

func (c *closet) Held(_ context.Context, _, _ string, limit int) (outbox.Held, error) {
	return outbox.Held{Now: c.clock.Now(), Written: c.written, Zone: c.zone, Away: c.away, Waiting: c.waiting[:min(len(c.waiting), limit)]}, c.heldErr
}

func (c *closet) LetOut(_ context.Context, _, _ string, o outbox.Outgoing) error {
	if c.outErr != nil {
		return c.outErr
	}
	c.out = append(c.out, o)
	if o.Post != nil {
		c.written = o.Written
	}
	c.waiting = slices.DeleteFunc(c.waiting, func(w outbox.Waiting) bool {
		same := func(o outbox.Waiting) bool { return o.Place == w.Place }
		return slices.ContainsFunc(o.Sent, same) || slices.ContainsFunc(o.Expired, same)
	})
	return nil
}

func (c *closet) hold(items ...outbox.Item) {
	for _, i := range items {
		c.waiting = append(c.waiting, outbox.Waiting{Item: i, Place: string(i.Post.Key)})
	}
}

// unasked is a nudge to ana, who lives in Chicago and reads Spanish.
func unasked(key bot.DeliveryKey, text string, controls ...bot.Control) outbox.Item {
	ana := bottest.Account("ana")
	return outbox.Item{
		Post:    bot.Post{Key: key, Direct: &ana, Message: bot.Message{Text: bot.Plain(text), Controls: controls}},
		Class:   outbox.Bulk,
		Unasked: &outbox.Unasked{Zone: "America/Chicago", Language: "es", Less: "/nudges/less"},
	}
}

// tuesday is ten in the morning in Chicago.
var tuesday = time.Date(2026, 5, 12, 15, 0, 0, 0, time.UTC)

// courteously runs the job once and gives how it was settled.
func courteously(t *testing.T, c *closet) string {
	t.Helper()
	payload, err := json.Marshal("unasked:@ana")
	if err != nil {
		t.Fatal(err)
	}
	s := &schedule{clock: c.clock, job: &scheduler.Job{Group: "g", ID: "held", Kind: outbox.UnaskedJobKind, Payload: payload}}
	runner := scheduler.NewRunner(s, scheduler.Options{})
	runner.Handle(outbox.UnaskedJobKind, outbox.NewCourtesy(c, bottest.Words{}).Release)
	if err := runner.RunDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s.settled
}

func newCloset(now time.Time) *closet { return &closet{clock: scheduler.NewManualClock(now)} }

func wantSettledAs(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("the job was settled as %q, want %q", got, want)
	}
}

func TestWhatSuitsGoesOutAtOnce(t *testing.T) {
	c := newCloset(tuesday)
	nudge := unasked("a", "You and Joe have not met yet.", bot.Control{Label: "Suggest it", Path: "/meet"})
	nudge.NotAfter, nudge.Record = tuesday.Add(time.Hour), "round/1"
	c.hold(nudge)
	wantSettledAs(t, courteously(t, c), "complete")
	if len(c.out) != 1 || c.out[0].Post == nil {
		t.Fatalf("let out: %+v", c.out)
	}
	got := *c.out[0].Post
	if got.Unasked != nil || got.Post.Key != "a" || got.Record != "round/1" || got.NotAfter.IsZero() || got.Class != outbox.Bulk {
		t.Errorf("it is %+v", got)
	}
	if want := "[Suggest it /meet] [es outbox.less /nudges/less]"; buttons(got.Post.Message.Controls) != want {
		t.Errorf("controls %v, want %s", got.Post.Message.Controls, want)
	}
	if !slices.Equal(c.written, []time.Time{tuesday}) {
		t.Errorf("written to at %v", c.written)
	}
	// The item that was held is as it was.
	if len(nudge.Post.Message.Controls) != 1 {
		t.Error("the message that was held has changed")
	}
}

func TestWhatDoesNotSuitWaits(t *testing.T) {
	saturday := time.Date(2026, 5, 16, 15, 0, 0, 0, time.UTC)
	cases := map[string]struct {
		now     time.Time
		written []time.Time
		settled string
	}{
		"the weekend":     {saturday, nil, "after 45h0m0s"},
		"the night":       {tuesday.Add(12 * time.Hour), nil, "after 9h0m0s"},
		"one a day":       {tuesday, []time.Time{tuesday.Add(-time.Hour)}, "after 21h0m0s"},
		"an unknown zone": {tuesday.Add(7 * time.Hour), nil, "after 9h0m0s"},
	}
	for name, e := range cases {
		t.Run(name, func(t *testing.T) {
			c := newCloset(e.now)
			c.written = e.written
			nudge := unasked("a", "x")
			if name == "an unknown zone" {
				nudge.Unasked.Zone = "Nowhere"
			}
			c.hold(nudge)
			wantSettledAs(t, courteously(t, c), e.settled)
			if len(c.out) > 0 {
				t.Errorf("let out: %+v", c.out)
			}
		})
	}
}

// Who is away gets nothing, and what expires meanwhile never comes. Since they may
// be back earlier, they are looked at each morning.
func TestNothingComesWhileAway(t *testing.T) {
	c := newCloset(tuesday)
	c.away = bot.Away{From: "2026-05-12", Until: "2026-05-14"}
	short := unasked("a", "x")
	short.NotAfter = tuesday.Add(24 * time.Hour)
	c.hold(short, unasked("b", "y"))
	wantSettledAs(t, courteously(t, c), "after 21h0m0s") // to see whether they are back
	if len(c.out) > 0 {
		t.Fatalf("let out: %+v", c.out)
	}
	c.clock.Set(tuesday.Add(45 * time.Hour)) // Thursday at seven
	wantSettledAs(t, courteously(t, c), "after 24h0m0s")
	if len(c.out) != 1 || len(c.out[0].Expired) != 1 || c.out[0].Post != nil {
		t.Errorf("let out: %+v", c.out)
	}
	c.away = bot.Away{} // they are back
	wantSettledAs(t, courteously(t, c), "complete")
	if len(c.out) != 2 || c.out[1].Post == nil || c.out[1].Post.Post.Key != "b" {
		t.Errorf("let out: %+v", c.out)
	}
}

// The clock that they have set since counts.
func TestWhoHasMovedIsWrittenToByTheirNewClock(t *testing.T) {
	c := newCloset(tuesday)
	c.zone = "Asia/Tokyo" // where it is midnight
	c.hold(unasked("a", "x"))
	wantSettledAs(t, courteously(t, c), "after 7h0m0s")
}

func TestWhatWaitedComesAsOneMessage(t *testing.T) {
	c := newCloset(tuesday)
	late := unasked("late", "gone by")
	late.NotAfter = tuesday.Add(-time.Millisecond)
	other := unasked("c", "3rd", bot.Control{Label: "Read", Path: "/read"})
	other.Unasked.Less, other.Unasked.Language = "", "en"
	first := unasked("a", "1st", bot.Control{Label: "Yes", Path: "/yes"})
	first.NotAfter, first.Record = tuesday.Add(time.Hour), "round/1"
	c.hold(first, late, unasked("b", "2nd"), other)
	wantSettledAs(t, courteously(t, c), "complete")
	if len(c.out) != 1 || len(c.out[0].Expired) != 1 || len(c.out[0].Sent) != 3 {
		t.Fatalf("let out: %+v", c.out)
	}
	got := *c.out[0].Post
	if text := got.Post.Message.Text.String(); text != "1st\n\n2nd\n\n3rd" {
		t.Errorf("it says %q", text)
	}
	if want := "[Yes /yes] [Read /read] [en outbox.less /nudges/less] [en outbox.less /my/settings]"; buttons(got.Post.Message.Controls) != want {
		t.Errorf("controls %v, want %s", got.Post.Message.Controls, want)
	}
	if got.Post.Key != "a" || got.Record != "" || !got.NotAfter.IsZero() {
		t.Errorf("it is %+v", got)
	}
}

func TestWhatDoesNotFitWaitsForTheNextDay(t *testing.T) {
	long := strings.Repeat("long ", 200)
	many := make([]bot.Control, 12)
	picture := unasked("b", "look")
	picture.Post.Message.Image = &bot.Image{URL: "https://example.org/a.png", Alt: "a"}
	cases := map[string][]outbox.Item{
		"text":      {unasked("a", long), unasked("b", long)},
		"controls":  {unasked("a", "x", many...), unasked("b", "y", many...)},
		"a picture": {unasked("a", "x"), picture},
	}
	for name, items := range cases {
		t.Run(name, func(t *testing.T) {
			c := newCloset(tuesday)
			c.hold(items...)
			wantSettledAs(t, courteously(t, c), "after 21h0m0s")
			if len(c.out) != 1 || len(c.out[0].Sent) != 1 || len(c.waiting) != 1 {
				t.Fatalf("let out: %+v", c.out)
			}
			c.clock.Set(tuesday.Add(21 * time.Hour))
			wantSettledAs(t, courteously(t, c), "complete")
			if len(c.out) != 2 || c.out[1].Post.Post.Key != "b" {
				t.Errorf("then: %+v", c.out)
			}
		})
	}
}

func TestThreeAWeek(t *testing.T) {
	c := newCloset(tuesday)
	var days []string
	for n := range 6 {
		c.hold(unasked(bot.DeliveryKey(fmt.Sprint(n)), "x"))
		for len(c.waiting) > 0 {
			delay, err := time.ParseDuration(strings.TrimPrefix(courteously(t, c), "after "))
			if err == nil {
				c.clock.Set(c.clock.Now().Add(delay))
			}
		}
		days = append(days, c.clock.Now().Format("Mon 2"))
	}
	if got, want := strings.Join(days, ", "), "Tue 12, Wed 13, Thu 14, Tue 19, Wed 20, Thu 21"; got != want {
		t.Errorf("written to on %s, want %s", got, want)
	}
}

func TestWhatHasExpiredIsNotWaitedFor(t *testing.T) {
	c := newCloset(tuesday.Add(12 * time.Hour))
	late := unasked("late", "x")
	late.NotAfter = tuesday
	c.hold(late, unasked("a", "y"))
	wantSettledAs(t, courteously(t, c), "after 9h0m0s")
	if len(c.waiting) != 1 || c.out[0].Post != nil {
		t.Errorf("let out: %+v", c.out)
	}
	c = newCloset(tuesday)
	c.hold(late)
	c.clock.Set(tuesday.Add(time.Second))
	wantSettledAs(t, courteously(t, c), "complete")
	wantSettledAs(t, courteously(t, c), "complete") // nothing is held
}

func TestACourtesyThatCannotBeDone(t *testing.T) {
	for name, e := range map[string]struct {
		held, out error
		settled   string
	}{
		"the store is down":       {&bot.Error{Code: bot.Unavailable}, nil, "after 1s"},
		"it goes down meanwhile":  {nil, &bot.Error{Code: bot.Unavailable}, "after 1s"},
		"another has let it out":  {nil, &bot.Error{Code: bot.Conflict}, "after 0s"},
		"what is held is unclear": {errors.New("unreadable"), nil, "failed"},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCloset(tuesday)
			c.hold(unasked("a", "x"))
			c.heldErr, c.outErr = e.held, e.out
			wantSettledAs(t, courteously(t, c), e.settled)
		})
	}
}
