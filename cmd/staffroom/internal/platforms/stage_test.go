package platforms

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/redis/redistest"
	"github.com/staffroom-bot/staffroom/cmd/staffroom/internal/house"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// stage is a house on a platform, as people use it there. They press and type what
// the platform shows them, and nothing else.
type stage struct {
	*testing.T
	screen
	house    *house.House
	clock    *scheduler.ManualClock
	language string
}

// The people. Snowflakes on one platform, opaque on the other.
const (
	ana   = "100000000000000001"
	ben   = "100000000000000002"
	cam   = "100000000000000003"
	dee   = "100000000000000004"
	eva   = "100000000000000005"
	fay   = "100000000000000006"
	gus   = "100000000000000007"
	maria = "100000000000000009" // organizes
)

// newStage has everybody in a house that runs.
func newStage(t *testing.T, open func(*testing.T, string, ...string) screen, in setting) *stage {
	s := &stage{T: t, screen: open(t, in.language, ana, ben, cam, dee, eva, fay, gus, maria), language: in.language}
	s.house, s.clock = openHouse(t, s.screen, in)
	runHouse(t, s.house, s.screen)
	return s
}

// thursday is 2 o'clock in the afternoon of a Thursday, a day before the check-in,
// with the real server.
func thursday(t *testing.T, language, zone string) setting {
	in, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	return setting{url: redistest.URL(t), language: language, zone: zone, start: time.Date(2026, time.March, 5, 14, 0, 0, 0, in)}
}

// word is what stands in the catalogue.
func (s *stage) word(key bot.Key, args ...bot.Arg) string {
	return s.house.Words.Text(s.language, key, args...).String()
}

// pass lets time pass.
func (s *stage) pass(d time.Duration) {
	s.Helper()
	if err := s.clock.RunUntil(s.Context(), s.house.Runner, s.clock.Now().Add(d)); err != nil {
		s.Fatal(err)
	}
}

func (s *stage) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// presses presses the newest button with this label that somebody sees.
func (s *stage) presses(who string, label bot.Key) {
	s.Helper()
	var in shown
	until(s.T, s.word(label), func() bool {
		for _, m := range slices.Backward(s.seen(who)) {
			if slices.Contains(m.buttons, s.word(label)) {
				in = m
				return true
			}
		}
		return false
	})
	s.must(s.press(who, in, s.word(label)))
}

// uses presses a button of this very message.
func (s *stage) uses(who string, m shown, label string) {
	s.Helper()
	s.must(s.press(who, m, label))
}

// reads waits until somebody sees a message of the bot with all these words. It is
// the newest of them.
func (s *stage) reads(who string, words ...string) (found shown) {
	s.Helper()
	until(s.T, fmt.Sprintf("%q for %s", words, who), func() bool {
		for _, m := range slices.Backward(s.seen(who)) {
			if !slices.ContainsFunc(words, func(part string) bool { return !strings.Contains(m.text, part) }) {
				found = m
				return true
			}
		}
		return false
	})
	return found
}

// opens waits for a form.
func (s *stage) opens(who string) (f sheet) {
	s.Helper()
	until(s.T, "a form", func() (open bool) {
		f, open = s.form(who)
		return open
	})
	return f
}

// fills fills in the form that comes, and waits until it is gone or says what is
// wrong: a message may be there before the form is gone.
func (s *stage) fills(who string, values map[string]string) {
	s.Helper()
	s.opens(who)
	s.must(s.fill(who, values))
	until(s.T, "end of the form", func() bool {
		f, open := s.form(who)
		for _, fault := range f.faults {
			if fault != "" {
				return true
			}
		}
		return !open
	})
}

// corrected waits until somebody is told what is wrong with a field: next to it, or,
// where a form closes whatever is in it, in a message with the field's name, from
// which the form opens again. Either way it is open afterwards.
func (s *stage) corrected(who, label, fault string) {
	s.Helper()
	again := s.word("discord.form.reopen")
	until(s.T, label+": "+fault, func() bool {
		if f, open := s.form(who); open {
			return strings.Contains(f.faults[label], fault)
		}
		all := s.seen(who)
		i := slices.IndexFunc(all, func(m shown) bool {
			return strings.Contains(m.text, label+": "+fault) && slices.Contains(m.buttons, again)
		})
		if i >= 0 {
			s.must(s.press(who, all[i], again))
		}
		return i >= 0
	})
	s.opens(who)
}

// asks is how many messages that ask somebody has got.
func (s *stage) asks(who string) int {
	return len(slices.DeleteFunc(s.seen(who), func(m shown) bool {
		return !m.direct || !slices.Contains(m.buttons, s.word("checkin.button.pass.weekly"))
	}))
}

// alone waits until somebody sees these words where nobody else does.
func (s *stage) alone(who, words string) (found shown) {
	s.Helper()
	until(s.T, words+" for "+who+" alone", func() bool {
		all := s.seen(who)
		i := slices.IndexFunc(all, func(m shown) bool { return strings.Contains(m.text, words) && !s.common(m) })
		if i >= 0 {
			found = all[i]
		}
		return i >= 0
	})
	return found
}

// common reports whether a message is for everybody.
func (s *stage) common(m shown) bool {
	for _, who := range []string{fay, maria} {
		if !slices.ContainsFunc(s.seen(who), func(o shown) bool { return o.id == m.id && o.channel == m.channel }) {
			return false
		}
	}
	return true
}

// posts are what stands in the channel for everybody.
func (s *stage) posts() []shown {
	return slices.DeleteFunc(s.seen(fay), func(m shown) bool { return !s.common(m) })
}

// before is how a message of the catalogue begins, up to a value.
func (s *stage) before(key bot.Key, value string) string {
	text, _, _ := strings.Cut(s.word(key, bot.Str(value, "\x00")), "\x00")
	return text
}

// refused: what stands in a field is not taken. Where the form itself does not take
// it, it is not sent.
func (s *stage) refused(who, label, value, fault string) {
	s.Helper()
	s.opens(who)
	if s.fill(who, map[string]string{label: value}) == nil {
		s.corrected(who, label, fault)
	}
}

// count is how many messages with these words somebody sees.
func (s *stage) count(who, words string) int {
	return len(slices.DeleteFunc(s.seen(who), func(m shown) bool { return !strings.Contains(m.text, words) }))
}

// hasFile waits until somebody sees a file.
func (s *stage) hasFile(who, name string) string {
	s.Helper()
	until(s.T, name, func() bool {
		return slices.ContainsFunc(s.seen(who), func(m shown) bool { return slices.Contains(m.files, name) })
	})
	return string(s.file(who, name))
}
