package redis

import (
	"strings"
	"testing"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// In what waits for others, and in what did not reach them, somebody's names are
// replaced where they stand as names; all else is sent as it was.
func TestUnnameLeavesNoNameInWhatWaits(t *testing.T) {
	eachAtNoon(t, func(b *bench) {
		ctx := b.Context()
		said := func(key bot.DeliveryKey, spans ...bot.Span) outbox.Item {
			i := direct(joe, key)
			i.Post.Message.Text = spans
			return i
		}
		lost := said("lost", bot.Span{Text: "Zara"}, bot.Span{Text: " has left"})
		b.lose(lost, outbox.Failed)
		b.queue(
			said("one", bot.Span{Text: "Meet "}, bot.Span{Kind: bot.SpanBold, Text: "Zara"}),
			said("row", bot.Span{Text: "Joe, Zara"}, bot.Span{Account: &ana}),
			said("like", bot.Span{Text: "Zara's Books"}),
		)
		for range 2 { // as after an interruption
			b.ok(Communities{b.store}.Unname(ctx, bot.Parting{Member: bot.Member{Community: home}, Accounts: []bot.Account{ana}}, []string{"Zara"}, "somebody"))
		}
		if got := b.read(key(home, "undelivered")); strings.Contains(got, "Zara") || !strings.Contains(got, "somebody") || !strings.Contains(got, " has left") {
			t.Errorf("undelivered: %s", got)
		}
		var texts []string
		for _, name := range []bot.DeliveryKey{"one", "row", "like"} {
			a, ok, err := b.store.Begin(ctx, string(home), said("").Lane())
			b.ok(err)
			b.wantHead(a, ok, name)
			texts = append(texts, a.Post.Message.Text.String())
			_, _, err = b.store.End(ctx, string(home), said("").Lane(), a, sentAs("m"))
			b.ok(err)
		}
		if got := strings.Join(texts, "|"); got != "Meet somebody|Joe, somebodysomebody|Zara's Books" {
			t.Errorf("they read %q", got)
		}
	})
}
