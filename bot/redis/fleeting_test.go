package redis

import (
	"strings"
	"testing"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

func fleeting(entry bot.DeliveryKey) outbox.Item {
	i := direct(ana, entry)
	i.Class, i.Fleeting = outbox.Relay, &outbox.Fleeting{Instead: bot.Plain("joe wrote")}
	i.Post.Message.Text = bot.Plain(`the words "unasked":{ "fleeting":{`)
	return i
}

// What is fleeting is taken back unless it is being sent just now, and the lane goes on
// with what comes after it.
func TestWhatIsFleetingIsWithdrawn(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		withdraw := func(keys ...bot.DeliveryKey) {
			b.Helper()
			b.ok(b.store.Apply(b.Context(), string(home), outbox.Effects{Withdraw: keys}))
		}
		kept := func(entry bot.DeliveryKey) bool {
			return b.client.HExists(b.Context(), key(home, "posts"), string(entry)).Val()
		}
		plain := direct(ana, "plain")
		plain.Class, plain.Post.Message = outbox.Relay, fleeting("").Post.Message
		b.queue(fleeting("first"), fleeting("second"), plain)
		lane := plain.Lane()
		a, ok, err := b.store.Begin(b.Context(), string(home), lane)
		b.ok(err)
		b.wantHead(a, ok, "first")
		withdraw("first", "second", "plain", "never was")
		if !kept("first") || kept("second") || !kept("plain") {
			t.Errorf("kept are first %t, second %t, plain %t", kept("first"), kept("second"), kept("plain"))
		}
		b.ok(b.store.Pause(b.Context(), string(home), lane, a, true)) // it may have been sent
		if withdraw("first"); !kept("first") {
			t.Error("what may stand on the platform is withdrawn")
		}
		a, ok, err = b.store.Begin(b.Context(), string(home), lane)
		b.ok(err)
		b.wantHead(a, ok, "first")
		if a.Doubt {
			b.ok(b.store.Pause(b.Context(), string(home), lane, a, false))
		}
		if withdraw("first"); kept("first") {
			t.Error("what was surely not sent is not withdrawn")
		}
		a, ok, err = b.store.Begin(b.Context(), string(home), lane)
		b.ok(err)
		b.wantHead(a, ok, "plain")
	})
}

// nowhere fails the test if any key has these words.
func (b *bench) nowhere(words string) {
	b.Helper()
	for _, name := range b.keys() {
		if body := b.read(name); strings.Contains(name+" "+body, words) {
			b.Errorf("%s: %s", name, body)
		}
	}
}

// However what is fleeting ends, its words are kept nowhere.
func TestOfWhatIsFleetingNothingIsKept(t *testing.T) {
	for _, outcome := range []outbox.Outcome{outbox.Sent, outbox.Failed, outbox.Uncertain, outbox.Expired} {
		t.Run(string(outcome), func(t *testing.T) {
			eachAtNoon(t, func(b *bench) {
				b.lose(fleeting("message"), outcome)
				b.nowhere("the words")
				missed, err := b.store.Unreached(b.Context(), home, ana)
				b.ok(err)
				told := outcome == outbox.Failed || outcome == outbox.Uncertain
				if told != (len(missed) == 1) || told && missed[0].Item.Post.Message.Text.String() != "joe wrote" {
					t.Errorf("ana has missed %+v", missed)
				}
			})
		})
	}
}
