package slack

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"github.com/staffroom-bot/staffroom/bot"
)

// ask has the request served.
func (r *receiver) ask(ctx context.Context, q asked) bot.Reply {
	ctx, cancel := context.WithTimeout(ctx, handlerWithin)
	defer cancel()
	r.asker(ctx, q.req, q.called)
	reply, err := r.in.Ask(ctx, q.req)
	if err != nil {
		r.log.Warn("a request failed", "route", routeOf(q.req), "input", q.req.Input, "error", err)
	}
	return reply
}

// routeOf names what was asked for without what the member chose or typed.
func routeOf(req *bot.Request) string {
	if req.Route == nil {
		return ""
	}
	return req.Route.Path
}

// answer carries out a reply where the person asked.
func (r *receiver) answer(ctx context.Context, q asked, reply bot.Reply) {
	if q.receipt != nil && (reply.Message == nil || reply.Form != nil || len(reply.FieldErrors) > 0) {
		q.receipt.give(nil)
	}
	if reply.Form != nil {
		r.openForm(ctx, q, *reply.Form)
	}
	if len(reply.FieldErrors) > 0 { // the form is closed already
		var texts []bot.Text
		for _, field := range sortedKeys(reply.FieldErrors) {
			texts = append(texts, reply.FieldErrors[field])
		}
		q.private = true
		r.say(ctx, q, bot.Message{Text: bot.Join("\n", texts...)}, false)
	}
	if reply.Message != nil && !r.answerAtOnce(q, *reply.Message) {
		r.say(ctx, q, *reply.Message, reply.Replace)
	}
}

// answerAtOnce lets the acknowledgement of a command carry its answer, which
// saves a call, and reports whether it does. What all shall see goes the usual
// way: Slack would show the command beside it.
// https://docs.slack.dev/interactivity/implementing-slash-commands#responding_to_commands
func (r *receiver) answerAtOnce(q asked, m bot.Message) bool {
	if q.receipt == nil || !q.private || m.Image != nil || len(m.Files) > 0 {
		return false
	}
	parts := r.render(q.req.Account.Space, m)
	if len(parts) != 1 {
		return false
	}
	data, err := json.Marshal(struct {
		Type   string        `json:"response_type"`
		Text   string        `json:"text"`
		Blocks []slack.Block `json:"blocks,omitempty"`
	}{"ephemeral", parts[0].text, parts[0].blocks})
	return err == nil && q.receipt.give(data)
}

func sortedKeys(m map[string]bot.Text) []string { return slices.Sorted(maps.Keys(m)) }

// openForm opens a form. Where Slack does not let it (nothing was pressed, or it
// is too late), a button is offered that asks for it again.
func (r *receiver) openForm(ctx context.Context, q asked, f bot.Form) {
	view, err := r.modal(f, q.place)
	if err != nil {
		r.log.Error("a form cannot be shown", "route", routeOf(q.req), "error", err)
		return
	}
	if q.trigger != "" {
		err = r.api.write(ctx, "views.open", struct {
			TriggerID string                 `json:"trigger_id"`
			View      slack.ModalViewRequest `json:"view"`
		}{q.trigger, view}, nil)
		if err == nil {
			return
		}
		r.log.Warn("a form could not be opened", "route", routeOf(q.req), "error", err)
		if bot.CodeOf(err) == bot.UnknownOutcome {
			return
		}
	}
	q.private = true
	r.say(ctx, q, bot.Message{
		Text:     bot.Plain(f.Title),
		Controls: []bot.Control{{Label: f.Title, Path: q.req.Path, Style: bot.Primary}},
	}, false)
}

// say says m where the person asked, to that person alone if the request is
// private. A picture that Slack cannot fetch becomes a link.
func (r *receiver) say(ctx context.Context, q asked, m bot.Message, replace bool) {
	if q.receipt != nil {
		q.receipt.give(nil)
	}
	say := r.sayParts
	if replace && q.place.Home {
		say = func(ctx context.Context, q asked, m bot.Message, _ bool) error { return r.publish(ctx, q, m) }
	}
	err := say(ctx, q, m, replace)
	if refusesImage(err, m) {
		err = say(ctx, q, withLink(m), replace)
	}
	if err == nil {
		err = r.handOver(ctx, q, withContent(m.Files))
	}
	if err == nil && own(m.Image) {
		r.handOverPicture(ctx, q, m.Image)
	}
	if err != nil {
		r.log.Error("an answer did not reach the person who asked", "route", routeOf(q.req), "input", q.req.Input, "error", err)
	}
}

func (r *receiver) sayParts(ctx context.Context, q asked, m bot.Message, replace bool) error {
	for i, part := range r.render(q.req.Account.Space, m) {
		if replace && i == 0 && q.replaceable() && r.replace(ctx, q, part) {
			continue
		}
		if err := r.reply(ctx, q, part); err != nil {
			return err
		}
	}
	return nil
}

// replaceable reports whether an answer may take the place of the message whose
// control was pressed: a private one only where nobody else sees that.
func (q asked) replaceable() bool {
	const direct = "D" // begins the IDs of direct messages
	return !q.private || q.place.Ephemeral || strings.HasPrefix(q.place.Channel, direct)
}

// replace puts a message in the place of the one whose control was pressed, and
// reports whether it stands. The Web API goes first: it keeps what marks a post.
func (r *receiver) replace(ctx context.Context, q asked, m rendered) bool {
	if ref := q.place.ref(q.req.Account.Space); ref != nil {
		err := r.api.write(ctx, "chat.update", message{
			Channel: ref.Channel.ID, TS: ref.ID, Text: m.text, Blocks: m.blocks, Parse: parseNone,
		}, nil)
		if err == nil {
			return true
		}
	}
	return q.place.Message != "" && q.place.ResponseURL != "" && r.respond(ctx, q, m, response{Replace: true}) == nil
}

// reply says one message by the first way that works.
func (r *receiver) reply(ctx context.Context, q asked, m rendered) error {
	var err error
	for _, way := range r.ways(q) {
		err = patiently(ctx, func() error { return way(ctx, m) })
		// Said twice in private is better than not at all; in public it is not.
		if err == nil || !q.private && bot.CodeOf(err) == bot.UnknownOutcome {
			return err
		}
	}
	return err
}

type way func(context.Context, rendered) error

// ways lists how the person can be answered, the best first.
func (r *receiver) ways(q asked) []way {
	space, at := q.req.Account.Space, q.place
	inChannel := func(ctx context.Context, m rendered) error {
		_, err := r.post(ctx, bot.Channel{Space: space, ID: at.Channel, Thread: at.Thread}, m, nil)
		return err
	}
	inDirect := func(ctx context.Context, m rendered) error {
		ch, err := r.Direct(ctx, q.req.Account)
		if err == nil {
			_, err = r.post(ctx, ch, m, nil)
		}
		return err
	}
	var ways []way
	if at.Direct || !q.private && at.Channel != "" {
		ways = append(ways, inChannel)
	}
	if at.ResponseURL != "" {
		ways = append(ways, func(ctx context.Context, m rendered) error {
			kind := "in_channel"
			if q.private {
				kind = "ephemeral"
			}
			return r.respond(ctx, q, m, response{Type: kind})
		})
	}
	if q.private && at.Channel != "" && !at.Direct {
		ways = append(ways, func(ctx context.Context, m rendered) error {
			return r.api.write(ctx, "chat.postEphemeral", message{
				Channel: at.Channel, User: q.req.Account.User, ThreadTS: at.Thread, Text: m.text, Blocks: m.blocks, Parse: parseNone,
			}, nil)
		})
	}
	return append(ways, inDirect)
}

// response is what a response_url takes.
// https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
type response struct {
	Type     string        `json:"response_type,omitempty"`
	Replace  bool          `json:"replace_original"`
	ThreadTS string        `json:"thread_ts,omitempty"`
	Text     string        `json:"text"`
	Blocks   []slack.Block `json:"blocks,omitempty"`
}

func (r *receiver) respond(ctx context.Context, q asked, m rendered, as response) error {
	as.Text, as.Blocks = m.text, m.blocks
	if !as.Replace {
		as.ThreadTS = q.place.Thread
	}
	return r.api.post(ctx, "response_url", q.place.ResponseURL, as)
}

// handOver gives the files of an answer.
func (r *receiver) handOver(ctx context.Context, q asked, files []bot.File) error {
	for _, f := range files {
		if err := r.share(ctx, q, f, ""); err != nil {
			return err
		}
	}
	return nil
}

// handOverPicture gives the picture of an answer the way of its files: most answers
// are seen by one person alone, and Slack lets nobody change those. The words have
// arrived if it fails.
func (r *receiver) handOverPicture(ctx context.Context, q asked, i *bot.Image) {
	if err := r.share(ctx, q, bot.File{Name: pictureName(i.PNG), Data: i.PNG}, i.Alt); err != nil {
		r.log.Warn("a picture is left out", "error", err)
	}
}

// share uploads a file where the person asked, and a private one in direct messages,
// since files cannot be shown to one person in a channel.
func (r *receiver) share(ctx context.Context, q asked, f bot.File, alt string) error {
	ch := bot.Channel{Space: q.req.Account.Space, ID: q.place.Channel, Thread: q.place.Thread}
	if q.private && !q.place.Direct || ch.ID == "" {
		var err error
		if ch, err = r.Direct(ctx, q.req.Account); err != nil {
			return err
		}
	}
	return patiently(ctx, func() error {
		_, err := r.upload(ctx, ch, f, alt)
		return err
	})
}

// What a person waits for is tried again a few times when Slack asks for
// patience, unless it asks for much.
const (
	patientTries = 5
	patientFor   = 30 * time.Second
)

func patiently(ctx context.Context, call func() error) error {
	for try := 1; ; try++ {
		err := call()
		var e *bot.Error
		if !errors.As(err, &e) || e.Code != bot.RateLimited || e.After > patientFor || try == patientTries {
			return err
		}
		select {
		case <-time.After(e.After):
		case <-ctx.Done():
			return err
		}
	}
}
