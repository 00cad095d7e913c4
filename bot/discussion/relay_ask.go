package discussion

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/staffroom-bot/staffroom/bot"
	"github.com/staffroom-bot/staffroom/bot/outbox"
)

// relayQuestion asks somebody, once and by direct message, whether what they say may be
// shown in the other places. It answers something that they did just now, in a chat
// that goes on, so it does not wait for a working day.
func (s *Service) relayQuestion(d *Discussion, place int, who bot.Account, m bot.Member) outbox.Item {
	lang := cmp.Or(m.Language, d.Language)
	var others []string
	for i, name := range d.placeNames() {
		if i != place && slices.Contains(d.Relaying, i) {
			others = append(others, name)
		}
	}
	button := func(key bot.Key, answer string) bot.Control {
		return bot.Control{Label: s.label(lang, key), Path: "/my/relay/" + answer}
	}
	return outbox.Item{
		Post: bot.Post{
			Key: bot.DeliveryKey("relay-ask/" + string(m.ID)), Direct: &who,
			Message: bot.Message{
				Text:     s.words.Text(lang, "chat.relay.ask", bot.Str("title", d.heading()), bot.Str("places", strings.Join(others, ", "))),
				Controls: []bot.Control{button("chat.relay.ask.yes", "yes"), button("chat.relay.ask.no", "no")},
			},
		},
		Class: outbox.Bulk, NotAfter: d.Base.Add(d.Script.Length + goodbye),
	}
}

// Unrelay lets nothing that a member has said be shown in other places any more. What
// they have agreed to must be known by then.
func (s *Service) Unrelay(ctx context.Context, m bot.Member) error {
	if s.relays == nil {
		return nil
	}
	chats, err := s.store.With(ctx, m.Community, m.IDs())
	if err != nil {
		return err
	}
	for i := range chats {
		d := &chats[i]
		if !d.Relays() {
			continue
		}
		entries, err := s.store.Entries(ctx, d.Community, d.ID)
		if err != nil {
			return err
		}
		var theirs []string
		for _, e := range entries {
			if m.Is(e.Author) && (e.Kind == Answer || e.Kind == Reply) {
				theirs = append(theirs, e.ID)
			}
		}
		for some := range slices.Chunk(theirs, forgottenAtOnce) {
			if err := s.relays.store.LookAgain(ctx, d, some); err != nil {
				return err
			}
		}
	}
	return nil
}
