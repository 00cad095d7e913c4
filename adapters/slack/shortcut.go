package slack

import (
	"context"

	"github.com/staffroom-bot/staffroom/bot"
)

// act serves an entry of a message's own menu. Its callback_id is the path of an
// action; no other path can be asked for in this way.
// https://docs.slack.dev/interactivity/implementing-shortcuts
func (r *receiver) act(ctx context.Context, i interactive, receipt *receipt) {
	if !r.isAction(i.CallbackID) || micros(i.Message.TS) == 0 || i.Channel.ID == "" {
		r.ignore(receipt, "an action that is not known, or of no message")
		return
	}
	r.serveOnce(ctx, i.TriggerID, receipt, func(ctx context.Context) {
		at := place{Channel: i.Channel.ID, Thread: i.Message.thread(), ResponseURL: i.ResponseURL}
		q := r.asked(i.CallbackID, i.space(r.name), i.User.ID, at, i.TriggerID)
		q.req.At, q.called, q.trigger = moment(i.ActionTS), orElse(i.User.Username, i.User.Name), i.TriggerID
		q.req.Subject = r.subject(ctx, q.req.Channel, i.Message)
		r.answer(ctx, q, r.ask(ctx, q))
	})
}

func (r *receiver) isAction(path string) bool {
	for _, a := range r.in.Actions() {
		if a.Path == path {
			return true
		}
	}
	return false
}

// subject is the message that an action was chosen for. A message of another bot
// may have no author that Slack tells.
func (a *Adapter) subject(ctx context.Context, ch bot.Channel, m messageBody) *bot.Subject {
	s := &bot.Subject{
		Message: bot.MessageRef{Channel: ch, ID: m.TS},
		Text:    a.asTyped(ctx, m.Text),
		Posted:  moment(m.TS),
	}
	if m.User != "" {
		s.Author = bot.Account{Space: ch.Space, User: m.User}
		s.Name = a.profileOf(ctx, m.User).name
	}
	return s
}
