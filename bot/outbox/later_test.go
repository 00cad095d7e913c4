package outbox_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
	"github.com/staffroom-bot/staffroom/scheduler"
)

// What may be over later puts a job off, and is no failure; after a conflict it runs at once.
func TestLaterPutsOffWhatMayBeOver(t *testing.T) {
	conflict, away := &bot.Error{Code: bot.Conflict}, &bot.Error{Code: bot.Unavailable}
	for _, c := range []struct {
		err error
		off bool
		now bool // it is put off by no time
	}{
		{nil, false, false},
		{errors.New("something else"), false, false},
		{&bot.Error{Code: bot.NotFound}, false, false},
		{conflict, true, true},
		{fmt.Errorf("wrapped: %w", conflict), true, true},
		{away, true, false},
		{&bot.Error{Code: bot.RateLimited}, true, false},
	} {
		got := outbox.Later(c.err)
		if !errors.Is(got, c.err) {
			t.Errorf("%v became %v", c.err, got)
		}
		if off := got != nil && got.Error() != c.err.Error(); off != c.off {
			t.Errorf("%v: put off %t", c.err, off)
		}
		if c.off {
			if now := got.Error() == scheduler.After(0, c.err).Error(); now != c.now {
				t.Errorf("%v: %v", c.err, got)
			}
		}
	}
}
