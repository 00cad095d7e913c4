package discord

import (
	"context"

	"github.com/staffroom-bot/staffroom/bot"
)

// askTyped serves what was typed to the bot as a message: to it alone, or after its
// name in a channel. It answers in place, and what is private in direct messages.
func (r *receiver) askTyped(m *messageInfo, text string) {
	req := r.typedRequest(m, text)
	if req.Account.Space.ID == "" {
		r.askWhere(req)
		return
	}
	ctx, cancel := context.WithTimeout(r.work, r.patience.handle)
	defer cancel()
	reply, err := r.in.Ask(ctx, req)
	if err != nil {
		r.log.Warn("a request failed", "path", req.Path, "input", req.Input, "code", bot.CodeOf(err), "err", err)
	}
	b, private := r.typedReply(req, reply, err)
	to := req.Channel
	switch {
	case m.GuildID == "":
	case private:
		if to, err = r.Direct(r.work, req.Account); err != nil {
			r.log.Warn("a private answer has no place", "input", req.Input, "err", err)
			return
		}
	default:
		b.Reference = &reference{MessageID: m.ID}
	}
	// The command may come twice; its answer then has the same key.
	if _, err := r.post(r.work, to, b, "answer "+bot.DeliveryKey(req.Input)); err != nil {
		r.log.Warn("an answer could not be given", "input", req.Input, "err", err)
	}
}

func (r *receiver) typedRequest(m *messageInfo, text string) *bot.Request {
	guild := m.GuildID
	if guild == "" {
		guild = r.findHome(r.work, m.Author.ID)
	}
	space := r.space(guild)
	line := bot.ParseCommandLine(r.in.Commands(), text)
	return &bot.Request{
		Path: line.Path, Values: line.Values, Said: r.said(m, text),
		Input:   bot.InputID("m" + m.ID),
		Account: bot.Account{Space: space, User: m.Author.ID},
		Name:    displayName(m.Author, m.Member),
		Channel: r.places.channel(r.work, space, m.ChannelID),
		At:      snowflakeTime(m.ID),
	}
}

// said is the text that may be no command: in direct messages, unless the bot is
// called by name.
func (r *receiver) said(m *messageInfo, text string) string {
	if _, mentioned := m.afterMention(r.selfID()); mentioned || m.GuildID != "" || bot.IsCommand(r.in.Commands(), text) {
		return ""
	}
	return text
}

// typedReply is what is said, and whether to the asker alone.
func (r *receiver) typedReply(req *bot.Request, reply bot.Reply, err error) (body, bool) {
	route, found := r.in.Route(req.Path)
	private := err != nil || !found || route.Private
	switch {
	case len(reply.FieldErrors) > 0:
		text, buttons := r.corrections(req, reply.FieldErrors)
		return r.textBody(text, buttons...), true
	case reply.Form != nil:
		text, buttons := r.offer(req, *reply.Form)
		return r.textBody(text, buttons...), true
	case reply.Message != nil:
		b, refused := r.message(*reply.Message, req.Account.Space)
		if refused == nil {
			return b, private
		}
		r.log.Error("a reply cannot be shown", "path", req.Path, "err", refused)
		return r.note(req, keyFailed), true
	case err != nil:
		return r.note(req, keyFailed), true
	}
	return r.note(req, keyDone), private
}
