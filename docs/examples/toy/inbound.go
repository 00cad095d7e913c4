package toy

import (
	"context"

	"github.com/staffroom-bot/staffroom/bot"
)

// receiver takes in what happens during one Run.
type receiver struct {
	*Adapter
	in     bot.Inbox
	serial *bot.Serial
}

// take takes an event in. It does not wait for the work that this makes.
func (r *receiver) take(ctx context.Context, l *link, ev event) {
	switch {
	case ev.Bot: // what bots say, this one too, is no event
		r.acknowledge(l, ev, false)
	case ev.Kind == "said":
		r.tell(ctx, l, ev, bot.MessagePosted)
	case ev.Kind == "edited":
		r.tell(ctx, l, ev, bot.MessageEdited)
	case ev.Kind == "deleted":
		r.tell(ctx, l, ev, bot.MessageDeleted)
	case ev.Kind == "command":
		line := bot.ParseCommandLine(r.in.Commands(), ev.Text)
		r.ask(ctx, l, ev, line.Path, line.Values)
	case ev.Kind == "press" || ev.Kind == "submit":
		path, ok := r.seal.Path(ev.Token)
		if !ok { // made up, or from before the key was lost
			path = bot.HelpPath
		}
		r.ask(ctx, l, ev, path, ev.Values)
	default: // of no use; unacknowledged it would come for ever
		r.acknowledge(l, ev, false)
	}
}

// acknowledge settles that the event need not come again. Where that cannot be
// written the connection is lost, and the event comes again.
func (r *receiver) acknowledge(l *link, ev event, private bool) {
	_ = l.write(request{Do: "ack", Event: ev.ID, Private: private})
}

// tell passes on what happened in a channel, in order. It is acknowledged when
// it has been taken in, and not if that fails.
func (r *receiver) tell(ctx context.Context, l *link, ev event, kind bot.EventKind) {
	r.queue("channel "+ev.Channel, ev, func() {
		err := r.in.Tell(ctx, &bot.Event{
			Kind:     kind,
			Input:    r.input(ev),
			Account:  r.account(ev.User),
			Name:     ev.Name,
			Message:  r.message(ev),
			ReplyTo:  ev.ReplyTo,
			Text:     ev.Text,
			At:       ev.At,
			Revision: ev.Revision,
		})
		if err != nil {
			r.log.Warn("an event was not taken in; it comes again", "event", ev.ID, "error", err)
			return
		}
		r.acknowledge(l, ev, false)
	})
}

// ask serves what a person asks for. It is acknowledged at once, and then who
// sees the answer is settled. A person's requests are served one by one, and
// hold up nobody else.
func (r *receiver) ask(ctx context.Context, l *link, ev event, path string, values map[string]string) {
	route, served := r.in.Route(path)
	r.acknowledge(l, ev, !served || route.Private)
	req := &bot.Request{
		Path:    path,
		Values:  values,
		Input:   r.input(ev),
		Account: r.account(ev.User),
		Name:    ev.Name,
		Channel: r.channel(ev.Channel),
		Manages: ev.Manages,
		At:      ev.At,
	}
	if ev.Message != "" {
		ref := r.message(ev)
		req.Message = &ref
	}
	r.queue("person "+ev.User, ev, func() {
		reply, err := r.in.Ask(ctx, req)
		if err != nil {
			r.log.Warn("a request failed", "event", ev.ID, "error", err)
		}
		if err := r.answer(ctx, ev, reply); err != nil {
			r.log.Warn("a request could not be answered", "event", ev.ID, "error", err)
		}
	})
}

// answer shows the reply. An empty one ends the waiting all the same.
func (r *receiver) answer(ctx context.Context, ev event, reply bot.Reply) error {
	req := request{Do: "answer", Event: ev.ID, Replace: reply.Replace, Errors: map[string]string{}}
	if reply.Message != nil {
		req.Body = r.body(*reply.Message)
	}
	if reply.Form != nil {
		req.Form = r.form(*reply.Form)
	}
	for name, text := range reply.FieldErrors {
		req.Errors[name] = text.String()
	}
	_, err := r.call(ctx, req)
	return err
}

// queue does the work when what came before it in the lane is done.
func (r *receiver) queue(lane string, ev event, work func()) {
	if !r.serial.Do(lane, work) {
		r.log.Error("too much at once; an event was not taken", "event", ev.ID)
	}
}

// input is unique over all servers: a community may have several.
func (r *receiver) input(ev event) bot.InputID { return bot.InputID(r.name + "/" + ev.ID) }

func (a *Adapter) account(user string) bot.Account { return bot.Account{Space: a.space, User: user} }

func (a *Adapter) channel(id string) bot.Channel { return bot.Channel{Space: a.space, ID: id} }

func (a *Adapter) message(ev event) bot.MessageRef {
	return bot.MessageRef{Channel: a.channel(ev.Channel), ID: ev.Message}
}
