package house_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/bottest"
	"github.com/staffroom-bot/staffroom/bot/redis/redistest"
)

// Two partners who cannot make it press at once: whichever command of one the other comes
// before, both are out, nobody is looked for in their place, and they are in again next round.
func TestTwoPartnersWhoCannotMakeItAtOnce(t *testing.T) {
	for n, within := 1, true; within; n++ {
		s := newSchool(t, "2026-09-07 09:00", "")
		s.program = s.pairsEvery("every 2 weeks on tuesday at 10am", "ana", "joe")
		s.until("2026-09-08 11:00")
		path := "/partner/cant/" + s.groupOf("ana")
		var m redistest.Mortal
		s.engine.Client().AddHook(&m)
		m.Meanwhile(n, func() { s.ask("joe", path) })
		s.ask("ana", path)
		within = m.Happened()
		m.Meanwhile(0, nil)
		s.ask("ana", path) // delivered again, it changes nothing
		s.until("2026-09-09 11:00")
		for _, u := range []string{"ana", "joe"} {
			if !within {
				break
			}
			if got := s.written(u, "nobody free"); len(got) != 0 {
				t.Errorf("joe before command %d of ana: %s is looked for a partner: %q", n, u, s.introduced(u))
			}
		}
		if free, err := s.partners().Free(t.Context(), s.home(), s.program); within && (err != nil || len(free) > 0) {
			t.Errorf("joe before command %d of ana: %v are free, %v", n, free, err)
		}
		if n > 60 {
			t.Fatal("a press has no end")
		}
		if t.Failed() {
			return
		}
		if n%8 != 1 || !within {
			continue
		}
		s.until("2026-09-22 11:00")
		if mates := s.mates("ana", []string{"joe"}); len(mates) != 1 {
			t.Errorf("the next round: %v", mates)
		}
	}
}

// Somebody comes to a pair while one of the pair cannot make it: whichever command of the wave
// that comes before, nobody is left without a partner who could have one, or in two groups.
func TestAPairPartsWhileSomebodyComes(t *testing.T) {
	for n, within := 1, true; within; n++ {
		s := newSchool(t, "2026-09-07 09:00", "")
		s.program = s.pairsEvery("every 2 weeks on tuesday at 10am", "ana", "joe")
		s.until("2026-09-08 11:00")
		path := "/partner/cant/" + s.groupOf("ana")
		s.takesPart(s.program, "max")
		s.until("2026-09-08 11:59")
		var m redistest.Mortal
		s.engine.Client().AddHook(&m)
		m.Meanwhile(n, func() { s.ask("ana", path) })
		s.until("2026-09-08 12:10")
		within = m.Happened()
		m.Meanwhile(0, nil)
		s.until("2026-09-09 11:00")
		if !within {
			break
		}
		if joe, max := s.mates("joe", []string{"ana", "max"}), s.mates("max", []string{"ana", "joe"}); !slices.Equal(joe, []string{"max"}) || !slices.Equal(max, []string{"joe"}) {
			t.Fatalf("ana before command %d of the wave: joe is with %v, max with %v", n, joe, max)
		}
		for _, u := range []string{"joe", "max"} {
			if got := s.written(u, "meet "); len(got) > 2 {
				t.Fatalf("%s was introduced %d times: %q", u, len(got), got)
			}
		}
		n += 7 // every command would take a minute
	}
}

// While Redis is away a press is refused in plain words and a round waits; both come about when
// it is back.
func TestPartnersOutliveAnOutage(t *testing.T) {
	s := newSchool(t, "2026-09-07 09:00", "")
	s.program = s.pairs("ana", "joe", "sam", "lea")
	var gone redistest.Mortal
	s.engine.Client().AddHook(&gone)
	s.until("2026-09-08 09:59")
	gone.DieAt(3, false)
	s.mayFail = true
	s.goes("2026-09-08 10:30")
	req := bottest.Request("ana", "/partner/current")
	if reply, err := s.Router.Ask(t.Context(), req); err == nil && strings.Contains(reply.Message.Text.String(), "meet") {
		t.Errorf("there is no store: %+v", reply)
	} else if err != nil && bot.CodeOf(err) != bot.Unavailable {
		t.Error(err)
	}
	if !gone.Revive() {
		t.Fatal("nothing was asked of it")
	}
	s.mayFail = false
	s.until("2026-09-08 12:00")
	all := []string{"ana", "joe", "sam", "lea"}
	for _, u := range all {
		if mates, told := s.mates(u, all), s.written(u, ", meet "); len(mates) != 1 || len(told) != 1 {
			t.Errorf("%s is with %v: %q", u, mates, told)
		}
	}
}
