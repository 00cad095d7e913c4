package toy

import (
	"context"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// Send posts p.
func (a *Adapter) Send(ctx context.Context, p bot.Post) (bot.MessageRef, error) {
	ch := p.Channel
	if p.Direct != nil {
		var err error
		if ch, err = a.Direct(ctx, *p.Direct); err != nil {
			return bot.MessageRef{}, err
		}
	}
	resp, err := a.call(ctx, request{Do: "post", Channel: ch.ID, Key: p.Key, Body: a.body(p.Message)})
	return bot.MessageRef{Channel: ch, ID: resp.Message}, err
}

// Update replaces what a message of ours says.
func (a *Adapter) Update(ctx context.Context, ref bot.MessageRef, m bot.Message) error {
	_, err := a.call(ctx, request{Do: "edit", Message: ref.ID, Body: a.body(m)})
	return err
}

// Delete removes a message of ours. One that is gone already is no error.
func (a *Adapter) Delete(ctx context.Context, ref bot.MessageRef) error {
	_, err := a.call(ctx, request{Do: "delete", Message: ref.ID})
	if hasReason(err, bot.Gone) {
		return nil
	}
	return err
}

// Find looks for the message with this key in ch. The server keeps every key, so
// since is not needed.
func (a *Adapter) Find(ctx context.Context, ch bot.Channel, key bot.DeliveryKey, _ time.Time) (bot.MessageRef, bool, error) {
	resp, err := a.call(ctx, request{Do: "find", Channel: ch.ID, Key: key})
	return bot.MessageRef{Channel: ch, ID: resp.Message}, resp.Message != "", err
}

// Direct gives the channel of direct messages with a person.
func (a *Adapter) Direct(ctx context.Context, who bot.Account) (bot.Channel, error) {
	resp, err := a.call(ctx, request{Do: "direct", User: who.User})
	return a.channel(resp.Channel), err
}

var _ bot.Adapter = (*Adapter)(nil)
