package platforms

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/cmd/staffroom/internal/house"
)

// patience is how long an effect may take to show; a passing test does not wait
// for it.
const patience = 10 * time.Second

// connection is the name of the connection to a platform, whichever it is.
const connection = "lincoln"

// screen is a platform as people use it. It fails the test for whatever the bot
// sends that the platform's specification does not allow.
type screen interface {
	adapter(t house.Tools) (bot.Adapter, error)
	ready(ctx context.Context) error // when the adapter receives
	channel() bot.Channel
	say(who, text string) string
	tell(who, text string) // by direct message
	command(who, path string, options map[string]string) error
	press(who string, m shown, label string) error
	// act chooses from the menu of a message; path and label are the entry's.
	act(who, message, path, label string) error
	pick(who, message, menu, choice string) error
	fill(who string, values map[string]string) error
	form(who string) (sheet, bool)
	seen(who string) []shown
	file(who, name string) []byte // the newest of this name that they see
	shut(who string)              // the next direct message to them is refused
	refuse()                      // the bot is not let in
	vanish()                      // the channel is gone
}

// shown is a message of the bot as somebody sees it.
type shown struct {
	id, channel, text             string
	buttons, links, images, files []string // of the links, where they lead
	direct                        bool
}

// sheet is a form that somebody has open, by the labels of its fields.
type sheet struct {
	labels         []string
	values, faults map[string]string // what stands in the fields, and what is wrong with it
}

// screens are the platforms, by name. All people have theirs in one language; the
// last one manages the place.
var screens = map[string]func(t *testing.T, language string, people ...string) screen{"slack": newSlackScreen, "discord": newDiscordScreen}

// locales are the languages as the platforms call them.
var locales = map[string]string{"en": "en-US", "es": "es-ES"}

// until waits for a condition.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	deadline := time.After(patience)
	for !holds() {
		select {
		case <-again.C:
		case <-deadline:
			t.Fatalf("no %s within %s", what, patience)
		}
	}
}

// sees waits until somebody sees a message of the bot that begins so.
func sees(t *testing.T, s screen, who, begins string) (found shown) {
	t.Helper()
	until(t, begins, func() bool {
		all := s.seen(who)
		i := slices.IndexFunc(all, func(m shown) bool { return strings.HasPrefix(m.text, begins) })
		if i >= 0 {
			found = all[i]
		}
		return i >= 0
	})
	return found
}
