package checkin

import (
	"testing"

	"github.com/staffroom-bot/staffroom/bot/locale"
)

func TestUntilWhenIsNeverAmbiguous(t *testing.T) {
	words, err := locale.New()
	if err != nil {
		t.Fatal(err)
	}
	s := &Service{words: words}
	now := at(t, newYork, "2026-03-03 09:00")
	for _, c := range []struct{ closes, lang, zone, want string }{
		{"2026-03-03 17:00", "en", newYork, "today, 5:00 pm EST"},
		{"2026-03-03 17:00", "es", newYork, "hoy, 17:00 EST"},
		{"2026-03-03 17:00", "en", "", "Tue 10:00 pm UTC"}, // it may be tomorrow for others
		{"2026-03-04 17:00", "en", newYork, "Wed 5:00 pm EST"},
		{"2026-03-04 17:00", "es", newYork, "el mié 17:00 EST"},
		{"2026-03-10 17:00", "en", newYork, "Tue 10 Mar, 5:00 pm EDT"},
		{"2026-03-10 17:00", "es", newYork, "el mar 10 de marzo, 17:00 EDT"},
	} {
		if got := s.until(c.lang, at(t, newYork, c.closes), now, c.zone).Value.String(); got != c.want {
			t.Errorf("%s in %q: %q, want %q", c.closes, c.zone, got, c.want)
		}
	}
}
