package schedule

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// A kind that remembers finds what it kept at the next occurrence, also after one out of
// turn. What is skipped changes nothing, and neither does a step that came to nothing.
func TestAKindRemembers(t *testing.T) {
	d := newDesk(t, "2026-03-02 08:00") // a Monday
	var seen []string
	skips := false
	d.Kind(Kind{Name: "counts", Remember: func(_ context.Context, o Occurrence) (outbox.Effects, json.RawMessage, error) {
		seen = append(seen, string(o.Series.Payload))
		var n int
		if err := json.Unmarshal(o.Series.Payload, &n); err != nil {
			return outbox.Effects{}, nil, err
		}
		e := outbox.Effects{Posts: []outbox.Item{{Post: bot.Post{Key: bot.DeliveryKey(o.Key)}}}}
		if skips {
			return e, json.RawMessage("99"), &Skip{Reason: Nothing}
		}
		return e, json.RawMessage(fmt.Sprint(n + 1)), nil
	}})
	r := d.add("daily at 15:00", func(r *Series) { r.Kind, r.Payload = "counts", json.RawMessage("0") })
	d.workUntil("2026-03-03 16:00")

	d.memory.before = func() { d.memory.versions[r.ID]++ } // somebody is quicker
	d.workUntil("2026-03-04 16:00")
	skips = true
	d.workUntil("2026-03-05 16:00")
	skips = false
	d.workUntil("2026-03-06 16:00")
	if got, want := fmt.Sprint(seen), "[0 1 2 2 3 3]"; got != want {
		t.Errorf("it saw %s, want %s", got, want)
	}
	d.wantLog(r, "Mon 2 15:00 done", "Tue 3 15:00 done", "Wed 4 15:00 done", "Thu 5 15:00 skipped nothing", "Fri 6 15:00 done")
}
