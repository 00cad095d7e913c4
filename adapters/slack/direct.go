package slack

import (
	"context"

	"github.com/staffroom-bot/staffroom/bot"
)

// direct serves what somebody wrote to the bot alone: a command, or, unless the bot
// is called by name, anything else that a feature waits for. It is acknowledged
// when it is served, or when it must be: what a process took along when it died
// comes again. Lines of one person are served one after the other.
func (r *receiver) direct(ctx context.Context, p eventPayload, text string, mentioned bool, receipt *receipt) {
	stop := receipt.giveBy(r.ackWithin)
	queued := r.events.Do(p.Event.Channel, func() {
		defer stop()
		defer r.survive("serving a line", receipt)
		select {
		case r.running <- struct{}{}:
			defer func() { <-r.running }()
		case <-ctx.Done():
			receipt.refuse()
			return
		}
		if p.EventID == "" || r.claims.claim(p.EventID, r.now()) {
			line := r.read(ctx, bot.SpaceID{Connection: r.name, ID: p.TeamID}, text)
			q := r.typedRequest(p, line)
			q.place.Direct = true
			if !mentioned && !bot.IsCommand(r.in.Commands(), line.text) {
				q.req.Said = line.text
			}
			r.answer(ctx, q, r.ask(ctx, q))
		}
		receipt.give(nil)
	})
	if !queued {
		stop()
		receipt.refuse()
		r.log.Error("too many lines of one person at once; Slack has to deliver again")
	}
}

// typedRequest makes a request of what was typed as a message.
func (r *receiver) typedRequest(p eventPayload, l line) asked {
	e := p.Event
	space := bot.SpaceID{Connection: r.name, ID: p.TeamID}
	q := r.asked(l.Path, space, e.User, place{Channel: e.Channel, Thread: e.thread()}, p.EventID)
	l.fill(q.req)
	q.req.At = moment(e.TS)
	return q
}
