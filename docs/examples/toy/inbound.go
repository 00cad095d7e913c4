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
	room   chan struct{} // holds a value for each request under way
}

// take takes an event in. It does not wait for the work that this makes.
func (r *receiver) take(ctx context.Context, ev event) {
	switch {
	case ev.Bot: // what bots say, this one too, is no event
		r.ignore(ctx, ev)
	case ev.Kind == "said":
		r.tell(ctx, ev, bot.MessagePosted)
	case ev.Kind == "edited":
		r.tell(ctx, ev, bot.MessageEdited)
	case ev.Kind == "deleted":
		r.tell(ctx, ev, bot.MessageDeleted)
	case ev.Kind == "command":
		line := bot.ParseCommandLine(r.in.Commands(), ev.Text)
		r.ask(ctx, ev, line.Path, line.Values)
	case ev.Kind == "press" || ev.Kind == "submit":
		path, ok := r.seal.Path(ev.Token)
		if !ok { // made up, or sealed with a key that is gone
			path = bot.HelpPath
		}
		r.ask(ctx, ev, path, ev.Values)
	default:
		r.ignore(ctx, ev)
	}
}

// acknowledge tells the server that the event need not come again, and returns
// when the server knows. Where that fails the event comes again, which does no
// harm: its InputID is the same.
func (r *receiver) acknowledge(ctx context.Context, ev event, private bool) {
	if _, err := r.call(ctx, request{Do: "ack", Event: ev.ID, Private: private}); err != nil {
		r.log.Warn("an event could not be acknowledged", "event", ev.ID, "error", err)
	}
}

// ignore acknowledges what is of no use: otherwise it would come for ever.
func (r *receiver) ignore(ctx context.Context, ev event) {
	r.queue(ev, func() { r.acknowledge(ctx, ev, false) })
}

// tell passes on what happened. It is acknowledged when it has been taken in,
// and not if that fails.
func (r *receiver) tell(ctx context.Context, ev event, kind bot.EventKind) {
	r.queue(ev, func() {
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
		r.acknowledge(ctx, ev, false)
	})
}

// queue does the work when what came before it in the same channel is done.
func (r *receiver) queue(ev event, work func()) {
	if !r.serial.Do("channel "+ev.Channel, work) {
		r.log.Error("too much happens in a channel; an event has to come again", "event", ev.ID)
	}
}

// ask serves what a person asks for, at once and besides everything else: a slow
// answer holds up nobody.
func (r *receiver) ask(ctx context.Context, ev event, path string, values map[string]string) {
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
	select {
	case r.room <- struct{}{}:
	default:
		r.log.Error("too many requests at once; one has to come again", "event", ev.ID)
		return
	}
	// The same request, delivered twice, waits for itself.
	r.serial.Do("request "+ev.ID, func() {
		defer func() { <-r.room }()
		r.serve(ctx, ev, req)
	})
}

// serve acknowledges a request first: with that it is settled who sees the
// answer. What the person should read is in the reply, also after an error.
func (r *receiver) serve(ctx context.Context, ev event, req *bot.Request) {
	route, served := r.in.Route(req.Path)
	r.acknowledge(ctx, ev, !served || route.Private)
	reply, err := r.reply(ctx, req, served && route.Mode == bot.Deferred)
	if err != nil {
		r.log.Warn("a request failed", "event", ev.ID, "error", err)
	}
	if err := r.answer(ctx, ev, reply); err != nil {
		r.log.Warn("a request could not be answered", "event", ev.ID, "error", err)
	}
}

// reply has the request served, as long as its route may take.
func (r *receiver) reply(ctx context.Context, req *bot.Request, deferred bool) (bot.Reply, error) {
	within := quickWithin
	if deferred {
		within = slowWithin
	}
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	return r.in.Ask(ctx, req)
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

// input is unique over all servers: a community may have several.
func (r *receiver) input(ev event) bot.InputID { return bot.InputID(r.name + "/" + ev.ID) }

func (a *Adapter) account(user string) bot.Account { return bot.Account{Space: a.space, User: user} }

func (a *Adapter) channel(id string) bot.Channel { return bot.Channel{Space: a.space, ID: id} }

func (a *Adapter) message(ev event) bot.MessageRef {
	return bot.MessageRef{Channel: a.channel(ev.Channel), ID: ev.Message}
}
