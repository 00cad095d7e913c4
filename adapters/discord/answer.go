package discord

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// callback is the first answer to an interaction.
type callback struct {
	Type int `json:"type"`
	Data any `json:"data,omitempty"`
}

// Types of first answers.
// https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-response-object-interaction-callback-type
const (
	answerMessage     = 4
	answerDefer       = 5 // a message follows; whether it is private is fixed now
	answerDeferUpdate = 6 // a change of the message with the control, or another message, may follow
	answerUpdate      = 7
	answerChoices     = 8
	answerForm        = 9
)

func callbackPath(i *interactionInfo) string {
	return "/interactions/" + i.ID + "/" + i.Token + "/callback"
}

// conversation is one interaction on the way to its answer. One goroutine uses
// it.
type conversation struct {
	*receiver
	i       *interactionInfo
	req     *bot.Request
	private bool // the route is
	given   int  // the type of the first answer; 0: none yet
	hidden  bool // the first answer was a private message to come
}

var errTooMuch = errors.New("more was asked for at once than is kept waiting")

type outcome struct {
	reply bot.Reply
	err   error
}

func (r *receiver) conversation(i *interactionInfo, req *bot.Request, private bool) *conversation {
	return &conversation{receiver: r, i: i, req: req, private: private}
}

// serve asks for the request's route and answers, in time whatever the handler
// does. It is called by the gateway's reader.
func (r *receiver) serve(i *interactionInfo, req *bot.Request) {
	route, found := r.in.Route(req.Path)
	c := r.conversation(i, req, !found || route.Private)
	done := make(chan outcome, 1)
	r.lanes.aside(func() { c.answer(found && route.Mode == bot.Deferred, done) })
	queued := r.lanes.try("u"+req.Account.User, func() {
		ctx, cancel := context.WithTimeout(r.work, r.patience.handle)
		defer cancel()
		reply, err := r.in.Ask(ctx, req)
		done <- outcome{reply, err}
	})
	if !queued { // whoever asks that much must not hold up the others
		done <- outcome{err: errTooMuch}
	}
}

func (c *conversation) answer(deferred bool, done <-chan outcome) {
	if !deferred {
		timer := time.NewTimer(c.patience.first)
		defer timer.Stop()
		select {
		case o := <-done:
			c.deliver(o)
			return
		case <-c.work.Done():
			return
		case <-timer.C:
		}
	}
	c.deferAnswer(c.private)
	select {
	case o := <-done:
		c.deliver(o)
	case <-c.work.Done():
	}
}

// deferAnswer tells Discord that the answer takes longer, and, where it will be a
// message of its own, whether the asker alone will see it.
func (c *conversation) deferAnswer(private bool) {
	if c.i.Message != nil {
		c.first(callback{Type: answerDeferUpdate})
		return
	}
	answer := callback{Type: answerDefer}
	if private {
		c.hidden = true
		answer.Data = map[string]int{"flags": flagEphemeral}
	}
	c.first(answer)
}

// deliver gives the handler's reply. That of a failure is private whatever the
// route says.
func (c *conversation) deliver(o outcome) {
	private, reply := c.private, o.reply
	if o.err != nil {
		private = true
		c.log.Warn("a request failed", "path", c.req.Path, "input", c.req.Input, "code", bot.CodeOf(o.err), "err", o.err)
	}
	switch {
	case len(reply.FieldErrors) > 0:
		text, buttons := c.corrections(c.req, reply.FieldErrors)
		c.show(c.textBody(text, buttons...), true, false)
	case reply.Form != nil && c.given == 0 && c.i.Type != interactionForm:
		c.open(*reply.Form)
	case reply.Form != nil:
		text, buttons := c.offer(c.req, *reply.Form)
		c.show(c.textBody(text, buttons...), true, false)
	case reply.Message != nil:
		b, err := c.message(*reply.Message, c.req.Account.Space)
		if err != nil {
			c.log.Error("a reply cannot be shown", "path", c.req.Path, "err", err)
			b, private = c.note(c.req, keyFailed), true
		}
		c.show(b, private, reply.Replace)
	case o.err != nil:
		c.show(c.note(c.req, keyFailed), true, false)
	case c.i.Message == nil:
		c.show(c.note(c.req, keyDone), true, false)
	case c.given == 0: // nothing to say; the button is released
		c.first(callback{Type: answerDeferUpdate})
	}
}

// open opens a form, which must be the first answer.
func (c *conversation) open(f bot.Form) {
	c.drafts.put(draftKey(c.req.Account.User, f.Path), f)
	if !c.first(callback{Type: answerForm, Data: c.modal(f, c.req.Account.Space)}) {
		text, buttons := c.offer(c.req, f)
		c.inDirect(c.textBody(text, buttons...))
	}
}

// show says something: as the first answer or after it, in the place of the
// message with the control or as a message of its own.
func (c *conversation) show(b body, private, replace bool) {
	if !c.reply(b, private, replace && c.replaceable(private)) {
		c.inDirect(b)
	}
}

// replaceable reports whether an answer may take the place of the message with the
// control: a private one only where nobody else sees that.
func (c *conversation) replaceable(private bool) bool {
	m := c.i.Message
	return m != nil && (!private || c.i.GuildID == "" || m.Flags&flagEphemeral != 0)
}

// inDirect says something in direct messages, where the interaction takes no
// answer any more.
func (c *conversation) inDirect(b body) {
	to, err := c.Direct(c.work, c.req.Account)
	if err == nil {
		_, err = c.post(c.work, to, b, "answer "+bot.DeliveryKey(c.req.Input))
	}
	if err != nil {
		c.log.Warn("a late answer could not be given", "input", c.req.Input, "err", err)
	}
}

// reply reports false if the interaction takes no answer any more.
func (c *conversation) reply(b body, private, replace bool) bool {
	if c.given == 0 && c.i.web != nil && len(b.files) > 0 { // which the first answer cannot bring
		c.deferAnswer(private)
	}
	followUp := "/webhooks/" + c.i.ApplicationID + "/" + c.i.Token
	original := followUp + "/messages/@original"
	hidden := b
	if private {
		hidden.Flags = flagEphemeral
	}
	switch {
	case c.given == 0 && replace:
		return c.first(callback{Type: answerUpdate, Data: b}, b.files...)
	case c.given == 0:
		return c.first(callback{Type: answerMessage, Data: hidden}, b.files...)
	case c.given == answerDeferUpdate && !replace:
		return c.send(call{method: http.MethodPost, path: followUp, body: hidden, files: b.files}, false)
	case c.given == answerDefer && private && !c.hidden:
		// The message that was announced is for all to see: this one is not.
		return c.send(call{method: http.MethodDelete, path: original}, true) &&
			c.send(call{method: http.MethodPost, path: followUp, body: hidden, files: b.files}, false)
	}
	return c.send(call{method: http.MethodPatch, path: original, body: b, files: b.files}, true)
}

// first gives the first answer.
func (c *conversation) first(answer callback, files ...bot.File) bool {
	c.given = answer.Type
	if c.i.web.take(answer) {
		return true
	}
	return c.send(call{method: http.MethodPost, path: callbackPath(c.i), body: answer, files: files}, true)
}

// send makes a call, again after a failure that passes: no outbox stands behind
// an answer. repeatable says that a second call does no harm where the outcome
// of the first is unknown. It reports false if the interaction is over.
func (c *conversation) send(what call, repeatable bool) bool {
	const attempts, patient = 3, 5 * time.Second
	what.anonymous = true
	var err error
	for range attempts {
		err = c.rest.do(c.work, what)
		if err == nil || codeOf(err) == alreadyAcknowledged { // by the attempt before
			return true
		}
		wait := c.patience.retry
		if e, ok := errors.AsType[*bot.Error](err); ok {
			wait = max(wait, e.After)
		}
		code := bot.CodeOf(err)
		early := c.i.web != nil && codeOf(err) == unknownWebhook // Discord may not have read the first answer yet
		again := code == bot.Unavailable || code == bot.RateLimited && wait <= patient || code == bot.UnknownOutcome && repeatable || early
		if !again {
			break
		}
		select {
		case <-time.After(wait):
		case <-c.work.Done():
		}
	}
	c.log.Warn("an answer could not be given", "input", c.req.Input, "type", c.given, "err", err)
	switch codeOf(err) {
	case unknownInteraction, unknownWebhook, invalidWebhookToken, unknownMessage:
		// The last: the message that was announced is deleted, after which Discord
		// may take no other. https://github.com/discord/discord-api-docs/issues/3087
		return false
	}
	return true
}

// textBody is a message of text and buttons.
func (a *Adapter) textBody(text bot.Text, buttons ...component) body {
	b, err := a.message(bot.Message{Text: text}, bot.SpaceID{}, buttons...)
	if err != nil { // only for more buttons than anyone passes
		a.log.Error("a message cannot be shown", "err", err)
	}
	return b
}

// note is a message of our own.
func (a *Adapter) note(req *bot.Request, key bot.Key) body {
	return a.textBody(a.say(req.Language, key))
}
