package outbox

import (
	"context"

	"github.com/staffroom-bot/staffroom/bot"
)

// CalendarEntry is how something stands in the calendar of a platform. An item
// that has one says nothing: it brings the calendar up to date.
type CalendarEntry struct {
	Key       bot.DeliveryKey `json:"key"` // the gathering's, through all its changes; each item has a key of its own
	Gathering bot.Gathering   `json:"gathering"`
	Withdrawn bool            `json:"withdrawn,omitempty"` // it is to stand there no more
}

// keep brings the calendar up to date. Where a platform has none, there is nothing
// to do.
func (e *CalendarEntry) keep(ctx context.Context, m bot.Messenger) error {
	p, ok := m.(bot.EventPublisher)
	switch {
	case !ok:
		return nil
	case e.Withdrawn:
		return p.Withdraw(ctx, e.Gathering.Channel.Space, e.Key)
	default:
		return p.Publish(ctx, e.Key, e.Gathering)
	}
}
