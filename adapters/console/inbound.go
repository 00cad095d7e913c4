package console

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"strconv"

	"github.com/staffroom-bot/staffroom/bot"
)

// maxRefusals is how often an event is passed on before it is given up.
const maxRefusals = 3

// question is what a person asks the bot for.
type question struct {
	path    string
	values  map[string]string
	channel string
	from    *bot.MessageRef // the message whose control was pressed
	form    *form           // the form that is submitted
	subject *bot.Subject    // the message that something is done with
	said    string          // what may be no command
	input   bot.InputID     // of what was said; otherwise a new one

	accounts map[string]bot.Account // what is picked
	channels map[string]bot.Channel
}

// ask asks the bot and shows its answer.
func (a *Adapter) ask(ctx context.Context, p Person, q question) error {
	a.mu.Lock()
	a.inputs++
	req := &bot.Request{
		Path:     q.path,
		Values:   q.values,
		Said:     q.said,
		Input:    cmp.Or(q.input, bot.InputID(a.run+"-"+strconv.Itoa(a.inputs))),
		Account:  a.memory.account(p.Name),
		Name:     p.Name,
		Channel:  a.memory.channel(q.channel),
		Message:  q.from,
		Subject:  q.subject,
		Accounts: q.accounts,
		Channels: q.channels,
		Manages:  p.Role == bot.RoleOrganizer,
		Language: p.Language,
		At:       a.options.Now(),
	}
	a.mu.Unlock()
	route, served := a.inbox.Route(q.path)
	reply, err := a.inbox.Ask(ctx, req)
	if err != nil {
		a.options.Log.LogAttrs(ctx, slog.LevelWarn, "request failed",
			slog.String("input", string(req.Input)), slog.String("code", string(bot.CodeOf(err))), slog.Any("error", err))
	}
	if err != nil && reply.Message == nil && reply.Form == nil {
		a.screen.notice(fmt.Sprintf("%s gave no answer (%s)", botName, bot.CodeOf(err)))
		return nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.answer(p, q, reply, !served || route.Private, err != nil)
}

// answer shows what the bot answered. A form that was not taken stays open.
// a.mu is held.
func (a *Adapter) answer(p Person, q question, reply bot.Reply, private, failed bool) error {
	user := userOf(p.Name)
	if q.form != nil {
		q.form.errors = reply.FieldErrors
		if len(reply.FieldErrors) == 0 && !failed {
			delete(a.forms, user)
		}
	}
	if reply.Message != nil {
		if err := a.reply(user, q, reply, private); err != nil {
			return err
		}
	}
	switch {
	case reply.Form != nil:
		a.forms[user] = newForm(*reply.Form, q.channel, q.from)
	case q.form == nil || len(reply.FieldErrors) == 0:
		return nil
	}
	a.screen.asked(a.options.Now(), a.forms[user], p)
	return nil
}

// reply says a reply's message, or puts it in the place of the one whose control
// was pressed. a.mu is held.
func (a *Adapter) reply(user string, q question, reply bot.Reply, private bool) error {
	if reply.Replace && q.from != nil {
		if msg, ok := a.memory.of(*q.from); ok && !msg.Deleted {
			return a.update(msg, *reply.Message)
		}
	}
	body, err := a.saved(*reply.Message)
	if err != nil {
		return err
	}
	msg := message{Channel: q.channel, Body: body}
	if private && !isDirect(q.channel) {
		msg.Only = user
	}
	_, err = a.post(msg)
	return err
}

// deliver passes on what people did and the bot did not take in yet, in order.
// What it refuses is passed on again with the next input, a few times.
func (a *Adapter) deliver(ctx context.Context) error {
	for {
		a.mu.Lock()
		if len(a.memory.pending) == 0 {
			a.mu.Unlock()
			return nil
		}
		ev := a.memory.pending[0]
		a.mu.Unlock()

		refusal := a.pass(ctx, &ev)
		if refusal != nil && ctx.Err() != nil {
			return ctx.Err()
		}
		again, err := a.told(ctx, ev, refusal)
		if again || err != nil {
			return err
		}
	}
}

// pass passes on what a person did: as an event in a channel; to the bot alone, as
// what it is asked. There a message counts as it was first said.
func (a *Adapter) pass(ctx context.Context, ev *bot.Event) error {
	channel := ev.Message.Channel.ID
	switch {
	case isRoom(channel):
		return nil // what people say in a room is theirs
	case !isDirect(channel):
		return a.inbox.Tell(ctx, ev)
	case ev.Kind != bot.MessagePosted:
		return nil
	}
	p, err := a.known(ctx, ev.Name)
	if err != nil {
		return err
	}
	line := bot.ParseCommandLine(a.inbox.Commands(), ev.Text)
	q := question{path: line.Path, values: line.Values, channel: channel, input: ev.Input}
	if !bot.IsCommand(a.inbox.Commands(), ev.Text) {
		q.said = ev.Text
	}
	return a.ask(ctx, p, q)
}

// told notes what became of the first pending event, and reports whether it is
// to be passed on again.
func (a *Adapter) told(ctx context.Context, ev bot.Event, refusal error) (again bool, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if refusal != nil {
		a.refused++
		a.options.Log.LogAttrs(ctx, slog.LevelWarn, "event was not taken in", slog.String("input", string(ev.Input)), slog.Any("error", refusal))
		if a.refused < maxRefusals {
			a.screen.notice(fmt.Sprintf("%s did not take message %s in; it gets it again with the next line", botName, ev.Message.ID))
			return true, nil
		}
		a.screen.notice(fmt.Sprintf("%s did not take message %s in, %d times; say it again later", botName, ev.Message.ID, maxRefusals))
	}
	a.refused = 0
	return false, a.commit(record{Taken: &taken{Input: ev.Input}})
}
