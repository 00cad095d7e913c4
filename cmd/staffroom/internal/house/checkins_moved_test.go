package house_test

import (
	"testing"

	"github.com/staffroom-bot/staffroom/bot/checkin"
)

// Who sets another clock is looked at at once: what the clock has jumped over comes
// now, what they have had does not come again.
func TestAnotherClockCountsAtOnce(t *testing.T) {
	s := newSchool(t, "2026-11-02 09:00", "")
	id := s.add("Friday", "Rose?", fridays, 1, checkin.Private)
	s.join(id, "ana", "ben")
	zone := func(user, name string) {
		s.ask(user, "/my/settings/save", "language", "community", "zone", name)
	}
	s.until("2026-11-06 10:00") // 16:00 in Madrid
	s.wantPrompts(0, "ana")
	zone("ana", "Europe/Madrid")
	s.until("2026-11-06 10:01")
	s.wantPrompts(1, "ana")
	zone("ana", "America/Los_Angeles")
	s.until("2026-11-06 22:00")
	s.wantPrompts(1, "ana", "ben")
	// From then on by the new clock: 15:00 in Los Angeles.
	s.until("2026-11-13 17:59")
	s.wantPrompts(1, "ana")
	s.until("2026-11-13 18:01")
	s.wantPrompts(2, "ana")
}
