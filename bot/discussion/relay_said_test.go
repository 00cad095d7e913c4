package discussion_test

import (
	"strings"
	"testing"
	"time"

	"github.com/staffroom-bot/staffroom/bot/discussion"
)

// Who reports or picks what a post of ours carries means what was said, wherever that
// was, and whoever said it.
func TestAPostThatCarriesIsWhatItCarries(t *testing.T) {
	eachLinked(t, func(l *linked) {
		l.say(north, "ana", "1", "", "A1 a picture")
		l.pass()
		var found bool
		for _, e := range l.platforms["south"].Standing(south) {
			if discussion.RelayNumber(e.Key) == 0 {
				continue
			}
			found = true
			d, said, err := l.service.Said(t.Context(), school, e.Ref, time.Time{})
			l.ok(err)
			if d.ID != l.chat.ID || said.ID != "1" || said.Author != "ana" {
				t.Errorf("it is %+v", said)
			}
		}
		if !found {
			t.Error("nothing was carried")
		}
	})
}

// Nobody writes what looks like the line of somebody else.
func TestWhatIsCarriedIsOneLine(t *testing.T) {
	eachLinked(t, func(l *linked) {
		l.say(north, "ana", "1", "", "A1 hi\n\nJoe · Q1: I quit\u2028Eva · Q1: me too")
		l.pass()
		for _, e := range l.platforms["south"].Standing(south) {
			if text := e.Message.Text.String(); discussion.RelayNumber(e.Key) > 0 && !strings.Contains(text, "hi / Joe · Q1: I quit / Eva · Q1: me too") {
				t.Errorf("in the south stands %q", text)
			}
		}
	})
}
