package discussion

import (
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// Who has linked their accounts hosts what they made under either.
func TestAFormerSelfHosts(t *testing.T) {
	d := Discussion{Hosts: []bot.MemberID{"m1", "m2"}}
	for _, c := range []struct {
		member bot.Member
		want   bool
	}{
		{bot.Member{ID: "m2"}, true},
		{bot.Member{ID: "m3", Former: "m0 m1"}, true},
		{bot.Member{ID: "m3", Former: "m0"}, false},
		{bot.Member{}, false},
	} {
		if got := d.hostedBy(c.member); got != c.want {
			t.Errorf("%+v hosts: %t", c.member, got)
		}
	}
}

// What must stay where it is, and until when.
func TestOccupied(t *testing.T) {
	now := time.Date(2026, 5, 14, 19, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		d     Discussion
		busy  bool
		until time.Time
	}{
		"asking":                        {Discussion{State: Asking, Base: now.Add(-time.Minute)}, true, now.Add(59 * time.Minute)},
		"open, by its host":             {Discussion{State: Open}, true, time.Time{}},
		"soon":                          {Discussion{State: Scheduled, Base: now.Add(9 * time.Minute)}, true, now.Add(69 * time.Minute)},
		"later":                         {Discussion{State: Scheduled, Base: now.Add(10 * time.Minute)}, false, time.Time{}},
		"waiting for its host":          {Discussion{State: Scheduled}, false, time.Time{}},
		"late answers in one place":     {Discussion{State: Closing, Closed: now.Add(-time.Hour)}, false, time.Time{}},
		"late answers in several":       {Discussion{State: Closing, Closed: now, Alongside: make([]Place, 1)}, true, now.Add(LateAnswers)},
		"over":                          {Discussion{State: Archived, Alongside: make([]Place, 1)}, false, time.Time{}},
		"called off before it happened": {Discussion{State: Cancelled, Base: now}, false, time.Time{}},
	} {
		c.d.Script.Length = time.Hour
		until, busy := c.d.occupied(now)
		if busy != c.busy || busy && !until.Equal(c.until) {
			t.Errorf("%s: %t until %v", name, busy, until)
		}
	}
}
