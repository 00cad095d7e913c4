package slack

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/staffroom-bot/staffroom/bot"
)

// eventPayload is what the Events API sends. Only what is read is decoded, so
// that an unexpected field elsewhere costs nobody an answer.
// https://docs.slack.dev/apis/events-api
type eventPayload struct {
	TeamID  string     `json:"team_id"`
	EventID string     `json:"event_id"`
	Event   innerEvent `json:"event"`
}

type innerEvent struct {
	Type        string `json:"type"`
	Channel     string `json:"channel"`
	ChannelType string `json:"channel_type"`
	Tab         string `json:"tab"` // of the app's home: "home", "messages"
	EventTS     string `json:"event_ts"`
	DeletedTS   string `json:"deleted_ts"`
	messageBody
	Message  *messageBody `json:"message"`
	Previous *messageBody `json:"previous_message"`
}

type messageBody struct {
	Subtype  string `json:"subtype"`
	User     string `json:"user"`
	BotID    string `json:"bot_id"`
	Text     string `json:"text"`
	TS       string `json:"ts"`
	ThreadTS string `json:"thread_ts"`
	Edited   *struct {
		TS string `json:"ts"`
	} `json:"edited"`
}

// byPerson reports whether a person other than the bot wrote it.
func (m messageBody) byPerson(me self) bool {
	return m.User != "" && m.User != me.User && m.BotID == "" && m.Subtype != "bot_message"
}

// thread is the thread that the message replies in, or "".
func (m messageBody) thread() string {
	if m.ThreadTS == m.TS {
		return ""
	}
	return m.ThreadTS
}

// said reports whether the subtype is that of a message somebody wrote, rather
// than of a notice such as "joined the channel".
func said(subtype string) bool {
	switch subtype {
	case "", "file_share", "thread_broadcast", "me_message":
		return true
	}
	return false
}

// event takes in what happened. It is acknowledged when it has been taken in, and
// not if that fails, so that Slack delivers it again.
func (r *receiver) event(ctx context.Context, payload json.RawMessage, receipt *receipt) {
	var p eventPayload
	if err := json.Unmarshal(payload, &p); err != nil {
		r.ignore(receipt, "an event that cannot be read")
		return
	}
	me, err := r.whoami(ctx)
	if err != nil {
		receipt.refuse()
		return
	}
	e := p.Event
	mentioned, line := mention(e.Text, me)
	if !mentioned {
		line = e.Text
	}
	switch {
	case e.Type == "app_mention" && mentioned && e.byPerson(me):
		r.commandLine(ctx, p, line, receipt)
	case e.Type == "message" && (e.ChannelType == "im" || e.ChannelType == "app_home"):
		if e.byPerson(me) && said(e.Subtype) {
			r.direct(ctx, p, line, mentioned, receipt)
			return
		}
		r.ignore(receipt, "a notice in direct messages", "subtype", e.Subtype)
	case e.Type == "message" && (!mentioned || !r.isCommand(line)):
		r.message(ctx, p, me, receipt)
	case e.Type == "app_home_opened" && e.Tab == "home" && e.User != "":
		r.homeOpened(ctx, p, receipt)
	default:
		r.ignore(receipt, "an event without use", "type", e.Type)
	}
}

// mention reports whether text begins by mentioning the bot, and gives the rest.
func mention(text string, me self) (bool, string) {
	rest, found := strings.CutPrefix(strings.TrimSpace(text), "<@"+me.User)
	end := strings.IndexByte(rest, '>')
	if me.User == "" || !found || end < 0 || end > 0 && rest[0] != '|' {
		return false, ""
	}
	return true, strings.TrimSpace(rest[end+1:])
}

// isCommand reports whether a line after a mention asks for something: then it
// is served as such, and is not part of what people say to each other.
func (r *receiver) isCommand(line string) bool {
	_, unknown := r.parse(line).Values["unknown"]
	return !unknown
}

// parse reads a line whose first word may be left out: "help" is "staffroom help".
func (r *receiver) parse(line string) bot.CommandLine {
	return bot.ParseCommandLine(r.in.Commands(), "staffroom "+line)
}

// message tells of a message that was posted, edited or deleted.
func (r *receiver) message(ctx context.Context, p eventPayload, me self, receipt *receipt) {
	ev, ok := messageEvent(bot.SpaceID{Connection: r.name, ID: p.TeamID}, p, me)
	if !ok {
		r.ignore(receipt, "no message of a person", "subtype", p.Event.Subtype)
		return
	}
	stop := receipt.giveBy(r.ackWithin)
	queued := r.events.Do(ev.Message.Channel.ID, func() {
		defer stop()
		defer r.survive("telling of a message", receipt)
		r.tell(ctx, ev, receipt)
	})
	if !queued {
		stop()
		receipt.refuse()
		r.log.Error("too many events of one channel at once; Slack has to deliver again")
	}
}

// messageEvent reads an event about a message. Its text is still as Slack wrote
// it. Revisions are instants of Slack's clock, in microseconds.
func messageEvent(space bot.SpaceID, p eventPayload, me self) (*bot.Event, bool) {
	e := p.Event
	ev := &bot.Event{Input: bot.InputID(p.EventID), Account: bot.Account{Space: space}}
	body := e.messageBody
	when := orElse(e.EventTS, e.TS)
	switch {
	case e.Subtype == "message_changed" && e.Message != nil && e.Message.Subtype == "tombstone":
		// The first message of a thread was deleted while its replies stand.
		ev.Kind = bot.MessageDeleted
		body = messageBody{TS: e.Message.TS, ThreadTS: e.Message.ThreadTS}
	case e.Subtype == "message_changed":
		// Without the mark of an edit, a preview of a link came or went.
		if e.Message == nil || e.Message.Edited == nil || !e.Message.byPerson(me) || !said(e.Message.Subtype) {
			return nil, false
		}
		ev.Kind, body, when = bot.MessageEdited, *e.Message, orElse(when, e.Message.Edited.TS)
	case e.Subtype == "message_deleted":
		if e.Previous != nil && !e.Previous.byPerson(me) {
			return nil, false
		}
		ev.Kind, body = bot.MessageDeleted, messageBody{TS: e.DeletedTS}
		if e.Previous != nil {
			body.ThreadTS = e.Previous.ThreadTS
		}
	default:
		if !e.byPerson(me) || !said(e.Subtype) {
			return nil, false
		}
		ev.Kind, when = bot.MessagePosted, e.TS
	}
	if e.Channel == "" || micros(body.TS) == 0 || micros(when) == 0 {
		return nil, false
	}
	ev.Account.User, ev.Text, ev.ReplyTo = body.User, body.Text, body.thread()
	ev.Message = bot.MessageRef{Channel: bot.Channel{Space: space, ID: e.Channel, Thread: body.thread()}, ID: body.TS}
	ev.Revision, ev.At, ev.Posted = micros(when), moment(when), moment(body.TS)
	return ev, true
}

// What Slack will not deliver again is tried lateTries times, with growing waits.
const (
	lateTries = 5
	lateWait  = time.Second
)

// tell hands the event on and acknowledges it then. If that took so long that it
// was acknowledged before, a failure is ours alone to make good.
func (r *receiver) tell(ctx context.Context, ev *bot.Event, receipt *receipt) {
	if ev.Account.User != "" {
		ev.Name = r.profileOf(ctx, ev.Account.User).name
	}
	ev.Text = r.asTyped(ctx, ev.Text)
	wait := lateWait
	for try := 1; ; try++ {
		err := r.in.Tell(ctx, ev)
		if err == nil {
			receipt.give(nil)
			return
		}
		if receipt.refuse() {
			r.log.Warn("an event was not taken in; Slack will deliver it again", "input", ev.Input, "error", err)
			return
		}
		if try == lateTries {
			r.log.Error("an event is lost", "input", ev.Input, "error", err)
			return
		}
		select {
		case <-time.After(wait):
			wait *= 2
		case <-ctx.Done():
			r.log.Error("an event is lost", "input", ev.Input, "error", err)
			return
		}
	}
}
